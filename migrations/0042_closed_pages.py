"""When somebody closed his private page last: what was opened before is closed in every browser. Frozen."""

from peewee import BigIntegerField


def up(migrator, db):
    migrator.migrate(migrator.add_column("submission", "closed_at", BigIntegerField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("submission", "closed_at"))

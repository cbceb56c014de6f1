"""Drafts begun on a status page, and phones that were set at a counter. Frozen."""

from peewee import BigIntegerField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("draft", "begun_from", BigIntegerField(null=True)),
        migrator.add_column("person_phone", "guarded_until", BigIntegerField(null=True)),
    )


def down(migrator, db):
    migrator.migrate(
        migrator.drop_column("draft", "begun_from"),
        migrator.drop_column("person_phone", "guarded_until"),
    )

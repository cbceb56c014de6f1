"""The strokes a signature was drawn with, beside its picture. Frozen."""

from peewee import BlobField


def up(migrator, db):
    migrator.migrate(migrator.add_column("pledge", "strokes", BlobField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("pledge", "strokes"))

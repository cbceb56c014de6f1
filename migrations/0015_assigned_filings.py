"""Filings by which a unit assigns a vehicle of its register to a person it vouches for already. Frozen."""

from peewee import BooleanField


def up(migrator, db):
    migrator.migrate(migrator.add_column("filing", "assigned", BooleanField(default=False)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("filing", "assigned"))

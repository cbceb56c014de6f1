"""Second drivers of the owner's household: the switch of the policy, and what is filed and in force by it. Frozen."""

from peewee import BooleanField

COLUMNS = (("item_policy", "household_driver"), ("filing", "household"), ("entry", "household"))


def up(migrator, db):
    migrator.migrate(*(migrator.add_column(table, column, BooleanField(default=False)) for table, column in COLUMNS))


def down(migrator, db):
    migrator.migrate(*(migrator.drop_column(table, column) for table, column in COLUMNS))

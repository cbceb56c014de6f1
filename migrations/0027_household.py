"""Second drivers of the owner's household: the switch of the policy, and what is filed and in force by it. Frozen.

SQLite makes a table anew for a column, and will not while a trigger of another table reads it: the triggers go first and
are made after every migration (schema.upgrade).
"""

from peewee import BooleanField, SqliteDatabase

COLUMNS = (("item_policy", "household_driver"), ("filing", "household"), ("entry", "household"))


def up(migrator, db):
    drop_triggers(db)
    migrator.migrate(*(migrator.add_column(table, column, BooleanField(default=False)) for table, column in COLUMNS))


def down(migrator, db):
    drop_triggers(db)
    migrator.migrate(*(migrator.drop_column(table, column) for table, column in COLUMNS))


def drop_triggers(db):
    if isinstance(getattr(db, "obj", db), SqliteDatabase):
        for (name,) in db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute_sql(f'DROP TRIGGER "{name}"')

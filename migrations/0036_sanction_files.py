"""A file of sanctions is not kept for good: its batch outlives it. Frozen.

SQLite has no word for it: the column's is changed where it is written, as 0021 says.
"""

from peewee import SqliteDatabase

NEEDED, FREE = '"file_id" INTEGER NOT NULL', '"file_id" INTEGER'


def up(migrator, db):
    if isinstance(getattr(db, "obj", db), SqliteDatabase):
        _written(db, NEEDED, FREE)
    else:
        migrator.migrate(migrator.drop_not_null("sanction_batch", "file_id"))


def down(migrator, db):
    if isinstance(getattr(db, "obj", db), SqliteDatabase):
        _written(db, FREE, NEEDED)
    else:
        migrator.migrate(migrator.add_not_null("sanction_batch", "file_id"))


def _written(db, before, after):
    (version,) = db.execute_sql("PRAGMA schema_version").fetchone()
    db.execute_sql("PRAGMA writable_schema = ON")
    db.execute_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'sanction_batch'",
        (before, after),
    )
    db.execute_sql(f"PRAGMA schema_version = {version + 1}")
    db.execute_sql("PRAGMA writable_schema = OFF")

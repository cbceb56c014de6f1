"""Copies of one's data among the documents. Frozen.

The words of `issued_document.kind` stand in a check of the table; it is changed where it is written, as 0021 says.
"""

import re

from peewee import SqliteDatabase

LAST = re.compile(r"(\bkind\b[^)\]]*'\w+'(::text)?)([)\]])")


def up(migrator, db):
    rewrite(db, "issued_document", lambda said: LAST.sub(r"\1, 'data_copy'\2\3", said, count=1))


def down(migrator, db):
    db.execute_sql("DELETE FROM issued_document WHERE kind = 'data_copy'")
    rewrite(db, "issued_document", lambda said: re.sub(r", 'data_copy'(::text)?", "", said))


def rewrite(db, table, changed):
    """Make a table's checks anew as `changed` says them."""
    if isinstance(getattr(db, "obj", db), SqliteDatabase):
        (version,) = db.execute_sql("PRAGMA schema_version").fetchone()
        (sql,) = db.execute_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
        db.execute_sql("PRAGMA writable_schema = ON")
        db.execute_sql("UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (changed(sql), table))
        db.execute_sql(f"PRAGMA schema_version = {version + 1}")
        db.execute_sql("PRAGMA writable_schema = OFF")
        return
    checks = db.execute_sql(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
        (table,),
    ).fetchall()
    for name, said in checks:
        if changed(said) != said:
            db.execute_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            db.execute_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {changed(said)}".replace("%", "%%"))

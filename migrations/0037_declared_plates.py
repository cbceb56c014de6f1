"""A plate that a filing names and no upload made true yet is told apart: it leads no gate to a car in force. What is
there by now stands as it stood. And gates are told of cars in force that change their plates. Frozen.

The words of `entry_step.change` stand in a check of the table; it is changed where it is written, as 0021 says.
"""

import re

from peewee import BooleanField, SqliteDatabase

LAST = re.compile(r"(\bchange\b[^)\]]*'\w+'(::text)?)([)\]])")


def up(migrator, db):
    migrator.migrate(migrator.add_column("plate", "declared", BooleanField(null=True)))
    rewrite(db, "entry_step", lambda said: LAST.sub(r"\1, 'replated'\2\3", said, count=1))


def down(migrator, db):
    db.execute_sql("DELETE FROM entry_step WHERE change = 'replated'")
    rewrite(db, "entry_step", lambda said: re.sub(r", 'replated'(::text)?", "", said))
    migrator.migrate(migrator.drop_column("plate", "declared"))


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

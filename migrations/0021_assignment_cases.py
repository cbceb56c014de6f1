"""Objections to a vehicle that the unit assigned or gave another plate. Frozen.

The words of `case_file.topic` stand in a check of the table. Other tables refer to it, so that SQLite could make it anew
only with its foreign keys off; a check is changed where it is written, as its manual says (lang_altertable, section 7).
"""

from peewee import SqliteDatabase

BEFORE = ("refusal", "removal", "hold", "sanction", "plate", "vehicle", "identity", "unconfirmed")
AFTER = ("refusal", "removal", "hold", "sanction", "assignment", "plate", "vehicle", "identity", "unconfirmed")


def up(migrator, db):
    change(db, BEFORE, AFTER)


def down(migrator, db):
    # What is known beyond the older words becomes the nearest of them: also about a filing, by its unit.
    db.execute_sql("UPDATE case_file SET topic = 'refusal' WHERE topic = 'assignment'")
    change(db, AFTER, BEFORE)


def check(words):
    return f"topic IN ({', '.join(repr(word) for word in words)})"


def change(db, old, new):
    if not isinstance(getattr(db, "obj", db), SqliteDatabase):
        db.execute_sql("ALTER TABLE case_file DROP CONSTRAINT case_file_topic_check")
        db.execute_sql(f"ALTER TABLE case_file ADD CONSTRAINT case_file_topic_check CHECK ({check(new)})")
        return
    (version,) = db.execute_sql("PRAGMA schema_version").fetchone()
    db.execute_sql("PRAGMA writable_schema = ON")
    db.execute_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'case_file'",
        (check(old), check(new)),
    )
    db.execute_sql(f"PRAGMA schema_version = {version + 1}")
    db.execute_sql("PRAGMA writable_schema = OFF")

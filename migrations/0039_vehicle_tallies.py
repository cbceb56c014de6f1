"""Vehicles of the register are counted as filings and entries are (0030). Frozen.

The triggers come first, as with the counts of units. The words of `tally.noun` stand in a check of the table; it is
changed where it is written, as 0021 says.
"""

import re

from peewee import SqliteDatabase

LAST = re.compile(r"('entry'(::text)?)([)\]])")
STATE = "CASE WHEN {row}ended_at IS NULL THEN 'registered' ELSE 'ended' END"
INTO = "INSERT INTO tally (unit_id, noun, state, waiting, number, pending)"
ADDED = (
    " ON CONFLICT (unit_id, noun, state, waiting) WHERE NOT pending"
    " DO UPDATE SET number = tally.number + excluded.number"
)
MOMENTS = ("insert", "delete", "update")


def up(migrator, db):
    embedded = isinstance(getattr(db, "obj", db), SqliteDatabase)
    rewrite(db, "tally", lambda said: LAST.sub(r"\1, 'vehicle'\2\3", said, count=1))
    for statement in sqlite_triggers() if embedded else postgres_triggers():
        db.execute_sql(statement)
    never = "0" if embedded else "false"
    db.execute_sql(
        f"{INTO} SELECT unit_id, 'vehicle', {STATE.format(row='')}, (1 = 0), count(*), {never}"
        " FROM register_vehicle GROUP BY 1, 2, 3, 4"
    )


def sqlite_triggers():
    def said(row, number):
        state = STATE.format(row=f"{row}.")
        return f"{INTO} VALUES ({row}.unit_id, 'vehicle', {state}, (1 = 0), {number}, 0){ADDED}; "

    deeds = {"insert": said("NEW", 1), "delete": said("OLD", -1), "update": said("OLD", -1) + said("NEW", 1)}
    for moment, deed in deeds.items():
        yield f"CREATE TRIGGER register_vehicle_tallied_{moment} AFTER {moment.upper()} ON register_vehicle BEGIN {deed}END"


def postgres_triggers():
    gone, come = (
        f"SELECT unit_id, {STATE.format(row='')} AS state, {number} AS number FROM {rows}"
        for rows, number in (("gone", -1), ("come", 1))
    )
    moments = {
        "insert": ("NEW TABLE AS come", come),
        "delete": ("OLD TABLE AS gone", gone),
        "update": ("OLD TABLE AS gone NEW TABLE AS come", f"{gone} UNION ALL {come}"),
    }
    for moment, (tables, changes) in moments.items():
        yield (
            f"CREATE FUNCTION register_vehicle_tallied_{moment}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path = public, pg_temp AS $$ BEGIN {INTO} SELECT unit_id, 'vehicle', state, false,"
            f" sum(number), true FROM ({changes}) AS changes GROUP BY unit_id, state HAVING sum(number) <> 0;"
            " RETURN NULL; END $$"
        )
        yield (
            f"CREATE TRIGGER register_vehicle_tallied_{moment} AFTER {moment.upper()} ON register_vehicle REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION register_vehicle_tallied_{moment}()"
        )


def down(migrator, db):
    embedded = isinstance(getattr(db, "obj", db), SqliteDatabase)
    for moment in MOMENTS:
        name = f"register_vehicle_tallied_{moment}"
        db.execute_sql(f"DROP TRIGGER IF EXISTS {name}{'' if embedded else ' ON register_vehicle'}")
        if not embedded:
            db.execute_sql(f"DROP FUNCTION {name}")
    db.execute_sql("DELETE FROM tally WHERE noun = 'vehicle'")
    rewrite(db, "tally", lambda said: re.sub(r", 'vehicle'(::text)?", "", said))


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

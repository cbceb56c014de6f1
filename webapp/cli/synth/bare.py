"""Tables without indexes, references and triggers while very many rows come in: made anew afterwards in one go, which
sorts once instead of looking up a place for each row, and refuses what does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from webapp import schema
from webapp.database import connect, database, disconnect, is_sqlite, transaction

#: Memory for sorting, KiB.
SORTING = 262_144
#: SQLite: nothing is looked up in other tables, no word is looked for among those a column may hold (which takes half
#: of a row's time), nothing is synced or written to a log first. A test shows that all of it holds (test_synth).
CARELESS = (
    "foreign_keys = off",
    "ignore_check_constraints = on",
    "synchronous = off",
    "journal_mode = memory",
    f"cache_size = -{SORTING}",
    "threads = 2",
)


@contextmanager
def bare(tables: Iterable[str]) -> Iterator[None]:
    """Whoever is killed meanwhile begins with an empty database: `db check` says what is missing."""
    taking, giving = _sqlite(tables) if is_sqlite() else _postgres(tables)
    if is_sqlite():
        for pragma in CARELESS:
            database.execute_sql(f"PRAGMA {pragma}")
    with transaction():
        for statement in taking:
            database.execute_sql(statement)
    try:
        yield
    finally:
        for statement in giving:
            with transaction():
                database.execute_sql(statement)
        if is_sqlite():
            with transaction():
                schema.make_triggers()
            disconnect()  # the next connection is as all are
            connect()


def _sqlite(tables: Iterable[str]) -> tuple[list[str], list[str]]:
    named = ", ".join(f"'{table}'" for table in tables)
    made = database.execute_sql(
        f"SELECT type, name, sql FROM sqlite_master WHERE tbl_name IN ({named})"
        " AND type IN ('index', 'trigger') AND sql IS NOT NULL"
    ).fetchall()
    return [f'DROP {kind} "{name}"' for kind, name, _ in made], [sql for kind, _, sql in made if kind == "index"]


def _postgres(tables: Iterable[str]) -> tuple[list[str], list[str]]:
    tables = list(tables)
    named = ", ".join(f"'{table}'" for table in tables)
    references = database.execute_sql(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE contype = 'f' AND conrelid::regclass::text IN ({named})"
    ).fetchall()
    indexes = database.execute_sql(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        f" WHERE indrelid::regclass::text IN ({named})"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))"
    ).fetchall()
    taking = [f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in tables]
    taking += [f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, _ in references]
    taking += [f"DROP INDEX {index}" for index, _ in indexes]
    giving = [f"SET maintenance_work_mem = {SORTING}", *(definition for _, definition in indexes)]
    giving += [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for table, name, definition in references]
    giving += [f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in tables]
    return taking, [*giving, "RESET maintenance_work_mem"]

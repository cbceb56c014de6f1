"""PostgreSQL: every table by COPY in one REPEATABLE READ snapshot, so no client of the server's version is needed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from webapp import database, schema
from webapp.backups.archive import BadArchive, Member, Writer
from webapp.backups.embedded import Tables

ENGINE = "postgresql"
_FOLDER = "database/"
#: What makes the same values the same text on every server.
_SESSION = (
    "SET datestyle = 'ISO'",
    "SET timezone = 'UTC'",
    "SET bytea_output = 'hex'",
    "SET extra_float_digits = 1",
    "SET client_encoding = 'UTF8'",
)


class Source:
    """One moment of a database."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def migrations(self) -> list[str]:
        rows = self._connection.execute("SELECT name FROM schema_migration ORDER BY name")
        return [name for (name,) in rows]

    def write(self, writer: Writer) -> Tables:
        """Write the database into an archive, a member for each table. Returns rows and digest of each table."""
        found: Tables = {}
        for table in _tables(self._connection):
            columns = _columns(self._connection, table)
            counted = _Counted(_copy_out(self._connection, table, columns))
            last = _last_number(self._connection, table)
            writer.member(_FOLDER + table, counted, packed=True, columns=columns, last_number=last)
            found[table] = counted.facts()
        return found


@contextmanager
def source(url: str) -> Iterator[Source]:
    with _connected(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SELECT 1 FROM pg_class LIMIT 1")  # the moment
        yield Source(connection)


class Target:
    """A database without tables."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None
        self._bonds: list[tuple[str, str, str]] = []

    def is_empty(self) -> bool:
        with _connected(self._url) as connection:
            return not _tables(connection)

    def prepare(self, migrations: list[str]) -> None:
        """Make the tables as they were at that version; foreign keys wait until everything is there, and no trigger
        does anew what the copy holds done."""
        unknown = set(migrations) - {migration.name for migration in schema.runner().migrations()}
        if unknown:
            raise BadArchive("this version does not know these migrations of the copy: " + ", ".join(sorted(unknown)))
        database.connect()
        schema.runner().up(max(migrations))
        database.disconnect()
        self._connection = connection = psycopg.connect(self._url)
        for statement in _SESSION:
            connection.execute(statement)
        self._bonds = list(connection.execute(_BONDS).fetchall())
        for table, name, _definition in self._bonds:
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for table in _tables(connection):
            connection.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        tables = ", ".join(f'"{table}"' for table in _tables(connection))
        connection.execute(f"TRUNCATE {tables}")

    def take(self, member: Member) -> None:
        connection = self._open()
        table = member.name.removeprefix(_FOLDER)
        columns = ", ".join(f'"{column}"' for column in member.facts["columns"])
        with connection.cursor().copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            for piece in member.pieces:
                copy.write(piece)
        if member.facts["last_number"] is not None:
            connection.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (f'"{table}"', member.facts["last_number"])
            )

    def finish(self) -> Tables:
        """Bind the tables to each other again and commit. Returns rows and digest of each table as they are now."""
        connection = self._open()
        for table in _tables(connection):
            connection.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        for table, name, definition in self._bonds:
            connection.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        found: Tables = {}
        for table in _tables(connection):
            counted = _Counted(_copy_out(connection, table, _columns(connection, table)))
            for _piece in counted:
                pass
            found[table] = counted.facts()
        connection.commit()
        connection.execute("ANALYZE")
        connection.commit()
        connection.close()
        return found

    def abandon(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _open(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            raise RuntimeError("prepare comes first")
        return self._connection


class _Counted:
    """Passes pieces of COPY text on and remembers rows and digest."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._digest, self._rows = pieces, hashlib.sha256(), 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._digest.update(piece)
            self._rows += piece.count(b"\n")  # those inside values are written as \n, two characters
            yield piece

    def facts(self) -> dict[str, Any]:
        return {"rows": self._rows, "digest": self._digest.hexdigest()}


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    connection = psycopg.connect(url)
    try:
        for statement in _SESSION:
            connection.execute(statement)
        connection.commit()
        yield connection
    finally:
        connection.close()


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [table for (table,) in rows.fetchall()]


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        (table,),
    )
    return [column for (column,) in rows.fetchall()]


def _copy_out(connection: psycopg.Connection[Any], table: str, columns: list[str]) -> Iterator[bytes]:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor().copy(f'COPY (SELECT {names} FROM "{table}" ORDER BY id) TO STDOUT') as copy:
        for block in copy:
            yield bytes(block)


def _last_number(connection: psycopg.Connection[Any], table: str) -> int | None:
    """The last id given out, also to rows that are gone: no number is given twice."""
    found = connection.execute("SELECT pg_get_serial_sequence(%s, 'id')", (f'"{table}"',)).fetchone()
    if not found or found[0] is None:
        return None
    last, given = connection.execute(f"SELECT last_value, is_called FROM {found[0]}").fetchone() or (0, False)
    return last if given else None


_BONDS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2
"""

"""SQLite: copied by its online backup in one step, under a read transaction that pins the moment; writers go on."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from webapp.backups.archive import PIECE, Member, Writer

ENGINE = "sqlite"
NAME = "database/passlist.db"

Tables = dict[str, dict[str, Any]]


class Source:
    """One moment of a database."""

    def __init__(self, connection: sqlite3.Connection, staging: Path) -> None:
        self._connection, self._staging = connection, staging

    def migrations(self) -> list[str]:
        rows = self._connection.execute("SELECT name FROM schema_migration ORDER BY name")
        return [name for (name,) in rows]

    def write(self, writer: Writer) -> Tables:
        """Write the database into an archive. Returns rows and digest of each table."""
        copy = self._staging / "database"
        try:
            with closing(sqlite3.connect(copy)) as target:
                self._connection.backup(target)
            writer.member(NAME, _pieces(copy), packed=True)
            return digests(copy)
        finally:
            copy.unlink(missing_ok=True)


@contextmanager
def source(url: str, staging: Path) -> Iterator[Source]:
    connection = sqlite3.connect(path_of(url), isolation_level=None, timeout=30)
    try:
        connection.execute("BEGIN")
        connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        yield Source(connection, staging)
    finally:
        connection.close()


class Target:
    """A database file that is not there yet."""

    def __init__(self, url: str) -> None:
        self.path = path_of(url)
        self._draft = self.path.with_name(self.path.name + ".restoring")

    def is_empty(self) -> bool:
        return not self.path.exists() or self.path.stat().st_size == 0

    def prepare(self, _migrations: list[str]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def take(self, member: Member) -> None:
        with open(self._draft, "wb") as handle:
            for piece in member.pieces:
                handle.write(piece)
            handle.flush()
            os.fsync(handle.fileno())

    def finish(self) -> Tables:
        """Put the file in its place. Returns rows and digest of each table as they are now."""
        found = digests(self._draft)
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        os.rename(self._draft, self.path)
        return found

    def abandon(self) -> None:
        self._draft.unlink(missing_ok=True)


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def digests(path: Path) -> Tables:
    """Rows and SHA-256 over all values of each table of a closed database file, in the order of its rows."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        return {table: _digest(connection, table) for table in _tables(connection)}


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [name for (name,) in rows]


def _digest(connection: sqlite3.Connection, table: str) -> dict[str, Any]:
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    values = " || ',' || ".join(f'quote("{column}")' for column in columns)
    digest, rows = hashlib.sha256(",".join(columns).encode()), 0
    for (line,) in connection.execute(f'SELECT {values} FROM "{table}" ORDER BY rowid'):
        digest.update(line.encode() + b"\n")
        rows += 1
    return {"rows": rows, "digest": digest.hexdigest()}


def _pieces(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as handle:
        while piece := handle.read(PIECE):
            yield piece

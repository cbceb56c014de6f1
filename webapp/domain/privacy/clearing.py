"""What an erasure leaves behind on disk: deleted files, the room of deleted rows, lines of the write-ahead log.

SQLite overwrites what it frees (secure_delete) and is made to empty its log; PostgreSQL frees dead rows of the tables
an erasure touches by VACUUM. `rewrite` makes either of them anew, so that not even freed room holds old ciphertext: it
keeps others out meanwhile (docs/operations.md).
"""

from __future__ import annotations

from webapp.database import database, is_sqlite
from webapp.domain.files import actions as files
from webapp.domain.privacy import register
from webapp.domain.privacy.register.words import DELETED, EMPTIED, EXPIRES

#: Tables in which an erasure, or the end of a term, empties or deletes something (the register says so).
TABLES = tuple(
    table.name
    for table in register.TABLES.values()
    if table.name == "notice" or any(one.erasure in (EMPTIED, DELETED, EXPIRES) for one in table.columns.values())
)


def clear(refs: list[str]) -> bool:
    """After the commit: files go, freed room is given back. Outside a transaction. False where readers kept SQLite
    from emptying its log; it is tried again."""
    files.erase(refs)
    if is_sqlite():
        busy, _log, _done = database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    _each("VACUUM")
    return True


def rewrite() -> None:
    """Make the database (SQLite) or every table with personal data (PostgreSQL) anew."""
    if is_sqlite():
        database.execute_sql("VACUUM")
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    _each("VACUUM FULL")


def _each(command: str) -> None:
    connection = database.connection()
    before, connection.autocommit = connection.autocommit, True
    try:
        for table in TABLES:
            connection.execute(f'{command} "{table}"')
    finally:
        connection.autocommit = before

"""Rows of the record as they are stored, for proving and sealing: few statements, no objects, however many rows.

Somebody who writes into the database himself may put there what no row of ours holds: SQLite keeps a word in a column
of numbers, both take a moment beyond all years. Such a value is read as another of the column's kind, which no proof
fits, so that it is named and stops nobody who reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from webapp.columns import from_micros
from webapp.database import database, ids_text, is_sqlite
from webapp.domain.audit.models import AUDIT_STREAM
from webapp.domain.audit.proof import ACT_COLUMNS, LINE_COLUMNS

Stored = tuple[Any, ...]
_ACT = ", ".join(f'a."{column}"' for column in (*ACT_COLUMNS, "mac"))
_LINE = ", ".join(f'"{column}"' for column in (*LINE_COLUMNS, "mac", "id"))
_SEAL = "number, acts, lines, root, head, at, mac"
_NUMBERS = {"id", "account_id", "unit_id", "at", "lines", "act_id", "position"}
_ACT_KINDS = (*(int if column in _NUMBERS else str for column in ACT_COLUMNS), bytes)
_LINE_KINDS = (*(int if column in _NUMBERS else str for column in LINE_COLUMNS), bytes, int)
_PLACE_KINDS = (int, int, bytes)
_SEAL_KINDS = (int, int, int, bytes, bytes, int, bytes)
#: Kind of a column -> what stands for a value of another kind.
_STRANGE: dict[type, Any] = {int: -1, str: "\0", bytes: b""}
_HIGHEST = 2**63 - 1
#: Instants end here, in microseconds: 1970 and 9999.
_FIRST, _LAST = 0, 253_402_300_799_999_999


class SealRow(NamedTuple):
    """A seal as it is stored."""

    number: int
    acts: int
    lines: int
    root: bytes
    head: bytes
    at: datetime
    mac: bytes


def rows(sql: str, *values: Any) -> Iterator[Stored]:
    """What a statement with `?` for its values answers, bytes as bytes."""
    cursor = database.execute_sql(sql if is_sqlite() else sql.replace("?", "%s"), values)
    for row in cursor:
        yield tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def _sound(row: Stored, kinds: Sequence[type]) -> Stored:
    """The row with every value None or of its column's kind."""
    if all(value is None or type(value) is kind for value, kind in zip(row, kinds, strict=True)):
        return row
    return tuple(
        value if value is None or type(value) is kind else _STRANGE[kind]
        for value, kind in zip(row, kinds, strict=True)
    )


def moment(micros: int | None) -> datetime:
    """When that was; what is no moment at all is the first one."""
    return from_micros(micros if micros is not None and _FIRST <= micros <= _LAST else _FIRST)


@contextmanager
def any_text() -> Iterator[None]:
    """While SQLite also hands out words that are no UTF-8."""
    if not is_sqlite():
        yield
        return
    connection = database.connection()
    connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = str


def _whole(column: str) -> str:
    """That a column holds a number: SQLite alone may hold another thing."""
    return f" AND typeof({column}) = 'integer'" if is_sqlite() else ""


def _ids(ids: Sequence[int]) -> tuple[str, str]:
    among = "SELECT value FROM json_each(?)" if is_sqlite() else "SELECT value FROM unnest(?::bigint[]) AS ids(value)"
    return among, ids_text(ids)


def acts(ids: Sequence[int]) -> list[Stored]:
    """Acts by id, ascending: ACT_COLUMNS and mac."""
    among, given = _ids(ids)
    found = rows(f"SELECT {_ACT} FROM act AS a WHERE a.id IN ({among}) ORDER BY a.id", given)
    return [_sound(row, _ACT_KINDS) for row in found]


def lines(act_ids: Sequence[int]) -> dict[int, list[Stored]]:
    """Lines of acts by act id, by position: LINE_COLUMNS, mac, id."""
    among, given = _ids(act_ids)
    found: dict[int, list[Stored]] = {}
    for row in rows(f"SELECT {_LINE} FROM audit_line WHERE act_id IN ({among}) ORDER BY act_id, position, id", given):
        found.setdefault(row[0], []).append(_sound(row, _LINE_KINDS))
    return found


def places(above: int, upto: int) -> list[tuple[Stored, Stored | None]]:
    """Numbers above one up to another: (number, act id, mac) and the act, None where it is gone."""
    sql = (
        f"SELECT s.number, s.source_id, s.mac, {_ACT} FROM sequence AS s LEFT JOIN act AS a ON a.id = s.source_id"
        f" WHERE s.stream = ? AND s.number > ? AND s.number <= ?{_whole('s.number')} ORDER BY s.number"
    )
    found = rows(sql, AUDIT_STREAM, above, upto)
    return [
        (_sound(row[:3], _PLACE_KINDS), _sound(row[3:], _ACT_KINDS) if row[3] is not None else None) for row in found
    ]


def places_beyond(acts: int, limit: int) -> list[tuple[int, int]]:
    """Numbers above one, ascending: (number, act id)."""
    sql = f"SELECT number, source_id, mac FROM sequence WHERE stream = ? AND number > ?{_whole('number')}"
    found = rows(f"{sql} ORDER BY number LIMIT ?", AUDIT_STREAM, acts, limit)
    return [_sound(row, _PLACE_KINDS)[:2] for row in found]


def seals(above: int, upto: int = _HIGHEST, limit: int = _HIGHEST) -> list[SealRow]:
    """Seals above one up to another, ascending; all there are where no more is said."""
    sql = f"SELECT {_SEAL} FROM seal WHERE number > ? AND number <= ?{_whole('number')} ORDER BY number LIMIT ?"
    return [_seal(row) for row in rows(sql, above, upto, limit)]


def last_seal() -> SealRow | None:
    """The newest seal."""
    sql = f"SELECT {_SEAL} FROM seal WHERE number > ?{_whole('number')} ORDER BY number DESC LIMIT 1"
    return next((_seal(row) for row in rows(sql, 0)), None)


def _seal(row: Stored) -> SealRow:
    number, acts, lines, root, head, at, mac = _sound(row, _SEAL_KINDS)
    return SealRow(number, acts, lines, root, head, moment(at), mac)


def without_number() -> tuple[int, list[int]]:
    """What stands where numbers are given and is none: how many seals, and the acts (0: none) of such places."""
    if not is_sqlite():
        return 0, []
    strange = "typeof(number) <> 'integer'"
    count = next(rows(f"SELECT count(*) FROM seal WHERE {strange}"))[0]
    sql = f"SELECT 0, source_id, mac FROM sequence WHERE stream = ? AND {strange}"
    return count, [max(_sound(row, _PLACE_KINDS)[1], 0) for row in rows(sql, AUDIT_STREAM)]


def without_place(after: int, limit: int) -> list[Stored]:
    """Acts above an id that have no number, ascending: ACT_COLUMNS and mac."""
    sql = (
        f"SELECT {_ACT} FROM act AS a LEFT JOIN sequence AS s ON s.stream = ? AND s.source_id = a.id"
        " WHERE s.id IS NULL AND a.id > ? ORDER BY a.id LIMIT ?"
    )
    return [_sound(row, _ACT_KINDS) for row in rows(sql, AUDIT_STREAM, after, limit)]


def lines_without_act(limit: int) -> list[Stored]:
    """Lines of acts that are not there: (line id, act id)."""
    sql = (
        "SELECT l.id, l.act_id FROM audit_line AS l LEFT JOIN act AS a ON a.id = l.act_id WHERE a.id IS NULL"
        " ORDER BY l.id LIMIT ?"
    )
    return [_sound(row, (int, int)) for row in rows(sql, limit)]

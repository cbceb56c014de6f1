"""Rows of the record as they are stored, for proving and sealing: few statements, no objects, however many rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from webapp.database import database, ids_text, is_sqlite
from webapp.domain.audit.models import AUDIT_STREAM
from webapp.domain.audit.proof import ACT_COLUMNS, LINE_COLUMNS

Stored = tuple[Any, ...]
_ACT = ", ".join(f'a."{column}"' for column in (*ACT_COLUMNS, "mac"))
_LINE = ", ".join(f'"{column}"' for column in (*LINE_COLUMNS, "mac", "id"))


def rows(sql: str, *values: Any) -> Iterator[Stored]:
    """What a statement with `?` for its values answers, bytes as bytes."""
    cursor = database.execute_sql(sql if is_sqlite() else sql.replace("?", "%s"), values)
    for row in cursor:
        yield tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def _ids(ids: Sequence[int]) -> tuple[str, str]:
    among = "SELECT value FROM json_each(?)" if is_sqlite() else "SELECT value FROM unnest(?::bigint[]) AS ids(value)"
    return among, ids_text(ids)


def acts(ids: Sequence[int]) -> list[Stored]:
    """Acts by id, ascending: ACT_COLUMNS and mac."""
    among, given = _ids(ids)
    return list(rows(f"SELECT {_ACT} FROM act AS a WHERE a.id IN ({among}) ORDER BY a.id", given))


def lines(act_ids: Sequence[int]) -> dict[int, list[Stored]]:
    """Lines of acts by act id, by position: LINE_COLUMNS, mac, id."""
    among, given = _ids(act_ids)
    found: dict[int, list[Stored]] = {}
    for row in rows(f"SELECT {_LINE} FROM audit_line WHERE act_id IN ({among}) ORDER BY act_id, position, id", given):
        found.setdefault(row[0], []).append(row)
    return found


def places(above: int, upto: int) -> list[tuple[Stored, Stored | None]]:
    """Numbers above one up to another: (number, act id, mac) and the act, None where it is gone."""
    sql = (
        f"SELECT s.number, s.source_id, s.mac, {_ACT} FROM sequence AS s LEFT JOIN act AS a ON a.id = s.source_id"
        " WHERE s.stream = ? AND s.number > ? AND s.number <= ? ORDER BY s.number"
    )
    found = rows(sql, AUDIT_STREAM, above, upto)
    return [(row[:3], row[3:] if row[3] is not None else None) for row in found]


def without_place(after: int, limit: int) -> list[Stored]:
    """Acts above an id that have no number, ascending: ACT_COLUMNS and mac."""
    sql = (
        f"SELECT {_ACT} FROM act AS a LEFT JOIN sequence AS s ON s.stream = ? AND s.source_id = a.id"
        " WHERE s.id IS NULL AND a.id > ? ORDER BY a.id LIMIT ?"
    )
    return list(rows(sql, AUDIT_STREAM, after, limit))


def lines_without_act(limit: int) -> list[Stored]:
    """Lines of acts that are not there: (line id, act id)."""
    sql = (
        "SELECT l.id, l.act_id FROM audit_line AS l LEFT JOIN act AS a ON a.id = l.act_id WHERE a.id IS NULL"
        " ORDER BY l.id LIMIT ?"
    )
    return list(rows(sql, limit))

"""Gapless numbers for what has been committed. Runs in the worker only, one at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import fn

from webapp.database import Row, database, is_sqlite, transaction
from webapp.domain.audit.models import Sequence
from webapp.row_sets import insert_rows

SLICE = 5000
#: Key of the PostgreSQL advisory lock that keeps sequencers of several hosts apart.
ADVISORY_LOCK = 7_205_001


def number_committed(stream: str, source: type[Row], above: int | None = None) -> int:
    """Number the rows of `source` that have none yet, oldest id first. Returns how many were numbered."""
    with transaction():
        last, ids = fresh(stream, source, SLICE, above)
        rows = [
            {"stream": stream, "number": number, "source_id": row_id}
            for number, row_id in enumerate(ids, start=last + 1)
        ]
        insert_rows(Sequence, rows)
    return len(ids)


def fresh(stream: str, source: type[Row], limit: int, above: int | None = None) -> tuple[int, list[int]]:
    """The last number given and ids of rows without one, ascending, for whoever numbers them in this transaction.

    A row id can become visible after a higher one did (two transactions in flight), so rows are found by absence
    from the sequence, not by "greater than the last": none is lost, none is numbered twice. They are looked for above
    the id `above`, else a fixed way behind the last numbered one.
    """
    if not is_sqlite():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (ADVISORY_LOCK,))
    rows = _without(stream, source, _horizon(stream) if above is None else above).order_by(source.id)
    return last_number(stream), [row_id for (row_id,) in rows.limit(limit).tuples()]


def left_behind(stream: str, source: type[Row]) -> int | None:
    """The id above which to look so that no row is left without its number, None where none was: a transaction may take
    so long that others number past `LATE_ROWS` meanwhile. Reads the whole table, and holds no lock while it does."""
    late = _without(stream, source, 0).where(source.id <= _horizon(stream))
    found = late.order_by(source.id).limit(1).tuples().first()
    return found[0] - 1 if found else None


def _without(stream: str, source: type[Row], above: int) -> Any:
    numbered = Sequence.alias()
    known = numbered.select(numbered.id).where(numbered.stream == stream, numbered.source_id == source.id)
    return source.select(source.id).where(source.id > above, ~fn.EXISTS(known))


def last_number(stream: str) -> int:
    """The number given last in this stream."""
    return Sequence.select(fn.MAX(Sequence.number)).where(Sequence.stream == stream).scalar() or 0


def is_behind(stream: str, source: type[Row]) -> bool:
    """Whether the newest row of `source` has no number yet. Cheap; says nothing of rows that became visible late."""
    newest = source.select(fn.MAX(source.id)).scalar() or 0
    numbered = Sequence.select(fn.MAX(Sequence.source_id)).where(Sequence.stream == stream).scalar() or 0
    return newest > numbered


def oldest_waiting(stream: str, source: type[Row]) -> datetime | None:
    """The moment (`at`) of the oldest row after the last numbered one; None where every row has its number."""
    numbered = Sequence.select(fn.MAX(Sequence.source_id)).where(Sequence.stream == stream).scalar() or 0
    return source.select(source.at).where(source.id > numbered).order_by(source.id).limit(1).scalar()


#: How far below the highest numbered row each pass looks for a late committer; beyond it: `left_behind`.
LATE_ROWS = 20_000


def _horizon(stream: str) -> int:
    highest = Sequence.select(fn.MAX(Sequence.source_id)).where(Sequence.stream == stream).scalar() or 0
    return max(0, highest - LATE_ROWS)

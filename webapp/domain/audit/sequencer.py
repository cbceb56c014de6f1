"""Gapless numbers for what has been committed. Runs in the worker only, one at a time."""

from __future__ import annotations

from datetime import datetime

from peewee import fn

from webapp.database import Row, database, insert_rows, is_sqlite, transaction
from webapp.domain.audit.models import Sequence

SLICE = 5000
#: Key of the PostgreSQL advisory lock that keeps sequencers of several hosts apart.
ADVISORY_LOCK = 7_205_001


def number_committed(stream: str, source: type[Row]) -> int:
    """Number the rows of `source` that have none yet, oldest id first. Returns how many were numbered."""
    with transaction():
        last, ids = fresh(stream, source, SLICE)
        rows = [
            {"stream": stream, "number": number, "source_id": row_id}
            for number, row_id in enumerate(ids, start=last + 1)
        ]
        insert_rows(Sequence, rows)
    return len(ids)


def fresh(stream: str, source: type[Row], limit: int) -> tuple[int, list[int]]:
    """The last number given and ids of rows without one, ascending, for whoever numbers them in this transaction.

    A row id can become visible after a higher one did (two transactions in flight), so rows are found by absence
    from the sequence, not by "greater than the last": none is lost, none is numbered twice.
    """
    if not is_sqlite():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (ADVISORY_LOCK,))
    numbered = Sequence.alias()
    known = numbered.select(numbered.id).where(numbered.stream == stream, numbered.source_id == source.id)
    rows = source.select(source.id).where(source.id > _horizon(stream), ~fn.EXISTS(known)).order_by(source.id)
    return last_number(stream), [row_id for (row_id,) in rows.limit(limit).tuples()]


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


#: How far below the highest numbered row a late committer is still looked for.
LATE_ROWS = 20_000


def _horizon(stream: str) -> int:
    highest = Sequence.select(fn.MAX(Sequence.source_id)).where(Sequence.stream == stream).scalar() or 0
    return max(0, highest - LATE_ROWS)

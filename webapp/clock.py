"""The only source of time. Instants are aware UTC datetimes; "today" is the zone's civil day (Asia/Macau)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Macau")

_shift = timedelta(0)


def now() -> datetime:
    return datetime.now(UTC) + _shift


def today() -> date:
    return local_date(now())


def local_date(instant: datetime) -> date:
    return instant.astimezone(ZONE).date()


def last_date(until: datetime) -> date:
    """The last day on which a term is still open: one that ends with a day ends at the midnight after it."""
    return local_date(until - timedelta(microseconds=1))


def start_of_day(day: date) -> datetime:
    """The instant at which a civil day begins in the zone."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)


@contextmanager
def travel(shift: timedelta) -> Iterator[None]:
    """Let the whole process live `shift` later (or earlier), for tests and drills."""
    global _shift
    before = _shift
    _shift = before + shift
    try:
        yield
    finally:
        _shift = before

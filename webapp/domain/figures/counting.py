"""Counting one day from the steps of units, filings and entries (the record of acts), for the table of figures.

A day counted again gives the same rows, so the job may run as often as it likes and everything can be rebuilt. Reading
is done before the short transaction that replaces the day. Classes are those units have now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from statistics import median_low
from typing import Any

from peewee import JOIN, fn

from webapp import clock
from webapp.database import transaction
from webapp.domain.audit.models import Act
from webapp.domain.figures.models import (
    CHANGES,
    ENTRIES,
    FILINGS,
    PEOPLE,
    STEPS,
    UNITS,
    VEHICLES,
    WAITS,
    Figure,
    FigureDay,
    UnitFigure,
)
from webapp.domain.filings import states
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, FilingStep
from webapp.domain.passlist.models import LISTED, REPLATED, SUSPENDED, Entry, EntryHold, EntryStep
from webapp.domain.units.models import Unit, UnitStep
from webapp.row_sets import insert_rows

IN_FORCE = "in_force"
#: Longer waits count as this many days.
LONGEST_WAIT = 30
#: So many days back a unit's own median looks.
WINDOW = timedelta(days=30)
_SENT = ("submit", "resubmit")
_DECIDED = ("verify", "return", "refuse")

Counts = Counter[tuple[str, str, str]]  # (class, measure, state)


def keep(breathe: Callable[[], None] = lambda: None) -> int:
    """Count today, and every day that is not final yet; the job of each few minutes. Returns how many days."""
    days = list(_due(clock.today()))
    for day in days:
        breathe()
        count_day(day)
    count_units()
    return len(days)


def rebuild(since: date | None = None) -> Iterator[date]:
    """Count every day anew, from the first act (or `since`) until today."""
    today = clock.today()
    day = since or _first_day() or today
    while day <= today:
        count_day(day)
        yield day
        day += timedelta(days=1)
    count_units()


def _due(today: date) -> Iterator[date]:
    last = FigureDay.select().order_by(FigureDay.day.desc()).first()
    day = (last.day if last is not None else _first_day()) or today
    while day <= today:
        counted = FigureDay.get_or_none(FigureDay.day == day)
        if counted is None or day == today or counted.counted_at < clock.start_of_day(day + timedelta(days=1)):
            yield day
        day += timedelta(days=1)


def _first_day() -> date | None:
    first = Act.select(Act.at).order_by(Act.id).first()
    return clock.local_date(first.at) if first is not None else None


def count_day(day: date) -> None:
    """Replace the figures of one day."""
    counted_at = clock.now()
    begin, end = clock.start_of_day(day), clock.start_of_day(day + timedelta(days=1))
    counts: Counts = Counter()
    for part in (_units, _entries, _filings):
        counts.update(part(end))
    for happened in (_steps, _changes, _waits):
        counts.update(happened(begin, end))
    rows = [
        {"day": day, "unit_class": unit_class, "measure": measure, "state": state, "count": count}
        for (unit_class, measure, state), count in sorted(counts.items())
        if count
    ]
    with transaction():
        Figure.delete().where(Figure.day == day).execute()
        insert_rows(Figure, rows)
        FigureDay.insert(day=day, counted_at=counted_at).on_conflict(
            conflict_target=[FigureDay.day], update={FigureDay.counted_at: counted_at}
        ).execute()


def _units(end: datetime) -> Counts:
    newest = UnitStep.select(fn.MAX(UnitStep.id)).where(UnitStep.at < end).group_by(UnitStep.unit)
    rows = (
        UnitStep.select(Unit.unit_class, UnitStep.state, fn.COUNT(UnitStep.id))
        .join(Unit, on=(UnitStep.unit == Unit.id))
        .where(UnitStep.id << newest)
        .group_by(Unit.unit_class, UnitStep.state)
    )
    return Counter({(cls, UNITS, state): count for cls, state, count in rows.tuples()})


def _entries(end: datetime) -> Counts:
    """What was in force: entries listed or suspended, people and vehicles once in each class."""
    in_force = (Entry.listed_at < end) & (Entry.removed_at.is_null() | (Entry.removed_at >= end))
    held = (
        EntryHold.select(EntryHold.entry)
        .where(EntryHold.since < end, EntryHold.released_at.is_null() | (EntryHold.released_at >= end))
        .distinct()
        .alias("held")
    )
    rows = (
        Entry.select(
            Unit.unit_class,
            fn.COUNT(Entry.id),
            fn.COUNT(held.c.entry_id),
            fn.COUNT(Entry.person.distinct()),
            fn.COUNT(Entry.vehicle.distinct()),
        )
        .join(Unit, on=(Entry.unit == Unit.id))
        .join(held, JOIN.LEFT_OUTER, on=(held.c.entry_id == Entry.id))
        .where(in_force)
        .group_by(Unit.unit_class)
    )
    counts: Counts = Counter()
    for cls, entries, suspended, people, vehicles in rows.tuples():
        counts[cls, ENTRIES, LISTED] = entries - suspended
        counts[cls, ENTRIES, SUSPENDED] = suspended
        counts[cls, PEOPLE, IN_FORCE] = people
        counts[cls, VEHICLES, IN_FORCE] = vehicles
    return counts


def _filings(end: datetime) -> Counts:
    newest = FilingStep.select(fn.MAX(FilingStep.id)).where(FilingStep.at < end).group_by(FilingStep.filing)
    rows = (
        FilingStep.select(Unit.unit_class, FilingStep.state, fn.COUNT(FilingStep.id))
        .join(Filing, on=(FilingStep.filing == Filing.id))
        .join(Unit, on=(Filing.unit == Unit.id))
        .where(FilingStep.id << newest, FilingStep.state << OPEN_FILING_STATES)
        .group_by(Unit.unit_class, FilingStep.state)
    )
    return Counter({(cls, FILINGS, state): count for cls, state, count in rows.tuples()})


def _steps(begin: datetime, end: datetime) -> Counts:
    rows = (
        FilingStep.select(Unit.unit_class, FilingStep.action, fn.COUNT(FilingStep.id))
        .join(Filing, on=(FilingStep.filing == Filing.id))
        .join(Unit, on=(Filing.unit == Unit.id))
        .where(FilingStep.at >= begin, FilingStep.at < end)
        .group_by(Unit.unit_class, FilingStep.action)
    )
    return Counter({(cls, STEPS, action): count for cls, action, count in rows.tuples()})


def _changes(begin: datetime, end: datetime) -> Counts:
    rows = (
        EntryStep.select(Unit.unit_class, EntryStep.change, fn.COUNT(EntryStep.id))
        .join(Entry, on=(EntryStep.entry == Entry.id))
        .join(Unit, on=(Entry.unit == Unit.id))
        .where(EntryStep.at >= begin, EntryStep.at < end, EntryStep.change != REPLATED)
        .group_by(Unit.unit_class, EntryStep.change)
    )
    return Counter({(cls, CHANGES, change): count for cls, change, count in rows.tuples()})


def _waits(begin: datetime, end: datetime) -> Counts:
    found: Counts = Counter()
    for _unit, cls, days in _decisions(begin, end):
        found[cls, WAITS, str(days)] += 1
    return found


def _decisions(begin: datetime, end: datetime) -> Iterator[tuple[int, str, int]]:
    """(unit, class, whole days since it was sent last) of each decision of a unit about a filing."""
    sent = FilingStep.alias()
    since = sent.select(fn.MAX(sent.at)).where(
        sent.filing == FilingStep.filing, sent.action << _SENT, sent.id < FilingStep.id
    )
    rows: Any = (
        FilingStep.select(Filing.unit, Unit.unit_class, FilingStep.at, since)
        .join(Filing, on=(FilingStep.filing == Filing.id))
        .join(Unit, on=(Filing.unit == Unit.id))
        .where(FilingStep.at >= begin, FilingStep.at < end, FilingStep.action << _DECIDED)
    )
    day = int(timedelta(days=1).total_seconds() * 1_000_000)
    for unit, cls, decided, sent_at in rows.tuples():
        if sent_at is not None:
            micros = _micros(decided) - _micros(sent_at)
            yield unit, cls, min(max(0, micros // day), LONGEST_WAIT)


def _micros(value: datetime | int) -> int:
    return value if isinstance(value, int) else round(value.timestamp() * 1_000_000)


def count_units() -> None:
    """Replace what is kept of each unit."""
    now = clock.now()
    waited: dict[int, list[int]] = {}
    for unit, _cls, days in _decisions(now - WINDOW, now + timedelta(seconds=1)):
        waited.setdefault(unit, []).append(days)
    waiting: dict[int, tuple[int, datetime]] = {
        unit: (count, oldest)
        for unit, count, oldest in Filing.select(Filing.unit, fn.COUNT(Filing.id), fn.MIN(Filing.submitted_at))
        .where(Filing.state == states.SUBMITTED)
        .group_by(Filing.unit)
        .tuples()
    }
    classes = dict(list(Unit.select(Unit.id, Unit.unit_class).tuples()))
    rows = [
        {
            "unit": unit,
            "unit_class": classes[unit],
            "waiting": waiting.get(unit, (0, None))[0],
            "oldest_at": waiting.get(unit, (0, None))[1],
            "decided": len(waited.get(unit, ())),
            "median_days": median_low(waited[unit]) if unit in waited else None,
        }
        for unit in sorted({*waited, *waiting})
    ]
    with transaction():
        UnitFigure.delete().execute()
        insert_rows(UnitFigure, rows)

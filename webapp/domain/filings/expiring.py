"""Reminders before a licence, document or residence permit ends: 30, 7 and 1 days ahead, each once, to the person; and
to the unit one notice a day of what it was that day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from peewee import fn

from webapp import actors, clock
from webapp.database import among
from webapp.domain.audit.acts import Act, action, record_refs
from webapp.domain.filings import telling
from webapp.domain.filings.models import Submission
from webapp.domain.passlist.expiries import KINDS, NEAR_DAYS
from webapp.domain.passlist.models import DOCUMENT, LICENCE, PERMIT, Entry, EntryExpiry, EntryHold
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.units import queries as units
from webapp.domain.units.telling import tell_unit

#: Days before the last one on which a person is reminded.
AHEAD = (NEAR_DAYS, 7, 1)
SLICE = 200
NOTICES = {LICENCE: "licence-expiring", DOCUMENT: "document-expiring", PERMIT: "permit-expiring"}


def stage(days: int) -> int:
    """The reminder that is due so many days ahead; a worker that was down sends the most pressing alone."""
    return min(ahead for ahead in AHEAD if days <= ahead)


def remind(day: str, breathe: Callable[[], None] = lambda: None) -> int:
    """Timer of a day: remind everybody whose day is near, in slices that are acts of their own, then tell the units.
    Returns how many were reminded. A run that began goes on where it ended."""
    done, today = 0, clock.today()
    while _due(today).exists():
        breathe()
        done += int(_remind(actors.system("expiry"), today)["reminded"])
    for unit_id in _units(today):
        breathe()
        _tell_unit(actors.system("expiry"), unit_id, today, key=f"{day}:{unit_id}")
    return done


def _due(today: date) -> Any:
    """Last days that are near and of which this reminder was not sent."""
    told = EntryExpiry.reminded
    near = told.is_null()
    for ahead in AHEAD[1:]:
        near = near | ((EntryExpiry.last_day <= today + timedelta(days=ahead)) & (told > ahead))
    return (
        EntryExpiry.select(EntryExpiry.id, EntryExpiry.item, EntryExpiry.last_day, Submission.id, Entry.ref)
        .join(Entry, on=(EntryExpiry.entry == Entry.id))
        .join(Submission, on=(Submission.ref == Entry.submission_ref))
        .where(
            Entry.state << IN_FORCE,
            EntryExpiry.last_day >= today,
            EntryExpiry.last_day <= today + timedelta(days=AHEAD[0]),
            near,
        )
    )


@action("entry:remind-expiry")
def _remind(act: Act, today: date) -> dict[str, int]:
    """One slice of people, each with all of his entries, so that nobody is told twice of one document."""
    people = _due(today).select(Submission.id).distinct().order_by(Submission.id).limit(SLICE)
    sent = [found for (found,) in people.tuples()]
    rows = list(_due(today).where(Submission.id << among(sent)).order_by(EntryExpiry.last_day).tuples())
    for ahead in AHEAD:
        marked = [row for row, _, last, _, _ in rows if stage((last - today).days) == ahead]
        EntryExpiry.update(reminded=ahead, reminded_on=today).where(EntryExpiry.id << among(marked)).execute()
    for item, kind in NOTICES.items():
        days: dict[int, date] = {}
        for _, found, last, submission, _ in rows:
            if found == item:
                days.setdefault(submission, last)
        told = telling.of_submissions(days)
        for submission, one in told.items():
            one.params["until"] = days[submission].isoformat()
        telling.queue_each(act.id, kind, list(told.values()))
    record_refs(act, "entry:expiry-reminded", sorted({ref for *_, ref in rows}))
    return {"reminded": len(sent)}


def _counts(today: date, unit_id: int | None = None) -> tuple[dict[int, int], dict[int, int]]:
    """By unit: how many entries were reminded of today, and how many held today."""
    soon = Entry.select(Entry.unit, fn.COUNT(Entry.id.distinct())).join(EntryExpiry, on=(EntryExpiry.entry == Entry.id))
    soon = soon.where(EntryExpiry.reminded_on == today)
    held = Entry.select(Entry.unit, fn.COUNT(Entry.id.distinct())).join(EntryHold, on=(EntryHold.entry == Entry.id))
    held = held.where(
        EntryHold.kind << KINDS, EntryHold.released_at.is_null(), EntryHold.since >= clock.start_of_day(today)
    )
    both = []
    for query in (soon, held):
        query = query if unit_id is None else query.where(Entry.unit == unit_id)
        both.append(dict(list(query.where(Entry.state << IN_FORCE).group_by(Entry.unit).tuples())))
    return both[0], both[1]


def _units(today: date) -> list[int]:
    soon, held = _counts(today)
    return sorted(soon.keys() | held.keys())


@action("unit:tell-expiries")
def _tell_unit(act: Act, unit_id: int, today: date) -> dict[str, int]:
    soon, held = _counts(today, unit_id)
    counts = {"soon": soon.get(unit_id, 0), "held": held.get(unit_id, 0)}
    unit = units.by_id(unit_id)
    tell_unit(act, "expiries-near", unit, params=counts)
    record_refs(act, "unit:expiries-told", [unit.ref], unit_id=unit_id)
    return counts

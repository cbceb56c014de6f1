"""Ending what people have, many at once: the step that deregistering a unit and confirming a sanction share.

Entries end, open filings close, driver slots are settled (a second driver who loses his owner is held), the record is
written, and the news is owed: one job, which tells each person once whatever he lost. The number of statements does
not depend on the number of people. Callers hold the units they mean; persons, vehicles and filings are locked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.database import among, lock
from webapp.domain.audit.acts import Act
from webapp.domain.closings import telling
from webapp.domain.filings import closing
from webapp.domain.filings.models import Filing
from webapp.domain.passlist import ending, record, slots
from webapp.domain.passlist.models import Entry, EntryStep
from webapp.domain.registry.models import Person, Vehicle

#: What the one piece of news tells of; whoever is held is told as ever.
TOLD_HERE = ("removed", "listed")


@dataclass(frozen=True)
class News:
    """What each person is told: a kind of notice, and what it says to everybody alike. What it may say of the person
    himself is `number`, `unit`, `entries`, `moved` and `filings` (closings.telling)."""

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """How much ended: entries, filings, the people they belonged to; and how many second drivers are held for it."""

    entries: int
    filings: int
    people: int
    held: int


def end(
    act: Act,
    *,
    entries: Iterable[int],
    filings: Iterable[int],
    cause: str,
    reason: str,
    news: News | None,
    unit_id: int | None = None,
) -> Ended:
    """End those of these entries that are in force for `cause`, and close those of these filings that are open for
    `reason` (`field:code`). `unit_id`: of whom the job is, where it is one unit's. Without `news` the caller tells the
    people himself."""
    entry_ids, filing_ids = list(entries), list(filings)
    vehicles = hold(entry_ids, filing_ids)
    ended = ending.end(act, entry_ids, cause)
    before = _held(act)
    slots.settle(act, vehicles)
    held = _held(act) - before
    closed = closing.close(act, filing_ids, reason)
    record.finish(act, told_apart=TOLD_HERE)
    people = telling.owe(act, news.kind, news.params, unit_id) if news else 0
    return Ended(len(ended), len(closed), people, held)


def hold(entry_ids: Sequence[int], filing_ids: Sequence[int]) -> set[int]:
    """Step: lock persons, vehicles, filings, in this order; returns the vehicles of the entries."""
    entries = list(Entry.select(Entry.person, Entry.vehicle).where(Entry.id << among(entry_ids)).tuples())
    filings = list(Filing.select(Filing.person, Filing.vehicle).where(Filing.id << among(filing_ids)).tuples())
    lock(Person, [person for person, _ in entries + filings])
    lock(Vehicle, [vehicle for _, vehicle in entries + filings if vehicle is not None])
    lock(Filing, filing_ids)
    return {vehicle for _, vehicle in entries}


def _held(act: Act) -> int:
    return EntryStep.select().where(EntryStep.act_id == act.id, EntryStep.change == "held").count()

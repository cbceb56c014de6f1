"""Telling people of a new privacy text on the day it comes into force (PIPL 14, 17): whoever is on the list or has a
filing on its way, each once, on the status page of what he sent last and where he reads. Whom it asks to agree anew is
told by a text, too, where he gave no mailbox.
"""

from __future__ import annotations

from datetime import timedelta

from peewee import fn

from webapp.database import among
from webapp.domain.audit.acts import Act
from webapp.domain.editions import queries
from webapp.domain.editions.models import CONFIRMED, Edition
from webapp.domain.filings import telling
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.jobs import actions as jobs
from webapp.domain.passlist.models import REMOVED, Entry

TELL = "tell-privacy"


def owe(act: Act, row: Edition) -> None:
    """Step: everybody is told when this edition begins."""
    wait = max(timedelta(0), row.effective_from - act.now)
    jobs.enqueue(act, TELL, row.ref, dedupe_key=f"{TELL}:{row.ref}", delay=wait)


def tell_slice(ref: str, after: int) -> tuple[int, int]:
    """Queue the notices of the next people beyond the id `after`. Returns the last id and how many were told, (after,
    0) when nobody is left, or the edition was cancelled before its day. Inside a transaction; a fixed number of
    statements."""
    row = queries.one(ref)
    people = _next_people(after) if row.state == CONFIRMED else []
    if not people:
        return after, 0
    told = list(telling.of_submissions(_newest(people)).values())
    kind = "privacy-asked" if row.content["facts"]["asks_again"] else "privacy-changed"
    telling.queue_each(row.act_id, kind, told)
    return people[-1], len(people)


def _next_people(after: int) -> list[int]:
    found: set[int] = set()
    for model, concerned in ((Entry, Entry.state != REMOVED), (Filing, Filing.state << OPEN_FILING_STATES)):
        rows = model.select(model.person).where(concerned, model.person > after).distinct().order_by(model.person)
        found |= {person for (person,) in rows.limit(telling.SLICE).tuples()}
    return sorted(found)[: telling.SLICE]


def _newest(people: list[int]) -> set[int]:
    """The submission that each of them sent last, of those that are on the list or on their way."""
    entries = (
        Entry.select(Entry.person, fn.MAX(Submission.id))
        .join(Submission, on=(Submission.ref == Entry.submission_ref))
        .where(Entry.person << among(people), Entry.state != REMOVED)
        .group_by(Entry.person)
    )
    filings = (
        Filing.select(Filing.person, fn.MAX(Filing.submission))
        .where(Filing.person << among(people), Filing.state << OPEN_FILING_STATES)
        .group_by(Filing.person)
    )
    last: dict[int, int] = {}
    for person, submission in (*entries.tuples(), *filings.tuples()):
        last[person] = max(submission, last.get(person, 0))
    return set(last.values())

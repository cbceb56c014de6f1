"""What is deleted when its term is over: one function for each term of `retention` that has days.

Timers of the worker call them; `privacy purge` calls all of them now. What belongs to people is erased as a whole, by
the same steps as an erasure somebody asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from webapp import actors, crypto
from webapp.database import among, transaction
from webapp.domain.accounts import forgetting
from webapp.domain.filings import drafts, lapsing
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, FilingStep, Submission
from webapp.domain.jobs import actions as jobs
from webapp.domain.lanes import forgetting as lanes
from webapp.domain.lanes.models import LaneCheck
from webapp.domain.limits import actions as limits
from webapp.domain.notices.models import QUEUED, Delivery, Notice
from webapp.domain.passlist import printing
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.privacy import erasing, obstacles, retention, strays
from webapp.domain.registry.models import Person
from webapp.domain.sanctions import batch_files
from webapp.domain.sanctions.models import Case, CaseParty
from webapp.domain.searches.models import ListSearch
from webapp.domain.units import drafts as registrations
from webapp.domain.units import roster, staff_sheets
from webapp.errors import Conflict

SLICE = 1000


def due(now: datetime, limit: int | None = None) -> Iterator[Person]:
    """People of whom everything has been over for the term, and against whose erasure nothing stands."""
    before = now - timedelta(days=retention.person_days())
    # Sets, each read once: who has something in force, on its way, or over for less than the term.
    kept = (
        Entry.select(Entry.person).where((Entry.state << IN_FORCE) | (Entry.removed_at >= before)),
        Filing.select(Filing.person).where(Filing.state << OPEN_FILING_STATES),
        Submission.select(Submission.person).where(Submission.filed_at >= before),
        Filing.select(Filing.person)
        .join(FilingStep, on=(FilingStep.filing == Filing.id))
        .where(FilingStep.at >= before),
    )
    rows = Person.select().where(
        Person.erased_at.is_null(), Person.created_at < before, *(Person.id.not_in(query) for query in kept)
    )
    for person in rows.order_by(Person.id).limit(limit):
        if not _decided_late(person.id, before) and not obstacles.of(person.id):
            yield person


def _decided_late(person_id: int, before: datetime) -> bool:
    refs = Submission.select(Submission.ref).where(Submission.person == person_id)
    sides = CaseParty.select().join(Case, on=(CaseParty.case == Case.id)).where(CaseParty.party_ref << refs)
    return bool(sides.where(Case.decided_at.is_null() | (Case.decided_at >= before)).exists())


def people(now: datetime, breathe: Callable[[], None] = lambda: None) -> int:
    """Erase whose term is over; each is an act of its own. Returns how many."""
    done = 0
    for person in list(due(now, SLICE)):
        breathe()
        try:
            erasing.by_retention(actors.system("retention"), person.ref)
        except Conflict:
            continue  # something new meanwhile
        done += 1
    return done


def deliveries(now: datetime) -> int:
    """Address and words of messages that were sent long enough ago; that one was sent stays."""
    old = (Delivery.created_at < now - timedelta(days=retention.DELIVERY_DAYS)) & (Delivery.state != QUEUED)
    with transaction():
        emptied = Delivery.update(address=b"", params=None).where(old, Delivery.address != b"")
        return int(emptied.execute())


def notices(now: datetime) -> int:
    return _slices(_some_notices, now - timedelta(days=retention.NOTICE_DAYS))


def _some_notices(before: datetime) -> int:
    ids = [found for (found,) in Notice.select(Notice.id).where(Notice.created_at < before).limit(SLICE).tuples()]
    Delivery.delete().where(Delivery.notice << among(ids)).execute()
    return int(Notice.delete().where(Notice.id << among(ids)).execute())


def searches(now: datetime) -> int:
    """What officers typed into a search, and why; that they searched and what they opened is the record's."""
    rows = ListSearch.select().where(
        ListSearch.made_at < now - timedelta(days=retention.SEARCH_DAYS), fn.LENGTH(ListSearch.words) > _LEAST
    )
    with transaction():
        done = 0
        for row in rows.limit(SLICE):
            words, reason = (crypto.seal("", "list_search", name, row.ref) for name in ("words", "reason"))
            done += ListSearch.update(words=words, reason=reason).where(ListSearch.id == row.id).execute()
    return done


#: Bytes of a sealed empty text: head, nonce, two quotes, tag.
_LEAST = 2 + 12 + 2 + 16


def lane_checks(now: datetime) -> int:
    return _slices(_some_lane_checks, now - timedelta(days=retention.LANE_CHECK_DAYS))


def _some_lane_checks(before: datetime) -> int:
    rows = LaneCheck.select(LaneCheck.id).where(LaneCheck.asked_at < before).limit(SLICE)
    return int(LaneCheck.delete().where(LaneCheck.id << among(found for (found,) in rows.tuples())).execute())


def _slices(some: Callable[[datetime], int], before: datetime) -> int:
    done = 0
    while True:
        with transaction():
            gone = some(before)
        done += gone
        if not gone:
            return done


def _jobs(now: datetime) -> int:
    return int(jobs.forget_finished(now - timedelta(days=retention.JOB_DAYS)))


def _limits(now: datetime) -> int:
    return int(limits.forget(now - timedelta(days=retention.LIMIT_DAYS)))


def _lane_plates(now: datetime) -> int:
    return int(lanes.forget_plates(now - timedelta(days=retention.terms()["lane_plate"].days or 0)))


#: Code of the term → what deletes. Codes, links and sessions go together; copies are backups.creating.forget_old.
PURGES: dict[str, Callable[[datetime], Any]] = {
    "draft": lambda now: drafts.purge(now) + strays.sheets(now),
    "registration": lambda _now: registrations.purge(),
    "staff_sheet": staff_sheets.purge,
    "roster": roster.purge,
    "list_export": printing.purge,
    "session": forgetting.forget,
    "limit": _limits,
    "lane_plate": _lane_plates,
    "lane_check": lane_checks,
    "delivery": deliveries,
    "notice": notices,
    "search": searches,
    "returned": lapsing.tend,
    "person": lambda now: people(now) + strays.matters(now),
    "sanction_file": batch_files.purge,
    "job": _jobs,
}
TOGETHER = {"code": "session", "link": "session"}

"""The desk of a unit: people who have no phone, and what is to be told to them (design 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import fn

from webapp.database import among, sorted_by
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings.models import CounterHelp, Filing, Submission
from webapp.domain.filings.signing import PAPER
from webapp.domain.filings.states import RETURNED
from webapp.domain.notices.models import SUBMISSION, Notice
from webapp.domain.registry.cards import Card, open_card
from webapp.domain.registry.models import PersonPhone
from webapp.errors import NotFound

#: So many people stand on the page, those with news first.
PEOPLE = 100


@dataclass(frozen=True)
class Waiting:
    """Somebody without a phone: his submission, and the notices nobody has told him, oldest first."""

    submission: Submission
    card: Card
    notices: tuple[Notice, ...]
    returned: bool


def people(unit_id: int) -> list[Waiting]:
    """Whoever was helped at this unit's desk and has no phone on file. A fixed number of statements."""
    rows = list(_submissions(unit_id).order_by(Submission.id.desc()))
    told: dict[str, list[Notice]] = {}
    unread = Notice.select().where(
        Notice.audience == SUBMISSION, Notice.audience_ref << [row.ref for row in rows], Notice.read_at.is_null()
    )
    for notice in unread.order_by(Notice.id):
        told.setdefault(notice.audience_ref, []).append(notice)
    filings: dict[int, list[Filing]] = {}
    of_rows = Filing.select().where(Filing.submission << among(row.id for row in rows))
    for filing in of_rows.order_by(sorted_by(Filing.id)):
        filings.setdefault(filing.submission_id, []).append(filing)
    found = [
        Waiting(
            row,
            open_card(filings[row.id][0]),
            tuple(told.get(row.ref, ())),
            any(one.state == RETURNED for one in filings[row.id]),
        )
        for row in rows
        if row.id in filings
    ]
    return sorted(found, key=lambda one: not one.notices)[:PEOPLE]


def waiting(unit_id: int) -> Any:
    """The notices that wait at the desk, to be counted."""
    here = _submissions(unit_id).select(Submission.ref)
    return Notice.select().where(Notice.audience == SUBMISSION, Notice.audience_ref << here, Notice.read_at.is_null())


@action("counter:tell")
def told(act: Act, unit_id: int, submission_ref: str) -> dict[str, object]:
    """The person was told what lay at the desk. Returns {"told": how many}. Raises NotFound."""
    submission = _submissions(unit_id).where(Submission.ref == submission_ref).first()
    if submission is None:
        raise NotFound("not_found")
    done = (
        Notice.update(read_at=act.now)
        .where(Notice.audience == SUBMISSION, Notice.audience_ref == submission_ref, Notice.read_at.is_null())
        .execute()
    )
    record(act, "submission:told-at-desk", submission_ref, unit_id=unit_id)
    return {"told": done}


def _submissions(unit_id: int) -> Any:
    """Submissions signed on paper at this unit by whoever has no phone on file."""
    helped = CounterHelp.select(CounterHelp.submission).where(
        CounterHelp.unit == unit_id, CounterHelp.form == PAPER, CounterHelp.submission.is_null(False)
    )
    reached = PersonPhone.select(PersonPhone.id).where(
        PersonPhone.person == Submission.person, PersonPhone.ended_at.is_null()
    )
    return Submission.select().where(Submission.id << helped, ~fn.EXISTS(reached))

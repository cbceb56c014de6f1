"""The owner's answer to a second driver (design 6, invitation; design 7, rule 2): his yes lets the filing go on, his no
ends it. Whom to ask is found in `asking`; who stays silent, in `waiting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import asking, making, states, telling
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, OwnerRequest, Submission
from webapp.domain.passlist.models import SECOND, DriverSlot
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Vehicle
from webapp.errors import Conflict, NotFound

ACCEPTED, DECLINED = "accepted", "declined"


@dataclass(frozen=True)
class Question:
    """What an owner is asked: who wants to drive which of his cars. Through which unit is not his affair."""

    ref: str
    name: str
    latin_name: str
    plates: tuple[str, ...]  # normalised
    asked_at: datetime
    until: datetime


def questions(submission: Submission) -> list[Question]:
    """The open questions to the person of this submission as owner, oldest first."""
    return [_question(request) for request in asking.requests_to(submission)]


def question(submission: Submission, request_ref: str) -> Question:
    """One open question to this person. Raises NotFound."""
    for request in asking.requests_to(submission):
        if request.ref == request_ref:
            return _question(request)
    raise NotFound("not_found")


def request_of(filing: Filing) -> OwnerRequest | None:
    """What a second driver's filing asked the owner, and how he answered."""
    return OwnerRequest.get_or_none(OwnerRequest.filing == filing.id)


@action("owner:accept")
def accept(act: Act, submission_ref: str, request_ref: str) -> dict[str, str]:
    """The owner's yes: the second driver's filing waits no longer. Raises NotFound, Conflict("second_taken") where
    another second driver has his place, Conflict("request_over")."""
    request, filing, submission = _held(act, submission_ref, request_ref)
    if _second_taken(filing):
        raise Conflict("second_taken")
    _answer(act, request, submission.person_id, ACCEPTED)
    Filing.update(waiting=False, act_id=act.id, version=Filing.version + 1).where(Filing.id == filing.id).execute()
    record(act, "owner:accepted", request.ref, unit_id=filing.unit_id)
    _tell_driver(act, "owner-accepted", filing)
    return {"answer": ACCEPTED}


@action("owner:decline")
def decline(act: Act, submission_ref: str, request_ref: str) -> dict[str, str]:
    """The owner's no: the second driver's filing is closed. Raises NotFound, Conflict("request_over")."""
    request, filing, submission = _held(act, submission_ref, request_ref)
    _answer(act, request, submission.person_id, DECLINED)
    filing.state = states.next_state(filing.state, "close")
    Filing.update(state=filing.state, reasons=["owner:declined"], act_id=act.id, version=Filing.version + 1).where(
        Filing.id == filing.id
    ).execute()
    making.step(act, filing, "close", ["owner:declined"])
    record(act, "owner:declined", request.ref, unit_id=filing.unit_id)
    record(act, "filing:closed", filing.ref, unit_id=filing.unit_id)
    _tell_driver(act, "owner-declined", filing)
    return {"answer": DECLINED}


def _held(act: Act, submission_ref: str, request_ref: str) -> tuple[OwnerRequest, Filing, Submission]:
    """The question, the filing that waits for it and the owner's submission, once the vehicle is held."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    known = OwnerRequest.get_or_none(OwnerRequest.ref == request_ref)
    if submission is None or known is None:
        raise NotFound("not_found")
    lock(Vehicle, [known.vehicle_id])
    lock(Filing, [known.filing_id])
    request = OwnerRequest.get_by_id(known.id)
    filing = Filing.get_by_id(request.filing_id)
    if request.ref not in {one.ref for one in asking.requests_to(submission)}:
        # Only to him whom it was put before does it say that it is over.
        raise Conflict("request_over") if request.answered_by_id == submission.person_id else NotFound("not_found")
    if request.until <= act.now or not filing.waiting:
        raise Conflict("request_over")
    return request, filing, submission


def _second_taken(filing: Filing) -> bool:
    listed = DriverSlot.select().where(
        DriverSlot.vehicle == filing.vehicle_id, DriverSlot.slot == SECOND, DriverSlot.person != filing.person_id
    )
    accepted = Filing.select().where(
        Filing.vehicle == filing.vehicle_id,
        Filing.slot == SECOND,
        Filing.person != filing.person_id,
        Filing.state << OPEN_FILING_STATES,
        ~Filing.waiting,
    )
    return listed.exists() or accepted.exists()


def _answer(act: Act, request: OwnerRequest, person_id: int, answer: str) -> None:
    OwnerRequest.update(state=answer, answered_at=act.now, answered_by=person_id, act_id=act.id).where(
        OwnerRequest.id == request.id
    ).execute()


def _tell_driver(act: Act, kind: str, filing: Filing) -> None:
    submission = Submission.get_by_id(filing.submission_id)
    telling.tell_person(act, kind, submission, subject=filing.ref, params={"number": submission.number})


def _question(request: OwnerRequest) -> Question:
    card = open_card(Filing.get_by_id(request.filing_id))
    return Question(
        request.ref, card.name, card.latin_name, tuple(card.plates), asked_at=request.asked_at, until=request.until
    )

"""The owner's answer to a second driver (design 6, invitation; design 7, rule 2): his yes lets the filing go on, his no
ends it. Whom to ask is found in `asking`; who stays silent, in `invitation_terms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.database import among, lock, sorted_by
from webapp.domain.audit.acts import Act, action, record, record_refs
from webapp.domain.filings import asking, closing, telling
from webapp.domain.filings.invitation_states import ACCEPTED, DECLINED, OPEN, REVOKED, next_state
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Invitation, Submission
from webapp.domain.passlist.models import OWNER, SECOND, DriverSlot
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Vehicle
from webapp.errors import Conflict, NotFound


@dataclass(frozen=True)
class Question:
    """What an owner is asked: who wants to drive which of his cars, and whether as an owner beside him. Through which
    unit is not his affair."""

    ref: str
    name: str
    latin_name: str
    plates: tuple[str, ...]  # normalised
    joint: bool
    asked_at: datetime
    until: datetime


def questions(submission: Submission, paired: str = "") -> list[Question]:
    """The open questions to the person of this submission as owner, oldest first; `paired` as in asking."""
    return [_question(request) for request in asking.requests_to(submission, paired)]


def question(submission: Submission, request_ref: str, paired: str = "") -> Question:
    """One open question to this person. Raises NotFound."""
    for request in asking.requests_to(submission, paired):
        if request.ref == request_ref:
            return _question(request)
    raise NotFound("not_found")


def requests_of(filings: list[Filing]) -> dict[int, Invitation]:
    """Filing id → the newest invitation by which its second driver may drive the car, or asked to."""
    pairs = {(filing.vehicle_id, filing.person_id): filing.id for filing in filings if filing.slot == SECOND}
    rows = Invitation.select().where(
        Invitation.second << among({person for _, person in pairs}),
        Invitation.vehicle << among({vehicle for vehicle, _ in pairs if vehicle}),
    )
    found = {(row.vehicle_id, row.second_id): row for row in rows.order_by(sorted_by(Invitation.id))}
    return {
        filing.id: found[filing.vehicle_id, filing.person_id]
        for filing in filings
        if filing.slot == SECOND and (filing.vehicle_id, filing.person_id) in found
    }


@action("owner:accept")
def accept(act: Act, submission_ref: str, request_ref: str, paired: str = "") -> dict[str, str]:
    """The owner's yes: the second driver's filings wait no longer. Raises NotFound, Conflict("second_taken") where
    another second driver has his place, Conflict("request_over")."""
    request, filing, submission = _held(act, submission_ref, request_ref, paired)
    say_yes(act, request, submission.person_id)
    _tell_driver(act, "owner-accepted", filing)
    return {"answer": ACCEPTED}


def say_yes(act: Act, request: Invitation, owner_id: int) -> None:
    """Step: the yes of this owner to the second driver of an open invitation. The vehicle is held."""
    if second_taken(request.vehicle_id, request.second_id):
        raise Conflict("second_taken")
    pair = (Invitation.vehicle == request.vehicle_id) & (Invitation.second == request.second_id)
    asking.forget_yes(act, pair)
    _answer(act, request, owner_id, next_state(request.state, "accept"))
    # What the two asked each other the other way round is answered by the same yes.
    Invitation.update(
        state=ACCEPTED, owner=owner_id, joint=Invitation.joint | request.joint, ended_at=act.now, act_id=act.id
    ).where(pair, Invitation.state == OPEN).execute()
    # The place is given: what the owner offered to whoever has the link is over.
    Invitation.update(state=REVOKED, ended_at=act.now, act_id=act.id).where(
        Invitation.vehicle == request.vehicle_id,
        Invitation.owner == owner_id,
        Invitation.made_by == OWNER,
        Invitation.state == OPEN,
    ).execute()
    waiting = waiting_filings(request.vehicle_id, request.second_id)
    Filing.update(waiting=False, act_id=act.id, version=Filing.version + 1).where(
        Filing.id << among(filing.id for filing in waiting)
    ).execute()
    record(act, "owner:accepted", request.ref)
    record_refs(act, "filing:owner-accepted", [filing.ref for filing in waiting])


@action("owner:decline")
def decline(act: Act, submission_ref: str, request_ref: str, paired: str = "") -> dict[str, str]:
    """The owner's no: the second driver's filings are closed. Raises NotFound, Conflict("request_over")."""
    request, _filing, submission = _held(act, submission_ref, request_ref, paired)
    say_no(act, request, submission.person_id)
    return {"answer": DECLINED}


def say_no(act: Act, request: Invitation, owner_id: int | None) -> None:
    """Step: the no to a second driver who waits; None where it came by the link alone. The vehicle is held."""
    waiting = waiting_filings(request.vehicle_id, request.second_id)
    _answer(act, request, owner_id, next_state(request.state, "decline"))
    record(act, "owner:declined", request.ref, unit_id=waiting[-1].unit_id)
    closing.close(act, [one.id for one in waiting], "owner:declined")
    _tell_driver(act, "owner-declined", waiting[-1])


def waiting_filings(vehicle_id: int, person_id: int | None) -> list[Filing]:
    """The open filings of a second driver on this vehicle that wait for the owner's yes, through any unit."""
    return list(
        Filing.select()
        .where(
            Filing.vehicle == vehicle_id,
            Filing.person == person_id,
            Filing.slot == SECOND,
            Filing.waiting,
            Filing.state << OPEN_FILING_STATES,
        )
        .order_by(Filing.id)
    )


def second_taken(vehicle_id: int, but: int | None) -> bool:
    """Whether somebody other than this person is the second driver, or has the owner's yes to become him."""
    listed = DriverSlot.select().where(DriverSlot.vehicle == vehicle_id, DriverSlot.slot == SECOND)
    accepted = Filing.select().where(
        Filing.vehicle == vehicle_id,
        Filing.slot == SECOND,
        Filing.state << OPEN_FILING_STATES,
        ~Filing.waiting,
    )
    if but is not None:
        listed = listed.where(DriverSlot.person != but)
        accepted = accepted.where(Filing.person != but)
    return listed.exists() or accepted.exists()


def _held(act: Act, submission_ref: str, request_ref: str, paired: str) -> tuple[Invitation, Filing, Submission]:
    """The question, the filing that waits for it and the owner's submission, once the vehicle is held."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    known = Invitation.get_or_none(Invitation.ref == request_ref, Invitation.made_by == SECOND)
    if submission is None or known is None:
        raise NotFound("not_found")
    lock(Vehicle, [known.vehicle_id])
    request = Invitation.get_by_id(known.id)
    filings = waiting_filings(request.vehicle_id, request.second_id)
    lock(Filing, [filing.id for filing in filings])
    if request.ref not in {one.ref for one in asking.requests_to(submission, paired)}:
        # Only to him whom it was put before does it say that it is over.
        raise Conflict("request_over") if request.owner_id == submission.person_id else NotFound("not_found")
    if request.until <= act.now or not filings:
        raise Conflict("request_over")
    return request, filings[-1], submission


def _answer(act: Act, request: Invitation, person_id: int | None, answer: str) -> None:
    Invitation.update(state=answer, ended_at=act.now, owner=person_id, act_id=act.id).where(
        Invitation.id == request.id
    ).execute()


def _tell_driver(act: Act, kind: str, filing: Filing) -> None:
    submission = Submission.get_by_id(filing.submission_id)
    telling.tell_person(act, kind, submission, subject=filing.ref, params={"number": submission.number})


def _question(request: Invitation) -> Question:
    card = open_card(Filing.get_by_id(request.filing_id))
    return Question(
        request.ref,
        card.name,
        card.latin_name,
        tuple(card.plates),
        joint=request.joint,
        asked_at=request.made_at,
        until=request.until,
    )

"""The owner invites a second driver: "drive my car" (design 6). His yes stands in the invitation itself, so what the
invited person files with it waits for nobody.

The link shows plate and name masked and gives nothing more. Accepting takes the invited person's own proof: his own
filing with his own phone proved (`take`), or his own status page where he has filed already (`accept`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import clock, crypto
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import asking, owners, telling
from webapp.domain.filings.invitation_states import OPEN, next_state
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Invitation, Submission
from webapp.domain.limits import actions as limits
from webapp.domain.passlist.models import OWNER, SECOND, DriverSlot, Entry, JointOwner
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import Card, open_card
from webapp.domain.registry.models import Vehicle
from webapp.errors import Conflict, NotFound
from webapp.values import people, plates


@dataclass(frozen=True)
class Look:
    """What the link alone shows. `over` where it cannot be accepted any more."""

    ref: str
    made_by: str
    plates: tuple[str, ...]  # masked
    name: str  # of its maker, masked
    joint: bool
    household_unit: int | None  # the unit that vouches, where it is the owner's
    until: datetime
    state: str
    over: bool


@dataclass(frozen=True)
class Drivers:
    """The second driver's side of an owner's car. `second` is masked, "" where there is none; `listed`: his slot is
    taken, else he is on his way."""

    vehicle_id: int
    plates: tuple[str, ...]  # normalised
    second: str
    listed: bool
    invitation: Invitation | None
    token: str


@action("invitation:make")
def invite(
    act: Act, submission_ref: str, filing_ref: str, *, joint: bool = False, household: bool = False
) -> dict[str, str]:
    """The owner invites somebody to drive his car. Returns {"invitation": ref}. Raises NotFound where the car is not
    his (to show), Conflict: `second_taken`, `already_invited`."""
    submission, filing = _own_car(submission_ref, filing_ref)
    lock(Vehicle, [filing.vehicle_id])
    if not owns(submission.person_id, filing):
        raise Conflict("not_the_owner")
    if owners.second_taken(filing.vehicle_id, None):
        raise Conflict("second_taken")
    if _open_of(filing.vehicle_id, submission.person_id) is not None:
        raise Conflict("already_invited")
    made = asking.make(
        act,
        made_by=OWNER,
        submission=submission.id,
        vehicle=filing.vehicle_id,
        owner=submission.person_id,
        joint=joint,
        household=household,
    )
    return {"invitation": made.ref}


@action("invitation:revoke")
def revoke(act: Act, submission_ref: str, invitation_ref: str) -> dict[str, str]:
    """The owner takes his invitation back. Raises NotFound, Conflict("request_over")."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    known = Invitation.get_or_none(Invitation.ref == invitation_ref, Invitation.made_by == OWNER)
    if submission is None or known is None or known.owner_id != submission.person_id:
        raise NotFound("not_found")
    request = _locked(known)
    end(act, request, "revoke")
    return {"state": "revoked"}


@action("invitation:accept")
def accept(act: Act, submission_ref: str, token: str) -> dict[str, str]:
    """Who has filed as second driver already and waits opens the owner's link: he waits no longer.
    Raises NotFound, Conflict: `request_over`, `second_taken`."""
    request, submission = _for_second(act, submission_ref, token)
    _take(act, request, owners.waiting_filings(request.vehicle_id, submission.person_id)[0])
    return {"state": "accepted"}


@action("invitation:decline")
def decline(act: Act, submission_ref: str, token: str) -> dict[str, str]:
    """He does not want to drive it. His own filing is his own affair. Raises NotFound, Conflict("request_over")."""
    request, submission = _for_second(act, submission_ref, token)
    Invitation.update(second=submission.person_id).where(Invitation.id == request.id).execute()
    end(act, request, "decline")
    tell_maker(act, "invitation-declined", request)
    return {"state": "declined"}


def take(act: Act, ref: str, filing: Filing) -> None:
    """Step: a filing made with an invitation accepts it. The vehicle is held. Raises Conflict("request_over")."""
    request = Invitation.get_or_none(Invitation.ref == ref)
    if request is None or not stands(request, filing.person_id, filing.vehicle_id):
        raise Conflict("request_over")
    if request.state == OPEN:
        _take(act, request, filing)


def stands(request: Invitation, person_id: int | None, vehicle_id: int | None) -> bool:
    """Whether this person may file with it: open still, or accepted by him already and not let go."""
    if request.made_by != OWNER or request.vehicle_id != vehicle_id or request.owner_id == person_id:
        return False
    if request.state == OPEN:
        return request.until > clock.now()
    return request.state == "accepted" and request.second_id == person_id and request.released_at is None


def _take(act: Act, request: Invitation, filing: Filing) -> None:
    # One question open between two: what he asked before is answered with this (owners.say_yes), so it must not be
    # open beside this one when both carry his name.
    Invitation.update(state="accepted", owner=request.owner_id, ended_at=act.now, act_id=act.id).where(
        Invitation.vehicle == request.vehicle_id, Invitation.second == filing.person_id, Invitation.state == OPEN
    ).execute()
    Invitation.update(second=filing.person_id, filing=filing.id).where(Invitation.id == request.id).execute()
    owners.say_yes(act, Invitation.get_by_id(request.id), request.owner_id)
    tell_maker(act, "invitation-accepted", request)


def end(act: Act, request: Invitation, name: str) -> None:
    """Step: an open invitation ends by this action. Raises Conflict("request_over")."""
    after = next_state(request.state, name)
    Invitation.update(state=after, ended_at=act.now, act_id=act.id).where(Invitation.id == request.id).execute()
    record(act, f"invitation:{after}", request.ref)


def tell_maker(act: Act, kind: str, request: Invitation) -> None:
    submission = Submission.get_by_id(request.submission_id)
    telling.tell_person(act, kind, submission, subject=request.ref, params={"number": submission.number})


# Reading ------------------------------------------------------------------------------------------------------


def by_token(token: str) -> Invitation | None:
    return Invitation.get_or_none(Invitation.token_hash == crypto.token_hash(token))


def by_ref(ref: str) -> Invitation | None:
    return Invitation.get_or_none(Invitation.ref == ref)


def look(request: Invitation) -> Look:
    """What anybody with the link may see."""
    card = card_of(request)
    submission = Submission.get_by_id(request.submission_id)
    gone = request.made_by == SECOND and not owners.waiting_filings(request.vehicle_id, request.second_id)
    return Look(
        ref=request.ref,
        made_by=request.made_by,
        plates=tuple(plates.mask(one) for one in card.plates),
        name=people.mask_name(card.name),
        joint=request.joint,
        household_unit=submission.unit_id if request.household else None,
        until=request.until,
        state=request.state,
        over=request.state != OPEN or request.until <= clock.now() or gone,
    )


def card_of(request: Invitation) -> Card:
    """Name and plates of the maker, as he filed this vehicle."""
    if request.made_by == SECOND:
        return open_card(Filing.get_by_id(request.filing_id))
    filing = _filings_of_car(request.submission_id, request.vehicle_id)[-1]
    return open_card(filing)


def declared_car(request: Invitation) -> dict[str, Any]:
    """The vehicle as the owner declared it (shape: filings.declaring)."""
    filing = _filings_of_car(request.submission_id, request.vehicle_id)[-1]
    vehicle: dict[str, Any] = registry.answers(filing.answers_id)["vehicles"][filing.position - 1]
    return vehicle


def drivers(submission: Submission, filing_ref: str) -> Drivers:
    """Who drives the car beside its owner. Raises NotFound where it is not this person's car."""
    _submission, filing = _own_car(submission.ref, filing_ref)
    if not owns(submission.person_id, filing):
        raise NotFound("not_found")
    invitation = _open_of(filing.vehicle_id, submission.person_id)
    second, listed = _second_of(filing.vehicle_id)
    return Drivers(
        filing.vehicle_id,
        tuple(open_card(filing).plates),
        second,
        listed,
        invitation,
        asking.token(invitation.ref) if invitation else "",
    )


def owns(person_id: int, filing: Filing) -> bool:
    """Whether the car of this filing is its person's: on the list, or claimed by a filing nobody disputes while nobody
    else is the owner."""
    owner = DriverSlot.get_or_none(
        DriverSlot.vehicle == filing.vehicle_id, DriverSlot.slot == OWNER, DriverSlot.in_force
    )
    if owner is not None:
        return bool(owner.person_id == person_id)
    claims = filing.slot == OWNER and filing.state in OPEN_FILING_STATES
    return claims and filing.person_id == person_id and not filing.disputed


def may_invite(submission: Submission, filing: Filing) -> bool:
    """Whether his page offers the second driver's side of this filing's car."""
    return filing.vehicle_id is not None and filing.slot is not None and owns(submission.person_id, filing)


def _second_of(vehicle_id: int) -> tuple[str, bool]:
    entry = (
        Entry.select()
        .join(DriverSlot, on=(Entry.slot == DriverSlot.id))
        .where(DriverSlot.vehicle == vehicle_id, DriverSlot.slot == SECOND, Entry.state << IN_FORCE)
        .order_by(Entry.id.desc())
        .first()
    )
    if entry is not None:
        return people.mask_name(open_card(entry).name), True
    filing = (
        Filing.select()
        .where(
            Filing.vehicle == vehicle_id,
            Filing.slot == SECOND,
            ~Filing.waiting,
            Filing.state << OPEN_FILING_STATES,
        )
        .order_by(Filing.id.desc())
        .first()
    )
    return (people.mask_name(open_card(filing).name), False) if filing else ("", False)


def _own_car(submission_ref: str, filing_ref: str) -> tuple[Submission, Filing]:
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    filing = Filing.get_or_none(Filing.ref == filing_ref, Filing.submission == submission.id) if submission else None
    if submission is None or filing is None or filing.vehicle_id is None or filing.slot is None:
        raise NotFound("not_found")
    return submission, filing


def _open_of(vehicle_id: int, owner_id: int) -> Invitation | None:
    return Invitation.get_or_none(
        Invitation.vehicle == vehicle_id,
        Invitation.owner == owner_id,
        Invitation.made_by == OWNER,
        Invitation.state == OPEN,
    )


def _filings_of_car(submission_id: int, vehicle_id: int) -> list[Filing]:
    found = Filing.select().where(Filing.submission == submission_id, Filing.vehicle == vehicle_id)
    return list(found.order_by(Filing.id))


def _locked(known: Invitation) -> Invitation:
    lock(Vehicle, [known.vehicle_id])
    request: Invitation = Invitation.get_by_id(known.id)
    return request


def _for_second(act: Act, submission_ref: str, token: str) -> tuple[Invitation, Submission]:
    """An owner's open invitation and the submission of somebody who waits for that very car."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    known = by_token(token)
    if submission is None or known is None or known.made_by != OWNER:
        raise NotFound("not_found")
    request = _locked(known)
    if not owners.waiting_filings(request.vehicle_id, submission.person_id):
        raise NotFound("not_found")
    if request.state != OPEN or request.until <= act.now or request.owner_id == submission.person_id:
        raise Conflict("request_over")
    return request, submission


def offered(submission: Submission, token: str) -> Look | None:
    """The owner's invitation whose link he opened, where he waits for that very car; for his status page."""
    request = by_token(token) if token else None
    if request is None or request.made_by != OWNER or request.owner_id == submission.person_id:
        return None
    shown = look(request)
    waits = owners.waiting_filings(request.vehicle_id, submission.person_id)
    return shown if waits and not shown.over else None


def limit(submission: Submission) -> None:
    """Take one attempt to invite. Raises TooMany."""
    limits.take("invitation-submission", submission.ref)


def is_joint(vehicle_id: int, person_id: int) -> bool:
    """Whether this second driver is an owner beside the owner."""
    return JointOwner.select().where(JointOwner.vehicle == vehicle_id, JointOwner.person == person_id).exists()

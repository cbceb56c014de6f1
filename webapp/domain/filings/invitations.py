"""Reading invitations: what the link alone shows, the second driver's side of one's own car, and what a draft begins
with. What is done with them: `inviting`, `owners`, `releasing`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import clock, crypto
from webapp.domain.filings import asking, owners, retyping
from webapp.domain.filings.invitation_states import ACCEPTED, OPEN
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Invitation, Submission
from webapp.domain.passlist.models import OWNER, SECOND, DriverSlot, Entry, JointOwner
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import Card, open_card
from webapp.errors import NotFound
from webapp.values import people, plates


@dataclass(frozen=True)
class Look:
    """What the link alone shows. `over` where it cannot be accepted any more."""

    ref: str
    made_by: str
    plates: tuple[str, ...]  # masked
    name: str  # of its maker, masked
    joint: bool
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


def by_token(token: str) -> Invitation | None:
    return Invitation.get_or_none(Invitation.token_hash == crypto.token_hash(token))


def by_ref(ref: str) -> Invitation | None:
    return Invitation.get_or_none(Invitation.ref == ref)


def look(request: Invitation) -> Look:
    """What anybody with the link may see."""
    card = card_of(request)
    asks = request.made_by == SECOND
    gone = not (owners.waiting_filings(request.vehicle_id, request.second_id) if asks else _maker_owns(request))
    return Look(
        ref=request.ref,
        made_by=request.made_by,
        plates=tuple(plates.mask(one) for one in card.plates),
        name=people.mask_name(card.name),
        joint=request.joint,
        until=request.until,
        state=request.state,
        over=request.state != OPEN or request.until <= clock.now() or gone,
    )


def stands(request: Invitation, person_id: int | None, vehicle_id: int | None) -> bool:
    """Whether this person may file with it: open still, or accepted by him already and not let go."""
    if request.made_by != OWNER or request.vehicle_id != vehicle_id or request.owner_id == person_id:
        return False
    if request.state == OPEN:
        return request.until > clock.now() and _maker_owns(request)
    return request.state == ACCEPTED and request.second_id == person_id and request.released_at is None


def usable(ref: str, *, filed: bool) -> Look | None:
    """The owner's invitation of a draft while it can be filed with; one that was `filed` was accepted by its person."""
    request = by_ref(ref)
    if request is None or request.released_at is not None:
        return None
    accepted = filed and request.state == ACCEPTED
    return look(request) if accepted or not look(request).over else None


def offered(submission: Submission, token: str) -> Look | None:
    """The owner's invitation whose link he opened, where he waits for that very car; for his status page."""
    request = by_token(token) if token else None
    if request is None or request.made_by != OWNER or request.owner_id == submission.person_id:
        return None
    shown = look(request)
    waits = owners.waiting_filings(request.vehicle_id, submission.person_id)
    return shown if waits and not shown.over else None


def question_token(filing: Filing) -> str:
    """The token of the open question this second driver's filing waits for, "" without one."""
    request = Invitation.get_or_none(
        Invitation.vehicle == filing.vehicle_id,
        Invitation.second == filing.person_id,
        Invitation.made_by == SECOND,
        Invitation.state == OPEN,
    )
    return asking.token(request.ref) if request else ""


def drivers(submission: Submission, filing_ref: str) -> Drivers:
    """Who drives the car beside its owner. Raises NotFound where it is not this person's car."""
    _submission, filing = own_car(submission.ref, filing_ref)
    if not owns(submission.person_id, filing):
        raise NotFound("not_found")
    invitation = open_of(filing.vehicle_id, submission.person_id)
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
    else has the owner's place, in force or not."""
    owner = DriverSlot.get_or_none(DriverSlot.vehicle == filing.vehicle_id, DriverSlot.slot == OWNER)
    if owner is not None and (owner.in_force or owner.person_id != person_id):
        return bool(owner.person_id == person_id)
    claims = filing.slot == OWNER and filing.state in OPEN_FILING_STATES
    return claims and filing.person_id == person_id and not filing.disputed


def _maker_owns(request: Invitation) -> bool:
    """Whether the car is still its maker's to invite to."""
    filings = _filings_of_car(request.submission_id, request.vehicle_id)
    return bool(filings) and request.owner_id is not None and owns(request.owner_id, filings[-1])


def may_invite(submission: Submission, filing: Filing) -> bool:
    """Whether his page offers the second driver's side of this filing's car."""
    return filing.vehicle_id is not None and filing.slot is not None and owns(submission.person_id, filing)


def is_joint(vehicle_id: int, person_id: int) -> bool:
    """Whether this second driver is an owner beside the owner."""
    return JointOwner.select().where(JointOwner.vehicle == vehicle_id, JointOwner.person == person_id).exists()


def own_car(submission_ref: str, filing_ref: str) -> tuple[Submission, Filing]:
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    filing = Filing.get_or_none(Filing.ref == filing_ref, Filing.submission == submission.id) if submission else None
    if submission is None or filing is None or filing.vehicle_id is None or filing.slot is None:
        raise NotFound("not_found")
    return submission, filing


def open_of(vehicle_id: int, owner_id: int) -> Invitation | None:
    return Invitation.get_or_none(
        Invitation.vehicle == vehicle_id,
        Invitation.owner == owner_id,
        Invitation.made_by == OWNER,
        Invitation.state == OPEN,
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


def prefilled(ref: str) -> dict[str, Any]:
    """The answers a draft begins with: the owner's car as he declared it, less what is nobody else's affair."""
    request = Invitation.get(Invitation.ref == ref)
    said = declared_car(request)
    kept = ("vehicle_use", "plates", "size_class", "brand_model", "colour", "is_owner")
    typed = retyping.vehicle({item: said[item] for item in kept})
    return {"vehicles": [typed | {"is_owner": "no", "invitation": ref}]}


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


def _filings_of_car(submission_id: int, vehicle_id: int) -> list[Filing]:
    found = Filing.select().where(Filing.submission == submission_id, Filing.vehicle == vehicle_id)
    return list(found.order_by(Filing.id))

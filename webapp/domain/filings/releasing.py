"""The owner lets his second driver go (design 6): his entries on the car end in every unit, what he has in motion for
it is closed, and he and his units are told."""

from __future__ import annotations

from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import asking, closing, invitations, telling
from webapp.domain.filings.invitation_states import ACCEPTED
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Invitation, Submission
from webapp.domain.passlist import removals
from webapp.domain.passlist import telling as passlist_telling
from webapp.domain.passlist.models import SECOND, DriverSlot, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import actions as registering
from webapp.domain.registry.models import Person, Vehicle
from webapp.errors import Conflict, NotFound

RELEASED = "owner:released"


@action("owner:release")
def release(act: Act, submission_ref: str, filing_ref: str) -> dict[str, int]:
    """Returns {"entries": n, "filings": n}. Raises NotFound where the car is not his, Conflict: `not_the_owner`,
    `no_second`, `joint_owner` (an owner beside him is not his to let go), `phone_new`."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    filing = Filing.get_or_none(Filing.ref == filing_ref, Filing.submission == submission.id) if submission else None
    if submission is None or filing is None or filing.vehicle_id is None:
        raise NotFound("not_found")
    vehicle_id = filing.vehicle_id
    lock(Person, _seconds(vehicle_id, submission.person_id))
    lock(Vehicle, [vehicle_id])
    registering.check_guard(submission.person_id)
    if not invitations.owns(submission.person_id, filing):
        raise Conflict("not_the_owner")
    seconds = _seconds(vehicle_id, submission.person_id)
    if not seconds:
        raise Conflict("no_second")
    if any(invitations.is_joint(vehicle_id, person) for person in seconds):
        raise Conflict("joint_owner")
    entries = list(
        Entry.select()
        .where(Entry.vehicle == vehicle_id, Entry.person << among(seconds), Entry.state << IN_FORCE)
        .order_by(Entry.id)
    )
    filings = _in_motion(vehicle_id, submission.person_id)
    closing.close(act, [one.id for one in filings], RELEASED)
    Invitation.update(released_at=act.now, act_id=act.id).where(
        Invitation.vehicle == vehicle_id,
        Invitation.second << among(seconds),
        Invitation.state == ACCEPTED,
        Invitation.released_at.is_null(),
    ).execute()
    record(act, "owner:released", filing.ref)
    removals.end(act, entries, "basis_ended")
    passlist_telling.tell_units(act, "entry-removed", [entry.id for entry in entries], cause="basis_ended")
    _tell_drivers(act, entries, filings)
    return {"entries": len(entries), "filings": len(filings)}


def _seconds(vehicle_id: int, owner_id: int) -> list[int]:
    """Whoever drives the car second, or has this owner's yes to do so."""
    slots = DriverSlot.select(DriverSlot.person).where(DriverSlot.vehicle == vehicle_id, DriverSlot.slot == SECOND)
    return sorted(
        {person for (person,) in slots.tuples()} | {one.person_id for one in _in_motion(vehicle_id, owner_id)}
    )


def _in_motion(vehicle_id: int, owner_id: int) -> list[Filing]:
    said = asking.yes_of([vehicle_id])
    rows = (
        Filing.select()
        .where(
            Filing.vehicle == vehicle_id,
            Filing.slot == SECOND,
            ~Filing.waiting,
            Filing.state << OPEN_FILING_STATES,
        )
        .order_by(Filing.id)
    )
    return [filing for filing in rows if owner_id in said.get((vehicle_id, filing.person_id), {})]


def _tell_drivers(act: Act, entries: list[Entry], filings: list[Filing]) -> None:
    subjects = {entry.submission_ref: entry.ref for entry in entries}
    listed = Submission.ref << list(subjects)
    filed = Submission.id << among(filing.submission_id for filing in filings)
    of_filings = {filing.submission_id: filing.ref for filing in filings}
    for told in Submission.select().where(listed | filed).order_by(Submission.id):
        subject = subjects.get(told.ref) or of_filings[told.id]
        telling.tell_person(act, "owner-released", told, subject=subject, params={"number": told.number})

"""Leaving a unit, and withdrawing consent, at one's own wish (design 6): entries, what is on its way, and drafts.

Who leaves a unit asks it to remove him: held at once, and ended by the system where the unit does nothing. Who
withdraws consent to the processing of his data is ended at once; nothing of his stays on its way there.
"""

from __future__ import annotations

from collections.abc import Sequence

from webapp import clock
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record_refs
from webapp.domain.filings import changing, closing, making, standing, states, telling
from webapp.domain.filings.models import Filing, Submission
from webapp.domain.jobs import calendar
from webapp.domain.passlist import holds, removals
from webapp.domain.passlist import record as passlist_record
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.rules import REQUEST_WORKING_DAYS
from webapp.domain.registry import actions as registering
from webapp.domain.registry import consents
from webapp.domain.registry.models import Person, Vehicle
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_unit
from webapp.errors import Conflict, NotFound


@action("person:leave-unit")
def leave(act: Act, submission_ref: str) -> dict[str, object]:
    """The person has left the unit. Returns {"held": n, "withdrawn": n, "until": ISO instant}.
    Raises NotFound, Conflict: `nothing_to_leave`, `phone_new`."""
    submission, unit, entries, filings = _held(submission_ref)
    until = calendar.after_working_days(act.now, REQUEST_WORKING_DAYS)
    held = holds.hold(act, [entry.id for entry in entries], "removal_requested", until)
    if not held and not filings:
        raise Conflict("nothing_to_leave")
    passlist_record.finish(act)
    _withdraw(act, filings)
    params = {"number": submission.number, "until": clock.last_date(until).isoformat()}
    tell_unit(act, "person-leaving", unit, subject=submission.ref, params=params)
    return {"held": len(held), "withdrawn": len(filings), "until": until.isoformat()}


@action("person:withdraw-consent")
def withdraw_consent(act: Act, submission_ref: str, purposes: Sequence[str] = consents.PURPOSES) -> dict[str, object]:
    """Nothing of the person is processed by this unit any more, or, where only sharing is taken back, given to anybody.
    The list cannot be without either, so both end what stands on it; what was declared stays readable to the person.
    Returns {"ended": entries, "withdrawn": filings, "consents": n}. Raises NotFound, Conflict: `nothing_to_leave`,
    `phone_new`."""
    submission, unit, entries, filings = _held(submission_ref)
    scope = [one for one in standing.refs_of(submission) if one.unit_id == submission.unit_id]
    refs = dict.fromkeys([*(one.ref for one in scope), submission.ref, *(one.submission_ref for one in entries)])
    taken_back = consents.withdraw(act, refs, purposes)
    if not entries and not filings and not taken_back:
        raise Conflict("nothing_to_leave")
    _withdraw(act, filings)
    removals.end(act, entries, "requested")
    changing.end_drafts([*(one.id for one in scope), submission.id])
    if not entries and not filings:
        return {"ended": 0, "withdrawn": 0, "consents": taken_back}
    params = {"number": submission.number, "unit": unit.name, "cause": "requested"}
    tell_unit(act, "entry-removed", unit, subject=submission.ref, params=params)
    return {"ended": len(entries), "withdrawn": len(filings), "consents": taken_back}


def _held(submission_ref: str) -> tuple[Submission, Unit, list[Entry], list[Filing]]:
    """What the person has in force and on its way in the unit, held: unit, person, vehicles, filings."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    if submission is None:
        raise NotFound("not_found")
    unit_id = standing.unit_id(submission)
    lock(Unit, [unit_id])
    lock(Person, [submission.person_id])
    registering.check_guard(submission.person_id)
    mine = standing.of(submission)
    filings = _open(submission, unit_id)
    vehicles = {one.entry.vehicle_id for one in mine} | {f.vehicle_id for f in filings if f.vehicle_id is not None}
    lock(Vehicle, vehicles)
    lock(Filing, [filing.id for filing in filings])
    entries = [one.entry for one in standing.of(submission)]
    return submission, units.by_id(unit_id), entries, _open(submission, unit_id)


def _open(submission: Submission, unit_id: int) -> list[Filing]:
    scope = [one.id for one in standing.refs_of(submission)]
    return list(
        Filing.select()
        .where(Filing.unit == unit_id, Filing.submission << among(scope), Filing.state << states.states_for("withdraw"))
        .order_by(Filing.id)
    )


def _withdraw(act: Act, filings: list[Filing]) -> None:
    if not filings:
        return
    ids = [filing.id for filing in filings]
    Filing.update(state=states.WITHDRAWN, act_id=act.id, version=Filing.version + 1).where(
        Filing.id << among(ids)
    ).execute()
    for filing in Filing.select().where(Filing.id << among(ids)).order_by(Filing.id):
        making.step(act, filing, "withdraw")
    closing.let_go(act, ids)
    record_refs(act, "filing:withdrawn", [filing.ref for filing in filings], unit_id=filings[0].unit_id)
    telling.owe(act, "filing-withdrawn")

"""What an upheld case does to filings and entries. Steps of the decision, which holds the locks and writes the record.

Each returns what followed as codes: `done:…`, or `not:…` with the reason why the list has no room for it any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.database import among, lock
from webapp.domain.audit.acts import Act, record
from webapp.domain.closings import sanction_ending
from webapp.domain.filings import closing, making, relisting, replacing, slips, standing, submitting, telling
from webapp.domain.filings.colliding import Filer
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.filings.states import REFUSED, UPLOADED
from webapp.domain.passlist import ending, holds, households, slots
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Person
from webapp.domain.sanctions import cases_queries, proposing
from webapp.domain.sanctions.models import (
    ASSIGNMENT,
    BY_SUBMISSION,
    BY_UNIT,
    CONFIRMED,
    HOLDER,
    IDENTITY,
    PLATE,
    Case,
    Sanction,
)
from webapp.domain.units import queries as units
from webapp.domain.units import rules as unit_rules
from webapp.domain.units import vehicles
from webapp.domain.units.models import RegisterVehicle
from webapp.errors import Conflict


@dataclass(frozen=True)
class Touched:
    """Ids of what a decision may change."""

    people: set[int]
    vehicles: set[int]
    filings: set[int]
    entries: set[int]


def contested(case: Case) -> Touched:
    """The filings and entries a case is about, with their persons and vehicles."""
    filings = list(Filing.select().where((Filing.ref == case.subject) | (Filing.id << _filings_of(case))))
    entries = list(Entry.select().where((Entry.ref == case.subject) | (Entry.id << _entries_of(case))))
    rows = [*filings, *entries]
    return Touched(
        {row.person_id for row in rows},
        {row.vehicle_id for row in rows if row.vehicle_id is not None},
        {row.id for row in filings},
        {row.id for row in entries},
    )


def _submission_refs(case: Case) -> list[str]:
    """Whose filings and entries the case would end: the contested identity's, or those of the side that was asked."""
    if case.topic == IDENTITY:
        filing = Filing.get_or_none(Filing.ref == case.subject)
        if filing is not None:
            return [Submission.get_by_id(filing.submission_id).ref]
        entry = Entry.get_or_none(Entry.ref == case.subject)
        return [entry.submission_ref] if entry is not None else []
    parties = [one.party_ref for one in cases_queries.parties(case) if one.kind == BY_SUBMISSION and one.side == HOLDER]
    asked = Submission.select().where(Submission.ref << parties)
    # What he sent since, by the same phone, is his as well: a change or a new filing takes nothing out of the case.
    return sorted({one.ref for submission in asked for one in standing.refs_of(submission)})


def _filings_of(case: Case):  # type: ignore[no-untyped-def]
    open_ = Filing.select(Filing.id).where(Filing.state << OPEN_FILING_STATES)
    if case.topic == ASSIGNMENT:
        return open_.where((Filing.ref == case.subject) | (Filing.changes << _entries_since(case)))
    submissions = Submission.select(Submission.id).where(Submission.ref << _submission_refs(case))
    if case.topic == IDENTITY:
        return open_.where((Filing.submission << submissions) | (Filing.changes << _entries_since(case)))
    return open_.where(Filing.submission << submissions, Filing.vehicle << _cars(case))


def _entries_of(case: Case):  # type: ignore[no-untyped-def]
    in_force = Entry.select(Entry.id).where(Entry.state << IN_FORCE)
    if case.topic in (ASSIGNMENT, IDENTITY):
        return in_force.where(Entry.id << _entries_since(case))
    return in_force.where(Entry.submission_ref << _submission_refs(case), Entry.vehicle << _cars(case))


def _entries_since(case: Case) -> list[int]:
    """The entries that an identity or assignment in dispute led to, and those that took their place since."""
    if case.topic == ASSIGNMENT:
        new = _led_to([Filing.get(Filing.ref == case.subject)])
    else:
        made = Entry.select(Entry.id).where(Entry.submission_ref << _submission_refs(case))
        new = {entry for (entry,) in made.tuples()}
    found: set[int] = set()
    while new:
        found |= new
        changes = Filing.select().where(Filing.changes << among(new), Filing.state == UPLOADED)
        new = _led_to(changes) - found
    return sorted(found)


def _led_to(filings: Iterable[Filing]) -> set[int]:
    """What came of these filings: the entry has their answers and place."""
    found: set[int] = set()
    for filing in filings:
        made = Entry.select(Entry.id).where(
            Entry.submission_ref == Submission.get_by_id(filing.submission_id).ref,
            Entry.answers == filing.answers_id,
            Entry.position == filing.position,
        )
        found |= {entry for (entry,) in made.tuples()}
    return found


def _cars(case: Case) -> list[int]:
    return [car for car in (case.vehicle_id, case.other_vehicle_id) if car is not None]


# Objections -----------------------------------------------------------------------------------------------------


def reopen(act: Act, case: Case) -> list[str]:
    """A refused filing is made anew before its unit, from the same signed answers, where nothing stands in its way."""
    old = Filing.get(Filing.ref == case.subject)
    unit = units.by_id(old.unit_id)
    if old.state != REFUSED:
        return ["not:filing_moved"]
    if not unit_rules.accepts_filings(unit):
        return ["not:unit_closed"]
    submission = Submission.get_by_id(old.submission_id)
    person = Person.get_by_id(old.person_id)
    declared = registry.answers(old.answers_id)
    try:
        entry = replacing.entries_of([old]).get(1)
        replacing.check_identity(person, declared, case.number)
    except Conflict as refused:
        return [f"not:{refused.code}"]
    slips.release(act, submitting.led_to(declared) | ({entry.vehicle_id} if entry else set()))
    claims, torn = submitting.claims_of(declared, {old.position: entry} if entry else None)
    claim = claims[old.position - 1]
    filer = Filer(person, bytes(submission.phone_index), case.number, household=old.household)
    faults = replacing.faults_of(filer, unit, claim)
    if faults:
        return [f"not:{faults[0].code}"]
    warnings = [code for code in old.warnings if code != making.TWO_VEHICLES]
    made = making.filing(act, unit, person, submission, declared, claim, claim.number in torn, warnings)
    Filing.update(answers=old.answers_id, pledge=old.pledge_id).where(Filing.id == made.id).execute()
    telling.owe(act, "filing-submitted")
    return ["done:reopen"]


def relist(act: Act, case: Case) -> list[str]:
    """A removed entry is made anew where slot, use, plates and unit still allow."""
    entry = Entry.get(Entry.ref == case.subject)
    done = relisting.again(act, [entry])
    return [f"not:{reason}" for reason in done.refused.values()] or ["done:relist"]


def release(act: Act, case: Case) -> list[str]:
    """The holds that were objected to end; without an owner in force a second driver's cannot."""
    entry = Entry.get(Entry.ref == case.subject)
    outcome = []
    for kind in (case.ground or "").split(","):
        if kind == "owner_missing" and not _seated(entry):
            outcome.append("not:owner_not_listed")
        elif holds.release(act, [entry.id], kind):
            outcome.append("done:release")
    return outcome or ["not:hold_over"]


def strike(act: Act, case: Case) -> list[str]:
    """Striking takes two: the officer who upheld the objection proposes it, another one confirms (sanction_ending)."""
    found = Sanction.get(Sanction.ref == case.subject)
    lock(Sanction, [found.id])
    sanction = Sanction.get_by_id(found.id)
    if sanction.state != CONFIRMED:
        return ["not:sanction_over"]
    if sanction.strike_proposed_by_id is None:
        sanction_ending.propose(act, sanction, case.number, proposing.officer(act))
    return ["done:strike_proposed"]


def unassign(act: Act, case: Case) -> list[str]:
    """The person drives this unit vehicle no more, before the upload or after it; what else he drives stays."""
    return _end(act, case, "basis_ended", "case:unassigned")


def _seated(entry: Entry) -> bool:
    if entry.household and not households.with_owner(entry.unit_id, [entry.vehicle_id]):
        return False
    return DriverSlot.select().where(DriverSlot.id == entry.slot_id, DriverSlot.in_force).exists()


# Disputes -------------------------------------------------------------------------------------------------------


def void(act: Act, case: Case) -> list[str]:
    """ "Not me": what was filed under the identity ends as entered in error, and its phone is no longer on file."""
    outcome = _end(act, case, "entered_in_error")
    for submission in Submission.select().where(Submission.ref << _submission_refs(case)):
        if registering.end_phone(act, submission.person_id, bytes(submission.phone_index)):
            record(act, "person-phone:ended", submission.ref, unit_id=submission.unit_id)
            outcome.append("done:phone_freed")
    return outcome


def end_wrong(act: Act, case: Case) -> list[str]:
    """The other side's filings and entries on the vehicle should never have been."""
    return _end(act, case, "entered_in_error")


def end_sold(act: Act, case: Case) -> list[str]:
    """The vehicle has another owner now: what stands on the former one ends."""
    return _end(act, case, "basis_ended")


def remind(act: Act, case: Case) -> list[str]:
    """A unit that confirmed nobody: it is told, and no entry is touched (section 2 of the campaign's rules)."""
    return ["done:remind"]


def _end(act: Act, case: Case, cause: str, reason: str = "case:upheld") -> list[str]:
    entries = list(Entry.select().where(Entry.id << _entries_of(case)))
    filings = [row.id for row in Filing.select(Filing.id).where(Filing.id << _filings_of(case))]
    ended = ending.end(act, [row.id for row in entries], cause)
    slots.settle(act, {row.vehicle_id for row in entries})
    closed = closing.close(act, filings, reason)
    Filing.update(disputed=False).where(Filing.id << among(closed)).execute()
    struck = _end_register(act, case) if case.topic == PLATE else 0
    done = [("entries", len(ended)), ("filings", len(closed)), ("register", struck)]
    return [f"done:ended_{what}" for what, count in done if count] or ["not:nothing_left"]


def _end_register(act: Act, case: Case) -> int:
    """The plate leaves the register of a unit that was asked and is found not to have it."""
    holders = [one.party_ref for one in cases_queries.parties(case) if one.side == HOLDER and one.kind == BY_UNIT]
    held = [unit.id for unit in map(units.one, holders)]
    row = RegisterVehicle.plate_index << case_plates(case)
    rows = list(RegisterVehicle.select().where(RegisterVehicle.unit << held, RegisterVehicle.ended_at.is_null(), row))
    for one in rows:
        vehicles.take_off(act, one.unit_id, one)
    return len(rows)


def case_plates(case: Case) -> list[bytes]:
    """Blind indexes of the plates in dispute: the vehicle's, or the one the case itself names."""
    if case.vehicle_id is not None:
        return registry.plates_on(case.vehicle_id)
    return [bytes.fromhex(case.subject)]

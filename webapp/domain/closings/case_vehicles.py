"""Two vehicles that are one, and one that was taken for two (design 7, rule 5). Steps of a decision, which holds both
vehicles, everybody on them, and the filing whose plates led to both.

A merge that would seat a third driver or a second owner is refused, naming what is surplus.
"""

from __future__ import annotations

from webapp import crypto
from webapp.database import among
from webapp.domain.audit.acts import Act, record
from webapp.domain.filings import making
from webapp.domain.filings.closing import close
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Invitation
from webapp.domain.passlist import ending, holds, households, slots
from webapp.domain.passlist.models import OWNER, REPLATED, SECOND, DriverSlot, Entry, JointOwner
from webapp.domain.passlist.rules import Car, Seat
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import UNIT, Plate, Vehicle
from webapp.domain.sanctions import cases
from webapp.domain.sanctions.models import Case
from webapp.domain.units.models import RegisterVehicle
from webapp.errors import Conflict


def merge(act: Act, case: Case) -> list[str]:
    """Everything of the other vehicle goes to the filing's. Raises Conflict: `merge_other_use`, `merge_two_units`,
    `merge_surplus` (params: numbers of the entries of whom there are too many)."""
    keep, gone = Vehicle.get_by_id(case.vehicle_id), Vehicle.get_by_id(case.other_vehicle_id)
    if keep.vehicle_use != gone.vehicle_use:
        if _stands_on(keep.id) and _stands_on(gone.id):
            raise Conflict("merge_other_use")
        if _stands_on(gone.id):
            Vehicle.update(vehicle_use=gone.vehicle_use).where(Vehicle.id == keep.id).execute()
    if keep.vehicle_use == gone.vehicle_use == UNIT and len({*_units_on(keep.id), *_units_on(gone.id)}) > 1:
        raise Conflict("merge_two_units")  # a unit's vehicle is that unit's alone (rule 4)
    cars = slots.read([keep.id, gone.id])
    _check_seats(cars[keep.id], cars[gone.id])
    _end_doubles(act, keep.id, gone.id)
    _move_joint(keep.id, gone.id)
    _move_seats(act, keep.id, gone.id)
    Filing.update(vehicle=keep.id).where(Filing.vehicle == gone.id).execute()
    _move_invitations(keep.id, gone.id)
    Plate.update(vehicle=keep.id).where(Plate.vehicle == gone.id, Plate.ended_at.is_null()).execute()
    in_force = Entry.select(Entry.id).where(Entry.vehicle == keep.id, Entry.state << IN_FORCE)
    holds.step(act, [entry for (entry,) in in_force.tuples()], REPLATED, None)
    vin = keep.vin_index or gone.vin_index
    Vehicle.update(vin_index=None).where(Vehicle.id == gone.id).execute()
    Vehicle.update(vin_index=vin).where(Vehicle.id == keep.id).execute()
    record(act, "vehicle:merged", gone.ref, unit_id=case.unit_id)
    _bring_back_second(act, keep.id)
    households.settle(act, [keep.id])
    _move_cases(act, case, keep.id, gone.id)
    return ["done:merge", *_free(act, case)]


def _move_joint(keep_id: int, gone_id: int) -> None:
    """Whoever is an owner beside the owner of the one is so of the other."""
    known = [person for (person,) in JointOwner.select(JointOwner.person).where(JointOwner.vehicle == keep_id).tuples()]
    JointOwner.delete().where(JointOwner.vehicle == gone_id, JointOwner.person << known).execute()
    JointOwner.update(vehicle=keep_id).where(JointOwner.vehicle == gone_id).execute()


def _move_invitations(keep_id: int, gone_id: int) -> None:
    """Open questions go along; one that is open on the kept vehicle already is asked there alone."""
    here = (Invitation.vehicle == keep_id) & (Invitation.state == "open")
    kept = {(row.made_by, row.owner_id, row.second_id) for row in Invitation.select().where(here)}
    for row in list(Invitation.select().where(Invitation.vehicle == gone_id)):
        doubled = row.state == "open" and (row.made_by, row.owner_id, row.second_id) in kept
        changes = {"state": "revoked"} if doubled else {}
        Invitation.update(vehicle=keep_id, **changes).where(Invitation.id == row.id).execute()


def _move_cases(act: Act, case: Case, keep_id: int, gone_id: int) -> None:
    """Other open cases about the one are about the vehicle that bears its plates now, and are read anew before they are
    decided. One about these two has nothing left to decide, and its filing goes on."""
    others = (Case.state == "open") & (Case.id != case.id)
    Case.update(vehicle=keep_id, version=Case.version + 1).where(others, Case.vehicle == gone_id).execute()
    Case.update(other_vehicle=keep_id, version=Case.version + 1).where(others, Case.other_vehicle == gone_id).execute()
    settled = list(Case.select().where(others, Case.vehicle == keep_id, Case.other_vehicle == keep_id))
    cases.lapse(act, [one.subject for one in settled])
    for one in settled:
        _free(act, one)


def _stands_on(vehicle_id: int) -> bool:
    return Entry.select().where(Entry.vehicle == vehicle_id, Entry.state << IN_FORCE).exists()


def _units_on(vehicle_id: int) -> set[int]:
    """Whose list or register a vehicle stands in."""
    listed = Entry.select(Entry.unit).where(Entry.vehicle == vehicle_id, Entry.state << IN_FORCE)
    written = RegisterVehicle.select(RegisterVehicle.unit).where(
        RegisterVehicle.plate_index << registry.plates_on(vehicle_id), RegisterVehicle.ended_at.is_null()
    )
    return {unit for query in (listed, written) for (unit,) in query.tuples()}


def _check_seats(keep: Car, gone: Car) -> None:
    """Rule 1 for both cars as one: one owner, one second driver, and nobody both."""
    owners = {seat.person_id for seat in (keep.owner, gone.owner) if seat}
    seconds = {seat.person_id for seat in (keep.second, gone.second) if seat}
    surplus: set[int | None] = set()
    if len(owners) > 1:
        surplus |= {seat.slot_id for seat in (keep.owner, gone.owner) if seat}
    if len(seconds) > 1 or owners & seconds:
        surplus |= {seat.slot_id for seat in (keep.second, gone.second) if seat}
    if surplus:
        rows = Entry.select(Entry.number).where(
            Entry.slot << among(slot for slot in surplus if slot is not None), Entry.state << IN_FORCE
        )
        numbers = "、".join(sorted({number for (number,) in rows.tuples()}))
        raise Conflict("merge_surplus", numbers=numbers)


def _end_doubles(act: Act, keep_id: int, gone_id: int) -> None:
    """The same person through the same unit stands once on one vehicle, in motion and in force (rule 7)."""
    kept = {tuple(row) for row in _places(Entry, keep_id, Entry.state << IN_FORCE)}
    twice = [
        row.id
        for row in Entry.select().where(Entry.vehicle == gone_id, Entry.state << IN_FORCE)
        if (row.person_id, row.unit_id) in kept
    ]
    ending.end(act, twice, "superseded")
    filed = {tuple(row) for row in _places(Filing, keep_id, Filing.state << OPEN_FILING_STATES)}
    again = [
        row.id
        for row in Filing.select().where(Filing.vehicle == gone_id, Filing.state << OPEN_FILING_STATES)
        if (row.person_id, row.unit_id) in filed
    ]
    close(act, again, "case:merged")


def _places(model, vehicle_id: int, live):  # type: ignore[no-untyped-def]
    return model.select(model.person, model.unit).where(model.vehicle == vehicle_id, live).tuples()


def _move_seats(act: Act, keep_id: int, gone_id: int) -> None:
    """Seats and entries go over. Owners move before second drivers, and leave after them: the database refuses a second
    driver in force without an owner in force at every moment."""
    kept = {row.person_id: row for row in DriverSlot.select().where(DriverSlot.vehicle == keep_id)}
    leaving: list[DriverSlot] = []
    for role in (OWNER, SECOND):
        for row in list(DriverSlot.select().where(DriverSlot.vehicle == gone_id, DriverSlot.slot == role)):
            same = kept.get(row.person_id)
            if same is None:
                DriverSlot.update(vehicle=keep_id).where(DriverSlot.id == row.id).execute()
            else:
                if row.in_force and not same.in_force and role == OWNER:
                    DriverSlot.update(in_force=True).where(DriverSlot.id == same.id).execute()
                leaving.append(row)
                _move_entries(act, gone_id, keep_id, row.id, same.id)
    _move_entries(act, gone_id, keep_id, None, None)
    for row in reversed(leaving):
        DriverSlot.delete().where(DriverSlot.id == row.id).execute()


def _move_entries(act: Act, gone_id: int, keep_id: int, old_slot: int | None, new_slot: int | None) -> None:
    """Entries of one seat, or all that are left; those that ended go along as they are."""
    changes: dict[str, object] = {"vehicle": keep_id}
    moved = Entry.vehicle == gone_id
    if old_slot is not None:
        changes["slot"] = new_slot
        moved = moved & (Entry.slot == old_slot)
    live = Entry.state << IN_FORCE
    Entry.update(act_id=act.id, version=Entry.version + 1, **changes).where(moved, live).execute()
    Entry.update(**changes).where(moved).execute()


def _bring_back_second(act: Act, vehicle_id: int) -> None:
    """A second driver whose owner was missing on his own half of the car finds him on the other."""
    before = slots.read([vehicle_id])
    car = before[vehicle_id]
    if car.owner and car.owner.in_force and car.second and not car.second.in_force:
        second = Seat(car.second.person_id, True, car.second.slot_id)
        slots.make(act, before, {vehicle_id: Car(car.owner, second)})


def separate(act: Act, case: Case) -> list[str]:
    """They are two vehicles, and what the filing names belongs to its own: plates and VIN that nothing else stands on
    lead to the filing's vehicle from now on. Raises Conflict("separate_in_use") where somebody stands on the other
    (params: numbers); then either they are one, or the filing is wrong."""
    filing = Filing.get(Filing.ref == case.subject)
    declared = registry.answers(filing.answers_id)["vehicles"][filing.position - 1]
    other = Vehicle.get_by_id(case.other_vehicle_id)
    standing = Entry.select(Entry.number).where(Entry.vehicle == other.id, Entry.state << IN_FORCE)
    if numbers := sorted({number for (number,) in standing.tuples()}):
        raise Conflict("separate_in_use", numbers="、".join(numbers))
    registering.end_plates(act, other, declared["plates"])
    if declared["vin"]:
        named = crypto.index("vin", declared["vin"])
        Vehicle.update(vin_index=None).where(Vehicle.id == other.id, Vehicle.vin_index == named).execute()
    record(act, "vehicle:separated", other.ref, unit_id=case.unit_id)
    return ["done:separate", *_free(act, case)]


def _free(act: Act, case: Case) -> list[str]:
    """The filing goes on: it leads to one vehicle, whose plates are those it names. Where a third is left, another
    officer's look is owed, by a case of its own."""
    filing = Filing.get_or_none(Filing.ref == case.subject)
    if filing is None or filing.state not in OPEN_FILING_STATES:
        return []
    declared = registry.answers(filing.answers_id)["vehicles"][filing.position - 1]
    left = registry.vehicles_of(declared["plates"], declared["vin"])
    if len(left) > 1:
        making.dispute_vehicles(act, filing, declared)
        return ["not:another_vehicle"]
    vehicle = Vehicle.get_by_id(filing.vehicle_id)
    registering.add_plates(act, vehicle, declared["plates"], declared=True)
    Filing.update(
        disputed=False,
        warnings=[code for code in filing.warnings if code != making.TWO_VEHICLES],
        act_id=act.id,
        version=Filing.version + 1,
    ).where(Filing.id == filing.id).execute()
    record(act, "filing:undisputed", filing.ref, unit_id=filing.unit_id)
    return ["done:goes_on"]

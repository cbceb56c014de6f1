"""A unit's vehicles and those who drive them: retiring one, giving one another plate, taking one from a driver
(design 7, rule 8; assigning one: filings.assigning_drivers).

These are the unit's own acts, under its own pledge; every driver is told, and may object. Drivers of other units and
other vehicles of the same driver stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from webapp import crypto
from webapp.database import among, compared, lock, pass_gate, sorted_by
from webapp.domain.accounts.rules import faults
from webapp.domain.audit.acts import Act, action, record_refs
from webapp.domain.closings import ending
from webapp.domain.filings import assigning, assigning_drivers, colliding, telling
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.passlist import confirmations, holds
from webapp.domain.passlist.models import REPLATED, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card, seal_card
from webapp.domain.registry.models import OWN, UNIT, Person, Plate, Vehicle
from webapp.domain.sanctions import matching
from webapp.domain.units import rules, vehicles
from webapp.domain.units.models import RegisterVehicle, Unit
from webapp.errors import Conflict, Invalid, NotFound
from webapp.row_sets import update_rows
from webapp.values import plates

RETIRED, UNASSIGNED = ending.News("vehicle-retired"), ending.News("driver-unassigned")
CAUSE, REASON = "vehicle_retired", "vehicle:retired"
#: Of whoever drives another vehicle of the unit from now on, or none: what the entry stood on is over.
UNASSIGN_CAUSE, UNASSIGN_REASON = "basis_ended", "vehicle:unassigned"


def drivers(unit_id: int, row: RegisterVehicle) -> list[Entry]:
    """The unit's entries in force on a vehicle of its register, oldest first."""
    query = Entry.select().where(
        compared(Entry.unit) == unit_id,
        Entry.vehicle_use == UNIT,
        Entry.state << IN_FORCE,
        Entry.vehicle << _leads_to(bytes(row.plate_index)),
    )
    return list(query.order_by(sorted_by(Entry.id)))


def own_cars(unit_id: int, indexes: Collection[bytes]) -> dict[bytes, str]:
    """Whose own car a plate is, by its index and as far as this unit knows anyway: its own people's filings and entries
    say so. Of anybody else's car nothing is told, or a register would be a way to ask who is on the list."""
    leads = Plate.select(Plate.vehicle).where(Plate.plate_index << list(indexes), Plate.ended_at.is_null())
    found: dict[bytes, str] = {}
    for model, states in ((Filing, OPEN_FILING_STATES), (Entry, IN_FORCE)):
        query = model.select().where(
            compared(model.unit) == unit_id,
            model.vehicle_use == OWN,
            model.state << states,
            model.vehicle << leads,
        )
        for row in query.order_by(sorted_by(model.id)):
            card = open_card(row)
            found |= {index: card.name for index in map(vehicles.plate_index, card.plates) if index in indexes}
    return found


@action("register-vehicle:retire")
def retire(act: Act, unit_id: int, ref: str) -> dict[str, int]:
    """Take a vehicle off the register; what its drivers have on it through this unit ends, and they are told. Filings
    that wait stay: another vehicle can be assigned to them.

    Returns {"entries", "people"}. Raises NotFound, Conflict (`unit_not_active`, `stale`).
    """
    row = _held(unit_id, ref)
    entries = [entry.id for entry in drivers(unit_id, row)]
    vehicles.take_off(act, unit_id, row)
    if not entries:
        return {"entries": 0, "people": 0}
    done = ending.end(act, entries=entries, filings=(), cause=CAUSE, reason=REASON, news=RETIRED, unit_id=unit_id)
    return {"entries": done.entries, "people": done.people}


@action("register-vehicle:unassign")
def unassign(act: Act, unit_id: int, ref: str, driver_ref: str, version: int | None) -> dict[str, int]:
    """A driver of a vehicle of the register (his entry, or the filing by which it was assigned) drives it no more; what
    else he drives stays. He is told. A suspended unit may, too: it takes away.

    Returns {"entries", "filings"}. Raises NotFound, Conflict (`unit_not_active`, `stale`).
    """
    row = _held(unit_id, ref)
    entry = next((one for one in drivers(unit_id, row) if one.ref == driver_ref), None)
    filing = next((one for one in assigning_drivers.waiting(unit_id, row) if one.ref == driver_ref), None)
    one = entry or (filing if filing is not None and filing.assigned else None)
    if one is None:
        raise NotFound("not_found")
    if one.version != version:
        raise Conflict("stale")
    done = ending.end(
        act,
        entries=[entry.id] if entry else [],
        filings=[] if entry or filing is None else [filing.id],
        cause=UNASSIGN_CAUSE,
        reason=UNASSIGN_REASON,
        news=UNASSIGNED,
        unit_id=unit_id,
    )
    return {"entries": done.entries, "filings": done.filings}


@action("register-vehicle:replate")
def change_plate(act: Act, unit_id: int, ref: str, plate: str, confirmed: Collection[str] = ()) -> dict[str, int]:
    """Give a vehicle of the register another plate, for all who drive it through this unit: the vehicle stays the same.

    Returns {"entries", "filings"}. Raises NotFound, Invalid (what `plates.check` finds, `plate_here`, `plate_same`),
    Conflict (`unit_suspended`, `plate_elsewhere`, `plate_in_use`). A fixed number of statements.
    """
    pass_gate(matching.GATE)
    row = _held(unit_id, ref)
    if not rules.may_verify(Unit.get_by_id(unit_id)):
        raise Conflict("unit_suspended")  # what ends may end; a new plate in force is as good as an upload
    number = _new_plate(unit_id, row, plate, confirmed)
    leads = [vehicle for (vehicle,) in _leads_to(bytes(row.plate_index)).tuples()]
    entries = drivers(unit_id, row)
    filings = list(
        Filing.select().where(
            compared(Filing.unit) == unit_id,
            Filing.vehicle_use == UNIT,
            Filing.vehicle << among(leads),
            Filing.state << OPEN_FILING_STATES,
        )
    )
    lock(Person, [one.person_id for one in (*entries, *filings)])
    taken = [vehicle.id for vehicle in registry.vehicles_of([number]) if vehicle.id not in leads]
    lock(Vehicle, [*leads, *taken])
    lock(Filing, [filing.id for filing in filings])
    if any(colliding.is_live(vehicle) for vehicle in taken):
        raise Conflict("plate_in_use", field="plate")
    old = plates.normalise(vehicles.plate_of(row))
    new_index, ours = crypto.index("plate", number), _nobody_elses(unit_id, leads)
    registering.replate(act, {vehicle: ((bytes(row.plate_index),), (new_index,)) for vehicle in ours})
    if filings and not ours:
        # What others stand on stays theirs; who waits here for the unit's own vehicle waits for it.
        Filing.update(vehicle=assigning.vehicle_of(act, number).id).where(
            Filing.id << among(filing.id for filing in filings)
        ).execute()
    vehicles.rename(act, row, plate)
    _write_cards(act, Entry, "entry", entries, old, number)
    _write_cards(act, Filing, "filing", filings, old, number)
    holds.step(act, [entry.id for entry in entries], REPLATED, None)
    confirmations.renew(act, [entry.id for entry in entries])
    record_refs(act, "entry:plate-changed", [entry.ref for entry in entries], unit_id=unit_id)
    record_refs(act, "filing:plate-changed", [filing.ref for filing in filings], unit_id=unit_id)
    _tell(act, entries, filings)
    return {"entries": len(entries), "filings": len(filings)}


def _held(unit_id: int, ref: str) -> RegisterVehicle:
    lock(Unit, [unit_id])
    if not rules.may_manage_people(Unit.get_by_id(unit_id)):
        raise Conflict("unit_not_active")
    row = vehicles.one(unit_id, ref)
    lock(RegisterVehicle, [row.id])
    return vehicles.one(unit_id, ref)


def _nobody_elses(unit_id: int, vehicle_ids: list[int]) -> list[int]:
    """Those of these vehicles, which are held, that are the unit's to change: a plate it wrote into its register may be
    that of somebody's own car, or of what another unit's people drive, and these keep it. What its own people drive is
    its own, whatever others have filed for it."""
    asked = among(vehicle_ids)
    in_force = Entry.select(Entry.vehicle).where(Entry.vehicle << asked, Entry.state << IN_FORCE)
    listed = in_force.where(compared(Entry.unit) != unit_id)
    filed = Filing.select(Filing.vehicle).where(
        Filing.vehicle << asked,
        compared(Filing.unit) != unit_id,
        Filing.state << OPEN_FILING_STATES,
        Filing.vehicle.not_in(in_force.where(compared(Entry.unit) == unit_id)),
    )
    query = Vehicle.select(Vehicle.id).where(
        Vehicle.id << asked, Vehicle.vehicle_use == UNIT, Vehicle.id.not_in(listed), Vehicle.id.not_in(filed)
    )
    return [vehicle for (vehicle,) in query.tuples()]


def _leads_to(index: bytes):  # type: ignore[no-untyped-def]
    return Plate.select(Plate.vehicle).where(Plate.plate_index == index, Plate.ended_at.is_null())


def _new_plate(unit_id: int, row: RegisterVehicle, plate: str, confirmed: Collection[str]) -> str:
    found = faults("plate", plates.check(plate).findings)
    wrong = [fault for fault in found if not (fault.warning and fault.field in confirmed)]
    if wrong:
        raise Invalid(faults=wrong)
    index = vehicles.plate_index(plate)
    if index == bytes(row.plate_index):
        raise Invalid("plate_same", field="plate")
    standing = vehicles.holder_of(index)
    if standing == unit_id:
        raise Invalid("plate_here", field="plate")
    if standing is not None:
        raise Conflict("plate_elsewhere", field="plate")
    if matching.bars_plates([index]):
        raise Conflict("plate_in_use", field="plate")
    return plates.normalise(plate)


def _write_cards(act: Act, model: type[Entry] | type[Filing], table: str, rows: list, old: str, new: str) -> None:
    """The cards of these rows with the new plate for the old one, by one statement."""
    changed = []
    for row in rows:
        card = open_card(row)
        text = " ".join(new if one == old else one for one in card.plates)
        changed.append(
            {
                "id": row.id,
                "card": seal_card(row.ref, table, replace(card, plate=text)),
                "act_id": act.id,
                "version": row.version + 1,
            }
        )
    update_rows(model, changed)


def _tell(act: Act, entries: list[Entry], filings: list[Filing]) -> None:
    of_entries = Submission.select(Submission.id).where(Submission.ref << [entry.submission_ref for entry in entries])
    submissions = {found for (found,) in of_entries.tuples()} | {filing.submission_id for filing in filings}
    told = telling.of_submissions(submissions)
    telling.queue_each(act.id, "unit-plate-changed", list(told.values()))

"""Assigning a vehicle: who drives "unit vehicles as the unit assigns" gets one of the unit's register before upload."""

from __future__ import annotations

from dataclasses import replace

from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import colliding, lists, states, telling
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, FilingStep, Submission
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card, seal_card
from webapp.domain.registry.models import UNIT, Person, Vehicle
from webapp.domain.units import queries as units
from webapp.domain.units import rules as unit_rules
from webapp.domain.units import vehicles
from webapp.domain.units.models import RegisterVehicle, Unit
from webapp.errors import Conflict, Invalid
from webapp.values import plates

#: States in which the unit may still say which vehicle.
ASSIGNABLE = (states.SUBMITTED, states.VERIFIED)


@action("filing:assign-vehicle")
def assign(act: Act, unit_id: int, ref: str, version: int | None, plate: str) -> dict[str, str]:
    """Give a filing that left its vehicle to the unit the register's vehicle with this plate, typed in any spelling.

    Raises NotFound, Invalid (`plate`: `missing`, `not_registered`, `two_places`, `assigned_already`) and Conflict
    (`unit_suspended`, `stale`, `wrong_state`, `not_assigned_by_unit`, `is_own_use`; params: `ref`).
    """
    lock(Unit, [unit_id])
    if not unit_rules.may_verify(units.by_id(unit_id)):
        raise Conflict("unit_suspended")
    registered = _registered(unit_id, plate)
    filing = Filing.get_by_id(lists.id_of(unit_id, ref))
    lock(Person, [filing.person_id])
    number = plates.normalise(vehicles.plate_of(registered))
    vehicle = vehicle_of(act, number)
    lock(Filing, [filing.id])
    filing = Filing.get_by_id(filing.id)
    _check(filing, version, vehicle)
    card = seal_card(filing.ref, "filing", replace(open_card(filing), plate=number))
    Filing.update(
        vehicle=vehicle.id,
        size_class=registered.size_class,
        card=card,
        fallen_reason=None,
        act_id=act.id,
        version=Filing.version + 1,
    ).where(Filing.id == filing.id).execute()
    FilingStep.create(filing=filing.id, act_id=act.id, at=act.now, action="assign", state=filing.state)
    sent = Submission.get_by_id(filing.submission_id)
    unit = units.by_id(unit_id)
    telling.tell_person(
        act, "vehicle-assigned", sent, subject=filing.ref, params={"number": sent.number, "unit": unit.name}
    )
    record(act, "filing:vehicle-assigned", filing.ref, unit_id=unit_id, fields=["vehicle"])
    return {"filing": ref, "vehicle": vehicle.ref}


def may_assign(row: lists.Row, leaves_to_unit: bool) -> bool:
    """Whether a vehicle may be chosen for this filing now."""
    return leaves_to_unit and row.state in ASSIGNABLE


def _registered(unit_id: int, plate: str) -> RegisterVehicle:
    if not plates.fold(plate):
        raise Invalid("missing", field="plate")
    found = vehicles.found(unit_id, plate)
    if not found:
        raise Invalid("not_registered", field="plate")
    if len(found) > 1:
        raise Invalid("two_places", field="plate")
    return found[0]


def vehicle_of(act: Act, number: str) -> Vehicle:
    """The vehicle behind a plate of the register, held; made, or given over to the unit where nothing stands on it."""
    known = registry.vehicles_of([number])
    if not known:
        return registering.add_vehicle(act, UNIT, [number])
    lock(Vehicle, [known[0].id])
    vehicle = Vehicle.get_by_id(known[0].id)
    if vehicle.vehicle_use != UNIT:
        if colliding.is_live(vehicle.id):
            raise Conflict("is_own_use", plate=plates.mask(number))
        Vehicle.update(vehicle_use=UNIT).where(Vehicle.id == vehicle.id).execute()
    return vehicle


def _check(filing: Filing, version: int | None, vehicle: Vehicle) -> None:
    if filing.version != version:
        raise Conflict("stale", ref=filing.ref)
    if filing.state not in ASSIGNABLE or filing.assigned:
        raise Conflict("wrong_state", ref=filing.ref)
    declared = registry.answers(filing.answers_id)["vehicles"][filing.position - 1]
    if not declared["unit_assigns"]:
        raise Conflict("not_assigned_by_unit", ref=filing.ref)
    twice = Filing.select().where(
        Filing.person == filing.person_id,
        Filing.unit == filing.unit_id,
        Filing.vehicle == vehicle.id,
        Filing.state << OPEN_FILING_STATES,
    )
    if twice.exists():
        raise Invalid("assigned_already", field="plate")

"""The unit's own vehicles. A plate stands in one register at a time (design 7, rule 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from webapp import clock, crypto
from webapp.database import lock
from webapp.domain.accounts.rules import faults
from webapp.domain.audit.acts import Act, action, record, record_rows
from webapp.domain.units import queries, rules, tallies
from webapp.domain.units.models import SIZE_CLASSES, RegisterVehicle, Unit
from webapp.errors import Conflict, Fault, Invalid, NotFound
from webapp.row_sets import insert_rows
from webapp.values import plates
from webapp.values.normalising import tidy

PAGE = 50
MODEL_LONGEST = 60


@dataclass(frozen=True)
class NewVehicle:
    """One line as typed or read from a sheet; `row` is the sheet's row number, 0 for a typed one."""

    plate: str
    size_class: str
    brand_model: str = ""
    row: int = 0


def plate_index(plate: str) -> bytes:
    """Blind index of a plate in any spelling."""
    return crypto.index("plate", plates.normalise(plate))


def registered(unit_id: int, plate_indexes: Collection[bytes]) -> set[bytes]:
    """Which of these plates stand in the unit's register."""
    if not plate_indexes:
        return set()
    rows = RegisterVehicle.select(RegisterVehicle.plate_index).where(
        RegisterVehicle.unit == unit_id,
        RegisterVehicle.plate_index << list(plate_indexes),
        RegisterVehicle.ended_at.is_null(),
    )
    return {bytes(index) for (index,) in rows.tuples()}


def listed(unit_id: int, *, before: int | None = None, limit: int = PAGE) -> list[RegisterVehicle]:
    """The register, newest first; `before` is the id the next page starts below."""
    query = RegisterVehicle.select().where(RegisterVehicle.unit == unit_id, RegisterVehicle.ended_at.is_null())
    if before is not None:
        query = query.where(RegisterVehicle.id < before)
    return list(query.order_by(RegisterVehicle.id.desc()).limit(limit))


def found(unit_id: int, plate: str) -> list[RegisterVehicle]:
    """The vehicles with exactly this plate, if they are in the register; two where Macao and Hong Kong both have it."""
    query = RegisterVehicle.select().where(
        RegisterVehicle.unit == unit_id,
        RegisterVehicle.plate_index << [crypto.index("plate", one) for one in plates.candidates(plate)],
        RegisterVehicle.ended_at.is_null(),
    )
    return list(query)


def count(unit_id: int) -> int:
    """How many stand in the register, as it is kept."""
    return tallies.of_vehicles(unit_id)


def one(unit_id: int, ref: str) -> RegisterVehicle:
    """A vehicle in the unit's register. Raises NotFound."""
    row = RegisterVehicle.get_or_none(
        RegisterVehicle.unit == unit_id, RegisterVehicle.ref == ref, RegisterVehicle.ended_at.is_null()
    )
    if row is None:
        raise NotFound("not_found")
    return row


def plate_of(row: RegisterVehicle) -> str:
    """The plate as it is printed, however it was typed."""
    return plates.display(plates.normalise(crypto.unseal(row.plate, "register_vehicle", "plate", row.ref)))


def check(vehicle: NewVehicle) -> list[Fault]:
    """Everything wrong with one line; a fault that is a warning may be confirmed."""
    found_faults = faults("plate", plates.check(vehicle.plate).findings)
    if vehicle.size_class not in SIZE_CLASSES:
        found_faults.append(Fault("size_class", "choose"))
    if len(tidy(vehicle.brand_model)) > MODEL_LONGEST:
        found_faults.append(Fault("brand_model", "too_long", {"maximum": MODEL_LONGEST}))
    return found_faults


@action("register-vehicle:add")
def add(act: Act, unit_id: int, vehicle: NewVehicle, confirmed: Collection[str] = ()) -> dict[str, str]:
    """Enter one vehicle. Raises Invalid (`plate_here`: it is in the register), Conflict(`plate_elsewhere`)."""
    wrong = [fault for fault in check(vehicle) if not (fault.warning and fault.field in confirmed)]
    if wrong:
        raise Invalid(faults=wrong)
    unit = _holder(unit_id)
    here, elsewhere = _standing([plate_index(vehicle.plate)], unit.id)
    if here:
        raise Invalid("plate_here", field="plate")
    if elsewhere:
        raise Conflict("plate_elsewhere", field="plate")
    row = _row(act, unit, vehicle)
    insert_rows(RegisterVehicle, [row])
    record(act, "register-vehicle:added", row["ref"], unit_id=unit.id)
    return {"vehicle": row["ref"]}


def take_off(act: Act, unit_id: int, row: RegisterVehicle) -> None:
    """Step: a vehicle leaves the register. Raises Conflict("stale")."""
    ended = RegisterVehicle.update(ended_at=act.now, act_id=act.id)
    if not ended.where(RegisterVehicle.id == row.id, RegisterVehicle.ended_at.is_null()).execute():
        raise Conflict("stale")
    record(act, "register-vehicle:ended", row.ref, unit_id=unit_id)


def rename(act: Act, row: RegisterVehicle, plate: str) -> None:
    """Step: a vehicle of the register carries another plate from now on; it stays the same row."""
    RegisterVehicle.update(
        plate_index=plate_index(plate),
        plate=crypto.seal(plates.check(plate).display, "register_vehicle", "plate", row.ref),
        act_id=act.id,
    ).where(RegisterVehicle.id == row.id).execute()
    record(act, "register-vehicle:replated", row.ref, unit_id=row.unit_id, fields=["plate"])


def holder_of(index: bytes) -> int | None:
    """The unit in whose register this plate stands."""
    found = RegisterVehicle.select(RegisterVehicle.unit).where(
        RegisterVehicle.plate_index == index, RegisterVehicle.ended_at.is_null()
    )
    return next((unit for (unit,) in found.tuples()), None)


def free_all(act: Act, unit_id: int) -> None:
    """Step: the register of a held unit is empty; its plates may stand in another's."""
    open_rows = (RegisterVehicle.unit == unit_id) & RegisterVehicle.ended_at.is_null()
    RegisterVehicle.update(ended_at=act.now, act_id=act.id).where(open_rows).execute()
    record_rows(act, "register-vehicle:ended", RegisterVehicle, unit_id=unit_id)


def hand_all(act: Act, unit_id: int, successor_id: int) -> None:
    """Step: the register of a held unit goes over to another, which is held too. A plate stands in one at a time, so
    nothing can collide."""
    open_rows = (RegisterVehicle.unit == unit_id) & RegisterVehicle.ended_at.is_null()
    RegisterVehicle.update(unit=successor_id, act_id=act.id).where(open_rows).execute()
    record_rows(act, "register-vehicle:handed-over", RegisterVehicle, unit_id=successor_id)


@action("register-vehicle:import")
def enter_sheet(act: Act, unit_id: int, lines: Sequence[NewVehicle]) -> dict[str, int]:
    """Enter all lines of a sheet or none. Lines that are in the register already are left as they are.

    Raises Invalid with every fault (params: `row`, the row of the sheet). The number of statements is fixed.
    """
    wrong = sheet_faults(lines)
    if wrong:
        raise Invalid(faults=wrong)
    unit = _holder(unit_id)
    indexes = {plate_index(line.plate): line for line in lines}
    here, elsewhere = _standing(indexes, unit.id)
    if elsewhere:
        taken = sorted(indexes[index].row for index in elsewhere)
        raise Invalid(faults=[Fault("plate", "row_plate_elsewhere", {"row": row}) for row in taken])
    insert_rows(RegisterVehicle, [_row(act, unit, line) for index, line in indexes.items() if index not in here])
    record_rows(act, "register-vehicle:added", RegisterVehicle, unit_id=unit.id)
    return {"added": len(indexes) - len(here), "known": len(here)}


def sheet_faults(lines: Iterable[NewVehicle]) -> list[Fault]:
    """Everything wrong with the lines of a sheet, by row. Warnings do not stop it: who fills one has the papers."""
    wrong: list[Fault] = []
    first_row: dict[bytes, int] = {}
    for line in lines:
        hard = [fault for fault in check(line) if not fault.warning]
        wrong += [Fault(fault.field, fault.code, {**fault.params, "row": line.row}) for fault in hard]
        if not hard:
            before = first_row.setdefault(plate_index(line.plate), line.row)
            if before != line.row:
                wrong.append(Fault("plate", "row_repeated", {"row": line.row, "before": before}))
    return wrong


def _holder(unit_id: int) -> Unit:
    lock(Unit, [unit_id])
    unit = queries.by_id(unit_id)
    if not rules.has_unit_vehicles(unit.unit_class):
        raise Conflict("no_unit_vehicles")
    if unit.state == "suspended":
        raise Conflict("unit_suspended")
    if unit.state != "certified":
        raise Conflict("unit_state", state=unit.state, action="register")
    return unit


def _standing(indexes: Iterable[bytes], unit_id: int) -> tuple[set[bytes], set[bytes]]:
    """Which of the plates stand in this unit's register, and which in another's."""
    rows = (
        RegisterVehicle.select(RegisterVehicle.plate_index, RegisterVehicle.unit)
        .where(RegisterVehicle.plate_index << list(indexes), RegisterVehicle.ended_at.is_null())
        .tuples()
    )
    here: set[bytes] = set()
    elsewhere: set[bytes] = set()
    for index, holder in rows:
        (here if holder == unit_id else elsewhere).add(bytes(index))
    return here, elsewhere


def _row(act: Act, unit: Unit, vehicle: NewVehicle) -> dict[str, Any]:
    ref = crypto.new_ref()
    return {
        "ref": ref,
        "unit": unit.id,
        "plate_index": plate_index(vehicle.plate),
        "plate": crypto.seal(plates.check(vehicle.plate).display, "register_vehicle", "plate", ref),
        "size_class": vehicle.size_class,
        "brand_model": tidy(vehicle.brand_model),
        "entered_on": clock.today(),
        "act_id": act.id,
    }

"""Who stands on which side of a case, found from what is contested. Names no one to anybody: sides are refs."""

from __future__ import annotations

from webapp.domain.audit import queries as record
from webapp.domain.filings import standing
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.passlist.models import REMOVED, DriverSlot, Entry
from webapp.domain.registry import queries as registry
from webapp.domain.sanctions.cases_opening import Side
from webapp.domain.sanctions.models import BY_SUBMISSION, BY_UNIT
from webapp.domain.units import queries as units
from webapp.domain.units.models import RegisterVehicle


def of_submission(submission: Submission) -> Side:
    return Side(BY_SUBMISSION, submission.ref, submission.number)


def of_unit(unit_id: int, number: str = "") -> Side:
    return Side(BY_UNIT, units.by_id(unit_id).ref, number)


def doer(act_id: int, unit_id: int, number: str) -> tuple[list[Side], int | None]:
    """Who answers for an act about a person: the unit, where its staff did it; and the account that did it."""
    act = record.one(act_id)
    if act is None or act.account_id is None:
        return [], None
    return ([of_unit(unit_id, number)] if act.unit_id == unit_id else []), act.account_id


def on_vehicle(vehicle_id: int, *, but: int = 0, slot: str | None = None) -> list[Side]:
    """Everybody whose filing or entry stands on a vehicle, with the units that vouch for them; `but` is the id of a
    person who is left out, `slot` narrows to owners or second drivers."""
    filed = Filing.select(Filing.submission).where(
        Filing.vehicle == vehicle_id, Filing.state << OPEN_FILING_STATES, Filing.person != but
    )
    listed = Entry.select(Entry.submission_ref).where(
        Entry.vehicle == vehicle_id, Entry.state != REMOVED, Entry.person != but
    )
    if slot is not None:
        filed = filed.where(Filing.slot == slot)
        seated = DriverSlot.select(DriverSlot.id).where(DriverSlot.vehicle == vehicle_id, DriverSlot.slot == slot)
        listed = listed.where(Entry.slot << seated)
    found = Submission.select().where((Submission.id << filed) | (Submission.ref << listed)).order_by(Submission.id)
    return with_units(list(found))


def with_units(submissions: list[Submission]) -> list[Side]:
    """These people, each followed by the unit that vouches for him, once."""
    sides: dict[tuple[str, str], Side] = {}
    vouching = standing.unit_ids(submissions)
    for submission in submissions:
        for side in (of_submission(submission), of_unit(vouching[submission.id], submission.number)):
            sides.setdefault((side.kind, side.ref), side)
    return list(sides.values())


def registers(plates: list[str], but: int) -> list[Side]:
    """The units in whose register one of these plates stands, save `but`."""
    rows = RegisterVehicle.select(RegisterVehicle.unit).where(
        RegisterVehicle.plate_index << registry.plate_indexes(plates),
        RegisterVehicle.ended_at.is_null(),
        RegisterVehicle.unit != but,
    )
    return [of_unit(unit) for unit in sorted({unit for (unit,) in rows.tuples()})]

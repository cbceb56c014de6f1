"""Who stands on which side of a case, found from what is contested. Names no one to anybody: sides are refs."""

from __future__ import annotations

from collections.abc import Collection

from webapp.database import among
from webapp.domain.audit import queries as record
from webapp.domain.filings import standing
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.passlist.models import REMOVED, DriverSlot, Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
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


def on_vehicle(vehicle_id: int, *, but: int = 0, slot: str | None = None, named: Collection[str] = ()) -> list[Side]:
    """Everybody whose filing or entry stands on a vehicle, with the units that vouch for them; `but` is the id of a
    person who is left out, `slot` narrows to owners or second drivers. Where plates are `named`, those alone who say
    themselves that the vehicle bears one, if there are any: what one driver adds to a car is no matter of the others.
    """
    filed = Filing.select().where(
        Filing.vehicle == vehicle_id, Filing.state << OPEN_FILING_STATES, Filing.person != but
    )
    listed = Entry.select().where(Entry.vehicle == vehicle_id, Entry.state != REMOVED, Entry.person != but)
    on_it = [*filed, *listed]
    seated = {row.id for row in DriverSlot.select().where(DriverSlot.vehicle == vehicle_id, DriverSlot.slot == slot)}
    there = [row for row in on_it if slot is None or _slot_of(row, seated, slot)]
    saying = [row for row in there if _names(row, named)] or [row for row in on_it if _names(row, named)]
    chosen = saying or there
    submissions = Submission.id << among(row.submission_id for row in chosen if isinstance(row, Filing))
    refs = Submission.ref << [row.submission_ref for row in chosen if isinstance(row, Entry)]
    return with_units(list(Submission.select().where(submissions | refs).order_by(Submission.id)))


def _slot_of(row: Filing | Entry, seated: Collection[int], slot: str) -> bool:
    return row.slot == slot if isinstance(row, Filing) else row.slot_id in seated


def _names(row: Filing | Entry, named: Collection[str]) -> bool:
    return not set(open_card(row).plates).isdisjoint(named)


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

"""Assigning vehicles of the register to people the unit vouches for already: several drivers to a vehicle, several
vehicles to a driver (design 7, rules 4 and 8).

Each pair is a filing of its own in the person's submission, `verified` from the start: it stands on the pledge he
signed, which covers the unit vehicles assigned to him, and on answers like his that leave the vehicle to the unit. The
next upload puts it in force under the unit's pledge (docs/decisions/0014-assigned-vehicles.md). He is told, may take it
back before that, and ask to have it removed after it. A fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from peewee import SQL, fn

from webapp import crypto
from webapp.database import among, compared, lock, pass_gate, sorted_by
from webapp.domain.audit.acts import Act, action, record_refs
from webapp.domain.filings import colliding, states, telling
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, FilingStep, Submission
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.models import IN_FORCE_SQL, Entry, EntryHold
from webapp.domain.passlist.selection import Chosen
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card, seal_card
from webapp.domain.registry.looking import Place
from webapp.domain.registry.models import UNIT, Answers, Person, Plate, Vehicle
from webapp.domain.sanctions import matching
from webapp.domain.units import queries as units
from webapp.domain.units import rules as unit_rules
from webapp.domain.units import vehicles
from webapp.domain.units.models import RegisterVehicle, Unit
from webapp.errors import Conflict
from webapp.row_sets import insert_rows
from webapp.values import plates

#: What brings such a filing into being.
ASSIGN = "assign-driver"
#: So many people may be chosen at once without ticking them; how many more there are is not counted.
MOST = 500
#: Why a pair is left out. Sentences: ui.sentences.assigning.
SKIPPED = ("not_found", "vehicle_gone", "stale", "assigned_already", "sanctioned", "plate_in_use")


@dataclass(frozen=True)
class Pair:
    """A vehicle for a person. `basis` is his newest entry in force here: its pledge and answers carry the filing."""

    basis: Entry
    registered: RegisterVehicle


# Whom and what one may choose -------------------------------------------------------------------------------------


def people(
    unit_id: int, row: RegisterVehicle, words: str = "", *, after: Place | None = None, limit: int = passlist.PAGE
) -> passlist.Page:
    """One page of those who may be assigned a vehicle of the register and do not drive it yet."""
    page = passlist.page_of(_free_for(unit_id, row), words, after=after, limit=limit)
    return replace(page, of=passlist.bit_by_bit(unit_id, after)) if words else page


def people_count(unit_id: int, row: RegisterVehicle, words: str = "") -> int:
    """How many there are, found by what was typed; one more than MOST where there are more, which nobody counts."""
    wanted = _free_for(unit_id, row)
    if words:
        return sum(1 for _ in islice(passlist.found_by(wanted, words), MOST + 1))
    return int(wanted.limit(MOST + 1).count())


def vehicles_for(basis: Entry, *, before: int | None = None) -> list[RegisterVehicle]:
    """One page of the register's vehicles this person does not drive yet, newest first."""
    driven = Plate.select(Plate.plate_index).where(Plate.vehicle << _driven(basis), Plate.ended_at.is_null())
    query = RegisterVehicle.select().where(
        RegisterVehicle.unit == basis.unit_id,
        RegisterVehicle.ended_at.is_null(),
        RegisterVehicle.plate_index.not_in(driven),
    )
    if before is not None:
        query = query.where(RegisterVehicle.id < before)
    return list(query.order_by(RegisterVehicle.id.desc()).limit(vehicles.PAGE))


def basis_of(unit_id: int, entry_ref: str) -> Entry | None:
    """On which entry a person of the unit may be assigned vehicles, given any of his; None where he may not."""
    entry = passlist.one(unit_id, entry_ref)
    return _bases(unit_id, person=entry.person_id).first()


def waiting(unit_id: int, row: RegisterVehicle) -> list[Filing]:
    """Open filings of the unit on a vehicle of the register, oldest first."""
    query = Filing.select().where(
        compared(Filing.unit) == unit_id, Filing.vehicle << _leads_to(row), Filing.state << OPEN_FILING_STATES
    )
    return list(query.order_by(Filing.id))


def _bases(unit_id: int, *, person: int | None = None) -> Any:
    """The newest entry in force of everybody in the unit (or of one person) who has not asked to leave; an owner's
    household is none of the unit's people."""
    newer = Entry.alias()
    newer_one = newer.select(newer.id).where(
        newer.person == Entry.person,
        compared(newer.unit) == unit_id,
        newer.id > Entry.id,
        newer.state << IN_FORCE,
        ~newer.household,
        ~fn.EXISTS(_asked(newer)),
    )
    whose = Entry.unit == unit_id if person is None else (compared(Entry.unit) == unit_id) & (Entry.person == person)
    return Entry.select().where(
        whose, SQL(IN_FORCE_SQL), ~Entry.household, ~fn.EXISTS(_asked(Entry)), ~fn.EXISTS(newer_one)
    )


def _asked(one: Any) -> Any:
    """The open wish of somebody to be removed."""
    return EntryHold.select(EntryHold.id).where(
        EntryHold.entry == one.id, EntryHold.kind == "removal_requested", EntryHold.released_at.is_null()
    )


def _free_for(unit_id: int, row: RegisterVehicle) -> Any:
    cars = [vehicle for (vehicle,) in _leads_to(row).tuples()]
    other = Entry.alias()
    drives = other.select(other.person).where(
        other.vehicle << among(cars), compared(other.unit) == unit_id, other.state << IN_FORCE
    )
    files = Filing.select(Filing.person).where(
        Filing.vehicle << among(cars), compared(Filing.unit) == unit_id, Filing.state << OPEN_FILING_STATES
    )
    return _bases(unit_id).where(Entry.person.not_in(drives), Entry.person.not_in(files))


def _leads_to(row: RegisterVehicle) -> Any:
    return Plate.select(Plate.vehicle).where(Plate.plate_index == row.plate_index, Plate.ended_at.is_null())


def _driven(basis: Entry) -> list[int]:
    """The vehicles a person drives, or is about to, through the unit."""
    entries = Entry.select(Entry.vehicle).where(
        Entry.person == basis.person_id, compared(Entry.unit) == basis.unit_id, Entry.state << IN_FORCE
    )
    filings = Filing.select(Filing.vehicle).where(
        Filing.person == basis.person_id,
        compared(Filing.unit) == basis.unit_id,
        Filing.vehicle.is_null(False),
        Filing.state << OPEN_FILING_STATES,
    )
    return [vehicle for query in (entries, filings) for (vehicle,) in query.tuples()]


# The acts ---------------------------------------------------------------------------------------------------------


@action("register-vehicle:assign-drivers")
def assign_drivers(act: Act, unit_id: int, ref: str, chosen: Chosen) -> dict[str, Any]:
    """Assign one vehicle of the register to all that were chosen (entries of `people`). Returns {"assigned": n,
    "skipped": {reason: n}}. Raises NotFound, Conflict: `unit_suspended`, `no_unit_vehicles`, `count_changed`."""
    unit = _held(unit_id)
    row = vehicles.one(unit_id, ref)
    found = _chosen_people(unit_id, row, chosen)
    if chosen.everything:
        chosen.check_count(len(found))
    missing = 0 if chosen.everything else len(chosen.versions()) - len(found)
    return _assign(act, unit, [Pair(basis, row) for basis in found], {"not_found": missing}, chosen.versions())


@action("entry:assign-vehicles")
def assign_vehicles(act: Act, unit_id: int, entry_ref: str, refs: Sequence[str]) -> dict[str, Any]:
    """Assign these vehicles of the register to the person of this entry; as assign_drivers. Raises NotFound, Conflict:
    `unit_suspended`, `no_unit_vehicles`, `not_assignable` (he has asked to leave, or left)."""
    unit = _held(unit_id)
    basis = basis_of(unit_id, entry_ref)
    if basis is None:
        raise Conflict("not_assignable")
    wanted = list(dict.fromkeys(refs))
    rows = RegisterVehicle.select().where(
        RegisterVehicle.unit == unit_id, RegisterVehicle.ref << wanted, RegisterVehicle.ended_at.is_null()
    )
    found = [Pair(basis, row) for row in rows.order_by(RegisterVehicle.id)]
    return _assign(act, unit, found, {"vehicle_gone": len(wanted) - len(found)}, {})


def _held(unit_id: int) -> Unit:
    pass_gate(matching.GATE)
    lock(Unit, [unit_id])
    unit = units.by_id(unit_id)
    if not unit_rules.may_verify(unit):
        raise Conflict("unit_suspended")
    if not unit_rules.has_unit_vehicles(unit.unit_class):
        raise Conflict("no_unit_vehicles")
    return unit


def _chosen_people(unit_id: int, row: RegisterVehicle, chosen: Chosen) -> list[Entry]:
    if not chosen.everything:
        return list(_bases(unit_id).where(Entry.ref << list(chosen.versions())).order_by(Entry.id))
    wanted = _free_for(unit_id, row)
    if not chosen.words:
        return list(wanted.order_by(Entry.id))
    ids = [found for _at, found in passlist.found_by(wanted, chosen.words)]
    return list(Entry.select().where(Entry.id << among(ids)).order_by(sorted_by(Entry.id)))


def _assign(
    act: Act, unit: Unit, wanted: list[Pair], skipped: dict[str, int], versions: dict[str, int]
) -> dict[str, Any]:
    lock(Person, {pair.basis.person_id for pair in wanted})
    # Read again: whoever left or asked to leave before he was held stays out.
    standing = {row.id: row for row in _bases(unit.id).where(Entry.id << among(pair.basis.id for pair in wanted))}
    cars = _cars(act, [pair.registered for pair in wanted])
    why_not = _judge(unit, wanted, standing, cars, versions)
    chosen: list[tuple[Pair, int]] = []
    for pair in wanted:
        car = cars.get(pair.registered.id)
        reason = why_not(pair)
        if reason is None and car is not None:
            chosen.append((pair, car))
        else:
            skipped[reason or "plate_in_use"] = skipped.get(reason or "plate_in_use", 0) + 1
    if chosen:
        _file(act, unit, chosen)
    return {"assigned": len(chosen), "skipped": {reason: n for reason, n in skipped.items() if n}}


def _judge(
    unit: Unit, wanted: list[Pair], standing: dict[int, Entry], cars: dict[int, int], versions: dict[str, int]
) -> Callable[[Pair], str | None]:
    """What keeps a pair out, from facts read once."""
    persons = among({pair.basis.person_id for pair in wanted})
    driving = set(
        Entry.select(Entry.person, Entry.vehicle)
        .where(compared(Entry.unit) == unit.id, Entry.person << persons, Entry.state << IN_FORCE)
        .tuples()
    ) | set(
        Filing.select(Filing.person, Filing.vehicle)
        .where(compared(Filing.unit) == unit.id, Filing.person << persons, Filing.state << OPEN_FILING_STATES)
        .tuples()
    )
    barred_people, barred_cars = matching.barred({pair.basis.person_id for pair in wanted}, cars.values())
    barred_plates = matching.barred_plates({bytes(pair.registered.plate_index) for pair in wanted})

    def why_not(pair: Pair) -> str | None:
        now, car = standing.get(pair.basis.id), cars.get(pair.registered.id)
        if now is None or versions.get(now.ref, now.version) != now.version:
            return "stale"
        barred_car = car in barred_cars or bytes(pair.registered.plate_index) in barred_plates
        if pair.basis.person_id in barred_people or barred_car:
            return "sanctioned"
        return "assigned_already" if (pair.basis.person_id, car) in driving else None

    return why_not


def _cars(act: Act, rows: Iterable[RegisterVehicle]) -> dict[int, int]:
    """The vehicle behind each row of the register, held; made where nobody knew its plate, turned to unit use where
    nothing stands on it. None where somebody drives it as his own."""
    wanted = {bytes(row.plate_index): row for row in rows}
    leads = Plate.select(Plate.plate_index, Plate.vehicle).where(
        Plate.plate_index << list(wanted), Plate.ended_at.is_null()
    )
    known = {bytes(index): vehicle for index, vehicle in leads.tuples()}
    lock(Vehicle, known.values())
    uses = dict(Vehicle.select(Vehicle.id, Vehicle.vehicle_use).where(Vehicle.id << among(known.values())).tuples())
    found: dict[int, int] = {}
    turned = []
    for index, row in wanted.items():
        car = known.get(index)
        if car is None:
            car = registering.add_vehicle(act, UNIT, [plates.normalise(vehicles.plate_of(row))]).id
        elif uses[car] != UNIT:
            if colliding.is_live(car):
                continue
            turned.append(car)
        found[row.id] = car
    if turned:
        Vehicle.update(vehicle_use=UNIT).where(Vehicle.id << among(turned)).execute()
    return found


def _file(act: Act, unit: Unit, chosen: list[tuple[Pair, int]]) -> None:
    """The rows of these filings: answers, filings, timeline, record, and the news that is owed."""
    bases = {pair.basis.id: pair.basis for pair, _car in chosen}
    submissions = dict(
        Submission.select(Submission.ref, Submission.id)
        .where(Submission.ref << [basis.submission_ref for basis in bases.values()])
        .tuples()
    )
    answers = _freeze(act, chosen)
    rows = []
    for (pair, car), answers_id in zip(chosen, answers, strict=True):
        ref, basis = crypto.new_ref(), pair.basis
        number = plates.normalise(vehicles.plate_of(pair.registered))
        rows.append(
            {
                "ref": ref,
                "submission": submissions[basis.submission_ref],
                "unit": unit.id,
                "person": basis.person_id,
                "vehicle": car,
                "position": 1,
                "vehicle_use": UNIT,
                "size_class": pair.registered.size_class,
                "slot": None,
                "answers": answers_id,
                "pledge": basis.pledge_id,
                "card": seal_card(ref, "filing", replace(open_card(basis), plate=number)),
                "warnings": [],
                "waiting": False,
                "disputed": False,
                "assigned": True,
                "household": False,
                "state": states.next_state(states.NONE, ASSIGN),
                "submitted_at": act.now,
                "act_id": act.id,
                "version": 1,
            }
        )
    insert_rows(Filing, rows)
    mine = (Filing.unit == unit.id) & (Filing.submitted_at == act.now) & (Filing.act_id == act.id)
    made = Filing.select(Filing.id).where(mine).order_by(Filing.id)
    step = {"act_id": act.id, "at": act.now, "action": ASSIGN, "state": states.VERIFIED}
    insert_rows(FilingStep, [{"filing": filing, **step} for (filing,) in made.tuples()])
    record_refs(act, "filing:driver-assigned", [row["ref"] for row in rows], unit_id=unit.id)
    telling.owe(act, "driver-assigned")


def _freeze(act: Act, chosen: list[tuple[Pair, int]]) -> list[int]:
    """Answers of each pair: what the person declared, with the one vehicle his unit assigns."""
    rows = Answers.select().where(Answers.id << among({pair.basis.answers_id for pair, _car in chosen}))
    known = {row.id: row for row in rows}
    frozen = []
    for pair, _car in chosen:
        of = known[pair.basis.answers_id]
        declared = registry.open_answers(of) | {"vehicles": [_declared(pair.registered)]}
        ref = crypto.new_ref()
        frozen.append(
            {
                "ref": ref,
                "person": pair.basis.person_id,
                "policy_version": of.policy_version,
                "sealed": crypto.seal(declared, "answers", "sealed", ref),
                "act_id": act.id,
                "created_at": act.now,
            }
        )
    insert_rows(Answers, frozen)
    mine = Answers.person << among(row["person"] for row in frozen)
    ids = dict(Answers.select(Answers.ref, Answers.id).where(mine, Answers.act_id == act.id).tuples())
    return [ids[row["ref"]] for row in frozen]


def _declared(row: RegisterVehicle) -> dict[str, Any]:
    """A vehicle as the unit assigns it (shape: filings.declaring)."""
    return {
        "vehicle_use": UNIT,
        "unit_assigns": True,
        "plates": [],
        "size_class": row.size_class,
        "brand_model": row.brand_model,
        "colour": "",
        "vin": "",
        "is_owner": None,
        "owner_name": "",
        "owner_id_tail": "",
        "joint_owner": False,
        "invitation": "",
    }

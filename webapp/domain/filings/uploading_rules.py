"""What an upload covers: one pure decision over facts read under locks (design 7, rules 1 to 7 and 9).

Owners sit down before second drivers, whatever the order they filed in; among equals who filed first comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from webapp.domain.filings.states import UPLOADED, VERIFIED
from webapp.domain.passlist.models import OWNER
from webapp.domain.passlist.rules import Car, take_seat
from webapp.domain.registry.models import OWN, UNIT

#: The role of a second driver whom the owner's unit vouches for, on the line that names him; else it is his slot.
HOUSEHOLD = "household"
#: Why a filing falls out. Sentences: ui.sentences.uploads.
REASONS = (
    "not_verified",
    "sanctioned",
    "changed_meanwhile",
    "disputed",
    "waiting_owner",
    "no_vehicle",
    "use_not_for_class",
    "plate_moved",
    "other_use",
    "of_another_unit",
    "entry_ended",
    "leaving",
    "document_taken",
    "already_listed",
    "owner_not_listed",
    "slot_taken",
    "third_driver",
    "is_owner",
    "household_owner",
)


class Candidate(NamedTuple):
    """A filing that was chosen, as it is now. `chosen_version` is the one that was chosen."""

    filing_id: int
    ref: str
    state: str
    version: int
    chosen_version: int
    person_id: int
    vehicle_id: int | None
    vehicle_use: str
    slot: str | None
    waiting: bool
    disputed: bool
    changes: int | None
    plates: frozenset[bytes]
    filed: tuple[int, int]  # micros of submission, id
    document: bytes | None = None  # of a change: identity key, VIN; what it says is true once it is uploaded
    vin: bytes | None = None
    household: bool = False  # second driver of the owner's household, vouched for by the owner's unit
    printed: str = ""  # the role his line names, where something was prepared and may be on paper


class InForce(NamedTuple):
    """An entry of the list, listed or suspended, on one of the vehicles in question."""

    entry_id: int
    person_id: int
    vehicle_id: int
    unit_id: int
    vehicle_use: str
    slot: str | None
    household: bool = False  # vouched for as a member of the owner's household
    leaving: bool = False  # its person asked to be removed


@dataclass(frozen=True)
class Facts:
    """What the database holds about the candidates' unit and vehicles; of changes also whom each document belongs to,
    and where each plate and VIN leads that stands for a car in use."""

    unit_id: int
    uses: frozenset[str]  # open to the unit's class
    vehicle_uses: Mapping[int, str]
    plates: Mapping[int, frozenset[bytes]]  # active ones of each vehicle
    cars: Mapping[int, Car]
    in_force: Iterable[InForce]
    registered: Mapping[int, frozenset[int]]  # units in whose register a vehicle stands
    written: Mapping[bytes, int] = field(default_factory=dict)  # plate → the unit in whose register it stands
    barred_people: frozenset[int] = frozenset()  # whom a confirmed sanction means
    barred_vehicles: frozenset[int] = frozenset()
    barred_plates: frozenset[bytes] = frozenset()
    #: (vehicle, second driver) → who said yes to him as owner, and whether he named him an owner as well
    yes_of: Mapping[tuple[int, int], Mapping[int, bool]] = field(default_factory=dict)
    owners_coming: frozenset[int] = frozenset()  # vehicles with somebody's filing as owner on its way
    holders: Mapping[bytes, int] = field(default_factory=dict)
    leads: Mapping[bytes, frozenset[int]] = field(default_factory=dict)


@dataclass
class Decision:
    """`cars` are the driver slots afterwards, `replaced` the entries each covered filing supersedes, `uses` the
    vehicles whose use changes."""

    covered: list[Candidate] = field(default_factory=list)
    fallen: list[tuple[Candidate, str]] = field(default_factory=list)
    cars: dict[int, Car] = field(default_factory=dict)
    replaced: dict[int, list[int]] = field(default_factory=dict)
    uses: dict[int, str] = field(default_factory=dict)
    said: dict[bytes, int] = field(default_factory=dict)  # documents, plates and VINs of covered changes → whose

    @property
    def reasons(self) -> dict[int, str]:
        """Why each fallen filing fell, by its id."""
        return {candidate.filing_id: reason for candidate, reason in self.fallen}

    def role_of(self, candidate: Candidate) -> str:
        """How a covered candidate drives his vehicle: an owner beside an owner who left is the owner now."""
        return _role(candidate, self.cars.get(candidate.vehicle_id or 0, Car()))


def _role(candidate: Candidate, car: Car) -> str:
    if candidate.slot and car.owner and car.owner.person_id == candidate.person_id:
        return OWNER
    return HOUSEHOLD if candidate.household else candidate.slot or ""


class _List:
    """The list as it stands while filings are put on it."""

    def __init__(self, entries: Iterable[InForce]) -> None:
        self._by_id: dict[int, InForce] = {}
        self._by_vehicle: dict[int, dict[int, InForce]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: InForce) -> None:
        self._by_id[entry.entry_id] = entry
        self._by_vehicle.setdefault(entry.vehicle_id, {})[entry.entry_id] = entry

    def end(self, entry_id: int) -> None:
        del self._by_vehicle[self._by_id.pop(entry_id).vehicle_id][entry_id]

    def one(self, entry_id: int) -> InForce | None:
        return self._by_id.get(entry_id)

    def on(self, vehicle_id: int) -> list[InForce]:
        return list(self._by_vehicle.get(vehicle_id, {}).values())


def decide(candidates: Iterable[Candidate], facts: Facts) -> Decision:
    """Which candidates are listed, and why the others are not."""
    decision = Decision(cars=dict(facts.cars))
    standing = _List(facts.in_force)
    for candidate in sorted(candidates, key=_turn):
        reason = _itself(candidate, facts, standing) or _place(candidate, facts, decision, standing)
        if reason is None:
            decision.covered.append(candidate)
        else:
            decision.fallen.append((candidate, reason))
    decision.covered.sort(key=_filed)
    return decision


def _filed(candidate: Candidate) -> tuple[int, int]:
    return candidate.filed


def _turn(candidate: Candidate) -> tuple[bool, tuple[int, int]]:
    return candidate.slot != OWNER, candidate.filed


def _itself(candidate: Candidate, facts: Facts, standing: _List) -> str | None:
    """What stands in the way whatever the list holds."""
    vehicle = candidate.vehicle_id
    if candidate.state == UPLOADED:
        return "already_listed"  # by a colleague who was faster
    if candidate.state != VERIFIED:
        return "not_verified"
    if _barred(candidate, facts):
        return "sanctioned"
    if candidate.version != candidate.chosen_version:
        return "changed_meanwhile"
    if candidate.disputed:
        return "disputed"
    if candidate.waiting:
        return "waiting_owner"
    if vehicle is None:
        return "no_vehicle"
    if candidate.vehicle_use not in facts.uses:
        return "use_not_for_class"
    if candidate.document is None and not candidate.plates <= facts.plates.get(vehicle, frozenset()):
        return "plate_moved"
    if candidate.document is not None and (reason := _itself_changed(candidate, facts)):
        return reason
    registers = _registers(candidate, facts, standing)
    if candidate.vehicle_use == OWN and registers:
        return "other_use"
    if candidate.vehicle_use == UNIT and registers - {facts.unit_id}:
        return "of_another_unit"
    return None


def _registers(candidate: Candidate, facts: Facts, standing: _List) -> frozenset[int]:
    """The units whose own the vehicle is by their registers. Whoever drives it as his own already goes on, whatever a
    unit wrote down since; a plate that is new to it must be in none."""
    vehicle = candidate.vehicle_id or 0
    changed = standing.one(candidate.changes) if candidate.changes is not None else None
    new = candidate.plates - facts.plates.get(vehicle, frozenset())
    written = frozenset(facts.written[plate] for plate in new if plate in facts.written)
    if changed is not None and changed.vehicle_use == candidate.vehicle_use == OWN and changed.vehicle_id == vehicle:
        return written
    return written | facts.registered.get(vehicle, frozenset())


def _barred(candidate: Candidate, facts: Facts) -> bool:
    """Whether a sanction means the person, the vehicle, or a plate that the filing gives it."""
    meant = candidate.person_id in facts.barred_people or candidate.vehicle_id in facts.barred_vehicles
    return meant or bool(candidate.plates & facts.barred_plates)


def _itself_changed(candidate: Candidate, facts: Facts) -> str | None:
    """A change brings its document, plates and VIN along: none of them may be somebody else's by now."""
    if facts.holders.get(candidate.document or b"", candidate.person_id) != candidate.person_id:
        return "document_taken"
    marks = candidate.plates | ({candidate.vin} if candidate.vin else frozenset())
    if any(facts.leads.get(mark, frozenset()) - {candidate.vehicle_id} for mark in marks):
        return "plate_moved"
    return None


def _said_by_another(candidate: Candidate, decision: Decision) -> str | None:
    """Two changes of one upload that claim the same document or plate: who filed first has it."""
    if candidate.document is None:
        return None
    vehicle = candidate.vehicle_id or 0
    mine = {mark: vehicle for mark in (*candidate.plates, candidate.vin) if mark}
    if decision.said.get(candidate.document, candidate.person_id) != candidate.person_id:
        return "document_taken"
    if any(decision.said.get(mark, vehicle) != vehicle for mark in mine):
        return "plate_moved"
    decision.said.update(mine | {candidate.document: candidate.person_id})
    return None


def _place(candidate: Candidate, facts: Facts, decision: Decision, standing: _List) -> str | None:
    """Put one filing on the list as it stands by now, or say why not."""
    assert candidate.vehicle_id is not None
    replaced, reason = _replaced(candidate, facts.unit_id, standing)
    if reason:
        return reason
    others = [entry for entry in standing.on(candidate.vehicle_id) if entry.entry_id not in replaced]
    if reason := _use_of_others(candidate, facts.unit_id, others):
        return reason
    before = decision.cars.get(candidate.vehicle_id) or Car()
    after, reason = _seated(candidate, facts, before)
    reason = reason or _as_told(candidate, facts.unit_id, after, others) or _said_by_another(candidate, decision)
    if reason:
        return reason
    if candidate.vehicle_use == OWN:
        decision.cars[candidate.vehicle_id] = after
        _end_waiting_second(before, after, others, standing)
    _cover(candidate, facts, replaced, decision, standing)
    return None


def _use_of_others(candidate: Candidate, unit_id: int, others: Iterable[InForce]) -> str | None:
    """A vehicle has one use on the whole list, and a unit's is that unit's."""
    if any(entry.vehicle_use != candidate.vehicle_use for entry in others):
        return "other_use"
    if candidate.vehicle_use == UNIT and any(entry.unit_id != unit_id for entry in others):
        return "of_another_unit"
    return None


def _seated(candidate: Candidate, facts: Facts, car: Car) -> tuple[Car, str | None]:
    """The driver slots with this candidate, or the same and why not. Vehicles of units have none."""
    if candidate.vehicle_use != OWN:
        return car, None
    vehicle, person = candidate.vehicle_id or 0, candidate.person_id
    return take_seat(
        car,
        person,
        candidate.slot or OWNER,
        yes_of=facts.yes_of.get((vehicle, person)),
        owner_coming=vehicle in facts.owners_coming,
    )


def _as_told(candidate: Candidate, unit_id: int, car: Car, others: Iterable[InForce]) -> str | None:
    """What his unit vouches for, and what his line names, must be true in the car as it would be."""
    if candidate.household and not _owner_here(car, unit_id, others):
        return "household_owner"
    if candidate.printed and candidate.printed != _role(candidate, car):
        return "changed_meanwhile"  # the line, maybe on paper, names him as what he would not be
    return None


def _cover(candidate: Candidate, facts: Facts, replaced: set[int], decision: Decision, standing: _List) -> None:
    vehicle = candidate.vehicle_id or 0
    if decision.uses.get(vehicle, facts.vehicle_uses[vehicle]) != candidate.vehicle_use:
        decision.uses[vehicle] = candidate.vehicle_use
    if replaced:
        decision.replaced[candidate.filing_id] = sorted(replaced)
    for entry_id in replaced:
        standing.end(entry_id)
    # It has no entry yet: a negative number keeps it apart from entries.
    standing.add(
        InForce(
            -candidate.filing_id,
            candidate.person_id,
            vehicle,
            facts.unit_id,
            candidate.vehicle_use,
            candidate.slot,
            household=candidate.household,
        )
    )


def _owner_here(car: Car, unit_id: int, standing: Iterable[InForce]) -> bool:
    """Whether the owner stands on the list through this unit, itself vouched for by nobody else's belonging."""
    owner = car.owner.person_id if car.owner else None
    return any((one.person_id, one.unit_id, one.household) == (owner, unit_id, False) for one in standing)


def _replaced(candidate: Candidate, unit_id: int, standing: _List) -> tuple[set[int], str | None]:
    """The entries this filing supersedes: the one it changes, and the person's own on this vehicle in this unit when
    role or use is another now."""
    replaced: set[int] = set()
    if candidate.changes is not None:
        changed = standing.one(candidate.changes)
        if changed is None or changed.person_id != candidate.person_id:
            return replaced, "entry_ended"
        if changed.leaving and changed.unit_id == unit_id:
            return replaced, "leaving"
        replaced.add(candidate.changes)
    for entry in standing.on(candidate.vehicle_id or 0):
        if (entry.person_id, entry.unit_id) != (candidate.person_id, unit_id) or entry.entry_id in replaced:
            continue
        if entry.entry_id < 0 or (entry.slot, entry.vehicle_use) == (candidate.slot, candidate.vehicle_use):
            return replaced, "already_listed"
        replaced.add(entry.entry_id)
    return replaced, None


def _end_waiting_second(before: Car, after: Car, others: list[InForce], standing: _List) -> None:
    """A new owner ends the second driver who waited for the former one: his entries stand in nobody's way any more."""
    staying = {seat.person_id for seat in (after.owner, after.second) if seat}
    for entry in others:
        if before.second and entry.person_id == before.second.person_id and entry.person_id not in staying:
            standing.end(entry.entry_id)

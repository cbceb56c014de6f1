"""The decision of an upload as a table: who is covered, who falls out and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from webapp.domain.filings.uploading_rules import REASONS, Candidate, Facts, InForce, decide
from webapp.domain.passlist.rules import Car, Seat

HERE, THERE = 1, 2
CAR, OTHER_CAR = 50, 51
ANN, BEN, CAI = 11, 12, 13
PLATE = b"p"

_next = iter(range(100, 10_000))


def filing(person: int = ANN, slot: str | None = "owner", **changes: Any) -> Candidate:
    number = next(_next)
    values: dict[str, Any] = {
        "filing_id": number,
        "ref": f"f{number}",
        "state": "verified",
        "version": 2,
        "chosen_version": 2,
        "person_id": person,
        "vehicle_id": CAR,
        "vehicle_use": "own" if slot else "unit",
        "slot": slot,
        "waiting": False,
        "disputed": False,
        "changes": None,
        "plates": frozenset({PLATE}),
        "filed": (number, number),
    }
    return Candidate(**values | changes)


def facts(**changes: Any) -> Facts:
    values: dict[str, Any] = {
        "unit_id": HERE,
        "uses": frozenset({"own", "unit"}),
        "vehicle_uses": {CAR: "own", OTHER_CAR: "own"},
        "plates": {CAR: frozenset({PLATE, b"q"}), OTHER_CAR: frozenset({b"r"})},
        "cars": {},
        "in_force": (),
        "registered": {},
        "yes_of": {(CAR, second): {owner: False for owner in (ANN, BEN, CAI)} for second in (ANN, BEN, CAI, 14)},
    }
    return Facts(**values | changes)


def entry(person: int, slot: str | None, unit: int = HERE, number: int = 900, vehicle: int = CAR) -> InForce:
    return InForce(number, person, vehicle, unit, "own" if slot else "unit", slot)


def outcome(candidates: list[Candidate], known: Facts) -> list[tuple[int, str | None]]:
    """(person, reason or None) of each candidate, in the order given."""
    decision = decide(candidates, known)
    covered = {one.filing_id for one in decision.covered}
    return [
        (one.person_id, None if one.filing_id in covered else decision.reasons[one.filing_id]) for one in candidates
    ]


OWNED = Car(Seat(ANN, True, 1))
FULL = Car(Seat(ANN, True, 1), Seat(BEN, True, 2))
HELD = Car(Seat(ANN, False, 1), Seat(BEN, False, 2))
UNIT_CAR = {"vehicle_uses": {CAR: "unit"}}

IN_FORCE = facts(cars={CAR: OWNED}, in_force=(entry(ANN, "owner"),))


def changed(person: int = ANN, **changes: Any) -> Candidate:
    """A change of a car's plate by its owner."""
    values: dict[str, Any] = {"changes": 900, "plates": frozenset({b"new"}), "document": b"key"}
    return filing(person, **values | changes)


CASES = {
    "a person under a sanction": ([filing()], facts(barred_people=frozenset({ANN})), ["sanctioned"]),
    "a new plate under a sanction": ([changed()], replace(IN_FORCE, barred_plates=frozenset({b"new"})), ["sanctioned"]),
    "a vehicle under a sanction": ([filing(BEN)], facts(barred_vehicles=frozenset({CAR})), ["sanctioned"]),
    "an owner alone": ([filing()], facts(), [None]),
    "the version changed": ([filing(version=3)], facts(), ["changed_meanwhile"]),
    "withdrawn meanwhile": ([filing(state="withdrawn")], facts(), ["not_verified"]),
    "uploaded by a colleague": ([filing(state="uploaded", version=3)], facts(), ["already_listed"]),
    "disputed": ([filing(disputed=True)], facts(), ["disputed"]),
    "the owner's yes is missing": ([filing(slot="second", waiting=True)], facts(), ["waiting_owner"]),
    "no vehicle assigned yet": ([filing(slot=None, vehicle_id=None)], facts(), ["no_vehicle"]),
    "own use in a class without": ([filing()], facts(uses=frozenset({"unit"})), ["use_not_for_class"]),
    "unit use in a class without": (
        [filing(slot=None)],
        facts(uses=frozenset({"own"}), **UNIT_CAR),
        ["use_not_for_class"],
    ),
    "the plate leads elsewhere": ([filing(plates=frozenset({PLATE, b"z"}))], facts(), ["plate_moved"]),
    "both plates still lead there": ([filing(plates=frozenset({PLATE, b"q"}))], facts(), [None]),
    "own use of a registered unit vehicle": ([filing()], facts(registered={CAR: frozenset({THERE})}), ["other_use"]),
    "a unit vehicle in another register": (
        [filing(slot=None)],
        facts(registered={CAR: frozenset({THERE})}, **UNIT_CAR),
        ["of_another_unit"],
    ),
    "a unit vehicle in our register": (
        [filing(slot=None)],
        facts(registered={CAR: frozenset({HERE})}, **UNIT_CAR),
        [None],
    ),
    "a unit vehicle another unit listed": (
        [filing(slot=None)],
        facts(in_force=(entry(BEN, None, THERE),), **UNIT_CAR),
        ["of_another_unit"],
    ),
    "unit vehicles have any number of drivers": (
        [filing(ANN, None), filing(BEN, None), filing(CAI, None)],
        facts(**UNIT_CAR),
        [None, None, None],
    ),
    "the car is listed in the other use": ([filing(slot=None)], facts(in_force=(entry(BEN, "owner"),)), ["other_use"]),
    "two uses in one upload": ([filing(ANN), filing(BEN, None)], facts(), [None, "other_use"]),
    "a second driver without owner": ([filing(BEN, "second")], facts(), ["owner_not_listed"]),
    "a second driver, owner listed": ([filing(BEN, "second")], facts(cars={CAR: OWNED}), [None]),
    "a second driver, owner missing": ([filing(CAI, "second")], facts(cars={CAR: HELD}), ["owner_not_listed"]),
    "owner and second together, second filed first": ([filing(BEN, "second"), filing(ANN)], facts(), [None, None]),
    "a second driver whose yes is of somebody else": (
        [filing(BEN, "second")],
        facts(cars={CAR: OWNED}, yes_of={(CAR, BEN): {CAI: False}}),
        ["waiting_owner"],
    ),
    "a second driver whose owner is another in this very upload": (
        [filing(BEN, "second"), filing(CAI)],
        facts(yes_of={(CAR, BEN): {ANN: False}}),
        ["waiting_owner", None],
    ),
    "a third driver": ([filing(CAI, "second")], facts(cars={CAR: FULL}), ["third_driver"]),
    "two seconds in one upload": (
        [filing(BEN, "second"), filing(CAI, "second")],
        facts(cars={CAR: OWNED}),
        [None, "third_driver"],
    ),
    "two owners in one upload": ([filing(ANN), filing(BEN)], facts(), [None, "slot_taken"]),
    "another owner is listed": ([filing(BEN)], facts(cars={CAR: OWNED}), ["slot_taken"]),
    "the owner calls himself second": ([filing(ANN, "second")], facts(cars={CAR: OWNED}), ["is_owner"]),
    "the same owner through another unit": (
        [filing(ANN)],
        facts(cars={CAR: OWNED}, in_force=(entry(ANN, "owner", THERE),)),
        [None],
    ),
    "listed here already": (
        [filing(ANN)],
        facts(cars={CAR: OWNED}, in_force=(entry(ANN, "owner"),)),
        ["already_listed"],
    ),
    "a change of that entry": (
        [filing(ANN, changes=900)],
        facts(cars={CAR: OWNED}, in_force=(entry(ANN, "owner"),)),
        [None],
    ),
    "a change of an entry that ended": ([filing(ANN, changes=900)], facts(), ["entry_ended"]),
    "a change of an entry whose person asked to leave": (
        [filing(ANN, changes=900)],
        facts(cars={CAR: OWNED}, in_force=(entry(ANN, "owner")._replace(leaving=True),)),
        ["leaving"],
    ),
    "a move from a unit he asked to leave": (
        [filing(ANN, changes=900)],
        facts(cars={CAR: OWNED}, in_force=(entry(ANN, "owner", THERE)._replace(leaving=True),)),
        [None],
    ),
    "a change to a plate nobody has": ([changed()], IN_FORCE, [None]),
    "a change to a plate of a car in use": (
        [changed()],
        replace(IN_FORCE, leads={b"new": frozenset({OTHER_CAR})}),
        ["plate_moved"],
    ),
    "a change to a VIN of a car in use": (
        [changed(vin=b"vin")],
        replace(IN_FORCE, leads={b"vin": frozenset({OTHER_CAR})}),
        ["plate_moved"],
    ),
    "a change to a document that is another's by now": (
        [changed()],
        replace(IN_FORCE, holders={b"key": BEN}),
        ["document_taken"],
    ),
    "two changes to one plate": (
        [changed(), changed(BEN, changes=901, vehicle_id=OTHER_CAR, document=b"other")],
        replace(
            IN_FORCE,
            cars={CAR: OWNED, OTHER_CAR: Car(Seat(BEN, True, 3))},
            in_force=(entry(ANN, "owner"), entry(BEN, "owner", number=901, vehicle=OTHER_CAR)),
        ),
        [None, "plate_moved"],
    ),
    "two people change to one document": (
        [changed(), changed(BEN, changes=901, vehicle_id=OTHER_CAR, plates=frozenset({b"r"}))],
        replace(
            IN_FORCE,
            cars={CAR: OWNED, OTHER_CAR: Car(Seat(BEN, True, 3))},
            in_force=(entry(ANN, "owner"), entry(BEN, "owner", number=901, vehicle=OTHER_CAR)),
        ),
        [None, "document_taken"],
    ),
    "a change of somebody else's entry": (
        [filing(ANN, changes=900)],
        facts(in_force=(entry(BEN, "owner", THERE, vehicle=OTHER_CAR),)),
        ["entry_ended"],
    ),
    "a new owner after the former left": ([filing(CAI)], facts(cars={CAR: HELD}), [None]),
    "the waiting second becomes the owner": (
        [filing(BEN)],
        facts(cars={CAR: HELD}, in_force=(entry(BEN, "second"),)),
        [None],
    ),
    "a new owner with his own second": (
        [filing(CAI), filing(14, "second")],
        facts(cars={CAR: HELD}, in_force=(entry(BEN, "second", THERE),)),
        [None, None],
    ),
    "of the owner's household, in his unit": (
        [filing(BEN, "second", household=True)],
        facts(cars={CAR: OWNED}, in_force=(entry(ANN, "owner"),)),
        [None],
    ),
    "of the owner's household, uploaded with him": (
        [filing(BEN, "second", household=True), filing()],
        facts(),
        [None, None],
    ),
    "of the household of an owner through another unit": (
        [filing(BEN, "second", household=True)],
        facts(cars={CAR: OWNED}, in_force=(entry(ANN, "owner", THERE),)),
        ["household_owner"],
    ),
    "of the household of somebody who is vouched for himself": (
        [filing(BEN, "second", household=True)],
        facts(cars={CAR: OWNED}, in_force=(entry(ANN, "owner")._replace(household=True),)),
        ["household_owner"],
    ),
    "an owner beside the owner of his household, who left": (
        [filing(BEN, "second", household=True)],
        facts(yes_of={(CAR, BEN): {ANN: True}}),
        ["household_owner"],
    ),
    "printed as second driver, the owner by now": (
        [filing(BEN, "second", printed="second")],
        facts(yes_of={(CAR, BEN): {ANN: True}}),
        ["changed_meanwhile"],
    ),
    "printed as the owner he is by now": (
        [filing(BEN, "second", printed="owner")],
        facts(yes_of={(CAR, BEN): {ANN: True}}),
        [None],
    ),
    "the same twice in one upload": ([filing(ANN), filing(ANN)], facts(), [None, "already_listed"]),
}


@pytest.mark.parametrize("case", CASES)
def test_decision(case):
    candidates, known, reasons = CASES[case]

    assert outcome(candidates, known) == [
        (candidate.person_id, reason) for candidate, reason in zip(candidates, reasons, strict=True)
    ]


def test_every_reason_occurs_in_the_table():
    assert {reason for _, _, reasons in CASES.values() for reason in reasons} - {None} == set(REASONS)


def test_a_new_owner_ends_the_waiting_second_driver():
    decision = decide([filing(CAI)], facts(cars={CAR: HELD}))

    assert decision.cars == {CAR: Car(Seat(CAI), None)}


def test_the_same_owner_brings_the_second_driver_back():
    decision = decide([filing(ANN)], facts(cars={CAR: HELD}))

    assert decision.cars == {CAR: FULL}


def test_a_second_driver_who_becomes_owner_keeps_his_slot_and_supersedes_his_entry():
    mine = filing(BEN)
    decision = decide([mine], facts(cars={CAR: HELD}, in_force=(entry(BEN, "second"),)))

    assert decision.cars == {CAR: Car(Seat(BEN, True, 2), None)}
    assert decision.replaced == {mine.filing_id: [900]}


def test_a_vehicle_nobody_is_listed_with_takes_the_new_use():
    decision = decide([filing(slot=None)], facts())

    assert decision.uses == {CAR: "unit"}


def test_the_order_of_candidates_does_not_matter():
    known = facts(cars={CAR: OWNED})
    seconds = [filing(BEN, "second"), filing(CAI, "second"), filing(14, "second")._replace(filed=(1, 1))]

    assert decide(seconds, known).covered == decide(list(reversed(seconds)), known).covered == [seconds[2]]

"""Plates that lead to two vehicles: merged or separated by a human."""

import pytest

from tests.builders import cases as made
from tests.builders import filings, status, units, uploads
from tests.builders.cases import uphold
from tests.domain.world import rules
from webapp.domain.filings.models import Filing
from webapp.domain.passlist.models import DriverSlot, EntryStep
from webapp.domain.registry.models import Plate, Vehicle
from webapp.domain.sanctions.models import Case
from webapp.domain.units import vehicles
from webapp.errors import Conflict


def torn(built, *, other_listed=False, same_person=False):
    """A filing whose plates lead to two vehicles, the lower of which nobody is listed on, and its case."""
    first, second = filings.plate(), filings.plate()
    given = filings.answers(vehicles=[filings.vehicle(plate=first)])
    lower = filings.filed(built, given)
    bring = made.listed if other_listed else filings.filed
    upper = bring(built, vehicles=[filings.vehicle(plate=second)])
    sent = filings.filed(
        built if not same_person else units.certified_unit(),
        vehicles=[filings.vehicle(plate=first, second_plate=second)],
    )
    return lower, upper, sent, Case.get(Case.subject == sent.filing.ref)


def test_two_vehicles_that_are_one_are_merged(db):
    built = units.certified_unit()
    _lower, upper, sent, case = torn(built, other_listed=True)
    gone = upper.filing.vehicle_id

    assert uphold(case, "merge")["outcome"] == ["done:merge", "done:goes_on"]

    entry, filing = uploads.entry_of(upper), status.now(sent)
    assert (entry.vehicle_id, entry.state, filing.vehicle_id) == (case.vehicle_id, "listed", case.vehicle_id)
    assert (filing.disputed, filing.warnings) == (False, [])
    told = EntryStep.select(EntryStep.change).where(EntryStep.entry == entry.id).order_by(EntryStep.id.desc())
    assert told.limit(1).scalar() == "replated"  # gates knew the car by the vehicle that is no more
    assert rules.broken() == []  # and the record tells of that step as of any other
    assert Plate.select().where(Plate.vehicle == gone, Plate.ended_at.is_null()).count() == 0
    assert DriverSlot.get(DriverSlot.id == entry.slot_id).vehicle_id == case.vehicle_id
    assert {row.vehicle_id for row in Filing.select()} == {case.vehicle_id}


def test_merge_that_would_seat_too_many_is_refused_naming_them(db):
    built = units.certified_unit()
    lower, upper, _sent, case = torn(built, other_listed=True)
    uploads.uploaded(built, uploads.verified(built, lower))

    with pytest.raises(Conflict) as surplus:
        uphold(case, "merge")

    assert surplus.value.code == "merge_surplus"
    assert set(surplus.value.params["numbers"].split("、")) == {lower.submission.number, upper.submission.number}
    assert (made.now(case).state, Vehicle.select().count()) == ("open", 2)


def test_vehicles_of_two_units_are_not_merged(db):
    here, there = units.certified_unit(), units.certified_unit()
    first, second = filings.plate(), filings.plate()
    for built, plate in ((here, first), (there, second)):
        made.listed(built, relation="unit_driver", vehicles=[filings.vehicle("unit", plate=plate)])
    both = filings.vehicle("unit", plate=first, second_plate=second)
    sent = filings.filed(here, relation="unit_driver", vehicles=[both])

    with pytest.raises(Conflict, match="merge_two_units"):
        uphold(Case.get(Case.subject == sent.filing.ref), "merge")


def test_vehicles_in_the_registers_of_two_units_are_not_merged(db):
    here, there = units.certified_unit(), units.certified_unit()
    first, second = filings.plate(), filings.plate()
    made.listed(here, relation="unit_driver", vehicles=[filings.vehicle("unit", plate=first)])
    filings.filed(there, relation="unit_driver", vehicles=[filings.vehicle("unit", plate=second)])
    both = filings.vehicle("unit", plate=first, second_plate=second)
    sent = filings.filed(here, relation="unit_driver", vehicles=[both])
    vehicles.add(there.actor, there.unit.id, vehicles.NewVehicle(second, "small"))

    with pytest.raises(Conflict, match="merge_two_units"):
        uphold(Case.get(Case.subject == sent.filing.ref), "merge")


def test_another_case_about_the_same_two_vehicles_is_settled_with_the_merge(db):
    built = units.certified_unit()
    _lower, _upper, sent, case = torn(built)
    plates = sent.answers["vehicles"][0]
    again = filings.filed(built, vehicles=[filings.vehicle(plate=plates["plate"], second_plate=plates["second_plate"])])
    other = Case.get(Case.subject == again.filing.ref)

    uphold(case, "merge")

    assert made.now(other).state == "withdrawn"
    assert (status.now(again).disputed, status.now(again).vehicle_id) == (False, case.vehicle_id)


def test_same_owner_on_both_halves_stands_once_after_the_merge(db):
    built, other = units.certified_unit(), units.certified_unit()
    first, second = filings.plate(), filings.plate()
    given = filings.answers(vehicles=[filings.vehicle(plate=first)])
    who = {key: value for key, value in given["person"].items() if key != "confirmed"}
    phone = given["contact"]["phone"]
    half = made.listed(built, given=given)
    double = made.listed(built, who=who, phone=phone, vehicles=[filings.vehicle(plate=second)])
    elsewhere = made.listed(other, who=who, phone=phone, vehicles=[filings.vehicle(plate=second)])
    mine, seconds = uploads.owner_and_second(second)
    assert mine["plate"] == second
    driver = uploads.second_filed(other, seconds)
    uploads.uploaded(other, uploads.verified(other, driver))
    sent = filings.filed(
        units.certified_unit(), who=who, phone=phone, vehicles=[filings.vehicle(plate=first, second_plate=second)]
    )
    case = Case.get(Case.subject == sent.filing.ref)
    keep = case.vehicle_id

    outcome = uphold(case, "merge")["outcome"]

    assert outcome == ["done:merge", "done:goes_on"]
    states = [uploads.entry_of(one) for one in (half, double, elsewhere, driver)]
    assert [(one.state, one.cause) for one in states] == [
        ("listed", None),
        ("removed", "superseded"),
        ("listed", None),
        ("listed", None),
    ]
    assert {one.vehicle_id for one in states} == {keep}
    slots = {(one.slot, one.person_id, one.in_force) for one in DriverSlot.select().where(DriverSlot.vehicle == keep)}
    assert slots == {
        ("owner", half.submission.person_id, True),
        ("second", driver.submission.person_id, True),
    }
    assert DriverSlot.select().count() == 2


def test_two_vehicles_are_separated_where_nobody_stands_on_the_other(db):
    built = units.certified_unit()
    _lower, upper, sent, case = torn(built)

    assert uphold(case, "separate")["outcome"] == ["done:separate", "done:goes_on"]

    assert status.now(sent).disputed is False
    assert Plate.select().where(Plate.vehicle == case.vehicle_id, Plate.ended_at.is_null()).count() == 2
    assert Plate.select().where(Plate.vehicle == upper.filing.vehicle_id, Plate.ended_at.is_null()).count() == 0


def test_plates_in_use_are_not_taken_and_the_filing_ends_when_dismissed(db):
    built = units.certified_unit()
    _lower, upper, sent, case = torn(built, other_listed=True)

    with pytest.raises(Conflict) as used:
        uphold(case, "separate")
    assert (used.value.code, used.value.params) == ("separate_in_use", {"numbers": upper.submission.number})

    assert made.decide(made.officer(), case, "dismiss")["outcome"] == ["done:closed"]
    assert (status.now(sent).state, status.now(sent).reasons) == ("closed", ["case:dismissed"])
    assert uploads.entry_of(upper).state == "listed"


def test_three_vehicles_take_two_looks(db):
    built = units.certified_unit()
    plates = [filings.plate(), filings.plate("macao_cross_border"), filings.plate("macao")]
    for plate in plates:
        filings.filed(built, vehicles=[filings.vehicle(plate=plate)])
    sent = filings.filed(
        built, vehicles=[filings.vehicle(plate=plates[0], second_plate=plates[1], third_plate=plates[2])]
    )
    case = Case.get(Case.subject == sent.filing.ref)
    judge = made.officer()

    assert uphold(case, "merge", judge)["outcome"] == ["done:merge", "not:another_vehicle"]
    again = Case.get(Case.subject == sent.filing.ref, Case.state == "open")
    assert (status.now(sent).disputed, uphold(again, "merge", judge)["outcome"]) == (
        True,
        ["done:merge", "done:goes_on"],
    )

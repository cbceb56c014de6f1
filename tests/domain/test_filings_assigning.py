"""A filing that leaves its vehicle to the unit is given one of the register."""

import pytest

from tests.builders import filings as build
from tests.builders import units as build_units
from tests.builders.lists import assigned, codes, names, row
from webapp.domain.filings import assigning, queries, verifying
from webapp.domain.filings.models import Filing
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import vehicles
from webapp.errors import Conflict, Invalid


@pytest.fixture
def unit(db):
    return build_units.certified_unit()


@pytest.fixture
def unassigned(unit):
    vehicles.add(unit.actor, unit.unit.id, vehicles.NewVehicle("粤C·3KB19", "medium"), ("plate",))
    return build.filed(unit, relation="unit_driver", vehicles=[assigned()])


def assign(unit, sent, plate="粵C3KB19", version=None):
    seen = Filing.get_by_id(sent.filing.id).version if version is None else version
    return assigning.assign(unit.actor, unit.unit.id, sent.filing.ref, seen, plate)


def test_a_vehicle_of_the_register_is_assigned_and_found(unit, unassigned):
    assert codes(unit, unassigned) == ["no_vehicle"]

    assign(unit, unassigned)

    seen = row(unit, unassigned)
    assert (codes(unit, unassigned), seen.plates, seen.size_class, seen.version) == (
        ["in_register"],
        ("粤C3KB19",),
        "medium",
        2,
    )
    assert names(unit, "3kb19") == [seen.name]
    told = Notice.get(Notice.kind == "vehicle-assigned")
    assert (told.audience_ref, told.params["number"]) == (unassigned.submission.ref, unassigned.submission.number)
    assert [step.action for step in queries.steps_of(unassigned.filing)] == ["submit", "assign"]


@pytest.mark.parametrize(
    ("plate", "code"),
    [("", "missing"), ("   ", "missing"), ("粵C·99999", "not_registered"), ("\x00🙂", "not_registered")],
)
def test_only_a_vehicle_of_the_register_can_be_assigned(unit, unassigned, plate, code):
    with pytest.raises(Invalid) as refused:
        assign(unit, unassigned, plate)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("plate", code)]


def test_a_plate_of_two_vehicles_is_assigned_by_its_place(unit, unassigned):
    for plate in ("MX-12-34", "港 MX 1234"):
        vehicles.add(unit.actor, unit.unit.id, vehicles.NewVehicle(plate, "small"), ("plate",))

    with pytest.raises(Invalid) as refused:
        assign(unit, unassigned, "mx1234")
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("plate", "two_places")]

    assign(unit, unassigned, "港MX1234")
    assert row(unit, unassigned).plates == ("港MX1234",)
    assert codes(unit, unassigned) == ["in_register"]


def test_assigning_is_refused_where_it_does_not_fit(unit, unassigned):
    own = build.filed(unit)
    stranger = build_units.certified_unit()
    cases = []
    for work in (
        lambda: assign(unit, own),
        lambda: assign(unit, unassigned, version=7),
    ):
        with pytest.raises(Conflict) as refused:
            work()
        cases.append(refused.value.code)
    verifying.refuse(unit.actor, unit.unit.id, unassigned.filing.ref, 1, ["filing:untrue"])
    with pytest.raises(Conflict) as refused:
        assign(unit, unassigned)
    with pytest.raises(Invalid):
        assign(stranger, unassigned)

    assert [*cases, refused.value.code] == ["not_assigned_by_unit", "stale", "wrong_state"]


def test_the_same_person_gets_the_same_vehicle_once(unit, unassigned):
    person = unassigned.answers["person"]
    phone = unassigned.answers["contact"]["phone"]
    build.filed(
        unit,
        who=person,
        phone=phone,
        relation="unit_driver",
        vehicles=[build.vehicle("unit", plate="粵C·3KB19", size_class="medium")],
    )

    with pytest.raises(Invalid) as refused:
        assign(unit, unassigned)

    assert refused.value.code == "assigned_already"


def test_bulk_acts_on_an_unassigned_filing_are_possible(unit, unassigned):
    done = verifying.verify_all(unit.actor, unit.unit.id, Chosen(everything=True, flag="no_vehicle"))

    assert done["changed"] == 1

"""What a verifier is to mind about a filing."""

import pytest

from tests.builders import filings as build
from tests.builders import units as build_units
from tests.builders.lists import codes, row, second_driver
from webapp import clock
from webapp.domain.accounts import queries as accounts
from webapp.domain.units import vehicles


@pytest.fixture
def unit(db):
    return build_units.certified_unit()


def test_a_plain_filing_has_no_flag_and_may_be_verified(unit):
    sent = build.filed(unit)

    assert (codes(unit, sent), row(unit, sent).next_act) == ([], "verify")


def test_unit_vehicles_are_compared_with_the_register(unit):
    vehicles.add(unit.actor, unit.unit.id, vehicles.NewVehicle("粤C·3KB19", "medium"), ("plate",))
    known = build.filed(unit, relation="unit_driver", vehicles=[build.vehicle("unit", plate="粵C3KB19")])
    unknown = build.filed(unit, relation="unit_driver")

    seen = [(codes(unit, one), row(unit, one).next_act) for one in (known, unknown)]

    assert seen == [(["in_register"], "verify"), (["not_in_register"], "look")]


def test_waiting_for_the_owner_offers_nothing_and_says_until_when(unit):
    owner = build.filed(unit)
    second = second_driver(unit, owner)

    seen = row(unit, second)
    (flag,) = seen.flags

    assert (flag.code, seen.next_act, seen.tickable) == ("waiting_owner", "", False)
    assert flag.params["until"] > clock.now()


def test_confirmed_warnings_are_facts_and_doubtful_numbers_are_questions(unit):
    lorry = build.filed(unit, vehicles=[build.vehicle(size_class="lorry")])
    odd = build.filed(unit, who=build.person("passport", id_number="7" * 5, id_country="PT"))

    seen = [
        ([(flag.code, flag.params["warning"]) for flag in one.flags], one.next_act)
        for one in (row(unit, lorry), row(unit, odd))
    ]

    assert seen == [
        ([("warning", "size_class:lorry")], "verify"),
        ([("doubtful", "id_number:unusual_passport")], "look"),
    ]


def test_the_same_name_with_the_same_phone_or_car_may_be_a_double(unit):
    first = build.filed(unit, who=build.person(full_name="陳大文"), phone="13811112222")
    double = build.filed(unit, who=build.person(full_name="陈大文"), phone="13811112222")
    family = build.filed(unit, who=build.person(full_name="陳小文"), phone="13811112222")

    assert [codes(unit, one) for one in (first, double, family)] == [["same_name"], ["same_name"], []]
    assert row(unit, double).next_act == "look"


def test_another_filing_of_the_same_person_is_a_harmless_fact(unit):
    person = build.person()
    first = build.filed(unit, who=person, phone="13811113333")
    again = build.filed(unit, who=person, phone="13811113333", vehicles=[build.vehicle()])

    assert (codes(unit, first), row(unit, first).next_act) == (["same_person"], "verify")
    assert codes(unit, again) == ["same_person"]


def test_a_second_claim_to_own_the_car_in_another_unit_is_a_question_and_names_nobody(unit):
    here = build.filed(unit)
    plate = here.answers["vehicles"][0]["plate"]
    other = build_units.certified_unit()
    there = build.filed(other, who=build.person(full_name="別處之人"), vehicles=[build.vehicle(plate=plate)])

    seen = row(unit, here)

    assert (codes(unit, here), seen.next_act) == (["plate_elsewhere"], "look")
    assert seen.flags[0].params == {}
    assert codes(other, there) == ["plate_elsewhere"]


def test_a_second_driver_elsewhere_is_nobodys_business(unit):
    here = build.filed(unit)
    second_driver(build_units.certified_unit(), here)

    assert codes(unit, here) == []


def test_the_viewers_own_filing_waits_for_a_colleague_where_there_is_one(unit):
    own = build.filed(unit, who=build.person(full_name="周婉儀"))
    alone = (codes(unit, own), row(unit, own).next_act)
    build_units.member(unit)

    assert alone == (["own_filing_alone"], "look")
    assert (codes(unit, own), row(unit, own).next_act) == (["own_filing"], "")


def test_a_car_shared_with_the_viewer_through_another_unit_counts_by_mailbox_only(unit):
    build_units.member(unit)
    other = build_units.certified_unit()
    mine = build.filed(other, email=accounts.email_of(unit.manager), who=build.person(full_name="周婉儀"))
    namesake = build.filed(other, who=build.person(full_name="周婉儀"))

    seen = [codes(unit, second_driver(unit, of)) for of in (mine, namesake)]

    assert seen == [["own_filing", "waiting_owner"], ["waiting_owner"]]

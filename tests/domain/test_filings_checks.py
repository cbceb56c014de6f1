"""Checks of the questionnaire: eligibility by the guideline's table, and what is wrong beside which field."""

from datetime import date
from types import SimpleNamespace

import pytest

from tests.builders import filings
from webapp.domain.filings import checks, declaring, eligibility
from webapp.domain.pledges.policy import EDITABLE, NOT_ASKED, OPTIONAL, REQUIRED, Policy, first_rules
from webapp.domain.units.models import CLASSES

TODAY = date(2026, 11, 23)
POLICY = Policy(1, first_rules())
USES = ("own", "unit")
#: Guideline section 3, written out: class → relation → uses.
GUIDELINE = {
    "organ": {"staff": {"own", "unit"}, "unit_driver": {"unit"}},
    "enterprise": {"staff": {"own", "unit"}, "unit_driver": {"unit"}},
    "social": {"staff": {"own", "unit"}, "unit_driver": {"unit"}},
    "resident": {"resident_register": {"own"}, "resident_permit": {"own"}, "committee_staff": {"own"}},
    "duty": {"staff": {"own", "unit"}, "unit_driver": {"unit"}},
    "other": {"staff": {"unit"}, "unit_driver": {"unit"}},
}


def unit(unit_class: str = "enterprise") -> SimpleNamespace:
    return SimpleNamespace(unit_class=unit_class)


def faults(page, given, unit_class="enterprise", policy=POLICY, **extra):
    found = checks.check_page(page, given, policy, unit(unit_class), TODAY, **extra)
    return [(one.field, one.code, one.warning) for one in found]


def with_field(page, item, value, unit_class="enterprise", **more):
    given = filings.answers(unit_class)
    if page.startswith("vehicle"):
        given["vehicles"][0] |= {item: value, **more}
    else:
        given[page] |= {item: value, **more}
    return given


@pytest.mark.parametrize("unit_class", CLASSES)
@pytest.mark.parametrize("relation", eligibility.RELATIONS)
@pytest.mark.parametrize("use", USES)
def test_class_relation_and_use(unit_class, relation, use):
    given = filings.answers(unit_class, relation=relation, vehicles=[filings.vehicle(use)])

    found = checks.check_all(given, POLICY, unit(unit_class), TODAY)

    open_uses = GUIDELINE[unit_class].get(relation)
    if open_uses is None:
        assert [(f.field, f.code) for f in found["belonging"]] == [("unit_relation", "not_open")]
    elif use in open_uses:
        assert found == {}
    else:
        assert [(f.field, f.code) for f in found["vehicle-1"]] == [("vehicle_use", "not_open")]


@pytest.mark.parametrize(
    "id_type",
    ["cn_id", "hmt_residence", "home_return", "tw_permit", "mo_bir", "hk_id", "foreign_pr", "passport"],
)
def test_every_document_is_accepted(id_type):
    given = filings.answers(who=filings.person(id_type))

    assert checks.check_all(given, POLICY, unit(), TODAY) == {}
    declared = declaring.declare(given, unit(), "zh_Hant_MO")
    assert declared["person"]["id_type"] == id_type
    assert declared["person"]["birth_date"] != ""


@pytest.mark.parametrize(
    "kind",
    [
        "ordinary",
        "new_energy_small",
        "new_energy_large",
        "macao_cross_border",
        "hong_kong_cross_border",
        "macao",
        "hong_kong",
    ],
)
def test_every_plate_is_accepted_once_confirmed(kind):
    given = filings.answers(vehicles=[filings.vehicle(plate=filings.plate(kind))])

    assert checks.check_all(given, POLICY, unit(), TODAY) == {}


@pytest.mark.parametrize(
    ("page", "item", "value", "code"),
    [
        ("person", "id_type", "", "missing"),
        ("person", "id_type", "library_card", "missing"),
        ("person", "full_name", "", "missing"),
        ("person", "full_name", "陳", "too_short"),
        ("person", "full_name", "陳<嘉敏", "bad_characters"),
        ("person", "latin_name", "陳 KA MAN", "not_latin"),
        ("person", "id_number", "", "missing"),
        ("person", "id_number", "44040219900101001", "wrong_length"),
        ("person", "id_number", filings.eighteen("440402", "20150101"), "under_age"),
        ("person", "id_expiry", "", "missing"),
        ("person", "id_expiry", "昨天", "bad_date"),
        ("person", "id_expiry", "2026-11-22", "expired"),
        ("contact", "phone_region", "", "missing"),
        ("contact", "phone", "", "missing"),
        ("contact", "phone", "1380013800", "wrong_length"),
        ("contact", "email", "chan.example", "bad_format"),
        ("belonging", "unit_relation", "", "missing"),
        ("belonging", "staff_number", "1" * 41, "too_long"),
        ("licence", "licence_number", "12", "too_short"),
        ("licence", "licence_number", "12#45", "bad_characters"),
        ("licence", "licence_class", "小型車", "bad_format"),
        ("licence", "licence_expiry", "2020-01-01", "expired"),
        ("vehicle-1", "vehicle_use", "", "missing"),
        ("vehicle-1", "plate", "", "missing"),
        ("vehicle-1", "plate", "粵C8F6N", "wrong_length"),
        ("vehicle-1", "second_plate", "粵ZZZZ", "cross_border_form"),
        ("vehicle-1", "size_class", "", "missing"),
        ("vehicle-1", "brand_model", "車" * 61, "too_long"),
        ("vehicle-1", "vin", "LSVAA49J1320473I1", "vin_letters"),
        ("vehicle-1", "is_owner", "", "missing"),
    ],
)
def test_wrong_value_is_refused_beside_its_field(page, item, value, code):
    given = with_field(page, item, value)

    found = [one for one in faults(page, given) if not one[2]]

    assert found[0][:2] == (item, code)


def test_owner_is_asked_of_second_drivers():
    given = with_field("vehicle-1", "is_owner", "no", owner_name="", owner_id_tail="12")

    assert faults("vehicle-1", given) == [
        ("owner_name", "missing", False),
        ("owner_id_tail", "tail_format", False),
    ]


def test_every_error_comes_at_once():
    found = checks.check_all({}, POLICY, unit("resident"), TODAY)

    assert {page: [one.field for one in all_] for page, all_ in found.items()} == {
        "person": ["id_type", "full_name", "id_number", "id_expiry"],
        "contact": ["phone_region", "phone"],
        "phone": ["phone_code"],
        "belonging": ["unit_relation"],
        "licence": ["licence_number", "licence_class", "licence_expiry"],
        "vehicle-1": ["vehicle_use", "plate", "size_class"],
    }


def test_warning_stops_until_this_very_value_is_confirmed():
    given = with_field("vehicle-1", "size_class", "lorry")

    assert [f.code for f in checks.open_faults("vehicle-1", given, POLICY, unit(), TODAY)] == ["lorry"]

    given["vehicles"][0]["confirmed"] = {"size_class": "lorry"}
    assert checks.open_faults("vehicle-1", given, POLICY, unit(), TODAY) == []
    assert checks.warnings_of("vehicle-1", given, POLICY, unit(), TODAY) == ["size_class:lorry"]

    given["vehicles"][0]["confirmed"] = {"size_class": "small"}
    assert [f.code for f in checks.open_faults("vehicle-1", given, POLICY, unit(), TODAY)] == ["lorry"]


def test_error_cannot_be_confirmed():
    given = with_field("vehicle-1", "plate", "")
    given["vehicles"][0]["confirmed"] = {"plate": ""}

    assert [f.code for f in checks.open_faults("vehicle-1", given, POLICY, unit(), TODAY)] == ["missing"]


def test_hong_kong_card_needs_no_expiry_and_passport_needs_its_country():
    assert faults("person", filings.answers(who=filings.person("hk_id", id_expiry=""))) == []
    assert faults("person", filings.answers(who=filings.person("passport", id_country=""))) == [
        ("id_country", "country_missing", False)
    ]


def test_long_term_documents_need_no_date():
    given = filings.answers(who=filings.person("cn_id", id_expiry="", id_long_term=True))
    given["licence"] |= {"licence_expiry": "", "licence_long_term": True}

    assert checks.check_all(given, POLICY, unit(), TODAY) == {}
    assert declaring.declare(given, unit(), "pt")["person"]["id_expiry"] == ""


def test_assigned_unit_vehicle_asks_for_no_plate():
    assigned = filings.vehicle("unit", unit_assigns=True, plate="", size_class="")
    given = filings.answers(relation="unit_driver", vehicles=[assigned])

    assert checks.check_all(given, POLICY, unit(), TODAY) == {}
    assert declaring.declare(given, unit(), "pt")["vehicles"][0]["plates"] == []


def test_staff_cannot_leave_the_plate_to_the_unit():
    given = filings.answers(vehicles=[filings.vehicle("unit", unit_assigns=True, plate="")])

    assert faults("vehicle-1", given) == [("plate", "missing", False)]


def test_same_plate_twice_and_the_same_car_twice():
    plate = filings.plate()
    twice = filings.answers(vehicles=[filings.vehicle(plate=plate, second_plate=plate.lower().replace("·", " "))])
    again = filings.answers(vehicles=[filings.vehicle(plate=plate), filings.vehicle(plate=plate)])

    assert faults("vehicle-1", twice) == [("second_plate", "same_plate", False)]
    assert faults("vehicle-2", again) == [("plate", "repeated_vehicle", False)]


def test_more_than_five_vehicles_are_too_many():
    given = filings.answers(vehicles=[filings.vehicle(add_another="yes") for _ in range(5)])

    assert faults("vehicle-5", given) == [("add_another", "too_many_vehicles", False)]


def test_changed_phone_must_be_proved_again():
    given = filings.answers()
    given["contact"]["phone"] = "13900139000"

    assert faults("phone", given) == [("phone_code", "missing", False)]


def test_character_without_a_glyph_is_a_warning():
    given = filings.answers(who=filings.person(full_name="陳嘉敏"))

    found = faults("person", given, unprintable=lambda text: ["敏"] if "敏" in text else [])

    assert found == [("full_name", "no_glyph", True)]


@pytest.mark.parametrize("item", EDITABLE)
def test_policy_decides_what_is_asked(item):
    levels = {}
    for level in (REQUIRED, OPTIONAL, NOT_ASKED):
        rules = first_rules()
        for use in USES:
            rules["resident"][use][item] = level
        given = filings.answers("resident", relation="committee_staff" if item == "staff_number" else "resident_permit")
        for page in (given["person"], given["contact"], given["belonging"], given["licence"], given["vehicles"][0]):
            if item in page:
                page[item] = ""
        found = checks.check_all(given, Policy(2, rules), unit("resident"), TODAY)
        levels[level] = [(f.field, f.code) for all_ in found.values() for f in all_]

    assert levels == {REQUIRED: [(item, "missing")], OPTIONAL: [], NOT_ASKED: []}


def test_declared_is_normalised_and_names_stay_as_typed():
    who = filings.person("home_return", full_name="陳嘉敏 ", id_number="m 12345678-01")
    vehicle = filings.vehicle(plate="粵c·d12345", is_owner="no", owner_name="何大文", owner_id_tail="12(3)4")
    declared = declaring.declare(filings.answers(who=who, vehicles=[vehicle]), unit(), "zh_Hant_MO")

    assert declared["person"]["full_name"] == "陳嘉敏"
    assert declared["person"]["id_number"] == "M1234567801"
    assert declaring.identity_key(declared["person"]) == "home-return:M12345678"
    assert declared["vehicles"][0]["plates"] == ["粤CD12345"]
    assert declared["vehicles"][0]["owner_id_tail"] == "1234"
    assert declared["vehicles"][0]["is_owner"] is False


@pytest.mark.parametrize("id_type", ["cn_id", "hmt_residence", "foreign_pr"])
def test_wrong_number_that_would_carry_a_birth_date_asks_for_none(id_type):
    found = faults("person", filings.answers(who=filings.person(id_type, id_number="12345", birth_date="")))

    assert [field for field, _code, _warning in found] == ["id_number"]


def test_old_permanent_residence_card_needs_the_birth_date():
    who = filings.person("foreign_pr", id_number="PRT440400123456", birth_date="")

    assert faults("person", filings.answers(who=who)) == [("birth_date", "missing", False)]

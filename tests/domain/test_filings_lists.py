"""A unit's list of filings: search, filters, pages, and one filing."""

import dataclasses
from datetime import timedelta

import pytest

from tests.builders import filings as build
from tests.builders import units as build_units
from tests.builders.lists import assigned, names, row, second_driver, who
from tests.domain.test_filings_verifying import statements
from webapp import clock
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.filings import details, filters, items, lists, verifying
from webapp.domain.filings.filters import Filter
from webapp.domain.limits import actions as limits
from webapp.errors import NotFound, TooMany


@pytest.fixture
def unit(db):
    return build_units.certified_unit()


# Search ------------------------------------------------------------------------------------------------------------


CN = build.eighteen("440402", "19900101", 1)


HK = build.id_number("hk_id", 25506)


ALL = ["João da Silva", "陳大文", "張偉強"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("張偉強", ["張偉強"]),
        ("张伟强", ["張偉強"]),
        ("zwq", ["張偉強"]),
        ("ZWQ", ["張偉強"]),
        ("zhangwei", ["張偉強"]),
        ("偉強", ["張偉強"]),
        ("Chan", ["陳大文"]),
        ("chan tai", ["陳大文"]),
        ("joao", ["João da Silva"]),
        ("silva JOÃO", ["João da Silva"]),
        ("粤Z 8K26", ["張偉強"]),
        ("粵z·8k26澳", ["張偉強"]),
        ("mx-12-34", ["張偉強"]),
        (HK.replace("(", "").replace(")", "")[-4:], ["陳大文"]),
        (HK[-6:], ["陳大文"]),
        (HK, ["陳大文"]),
        (HK.replace("(", "").replace(")", "").lower(), ["陳大文"]),
        ("E7654321", ["João da Silva"]),
        (CN, ["張偉強"]),
        (" ".join(CN), ["張偉強"]),
        (CN.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}), ["張偉強"]),
        ("", ALL),
        ("   ", ALL),
        ("\x00", ALL),
        ("沒有此人", []),
        ("8", []),
        ("％_'\"; --", []),
        (HK[:-2] + "0)", []),
        ("x" * 5000, []),
    ],
)
def test_search_finds(unit, q, found):
    for name, latin, id_type, number, vehicle in (
        ("張偉強", "", "cn_id", CN, build.vehicle(plate="粵Z·8K26澳", second_plate="MX-12-34")),
        ("陳大文", "CHAN TAI MAN", "hk_id", HK, build.vehicle()),
        ("João da Silva", "", "passport", "E7654321", build.vehicle()),
    ):
        who_ = build.person(id_type, full_name=name, latin_name=latin, id_number=number)
        build.filed(unit, who=who_, vehicles=[vehicle])

    assert names(unit, q) == found


def test_the_number_on_the_receipt_finds_its_filing_alone(unit):
    first, _second = build.filed(unit), build.filed(unit)

    page = lists.page(unit.unit, Filter("all", first.submission.number.lower()), who(unit))

    assert [one.ref for one in page.rows] == [first.filing.ref]


def test_search_stays_within_the_unit(unit):
    other = build_units.certified_unit()
    sent = build.filed(other, who=build.person(full_name="別處之人"))

    found = [names(unit, q) for q in ("別處之人", sent.answers["person"]["id_number"], sent.submission.number)]

    assert found == [[], [], []]


# Filters and pages -------------------------------------------------------------------------------------------------


def test_chips_count_and_list_each_state(unit):
    waiting, returned, verified = (build.filed(unit) for _ in range(3))
    verifying.return_(unit.actor, unit.unit.id, returned.filing.ref, 1, ["plate:differs"])
    verifying.verify(unit.actor, unit.unit.id, verified.filing.ref, 1)
    second = second_driver(unit, waiting)

    pages = {state: lists.page(unit.unit, Filter(state), who(unit)) for state in filters.CHIPS}

    assert pages["all"].counts == {"waiting": 2, "returned": 1, "verified": 1, "owner": 1, "all": 4}
    assert {state: [one.ref for one in page.rows] for state, page in pages.items()} == {
        "waiting": [waiting.filing.ref, second.filing.ref],
        "returned": [returned.filing.ref],
        "verified": [verified.filing.ref],
        "owner": [second.filing.ref],
        "all": [one.filing.ref for one in (second, verified, returned, waiting)],
    }


@pytest.mark.parametrize("q", ["", "李"])
@pytest.mark.parametrize("state", ["waiting", "all"])
def test_pages_by_keyset_lead_forth_and_back(unit, state, q):
    sent = [build.filed(unit, who=build.person(full_name="李志強")).filing.ref for _ in range(7)]
    wanted = Filter(state, q)
    expected = sent if state == "waiting" else sent[::-1]

    def page(**place):
        return lists.page(unit.unit, wanted, who(unit), limit=3, **place)

    first = page()
    second = page(after=first.next)
    third = page(after=second.next)
    back = page(before=third.previous)
    start = page(before=back.previous)

    seen = [[one.ref for one in one_page.rows] for one_page in (first, second, third, back, start)]
    assert seen == [expected[:3], expected[3:6], expected[6:], expected[3:6], expected[:3]]
    assert [bool(one.previous) for one in (first, second, third, back, start)] == [False, True, True, True, False]
    assert [bool(one.next) for one in (first, second, third, back, start)] == [True, True, False, True, True]


def test_rows_carry_no_more_of_a_document_than_its_last_four(unit):
    sent = build.filed(unit)
    number = sent.answers["person"]["id_number"]

    seen = row(unit, sent)

    assert (seen.id_type, seen.tail) == ("cn_id", number[-4:])
    assert number not in repr(dataclasses.astuple(seen))


@pytest.mark.parametrize("q", ["", "志"])
def test_statements_of_a_page_are_few_whatever_the_rows(unit, q):
    def page():
        lists.page(unit.unit, Filter("waiting", q), who(unit))

    build.filed(unit, who=build.person(full_name="李志強"))
    for_one = statements(page)
    for _ in range(12):
        build.filed(unit, who=build.person(full_name="李志強"))

    assert statements(page) == for_one
    assert for_one <= 8


def test_filter_of_an_address_is_read_whatever_stands_there():
    assert Filter.read("nonsense", " 陳\x00 ", "nonsense") == Filter("waiting", "陳", "")
    assert lists.Place.read("9" * 40 + "-1") is None


@pytest.mark.parametrize(
    ("flag", "expected"),
    [("warned", ["貨車"]), ("unregistered", ["外車"]), ("no_vehicle", ["待派"]), ("fell_out", []), ("", None)],
)
def test_filters_by_what_is_to_be_minded(unit, flag, expected):
    build.filed(unit, who=build.person(full_name="無事"))
    build.filed(unit, who=build.person(full_name="貨車"), vehicles=[build.vehicle(size_class="lorry")])
    build.filed(unit, who=build.person(full_name="外車"), relation="unit_driver")
    build.filed(unit, who=build.person(full_name="待派"), relation="unit_driver", vehicles=[assigned()])

    expected = ["無事", "貨車", "外車", "待派"] if expected is None else expected
    assert names(unit, state="waiting", flag=flag) == expected


# One filing --------------------------------------------------------------------------------------------------------


def test_detail_shows_one_vehicle_masked_numbers_and_who_did_what(unit):
    sent = build.filed(unit, vehicles=[build.vehicle(), build.vehicle()])
    first, second = sent.filings
    verifying.return_(unit.actor, unit.unit.id, second.ref, 1, ["plate:differs"], "請再看")

    detail = details.one(unit.unit, second.ref, who(unit))

    number = sent.answers["person"]["id_number"]
    assert detail.declared["person"]["id_number"] == number[-4:]
    sensitive = {sent.answers[item.page][item.name] for item in items.ITEMS if item.data_class == items.SENSITIVE}
    assert len(sensitive - {""}) >= 2, "a document and a licence"
    assert [value for value in sensitive - {""} if value in str(detail.declared)] == []
    assert [one["plates"] for one in detail.declared["vehicles"]] == [list(detail.row.plates)]
    assert detail.others == ((first.ref, "submitted"),)
    steps = [(s.action, s.who, s.name, s.reasons, s.note) for s in detail.steps]
    assert steps == [
        ("submit", "filer", "", (), ""),
        ("return", "account", "周婉儀", ("plate:differs",), "請再看"),
    ]


def test_reading_the_numbers_is_on_record_each_time(unit):
    sent = build.filed(unit, who=build.person("hk_id", id_number=HK))

    read = [details.read_numbers(unit.actor, unit.unit.id, sent.filing.ref, "comparing") for _ in range(2)]

    assert [one["id_number"] for one in read] == [HK] * 2
    assert read[0]["licence_number"] == "440402199001010011"
    lines = AuditLine.select().where(AuditLine.tag == "filing:number-read", AuditLine.object_ref == sent.filing.ref)
    assert [line.fields for line in lines] == [["id_number", "licence_number", "residence_permit_number"]] * 2
    acts = Act.select(Act.result).where(Act.verb == "filing:number-read").tuples()
    assert list(acts) == [({"filing": sent.filing.ref, "purpose": "comparing"},)] * 2


def test_numbers_of_another_unit_are_not_there_and_reading_has_a_limit(unit, monkeypatch):
    sent = build.filed(unit)
    stranger = build_units.certified_unit()
    monkeypatch.setitem(limits.RULES, "number-read", limits.Rule(1, 3600))

    with pytest.raises(NotFound):
        details.read_numbers(stranger.actor, stranger.unit.id, sent.filing.ref, "comparing")
    details.read_numbers(unit.actor, unit.unit.id, sent.filing.ref, "comparing")
    with pytest.raises(TooMany):
        details.read_numbers(unit.actor, unit.unit.id, sent.filing.ref, "comparing")


def test_a_wait_is_over_when_its_term_is(unit):
    owner = build.filed(unit)
    second_driver(unit, owner)

    with clock.travel(timedelta(days=30)):
        seen = lists.page(unit.unit, Filter("owner"), who(unit)).rows[0]
        assert seen.flags[0].params["until"] < clock.now()

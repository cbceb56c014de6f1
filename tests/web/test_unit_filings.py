"""The verification list and the page of one filing: what they show, to whom, and changes and moves on them."""

import re

import pytest

from tests.builders import changing, rosters
from tests.builders import filings as build
from tests.builders import units as build_units
from tests.builders.browser import Browser, heading
from tests.builders.filings import filed, send
from tests.builders.units import certified_unit
from tests.builders.uploads import uploaded, verified
from tests.builders.verifying import MANAGER, htmx, page_of, post, rows, state_of
from tests.domain.test_filings_verifying import statements
from webapp.domain.audit.models import Act
from webapp.domain.filings import changing as beginning
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Draft
from webapp.domain.units import deciding
from webapp.domain.units import queries as units


@pytest.fixture
def unit(app):
    return build_units.certified_unit(email=MANAGER)


@pytest.fixture
def browser(client, unit):
    signed_in = Browser(client)
    signed_in.come_as(MANAGER)
    return signed_in


# List --------------------------------------------------------------------------------------------------------------


def test_the_list_shows_who_waits_masked_and_what_may_be_done(browser, unit):
    plain = build.filed(unit, who=build.person(full_name="張偉強"))
    build.filed(unit, who=build.person(full_name="陳大文"), relation="unit_driver")

    page = browser.open("/unit/filings")

    number = plain.answers["person"]["id_number"]
    assert (page.status_code, heading(page), rows(page)) == (200, "驗核名單", ["張偉強", "陳大文"])
    assert f"居民身份證 尾號{number[-4:]}" in page.text
    assert number not in page.text
    assert re.findall(r'class="hq-chips".*?</ul>', page.text, re.S)[0].count("待驗核2") == 1
    assert re.findall(r'name="row" value="[a-z2-7]{20}:1" form="bulk"( disabled)?', page.text) == ["", " disabled"]
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("?q=zwq", ["張偉強"]),
        ("?q=Chan", ["陳大文"]),
        ("?state=all&q=%E5%BC%A0%E4%BC%9F", ["張偉強"]),
        ("?state=returned", []),
        ("?state=nonsense&flag=nonsense&after=x&before=-", ["張偉強", "陳大文"]),
        ("?flag=warned", []),
        ("?after=99999999999999999-1", []),
    ],
)
def test_filters_stand_in_the_address(browser, unit, address, found):
    build.filed(unit, who=build.person(full_name="張偉強"))
    build.filed(unit, who=build.person(full_name="陳大文", latin_name="CHAN TAI MAN"))

    page = browser.open(f"/unit/filings{address}")

    assert (page.status_code, rows(page)) == (200, found)


def test_pages_are_links(browser, unit):
    names = [f"李{sign}" for sign in "志強家豪慧心美儀國榮子軒俊傑文華明德永康安寧"]
    for name in names:
        build.filed(unit, who=build.person(full_name=name))

    first = browser.open("/unit/filings")
    onward = re.search(r'<a href="([^"]+)" rel="next">', first.text)[1].replace("&amp;", "&")
    second = browser.open(onward)
    back = re.search(r'<a href="([^"]+)" rel="prev">', second.text)[1].replace("&amp;", "&")

    assert (rows(first), rows(second), rows(browser.open(back))) == (names[:20], names[20:], names[:20])


def test_search_while_typing_answers_the_part_and_speaks_the_count(browser, unit):
    build.filed(unit, who=build.person(full_name="張偉強"))

    part = browser.client.get("/unit/filings?q=zwq", headers=htmx("list"))

    assert (part.status_code, rows(part)) == (200, ["張偉強"])
    assert part.text.lstrip().startswith('<div id="list">')
    assert 'data-say="共1份申報"' in part.text
    assert "HX-Request" in part.headers["Vary"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        htmx("list", kind="full"),
        htmx("list", **{"HX-History-Restore-Request": "true"}),
        htmx("list", **{"HX-Boosted": "true"}),
        htmx("main"),
    ],
)
def test_everything_else_gets_the_whole_page(browser, unit, headers):
    build.filed(unit, who=build.person(full_name="張偉強"))

    page = browser.client.get("/unit/filings?q=zwq", headers=headers)

    assert (heading(page), rows(page)) == ("驗核名單", ["張偉強"])
    assert "data-say" not in page.text


def test_ids_of_the_page_are_unique(browser, unit):
    filing = build.filed(unit).filing

    ids = re.findall(r'\sid="([^"]+)"', browser.open(page_of(filing)).text)

    assert len(ids) == len(set(ids))


def test_the_full_number_is_shown_once_asked_for_by_post(browser, unit):
    sent = build.filed(unit)
    number = sent.answers["person"]["id_number"]
    page = browser.open(page_of(sent.filing))

    unsaid = post(browser, f"{page_of(sent.filing)}/numbers", {}, page=page_of(sent.filing))
    answer = post(browser, f"{page_of(sent.filing)}/numbers", {"purpose": "comparing"}, page=page_of(sent.filing))

    assert (unsaid.status_code, number in unsaid.text) == (422, False)
    assert (number in page.text, number in answer.text) == (False, True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    # It hides itself again, and why it was opened is on record.
    assert answer.headers["Refresh"] == f"120; url={page_of(sent.filing)}"
    opened = Act.get(Act.verb == "filing:number-read", Act.outcome == "done")
    assert opened.result == {"filing": sent.filing.ref, "purpose": "comparing"}
    assert browser.open(f"{page_of(sent.filing)}/numbers").status_code == 405


# Scope -------------------------------------------------------------------------------------------------------------


def test_another_unit_finds_nothing_at_any_address(browser, unit):
    filing = build.filed(unit).filing
    build_units.certified_unit(email="stranger@unit.example")
    browser.send("/signout")
    browser.come_as("stranger@unit.example")
    row = htmx(f"row-{filing.ref}")

    statuses = [
        browser.open(page_of(filing)).status_code,
        *(
            post(
                browser,
                path,
                {"act": "verify", "version": "1", "plate": "粵C·3KB19", "purpose": "comparing"},
                headers=headers,
            ).status_code
            for headers in (None, row)
            for path in (page_of(filing), f"{page_of(filing)}/numbers")
        ),
        post(browser, f"{page_of(filing)}/vehicle", {"version": "1", "plate": "粵C·3KB19"}).status_code,
    ]
    confirm = post(browser, "/unit/filings/choose", {"act": "verify", "row": f"{filing.ref}:1"})

    assert statuses == [404] * 6
    assert ("已不在本單位的名單：1份" in confirm.text, filing.ref in _main(confirm)) == (True, False)
    assert (rows(browser.open("/unit/filings?state=all")), state_of(filing)) == ([], "submitted")


def _main(response):
    return re.search(r"<main.*</main>", response.text, re.S)[0]


def test_nobody_signed_in_is_led_to_sign_in(client, unit):
    filing = build.filed(unit).filing

    answers = [client.get("/unit/filings"), client.get(page_of(filing))]

    assert [(answer.status_code, answer.headers["Location"][:7]) for answer in answers] == [(303, "/signin")] * 2


def test_a_suspended_unit_reads_and_gets_409_for_acts(browser, unit):
    filing = build.filed(unit).filing
    held = units.by_id(unit.unit.id)
    deciding.suspend(build_units.platform_actor(), held.id, ["unit:outdated"], "", held.version)

    answer = post(browser, page_of(filing), {"act": "verify", "version": "1"})

    assert (browser.open("/unit/filings").status_code, answer.status_code) == (200, 409)
    assert (state_of(filing), "單位現在不能驗核、上傳或更改車輛" in answer.text) == ("submitted", True)


def test_a_whole_document_number_does_not_stay_in_the_address(browser, unit):
    sent = build.filed(unit)
    number, receipt = sent.answers["person"]["id_number"], sent.submission.number

    known = browser.open(f"/unit/filings?state=all&q={number}")
    unknown = browser.open("/unit/filings?q=11010519491231002X")
    by_receipt = browser.open(f"/unit/filings?q={receipt}")

    assert (known.status_code, known.headers["Location"]) == (303, f"/unit/filings?state=all&q={number[-4:]}")
    assert (unknown.status_code, unknown.headers["Location"]) == (303, "/unit/filings?q=002X")
    assert by_receipt.status_code == 200
    assert sent.filing.ref in browser.open(known.headers["Location"]).text
    assert sent.filing.ref in by_receipt.text


def test_the_list_takes_few_statements_with_session_and_bar(browser, unit):
    build.filed(unit)
    browser.open("/unit/filings")

    assert statements(lambda: browser.open("/unit/filings")) <= 7


def test_a_part_of_the_list_does_not_count_what_the_bar_shows(browser, unit):
    build.filed(unit)
    browser.open("/unit/filings")

    assert statements(lambda: browser.client.get("/unit/filings", headers=htmx("list"))) <= 6


def test_the_list_beside_a_roster_takes_one_statement_more(db, browser, unit):
    sent = build.filed(unit)
    rosters.entered(db, unit, rosters.line_of(sent))

    listed = browser.open("/unit/filings")

    assert "名冊相符" in listed.text
    assert statements(lambda: browser.open("/unit/filings")) <= 8


# Changes ---------------------------------------------------------------------------------------------------------


def changed(client, **pages):
    """A change before the manager of its unit: (browser, its filing)."""
    built = certified_unit("enterprise", email="changes@unit.example")
    sent = filed(built)
    uploaded(built, verified(built, sent))
    new = changing.send(changing.change(sent, **pages), signed="person" in pages)
    who = Browser(client)
    who.come_as("changes@unit.example")
    return who, changing.filings_of(new)[0]


def test_change_shows_before_and_after_masked(client, db):
    who, filing = changed(client, licence={"licence_number": "440402199001019999", "licence_expiry": "2039-01-01"})

    listed = who.open("/unit/filings")
    page = who.open(f"/unit/filings/{filing.ref}")

    assert "更改現有登記，請核對前後" in listed.text
    text = re.sub(r"<[^>]+>", "", page.text)
    assert "更改前後" in text
    assert all(one in text for one in ("2032年5月20日", "2039年1月1日", "尾號0011", "尾號9999"))
    assert "440402199001019999" not in page.text


def test_move_shows_nothing_of_the_former_unit(client, db):
    here = certified_unit("enterprise", unit_name="橫琴舊單位有限公司")
    there = certified_unit("enterprise", email="changes@unit.example")
    sent = filed(here)
    uploaded(here, verified(here, sent))
    made = beginning.begin_move(changing.again(sent), there.unit, [one.ref for one in changing.in_force(sent)])
    drafts.save(made, drafts.answers_of(made) | {"belonging": {"unit_relation": "staff"}})
    moved = send(Draft.get_by_id(made.id))
    who = Browser(client)
    who.come_as("changes@unit.example")

    page = who.open(f"/unit/filings/{moved.filing.ref}")

    assert "由另一單位轉來" in page.text
    assert "更改前後" not in page.text
    assert here.unit.name not in page.text

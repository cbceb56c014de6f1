"""Acts on one filing: verify, return, refuse, undo, assign, as plain forms and as parts of the list."""

import re

import pytest

from tests.builders import filings as build
from tests.builders import units as build_units
from tests.builders.browser import Browser, errors
from tests.builders.verifying import MANAGER, htmx, page_of, post, state_of
from webapp.domain.filings import queries, verifying
from webapp.domain.filings.models import Filing
from webapp.domain.units import vehicles


@pytest.fixture
def unit(app):
    return build_units.certified_unit(email=MANAGER)


@pytest.fixture
def browser(client, unit):
    signed_in = Browser(client)
    signed_in.come_as(MANAGER)
    return signed_in


def test_verify_as_a_plain_form_leads_back_to_the_list_with_a_note(browser, unit):
    filing = build.filed(unit).filing

    answer = post(browser, f"{page_of(filing)}?state=all&q=x", {"act": "verify", "version": "1"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/unit/filings?state=all&q=x")
    assert state_of(filing) == "verified"
    assert "已驗核1份申報" in browser.open("/unit/filings").text


def test_verify_by_htmx_answers_the_row_the_chips_and_the_sentence(browser, unit):
    filing = build.filed(unit).filing

    part = post(browser, page_of(filing), {"act": "verify", "version": "1"}, headers=htmx(f"row-{filing.ref}"))

    assert part.status_code == 200
    assert part.text.lstrip().startswith(f'<li class="hq-work-row" id="row-{filing.ref}">')
    assert part.text.count('<li class="hq-work-row"') == 1
    assert 'data-say="已驗核1份申報"' in part.text
    assert part.text.count("data-focus") == 1
    assert '<div id="chips" hx-swap-oob="innerHTML">' in part.text
    # The bar too: nothing waits for verification any more, one filing for upload (and one notice is unread).
    bar = part.text.split('<ul id="bar" hx-swap-oob="innerHTML">')[1]
    assert re.findall(r">([^<]+) <span class=\"hq-count\">1</span>", bar) == ["上傳", "通知"]
    assert ("已驗核1" in part.text, "待驗核0" in part.text) == (True, True)


def test_one_key_serves_every_row_of_a_page(browser, unit):
    first, second = build.filed(unit).filing, build.filed(unit).filing

    for filing in (first, second, second):
        post(browser, page_of(filing), {"act": "verify", "version": "1", "submission_key": "the-same-key"})

    assert (state_of(first), state_of(second)) == ("verified", "verified")
    assert [step.action for step in queries.steps_of(second)] == ["submit", "verify"]


@pytest.mark.parametrize("part", [True, False])
def test_a_stale_act_answers_what_is_now_true_and_who_did_it(browser, unit, part):
    filing = build.filed(unit).filing
    colleague = build_units.member(unit, name="何嘉欣")
    verifying.verify(colleague, unit.unit.id, filing.ref, 1)
    headers = htmx(f"row-{filing.ref}") if part else None

    answer = post(browser, page_of(filing), {"act": "verify", "version": "1"}, headers=headers)

    assert answer.status_code == 409
    assert "何嘉欣已於" in answer.text
    assert "已驗核" in answer.text
    assert answer.text.lstrip().startswith("<li" if part else "<!doctype")


def test_return_with_every_reason_at_once(browser, unit):
    filing = build.filed(unit).filing
    fields = {"act": "return", "version": "1", "reason": ["plate:differs", "full_name:differs"], "note": "請帶證件"}

    answer = post(browser, page_of(filing), fields, page=page_of(filing))

    assert answer.status_code == 303
    assert Filing.get_by_id(filing.id).reasons == ["full_name:differs", "plate:differs"]
    page = browser.open(page_of(filing)).text
    assert ("姓名與證件不一致；車牌與行駛證不一致；請帶證件" in page, "周婉儀" in page) == (True, True)


@pytest.mark.parametrize("name", ["return", "refuse"])
def test_a_decision_without_reason_comes_back_with_what_was_typed(browser, unit, name):
    filing = build.filed(unit).filing

    answer = post(browser, page_of(filing), {"act": name, "version": "1", "note": "我的說明"}, page=page_of(filing))

    assert (answer.status_code, errors(answer)) == (422, ["請選擇最少一項原因，申報人會看到"])
    assert f'<a href="#{name}-reason">' in answer.text
    assert answer.text.count("我的說明") == 1
    assert answer.text.count('<details class="hq-details" open>') == 1
    assert state_of(filing) == "submitted"


@pytest.mark.parametrize("fields", [{}, {"act": "upload", "version": "1"}, {"act": "\x00", "version": "x" * 99}])
def test_an_unknown_act_changes_nothing(browser, unit, fields):
    filing = build.filed(unit).filing

    answer = post(browser, page_of(filing), fields)

    assert (answer.status_code, state_of(filing)) == (422, "submitted")


def test_undo_needs_a_reason_and_brings_it_back(browser, unit):
    filing = build.filed(unit).filing
    verifying.verify(unit.actor, unit.unit.id, filing.ref, 1)

    fields = {"act": "undo", "version": "2", "reason": "filing:by_mistake"}
    answer = post(browser, page_of(filing), fields, page=page_of(filing))

    assert (answer.status_code, state_of(filing)) == (303, "submitted")


def test_own_filing_is_for_a_colleague(browser, unit):
    build_units.member(unit)
    filing = build.filed(unit, email=MANAGER).filing

    page = browser.open(page_of(filing))
    answer = post(browser, page_of(filing), {"act": "verify", "version": "1"}, page=page_of(filing))
    row = post(browser, page_of(filing), {"act": "verify", "version": "1"}, headers=htmx(f"row-{filing.ref}"))

    assert ("由另一位同事處理" in page.text, 'name="act"' in page.text) == (True, False)
    assert (answer.status_code, row.status_code, state_of(filing)) == (403, 403, "submitted")
    assert "請由本單位另一位同事處理" in answer.text
    assert "請由本單位另一位同事處理" in row.text


def test_a_vehicle_is_assigned_from_the_register(browser, unit):
    vehicles.add(unit.actor, unit.unit.id, vehicles.NewVehicle("粤C·3KB19", "medium"), ("plate",))
    car = build.vehicle("unit", plate="", unit_assigns=True, size_class="")
    filing = build.filed(unit, relation="unit_driver", vehicles=[car]).filing
    path = f"{page_of(filing)}/vehicle"

    wrong = post(browser, path, {"version": "1", "plate": "粵C·00000"}, page=page_of(filing))
    right = post(browser, path, {"version": "1", "plate": "粵C3KB19"}, page=page_of(filing))
    late = post(browser, path, {"version": "1", "plate": "粵C3KB19"}, page=page_of(filing))

    assert (wrong.status_code, right.status_code, late.status_code) == (422, 303, 409)
    assert errors(wrong) == ["這個車牌不在單位車輛登記冊內。請先登記，或檢查車牌"]
    assert "粤C·3KB19" in browser.open(page_of(filing)).text

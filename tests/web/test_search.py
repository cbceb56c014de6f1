"""The search of the whole list on its pages, without script."""

from __future__ import annotations

import pytest

from tests.builders import accounts, filings
from tests.builders import units as build
from tests.builders.browser import Browser, errors, heading
from tests.builders.uploads import listed


@pytest.fixture
def officer(app) -> Browser:
    accounts.platform_staff("platform_officer", email="officer@staff.example")
    browser = Browser(app.test_client())
    browser.come_as("officer@staff.example")
    return browser


def asked(officer: Browser, kind: str, words: str) -> str:
    answer = officer.send("/platform/search", {"kind": kind, "words": words, "reason": "個案C-12"})
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_masked_until_opened_and_nothing_personal_in_addresses(app, officer):
    home = build.certified_unit(unit_name="橫琴海韻有限公司")
    entry = listed(home, who=filings.person(full_name="歐陽慧心"), vehicles=[filings.vehicle(plate="粵C·D54321")])
    waiting = filings.filed(home, who=filings.person(full_name="歐陽慧心"))
    page = asked(officer, "name", "歐陽慧心")
    assert [sign for sign in "慧%" if sign in page] == []

    shown = officer.open(page)
    assert "歐＊＊＊" in shown.text
    assert [word for word in ("慧心", "54321") if word in shown.text] == []
    where = f"{page}/entry/{entry.ref}"
    assert officer.open(where).status_code == 404
    assert officer.send(f"{where}/open", page=page).headers["Location"] == where
    opened = officer.open(where)
    assert (heading(opened), "個案C-12" in opened.text) == ("歐陽慧心", True)

    assert waiting.filing.ref in officer.open(f"{page}?in=filing").text
    there = f"{page}/filing/{waiting.filing.ref}"
    officer.send(f"{there}/open", page=page)
    assert officer.open(there).status_code == 200
    assert officer.send(f"{page}/entry/{'x' * 20}/open", page=page).status_code == 404
    assert officer.open(f"{page}?after=junk&in=%E4%BD%A0").status_code == 200
    assert "用姓名" in officer.open("/platform/search").text

    by_unit = officer.open(asked(officer, "unit", "海韻"))
    assert f"/platform/units/{home.unit.ref}" in by_unit.text
    assert "名單上沒有符合的登記" in officer.open(asked(officer, "plate", "粵C·D99999")).text

    other = Browser(app.test_client())
    accounts.platform_staff("platform_officer", email="second@staff.example")
    other.come_as("second@staff.example")
    assert other.open(page).status_code == 404
    assert other.open(where).status_code == 404


def test_refused_search_keeps_what_was_typed(officer):
    answer = officer.send("/platform/search", {"kind": "document", "words": "12", "reason": ""})
    assert answer.status_code == 422
    assert errors(answer) == ["請輸入完整的證件號碼", "請寫明查找的原因，例如個案編號"]
    assert 'value="12"' in answer.text
    assert officer.send("/platform/search", {"kind": "x"}).status_code == 422


def test_units_and_supervisors_do_not_search(app):
    build.certified_unit(email="manager@unit.example")
    accounts.platform_staff("supervisor", email="supervisor@staff.example")
    for mailbox in ("manager@unit.example", "supervisor@staff.example"):
        browser = Browser(app.test_client())
        browser.come_as(mailbox)
        assert browser.open("/platform/search").status_code == 403

"""Home, help, committees, contact, and the explanation of a code that does not open."""

from __future__ import annotations

import html
import re

import pytest

from tests.builders import units as build
from tests.builders.browser import Browser, errors, heading
from webapp.domain.units import codes, deciding, queries


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "申報、查詢和登記"),
        ("/help", "個人申報說明"),
        ("/help/units", "單位申報說明"),
        ("/committees", "社區居民委員會"),
        ("/privacy", "個人信息怎樣保護"),
        ("/accessibility", "無障礙說明"),
        ("/contact", "聯絡我們"),
        ("/register", "登記單位"),
    ],
)
def test_page_opens(client, path, title):
    page = client.get(path)

    assert (page.status_code, heading(page)) == (200, title)


@pytest.mark.parametrize(
    ("typed", "target"), [("demq-0001", "/q/DEMQ0001"), ("  DEMQ OOO1", "/q/DEMQ0001"), ("abc", "/q/ABC")]
)
def test_typed_code_leads_to_its_page(client, typed, target):
    answer = client.get("/code", query_string={"code": typed})

    assert (answer.status_code, answer.location) == (303, target)


@pytest.mark.parametrize("typed", ["", "單位", "a/b", "../x"])
def test_text_that_is_no_code_is_said_beside_the_field(client, typed):
    answer = client.get("/code", query_string={"code": typed})

    assert (answer.status_code, len(errors(answer))) == (422, 1)


def test_home_leads_to_everything(client):
    page = client.get("/").text

    for target in ("/find", "/register", "/signin", "/help", "/help/units", "/committees"):
        assert client.get(target).status_code == 200
        assert f'href="{target}"' in page
    assert 'action="/genuine"' in page


def test_committees_are_shown_with_telephone(client):
    build.certified_unit("resident", unit_name="橫琴海韻社區居民委員會", public_phone="0756 888 0000")

    page = client.get("/committees").text

    assert ("橫琴海韻社區居民委員會" in page, 'href="tel:07568880000"' in page) == (True, True)


def test_many_committees_are_found_by_name_and_turned_through(client, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    for name in ("橫琴海韻社區居民委員會", "橫琴荷塘社區居民委員會", "橫琴小橫琴社區居民委員會"):
        build.certified_unit("resident", unit_name=name)

    first, named = client.get("/committees").text, client.get("/committees?q=小橫").text
    following = client.get(html.unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])).text

    shown = [re.findall("橫琴(海韻|荷塘|小橫琴)社區居民委員會", page) for page in (first, following, named)]
    assert shown == [["海韻", "荷塘"], ["小橫琴"], ["小橫琴"]]
    assert "找不到這個名稱的居委會，或它現時不接受申報。" in client.get("/committees?q=無").text
    assert client.get("/committees?after=x").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/help\r\nX-Header: y",
        "javascript:1",
        "",
    ],
)
def test_large_text_goes_back_to_our_pages_only(client, target):
    answer = Browser(client).send("/large-text", {"switch_text": "large", "next": target})

    assert (answer.status_code, answer.location) == (303, "/")


def test_large_text_is_remembered(client):
    answer = Browser(client).send("/large-text", {"switch_text": "large", "next": "/help"})

    assert answer.location == "/help"
    assert 'class="hq-large"' in client.get("/help").text


def test_each_standing_of_a_code_is_explained(client):
    built = build.certified_unit(code="DEMQ0001")
    fresh = codes.rotate(built.actor, built.unit.id, "DEMQ0001")["code"]
    pages = {"rotated": client.get("/q/DEMQ0001")}
    codes.revoke(built.actor, built.unit.id, fresh)
    pages["revoked"] = client.get(f"/q/{fresh}")
    codes.rotate(built.actor, built.unit.id, "")
    unit = queries.by_id(built.unit.id)
    deciding.suspend(build.platform_actor(), unit.id, ["unit:misuse"], "", unit.version)
    pages["suspended"] = client.get("/q/DEMQ0001")
    pages["unknown"] = client.get("/q/ZZZZZZZZ")
    pages["mistyped"] = client.get("/q/DEMQ")

    assert {name: (page.status_code, heading(page)) for name, page in pages.items()} == {
        "rotated": (410, "這個二維碼已經換新"),
        "revoked": (410, "這個二維碼已經停用"),
        "suspended": (409, "單位暫時不接受申報"),
        "unknown": (404, "找不到這個二維碼編號"),
        "mistyped": (404, "二維碼編號不完整"),
    }
    # Who has begun may go on, but not while the unit is suspended.
    goes_on, waits = (
        "已經開始填寫的申報，用原來的連結可以繼續。",
        "已經開始填寫的內容會保留，單位恢復後用原來的連結可以繼續。",
    )
    assert [name for name, page in pages.items() if goes_on in page.text] == ["rotated", "revoked"]
    assert [name for name, page in pages.items() if waits in page.text] == ["suspended"]


def test_code_of_a_full_day_is_explained(client):
    built = build.certified_unit(code="DEMQ0001")
    codes.set_ceiling(built.actor, built.unit.id, 1)

    assert Browser(client).send("/q/DEMQ0001", page="/q/DEMQ0001").status_code == 303
    assert [client.get("/q/DEMQ0001").status_code for _each in range(2)] == [429, 429]

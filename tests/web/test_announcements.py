"""Announcements on the pages of officers, units and everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import accounts, filings
from tests.builders import units as build
from tests.builders.browser import Browser, errors
from tests.builders.delivery import drain
from webapp import clock
from webapp.domain.announcements.models import Announcement
from webapp.domain.jobs.models import RECORDS

NEW = "/platform/announcements/new"


@pytest.fixture
def officer(app) -> Browser:
    accounts.platform_staff("platform_officer", email="officer@staff.example")
    browser = Browser(app.test_client())
    browser.come_as("officer@staff.example")
    return browser


def typed(**changes: str) -> dict[str, str]:
    fields = {
        "audience": "everybody",
        "title_zh_Hant_MO": "颱風期間暫停服務",
        "body_zh_Hant_MO": "櫃檯今日不開放。\n<b>不便之處請見諒</b>",
        "title_zh_Hans_CN": "台风期间暂停服务",
        "body_zh_Hans_CN": "柜台今日不开放。",
        "shown_until": (clock.today() + timedelta(days=2)).isoformat(),
    }
    return fields | changes


def test_from_form_to_units_and_public_pages(db, app, officer):
    home = build.certified_unit(email="manager@unit.example")
    filed = filings.filed(home)
    where = officer.send(NEW, typed()).headers["Location"]
    preview = officer.open(where).text
    assert "&lt;b&gt;不便" in preview
    assert "颱風" not in app.test_client().get("/").text
    assert officer.send(f"{where}/send", page=where).headers["Location"] == where
    drain(db, RECORDS)

    assert "颱風期間暫停服務" in app.test_client().get("/").text
    assert "台风期间暂停服务" in app.test_client().get("/?lang=zh-Hans").text
    manager = Browser(app.test_client())
    manager.come_as("manager@unit.example")
    assert "櫃檯今日不開放。" in manager.open("/unit/notices").text
    assert filed.token
    assert officer.send(f"{where}/recall", page=where).status_code == 409
    assert officer.send(f"{where}/hide", page=where).status_code == 303
    assert "颱風" not in app.test_client().get("/").text
    assert "颱風期間暫停服務" in officer.open("/platform/announcements?before=x").text


def test_refused_keeps_what_was_typed_and_drafts_are_dropped(officer):
    wrong = officer.send(NEW, typed(title_zh_Hans_CN="", shown_until="", title_pt="Só título"))
    assert (wrong.status_code, errors(wrong)[:2]) == (
        422,
        ["標題（简体）：請填寫這一項", "內容（Português）：請填寫這一項"],
    )
    assert "櫃檯今日不開放。" in wrong.text
    where = officer.send(NEW, typed(audience="social")).headers["Location"]
    assert officer.send(f"{where}/drop", page=where).headers["Location"] == "/platform/announcements"
    assert officer.send(f"{where}/send", page=where).status_code == 409
    assert Announcement.get().state == "dropped"
    assert officer.open("/platform/announcements/x").status_code == 404


def test_only_officers(app):
    accounts.platform_staff("supervisor", email="supervisor@staff.example")
    other = Browser(app.test_client())
    other.come_as("supervisor@staff.example")
    assert other.open("/platform/announcements").status_code == 403

"""Re-verification through the pages of a unit and of the platform, without script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.builders import accounts
from tests.builders import units as build
from tests.builders.browser import Browser, errors, heading
from tests.builders.uploads import listed
from webapp import clock
from webapp.domain.campaigns import queries
from webapp.domain.campaigns.models import Campaign

EMAIL = "manager@unit.example"
START = "/unit/campaigns/new"


@pytest.fixture
def unit(db):
    return build.certified_unit(email=EMAIL)


@pytest.fixture
def manager(app, unit) -> Browser:
    browser = Browser(app.test_client())
    browser.come_as(EMAIL)
    return browser


def day(count: int = 30) -> str:
    return (clock.today() + timedelta(days=count)).isoformat()


def begun(browser: Browser) -> str:
    return browser.send(START, {"due_on": day()}).headers["Location"]


def rows(answer) -> list[str]:
    return re.findall(r'id="row-([a-z0-9]+)"', answer.text)


def test_start_confirm_one_then_everybody(manager, unit):
    entries = [listed(unit) for _ in range(3)]
    page = begun(manager)
    assert set(rows(manager.open(page))) == {entry.ref for entry in entries}

    ticked = manager.send(f"{page}/confirm", {"row": f"{entries[0].ref}:1"}, page=page)
    assert (ticked.status_code, ticked.headers["Location"]) == (303, page)
    assert "已確認1項。" in manager.open(page).text
    assert rows(manager.open(f"{page}?which=confirmed")) == [entries[0].ref]

    asked = manager.send(f"{page}/confirm", {"everything": "yes"}, page=page)
    assert heading(asked) == "確認全部2項？"
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', asked.text)[1]
    whole = {"everything": "yes", "expected": "2", "digest": digest}
    assert manager.send(f"{page}/confirm", whole, page=page).status_code == 303
    assert rows(manager.open(page)) == []
    again = manager.send(f"{page}/confirm", whole, page=page)
    assert (again.status_code, len(errors(again))) == (409, 1)


def test_refusals_keep_what_was_typed(manager, unit):
    nobody = manager.send(START, {"due_on": day()})
    assert (nobody.status_code, errors(nobody)) == (409, ["名單上還沒有人，不用核對"])
    listed(unit)
    assert errors(manager.send(START, {"due_on": ""})) == ["請填寫最後一天"]
    soon = manager.send(START, {"due_on": day(3)})
    assert (soon.status_code, errors(soon)) == (422, ["最後一天要在21天以後，讓單位和本人有時間處理"])
    assert f'value="{day(3)}"' in soon.text
    page = begun(manager)
    assert manager.send(START, {"due_on": day()}).status_code == 409
    none = manager.send(f"{page}/confirm", {}, page=page)
    assert (none.status_code, errors(none)) == (422, ["請先選取要確認的人"])
    for junk in ({"row": "x"}, {"row": "a:b"}, {"everything": "yes", "expected": "9" * 40, "digest": "x"}):
        assert manager.send(f"{page}/confirm", junk, page=page).status_code in (409, 422)
    assert manager.open(f"{page}?after=x&which=%00&q={'長' * 300}").status_code in (200, 404)


def test_cancel_asks_first_and_is_refused_when_stale(manager, unit):
    listed(unit)
    page = begun(manager)
    assert heading(manager.open(f"{page}/cancel")) == "取消這次核對？"

    assert manager.send(f"{page}/cancel", {"version": "7"}).status_code == 409
    assert manager.send(f"{page}/cancel").headers["Location"] == "/unit/campaigns"

    assert Campaign.get().state == "cancelled"
    assert manager.send(f"{page}/cancel", page=page).status_code == 409


def test_who_has_left_is_removed_from_the_same_ticks(manager, unit):
    stays, left = listed(unit), listed(unit)
    page = begun(manager)
    assert 'formaction="/unit/list/remove"' in manager.open(page).text

    asked = manager.send("/unit/list/remove", {"row": f"{left.ref}:1", "act": "confirm"}, page=page)
    assert heading(asked) == "把1項移出名單？"
    manager.send("/unit/list/removed", {"row": f"{left.ref}:1", "cause": "left_unit"}, page=page)

    assert rows(manager.open(page)) == [stays.ref]


def test_verifier_confirms_but_does_not_start(app, unit, manager):
    entry = listed(unit)
    page = begun(manager)
    build.member(unit, email="verifier@unit.example")
    clerk = Browser(app.test_client())
    clerk.come_as("verifier@unit.example")

    assert clerk.open(START).status_code == 403
    assert clerk.send(f"{page}/confirm", {"row": f"{entry.ref}:1"}, page=page).status_code == 303
    assert "核對名單，還有" not in clerk.open("/unit/list").text


def test_platform_previews_starts_follows_and_cancels(app, unit, manager):
    accounts.platform_staff("platform_officer", email="officer@staff.example")
    officer = Browser(app.test_client())
    officer.come_as("officer@staff.example")
    entry = listed(unit)
    typed = {"unit_class": "enterprise", "due_on": day()}

    preview = officer.send("/platform/campaigns/new", typed | {"act": "preview"})
    assert "涉及1個單位，1項登記。" in preview.text
    assert Campaign.select().count() == 0
    bad = officer.send("/platform/campaigns/new", typed | {"act": "preview", "due_on": "x"})
    assert bad.status_code == 422
    page = officer.send("/platform/campaigns/new", typed | {"act": "start"}).headers["Location"]
    assert officer.send("/platform/campaigns/new", typed | {"act": "start"}).status_code == 409
    assert unit.unit.name in officer.open(page).text

    mine = f"/unit/campaigns/{page.rsplit('/', 1)[1]}"
    assert rows(manager.open(mine)) == [entry.ref]
    assert manager.send(f"{mine}/cancel", page="/unit/campaigns").status_code == 404
    manager.send(f"{mine}/confirm", {"row": f"{entry.ref}:1"}, page=mine)
    assert queries.progress(Campaign.get().id).confirmed == 1
    assert "已確認1 / 1" in officer.open("/platform/campaigns").text
    assert officer.send(f"{page}/cancel").headers["Location"] == page
    assert "已取消" in officer.open(page).text

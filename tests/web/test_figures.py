"""Figures on pages: officers see all, supervisors their classes without small numbers."""

from __future__ import annotations

import re

import pytest

from tests.builders import accounts, filings
from tests.builders import units as build
from tests.builders.browser import Browser
from tests.builders.uploads import listed
from webapp.domain.figures import counting


@pytest.fixture
def world(app):
    home = build.certified_unit(unit_name="橫琴待驗核有限公司")
    listed(home)
    for _ in range(5):
        filings.filed(home)
    committee = build.certified_unit("resident", unit_name="橫琴示範居委會")
    filings.filed(committee)
    counting.keep()
    for role in ("platform_officer", "supervisor", "system_admin"):
        accounts.platform_staff(role, email=f"{role.replace('_', '-')}@staff.example")
    return app


def signed_in(app, role: str) -> Browser:
    browser = Browser(app.test_client())
    browser.come_as(f"{role.replace('_', '-')}@staff.example")
    return browser


def test_officer_drills_down(world):
    officer = signed_in(world, "platform_officer")
    page = officer.open("/platform/figures").text
    assert "橫琴待驗核有限公司" in page
    assert "不顯示" not in page
    below = officer.open("/platform/figures/enterprise").text
    assert "每日申報和上傳" in below
    # Charts print, so the table beside them is open.
    assert [re.findall(r"<details[^>]*>", one) for one in (page, below)] == [['<details class="hq-details" open>']] * 2
    further = re.search(r'href="(/platform/units\?[^"]*)"', below.replace("&amp;", "&"))
    listed_there = officer.open(further[1]).text.partition("<table")[2]
    assert ("橫琴待驗核有限公司" in listed_there, "橫琴示範居委會" in listed_there) == (True, False)
    assert officer.open("/platform/figures/nothing").status_code == 404


def test_supervisor_sees_what_was_granted_and_no_small_numbers(world):
    supervisor, keeper = signed_in(world, "supervisor"), signed_in(world, "system_admin")
    assert "還沒有可看的類別" in supervisor.open("/platform/figures").text
    assert supervisor.open("/platform/figures/enterprise").status_code == 404

    from webapp.domain.accounts import queries

    where = f"/platform/accounts/{queries.by_email('supervisor@staff.example').ref}"
    assert keeper.send(f"{where}/classes", {"classes": ["enterprise"]}, page=where).headers["Location"] == where
    assert "可看的類別已更改" in keeper.open(where).text
    assert keeper.send(f"{where}/classes", {"classes": ["enterprise"], "version": "1"}, page=where).status_code == 409

    page = supervisor.open("/platform/figures").text
    assert "少於5的人數，和可以由此推算的數字，不顯示" in page
    assert "社區居民委員會" not in page
    below = supervisor.open("/platform/figures/enterprise").text
    assert "少於5的人數" in below
    # What is hidden so that another cannot be worked out need not be below five.
    assert "不顯示" in below.partition("<h1")[2]
    assert "橫琴待驗核有限公司" in below
    assert supervisor.open("/platform/figures/resident").status_code == 404
    other = f"/platform/accounts/{queries.by_email('platform-officer@staff.example').ref}"
    assert keeper.send(f"{other}/classes", {"classes": ["organ"]}, page=other).status_code == 422


def test_a_class_without_anything_says_so(world):
    page = signed_in(world, "platform_officer").open("/platform/figures/social").text
    assert [words in page for words in ("沒有單位。", "沒有登記或申報。", "過去30天沒有申報")] == [True] * 3
    assert "過去30天沒有驗核、退回或不予受理。" in page
    # Neither a chart nor a table of noughts, on screen or on paper; the units alone have a table, once there are any.
    assert [page.count(part) for part in ("<table", "hq-chart", "hq-meter")] == [0, 0, 0]


def test_before_the_first_count(app):
    accounts.platform_staff("platform_officer", email="platform-officer@staff.example")
    assert "每10分鐘統計一次" in signed_in(app, "platform_officer").open("/platform/figures").text

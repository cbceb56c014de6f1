"""Every page and error state of staff once, as tests/journeys/test_accessibility.py looks at those of people."""

from __future__ import annotations

import email
import email.policy
import re
import time
from pathlib import Path

import pytest

from tests.journeys import screens
from tests.journeys.inspecting import Inspector
from tests.journeys.screens import choose, press, submit


def test_unit_pages(inspector):
    look = inspector("desktop")
    page = screens.sign_in(look.page, "committee@demo.test")

    for path in (
        "/unit",
        "/unit/filings",
        "/unit/filings?q=nobody",
        "/unit/filings?state=verified",
        "/unit/filings?state=all",
    ):
        look.at(path)
    page.goto("/unit/filings?q=石婉華")
    look.after("filing", lambda: screens.follow(page, "石婉華"))
    page.get_by_text("退回補正", exact=True).click()
    look.after("return refused", lambda: press(page, "退回這份申報"), 422)
    look.after("numbers", lambda: (page.select_option("#purpose", "comparing"), press(page, "顯示完整號碼")))
    page.goto("/unit/filings")
    press(page, "選取本頁")
    look.after("bulk refusal, confirm", lambda: press(page, "不予受理"))
    look.after("bulk refusal refused", lambda: page.locator("main form button[type=submit]").last.click(), 422)
    page.goto("/unit/filings")
    press(page, "選取本頁")
    look.after("bulk verification, confirm", lambda: page.locator("[data-act]").click())
    look.after("bulk verification, result", lambda: submit(page))
    for path in (
        "/unit/code",
        "/unit/code/poster",
        "/unit/code/rotate",
        "/unit/code/revoke",
        "/unit/vehicles",
        "/unit/team",
    ):
        look.at(path)
    look.at("/unit/team/invite")
    look.after("invite refused", lambda: submit(page), 422)
    page.locator("#email").fill("another@unit.example")
    choose(page, "驗核員")
    look.after("/unit/team with an invitation", lambda: submit(page))
    look.after("invitation", lambda: screens.follow(page, "示範系統：開啟邀請連結"))
    for path in ("/unit/standing", "/unit/standing/contact", "/unit/notices", "/account"):
        look.at(path)

    assert look.report() == ""


def test_uploads_and_list_in_force(inspector):
    look = inspector("desktop")
    page = screens.sign_in(look.page, "enterprise@demo.test")

    look.at("/unit/uploads")
    look.at("/unit/uploads/new")
    look.after("upload, sign", lambda: page.locator("form.hq-buttons button").first.click())
    page.locator("[name=signed_name]").fill("")
    look.after("upload, sign refused", lambda: submit(page), 422)
    choose(page, "我代表單位作出以上承諾")
    page.locator("[name=signed_name]").fill("示範專人梁子軒")
    choose(page, "以上面的姓名簽署")
    look.after("upload, result", lambda: submit(page))
    upload = page.url
    look.at(f"{upload}/lines")
    look.at(f"{upload}/pledge")
    for path in ("/unit/uploads", "/unit/list", "/unit/list?state=suspended", "/unit/list?state=removed"):
        look.at(path)
    page.goto("/unit/list")
    look.after("entry", lambda: screens.follow(page, "鍾子晴"))
    look.after("remove", lambda: screens.follow(page, "移出這一項"))
    look.after("remove refused", lambda: press(page, "移出名單"), 422)
    choose(page, "已離開單位或已遷離社區")
    look.after("entry, removed", lambda: press(page, "移出名單"))
    look.at("/unit/vehicles")
    look.at("/unit/vehicles/add")
    look.after("vehicle refused", lambda: submit(page), 422)
    look.at("/unit/vehicles/import")
    look.after("import refused", lambda: submit(page), 422)

    assert look.report() == ""


@pytest.mark.parametrize("email", ["bureau@demo.test", "society@demo.test", "depot@demo.test"])
def test_units_not_in_order(inspector, email):
    look = inspector("desktop")
    page = screens.sign_in(look.page, email)

    look.at("/unit/standing")
    if email == "society@demo.test":
        look.at("/unit/standing/correct")
        page.locator("#unit_name").fill("")
        look.after("correct refused", lambda: submit(page), 422)

    assert look.report() == ""


def test_platform_pages(inspector):
    look = inspector("desktop")
    page = screens.sign_in(look.page, "platform@demo.test")

    look.at("/platform/units")
    look.after("unit, pending", lambda: screens.follow(page, "合作區示範事務中心"))
    where = page.url
    for deed in ("return", "refuse"):
        look.at(f"{where}/{deed}")
        look.after(f"{deed} refused", lambda: page.locator("main button[type=submit]").last.click(), 422)
    page.goto("/platform/units?state=suspended")
    look.after("unit, suspended", lambda: screens.follow(page, "橫琴示範物業管理有限公司"))
    look.at(f"{page.url}/reinstate")
    look.at("/platform/notices")

    assert look.report() == ""


def test_what_a_unit_manages(inspector):
    look = inspector("desktop")
    page = screens.sign_in(look.page, "enterprise@demo.test")

    for path in ("/unit/roster", "/unit/roster/left", "/unit/campaigns", "/unit/cases"):
        look.at(path)
    for path in ("/unit/standing/change", "/unit/standing/hand-over", "/unit/campaigns/new", "/unit/cases/new"):
        look.at(path)
        look.after(f"{path} refused", lambda: page.locator("main form button[type=submit]").last.click(), 422)
    look.at("/unit/standing/close")
    look.at("/unit/list/export")
    look.after("export refused", lambda: submit(page), 422)
    page.goto("/unit/list")
    look.after("leavers", lambda: screens.follow(page, "用檔案移出離開的人"))
    look.after("leavers refused", lambda: submit(page), 422)

    assert look.report() == ""


def test_what_the_platform_decides(inspector):
    look = inspector("desktop")
    page = screens.sign_in(look.page, "platform@demo.test")

    for path in (
        "/platform/proposals",
        "/platform/sanctions?state=confirmed",
        "/platform/cases",
        "/platform/campaigns",
    ):
        look.at(path)
        links = page.locator("main table a")
        if links.count():
            look.after(f"{path}, one", lambda links=links: links.first.click())
    for path in ("/platform/sanctions/new", "/platform/sanctions/import", "/platform/campaigns/new"):
        look.at(path)
        look.after(f"{path} refused", lambda: submit(page), 422)

    assert look.report() == ""


def test_pages_of_administrators(inspector):
    look = inspector("desktop")
    page = screens.sign_in(look.page, "auditor@demo.test")
    look.at("/platform/audit")
    page.locator("main table a").first.click()
    look.look("act")

    other = inspector("desktop")
    screens.sign_in(other.page, "sysadmin@demo.test")
    other.at("/platform/accounts")
    other.at("/platform/accounts/invite")
    other.after("invite refused", lambda: submit(other.page), 422)
    last = inspector("desktop")
    screens.sign_in(last.page, "secadmin@demo.test")
    last.at("/platform/unlock")

    assert look.report() + other.report() + last.report() == ""


def test_confirmations_and_limits(inspector):
    look = inspector("desktop")
    page = screens.sign_in(look.page, "enterprise@demo.test")
    look.at("/units")
    for path in ("/unit/vehicles", "/unit/team"):
        page.goto(path)
        ends = page.locator("main a[href$='/end']")
        if ends.count():
            look.after(f"{path}, end", lambda ends=ends: ends.first.click())
    page.goto("/unit/list")
    press(page, "選取本頁")
    look.after("bulk removal, confirm", lambda: page.locator("[data-act]").click())
    look.after("bulk removal, refused", lambda: page.locator("main form button[type=submit]").last.click(), 422)
    choose(page, "已離開單位或已遷離社區")
    look.after("bulk removal, result", lambda: page.locator("main form button[type=submit]").last.click())

    held = inspector("desktop")
    screens.sign_in(held.page, "depot@demo.test")
    held.page.goto("/unit/code")
    code = held.page.locator("main .hq-code").first.inner_text()
    stranger = inspector()
    stranger.at(f"/q/{code}", 409)
    stranger.at("/invitation/nothing", 404)
    stranger.at("/password/nothing", 404)
    stranger.page.goto("/password/forgotten")
    for _ in range(5):
        stranger.page.locator("#email").fill("somebody@unit.example")
        submit(stranger.page)
        stranger.page.goto("/password/forgotten")
    stranger.page.locator("#email").fill("somebody@unit.example")
    stranger.after("too many", lambda: submit(stranger.page), 429)

    assert look.report() + held.report() + stranger.report() == ""


def test_new_password_by_a_live_link(working_system, visit):
    look = Inspector(visit(working_system.address, "phone"))
    look.page.goto("/password/forgotten")
    look.page.locator("#email").fill("verifier@demo.test")
    look.after("/password/sent", lambda: submit(look.page))

    look.at(link_mailed(working_system.log.parent / "mail"))
    look.after("new password refused", lambda: submit(look.page), 422)
    look.page.locator("[name=password]").fill("Reader-of-2026-x")
    look.after("new password set", lambda: submit(look.page))

    assert look.report() == ""


def link_mailed(folder: Path) -> str:
    """The address of the new-password page that the worker mails, within a few seconds."""
    for _ in range(100):
        for path in folder.glob("*.eml"):
            said = email.message_from_bytes(path.read_bytes(), policy=email.policy.default).get_content()
            if found := re.search(r"/password/[A-Za-z0-9_-]{20,}", said):
                return found[0]
        time.sleep(0.1)
    raise AssertionError("no mail with a link came")

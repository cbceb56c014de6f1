"""A unit confirms its list at the desk: started, ticked, one by one, the rest at once; the platform follows."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.journeys import screens
from tests.journeys.screens import press

DAY = (date.today() + timedelta(days=40)).isoformat()


def test_unit_confirms_its_list_and_the_platform_follows(system, visit):
    desk = screens.sign_in(visit(system.address, "desktop"), "platform@demo.test")
    desk.goto("/platform/campaigns/new")
    desk.get_by_label("核對哪些單位").select_option("resident")
    desk.get_by_label("最後一天").fill(DAY)
    press(desk, "先看涉及多少")
    expect(desk.locator("#preview")).to_contain_text("涉及1個單位")
    press(desk, "開始核對")
    expect(desk.locator("h1")).to_contain_text("核對名單，最後一天")

    page = screens.sign_in(visit(system.address, "desktop"), "committee@demo.test")
    page.goto("/unit/list")
    page.get_by_role("link", name="核對名單，還有").click()
    page.locator("td a, th a").first.click()
    waiting = page.locator(".hq-work-row")
    many = waiting.count()
    assert many > 2
    first = waiting.first.locator(".hq-work-name").inner_text()
    waiting.first.get_by_role("button", name="確認").click()
    expect(page.get_by_text("已確認1項。")).to_be_visible()
    expect(page.locator(".hq-work-row", has_text=first)).to_have_count(0)

    page.locator(".hq-work-row input[type=checkbox]").first.check()
    page.get_by_role("button", name="確認已選的1項").click()
    expect(page.get_by_text("已確認1項。")).to_be_visible()
    page.get_by_role("button", name="一次確認全部").click()
    expect(page.locator("h1")).to_contain_text("確認全部")
    page.get_by_role("button", name=f"確認{many - 2}項").click()
    expect(page.get_by_text("沒有待確認的人。")).to_be_visible()

    desk.reload()
    expect(desk.locator("#progress")).to_contain_text("/")
    expect(desk.get_by_text("期限未到").first).to_be_visible()

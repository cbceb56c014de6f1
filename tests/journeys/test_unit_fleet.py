"""A unit's vehicles at a desk in a browser, with script and without: assigned to people of the unit, another plate for
all who drive it, taken from a driver, retired."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import screens
from tests.journeys.screens import at, choose, follow, press

#: A vehicle of its own for each run, and who gets it.
RUNS = {True: ("粤C·V2601", "粤C·V2611", ("余佩珊", "譚耀宗")), False: ("粤C·V2602", "粤C·V2612", ("曾慶生", "仇念慈"))}


def ticked(page: Page, name: str) -> None:
    page.locator(".hq-work-row", has_text=name).get_by_role("checkbox").check()


def uploaded(page: Page) -> None:
    page.goto("/unit/uploads/new")
    page.locator("form.hq-buttons button").first.click()
    choose(page, "我代表單位作出以上承諾")
    page.locator("[name=signed_name]").fill("示範專人梁子軒")
    choose(page, "以上面的姓名簽署")
    page.locator("main form button[type=submit]:not(.hq-button-second)").first.click()
    expect(page.locator("main")).to_contain_text("已列入名單")


def plates_of(page: Page, name: str) -> str:
    page.goto(f"/unit/list?q={name}")
    return page.inner_text("main")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_assigned_another_plate_and_retired(system, visit, script):
    before, after, names = RUNS[script]
    page = screens.sign_in(visit(system.address, "desktop", script=script), "enterprise@demo.test")
    page.goto("/unit/vehicles/add")
    page.get_by_label("車牌號碼").fill(before)
    choose(page, "小型車")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("車輛已加入登記。")).to_be_visible()

    follow(page, before)
    follow(page, "指派駕駛員")
    for name in names:
        ticked(page, name)
    page.locator("button[name=act][value=assign]").click()
    expect(page.get_by_text("已指派2項，上傳後生效。駕駛員會收到通知。")).to_be_visible()
    where = page.url
    uploaded(page)
    page.goto(where)
    expect(page.get_by_role("heading", name="這輛車的駕駛員（2人）")).to_be_visible()

    follow(page, "換車牌")
    page.get_by_label("新車牌").fill("不是車牌")
    press(page, "更換車牌")
    expect(page.locator("#error-summary a")).to_have_count(1)
    page.get_by_label("新車牌").fill(after)
    press(page, "更換車牌")
    expect(page.get_by_text("車牌已更換，2名駕駛員的登記一併更新，他們會收到通知。")).to_be_visible()
    for name in names:
        shown = plates_of(page, name)
        assert after in shown
        assert before not in shown

    page.goto(where)
    page.get_by_role("link", name="停止指派").first.click()
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("已停止指派，登記已移出名單。駕駛員會收到通知。")).to_be_visible()
    follow(page, "停用")
    at(page, "停用這輛車？")
    press(page, "停用這輛車")
    expect(page.get_by_text("車輛已停用，移出1項登記，1人會收到通知。")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(after)
    for name in names:
        shown = plates_of(page, name)
        assert after not in shown  # what they drive besides stays
        assert "名單內" in shown

"""Officers at their desk: a legal text changed by two, read by a person; hours previewed; a search with its reason."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import screens
from tests.journeys.screens import at, choose, follow, press
from webapp import clock


def test_two_officers_change_what_people_read(working_system, visit):
    address = working_system.address
    first = screens.sign_in(visit(address, "desktop"), "platform@demo.test")
    first.goto("/platform/texts")
    follow(first, "不免檢的說明")
    follow(first, "修改")
    first.locator("#title_zh_Hant_MO").fill("列入名單，仍要接受查驗")
    first.locator("#effective_on").fill(clock.today().isoformat())
    press(first, "預覽和比較")
    at(first, "不免檢的說明，第2版")
    expect(first.locator("ins")).to_have_text("列入名單，仍要接受查驗")
    press(first, "提出給另一位確認")
    expect(first.get_by_role("button", name="確認這個版本")).to_have_count(0)

    second = screens.sign_in(visit(address, "phone", script=False), "platform2@demo.test")
    second.goto("/platform/texts")
    follow(second, "等另一位確認")
    press(second, "確認這個版本")

    reader = visit(address, "phone")
    reader.goto("/q/DEMQ0001")
    expect(reader.get_by_text("列入名單，仍要接受查驗")).to_be_visible()

    first.goto("/platform/search")
    choose(first, "單位")
    first.locator("#words").fill("社區")
    first.locator("#reason").fill("來信2026-88")
    press(first, "查找")
    at(first, "用單位查找的結果")
    first.get_by_role("button", name="開啟").first.click()
    expect(first.get_by_text("這次開啟已記錄，原因：來信2026-88")).to_be_visible()

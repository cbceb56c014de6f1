"""Owner and second driver find each other by a link, on the phone, each way, with and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people, screens
from tests.journeys.screens import at, choose, follow, press

COMMITTEE, ENTERPRISE = "DEMQ0001", "DEMQ0002"
BOTH = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


def link(page: Page) -> str:
    """The link that stands beside its QR code."""
    expect(page.locator("svg.hq-qr")).to_be_visible()
    return page.locator("a[href*='/i/']").get_attribute("href")


@BOTH
def test_the_owner_invites_and_nothing_waits(system, visit, script):
    owner, second = visit(system.address, script=script), visit(system.address, script=script)
    host = people.resident("尹秀珍")
    screens.file_with(owner, COMMITTEE, host)
    screens.open_status(owner, host)
    follow(owner, "這輛車的第二名駕駛員")
    screens.prove_phone(owner)
    press(owner, "邀請第二名駕駛員")
    at(owner, "這輛車的第二名駕駛員")

    second.goto(link(owner))
    at(second, "車主邀請你駕駛他的車")
    assert "尹秀珍" not in second.inner_text("main")
    second.locator("#code").fill(ENTERPRISE)
    press(second, "下一步")
    at(second, "這是你的單位嗎？")
    press(second, "是，開始申報")
    driver = people.staff("歐陽信")
    screens.answer_until(second, "你駕駛哪輛車？", driver)
    # Shown as on the plate itself.
    assert host["plate"].replace("粵", "粤") in second.inner_text("main")
    expect(second.locator("#plate, [name=owner_name]")).to_have_count(0)
    screens.answer_until(second, "核對、承諾並簽署", driver)
    screens.answer(second, driver)
    at(second, "申報已提交")

    screens.open_status(second, driver)
    assert second.locator(".hq-answer-words").inner_text().strip() == "等待單位驗核"
    owner.reload()
    expect(owner.get_by_text("歐＊＊")).to_be_visible()
    follow(owner, "取消這名駕駛員")
    press(owner, "取消他")
    second.reload()
    assert second.locator(".hq-answer-words").inner_text().strip() == "申報已結束"


@BOTH
def test_the_second_driver_asks_by_a_link(system, visit, script):
    owner, second = visit(system.address, script=script), visit(system.address, script=script)
    host = people.resident("施安琪")
    screens.file_with(owner, COMMITTEE, host)
    status = screens.open_status(owner, host)
    # The end of the number is given wrongly: the link finds the owner all the same.
    driver = people.staff("歐陽禮", plate=host["plate"], is_owner="no", owner_name="施安琪", owner_id_tail="0000")
    screens.file_with(second, ENTERPRISE, driver)
    screens.open_status(second, driver)
    follow(second, "把連結給車主")

    owner.goto(link(second))
    at(owner, "有人請你同意他駕駛你的車")
    assert "歐陽禮" not in owner.inner_text("main")
    owner.goto(status)
    follow(owner, "看看是誰並答覆")
    screens.prove_phone(owner)
    expect(owner.get_by_text("歐陽禮")).to_be_visible()
    choose(owner, "同意，他是這輛車的第二名駕駛員")
    press(owner, "答覆")
    expect(owner.get_by_text("已回覆：同意。已通知對方。")).to_be_visible()

    follow(second, "申報進度")
    assert second.locator(".hq-answer-words").inner_text().strip() == "等待單位驗核"

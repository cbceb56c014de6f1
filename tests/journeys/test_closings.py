"""A unit is deregistered by two officers at their desks; a person of it is offered another one on the phone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import people, screens
from tests.journeys.screens import at, follow, press


def test_deregistered_by_two_officers_and_offered_another_unit(working_system, visit):
    address = working_system.address
    person, first, second = visit(address), visit(address, "desktop"), visit(address, "desktop")
    driver = people.staff("馮若蘭")
    screens.file_with(person, "DEMQ0002", driver)
    status = screens.open_status(person, driver)

    screens.sign_in(first, "platform@demo.test")
    first.goto("/platform/units?state=certified&class=enterprise&q=琴澳示範")
    first.locator("table a").first.click()
    follow(first, "提出註銷")
    at(first, "提出註銷單位")
    first.get_by_text("單位已解散或結業", exact=True).click()
    press(first, "提出註銷")
    expect(first.get_by_text("要由另一位名單管理員確認，確認前一切照舊。")).to_be_visible()

    screens.sign_in(second, "platform2@demo.test")
    second.goto("/platform/proposals")
    follow(second, "琴澳示範科技有限公司")
    press(second, "確認註銷")
    expect(second.get_by_text("已經完成")).to_be_visible()

    person.goto(status)
    expect(person.locator(".hq-answer-words")).to_contain_text("申報已結束")
    expect(person.get_by_text("經另一單位辦理", exact=True)).to_be_visible()
    # The worker tells everybody while the page is open.
    total = second.locator("#told progress").get_attribute("max")
    expect(second.locator("#told span")).to_have_text(f"{total} / {total}", timeout=60_000)

"""A unit is deregistered by two officers at their desks; its people are offered another one on the phone, or go along
to a successor, or do not."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import people, running, screens
from tests.journeys.screens import at, follow, press
from webapp.cli.demo import cast


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


def test_people_go_along_to_a_successor_and_one_does_not(world, working_system, visit):
    address, links = working_system.address, running.private_links(world)
    first, second = visit(address, "desktop"), visit(address, "desktop")
    screens.sign_in(first, "platform@demo.test")
    first.goto("/platform/units?state=certified&class=resident&q=海韻")
    first.locator("table a").first.click()
    follow(first, "提出註銷")
    first.get_by_text("單位已解散或結業", exact=True).click()
    first.get_by_label("接手的單位").fill(next(one.registration[1] for one in cast.UNITS if one.key == "quay"))
    press(first, "提出註銷")
    screens.sign_in(second, "platform2@demo.test")
    second.goto("/platform/proposals")
    follow(second, "海韻社區居民委員會")
    expect(second.get_by_text("蓮峰社區居民委員會").first).to_be_visible()
    press(second, "確認註銷")
    expect(second.get_by_text("已經完成")).to_be_visible()

    for name, script in (("陳嘉敏", True), ("吳鳳儀", False)):
        person = visit(address, script=script)
        token, end = links[name]
        person.goto(f"/s/{token}")
        person.get_by_label("證件號碼的最後四位").fill(end)
        press(person, "查看進度")
        expect(person.locator(".hq-answer-words")).to_contain_text("在名單內")
        expect(person.get_by_text("這項登記已由另一單位接手，沒有中斷。")).to_be_visible()
        expect(person.get_by_text("蓮峰社區居民委員會").first).to_be_visible()
    follow(person, "不轉過去")
    screens.prove_phone(person)
    press(person, "不轉過去，終止登記")
    expect(person.get_by_text("登記已終止，並已通知單位。")).to_be_visible()
    expect(person.locator(".hq-answer-words")).to_contain_text("已移出名單")
    expect(person.get_by_text("經另一單位辦理", exact=True)).to_have_count(0)

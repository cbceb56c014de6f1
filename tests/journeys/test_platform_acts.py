"""The platform acts at its desk: a unit suspended and reinstated, an announcement to everybody, the way down from the
figures, a near match told apart and a sanction repaired."""

from __future__ import annotations

import time
from datetime import timedelta

from playwright.sync_api import expect

from tests.journeys import plain, running, screens
from tests.journeys.screens import at, choose, follow, press
from webapp import clock
from webapp.domain.figures import counting

UNIT = "琴澳示範科技有限公司"


def test_a_unit_is_suspended_and_reinstated_and_who_waits_is_told(working_system, visit):
    address = working_system.address
    officer = screens.sign_in(visit(address, "desktop"), "platform@demo.test")
    officer.goto("/platform/units?state=certified&q=琴澳示範科技")
    follow(officer, UNIT)
    where = officer.url
    follow(officer, "暫停單位")
    expect(officer.get_by_text("份未完成的申報要等恢復")).to_be_visible()
    officer.locator("main form .hq-choice label").first.click()
    press(officer, "暫停單位")
    at(officer, UNIT)
    told = officer.locator("#told progress")
    until = time.monotonic() + plain.PATIENCE
    while not told.count() or told.get_attribute("value") != told.get_attribute("max"):
        assert time.monotonic() < until, "who waits is not told"
        officer.wait_for_timeout(500)
        officer.reload()
    expect(officer.get_by_text("已通知等候的人")).to_be_visible()

    person = visit(address, script=False)
    person.goto("/q/DEMQ0002")
    expect(person.get_by_role("heading", level=1)).to_have_text("單位暫時不接受申報")

    second = screens.sign_in(visit(address, "phone", script=False), "platform2@demo.test")
    second.goto(where)
    follow(second, "恢復單位")
    expect(second.get_by_text("份未完成的申報繼續辦理")).to_be_visible()
    second.locator("main [name=note]").fill("已經改善")
    press(second, "恢復單位")
    person.goto("/q/DEMQ0002")
    expect(person.get_by_role("button", name="是，開始申報")).to_be_visible()


def test_an_announcement_and_the_way_down_from_the_figures(working_system, visit):
    address = working_system.address
    with running.inside(working_system.log.parent):
        counting.keep()
    officer = screens.sign_in(visit(address, "desktop", script=False), "platform@demo.test")
    officer.goto("/platform/announcements/new")
    choose(officer, "所有人：全部單位，並在首頁和申報進度頁顯示")
    officer.locator("[name=title_zh_Hant_MO]").fill("颱風期間櫃檯暫停")
    officer.locator("[name=body_zh_Hant_MO]").fill("明日照常。")
    officer.locator("[name=title_zh_Hans_CN]").fill("台风期间柜台暂停")
    officer.locator("[name=body_zh_Hans_CN]").fill("明日照常。")
    officer.locator("[name=shown_until]").fill((clock.today() + timedelta(days=2)).isoformat())
    press(officer, "預覽")
    at(officer, "颱風期間櫃檯暫停")
    press(officer, "現在發送")
    reader = visit(address, "phone")
    reader.goto("/")
    expect(reader.get_by_text("颱風期間櫃檯暫停").first).to_be_visible()

    officer.goto("/platform/figures")
    expect(officer.get_by_role("table", name="每週申報和上傳")).to_be_visible()
    follow(officer, "社區居民委員會")
    expect(officer.get_by_role("heading", name="驗核等了多久")).to_be_visible()
    officer.locator("main a[href^='/platform/units?']").first.click()
    expect(officer.locator("main table")).to_contain_text("社區居民委員會")
    expect(officer.locator("main table")).not_to_contain_text("有限公司")

    supervisor = screens.sign_in(visit(address, "phone"), "supervisor@demo.test")
    at(supervisor, "概覽")
    assert {row.get_attribute("href") for row in supervisor.locator("#classes a").all()} == {
        "/platform/figures/enterprise",
        "/platform/figures/resident",
    }


def test_who_is_only_like_a_sanctioned_person_stays_and_a_sanction_is_repaired(working_system, visit):
    address = working_system.address
    first = screens.sign_in(visit(address, "desktop"), "platform@demo.test")
    first.goto("/platform/sanctions/new")
    for name, value in {
        "authority": "示範市社會信用辦公室",
        "decision_number": "示失信〔2026〕77號",
        "decided_on": "2026-05-20",
        "ground": "走私少量受限物品",
        "appeal_route": "六十日內申請行政復議",
        "contact": "0756 000 0000",
        "subject_name": "李桂芳",
        "birth_date": "1969-12-12",
        "plates": "粵C·99Z98",
    }.items():
        first.locator(f"main [name={name}]").fill(value)
    press(first, "看預覽")
    expect(first.get_by_text("姓名和出生日期相同")).to_be_visible()
    expect(first.get_by_role("button", name="提出，交另一位覆核")).to_have_count(0)
    screens.of_row(first, "不是同一人", "李桂芳").click()
    press(first, "提出，交另一位覆核")

    second = screens.sign_in(visit(address, "phone", script=False), "platform2@demo.test")
    second.goto(first.url.partition("#")[0])
    press(second, "確認列入")
    expect(second.get_by_text("確認時不在名單內，沒有移出任何登記。")).to_be_visible()
    follow(second, "已修復")
    second.locator("[name=repaired_on]").fill(clock.today().isoformat())
    second.locator("[name=note]").fill("法院已裁定。")
    press(second, "記錄修復")
    expect(second.get_by_text("已修復，列入結束。")).to_be_visible()

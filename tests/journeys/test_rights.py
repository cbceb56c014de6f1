"""Rights: a resident on a phone reads and takes away what is kept of her and asks; the desk answers."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys import people, screens
from tests.journeys.screens import at, choose, follow, press

COMMITTEE = "DEMQ0001"


def test_my_data_a_request_and_its_answer(system, visit):
    resident, officer = visit(system.address), visit(system.address, "desktop")
    who = people.resident("顏若蘭")
    resident.goto(f"/q/{COMMITTEE}")
    expect(resident.get_by_role("heading", name="個人信息怎樣處理")).to_be_visible()
    screens.file_with(resident, COMMITTEE, who)
    status = screens.open_status(resident, who)
    follow(resident, "我的資料：查閱、下載、誰看過、撤回同意、刪除")
    screens.prove_phone(resident)
    at(resident, "我的資料")
    expect(resident.get_by_text("顏若蘭").first).to_be_visible()
    choose(resident, "JSON")
    with resident.expect_download() as taken:
        press(resident, "下載")
    copy = json.loads(Path(taken.value.path()).read_text("utf-8"))
    assert [one["full_name"] for one in copy["answers"]] == ["顏若蘭"]
    assert len(copy["consents"]) == 2
    resident.wait_for_timeout(2500)  # as long as a second tap would be a double one
    choose(resident, "CSV")
    with resident.expect_download() as taken:
        press(resident, "下載")
    assert taken.value.suggested_filename.endswith(".zip")

    follow(resident, "其他要求或投訴")
    at(resident, "提出要求")
    choose(resident, "解釋怎樣處理我的資料")
    resident.get_by_label("說明").fill("誰會看到我的住址？")
    press(resident, "提出")
    expect(resident.get_by_text("已收到你的要求。")).to_be_visible()
    number = resident.locator(".hq-step-text .hq-code").inner_text()
    asked = resident.url

    screens.sign_in(officer, "platform@demo.test")
    officer.goto("/platform/rights")
    follow(officer, number)
    choose(officer, "接受")
    officer.get_by_label("給提出的人的說明").fill("只有你申報的居委會，用來核對住址。")
    press(officer, "答覆")
    expect(officer.get_by_text("已答覆。")).to_be_visible()

    resident.goto(asked)
    expect(resident.get_by_text("只有你申報的居委會，用來核對住址。")).to_be_visible()
    resident.goto(f"{status}/data")
    resident.get_by_role("link", name="撤回這項同意").first.click()
    at(resident, "撤回處理個人信息的同意")
    expect(resident.get_by_text("不能收回")).to_be_visible()
    press(resident, "撤回同意")
    expect(resident.get_by_text("已撤回同意。")).to_be_visible()


def test_incident_from_note_to_release(system, visit):
    first, second = visit(system.address, "desktop"), visit(system.address, "desktop")
    screens.sign_in(first, "platform@demo.test")
    first.goto("/platform/incidents")
    follow(first, "登記事件")
    choose(first, "姓名和證件")
    choose(first, "遺失")
    first.get_by_label("由甚麼時候").fill("2026-01-01 00:00")
    first.get_by_label("到甚麼時候").fill("2099-01-01 00:00")
    choose(first, "全部人")
    first.get_by_label("經過").fill("示範：一部電腦遺失。")
    press(first, "登記並找出受影響的人")
    here = first.url
    follow(first, "擬定通知")
    expect(first.get_by_label("聯絡")).not_to_have_value("")
    press(first, "交另一位發出")
    expect(first.get_by_text("已擬定，要由另一位名單管理員發出。")).to_be_visible()
    expect(first.get_by_role("button", name="發出通知")).to_have_count(0)

    screens.sign_in(second, "platform2@demo.test")
    second.goto(here)
    press(second, "發出通知")
    expect(second.get_by_text("會逐一收到通知")).to_be_visible()

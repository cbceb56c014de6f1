"""An objection: the person on a phone, the officer at a desk, and what the person reads of the decision."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import people, screens
from tests.journeys.screens import at, follow, press

COMMITTEE = "DEMQ0001"


def test_objection_to_a_refusal(system, visit):
    resident, clerk = visit(system.address), visit(system.address, "desktop")
    driver = people.resident("賀蘭心")
    screens.file_with(resident, COMMITTEE, driver)
    status = screens.open_status(resident, driver)
    screens.sign_in(clerk, "verifier@demo.test")
    clerk.goto("/unit/filings?q=賀蘭心")
    follow(clerk, "賀蘭心")
    clerk.get_by_text("不予受理", exact=True).click()
    clerk.get_by_text("不是本單位的人員，或不住在本社區", exact=True).last.click()
    press(clerk, "不受理這份申報")

    resident.goto(status)
    follow(resident, "不同意不予受理？提出異議")
    screens.prove_phone(resident)
    at(resident, "提出異議")
    resident.get_by_label("說明").fill("我住在這個社區，附上租約。")
    resident.locator("[name=evidence]").set_input_files(
        {"name": "lease.pdf", "mimeType": "application/pdf", "buffer": people.certificate()}
    )
    resident.get_by_text("我另外同意平台只為處理這宗個案使用這份證據").click()
    press(resident, "提出異議")
    at(resident, "對不予受理的異議")
    expect(resident.get_by_text("lease.pdf")).to_be_visible()
    number = resident.locator(".hq-step-text .hq-code").inner_text()

    clerk.goto("/unit/cases")
    follow(clerk, number)
    follow(clerk, "答覆")
    clerk.get_by_label("說明").fill("看漏了租約。")
    press(clerk, "提交答覆")
    expect(clerk.get_by_text("已收到你的答覆。")).to_be_visible()

    officer = visit(system.address, "desktop")
    screens.sign_in(officer, "platform@demo.test")
    officer.goto("/platform/cases")
    follow(officer, number)
    follow(officer, "成立")
    officer.get_by_text("提出一方的證據可信").click()
    officer.get_by_label("給雙方的說明").fill("租約有效。")
    press(officer, "判異議成立")
    expect(officer.get_by_text("已決定，並已通知各方。")).to_be_visible()

    resident.reload()
    expect(resident.get_by_text("申報已重新交單位驗核")).to_be_visible()
    expect(resident.get_by_text("租約有效。")).to_be_visible()

"""What happens besides the straight way: returned and corrected, withdrawn, a second driver, another language, larger
text, the back button."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people, screens
from tests.journeys.screens import at, choose, follow, press
from webapp.cli.demo import cast

COMMITTEE, ENTERPRISE = "DEMQ0001", "DEMQ0002"


def answer_words(page: Page) -> str:
    return page.locator(".hq-answer-words").inner_text().strip()


def test_returned_then_corrected_then_verified(system, visit):
    resident, clerk = visit(system.address), visit(system.address, "desktop")
    driver = people.resident("彭嘉欣", plate="粵C·D8810")
    screens.sign_in(clerk, "verifier@demo.test")
    screens.file_with(resident, COMMITTEE, driver | {"plate": "粵C·D88101"})
    status = screens.open_status(resident, driver)

    clerk.goto("/unit/filings?q=彭嘉欣")
    follow(clerk, "彭嘉欣")
    clerk.get_by_text("退回補正", exact=True).click()
    clerk.get_by_text("車牌與行駛證不一致", exact=True).click()
    clerk.locator("#return-note").fill("請對照行駛證。")
    press(clerk, "退回這份申報")
    resident.goto(status)
    follow(resident, "查看要改的項目並補正")
    expect(resident.get_by_text("單位補充：請對照行駛證。")).to_be_visible()
    press(resident, "開始補正")
    screens.prove_phone(resident)
    press(resident, "開始補正")
    at(resident, "核對、承諾並簽署")
    resident.locator("#wanted a").first.click()
    screens.answer(resident, {"plate": "粵C·D88102"})
    at(resident, "核對、承諾並簽署")
    screens.answer(resident, driver)
    at(resident, "申報已提交")
    clerk.goto("/unit/filings?q=彭嘉欣")
    expect(clerk.locator(".hq-plate")).to_have_text("粤C·D88102")
    screens.of_row(clerk, "驗核", "彭嘉欣").click()
    expect(screens.of_row(clerk, "細看", "彭嘉欣")).to_be_focused()

    resident.goto(status)
    assert answer_words(resident) == "單位已驗核"


def test_withdrawn_is_over(system, visit):
    resident, clerk = visit(system.address), visit(system.address, "desktop")
    driver = people.resident("梅若蘭")
    screens.file_with(resident, COMMITTEE, driver)
    screens.open_status(resident, driver)

    follow(resident, "撤回申報")
    screens.prove_phone(resident)
    at(resident, "撤回這份申報？")
    press(resident, "撤回申報")

    expect(resident.get_by_text("已撤回這份申報。")).to_be_visible()
    screens.sign_in(clerk, "verifier@demo.test")
    clerk.goto("/unit/filings?q=梅若蘭")
    expect(clerk.locator(".hq-work-row")).to_have_count(0)


def test_second_driver_of_another_unit_waits_for_the_owner_who_accepts_on_his_page(system, visit):
    second, owner, clerk = visit(system.address), visit(system.address), visit(system.address, "desktop")
    serial, role = next((serial, one) for serial, one in enumerate(cast.CAST) if one.name == "歐陽志華")
    document = cast.number(role.id_type, serial)
    driver = people.staff(
        "歐陽思敏", plate=role.cars[0].plate, is_owner="no", owner_name=role.name, owner_id_tail=document[-4:]
    )
    screens.file_with(second, ENTERPRISE, driver)
    status = screens.open_status(second, driver)
    assert answer_words(second) == "等待車主同意和單位驗核"

    owner.goto("/find")
    choose(owner, "居民身份證")
    owner.get_by_label("證件號碼", exact=True).fill(document)
    press(owner, "發送驗證碼")
    press(owner, "查看我的申報")
    owner.locator(".hq-todo a").first.click()
    owner.get_by_label("證件號碼的最後四位").fill(document[-4:])
    press(owner, "查看進度")
    follow(owner, "看看是誰並答覆")
    screens.prove_phone(owner)
    expect(owner.get_by_text("歐陽思敏")).to_be_visible()
    choose(owner, "同意，他是這輛車的第二名駕駛員")
    press(owner, "答覆")
    expect(owner.get_by_text("已回覆：同意。已通知對方。")).to_be_visible()

    second.goto(status)
    assert answer_words(second) == "等待單位驗核"
    screens.sign_in(clerk, "enterprise@demo.test")
    clerk.goto("/unit/filings?q=歐陽思敏")
    screens.of_row(clerk, "驗核", "歐陽思敏").click()
    expect(screens.of_row(clerk, "細看", "歐陽思敏")).to_be_focused()
    # The other unit sees its own person, and of the owner nothing.
    follow(clerk, "歐陽思敏")
    at(clerk, "歐陽思敏的申報")
    assert document[-4:] not in clerk.inner_text("main")


@pytest.mark.parametrize("script", [True, False])
def test_language_and_large_text_keep_what_was_typed(system, visit, script):
    page = screens.begin(visit(system.address, script=script), COMMITTEE)
    screens.answer(page, {"id_type": "mo_bir"})
    at(page, "你是誰？")
    page.locator("#full_name").fill("陳嘉")
    page.locator("#id_number").fill("12345")

    press(page, "简体")
    at(page, "你是谁？")
    press(page, "大字")

    expect(page.locator("html.hq-large")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == "zh-Hans-CN"
    assert (page.input_value("#full_name"), page.input_value("#id_number")) == ("陳嘉", "12345")
    assert page.get_by_role("button", name="大字").get_attribute("aria-pressed") == "true"


def test_back_after_sending_shows_the_receipt(system, visit):
    page = screens.file_with(visit(system.address), COMMITTEE, people.resident("夏雨晴"))
    receipt = page.url

    page.go_back()

    at(page, "申報已提交")
    assert page.url == receipt


def test_offline_says_so_and_keeps_what_was_typed(system, visit):
    page = screens.begin(visit(system.address), COMMITTEE)
    screens.answer(page, {"id_type": "mo_bir"})
    page.locator("#full_name").fill("陳嘉")

    page.context.set_offline(True)
    expect(page.locator("#trouble")).to_have_text("網絡中斷，已保留資料")
    page.context.set_offline(False)

    expect(page.locator("#trouble")).to_be_hidden()
    assert page.input_value("#full_name") == "陳嘉"

"""The main job in a browser: a unit registers, a person files by phone and signs by hand, the unit verifies and
uploads, everyone has their documents, and the person leaves the list again."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people, screens
from tests.journeys.inspecting import Inspector
from tests.journeys.screens import at, choose, follow, press


def register(page: Page, unit: dict[str, str]) -> None:
    page.goto("/")
    follow(page, "登記單位")
    page.get_by_label("單位全名").fill(unit["unit_name"])
    choose(page, "企業")
    choose(page, "內地")
    page.get_by_label("登記號碼").fill(unit["registration_number"])
    page.get_by_label("單位地址").fill(unit["address"])
    page.get_by_label("法定代表人或負責人").fill(unit["legal_representative"])
    page.get_by_label("單位專人姓名").fill(unit["manager_name"])
    page.get_by_label("單位專人手提電話").fill(unit["manager_phone"])
    page.get_by_label("單位專人電郵").fill(unit["email"])
    page.get_by_label("登記證明").set_input_files(
        {"name": "certificate.png", "mimeType": "image/png", "buffer": people.certificate()}
    )
    press(page, "儲存並核實電郵")
    at(page, "核實電郵並設定密碼")
    expect(page.get_by_label("電郵驗證碼")).to_have_value(re.compile(r"^\d{6}$"))
    page.get_by_label("設定密碼").fill(unit["password"])
    press(page, "提交單位登記")
    at(page, "登記已提交")


def certify(page: Page, unit: dict[str, str]) -> None:
    screens.sign_in(page, "platform@demo.test")
    page.goto("/platform/units")
    follow(page, unit["unit_name"])
    press(page, "認證並生成二維碼")
    expect(page.get_by_text(f"{unit['unit_name']}已認證，二維碼已生成，並已通知單位。")).to_be_visible()


def invite_verifier(manager: Page, verifier: Page) -> None:
    manager.goto("/unit/team/invite")
    manager.get_by_label("電郵", exact=True).fill("desk@unit.example")
    choose(manager, "驗核員")
    press(manager, "寄出邀請")
    link = manager.get_by_role("link", name="示範系統：開啟邀請連結").get_attribute("href")
    verifier.goto(link or "")
    verifier.get_by_label("姓名", exact=True).fill("何文慧")
    verifier.get_by_label("密碼").first.fill(people.PASSWORD)
    press(verifier, "建立帳號並加入")


def file_by_phone(page: Page, address: str, driver: dict[str, str]) -> str:
    """Scan, answer, sign by hand; returns the address of the private page."""
    page.goto(address)
    at(page, "這是你的單位嗎？")
    press(page, "是，開始申報")
    screens.answer_until(page, "核對、承諾並簽署", driver)
    for wanted in ("同意為備案處理我的個人信息", "同意交予海關和口岸部門作通道查驗", "我已閱讀並作出以上承諾"):
        choose(page, wanted)
    choose(page, "用手指簽名")
    screens.draw(page, screens.SIGNATURE)
    drawn = json.loads(page.locator("[name=signature_strokes]").input_value())["strokes"]
    assert [len(stroke) > 1 for stroke in drawn] == [True] * len(screens.SIGNATURE)
    press(page, "簽署並提交")
    at(page, "申報已提交")
    return screens.open_status(page, driver)


def verify_on_the_row(page: Page, driver: dict[str, str]) -> None:
    page.goto("/unit/filings")
    screens.of_row(page, "驗核", driver["full_name"]).click()
    expect(screens.of_row(page, "細看", driver["full_name"])).to_be_focused()
    expect(page.locator("#live")).to_have_text("已驗核1份申報")
    assert page.url.endswith("/unit/filings")


def upload(page: Page) -> str:
    """All that is verified, signed by name; returns the address of the upload."""
    page.goto("/unit/uploads")
    follow(page, "選擇要上傳的申報")
    page.get_by_role("button", name="用全部1份準備承諾書").click()
    at(page, "作出單位承諾並上傳")
    choose(page, "我代表單位作出以上承諾")
    choose(page, "以上面的姓名簽署")
    press(page, "承諾並上傳1份")
    at(page, "名單已上傳")
    return page.url


def papers(page: Page, address: str, words: str) -> str:
    """PDF and page of a pledge, the PDF as soon as it is made; returns the document's code."""
    page.goto(address)
    expect(page.locator("main").get_by_text(words).first).to_be_visible()
    for _ in range(60):
        if page.get_by_role("link", name="下載PDF").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    made = page.context.request.get(page.get_by_role("link", name="下載PDF").get_attribute("href") or "")
    assert (made.status, made.headers["content-type"], made.body()[:5]) == (200, "application/pdf", b"%PDF-")
    found = re.search(r"/genuine/([0-9A-Z]{12})", page.inner_text("main"))
    assert found is not None
    return found[1]


def confirmed(page: Page, status: str) -> None:
    """The confirmation of the entry, made in stock, is a page that everybody can read."""
    confirmation = page.locator("main a[href$='/confirmation']")
    for _ in range(60):
        page.goto(status)
        if confirmation.count():
            break
        page.wait_for_timeout(500)
    look = Inspector(page)
    look.after("confirmation", confirmation.click)
    assert look.report() == ""


def genuine(page: Page, code: str) -> None:
    page.goto("/genuine")
    page.get_by_label("文件編號").fill(code)
    press(page, "核對這份文件")
    at(page, "這份文件由本系統發出")


@pytest.mark.parametrize("device, name", [("phone", "區詠琳"), ("desktop", "阿米娜·吐爾遜")])
def test_from_registering_to_both_pledges_and_off_the_list_again(working_system, visit, device, name):
    address = working_system.address
    unit = people.enterprise(f"琴海{'一二'[device == 'desktop']}號測試有限公司", f"{device}@unit.example")
    driver = people.staff(name)
    officer, manager, resident = (visit(address, device) for _ in range(3))

    register(manager, unit)
    certify(officer, unit)
    screens.sign_in(manager, unit["email"], unit["password"])
    manager.goto("/unit/code")
    link = re.search(r"\S+/q/\S+", manager.inner_text("main"))
    assert link is not None
    status = file_by_phone(resident, f"http://{link[0]}", driver)
    verify_on_the_row(manager, driver)
    uploaded = upload(manager)

    resident.goto(status)
    expect(resident.locator(".hq-answer-words")).to_have_text("在名單內")
    personal = papers(resident, status + "/pledge", name)
    papers(manager, uploaded + "/pledge", unit["unit_name"])
    confirmed(resident, status)
    genuine(officer, personal)
    expect(officer.locator(".hq-answer-words")).to_have_text("真確，現在有效")

    resident.goto(status)
    follow(resident, "要求移出名單")
    screens.prove_phone(resident)
    choose(resident, "請單位移出")
    press(resident, "要求移出")
    expect(resident.get_by_text("已暫停，並已通知單位移出。")).to_be_visible()
    genuine(officer, personal)
    expect(officer.locator(".hq-answer-words")).to_have_text("真確，登記現在暫停")
    manager.goto("/unit/list")
    follow(manager, name)
    follow(manager, "移出這一項")
    choose(manager, "本人要求移出")
    press(manager, "移出名單")
    expect(manager.locator(".hq-answer-words")).to_have_text("已移出")
    genuine(officer, personal)
    expect(officer.locator(".hq-answer-words")).to_have_text("真確，但登記已移出名單")


def test_a_manager_invites_a_verifier_who_verifies_the_unit_s_people(system, visit):
    manager, verifier, resident = (visit(system.address, device) for device in ("desktop", "desktop", "phone"))
    driver = people.staff("葉子謙")
    screens.sign_in(manager, "enterprise@demo.test")

    invite_verifier(manager, verifier)
    screens.file_with(resident, "DEMQ0002", driver)
    verify_on_the_row(verifier, driver)

    expect(verifier.get_by_role("link", name="人員")).to_have_count(0)

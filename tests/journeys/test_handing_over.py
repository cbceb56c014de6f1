"""Who answers for a unit changes, at desks in a browser: the manager leaves and another takes over, an account is given
back to whoever registers the unit a second time, and the certified data change."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people, screens
from tests.journeys.screens import at, follow, press
from webapp.cli.demo import cast

PAPER = {"name": "letter.png", "mimeType": "image/png", "buffer": people.certificate()}


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def desk(request, system, visit):
    """desk(mailbox) → its page at a desk, with script or without; "" for somebody without an account."""

    def signed_in(mailbox: str = "", password: str = cast.PASSWORD) -> Page:
        page = visit(system.address, "desktop", script=request.param)
        return screens.sign_in(page, mailbox, password) if mailbox else page

    signed_in.script = request.param
    return signed_in


def unit_of(key: str) -> cast.UnitRole:
    return next(one for one in cast.UNITS if one.key == key)


def decided(officer: Page, unit: str, button: str) -> Page:
    officer.goto("/platform/proposals")
    follow(officer, unit)
    press(officer, button)
    return officer


def taken_up(officer: Page, new: Page, name: str) -> None:
    """The link that went to the new manager's mailbox; the demo shows it on the officer's page."""
    new.goto(officer.locator("a[href*='/invitation/']").first.get_attribute("href") or "")
    new.get_by_label("姓名", exact=True).fill(name)
    new.locator("[name=password]").fill(people.PASSWORD)
    new.locator("main form button[type=submit]").first.click()
    new.goto("/unit/team")
    expect(new.locator("main table")).to_contain_text(f"{name}（你）")


def test_the_manager_leaves_and_another_takes_over(desk):
    """Also the only manager does not get away before that."""
    unit = unit_of("duty" if desk.script else "quay")
    old, officer, new = desk(unit.email), desk("platform@demo.test"), desk()
    name, mailbox = "何嘉欣", f"next-{unit.key}@unit.example"

    old.goto("/unit/team")
    old.get_by_role("link", name="移除").first.click()
    expect(old.locator("main")).to_contain_text("單位至少要有一名專人，請先交接給另一人")
    follow(old, "更換單位專人")
    at(old, "更換單位專人")
    press(old, "送平台確認")
    expect(old.locator("#error-summary a")).to_have_count(4)
    old.get_by_label("新專人姓名").fill(name)
    old.locator("[name=manager_phone]").fill("13900139000")
    old.locator("[name=email]").fill(mailbox)
    old.locator("[name=authorisation]").set_input_files(PAPER)
    old.locator("[name=managers][value=end] + label").click()
    press(old, "送平台確認")
    expect(old.get_by_text("已送平台確認。新專人接受前，你仍是單位專人。")).to_be_visible()

    decided(officer, unit.name, "確認新的專人")
    old.goto("/unit/team")
    at(old, "人員")  # until he takes it up, the old one stays
    taken_up(officer, new, name)

    expect(new.locator("main table")).not_to_contain_text(unit.manager)
    gone = old.goto("/unit/team")
    assert gone is not None
    assert gone.status == 403
    old.goto("/unit/filings")
    expect(old.locator(".hq-work-row")).to_have_count(0)


def test_who_registers_a_unit_again_gets_its_account_back(desk):
    unit = unit_of("harbour" if desk.script else "academy")
    place, number = unit.registration
    given = people.enterprise(unit.name, f"lost-{unit.key}@unit.example") | {
        "unit_class": unit.unit_class,
        "registration_place": place,
        "registration_number": number,
    }
    applicant, first, second, new = desk(), desk("platform@demo.test"), desk("platform2@demo.test"), desk()

    applicant.goto("/register")
    for field, value in given.items():
        asked = applicant.locator(f"[name={field}]")
        if asked.count() == 0:
            continue
        if asked.first.get_attribute("type") == "radio":
            applicant.locator(f"[name={field}][value={value}] + label").click()
        else:
            asked.fill(value)
    for paper in ("authorisation", "proof"):
        applicant.locator(f"[name={paper}]").set_input_files(PAPER)
    applicant.locator("main form button[type=submit]:not(.hq-button-second)").first.click()
    expect(applicant.locator("main")).to_contain_text("取回帳號")
    expect(applicant.locator("main")).not_to_contain_text(unit.email)
    applicant.locator("main .hq-button:not(.hq-button-second)").first.click()
    expect(applicant.get_by_text("已收到取回帳號的要求")).to_be_visible()

    first.goto("/platform/proposals")
    first.locator("main tr, main li").filter(has_text=unit.name).filter(has_text="取回").get_by_role(
        "link"
    ).first.click()
    first.locator("[name=managers][value=end] + label").click()
    first.locator("[name=note]").fill("已致電查證。")
    press(first, "提出交回帳號")
    where = first.url
    expect(first.get_by_role("button", name="確認並寄出連結")).to_have_count(0)
    second.goto(where)
    press(second, "確認並寄出連結")
    taken_up(second, new, "何嘉欣")


def test_certified_data_change_when_the_platform_says_so(desk):
    unit = unit_of("enterprise" if desk.script else "committee")
    manager, officer = desk(unit.email), desk("platform2@demo.test")
    renamed = f"{unit.name}（新名）"

    manager.goto("/unit/standing")
    follow(manager, "更改已認證的資料")
    manager.locator("[name=unit_name]").fill(renamed)
    press(manager, manager.locator("main form button[type=submit]").last.inner_text())
    expect(manager.locator("#error-summary a")).to_have_count(1)
    assert manager.locator("[name=unit_name]").input_value() == renamed
    manager.locator("[name=proof]").set_input_files(PAPER)
    press(manager, manager.locator("main form button[type=submit]").last.inner_text())
    at(manager, "登記資料和進度")
    expect(manager.locator("main")).not_to_contain_text(renamed)

    decided(officer, unit.name, "認證更改的資料")
    manager.goto("/unit/standing")
    expect(manager.locator("main")).to_contain_text(renamed)

"""A unit confirms its list at the desk: started, ticked, one by one, the rest at once; the platform follows. A unit
that confirms nobody has a case against it, and its people stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.builders.filings import Filed, filed
from tests.builders.status import tail
from tests.builders.units import PASSWORD, certified_unit, credit_code
from tests.builders.uploads import uploaded, verified
from tests.journeys import running, screens
from tests.journeys.running import Running
from tests.journeys.screens import at, follow, press
from webapp import actors, clock
from webapp.domain.campaigns import actions, advancing

DAY = (date.today() + timedelta(days=40)).isoformat()
NAME, MAILBOX = "橫琴無人確認有限公司", "nobody@unit.example"


@pytest.fixture(scope="module")
def idle(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Filed]]:
    """A unit was asked forty days ago and confirmed nobody."""
    folder = running.copied(world, tmp_path_factory.mktemp("idle"))
    with running.inside(folder):
        with clock.travel(timedelta(days=-50)):
            built = certified_unit(email=MAILBOX, unit_name=NAME, registration_number=credit_code("91440400MF"))
            sent = filed(built)
            uploaded(built, verified(built, sent))
        with clock.travel(timedelta(days=-40)):
            due = (clock.today() + timedelta(days=21)).isoformat()
            asked = actions.start_in_unit(actors.system("long-ago"), built.unit.id, due, clock.today())
        for days in (40, 33, 18):
            with clock.travel(timedelta(days=-days)):
                advancing.advance(str(asked["campaign"]))
    system = Running(folder)
    yield system.address, sent
    system.stop()


def test_unit_confirms_its_list_and_the_platform_follows(system, visit):
    desk = screens.sign_in(visit(system.address, "desktop"), "platform@demo.test")
    desk.goto("/platform/campaigns/new")
    desk.get_by_label("核對哪些單位").select_option("resident")
    desk.get_by_label("最後一天").fill(DAY)
    press(desk, "先看涉及多少")
    expect(desk.locator("#preview")).to_contain_text("涉及1個單位")
    press(desk, "開始核對")
    expect(desk.locator("h1")).to_contain_text("核對名單，最後一天")

    page = screens.sign_in(visit(system.address, "desktop"), "committee@demo.test")
    page.goto("/unit/list")
    page.get_by_role("link", name="核對名單，還有").click()
    page.locator("td a, th a").first.click()
    waiting = page.locator(".hq-work-row")
    many = waiting.count()
    assert many > 2
    first = waiting.first.locator(".hq-work-name").inner_text()
    waiting.first.get_by_role("button", name="確認").click()
    expect(page.get_by_text("已確認1項。")).to_be_visible()
    expect(page.locator(".hq-work-row", has_text=first)).to_have_count(0)

    page.locator(".hq-work-row input[type=checkbox]").first.check()
    page.get_by_role("button", name="確認已選的1項").click()
    expect(page.get_by_text("已確認1項。")).to_be_visible()
    page.get_by_role("button", name="一次確認全部").click()
    expect(page.locator("h1")).to_contain_text("確認全部")
    page.get_by_role("button", name=f"確認{many - 2}項").click()
    expect(page.get_by_text("沒有待確認的人。")).to_be_visible()

    desk.reload()
    expect(desk.locator("#progress")).to_contain_text("/")
    expect(desk.get_by_text("期限未到").first).to_be_visible()


def test_a_unit_that_confirmed_nobody_has_a_case_and_its_people_stay(idle, visit):
    address, sent = idle
    desk = screens.sign_in(visit(address, "desktop"), MAILBOX, PASSWORD)
    desk.goto("/unit/cases")
    desk.locator("main table a, main .hq-todo a").first.click()
    expect(desk.locator("h1")).to_have_text("單位沒有確認人員")
    number = desk.locator(".hq-code").first.inner_text()
    expect(desk.get_by_text("核對名單的期限已過，本單位沒有確認任何人。")).to_be_visible()
    follow(desk, "答覆")
    desk.get_by_label("說明").fill("負責人病假，現正逐一核對。")
    press(desk, "提交答覆")
    expect(desk.get_by_text("已收到你的答覆。")).to_be_visible()

    officer = screens.sign_in(visit(address, "desktop"), "platform@demo.test")
    officer.goto("/platform/cases")
    follow(officer, number)
    expect(officer.get_by_text("負責人病假，現正逐一核對。")).to_be_visible()
    expect(officer.get_by_text(NAME).first).to_be_visible()

    person = visit(address)
    person.goto(f"/s/{sent.token}")
    person.get_by_label("證件號碼的最後四位").fill(tail(sent))
    press(person, "查看進度")
    at(person, "申報進度")
    assert person.locator(".hq-answer-words").inner_text().strip() == "在名單內"

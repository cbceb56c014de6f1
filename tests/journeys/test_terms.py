"""What ends on its day: papers that nobody renewed, until somebody does, and a sanction whose term is over; the person
on the phone, the unit at its desk. Each with and without script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders import sanctions
from tests.builders.delivery import drain
from tests.builders.filings import Filed, answers, filed
from tests.builders.status import tail
from tests.builders.units import PASSWORD, BuiltUnit, certified_unit, credit_code
from tests.builders.uploads import uploaded, verified
from tests.conftest import make_settings
from tests.journeys import people, plain, running, screens
from tests.journeys.running import Running
from tests.journeys.screens import at, follow, open_page, press
from webapp import clock
from webapp.domain.closings import sanction_ending
from webapp.domain.filings import expiring
from webapp.domain.jobs.models import RECORDS
from webapp.domain.passlist import expiries

SCRIPTS = {"script": True, "no script": False}
BOTH = pytest.mark.parametrize("how", SCRIPTS)


@dataclass
class Ended:
    """Whose papers ended yesterday, and whose sanction did."""

    unit: BuiltUnit
    desk: str  # mailbox of its manager
    careless: Filed
    punished: Filed


@pytest.fixture(scope="module")
def scene(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Ended]]]:
    folder = running.copied(world, tmp_path_factory.mktemp("terms"))
    with running.inside(folder):
        yesterday = (clock.today() - timedelta(days=1)).isoformat()
        made = {how: prepared(how.replace(" ", "-"), yesterday) for how in SCRIPTS}
        officers = sanctions.officers()
        with clock.travel(timedelta(days=-20)):
            for one in made.values():
                sanctions.confirmed(*officers, until=yesterday, **sanctions.of_person(one.punished.answers))
        for days in (31, 8, 2):  # thirty, seven and one days before yesterday
            with clock.travel(timedelta(days=-days)):
                expiring.remind(clock.today().isoformat())
        expiries.hold_due()
        sanction_ending.end_due()
        drain(make_settings(folder, f"sqlite:///{folder / 'passlist.db'}", mode="demo"), RECORDS)
    system = Running(folder)
    yield system.address, made
    system.stop()


def prepared(how: str, last: str) -> Ended:
    desk = f"terms-{how}@unit.example"
    unit = certified_unit("resident", email=desk, registration_number=credit_code("54440400MF"))
    given = answers("resident", relation="resident_permit")
    given["person"]["id_expiry"] = given["licence"]["licence_expiry"] = last
    given["belonging"]["residence_permit_expiry"] = last
    with clock.travel(timedelta(days=-60)):
        careless, punished = filed(unit, given), filed(unit)
        uploaded(unit, verified(unit, careless, punished))
    return Ended(unit, desk, careless, punished)


def answer_words(page: Page) -> str:
    return page.locator(".hq-answer-words").first.inner_text().strip()


def told(page: Page, title: str) -> str:
    """What a notice of the private page says, opened; "" where there is none of this title."""
    notice = page.locator("details.hq-details", has=page.locator("summary", has_text=title)).first
    notice.locator("summary").click()
    return notice.inner_text()


def name_of(sent: Filed) -> str:
    return str(sent.answers["person"]["full_name"])


@BOTH
def test_papers_end_and_an_update_releases(scene, visit, how):
    address, made = scene
    ended = made[how]
    page = open_page(visit(address, script=SCRIPTS[how]), ended.careless)
    assert answer_words(page) == "暫停"
    for said in ("你的駕駛證已過有效期", "你的身份證件或居住證已過有效期"):
        expect(page.locator(".hq-answer").first).to_contain_text(said)
    for title in ("駕駛證", "身份證件", "居住證"):
        assert page.locator("details.hq-details summary", has_text=title).count() >= 3, title
    desk = screens.sign_in(visit(address, "desktop", script=SCRIPTS[how]), ended.desk, PASSWORD)
    desk.goto("/unit/list?state=suspended")
    expect(desk.locator("main")).to_contain_text("駕駛證已過期")
    expect(desk.locator("main")).to_contain_text("證件或居住證已過期")

    follow(page, "更改資料")
    screens.prove_phone(page)
    for what in ("姓名或身份證件", "與單位的關係、住址或居住證", "駕駛證"):
        page.locator("label", has_text=what).first.click()
    press(page, "繼續")
    later = {"id_expiry": "2041-05-20", "residence_permit_expiry": "2031-05-20", "licence_expiry": "2033-05-20"}
    screens.answer_until(page, "核對更改", later)
    screens.answer(page, {})
    at(page, "申報已提交")
    renewed = page.get_by_role("link", name="查看進度和文件").get_attribute("href") or ""
    page.goto(f"/s/{ended.careless.token}")
    assert answer_words(page) == "暫停"

    follow(desk, name_of(ended.careless))
    staff = plain.sign_in(address, ended.desk, PASSWORD)
    plain.verify(staff, name_of(ended.careless))
    plain.upload(staff)
    page.goto(f"/s/{ended.careless.token}")
    assert answer_words(page) == "已由新的登記取代"
    page.goto(renewed)
    page.get_by_label("證件號碼的最後四位").fill(tail(ended.careless))
    press(page, "查看進度")
    assert answer_words(page) == "在名單內"
    desk.goto("/unit/list?state=suspended")
    expect(desk.locator("main")).not_to_contain_text("駕駛證已過期")


@BOTH
def test_a_sanction_is_over_on_its_day_and_both_are_told(scene, visit, how):
    address, made = scene
    ended = made[how]
    page = open_page(visit(address, script=SCRIPTS[how]), ended.punished)
    assert answer_words(page) == "已移出名單"
    assert "期限已滿。你可以重新申報" in told(page, "嚴重失信列入已結束")
    desk = screens.sign_in(visit(address, "desktop", script=SCRIPTS[how]), ended.desk, PASSWORD)
    desk.goto("/unit/notices")
    for title in ("項申報或登記因嚴重失信移出", "嚴重失信列入已結束：1項申報或登記"):
        expect(desk.get_by_text(title).first).to_be_visible()

    given = people.resident(name_of(ended.punished), **_same(ended.punished))
    again = screens.file_with(visit(address, script=SCRIPTS[how]), ended.unit.code, given)
    screens.open_status(again, given)
    assert answer_words(again) == "等待單位驗核"


def _same(sent: Filed) -> dict[str, str]:
    """Document, phone and car as they were filed."""
    who, contact, car = sent.answers["person"], sent.answers["contact"], sent.answers["vehicles"][0]
    return {"id_number": who["id_number"], "phone": contact["phone"], "plate": car["plate"]}

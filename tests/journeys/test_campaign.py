"""A list is confirmed at the desk, with script and without: asked for by the platform, or by the unit itself, whose
unconfirmed are held, told once more and removed. A unit that confirms nobody has a case against it, and its people
stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders import delivery
from tests.builders.filings import Filed, filed, person
from tests.builders.units import PASSWORD, BuiltUnit, certified_unit, credit_code
from tests.builders.uploads import uploaded, verified
from tests.conftest import make_settings
from tests.journeys import running, screens
from tests.journeys.running import Running
from tests.journeys.screens import follow, of_row, press
from webapp import actors, clock
from webapp.domain.campaigns import actions, advancing
from webapp.domain.jobs.models import MESSAGES, RECORDS, URGENT

DAY = (clock.today() + timedelta(days=40)).isoformat()
SCRIPT = {True: "script", False: "no script"}


@dataclass
class Scene:
    """The server, its data, and a unit for each way of working that was asked forty days ago and confirmed nobody."""

    folder: Path
    address: str
    idle: dict[bool, tuple[BuiltUnit, Filed]]

    def later(self, campaign: str, days: int) -> None:
        """What the worker does of a campaign so many days from now."""
        with running.inside(self.folder), clock.travel(timedelta(days=days)):
            advancing.advance(campaign)
            url = f"sqlite:///{self.folder / 'passlist.db'}"
            delivery.drain(make_settings(self.folder, url, mode="demo"), URGENT, RECORDS, MESSAGES)


@pytest.fixture(scope="module")
def scene(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = running.copied(world, tmp_path_factory.mktemp("campaigns"))
    with running.inside(folder):
        with clock.travel(timedelta(days=-50)):
            built = {script: unit(f"idle-{script}") for script in SCRIPT}
            idle = {script: (one, on_list(one)) for script, one in built.items()}
        with clock.travel(timedelta(days=-40)):
            due = (clock.today() + timedelta(days=21)).isoformat()
            asked = [
                actions.start_in_unit(actors.system("long-ago"), one.unit.id, due, clock.today())["campaign"]
                for one in built.values()
            ]
        for days in (40, 33, 18):
            with clock.travel(timedelta(days=-days)):
                for campaign in asked:
                    advancing.advance(str(campaign))
    system = Running(folder)
    yield Scene(folder, system.address, idle)
    system.stop()


def unit(mailbox: str) -> BuiltUnit:
    """A unit that is none of the demo's."""
    number = credit_code("91440400MF")
    return certified_unit(
        email=f"{mailbox}@unit.example", unit_name=f"橫琴示範核對{number[-3:]}有限公司", registration_number=number
    )


def on_list(built: BuiltUnit, name: str = "") -> Filed:
    sent = filed(built, who=person(full_name=name) if name else None)
    uploaded(built, verified(built, sent))
    return sent


def stands(page: Page, sent: Filed) -> str:
    """The answer in words on somebody's private page, which this browser may have opened before."""
    page.goto(f"/s/{sent.token}")
    if not page.locator(".hq-answer-words").count():
        screens.open_page(page, sent)
    return page.locator(".hq-answer-words").inner_text().strip()


def test_unit_confirms_its_list_and_the_platform_follows(scene, visit):
    desk = screens.sign_in(visit(scene.address, "desktop"), "platform@demo.test")
    desk.goto("/platform/campaigns/new")
    desk.get_by_label("核對哪些單位").select_option("resident")
    desk.get_by_label("最後一天").fill(DAY)
    press(desk, "先看涉及多少")
    expect(desk.locator("#preview")).to_contain_text("涉及1個單位")
    press(desk, "開始核對")
    expect(desk.locator("h1")).to_contain_text("核對名單，最後一天")

    page = screens.sign_in(visit(scene.address, "desktop"), "committee@demo.test")
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


@pytest.mark.parametrize("script", SCRIPT, ids=SCRIPT.values())
def test_a_unit_asks_itself_and_whoever_it_does_not_confirm_is_held_and_removed(scene, visit, script):
    names, mailbox = ("江詠詩", "尹啟明", "溫家俊"), f"asking-{script}@unit.example"
    with running.inside(scene.folder):
        built = unit(f"asking-{script}")
        stays, late, gone = (on_list(built, name) for name in names)
    desk = screens.sign_in(visit(scene.address, "desktop", script=script), mailbox, PASSWORD)
    desk.goto("/unit/list")
    follow(desk, "核對名單")
    follow(desk, "開始核對")
    desk.get_by_label("最後一天").fill(clock.today().isoformat())
    press(desk, "開始核對")
    expect(desk.locator("#error-summary")).to_contain_text("最後一天要在21天以後")
    desk.get_by_label("最後一天").fill((clock.today() + timedelta(days=21)).isoformat())
    press(desk, "開始核對")
    expect(desk.get_by_text("已開始核對。")).to_be_visible()
    of_row(desk, "確認", names[0]).click()
    expect(desk.get_by_text("已確認1項。")).to_be_visible()
    where, campaign = desk.url, desk.url.rsplit("/", 1)[1]

    for days in (0, 7, 22):
        scene.later(campaign, days)
    desk.goto(where)
    expect(desk.locator(".hq-work-row .hq-state")).to_have_text(["暫停", "暫停"])
    reader = visit(scene.address, "phone", script=script)
    assert stands(reader, late) == "暫停"
    expect(reader.get_by_text("單位還沒有確認你仍屬於單位").first).to_be_visible()
    of_row(desk, "確認", names[1]).click()
    expect(desk.locator(".hq-work-row")).to_have_count(1)
    assert stands(reader, late) == "在名單內"

    scene.later(campaign, 29)
    texts = delivery.texts(make_settings(scene.folder, "", mode="demo"))
    mine = [one["text"] for one in texts if gone.submission.number in one["text"]]
    # Listed; fourteen days before, when held, and seven days before the removal: each once.
    said = ("你和車輛已在名單內", "單位尚未確認你仍屬該單位", "名單上的登記暫停", "登記將移出名單")
    assert [sum(words in text for text in mine) for words in said] == [1, 1, 1, 1]
    assert len(mine) == len(said)
    scene.later(campaign, 36)
    desk.goto(where)
    expect(desk.locator("h1 + .hq-lead")).to_contain_text("已結束")
    assert stands(reader, gone) == "已移出名單"
    expect(reader.get_by_text("單位沒有確認").first).to_be_visible()
    assert stands(reader, stays) == "在名單內"
    desk.goto("/unit/notices")
    for said in ("已暫停", "將移出", "已移出"):
        expect(desk.locator("main")).to_contain_text(said)


@pytest.mark.parametrize("script", SCRIPT, ids=SCRIPT.values())
def test_a_unit_that_confirmed_nobody_has_a_case_and_its_people_stay(scene, visit, script):
    address, (built, sent) = scene.address, scene.idle[script]
    desk = screens.sign_in(visit(address, "desktop", script=script), f"idle-{script}@unit.example", PASSWORD)
    desk.goto("/unit/cases")
    desk.locator("main table a, main .hq-todo a").first.click()
    expect(desk.locator("h1")).to_have_text("單位沒有確認人員")
    number = desk.locator(".hq-code").first.inner_text()
    expect(desk.get_by_text("核對名單的期限已過，本單位沒有確認任何人，請說明原因。")).to_be_visible()
    follow(desk, "答覆")
    desk.get_by_label("說明").fill("負責人病假，現正逐一核對。")
    press(desk, "提交答覆")
    expect(desk.get_by_text("已收到你的答覆。")).to_be_visible()

    officer = screens.sign_in(visit(address, "desktop", script=script), "platform@demo.test")
    officer.goto("/platform/cases")
    follow(officer, number)
    expect(officer.get_by_text("負責人病假，現正逐一核對。")).to_be_visible()
    expect(officer.get_by_text(built.unit.name).first).to_be_visible()

    assert stands(visit(address, script=script), sent) == "在名單內"

"""What becomes of the second place on a car, on the phone: the owner says no, nobody answered in time, a joint owner or
a buyer takes the owner's place. Each with and without script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders.delivery import drain
from tests.builders.filings import Filed, answers, draft, filed, send
from tests.builders.status import actor, couple
from tests.builders.units import PASSWORD, BuiltUnit, certified_unit, credit_code
from tests.builders.uploads import entry_of, owner_and_second, second_filed, uploaded, verified
from tests.conftest import make_settings
from tests.journeys import people, plain, running, screens
from tests.journeys.running import Running
from tests.journeys.screens import at, choose, follow, open_page, press
from webapp import clock
from webapp.domain.filings import asking, invitation_terms, invitations, inviting
from webapp.domain.filings.models import Invitation
from webapp.domain.jobs.models import RECORDS
from webapp.domain.passlist import removals
from webapp.domain.passlist.selection import Chosen

SCRIPTS = {"script": True, "no script": False}
BOTH = pytest.mark.parametrize("how", SCRIPTS)


@dataclass
class Cars:
    """What has happened to four cars before the journeys begin."""

    here: BuiltUnit
    desk: str  # mailbox of its manager
    asked: tuple[Filed, Filed]  # the owner has not answered yet
    silent: tuple[Filed, Filed, str, str]  # nobody answered either of them in time: the links of the two
    joint: tuple[Filed, Filed]  # both on the list
    sold: tuple[Filed, Filed]  # the seller has left, his second driver is held


@pytest.fixture(scope="module")
def scene(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Cars]]]:
    folder = running.copied(world, tmp_path_factory.mktemp("cars"))
    with running.inside(folder):
        made = {how: prepared(how.replace(" ", "-")) for how in SCRIPTS}
        drain(make_settings(folder, f"sqlite:///{folder / 'passlist.db'}", mode="demo"), RECORDS)
    system = Running(folder)
    yield system.address, made
    system.stop()


def prepared(how: str) -> Cars:
    here, there = (
        certified_unit(email=f"{name}-{how}@unit.example", registration_number=credit_code("91440400MD"))
        for name in ("here", "there")
    )
    with clock.travel(timedelta(days=-40)):
        silent = unanswered(here, there)
    invitation_terms.tend(clock.now())
    joint, sold = beside(here, there), sold_by(here, there)
    return Cars(here, f"here-{how}@unit.example", couple(here, there), silent, joint, sold)


def unanswered(here: BuiltUnit, there: BuiltUnit) -> tuple[Filed, Filed, str, str]:
    _owner, second = couple(here, there)
    other = filed(here)
    offered = inviting.invite(actor(other), other.submission.ref, other.filing.ref)["invitation"]
    asked = Invitation.get(Invitation.filing == second.filing.id)
    return other, second, asking.token(offered), asking.token(asked.ref)


def beside(here: BuiltUnit, there: BuiltUnit) -> tuple[Filed, Filed]:
    """An owner on the list, and another owner of the same car beside him."""
    owner = filed(here)
    uploaded(here, verified(here, owner))
    made = inviting.invite(actor(owner), owner.submission.ref, owner.filing.ref, joint=True)
    car = invitations.prefilled(made["invitation"])["vehicles"]
    second = send(draft(there, answers() | {"vehicles": car}))
    uploaded(there, verified(there, second))
    return owner, second


def sold_by(here: BuiltUnit, there: BuiltUnit) -> tuple[Filed, Filed]:
    mine, others = owner_and_second()
    seller = filed(here, vehicles=[mine])
    uploaded(here, verified(here, seller))
    second = second_filed(there, others)
    uploaded(there, verified(there, second))
    gone = entry_of(seller)
    removals.remove(here.actor, here.unit.id, Chosen(rows=((gone.ref, gone.version),)), "left_unit")
    return seller, second


def answer_words(page: Page) -> str:
    return page.locator(".hq-answer-words").inner_text().strip()


@BOTH
def test_the_owner_says_no(scene, visit, how):
    address, made = scene
    asked, second = made[how].asked
    owner = open_page(visit(address, script=SCRIPTS[how]), asked)
    follow(owner, "看看是誰並答覆")
    screens.prove_phone(owner)
    choose(owner, "不同意，或不認識這個人")
    press(owner, "答覆")
    expect(owner.get_by_text("已回覆：不同意。已通知對方。")).to_be_visible()
    expect(owner.locator("#questions")).to_have_count(0)
    assert answer_words(owner) == "等待單位驗核"

    driver = open_page(visit(address, script=SCRIPTS[how]), second)
    assert answer_words(driver) == "申報已結束"
    expect(driver.locator(".hq-answer")).to_contain_text("車主不同意")


@BOTH
def test_nobody_answered_in_time(scene, visit, how):
    address, made = scene
    owner, second, offered, asked = made[how].silent
    for link in (offered, asked):
        anybody = visit(address, script=SCRIPTS[how])
        anybody.goto(f"/i/{link}")
        at(anybody, "這個連結已不能用")

    driver = open_page(visit(address, script=SCRIPTS[how]), second)
    assert answer_words(driver) == "申報已結束"
    expect(driver.locator(".hq-answer")).to_contain_text("車主沒有在期限前回覆")

    # The owner's own goes on, and he may invite again.
    host = open_page(visit(address, script=SCRIPTS[how]), owner)
    assert answer_words(host) == "等待單位驗核"
    follow(host, "這輛車的第二名駕駛員")
    screens.prove_phone(host)
    press(host, "邀請第二名駕駛員")
    expect(host.locator("svg.hq-qr")).to_be_visible()


@BOTH
def test_the_owner_leaves_his_unit_and_the_joint_owner_takes_his_place(scene, visit, how):
    address, made = scene
    owner, joint = made[how].joint
    beside_him = open_page(visit(address, script=SCRIPTS[how]), joint)
    beside_him.get_by_role("link", name="備案確認").last.click()
    expect(beside_him.locator("main")).to_contain_text("第二名駕駛員")
    old = beside_him.get_by_text("/genuine/").first.inner_text().rpartition("/")[2].strip()

    leaver = open_page(visit(address, script=SCRIPTS[how]), owner)
    follow(leaver, "要求移出名單")
    screens.prove_phone(leaver)
    choose(leaver, "我已離開這個單位或已遷離社區")
    press(leaver, "要求移出")
    expect(leaver.get_by_text("你在這個單位的登記已暫停，並已通知單位移出。")).to_be_visible()

    desk = plain.sign_in(address, made[how].desk, PASSWORD)
    desk.open("/unit/list?state=suspended")
    desk.follow(owner.answers["person"]["full_name"])
    desk.follow("移出這一項")
    desk.press("移出名單", {"cause": "left_unit"})
    leaver.reload()
    assert answer_words(leaver) == "已移出名單"

    beside_him.goto(f"/s/{joint.token}")
    assert answer_words(beside_him) == "在名單內"
    expect(beside_him.get_by_text("你現在是這輛車登記的車主").first).to_be_attached()
    beside_him.get_by_role("link", name="備案確認").last.click()
    expect(beside_him.locator("main")).not_to_contain_text("第二名駕駛員")
    beside_him.goto(f"/genuine/{old}")
    expect(beside_him.get_by_text("真確，但已由新的備案確認取代")).to_be_visible()


@BOTH
def test_a_buyer_takes_the_owners_place(scene, visit, how):
    address, made = scene
    _seller, second = made[how].sold
    driver = open_page(visit(address, script=SCRIPTS[how]), second)
    assert answer_words(driver) == "暫停"

    buyer = visit(address, script=SCRIPTS[how])
    plate = second.answers["vehicles"][0]["plate"]
    given = people.staff("容若水", plate=plate)
    screens.file_with(buyer, made[how].here.code, given)
    screens.open_status(buyer, given)
    desk = plain.sign_in(address, made[how].desk, PASSWORD)
    plain.verify(desk, "容若水")
    plain.upload(desk)

    buyer.reload()
    assert answer_words(buyer) == "在名單內"
    driver.reload()
    assert answer_words(driver) == "已移出名單"
    expect(driver.locator(".hq-answer")).to_contain_text("列入的依據已終止")

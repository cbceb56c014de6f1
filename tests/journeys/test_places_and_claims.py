"""Who drives beside the owner, and who says the car is his, on the phone: an invitation taken back, one not accepted,
an owner who comes back, a sold car that leads to a case, a filing that was not his. Each with and without script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders.delivery import drain
from tests.builders.filings import Filed, filed
from tests.builders.status import couple
from tests.builders.units import PASSWORD, BuiltUnit, certified_unit, credit_code
from tests.builders.uploads import entry_of, owner_and_second, second_filed, uploaded, verified
from tests.conftest import make_settings
from tests.journeys import people, plain, running, screens
from tests.journeys.running import Running
from tests.journeys.screens import at, choose, follow, open_page, press
from webapp.domain.jobs.models import RECORDS
from webapp.domain.passlist import removals
from webapp.domain.passlist.selection import Chosen

SCRIPTS = {"script": True, "no script": False}
BOTH = pytest.mark.parametrize("how", SCRIPTS)


@dataclass
class Cars:
    here: BuiltUnit
    desk: str
    inviting: Filed  # an owner without a second driver
    waiting: tuple[Filed, Filed]  # a second driver filed first; his owner has not answered
    back: tuple[Filed, Filed]  # the owner was removed, the second driver is held
    seller: Filed  # on the list with a car he sold
    stranger: Filed  # somebody else filed in his name


@pytest.fixture(scope="module")
def scene(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Cars]]]:
    folder = running.copied(world, tmp_path_factory.mktemp("places"))
    with running.inside(folder):
        made = {how: prepared(how.replace(" ", "-")) for how in SCRIPTS}
        drain(make_settings(folder, f"sqlite:///{folder / 'passlist.db'}", mode="demo"), RECORDS)
    system = Running(folder)
    yield system.address, made
    system.stop()


def prepared(how: str) -> Cars:
    desk = f"north-{how}@unit.example"
    here = certified_unit(email=desk, registration_number=credit_code("91440400MB"))
    mine, others = owner_and_second()
    owner, seller = filed(here, vehicles=[mine]), filed(here)
    uploaded(here, verified(here, owner, seller))
    second = second_filed(here, others)
    uploaded(here, verified(here, second))
    gone = entry_of(owner)
    removals.remove(here.actor, here.unit.id, Chosen(rows=((gone.ref, gone.version),)), "entered_in_error")
    return Cars(here, desk, filed(here), couple(here, here), (owner, second), seller, filed(here))


def answer_words(page: Page) -> str:
    return page.locator(".hq-answer-words").inner_text().strip()


def invited(page: Page) -> str:
    """The owner makes an invitation; its link."""
    follow(page, "這輛車的第二名駕駛員")
    if page.get_by_role("button", name="發送驗證碼").count():
        screens.prove_phone(page)
    press(page, "邀請第二名駕駛員")
    expect(page.locator("svg.hq-qr")).to_be_visible()
    return page.locator("a[href*='/i/']").get_attribute("href") or ""


@BOTH
def test_an_invitation_taken_back_opens_nothing(scene, visit, how):
    address, made = scene
    owner, anybody = (visit(address, script=SCRIPTS[how]) for _ in range(2))
    open_page(owner, made[how].inviting)
    link = invited(owner)
    anybody.goto(link)
    at(anybody, "車主邀請你駕駛他的車")
    press(owner, "收回邀請")
    expect(owner.get_by_text("已收回邀請，連結不能再用。")).to_be_visible()

    anybody.reload()
    at(anybody, "這個連結已不能用")


@BOTH
def test_an_invitation_not_accepted_leaves_his_filing_as_it_is(scene, visit, how):
    address, made = scene
    sent, beside = made[how].waiting
    owner, second = (visit(address, script=SCRIPTS[how]) for _ in range(2))
    open_page(owner, sent)
    link = invited(owner)
    second.goto(link)
    open_page(second, beside)
    follow(second, "看看邀請並答覆")
    screens.prove_phone(second)
    press(second, "答覆")
    expect(second.locator("#error-summary")).to_contain_text("請選擇接受或不接受")
    choose(second, "不接受")
    press(second, "答覆")
    expect(second.get_by_text("已回覆不接受。已通知車主。")).to_be_visible()
    assert answer_words(second) == "等待車主同意和單位驗核"


@BOTH
def test_the_owner_comes_back_and_his_second_driver_with_him(scene, visit, how):
    address, made = scene
    sent, beside = made[how].back
    second = open_page(visit(address, script=SCRIPTS[how]), beside)
    assert answer_words(second) == "暫停"
    name, car = sent.answers["person"]["full_name"], sent.answers["vehicles"][0]["plate"]
    given = people.staff(
        name,
        plate=car,
        id_type=sent.answers["person"]["id_type"],
        id_number=sent.answers["person"]["id_number"],
        phone=sent.answers["contact"]["phone"],
    )
    owner = visit(address, script=SCRIPTS[how])
    screens.file_with(owner, made[how].here.code, given)
    desk = plain.sign_in(address, made[how].desk, PASSWORD)
    plain.verify(desk, name)
    plain.upload(desk)

    second.reload()
    assert answer_words(second) == "在名單內"


@BOTH
def test_whoever_bought_the_car_is_led_to_a_case_and_not_to_the_seller(scene, visit, how):
    address, made = scene
    seller = made[how].seller
    buyer = visit(address, script=SCRIPTS[how])
    given = people.staff("容子瑜", plate=seller.answers["vehicles"][0]["plate"])
    screens.answer_until(screens.begin(buyer, made[how].here.code), "核對、承諾並簽署", given)
    screens.answer(buyer, given)
    expect(buyer.locator("#collision")).to_be_visible()
    assert seller.answers["person"]["full_name"] not in buyer.inner_text("main")
    follow(buyer, "不是我，請查證")
    buyer.get_by_label("說明").fill("上月向車主買入，附買賣合約。")
    buyer.locator("[name=evidence]").set_input_files(
        {"name": "contract.png", "mimeType": "image/png", "buffer": people.certificate()}
    )
    press(buyer, "提出，請查證")
    # Evidence is taken under a consent of its own.
    expect(buyer.locator("#error-summary")).to_be_visible()
    buyer.locator("[name=evidence]").set_input_files(
        {"name": "contract.png", "mimeType": "image/png", "buffer": people.certificate()}
    )
    buyer.locator("label[for=consent_evidence]").click()
    press(buyer, "提出，請查證")
    at(buyer, "你提出的個案")
    number = buyer.locator(".hq-code").first.inner_text()
    assert seller.answers["person"]["full_name"] not in buyer.inner_text("main")

    holder = open_page(visit(address, script=SCRIPTS[how]), seller)
    assert answer_words(holder) == "在名單內"
    expect(holder.get_by_text(number)).to_be_visible()


@BOTH
def test_a_filing_that_was_not_his_is_stopped(scene, visit, how):
    address, made = scene
    page = open_page(visit(address, script=SCRIPTS[how]), made[how].stranger)
    follow(page, "這份申報不是我交的")
    screens.prove_phone(page)
    page.get_by_label("說明").fill("我沒有申報過。")
    press(page, "不是我，請查證")
    at(page, "申報進度")
    expect(page.get_by_text("異議", exact=False).first).to_be_visible()
    desk = plain.sign_in(address, made[how].desk, PASSWORD)
    desk.open(f"/unit/filings?q={made[how].stranger.answers['person']['full_name']}")
    assert "異議" in desk.page.text

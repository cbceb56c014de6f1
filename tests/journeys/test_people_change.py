"""People change what is in force, on the phone: an owner's new plate, another vehicle, another unit, second thoughts
about leaving, consent taken back. Each with and without script; what is in force stays until the upload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.builders.delivery import drain
from tests.builders.filings import Filed, filed
from tests.builders.status import tail
from tests.builders.units import PASSWORD, BuiltUnit, certified_unit, credit_code
from tests.builders.uploads import owner_and_second, second_filed, uploaded, verified
from tests.conftest import make_settings
from tests.journeys import plain, running, screens
from tests.journeys.running import Running
from tests.journeys.screens import at, choose, follow, open_page, press
from webapp.domain.jobs.models import RECORDS
from webapp.values import plates

SCRIPTS = {"script": True, "no script": False}
BOTH = pytest.mark.parametrize("how", SCRIPTS)
SIGNED = {"consent_processing": "yes", "consent_sharing": "yes", "pledge_agreed": "yes", "signature_method": "typed"}


@dataclass
class Street:
    """Who is on the list before the journeys begin."""

    here: BuiltUnit
    there: BuiltUnit
    desks: tuple[str, str]  # mailboxes of the two
    pair: tuple[Filed, Filed]  # owner here, second driver there
    mover: Filed
    doubter: Filed


@pytest.fixture(scope="module")
def scene(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Street]]]:
    folder = running.copied(world, tmp_path_factory.mktemp("street"))
    with running.inside(folder):
        made = {how: prepared(how.replace(" ", "-")) for how in SCRIPTS}
        drain(make_settings(folder, f"sqlite:///{folder / 'passlist.db'}", mode="demo"), RECORDS)
    system = Running(folder)
    yield system.address, made
    system.stop()


def prepared(how: str) -> Street:
    mails = tuple(f"{name}-{how}@unit.example" for name in ("east", "west"))
    here, there = (certified_unit(email=one, registration_number=credit_code("91440400MC")) for one in mails)
    mine, others = owner_and_second()
    owner, mover, doubter = filed(here, vehicles=[mine]), filed(here), filed(here)
    uploaded(here, verified(here, owner, mover, doubter))
    second = second_filed(there, others)
    uploaded(there, verified(there, second))
    return Street(here, there, (mails[0], mails[1]), (owner, second), mover, doubter)


def open_newer(page: Page, sent: Filed) -> None:
    """From the page of what was replaced to the page of what counts now, which asks who it is again."""
    page.locator("main a", has_text="HQ-").first.click()
    page.get_by_label("證件號碼的最後四位").fill(tail(sent))
    press(page, "查看進度")
    at(page, "申報進度")


def answer_words(page: Page) -> list[str]:
    return [one.strip() for one in page.locator(".hq-answer-words").all_inner_texts()]


def name_of(sent: Filed) -> str:
    return str(sent.answers["person"]["full_name"])


def shown(plate: str) -> str:
    return plates.display(plates.check(plate).value)


def taken(address: str, desk: str, name: str) -> None:
    """The unit verifies and uploads what was sent."""
    staff = plain.sign_in(address, desk, PASSWORD)
    plain.verify(staff, name)
    plain.upload(staff)


@BOTH
def test_an_owners_new_plate_takes_the_second_driver_along(scene, visit, how):
    address, made = scene
    street = made[how]
    sent, beside = street.pair
    old, new = shown(sent.answers["vehicles"][0]["plate"]), f"粵C·D7{'13' if SCRIPTS[how] else '14'}77"
    owner, second = (visit(address, script=SCRIPTS[how]) for _ in range(2))
    open_page(owner, sent)
    follow(owner, "更改資料")
    screens.prove_phone(owner)
    choose(owner, old)
    press(owner, "繼續")
    # Filled in already; only what is new is typed.
    assert owner.locator("#brand_model").input_value() == "比亞迪海豚"
    screens.answer(owner, {"plate": new})
    at(owner, "核對更改、承諾並簽署")
    expect(owner.locator("main")).to_contain_text(shown(new))
    screens.answer(owner, SIGNED | {"signed_name": name_of(sent)})
    at(owner, "申報已提交")

    open_page(second, beside)
    assert answer_words(second) == ["在名單內"]
    expect(second.get_by_text(old).first).to_be_visible()
    taken(address, street.desks[0], name_of(sent))
    second.reload()
    assert answer_words(second) == ["在名單內"]
    expect(second.get_by_text(shown(new)).first).to_be_visible()
    expect(second.get_by_text(old)).to_have_count(0)

    owner.goto(f"/s/{sent.token}")
    expect(owner.get_by_text("已由新的登記取代").first).to_be_visible()
    open_newer(owner, sent)
    expect(owner.locator(".hq-answer-words").first).to_have_text("在名單內")


@BOTH
def test_to_another_unit_and_another_vehicle_there(scene, visit, how):
    address, made = scene
    street = made[how]
    page = open_page(visit(address, script=SCRIPTS[how]), street.mover)
    follow(page, "轉到另一個單位")
    screens.prove_phone(page)
    page.locator("[name=unit_code]").fill(street.there.code)
    press(page, "繼續")
    at(page, "是這個單位嗎？")
    press(page, "是，繼續")
    given = SIGNED | {"unit_relation": "staff", "staff_number": "B-2", "signed_name": name_of(street.mover)}
    screens.answer_until(page, "核對、承諾並簽署", given)
    screens.answer(page, given)
    at(page, "申報已提交")
    page.goto(f"/s/{street.mover.token}")
    assert answer_words(page) == ["在名單內"]
    taken(address, street.desks[1], name_of(street.mover))
    page.reload()
    assert answer_words(page) == ["已由新的登記取代"]

    open_newer(page, street.mover)
    follow(page, "加一輛車")
    screens.prove_phone(page)
    press(page, "填寫車輛資料")
    at(page, "你駕駛哪輛車？")
    expect(page.get_by_text("每名駕駛員都要經自己的單位或所屬居委會申報。", exact=False).first).to_be_visible()
    car = {"plate": f"粵C·D7{'15' if SCRIPTS[how] else '16'}88", "size_class": "small", "is_owner": "yes"}
    screens.answer(page, {"vehicle_use": "own"} | car | {"brand_model": "比亞迪海豚"})
    screens.answer(page, given)
    at(page, "申報已提交")


@BOTH
def test_second_thoughts_about_leaving_and_consent_taken_back(scene, visit, how):
    address, made = scene
    page = open_page(visit(address, script=SCRIPTS[how]), made[how].doubter)
    follow(page, "要求移出名單")
    screens.prove_phone(page)
    press(page, "要求移出")
    expect(page.locator("#error-summary")).to_contain_text("請選擇一種移出方式")
    choose(page, "請單位移出")
    press(page, "要求移出")
    assert answer_words(page) == ["暫停"]
    follow(page, "收回移出要求")
    press(page, "收回要求，留在名單")
    assert answer_words(page) == ["在名單內"]

    follow(page, "要求移出名單")
    choose(page, "撤回處理個人信息的同意")
    press(page, "要求移出")
    assert answer_words(page) == ["已移出名單"]
    expect(page.get_by_text("按你的要求", exact=False).first).to_be_visible()
    expect(page.get_by_text("提出異議", exact=False)).to_have_count(0)

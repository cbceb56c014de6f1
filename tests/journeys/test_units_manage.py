"""A unit's own affairs between its manager and two officers of the platform, without script: who has left by a list,
the list as a file, another manager, certified data changed, an account given back; and a file of sanctions."""

from __future__ import annotations

import csv
import io
import time

import pytest

from tests.builders.sheets import workbook
from tests.journeys import people, plain, running
from tests.journeys.reader import Reader
from webapp.cli.demo import cast

HEADS = ("姓名", "證件號碼末四位", "職員編號", "手提電話")
UNIT = "琴澳示範科技有限公司"
DUTY = "濠江示範運輸有限公司"


@pytest.fixture(scope="module")
def officers(working_system) -> tuple[Reader, Reader]:
    first, second = (plain.sign_in(working_system.address, f"{one}@demo.test") for one in ("platform", "platform2"))
    return first, second


@pytest.fixture
def manager(working_system) -> Reader:
    return plain.sign_in(working_system.address, "enterprise@demo.test")


def number_of(name: str) -> str:
    return next(cast.number(one.id_type, serial) for serial, one in enumerate(cast.CAST) if one.name == name)


def take_up(officer: Reader) -> Reader:
    """The new manager opens the link that went to his mailbox; the demo shows it on the officer's page."""
    links = [one.get("href", "") for one in officer.page.main.iter("a")]
    new = Reader(officer.address)
    new.open(next(one for one in links if "/invitation/" in one))
    new.onward({"full_name": "何嘉欣", "password": people.PASSWORD})
    assert new.page.status == 200, new.page.errors
    return new


def named(email: str) -> dict[str, object]:
    return {
        "manager_name": "何嘉欣",
        "manager_phone": "13900139000",
        "email": email,
        "managers": "end",
        "authorisation": people.certificate(),
    }


def test_who_has_left_by_a_list(world, working_system, manager):
    _token, tail = running.private_links(world)["張偉強"]
    sheet = workbook(("張偉強", tail, "", ""), ("並無此人", "0001", "", ""), ("數字", 123, "", ""), heads=HEADS)
    manager.open("/unit/list")
    manager.follow("用檔案移出離開的人")
    manager.press("上傳並檢查", {"file": sheet})
    where, until = manager.page.address, time.monotonic() + plain.PATIENCE
    while manager.page.heading != "離開的人：預覽":
        assert time.monotonic() < until, manager.page.text
        time.sleep(0.2)
        manager.open(where)
    assert "存成數字" in manager.page.text
    assert "沒有這個姓名" in manager.page.text
    manager.press("移出離開的1人")
    assert "已移出1項" in manager.page.text
    # The same list again ends nothing more.
    manager.open("/unit/list?state=removed&q=張偉強")
    assert "張偉強" in manager.page.text


def test_the_list_as_a_file(manager):
    manager.open("/unit/list/export")
    manager.onward({"format": "csv", "detail": "masked"})
    masked = list(csv.reader(io.StringIO(manager.downloaded.content.decode("utf-8-sig"))))
    assert number_of("曾慶生") not in str(masked)
    manager.open("/unit/list/export")
    manager.onward({"format": "csv", "detail": "full"})
    assert manager.page.status == 422
    manager.onward({"format": "csv", "detail": "full", "purpose": "authority"})
    full = manager.downloaded.content.decode("utf-8-sig")
    assert number_of("曾慶生") in full


def test_certified_data_change_by_two_officers(working_system, manager, officers):
    manager.open("/unit/standing")
    manager.follow("更改已認證的資料")
    manager.onward({"unit_name": "琴澳示範創新有限公司", "proof": people.certificate()})
    assert manager.page.heading == "登記資料和進度", manager.page.errors
    assert UNIT in manager.page.text
    first, _second = officers
    first.open("/platform/proposals")
    first.follow(UNIT)
    first.press("認證更改的資料")
    assert "琴澳示範創新有限公司" in first.page.text
    manager.open("/unit/standing")
    assert "琴澳示範創新有限公司" in manager.page.text


def test_another_manager(working_system, officers):
    old = plain.sign_in(working_system.address, "duty@demo.test")
    old.open("/unit/standing")
    old.follow("更換單位專人")
    old.onward(named("next@unit.example"))
    assert old.page.heading == "登記資料和進度", old.page.errors
    first, _second = officers
    first.open("/platform/proposals")
    first.follow(DUTY)
    first.press("確認新的專人")
    old.open("/unit/team")
    assert old.page.status == 200  # until he takes it up, the old one stays
    new = take_up(first)

    old.open("/unit/team")
    assert "何嘉欣" not in old.page.text
    new.open("/unit/team")
    assert "何嘉欣" in new.page.text


def test_an_account_given_back(working_system, officers):
    known = next(one for one in cast.UNITS if one.key == "quay")
    place, number = known.registration
    again = people.enterprise(known.name, "lost@unit.example") | {
        "unit_class": known.unit_class,
        "registration_place": place,
        "registration_number": number,
        "authorisation": people.certificate(),
        "proof": people.certificate(),
    }
    applicant = Reader(working_system.address)
    applicant.open("/register")
    applicant.onward(again)
    assert applicant.page.status == 409, applicant.page.text
    assert "quay@demo.test" not in applicant.page.text
    applicant.onward()
    assert "已收到取回帳號的要求" in applicant.page.text
    first, second = officers
    first.open("/platform/proposals")
    first.follow(known.name)
    first.press("提出交回帳號", {"managers": "end", "note": "已致電查證。"})
    where = first.page.address
    assert "確認並寄出連結" not in first.page.text
    second.open(where)
    second.press("確認並寄出連結")
    assert "加入連結已寄給新專人" in second.page.text
    new = take_up(second)
    new.open("/unit/team")
    assert "何嘉欣" in new.page.text

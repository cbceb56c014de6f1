"""What changes for somebody on the list, from his private page to the unit's upload: plate, licence, name, another
vehicle, another unit, a lost phone. Without script; what is in force stays until the upload."""

from __future__ import annotations

import pytest

from tests.journeys import plain, running
from tests.journeys.plain import ENTERPRISE, Person
from tests.journeys.reader import Given, Reader, first_in
from webapp.cli.demo import cast


@pytest.fixture(scope="module")
def listed(world, system):
    """listed(name) → somebody of the demo who is on the list, on his private page."""
    links = running.private_links(world)
    return lambda name: plain.of_demo(system.address, name, *links[name])


@pytest.fixture(scope="module")
def committee(system) -> Reader:
    return plain.sign_in(system.address, "committee@demo.test")


@pytest.fixture(scope="module")
def enterprise(system) -> Reader:
    return plain.sign_in(system.address, "enterprise@demo.test")


def change(who: Person, chosen: Given, typed: Given) -> str:
    """From the private page to the sent change; returns its number."""
    who.go("更改資料")
    if "change_vehicles" in chosen:
        boxes = [one for one in who.browser.page.main.iter("input") if one.get("name") == "change_vehicles"]
        chosen = chosen | {"change_vehicles": [box.get("value") for box in boxes]}
    who.browser.press("繼續", chosen)
    while who.browser.page.heading not in ("核對更改", "核對更改、承諾並簽署"):
        who.browser.onward(typed)
        assert who.browser.page.status == 200, who.browser.page.errors
    who.browser.onward(who.given | typed | {"signed_name": typed.get("full_name", who.name)})
    assert who.browser.page.status == 200, (who.browser.page.errors, who.browser.page.text)
    return first_in(who.browser.page, r"HQ-[0-9A-Z]{4}-[0-9A-Z]{4}")


def taken(staff: Reader, who: Person, name: str = "") -> None:
    """The unit verifies and uploads what was sent."""
    assert "在名單內" in who.home()
    assert "更改正在辦理" in who.home()
    plain.verify(staff, name or who.name)
    plain.upload(staff)


def test_plate_with_a_new_pledge(listed, committee):
    who = listed("吳鳳儀")
    number = change(who, {"change_vehicles": ["all"]}, {"plate": "粵C·D71011"})
    assert "粤C·D71011" not in who.home()
    taken(committee, who)

    assert "已由新的登記取代" in who.home()
    who.browser.follow(number)
    who.browser.onward({"id_tail": who.given["id_number"][-4:]})
    assert "粤C·D71011" in who.browser.page.text
    assert "在名單內" in who.browser.page.text


def test_licence_without_a_new_pledge(listed, committee):
    who = listed("李桂芳")
    change(who, {"change_pages": ["licence"]}, {"licence_expiry": "2039-01-31"})
    taken(committee, who)

    assert "已由新的登記取代" in who.home()


def test_name_with_a_new_pledge(listed, committee):
    who = listed("黃㛃恩")
    change(who, {"change_pages": ["person"]}, {"full_name": "黃㛃欣"})
    taken(committee, who, "黃㛃欣")

    assert "已由新的登記取代" in who.home()


def test_phone_and_mail_count_at_once(listed):
    who = listed("林𬱖")
    who.go("更改資料")
    who.browser.press("繼續", {"change_pages": ["contact"]})
    while who.browser.page.heading != "核對更改":
        who.browser.onward({"email": "lin@mail.example"})
        assert who.browser.page.status == 200, who.browser.page.errors
    assert "儲存後即時生效" in who.browser.page.text
    who.browser.onward()

    assert "在名單內" in who.home()
    who.go("我的資料：查閱、下載、誰看過、撤回同意、刪除")
    assert "lin@mail.example" in who.browser.page.text


def test_another_vehicle(listed, committee):
    who = listed("周䶮")
    who.go("加一輛車")
    who.browser.press("填寫車輛資料")
    car = {"plate": "粵C·D71022", "size_class": "small", "is_owner": "yes", "add_another": "no"}
    who.browser.until(plain.CHECK, car)
    who.browser.onward(who.given)
    assert who.browser.page.heading == "申報已提交", who.browser.page.text
    assert "在名單內" in who.home()
    assert "你的其他申報" in who.home()


def test_to_another_unit_without_typing_again(listed, enterprise):
    who = listed("張秀英")
    who.go("轉到另一個單位")
    who.browser.onward({"unit_code": "ZZZZ9999"})
    assert who.browser.page.status == 422
    who.browser.onward({"unit_code": ENTERPRISE})
    assert who.browser.page.heading == "是這個單位嗎？"
    assert "琴澳示範科技有限公司" in who.browser.page.text
    who.browser.press("是，繼續")
    who.browser.until(plain.CHECK, {"unit_relation": "staff", "staff_number": "B-2"})
    who.browser.onward(who.given)
    assert who.browser.page.heading == "申報已提交", who.browser.page.text
    assert "在名單內" in who.home()
    plain.verify(enterprise, who.name)
    plain.upload(enterprise)

    assert "已由新的登記取代" in who.home()


def test_a_lost_phone_at_the_counter(listed, committee):
    who = listed("歐陽志華")
    plain.entry(committee, who.name)
    committee.follow("本人遺失電話")
    committee.press("發驗證碼到新電話", {"phone": "13900009999", "id_tail": "0000", "seen": "yes"})
    assert committee.page.status == 422
    serial = next(serial for serial, one in enumerate(cast.CAST) if one.name == who.name)
    tail = cast.number("cn_id", serial)[-4:]
    committee.press("發驗證碼到新電話", {"phone_region": "86", "phone": "13900009999", "id_tail": tail, "seen": "yes"})
    assert committee.page.heading == "核對新電話"
    committee.press("更換電話")
    assert "已更換電話" in committee.page.text

    # The old link is dead; the new phone cannot remove anything for a day.
    assert "名單內" not in who.home()
    found = Reader(who.browser.address)
    found.open("/find")
    found.onward({"id_type": "cn_id", "id_number": cast.number("cn_id", serial)})
    found.onward()
    found.follow("HQ-")
    found.onward({"id_tail": tail})
    found.follow("要求移出名單")
    person = Person(who.given, found, found.page.address)
    person.prove()
    found.press("要求移出", {"leave_by": "consent"})
    assert found.page.status == 409
    assert "24小時" in found.page.text

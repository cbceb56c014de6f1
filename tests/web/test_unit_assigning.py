"""Vehicles of the register and their drivers, as a clerk without script meets them."""

import re

import pytest

from tests.builders import units as build
from tests.builders.browser import Browser, errors, heading
from tests.builders.uploads import listed, uploaded
from webapp.domain.closings import fleet
from webapp.domain.filings.models import Filing
from webapp.domain.passlist.models import Entry
from webapp.domain.units import vehicles
from webapp.domain.units.vehicles import NewVehicle

EMAIL, PLATE = "fleet@unit.example", "粤C·12345"


@pytest.fixture
def unit(db):
    return build.certified_unit(email=EMAIL)


@pytest.fixture
def clerk(app, unit) -> Browser:
    browser = Browser(app.test_client())
    browser.come_as(EMAIL)
    return browser


@pytest.fixture
def car(unit) -> str:
    return vehicles.add(unit.actor, unit.unit.id, NewVehicle(PLATE, "small"))["vehicle"]


def ticks(page) -> list[str]:
    return re.findall(r'name="row" value="([^"]+)"', page.text)


def said(clerk, answer) -> str:
    return re.sub(r"<[^>]+>", "", clerk.open(answer.location).text)


def test_drivers_are_chosen_from_the_page_of_the_vehicle(unit, clerk, car):
    people = [listed(unit) for _ in range(2)]
    path = f"/unit/vehicles/{car}/drivers"
    page = clerk.open(path)
    assert (heading(page), len(ticks(page))) == (f"指派駕駛員 {PLATE}", 2)

    nobody = clerk.send(path)
    assert (nobody.status_code, errors(nobody)) == (422, ["請先選取要指派的人或車輛"])
    done = clerk.send(path, {"row": ticks(page)})

    assert (done.status_code, done.location) == (303, f"/unit/vehicles/{car}")
    told = said(clerk, done)
    assert "已指派2項，上傳後生效" in told
    assert "正在辦理（2份）" in told
    again = clerk.send(path, {"row": ticks(page)}, page="/unit/vehicles")
    assert "2項沒有指派：已駕駛這輛車，或正在辦理" in said(clerk, again)
    assert {one.person_id for one in Filing.select().where(Filing.assigned)} == {one.person_id for one in people}


def test_everybody_at_once_and_a_count_that_is_out_of_date(unit, clerk, car):
    for _ in range(2):
        listed(unit)
    path = f"/unit/vehicles/{car}/drivers"

    asked = clerk.send(path, {"everything": "yes", "expected": "2"})
    assert (asked.status_code, Filing.select().where(Filing.assigned).count()) == (200, 0)
    assert "指派全部2人？" in asked.text

    late = clerk.send(path, {"everything": "yes", "expected": "3", "confirmed": "yes"})
    assert (late.status_code, errors(late)) == (409, ["名單剛才有變動，請再看一次數目"])
    other = clerk.send(
        path, {"everything": "yes", "expected": "2", "confirmed": "yes", "switch_language": "zh_Hans_CN"}
    )
    assert (Filing.select().where(Filing.assigned).count(), "指派全部2人" in other.text) == (0, True)
    assert clerk.send(path, {"everything": "yes", "expected": "2", "confirmed": "yes"}).status_code == 303


def test_further_vehicles_from_the_page_of_a_driver(unit, clerk, car):
    entry = listed(unit)
    path = f"/unit/list/{entry.ref}/vehicles"
    assert path in clerk.open(f"/unit/list/{entry.ref}").text
    assert ticks(clerk.open(path)) == [car]
    assert errors(clerk.send(path)) == ["請先選取要指派的人或車輛"]

    done = clerk.send(path, {"row": [car, "junk", "<x>"]})

    assert (done.status_code, done.location) == (303, f"/unit/list/{entry.ref}")
    told = said(clerk, done)
    assert "已指派1項" in told
    assert "1項沒有指派：車輛已不在本單位的登記內" in told


def test_a_driver_is_unassigned_before_and_after_the_upload(unit, clerk, car):
    entry = listed(unit)
    clerk.send(f"/unit/list/{entry.ref}/vehicles", {"row": [car]})
    filing = Filing.get(Filing.assigned)
    shown = clerk.open(f"/unit/filings/{filing.ref}").text
    assert "不用再驗核，可以上傳" in shown
    assert "撤回這次驗核" not in shown

    done = clerk.send(f"/unit/vehicles/{car}/drivers/{filing.ref}/end")
    assert done.status_code == 303
    assert Filing.get_by_id(filing.id).state == "closed"
    assert clerk.open(f"/unit/vehicles/{car}/drivers/{filing.ref}/end").status_code == 404

    clerk.send(f"/unit/list/{entry.ref}/vehicles", {"row": [car]})
    uploaded(unit, Filing.select().where(Filing.state == "verified"))
    one = fleet.drivers(unit.unit.id, vehicles.one(unit.unit.id, car))[0]
    path = f"/unit/vehicles/{car}/drivers/{one.ref}/end"
    assert heading(clerk.open(path)) == "停止指派這名駕駛員？"
    assert clerk.send(path, {"version": "99"}).status_code == 409
    assert "登記已移出名單" in said(clerk, clerk.send(path))
    assert (Entry.get_by_id(one.id).cause, Entry.get_by_id(entry.id).state) == ("basis_ended", "listed")


def test_another_units_clerk_meets_nothing(app, unit, car):
    entry = listed(unit)
    other = build.certified_unit(email="other@unit.example")
    stranger = Browser(app.test_client())
    stranger.come_as("other@unit.example")
    for path in (
        f"/unit/vehicles/{car}",
        f"/unit/vehicles/{car}/drivers",
        f"/unit/list/{entry.ref}/vehicles",
        f"/unit/vehicles/{car}/drivers/{entry.ref}/end",
    ):
        assert stranger.open(path).status_code == 404
    sent = stranger.send(f"/unit/vehicles/{car}/drivers", {"row": [f"{entry.ref}:1"]}, page="/unit/vehicles")
    assert (sent.status_code, Filing.select().where(Filing.assigned).count()) == (404, 0)
    del other


def test_a_committee_has_none(app, db):
    built = build.certified_unit("resident", email="committee@unit.example")
    browser = Browser(app.test_client())
    browser.come_as("committee@unit.example")
    entry = listed(built)
    assert browser.open(f"/unit/list/{entry.ref}/vehicles").status_code == 404
    assert f"/unit/list/{entry.ref}/vehicles" not in browser.open(f"/unit/list/{entry.ref}").text

"""A unit's own pages: where it stands, its code, its vehicles, its notices."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from tests.builders import filings, uploads
from tests.builders import units as build
from tests.builders.browser import Browser, errors, heading
from tests.domain.test_units_vehicles import sheet
from webapp.domain.registry.cards import open_card
from webapp.domain.units import codes, deciding, queries, vehicles
from webapp.domain.units.vehicles import NewVehicle

EMAIL = "manager@unit.example"


def signed_in(app, email: str = EMAIL) -> Browser:
    browser = Browser(app.test_client())
    browser.come_as(email)
    return browser


@pytest.fixture
def unit(db):
    return build.certified_unit(email=EMAIL, code="DEMQ0002", unit_name="橫琴濠星科技有限公司")


@pytest.fixture
def manager(app, unit) -> Browser:
    return signed_in(app)


def test_home_leads_on(manager):
    page = manager.open("/unit")

    assert (page.status_code, heading(page)) == (200, "橫琴濠星科技有限公司")
    assert "DEMQ-0002" in page.text


def test_waiting_unit_begins_at_its_standing(app, db):
    build.pending_unit(email=EMAIL)

    answer = signed_in(app).open("/unit")

    assert (answer.status_code, answer.location) == (303, "/unit/standing")


def test_returned_unit_corrects_what_is_marked_and_sends_again(app, db):
    built = build.pending_unit(email=EMAIL)
    reasons = ["address:incomplete", "proof:unreadable"]
    deciding.return_(build.platform_actor(), built.unit.id, reasons, "四角要完整", built.unit.version)
    manager = signed_in(app)

    assert "四角要完整" in manager.open("/unit/standing").text
    page = manager.open("/unit/standing/correct")
    assert (page.status_code, errors(page)) == (200, ["地址不完整", "登記證明看不清楚"])

    fields = build.typed(address="橫琴德政街1號", unit_name=built.unit.name) | {
        "proof": (io.BytesIO(build.picture("grey")), "new.png")
    }
    bad = manager.send("/unit/standing/correct", fields | {"address": "", "proof": ""}, page="/unit/standing/correct")
    assert (bad.status_code, errors(bad)) == (422, ["請填寫單位地址"])
    answer = manager.send("/unit/standing/correct", fields, page="/unit/standing/correct")

    assert (answer.status_code, answer.location) == (303, "/unit/standing")
    after = queries.by_id(built.unit.id)
    assert (after.state, after.address, after.proof_id == built.unit.proof_id) == ("pending", "橫琴德政街1號", False)


def test_withdraw_asks_once_more(app, db):
    built = build.pending_unit(email=EMAIL)
    manager = signed_in(app)

    assert heading(manager.open("/unit/standing/withdraw")) == "撤回單位登記？"
    assert queries.by_id(built.unit.id).state == "pending"
    manager.send("/unit/standing/withdraw", page="/unit/standing/withdraw")

    assert queries.by_id(built.unit.id).state == "withdrawn"
    assert heading(manager.open("/unit/standing")) == "登記資料和進度"


def test_contact_is_changed_and_checked(manager, unit):
    wrong = manager.send("/unit/standing/contact", {"public_phone": "打給我"}, page="/unit/standing/contact")
    assert (wrong.status_code, len(errors(wrong))) == (422, 1)

    manager.send("/unit/standing/contact", {"public_phone": "0756 111 2222"}, page="/unit/standing/contact")

    assert queries.by_id(unit.unit.id).public_phone == "0756 111 2222"


def test_code_pictures_decode_to_the_address(manager):
    png = manager.open("/unit/code.png")
    found = zxingcpp.read_barcode(Image.open(io.BytesIO(png.data)))

    assert found.text == "http://passlist.test/q/demq0002"
    assert png.headers["Content-Disposition"] == 'attachment; filename="demq0002.png"'
    assert manager.open("/unit/code.svg").mimetype == "image/svg+xml"
    assert manager.open("/unit/code.gif").status_code == 404


def test_code_is_rotated_and_revoked_on_pages_of_their_own(manager, unit):
    assert heading(manager.open("/unit/code/rotate")) == "換一個新的二維碼？"
    manager.send("/unit/code/rotate", {"code": "DEMQ0002"}, page="/unit/code/rotate")
    fresh = queries.active_code(unit.unit.id).code
    assert fresh != "DEMQ0002"

    again = manager.send("/unit/code/rotate", {"code": "DEMQ0002"}, page="/unit/code/rotate")
    assert (again.status_code, queries.active_code(unit.unit.id).code) == (409, fresh)

    manager.send("/unit/code/revoke", {"code": fresh}, page="/unit/code/revoke")
    assert queries.active_code(unit.unit.id) is None
    page = manager.open("/unit/code")
    assert (page.status_code, "生成新碼" in page.text) == (200, True)
    assert manager.open("/unit/code.png").status_code == 404
    manager.send("/unit/code/rotate", {"code": ""}, page="/unit/code/rotate")
    assert queries.active_code(unit.unit.id).version == 3


@pytest.mark.parametrize("text", ["0", "-1", "abc", "", "100001", "9" * 30, "１２３"])
def test_ceiling_is_checked(manager, unit, text):
    answer = manager.send("/unit/code/ceiling", {"daily_ceiling": text}, page="/unit/code")

    ceiling = queries.by_id(unit.unit.id).daily_ceiling
    assert (answer.status_code, ceiling) == ((303, 123) if text == "１２３" else (422, 2000))


def test_paper_is_being_made_until_it_is_there(manager):
    page = manager.open("/unit/code/poster")

    assert (page.status_code, 'hx-trigger="every 3s"' in page.text) == (200, True)
    assert manager.open("/unit/code/poster.pdf").location == "/unit/code/poster"
    assert manager.send("/unit/code/desk-card", page="/unit/code").location == "/unit/code/desk-card"
    assert manager.open("/unit/code/flag").status_code == 404


def test_verifier_sees_the_code_but_does_not_change_it(app, unit):
    build.member(unit, email="verifier@unit.example")
    verifier = signed_in(app, "verifier@unit.example")

    page = verifier.open("/unit/code")

    assert (page.status_code, "換新碼" in page.text) == (200, False)
    assert verifier.open("/unit/code/rotate").status_code == 403
    assert verifier.send("/unit/code/ceiling", {"daily_ceiling": "5"}, page="/unit/code").status_code == 403
    assert verifier.send("/unit/standing/withdraw", page="/unit/code").status_code == 403


def test_vehicle_is_added_after_errors_and_confirmation(manager, unit):
    page = "/unit/vehicles/add"
    assert errors(manager.send(page, page=page)) == ["請填寫車牌號碼", "請選擇車型"]
    odd = manager.send(page, {"plate": "MX-12-34", "size_class": "small"}, page=page)
    assert (odd.status_code, 'name="confirm_plate"' in odd.text) == (422, True)

    fields = {"plate": "MX-12-34", "size_class": "small", "confirm_plate": "yes"}
    assert manager.send(page, fields, page=page).location == "/unit/vehicles"
    assert "MX-12-34" in manager.open("/unit/vehicles?q=mx1234").text
    assert manager.open("/unit/vehicles?q=%25&before=x").status_code == 200


def test_a_plate_of_somebodys_own_car_is_pointed_out_where_the_unit_knows_it(manager, unit):
    uploads.listed(build.certified_unit(), vehicles=[filings.vehicle(plate="粤CD12345")])
    ours = open_card(uploads.listed(unit, vehicles=[filings.vehicle(plate="粤C54321")])).name
    page, said = "/unit/vehicles/add", f"{ours}把這輛車申報為自用車輛"

    manager.send(page, {"plate": "粤CD12345", "size_class": "small"}, page=page)
    assert "自用車輛" not in manager.open("/unit/vehicles").text
    manager.send(page, {"plate": "粤C54321", "size_class": "small"}, page=page)
    after, again = manager.open("/unit/vehicles").text, manager.open("/unit/vehicles").text

    assert [words in after for words in (said, f"{ours}申報為自用車輛")] == [True, True]
    assert [words in again for words in (said, f"{ours}申報為自用車輛")] == [False, True]
    ref = vehicles.found(unit.unit.id, "粤C54321")[0].ref
    assert said in manager.open(f"/unit/vehicles/{ref}").text
    imported(manager, sheet(["粤CD12345", "小型"], ["粤C54321", "小型"]))
    assert "其中1輛是本單位的人申報的自用車輛" in manager.open("/unit/vehicles").text


def test_plate_of_another_register_is_told_without_naming_it(manager):
    other = build.certified_unit(unit_name="橫琴別家有限公司")
    vehicles.add(other.actor, other.unit.id, NewVehicle("粤CD12345", "small"))

    answer = manager.send(
        "/unit/vehicles/add", {"plate": "粤CD12345", "size_class": "small"}, page="/unit/vehicles/add"
    )

    assert (answer.status_code, len(errors(answer))) == (409, 1)
    assert "別家" not in answer.text


def test_vehicle_of_another_unit_is_not_found(manager):
    other = build.certified_unit()
    ref = vehicles.add(other.actor, other.unit.id, NewVehicle("粤CD12345", "small"))["vehicle"]

    assert manager.open(f"/unit/vehicles/{ref}/end").status_code == 404
    assert manager.send(f"/unit/vehicles/{ref}/end", page="/unit/vehicles").status_code == 404
    assert vehicles.count(other.unit.id) == 1


def test_vehicle_is_ended(manager, unit):
    ref = vehicles.add(unit.actor, unit.unit.id, NewVehicle("粤CD12345", "small"))["vehicle"]

    manager.send(f"/unit/vehicles/{ref}/end", page=f"/unit/vehicles/{ref}/end")

    assert vehicles.count(unit.unit.id) == 0


def imported(manager, content: bytes):
    page = "/unit/vehicles/import"
    return manager.send(page, {"file": (io.BytesIO(content), "vehicles.xlsx")}, page=page)


def test_sheet_is_imported_or_its_rows_are_named(manager, unit):
    wrong = imported(manager, sheet(["粤CD12345", "小型"], ["粤C1", "小型"], [1234, "大型"]))
    assert wrong.status_code == 422
    assert vehicles.count(unit.unit.id) == 0

    assert imported(manager, sheet(["粤CD12345", "小型"], ["粤C12345", "大型"])).location == "/unit/vehicles"
    assert vehicles.count(unit.unit.id) == 2
    assert manager.send("/unit/vehicles/import", page="/unit/vehicles/import").status_code == 422
    assert imported(manager, manager.open("/unit/vehicles/template.xlsx").data).status_code == 422


def test_notices_are_read_by_a_deed_and_only_ours(manager, unit, app):
    other = build.certified_unit(email="other@unit.example")
    codes.rotate(other.actor, other.unit.id, other.code)

    page = manager.open("/unit/notices")
    assert page.text.count("單位已通過認證") == 1
    manager.send("/unit/notices/read", {"newest": "999999"}, page="/unit/notices")

    assert "未讀" not in manager.open("/unit/notices").text
    assert "未讀" in signed_in(app, "other@unit.example").open("/unit/notices").text


@pytest.mark.parametrize("path", ["", "/standing", "/code", "/code.png", "/code/poster", "/vehicles", "/notices"])
def test_unit_pages_ask_strangers_to_sign_in(client, path):
    answer = client.get(f"/unit{path}")

    assert (answer.status_code, answer.location.split("?")[0]) == (303, "/signin")


@pytest.mark.parametrize(("unit_class", "shown"), [("enterprise", True), ("resident", False)])
def test_bar_offers_the_vehicle_register_where_the_class_has_one(app, db, unit_class, shown):
    build.certified_unit(unit_class, email=EMAIL)

    page = signed_in(app).open("/unit")

    assert ('href="/unit/vehicles"' in page.text) is shown


@pytest.mark.parametrize("deed", ["rotate", "revoke"])
def test_second_press_on_an_old_page_shows_the_code_as_it_is_now(manager, unit, deed):
    page = manager.open(f"/unit/code/{deed}")
    new = codes.rotate(unit.actor, unit.unit.id, "DEMQ0002")["code"]

    answer = manager.send(f"/unit/code/{deed}", {"code": "DEMQ0002"}, page=f"/unit/code/{deed}")

    assert (page.status_code, answer.status_code, heading(answer)) == (200, 409, "申報二維碼")
    assert new.lower() in answer.text
    assert queries.active_code(unit.unit.id).code == new

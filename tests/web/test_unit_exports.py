"""The list as a file: masked unless a purpose is stated, on record, marked, nothing a program runs."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import pytest

from tests.builders import units as build
from tests.builders.browser import Browser, errors
from tests.builders.delivery import drain
from tests.builders.filings import person, vehicle
from tests.builders.uploads import listed
from webapp import clock
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.passlist.models import ListExport
from webapp.domain.units import vehicles
from webapp.domain.units.models import Membership
from webapp.domain.units.vehicles import NewVehicle

PAGE = "/unit/list/export"


@pytest.fixture
def unit(db):
    built = build.certified_unit(email="manager@unit.example")
    build.member(built, email="verifier@unit.example")
    listed(built, who=person("mo_bir", full_name="陳大文", id_number="12345678"), phone="13800001234")
    return built


def signed_in(app, email: str) -> Browser:
    browser = Browser(app.test_client())
    browser.come_as(email)
    return browser


def read_csv(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_the_choice_of_csv_says_what_becomes_of_long_numbers(app, unit):
    page = signed_in(app, "verifier@unit.example").open(PAGE)

    assert "18位號碼在試算表程式中可能只剩15位，要完整號碼請選xlsx" in page.text


def test_masked_by_default_and_marked(app, unit):
    answer = signed_in(app, "verifier@unit.example").send(PAGE, {"format": "csv", "detail": "masked"})

    rows = read_csv(answer)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="passlist.csv"'
    assert rows[0] == [f"{unit.unit.name}　備案名單，1項，證件號碼只有末四位"]
    assert rows[1][0].startswith("由何嘉欣於")
    assert rows[2][:2] == ["申報編號", "姓名"]
    assert (rows[3][1], rows[3][4], rows[3][5]) == ("陳大文", "尾號567(8)", "")
    assert "12345678" not in answer.text
    assert "13800001234" not in answer.text
    act = Act.get(Act.verb == "list:export")
    assert act.result == {"format": "csv", "full": False, "purpose": "", "rows": 1}
    assert AuditLine.get(AuditLine.act == act.id).tag == "list:exported"


def test_a_form_sent_again_is_an_export_of_its_own(app, unit):
    """Its key is whatever the browser sends: no list leaves under the record of another, shorter one."""
    manager = signed_in(app, "manager@unit.example")
    full = {"format": "csv", "detail": "full", "purpose": "authority", "submission_key": "the-same-each-time"}

    manager.send(PAGE, {**full, "state": "suspended"})
    answer = manager.send(PAGE, full)

    assert "+86 138 0000 1234" in answer.text
    assert [act.result["rows"] for act in Act.select().where(Act.verb == "list:export").order_by(Act.id)] == [0, 1]


def test_each_choice_has_one_empty_line(app, unit):
    page = signed_in(app, "manager@unit.example").open(PAGE).text

    assert re.findall(r'<option value="">([^<]+)</option>', page) == ["全部有效", "請選擇"]


def test_full_needs_a_manager_and_a_purpose(app, unit):
    fields = {"format": "xlsx", "detail": "full"}
    manager, verifier = signed_in(app, "manager@unit.example"), signed_in(app, "verifier@unit.example")

    no_purpose = manager.send(PAGE, fields)
    forbidden = verifier.send(PAGE, {**fields, "purpose": "authority"})
    answer = manager.send(PAGE, {**fields, "purpose": "authority"})

    assert (no_purpose.status_code, errors(no_purpose)) == (422, ["要有完整號碼，請選擇用途"])
    assert forbidden.status_code == 403
    cells = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows())
    values = [[cell.value for cell in row] for row in cells]
    assert "用途：主管部門要求" in values[2][0]
    assert (values[4][4], values[4][5]) == ("1234567(8)", "+86 138 0000 1234")
    assert {cell.data_type for row in cells for cell in row if cell.value} == {"s"}
    act = Act.get(Act.verb == "list:export", Act.outcome == "done")
    assert (act.result["full"], act.result["purpose"]) == (True, "authority")
    assert AuditLine.get(AuditLine.act == act.id).fields == ["id_number", "phone"]


def test_what_is_missing_is_said_and_nothing_of_others_comes(app, unit):
    other = build.certified_unit()
    listed(other, who=person(full_name="別人"))
    browser = signed_in(app, "manager@unit.example")

    refused = browser.send(PAGE, {"format": "exe", "detail": "masked"})
    answer = browser.send(PAGE, {"format": "csv", "detail": "masked"})

    assert (refused.status_code, errors(refused)) == (422, ["請選擇檔案格式"])
    assert "別人" not in answer.data.decode()
    assert browser.open(PAGE).status_code == 200


def test_pdf_is_being_made_then_there_for_its_own_account_alone(app, db, unit):
    other = build.certified_unit(email="other@unit.example")
    assert other.unit.id != unit.unit.id
    manager, verifier = signed_in(app, "manager@unit.example"), signed_in(app, "verifier@unit.example")

    sent = manager.send(PAGE, {"format": "pdf", "detail": "full", "purpose": "authority"})
    waiting = manager.open(sent.location)
    drain(db)
    made = manager.open(sent.location)
    twin = manager.open(sent.location.removesuffix(".pdf"))

    assert sent.status_code == 303
    assert "PDF正在製作" in waiting.text
    assert waiting.headers["Refresh"] == f"4; url={sent.location}"
    assert (made.mimetype, made.data[:5]) == ("application/pdf", b"%PDF-")
    assert made.headers["Cache-Control"] == "no-store"
    assert "下載PDF" in twin.text
    for stranger in (verifier, signed_in(app, "other@unit.example")):
        assert stranger.open(sent.location).status_code == 404
        assert stranger.open(sent.location.removesuffix(".pdf")).status_code == 404
    forbidden = verifier.send(PAGE, {"format": "pdf", "detail": "full", "purpose": "authority"})
    masked = verifier.send(PAGE, {"format": "pdf", "detail": "masked"})
    assert (forbidden.status_code, masked.status_code) == (403, 303)
    assert verifier.open(masked.location).status_code == 200


def test_full_pdf_is_closed_to_who_may_no_longer_export_so(app, db, unit):
    manager = signed_in(app, "manager@unit.example")
    sent = manager.send(PAGE, {"format": "pdf", "detail": "full", "purpose": "authority"})
    assert manager.open(sent.location).status_code == 200

    Membership.update(role="verifier").where(Membership.unit == unit.unit.id).execute()

    assert manager.open(sent.location).status_code == 404


def test_pdf_is_gone_when_its_day_is_over(app, db, unit):
    manager = signed_in(app, "manager@unit.example")
    sent = manager.send(PAGE, {"format": "pdf", "detail": "full", "purpose": "authority"})
    ListExport.update(kept_until=clock.now()).execute()

    assert manager.open(sent.location).status_code == 404


def test_command_line_writes_the_same_and_records_it(app, unit, tmp_path):
    target = tmp_path / "list.csv"

    def export(ref: str, to: str, email: str, *more: str) -> int:
        args = ["passlist", "export", ref, str(tmp_path / to), "--account", email, *more]
        return app.test_cli_runner().invoke(args=args).exit_code

    verifier = "verifier@unit.example"
    assert export(unit.unit.ref, "list.csv", verifier) == 0
    assert export("nobody", "other.csv", verifier) == 1
    assert export(unit.unit.ref, "other.csv", "stranger@unit.example") == 1
    assert export(unit.unit.ref, "other.csv", verifier, "--purpose", "own_check") == 1
    assert "由何嘉欣於" in target.read_text("utf-8-sig")
    assert "陳大文" in target.read_text("utf-8-sig")
    assert Act.select().where(Act.verb == "list:export").count() == 1


def test_retiring_and_a_new_plate_through_the_pages(app, unit):
    manager = signed_in(app, "manager@unit.example")
    ref = vehicles.add(unit.actor, unit.unit.id, NewVehicle("粤C·12345", "small"))["vehicle"]
    entry = listed(unit, relation="unit_driver", vehicles=[vehicle("unit", plate="粤C·12345")])
    page = f"/unit/vehicles/{ref}/plate"

    wrong = manager.send(page, {"plate": "粤C1"})
    done = manager.send(page, {"plate": "粤C·54321"})
    asked = manager.open(f"/unit/vehicles/{ref}/end")
    ended = manager.send(f"/unit/vehicles/{ref}/end")

    assert (wrong.status_code, done.location) == (422, "/unit/vehicles")
    assert "這輛車的駕駛員（1人）" in asked.text
    assert ended.location == "/unit/vehicles"
    assert type(entry).get_by_id(entry.id).cause == "vehicle_retired"

"""The platform's queue of units and what an officer decides, through the pages."""

from __future__ import annotations

import pytest

from tests.builders import units as build
from tests.builders.accounts import platform_staff
from tests.builders.browser import Browser, errors, heading
from tests.builders.delivery import drain
from tests.builders.filings import filed, vehicle
from tests.builders.uploads import listed
from webapp.domain.audit.models import Act
from webapp.domain.units import deciding, queries


@pytest.fixture
def officer(client) -> Browser:
    platform_staff("platform_officer", email="officer@staff.example")
    browser = Browser(client)
    browser.come_as("officer@staff.example")
    return browser


def test_queue_shows_the_oldest_first_and_filters(officer):
    first = build.pending_unit(unit_name="橫琴甲有限公司").unit
    build.pending_unit("social", unit_name="橫琴乙協會")
    build.certified_unit(unit_name="橫琴丙有限公司")

    page = officer.open("/platform/units")
    assert (heading(page), page.text.index("橫琴甲有限公司") < page.text.index("橫琴乙協會")) == ("單位認證", True)
    assert "橫琴丙有限公司" not in page.text

    social = officer.open("/platform/units?state=pending&class=social")
    assert ("橫琴甲有限公司" in social.text, "橫琴乙協會" in social.text) == (False, True)
    found = officer.open(f"/platform/units?state=&q={first.registration_number.lower()}")
    assert ("橫琴甲有限公司" in found.text, "橫琴乙協會" in found.text) == (True, False)
    simplified = officer.open("/platform/units?state=pending&q=横琴乙协会")
    assert "橫琴乙協會" in simplified.text
    # Signs alone are part of no name.
    assert "橫琴乙協會" not in officer.open("/platform/units?state=pending&q=%25").text


@pytest.mark.parametrize(
    "query", ["state=x&class=y&q=%F0%9F%98%80&after=z", "after=99999999999999999999", "q=%25", "after=-1"]
)
def test_queue_answers_every_address(officer, query):
    assert officer.open(f"/platform/units?{query}").status_code == 200


def test_queue_pages_by_keyset(officer):
    for _each in range(queries.PAGE + 1):
        build.pending_unit()
    oldest = queries.found(queries.Filter("pending"))

    page = officer.open("/platform/units")
    assert f"after={oldest[-1].id}" in page.text
    last = officer.open(f"/platform/units?state=pending&after={oldest[-1].id}")

    assert last.text.count('scope="row"') == 1
    assert len(oldest) == queries.PAGE


def test_certify_makes_code_and_tells(officer):
    built = build.pending_unit(unit_name="橫琴甲有限公司")
    where = f"/platform/units/{built.unit.ref}"

    answer = officer.send(f"{where}/certify", page=where)

    assert (answer.status_code, answer.location) == (303, "/platform/units")
    unit = queries.by_id(built.unit.id)
    assert (unit.state, queries.active_code(unit.id).version) == ("certified", 1)


def test_return_needs_a_reason_then_tells_all_of_them(officer):
    built = build.pending_unit()
    where = f"/platform/units/{built.unit.ref}/return"

    silent = officer.send(where, {"note": ""}, page=where)
    assert (silent.status_code, errors(silent)) == (422, ["請選擇或寫下原因"])

    answer = officer.send(where, {"reason": ["proof:expired", "unit_name:differs"], "note": "請補交"}, page=where)
    assert answer.status_code == 303
    step = queries.steps(built.unit)[-1]
    assert (step.reasons, step.state) == (["unit_name:differs", "proof:expired"], "returned")


def test_suspending_shows_whom_it_reaches_and_how_many_were_told(officer, db):
    built = build.certified_unit()
    listed(built)
    for _ in range(2):
        filed(built, vehicles=[vehicle(), vehicle()])
    where = f"/platform/units/{built.unit.ref}"
    assert officer.open(f"{where}/progress").status_code == 404

    for deed, given, said in (
        ("suspend", {"reason": "unit:misuse"}, "4份未完成的申報要等恢復"),
        ("reinstate", {"note": "已改善"}, "4份未完成的申報繼續辦理"),
    ):
        page = officer.open(f"{where}/{deed}").text
        assert ("1項登記照舊" in page, said in page) == (True, True)
        assert officer.send(f"{where}/{deed}", given, page=f"{where}/{deed}").location == where
        drain(db)
        assert "2 / 2" in officer.open(where).text
        assert "2 / 2" in officer.open(f"{where}/progress").text


def test_suspend_and_reinstate(officer):
    built = build.certified_unit()
    where = f"/platform/units/{built.unit.ref}"

    officer.send(f"{where}/suspend", {"reason": "unit:misuse"}, page=f"{where}/suspend")
    assert queries.by_id(built.unit.id).state == "suspended"
    assert f"已暫停{built.unit.name}，並已通知單位。" in officer.open(where).text
    silent = officer.send(f"{where}/reinstate", {"note": " "}, page=f"{where}/reinstate")
    assert silent.status_code == 422
    officer.send(f"{where}/reinstate", {"note": "已改善"}, page=f"{where}/reinstate")

    assert queries.by_id(built.unit.id).state == "certified"


def test_stale_decision_answers_409(officer):
    built = build.pending_unit()
    where = f"/platform/units/{built.unit.ref}"
    page = officer.open(where)
    deciding.refuse(build.platform_actor(), built.unit.id, ["unit:duplicate"], "", built.unit.version)

    answer = officer.send(f"{where}/certify", {"version": "1"}, page=where)

    assert page.status_code == 200
    assert answer.status_code == 409
    assert queries.by_id(built.unit.id).state == "refused"


def test_paper_is_given_as_download_and_recorded(officer):
    built = build.pending_unit()

    answer = officer.open(f"/platform/units/{built.unit.ref}/proof")

    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="proof-{built.unit.ref}.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert Act.select().where(Act.verb == "unit-file:read").count() == 1
    assert officer.open(f"/platform/units/{built.unit.ref}/authorisation").status_code == 404


def test_units_pages_are_closed_to_others(app):
    built = build.pending_unit()
    ours = build.certified_unit(email="manager@unit.example")
    paths = [f"/platform/units{end}" for end in ("", f"/{built.unit.ref}", f"/{built.unit.ref}/proof")]
    stranger, manager = Browser(app.test_client()), Browser(app.test_client())
    manager.come_as("manager@unit.example")

    assert [stranger.open(path).status_code for path in paths] == [303, 303, 303]
    assert [manager.open(path).status_code for path in paths] == [403, 403, 403]
    assert manager.send(f"/platform/units/{built.unit.ref}/certify", page="/unit").status_code == 403
    assert ours.unit.state == "certified"


def test_inbox_is_read_by_a_deed(officer):
    build.pending_unit(unit_name="橫琴甲有限公司")

    page = officer.open("/platform/notices")
    assert "橫琴甲有限公司已提交單位資料，請查核後認證。" in page.text
    assert "未讀" in officer.open("/platform/notices").text

    newest = page.text.split('name="newest" value="')[1].split('"')[0]
    officer.send("/platform/notices/read", {"newest": newest}, page="/platform/notices")
    assert "未讀" not in officer.open("/platform/notices").text
    assert officer.send("/platform/notices/read", {"newest": "x"}, page="/platform/notices").status_code == 303


@pytest.mark.parametrize("deed", ["certify", "return", "refuse"])
def test_late_decision_shows_the_unit_as_it_is_now(officer, deed):
    built = build.pending_unit()
    deciding.return_(build.platform_actor(), built.unit.id, ["proof:expired"], "", built.unit.version)

    fields = {"version": str(built.unit.version), "reason": "proof:expired" if deed == "return" else "unit:duplicate"}
    answer = officer.send(f"/platform/units/{built.unit.ref}/{deed}", fields, page=f"/platform/units/{built.unit.ref}")

    assert (answer.status_code, heading(answer)) == (409, built.unit.name)
    assert "退回補正" in answer.text
    assert "這一項剛才已經更新。請看最新內容後再決定。" in answer.text

"""Rosters: what a line means, the life of a sheet, one roster at a time, and nothing left of it afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import rosters as build
from tests.builders.delivery import drain
from tests.builders.units import certified_unit, pending_unit, platform_actor
from tests.domain.test_filings_verifying import statements
from webapp import clock, crypto
from webapp.domain.audit.models import AuditLine
from webapp.domain.files.sheets import SheetRow
from webapp.domain.units import deciding, roster, staff_lines, staff_sheets
from webapp.domain.units.models import Roster, RosterRow, StaffSheet, StaffSheetLine, Unit
from webapp.domain.units.staff_lines import EXACT, LIKELY, NAME, NONE, Line, Seen
from webapp.errors import Conflict, Invalid, NotFound

PHONE = "+85366123456"


@pytest.fixture
def unit(db):
    return certified_unit()


def seen(**changes) -> dict[str, str]:
    return {"name": "陳大文", "id_type": "cn_id", "tail": "1234", "number": "", "phone": PHONE} | changes


@pytest.mark.parametrize(
    ("line", "who", "fit"),
    [
        (Line("陈大文", "1234"), seen(), EXACT),
        (Line("陳 大文", "123X"), seen(tail="123X"), EXACT),
        (Line("陳大文", "", "A12"), seen(number="a-12"), EXACT),
        (Line("陳大文", "", "A12"), seen(number=""), NAME),
        (Line("陳大文", "9999", "", (PHONE,)), seen(), LIKELY),
        (Line("陳大文", "", "", ("+86" + "13800138000", PHONE)), seen(), LIKELY),
        (Line("陳大文", "3456"), seen(id_type="hk_id", tail="4563"), LIKELY),
        (Line("陳大文", "3456"), seen(tail="4563"), NAME),
        (Line("陳大文", "9999"), seen(), NAME),
        (Line("陳大文", "9999"), seen(phone=""), NAME),
        (Line("陳大明", "1234", "", (PHONE,)), seen(), NONE),
    ],
)
def test_how_well_a_line_fits(db, line, who, fit):
    phone = crypto.index("phone", who["phone"]) if who["phone"] else None

    assert staff_lines.compare(line, Seen(who["name"], who["id_type"], who["tail"], who["number"], phone)) == fit


@pytest.mark.parametrize(
    ("values", "line", "codes"),
    [
        (("陳大文", "1234", "", ""), Line("陳大文", "1234"), []),
        (("陳大文", "440402 19900101 123x", "", ""), Line("陳大文", "123X"), []),
        (("陳大文", "A123456(3)", "", ""), Line("陳大文", "4563"), []),
        (("陳大文", "", "00-17", "66123456"), Line("陳大文", "", "0017", ("+85366123456", "+85266123456")), []),
        (("陳大文", "", "17", "+86 138 0013 8000"), Line("陳大文", "", "17", ("+8613800138000",)), []),
        (("陳大文", "12", "", ""), None, [("id_tail", "row_id_tail")]),
        (("陳大文", "一二三四", "", "12"), None, [("id_tail", "row_id_tail"), ("phone", "row_phone")]),
        (("陳大文", "", "", "66123456"), None, [("id_tail", "row_identify")]),
        (("·", "1234", "", ""), None, [("full_name", "missing")]),
    ],
)
def test_what_a_row_says(values, line, codes):
    read, wrong = staff_lines.read(
        SheetRow(2, dict(zip(("full_name", "id_tail", "staff_number", "phone"), values, strict=True)))
    )

    assert [(one.field, one.code) for one in wrong] == codes
    assert line is None or read == line


@given(st.tuples(*[st.text(max_size=30)] * 4))
@settings(max_examples=100, deadline=None)
def test_no_row_makes_reading_fail(values):
    row = SheetRow(2, dict(zip(("full_name", "id_tail", "staff_number", "phone"), values, strict=True)))
    line, _wrong = staff_lines.read(row)

    assert len(line.tail) <= staff_lines.TAIL


# The life of a sheet -----------------------------------------------------------------------------------------------


def sheet_in(db, unit, state):
    ways = {"reading": None, "ready": build.people(("陳大文", "1234", "", "")), "unreadable": b"junk"}
    if state == "reading":
        ref = staff_sheets.send(unit.actor, unit.unit.id, "roster", ways["ready"], "x")["sheet"]
        return staff_sheets.one(unit.unit.id, ref)
    sheet = build.sent(db, unit, "roster", ways.get(state) or ways["ready"])
    if state == "confirmed":
        roster.enter(unit.actor, unit.unit.id, sheet.ref)
    if state == "dropped":
        staff_sheets.drop(unit.actor, unit.unit.id, sheet.ref)
    return staff_sheets.one(unit.unit.id, sheet.ref)


@pytest.mark.parametrize("state", ["reading", "ready", "unreadable", "confirmed", "dropped"])
@pytest.mark.parametrize("name", ["confirm", "drop"])
def test_every_state_and_act_of_a_sheet(db, unit, state, name):
    sheet = sheet_in(db, unit, state)
    assert sheet.state == state
    act = {"confirm": roster.enter, "drop": staff_sheets.drop}[name]

    if (state, name) in staff_sheets.TRANSITIONS:
        act(unit.actor, unit.unit.id, sheet.ref)
        after = staff_sheets.one(unit.unit.id, sheet.ref)
        assert (after.state, after.content, after.name) == (staff_sheets.TRANSITIONS[state, name], None, None)
        assert StaffSheetLine.select().count() == 0
    else:
        with pytest.raises(Conflict) as refused:
            act(unit.actor, unit.unit.id, sheet.ref)
        assert refused.value.code == "sheet_state"


def test_sheet_dropped_while_it_is_read_leaves_nothing(db, unit):
    sheet = sheet_in(db, unit, "reading")
    staff_sheets.drop(unit.actor, unit.unit.id, sheet.ref)

    drain(db)

    assert (staff_sheets.one(unit.unit.id, sheet.ref).state, StaffSheetLine.select().count()) == ("dropped", 0)


def test_sheet_nobody_confirms_is_gone_after_a_day(db, unit):
    sheet = sheet_in(db, unit, "ready")
    assert staff_sheets.purge(clock.now() + timedelta(hours=23)) == 0

    assert staff_sheets.purge(clock.now() + timedelta(hours=25)) == 1

    after = staff_sheets.one(unit.unit.id, sheet.ref)
    assert (after.state, after.name, StaffSheetLine.select().count()) == ("dropped", None, 0)


def test_what_came_before_a_confirmed_sheet_waits_for_nobody(db, unit):
    wrong = build.sent(db, unit, staff_sheets.ROSTER, b"junk,file\r\n1,2\r\n")
    assert staff_sheets.waiting(unit.unit.id, staff_sheets.ROSTER).id == wrong.id

    build.entered(db, unit, ("陳大文", "1234", "", ""))
    assert staff_sheets.waiting(unit.unit.id, staff_sheets.ROSTER) is None

    later = build.sent(db, unit, staff_sheets.ROSTER, build.people(("李小明", "5678", "", "")))
    assert staff_sheets.waiting(unit.unit.id, staff_sheets.ROSTER).id == later.id


def test_wrong_file_says_why_and_is_not_kept(db, unit):
    sheet = sheet_in(db, unit, "unreadable")

    assert (sheet.faults, sheet.content) == ([["sheet_heads", {"heads": "姓名"}]], None)
    # What is said of the file may name its sheets.
    staff_sheets.drop(unit.actor, unit.unit.id, sheet.ref)
    assert staff_sheets.one(unit.unit.id, sheet.ref).faults is None


def test_sheet_that_cannot_be_taken_in(db, unit):
    for content, code in ((b"", "file_empty"), (b"x" * (2 * 1024 * 1024 + 1), "file_too_large")):
        with pytest.raises(Invalid) as refused:
            staff_sheets.send(unit.actor, unit.unit.id, "roster", content, "x")
        assert refused.value.code == code
    waits = pending_unit()
    with pytest.raises(Conflict) as refused:
        staff_sheets.send(waits.actor, waits.unit.id, "roster", b"x", "x")
    assert refused.value.code == "unit_not_active"


def test_sheet_of_another_unit_is_not_found(db, unit):
    sheet = sheet_in(db, unit, "ready")
    other = certified_unit()

    for act in (roster.enter, staff_sheets.drop):
        with pytest.raises(NotFound):
            act(other.actor, other.unit.id, sheet.ref)


def test_wrong_rows_stay_out_and_are_named(db, unit):
    sheet = build.sent(
        db,
        unit,
        "roster",
        build.people(
            ("陳大文", 440402199001011234, "", ""),
            ("李小明", "5678", "", ""),
            ("李小明", "5678", "", ""),
            ("黃一", "", "", ""),
            ("=1+1", "1234", "", ""),
        ),
    )

    assert (sheet.rows, sheet.wrong) == (5, 4)
    assert [(n, [one.code for one in wrong]) for n, _line, wrong in staff_sheets.lines(sheet)] == [
        (2, ["row_digits_lost"]),
        (3, []),
        (4, ["row_person_repeated"]),
        (5, ["row_identify"]),
        (6, ["row_formula"]),
    ]
    assert roster.enter(unit.actor, unit.unit.id, sheet.ref) == {"rows": 1, "new": 1, "gone": 0, "changed": True}


def test_sheet_without_a_good_row_changes_nothing(db, unit):
    sheet = build.sent(db, unit, "roster", build.people(("陳大文", "", "", "")))

    with pytest.raises(Conflict) as refused:
        roster.enter(unit.actor, unit.unit.id, sheet.ref)

    assert (refused.value.code, roster.current(unit.unit.id)) == ("sheet_nothing", None)


# The roster --------------------------------------------------------------------------------------------------------


def test_the_same_people_again_change_nothing(db, unit):
    lines = [("陳大文", "1234", "", "66123456"), ("李小明", "5678", "", "")]
    assert build.entered(db, unit, *lines)["changed"] is True
    before = roster.current(unit.unit.id)

    assert build.entered(db, unit, *reversed(lines)) == {"rows": 2, "new": 0, "gone": 0, "changed": False}

    assert roster.current(unit.unit.id).id == before.id
    assert RosterRow.select().count() == 2
    assert AuditLine.select().where(AuditLine.tag == "roster:entered").count() == 1


def test_a_new_roster_takes_the_place_of_the_old_one(db, unit):
    build.entered(db, unit, ("陳大文", "1234", "", ""), ("李小明", "5678", "", ""))

    done = build.entered(db, unit, ("李小明", "5678", "", ""), ("黃一", "9012", "", ""))

    assert done == {"rows": 2, "new": 1, "gone": 1, "changed": True}
    assert [line.name for line in roster.lines(roster.current(unit.unit.id))] == ["李小明", "黃一"]
    assert (Roster.select().count(), RosterRow.select().count()) == (2, 2)


def test_whoever_has_another_phone_or_number_is_neither_new_nor_gone(db, unit):
    build.entered(db, unit, ("陳大文", "1234", "", ""), ("李小明", "5678", "A1", ""), ("黃一", "9012", "", ""))
    lines = [
        Line("陳大文", "1234", "", (PHONE,)),
        Line("李小明", "8765", "A1"),
        Line("黃一", "9012"),
        Line("黃一", "3333"),
        Line("陳大文", "4444"),
    ]

    found = roster.compared(unit.unit.id, lines)

    assert (found.new, found.same, found.changed, found.gone) == (2, 1, 2, 0)
    assert build.entered(db, unit, ("陳大文", "1234", "", "66123456"), ("李小明", "5678", "A1", ""))["changed"] is True


def test_roster_is_purged_in_its_time_or_deleted_before(db, unit):
    build.entered(db, unit, ("陳大文", "1234", "", ""))
    assert roster.purge(clock.now() + timedelta(days=89)) == 0
    assert roster.purge(clock.now() + timedelta(days=91)) == 1
    assert (roster.current(unit.unit.id), RosterRow.select().count()) == (None, 0)

    build.entered(db, unit, ("陳大文", "1234", "", ""))
    assert roster.end(unit.actor, unit.unit.id) == {"rows": 1}
    assert (roster.current(unit.unit.id), RosterRow.select().count()) == (None, 0)
    with pytest.raises(Conflict) as refused:
        roster.end(unit.actor, unit.unit.id)
    assert refused.value.code == "no_roster"


def test_suspended_unit_may_keep_one_and_nobody_else(db, unit):
    sheet = sheet_in(db, unit, "ready")
    deciding.suspend(platform_actor(), unit.unit.id, ["unit:misuse"], "", Unit.get_by_id(unit.unit.id).version)
    assert roster.enter(unit.actor, unit.unit.id, sheet.ref)["changed"] is True


def test_statements_do_not_depend_on_the_length(db, unit):
    counts = []
    for length in (3, 400):
        sheet = build.sent(
            db, unit, "roster", build.people(*((f"陳{length}{n}", f"{n:04d}", "", "") for n in range(length)))
        )
        counts.append(statements(lambda ref=sheet.ref: roster.enter(unit.actor, unit.unit.id, ref)))

    assert counts[0] <= counts[1] <= counts[0] + 6  # the second one also ends the first


def test_nothing_of_a_person_stands_open_in_the_database(db, unit):
    build.entered(db, unit, ("陳大文", "1234", "E77", "66123456"))
    row = RosterRow.get()

    for value in ("陳大文", "1234", "E77", "66123456"):
        assert value.encode() not in bytes(row.line)
    assert StaffSheet.get().name is None

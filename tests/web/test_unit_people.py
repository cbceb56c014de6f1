"""Rosters and leavers through the pages: sent, read, shown, confirmed; nothing across units."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from tests.builders import rosters as build
from tests.builders import units as units
from tests.builders.browser import Browser, errors, heading
from tests.builders.delivery import drain
from tests.builders.filings import filed, person
from tests.builders.uploads import entry_of, listed, uploaded, verified
from webapp.domain.files import sheets
from webapp.domain.filings.models import Filing
from webapp.domain.jobs.models import RECORDS
from webapp.domain.passlist.models import Entry
from webapp.domain.sanctions import batches
from webapp.domain.units import register_sheet, roster, staff_lines, staff_sheets
from webapp.ui import people
from webapp.ui import sheets as ui_sheets
from webapp.ui.words import in_language
from webapp.values.folding import fold

EMAIL = "manager@unit.example"


@pytest.fixture
def unit(db):
    return units.certified_unit(email=EMAIL)


@pytest.fixture
def manager(app, unit) -> Browser:
    browser = Browser(app.test_client())
    browser.come_as(EMAIL)
    return browser


def sent(browser: Browser, db, kind: str, content: bytes, name: str = "人員.xlsx") -> str:
    """Send a sheet and let it be read; the address of its page."""
    answer = browser.send(f"/unit/{kind}/sheet", {"file": (io.BytesIO(content), name)})
    assert answer.status_code == 303
    waits = browser.open(answer.location)
    assert heading(waits) == "正在讀取人員表"
    drain(db, RECORDS)
    return answer.location


def figures(answer) -> list[str]:
    return re.findall(r'class="hq-counts-figure">([0-9]+)<', answer.text)


def test_roster_is_sent_shown_and_taken(manager, unit, db):
    exact = filed(unit)
    empty = manager.open("/unit/roster")
    page = sent(
        manager, db, "roster", build.people(build.line_of(exact), ("李小明", "5678", "", ""), ("錯", 123, "", ""))
    )

    shown = manager.open(page)
    taken = manager.send(f"{page}/enter", page=page)
    home = manager.open("/unit/roster")
    over = manager.open(page)

    assert "現在沒有名冊" in empty.text
    assert (heading(shown), figures(shown)) == ("名冊預覽", ["2", "0", "0", "1"])
    assert "人員.xlsx，共3行。現在還沒有任何改動。" in shown.text
    assert "這一格被存成數字" in shown.text
    assert taken.location == "/unit/roster"
    assert figures(home) == ["2", "1", "1", "0"]
    assert heading(over) == "這份人員表已經採用"
    assert "與名冊相符" in manager.open("/unit/filings").text


def test_errors_come_as_a_file(manager, db):
    page = sent(manager, db, "roster", build.people(("陳大文", "", "=1+1", ""), ("李小明", "5678", "", "")))

    answer = manager.open(f"{page}/errors.xlsx")

    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)
    assert rows[0] == ("行", *build.HEADS, "要改甚麼")
    assert rows[1:] == [("2", "陳大文", None, None, None, "職員編號：這一格是公式。請直接輸入內容")]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="roster-errors.xlsx"'


def test_a_reader_of_simplified_gets_rows_and_heads_in_his_script(app, manager, db):
    page = sent(manager, db, "roster", build.people(("陳大文", "", "=1+1", ""), ("李小明", "5678", "", "")))
    said = "职员编号：这一格是公式。请直接输入内容"

    shown = manager.client.get(page, headers={"Accept-Language": "zh-CN"})
    answer = manager.client.get(f"{page}/errors.xlsx", headers={"Accept-Language": "zh-CN"})

    assert said in shown.text
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.values)
    assert (rows[0][2], rows[1][-1]) == ("证件号码末四位", said)
    # Whatever head a reader sees, the sheet is found by it.
    with app.test_request_context(), in_language("zh_Hans_CN"):
        columns = (*staff_lines.COLUMNS, *register_sheet.COLUMNS, *batches.COLUMNS)
        shown_heads = [ui_sheets.head(column) for column in columns]
    unread = [head for head, column in zip(shown_heads, columns, strict=True) if fold(head) not in column.heads()]
    assert unread == []
    assert {"列入机关", "驾驶证号码", "车型"} <= set(shown_heads)


def test_wrong_files_are_answered_in_words(manager, db):
    nothing = manager.send("/unit/roster/sheet")
    page = sent(manager, db, "roster", b"junk,file\r\n1,2\r\n", "x.csv")

    answer = manager.open(page)

    assert (nothing.status_code, errors(nothing)) == (422, ["請選擇要匯入的檔案"])
    assert "找不到這些欄名：姓名" in answer.text
    assert manager.send(f"{page}/drop", page=page).location == "/unit/roster"
    assert heading(manager.open(page)) == "這份人員表已經放棄"
    assert manager.send(f"{page}/drop", page="/unit/roster").status_code == 409


def test_a_roster_too_long_is_not_to_be_split(manager, db, monkeypatch):
    monkeypatch.setattr(sheets, "_limits", sheets.Limits(rows=1))
    content = build.people(("陳大文", "1234", "", ""), ("李小明", "5678", "", ""))

    pages = {kind: manager.open(sent(manager, db, kind, content)).text for kind in ("roster", "leavers")}

    assert "名冊超過1行。名冊要整份上傳，後一份會代替前一份，不能分開" in pages["roster"]
    assert "檔案超過1行。請分成幾個檔案上傳" in pages["leavers"]


def test_template_is_filled_and_comes_back(manager, db):
    book = openpyxl.load_workbook(io.BytesIO(manager.open("/unit/roster/template.xlsx").data))
    book.active.append(("陳大文", "0123", "", "66123456"))
    output = io.BytesIO()
    book.save(output)

    page = sent(manager, db, "roster", output.getvalue())

    assert figures(manager.open(page)) == ["1", "0", "0", "0"]


def test_the_same_file_again_says_so_and_changes_nothing(manager, unit, db):
    content = build.people(("陳大文", "1234", "", ""))
    first = sent(manager, db, "roster", content)
    manager.send(f"{first}/enter", page=first)
    again = sent(manager, db, "roster", content)

    shown = manager.open(again)
    manager.send(f"{again}/enter", page=again)

    assert "與現有名冊的檔案相同" in shown.text
    assert "沒有改動" in manager.open("/unit/roster").text
    assert roster.current(unit.unit.id).rows == 1


def test_exact_matches_are_verified_after_one_confirmation(manager, unit, db):
    exact, other = [filed(unit) for _ in range(2)], filed(unit)
    build.entered(db, unit, *map(build.line_of, exact))
    fields = {"state": "waiting", "flag": "roster_exact", "everything": "yes", "act": "verify"}

    asked = manager.send("/unit/filings/choose", fields, page="/unit/roster")
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', asked.text)[1]
    done = manager.send("/unit/filings/bulk", {**fields, "expected": "2", "digest": digest}, page="/unit/roster")

    assert "驗核2份" in asked.text
    assert done.status_code == 303
    assert [Filing.get_by_id(one.filing.id).state for one in (*exact, other)] == ["verified", "verified", "submitted"]


def test_those_the_roster_does_not_know_are_offered_to_be_refused_not_verified(manager, unit, db):
    known, _strangers = filed(unit), [filed(unit) for _ in range(2)]
    build.entered(db, unit, build.line_of(known))

    listed = manager.open("/unit/filings?flag=roster_none").text

    assert ("全部2份不予受理" in listed, "驗核符合條件的全部" in listed) == (True, False)


def test_differences_stand_side_by_side(manager, unit, db):
    one = filed(unit)
    build.entered(db, unit, build.line_of(one, tail="0000"))

    page = manager.open(f"/unit/filings/{one.filing.ref}").text

    assert "與名冊對照" in page
    assert "與名冊相近，請對照" in page
    assert re.search(r"證件末四位.*?0000.*?不同", page, re.S)


def test_who_is_not_on_the_roster_is_proposed_and_removed_by_the_unit(manager, unit, db):
    entry = listed(unit)
    build.entered(db, unit, ("某人", "1234", "", ""))

    page = manager.open("/unit/roster/left")
    asked = manager.send("/unit/list/remove", {"row": f"{entry.ref}:{entry.version}"}, page="/unit/roster/left")

    assert f'id="row-{entry.ref}"' in page.text
    assert "把1項移出名單？" in asked.text
    assert Entry.get_by_id(entry.id).state == "listed"


def test_roster_is_deleted_after_a_question(manager, unit, db):
    build.entered(db, unit, ("某人", "1234", "", ""))

    assert heading(manager.open("/unit/roster/end")) == "刪除名冊？"
    assert manager.send("/unit/roster/end").location == "/unit/roster"
    assert roster.current(unit.unit.id) is None


def test_one_person_leaves(manager, unit):
    one = filed(unit)
    uploaded(unit, verified(unit, one))
    entry = entry_of(one)
    path = f"/unit/list/{entry.ref}/leave"

    asked = manager.open(path)
    done = manager.send(path)
    late = manager.send(path, page="/unit/list")

    assert "全部移出" in asked.text
    assert done.location == f"/unit/list/{entry.ref}"
    assert (Entry.get_by_id(entry.id).cause, late.status_code) == ("left_unit", 409)
    assert manager.open(path).status_code == 409


def test_leavers_of_a_list(manager, unit, db):
    exact, likely = (filed(unit, who=person(full_name=name)) for name in ("甲一", "乙二"))
    uploaded(unit, verified(unit, exact, likely))
    page = sent(
        manager, db, "leavers", build.people(build.line_of(exact), build.line_of(likely, tail="0000"), ("無", "1234"))
    )

    shown = manager.open(page)
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', shown.text)[1]
    ticked = re.search(r'name="person" value="([a-z0-9]+)"', shown.text)[1]
    stale = manager.send(f"{page}/end", {"digest": "junk"}, page=page)
    done = manager.send(f"{page}/end", {"digest": digest, "person": ticked}, page=page)

    assert figures(shown) == ["1", "1", "1", "0"]
    assert (stale.status_code, "名單剛有改動" in stale.text) == (409, True)
    assert done.location == "/unit/list"
    assert [entry_of(one).cause for one in (exact, likely)] == ["left_unit", "left_unit"]


def test_likely_leavers_come_in_pages_and_ticks_travel_along(manager, unit, db, monkeypatch):
    monkeypatch.setattr(people, "SHOWN", 1)
    likely = [filed(unit, who=person(full_name=name)) for name in ("甲一", "乙二")]
    uploaded(unit, verified(unit, *likely))
    page = sent(manager, db, "leavers", build.people(*(build.line_of(one, tail="0000") for one in likely)))
    end = f"{page}/end"

    def persons(answer) -> list[str]:
        return re.findall(r'name="person" value="([^"]+)"', answer.text)

    first = manager.open(page)
    digest = re.search(r'name="digest" value="([0-9a-f]+)"', first.text)[1]
    shown = persons(first)
    second = manager.send(end, {"person": shown, "digest": digest, "likely_from": "1"}, page=page)
    both = persons(second)

    assert (len(shown), both[0], len(both)) == (1, shown[0], 2)
    assert "第2至2人，共2人" in second.text
    assert {entry_of(one).state for one in likely} == {"listed"}
    back = manager.send(end, {"person": both, "digest": digest, "likely_from": "0"}, page=page)
    assert (len(persons(back)), " checked" in back.text) == (2, True)
    assert manager.send(end, {"person": both, "digest": digest}, page=page).status_code == 303
    assert {entry_of(one).state for one in likely} == {"removed"}


def test_nothing_of_another_unit(app, manager, unit, db):
    other = units.certified_unit(email="other@unit.example")
    sheet = build.sent(db, other, "roster", build.people(("陳大文", "1234", "", "")))
    entry = listed(other)
    path = f"/unit/roster/sheet/{sheet.ref}"

    assert manager.open(path).status_code == 404
    assert manager.open(f"{path}/errors.xlsx").status_code == 404
    for way in ("enter", "drop"):
        assert manager.send(f"{path}/{way}", page="/unit/roster").status_code == 404
    assert manager.send(f"/unit/leavers/sheet/{sheet.ref}/end", page="/unit/roster").status_code == 404
    assert manager.send(f"/unit/list/{entry.ref}/leave", page="/unit/roster").status_code == 404
    assert staff_sheets.one(other.unit.id, sheet.ref).state == "ready"


def test_htmx_asks_until_it_was_read(manager, unit, db):
    made = staff_sheets.send(unit.actor, unit.unit.id, "roster", build.people(("陳大文", "1234", "", "")), "x")
    path = f"/unit/roster/sheet/{made['sheet']}"
    part = {"HX-Request": "true", "HX-Target": "sheet-progress", "HX-Request-Type": "partial"}

    waits = manager.client.get(path, headers=part)
    drain(db, RECORDS)
    read = manager.client.get(path, headers=part)

    assert ("<progress" in waits.text, "<html" in waits.text) == (True, False)
    assert read.headers["HX-Redirect"] == path


@pytest.mark.parametrize("path", ["roster", "roster/sheet", "leavers/sheet", "roster/left?after=x", "roster/end"])
def test_pages_open_also_without_a_roster(manager, path):
    assert manager.open(f"/unit/{path}").status_code == 200

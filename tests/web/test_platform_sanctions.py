"""Sanctions through the pages: two officers, a form and a file, near matches, and what the two sides read."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook

from tests.builders.accounts import platform_staff
from tests.builders.browser import Browser, errors, heading
from tests.builders.delivery import drain
from tests.builders.filings import filed, person
from tests.builders.sanctions import of_person, typed
from tests.builders.status import entered
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, listed, uploaded, verified
from webapp.domain.closings import sanction_preview
from webapp.domain.filings.models import Filing
from webapp.domain.passlist.models import Entry
from webapp.domain.sanctions import batch_files
from webapp.domain.sanctions.models import Sanction, SanctionBatch, SanctionNear
from webapp.values import documents


@pytest.fixture
def officers(app) -> tuple[Browser, Browser]:
    found = []
    for name in ("first", "second"):
        platform_staff("platform_officer", email=f"{name}@staff.example", name=f"示範{name}")
        browser = Browser(app.test_client())
        browser.come_as(f"{name}@staff.example")
        found.append(browser)
    return found[0], found[1]


def staged(officer: Browser, **said: str) -> str:
    """The address of a sanction that was typed in."""
    answer = officer.send("/platform/sanctions/new", typed(**said))
    assert answer.status_code == 303, errors(answer)
    return answer.location


def test_one_proposes_another_confirms_and_both_sides_read_why(db, app, officers):
    first, second = officers
    here = certified_unit(email="here@unit.example")
    sent = filed(here, who=person("home_return", full_name="陳大文"))
    uploaded(here, verified(here, sent))

    where = staged(first, subject_name="陳大文", **of_person(sent.answers))
    assert "號碼相同" in first.open(where).text
    assert first.send(f"{where}/propose", page=where).status_code == 303
    own = first.client.post(f"{where}/confirm", data=_hidden(first, where))
    assert (own.status_code, "另一位名單管理員" in own.text) == (409, True)
    assert second.send(f"{where}/confirm", page=where).location == where
    drain(db, "records")

    page = second.open(where)
    assert ("後果和通知" in page.text, "系統內已發出" in page.text) == (True, True)
    assert Entry.get_by_id(entry_of(sent).id).cause == "sanctioned"
    unit = Browser(app.test_client())
    unit.come_as("here@unit.example")
    theirs = unit.open(f"/unit/list/{entry_of(sent).ref}").text
    assert all(words in theirs for words in ("走私少量受限物品", "六十日內向示範市政府申請行政復議", "系統內已發出"))
    # The link and the end of a number are no proof: grounds are read with the code to the phone on file.
    said = ("走私少量受限物品", "示範市社會信用辦公室", "六十日內向示範市政府申請行政復議")
    me = entered(app.test_client(), sent)
    assert [words in me.page().text for words in said] == [False, False, False]
    me.prove()
    assert [words in me.page().text for words in said] == [True, True, True]


def test_whose_filing_a_sanction_closes_is_not_told_to_file_again(db, app, officers):
    first, second = officers
    sent = filed(certified_unit())
    where = staged(first, plates=sent.answers["vehicles"][0]["plate"])
    first.send(f"{where}/propose", page=where)
    second.send(f"{where}/confirm", page=where)
    page = entered(app.test_client(), sent).page().text
    assert ("申報已結束" in page, "需要時可以重新申報" in page) == (True, False)


def test_a_sanctioned_unit_reads_why_it_has_no_code(db, app, officers):
    first, second = officers
    here = certified_unit(email="here@unit.example")
    number = here.unit.registration_number
    where = staged(first, subject_name=here.unit.name, registration_place="cn", registration_number=number)
    first.send(f"{where}/propose", page=where)
    second.send(f"{where}/confirm", page=where)
    drain(db)

    assert "系統內已發出；電郵已發出" in second.open(where).text
    unit = Browser(app.test_client())
    unit.sign_in("here@unit.example")
    for page in ("/unit", "/unit/code"):
        text = unit.open(page).text
        assert ("被列入嚴重失信主體名單" in text, "/unit/code/rotate" in text) == (True, False)
    theirs = unit.open("/unit/standing").text
    said = ("走私少量受限物品", "示範市社會信用辦公室", "六十日內向示範市政府申請行政復議", "系統內已發出")
    assert [words in theirs for words in said] == [True] * 4
    assert "可以把二維碼給本單位人員申報" not in theirs


def test_who_files_later_and_is_only_like_a_sanctioned_person_is_put_before_an_officer(db, officers):
    first, second = officers
    where = staged(first, subject_name="陳大文", birth_date="1985-03-02", plates="粤C99999")
    first.send(f"{where}/propose", page=where)
    second.send(f"{where}/confirm", page=where)
    here = certified_unit()
    filed(here, who=person("home_return", full_name="李四"))
    assert SanctionNear.select().count() == 0

    like, same = (filed(here, who=person("home_return", full_name="陳大文")) for _ in range(2))

    assert [one.filing.state for one in (like, same)] == ["submitted", "submitted"]
    assert first.open("/platform/notices").text.count("有人申報，與列入") == 2
    assert "同一人，另行提出列入" in first.open(where).text
    nears = {row.person_id: f"/platform/sanctions/near/{row.ref}" for row in SanctionNear.select()}
    first.send(nears[like.submission.person_id], {"decision": "different"}, page=where)
    led = first.send(nears[same.submission.person_id], {"decision": "match"}, page=where)
    # One officer's word removes nobody: the same decision goes the way of two people once more, with his document.
    other = led.location.split("#")[0]
    assert other != where
    assert f"尾號{documents.tail(same.answers['person']['id_number'])}" in first.open(other).text
    assert first.send(f"{other}/propose", page=other).status_code == 303
    assert Filing.get_by_id(same.filing.id).state == "submitted"
    assert second.send(f"{other}/confirm", page=other).status_code == 303
    assert [Filing.get_by_id(one.filing.id).state for one in (like, same)] == ["submitted", "closed"]
    assert "同一人，另行提出列入" not in first.open(where).text


def _hidden(browser: Browser, page: str) -> dict[str, str]:
    text = browser.open(page).text
    return {
        "csrf_token": re.search(r'<meta name="csrf-token" content="([^"]+)">', text)[1],  # type: ignore[index]
        "version": re.search(r'name="version" value="([0-9]+)"', text)[1],  # type: ignore[index]
        "submission_key": "key-of-a-test",
    }


def test_a_form_that_lacks_something_says_all_of_it_and_keeps_what_was_typed(officers):
    first, _second = officers

    answer = first.send("/platform/sanctions/new", {"authority": "某機關", "subject_name": "陳大文"})

    assert answer.status_code == 422
    assert len(errors(answer)) == 5
    assert 'value="某機關"' in answer.text
    nobody = first.send("/platform/sanctions/new", typed(subject_name="陳大文"))
    assert (nobody.status_code, "姓名不能作為列入的依據" in errors(nobody)[0]) == (422, True)


def test_the_same_decision_again_is_a_conflict(officers):
    first, _second = officers
    said = typed(plates="粤C12345")
    where = first.send("/platform/sanctions/new", said).location
    first.send(f"{where}/propose", page=where)

    answer = first.send("/platform/sanctions/new", said)

    assert answer.status_code == 409


def test_reject_repair_and_strike_need_words(officers):
    first, second = officers
    where = staged(first, plates="粤C12345")
    first.send(f"{where}/propose", page=where)

    assert second.send(f"{where}/reject", {"note": " "}).status_code == 422
    assert second.send(f"{where}/confirm", page=where).status_code == 303
    late = second.send(f"{where}/reject", {"note": "太遲"}, page=where)
    assert late.status_code == 409
    assert second.send(f"{where}/repair", {"note": "已履行", "repaired_on": "昨日"}).status_code == 422
    # Everything that is wrong at once.
    assert len(errors(second.send(f"{where}/repair", {"note": "", "repaired_on": "昨日"}))) == 2
    assert first.send(f"{where}/propose-strike", {"note": "決定已撤銷"}).status_code == 303
    assert second.send(f"{where}/strike", page=where).status_code == 303
    assert Sanction.get().ended_how == "struck"
    # A page for what is no longer possible leads back to what is.
    assert [second.open(f"{where}/{deed}").location for deed in ("reject", "repair", "keep")] == [where] * 3


def send_file(officer: Browser, content: bytes, name: str = "分線管理名單.csv") -> str:
    answer = officer.send("/platform/sanctions/import", {"file": (io.BytesIO(content), name)})
    assert answer.status_code == 303
    return answer.location


def test_a_file_with_faults_and_near_matches(db, officers):
    first, second = officers
    listed(certified_unit(), who=person("home_return", full_name="陳大文", id_number="M87654321"))
    heads = "列入機關,決定編號,決定日期,列入原因,申訴途徑,聯絡方法,姓名或名稱,出生日期,證件類別,證件號碼,車牌號碼"
    lines = [
        heads,
        "示範辦,決1號,2026-05-20,走私,復議,0756 000 0000,,,回鄉證,M87654321,",
        "示範辦,決2號,2026-05-20,走私,復議,0756 000 0000,陈大文,1985-03-02,,,粤C99999",
        "示範辦,決3號,2026-05-20,走私,復議,0756 000 0000,周玉蘭,,,,",
        "示範辦,決4號,2026-05-20,走私,復議,0756 000 0000,周玉蘭,,cn_id,110101199003071234,",
    ]
    where = send_file(first, ("\ufeff" + "\n".join(lines)).encode())
    assert ("正在讀取檔案" in first.open(where).text, "0行" in first.open(where).text) == (True, False)
    # The page asks again by itself, and goes to what was read once it is.
    part = {"HX-Request": "true", "HX-Target": "reading", "HX-Request-Type": "partial"}
    assert "<progress" in first.client.get(where, headers=part).text
    drain(db, "records")
    assert first.client.get(where, headers=part).headers["HX-Redirect"] == where

    page = first.open(where)
    assert (heading(page), "分線管理名單.csv" in page.text) == ("匯入預覽", True)
    assert "姓名不能作為列入的依據" in page.text
    assert "證件號碼：最後一位與前面的數字不符" in page.text
    wrong = load_workbook(io.BytesIO(first.open(f"{where}/faults.xlsx").data)).active
    # Each row of the file is counted once.
    seen = sanction_preview.of_batch(SanctionBatch.get())
    assert (seen.exact, seen.near, seen.like, seen.absent) == (1, 1, 1, 0)
    named, sent, _other = wrong.iter_rows(values_only=True)
    row = dict(zip(named, sent, strict=True))
    # The row as it was sent, what is wrong, and nothing left out: put right, the file can be sent as it is.
    assert {name: row[name] or "" for name in heads.split(",")} == dict(
        zip(heads.split(","), lines[3].split(","), strict=True)
    )
    assert (row["行"], "姓名不能作為列入的依據" in row["要改甚麼"]) == ("4", True)
    early = first.send(f"{where}/propose", {"expected": "2"}, page=where)
    assert (early.status_code, "相近的人未判斷" in early.text) == (409, True)
    near = f"/platform/sanctions/near/{SanctionNear.get().ref}"
    assert first.send(near, {"decision": "nonsense"}, page=where).status_code == 303
    assert first.send(near, {"decision": "different"}, page=where).status_code == 303
    assert first.send(f"{where}/propose", {"expected": "7"}, page=where).status_code == 409
    assert first.send(f"{where}/propose", {"expected": "2"}, page=where).status_code == 303
    assert "另一位名單管理員確認" in first.open(where).text
    assert second.send(f"{where}/confirm", {"expected": "2"}, page=where).status_code == 303
    assert {row.state for row in Sanction.select()} == {"confirmed"}
    drain(db)
    done = second.open(where).text
    assert "號碼相同，將移出" not in done
    assert all(one in done for one in ("項登記移出", "不在名單內，只作記錄", "陳大文", "系統內已發出", "1份通知已發出"))
    assert re.findall(r'href="(/platform/sanctions/[a-z0-9]+)"', done.partition("後果和通知")[2])
    assert send_file(second, ("\ufeff" + "\n".join(lines)).encode()) == where
    assert SanctionBatch.select().count() == 1
    batch_files.drop(SanctionBatch.select())
    page = first.open(where).text
    assert ("（檔案已刪除），共4行" in page, f"{where}/faults.xlsx" in page) == (True, False)
    assert first.open(f"{where}/faults.xlsx").status_code == 404


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7"])
def test_a_file_that_cannot_be_read(db, officers, content):
    first, _second = officers

    answer = first.send("/platform/sanctions/import", {"file": (io.BytesIO(content), "x.csv")})
    if not content:
        assert answer.status_code == 422
        return
    drain(db, "records")

    assert "這個檔案不能讀取" in first.open(answer.location).text
    assert first.send(f"{answer.location}/drop", page=answer.location).location == "/platform/sanctions"
    assert first.open(answer.location).status_code == 404


def test_a_sanction_without_a_name_is_called_by_its_number(officers):
    first, _second = officers

    assert heading(first.open(staged(first, plates="粤C12345"))) == "粤C·12345"


def test_search_is_by_whole_numbers_and_leaves_none_in_the_address(officers):
    first, _second = officers
    where = staged(first, plates="粤C12345", subject_name="陳大文")

    found = first.send("/platform/sanctions/find", {"q": "粵C·12345"}, page="/platform/sanctions")
    nothing = first.send("/platform/sanctions/find", {"q": "陳大文"}, page="/platform/sanctions")

    assert (found.status_code, found.location) == (303, where)
    assert (nothing.status_code, "沒有找到" in nothing.text) == (200, True)


def test_what_was_typed_and_not_proposed_is_found_again(officers):
    first, _second = officers
    where = staged(first, plates="粤C12345")

    assert "未提出1" in first.open("/platform/sanctions").text
    assert where in first.open("/platform/sanctions?state=staged").text
    assert where not in first.open("/platform/sanctions?state=").text
    first.send(f"{where}/propose", page=where)
    assert "未提出0" in first.open("/platform/sanctions").text


@pytest.mark.parametrize("query", ["state=nonsense&after=x", "after=99999999999999999999", "state=&after=-1"])
def test_the_list_answers_every_address(officers, query):
    assert officers[0].open(f"/platform/sanctions?{query}").status_code == 200


def test_template_opens_as_a_sheet(officers):
    answer = officers[0].open("/platform/sanctions/template.xlsx")

    assert answer.data.startswith(b"PK")


def test_import_from_the_command_line(app, officers, tmp_path):
    runner = app.test_cli_runner()
    file = tmp_path / "sheet.csv"
    heads = "列入機關,決定編號,決定日期,列入原因,申訴途徑,聯絡方法,姓名或名稱,車牌號碼"
    rows = [
        "示範辦,決1號,2026-05-20,走私,復議,0756 000 0000,,粤C11111",
        "示範辦,決2號,2026-05-20,走私,復議,0756 000 0000,某,",
    ]
    file.write_text("\n".join([heads, *rows]), encoding="utf-8")

    done = runner.invoke(args=["sanctions", "import", str(file), "--officer", "first@staff.example"])
    again = runner.invoke(args=["sanctions", "import", str(file), "--officer", "first@staff.example"])
    stranger = runner.invoke(args=["sanctions", "import", str(file), "--officer", "nobody@staff.example"])

    assert (done.exit_code, "rows 2, new 1, known 0, faulty 1" in done.output) == (0, True)
    assert (again.exit_code, SanctionBatch.select().count(), Sanction.select().count()) == (0, 1, 1)
    assert (stranger.exit_code, "沒有這位名單管理員" in stranger.output) == (1, True)

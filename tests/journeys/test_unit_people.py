"""A unit keeps its list true at a desk in a browser, with script and without: a roster that verifies whom it knows and
proposes whom it does not, leavers one by one and by a file, and the list as a file to take away."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.builders.sheets import workbook
from tests.journeys import running, screens
from tests.journeys.screens import at, follow, of_row, press
from webapp.cli.demo import cast

HEADS = ("姓名", "證件號碼末四位", "職員編號", "手提電話")
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
#: Who is on the list and on no roster, and who leaves by a file, in each run.
UNKNOWN = {True: "余佩珊", False: "譚耀宗"}
LEAVES = {True: ("曾慶生", "仇念慈"), False: ("鄧永昌", "蔡文雄")}


@pytest.fixture(scope="module")
def tails(world) -> dict[str, str]:
    return {name: tail for name, (_token, tail) in running.private_links(world).items()}


@pytest.fixture
def desk(working_system, visit):
    def signed_in(email: str = "enterprise@demo.test", *, script: bool) -> Page:
        return screens.sign_in(visit(working_system.address, "desktop", script=script), email)

    return signed_in


def sent(page: Page, path: str, content: bytes, heading: str, *, script: bool) -> None:
    """A sheet goes up, and its preview comes: by itself with script, else by looking again."""
    page.goto(path)
    page.get_by_label("人員表").set_input_files({"name": "people.xlsx", "mimeType": "", "buffer": content})
    press(page, "上傳並檢查")
    for _ in range(100):
        if page.get_by_role("heading", level=1, name=heading).count():
            break
        page.wait_for_timeout(200)
        if not script:
            page.reload()
    at(page, heading)


def names(page: Page) -> list[str]:
    return [one.strip() for one in page.locator(".hq-work-name").all_inner_texts()]


@SCRIPT
def test_the_roster_verifies_whom_it_knows_and_proposes_whom_it_does_not(desk, tails, script):
    page = desk(script=script)
    page.goto("/unit/filings")
    waiting = [name for name in names(page) if page.locator(".hq-work-row", has_text=name).count() == 1]
    knows = next(name for name in waiting if page.locator(".hq-work-row", has_text=name).get_by_role("button").count())
    page.goto("/unit/list")
    listed = [name for name in names(page) if name != UNKNOWN[script]]
    lines = [(name, tails[name], "", "") for name in (knows, *listed)]
    content = workbook(*lines, ("無人申報", "0000", "", ""), heads=HEADS)

    sent(page, "/unit/roster/sheet", content, "名冊預覽", script=script)
    press(page, f"採用這份名冊，共{len(set(lines)) + 1}人")
    expect(page.get_by_text("名冊已更新")).to_be_visible()
    expect(page.locator(".hq-counts li", has_text="未有申報。申報屬自願")).to_contain_text("1")
    page.get_by_role("button", name="驗核與名冊相符的").click()
    page.get_by_role("button", name="驗核1份").click()
    at(page, "已驗核1份申報")

    page.goto("/unit/roster")
    follow(page, "看不在名冊的人")
    assert names(page) == [UNKNOWN[script]]
    of_row(page, "已離開", UNKNOWN[script]).click()
    page.locator("main form button.hq-button-warning").click()
    expect(page.get_by_text("已移出1項，關閉0份申報，1人會收到通知。")).to_be_visible()
    page.goto("/unit/roster/left")
    expect(page.get_by_text("備案名單上的人都在名冊內。")).to_be_visible()

    sent(page, "/unit/roster/sheet", content, "名冊預覽", script=script)
    expect(page.locator("main")).to_contain_text("這個檔案與現有名冊的檔案相同")
    page.get_by_role("button", name="採用這份名冊").click()
    expect(page.get_by_text("內容與現有名冊相同，沒有改動。")).to_be_visible()
    follow(page, "刪除名冊")
    page.locator("main form button.hq-button-warning").click()
    expect(page.get_by_text("名冊已刪除。")).to_be_visible()


@SCRIPT
def test_who_has_left_by_a_file(desk, tails, script, tmp_path: Path):
    page = desk(script=script)
    exact, other = LEAVES[script]
    content = workbook(
        (exact, tails[exact], "", ""), (other, "0001", "", ""), ("數字", 440402199001011234, "", ""), heads=HEADS
    )

    sent(page, "/unit/leavers/sheet", content, "離開的人：預覽", script=script)
    expect(page.locator("main")).to_contain_text("號碼被存成數字，末三位已丟失")
    expect(page.locator("main")).to_contain_text("名單內有同名的人，號碼不同")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="下載要改的行").click()
    wrong = tmp_path / "wrong.xlsx"
    downloading.value.save_as(wrong)
    assert openpyxl.load_workbook(wrong).active["A2"].value == "4"
    press(page, "移出離開的1人")
    expect(page.get_by_text("已移出1項")).to_be_visible()
    page.goto("/unit/list")
    assert exact not in names(page)
    assert other in names(page)

    # The same list again ends nothing more.
    sent(page, "/unit/leavers/sheet", content, "離開的人：預覽", script=script)
    expect(page.get_by_role("button", name="移出離開的")).to_have_count(0)
    press(page, "放棄這份人員表")
    at(page, "備案名單")


@SCRIPT
def test_the_list_as_a_file(desk, script, tmp_path: Path):
    page = desk("committee@demo.test", script=script)
    someone = next(role for role in cast.CAST if role.name == "李桂芳")
    number = cast.number(someone.id_type, cast.CAST.index(someone))

    def exported(kind: str, detail: str, purpose: str = "") -> Path:
        page.goto("/unit/list/export")
        page.locator(f"[name=format][value={kind}] + label").click()
        page.locator(f"[name=detail][value={detail}] + label").click()
        if purpose:
            page.locator("[name=purpose]").select_option(purpose)
        with page.expect_download() as downloading:
            page.locator("main form button[type=submit]").first.click()
        found = tmp_path / f"{detail}.{kind}"
        downloading.value.save_as(found)
        return found

    masked = exported("xlsx", "masked")
    cells = [str(cell) for row in openpyxl.load_workbook(masked).active.values for cell in row]
    assert any(number[-4:] in cell for cell in cells)
    assert not any(number in cell for cell in cells)
    page.goto("/unit/list/export")
    page.locator("[name=format][value=csv] + label").click()
    page.locator("[name=detail][value=full] + label").click()
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#error-summary a")).to_have_count(1)  # what it is needed for
    full = list(csv.reader(io.StringIO(exported("csv", "full", "authority").read_text("utf-8-sig"))))
    assert any(number in row for row in full)
    assert "示範專人周婉儀" in str(full[:3])

    page.goto("/unit/list/export")
    page.locator("[name=format][value=pdf] + label").click()
    page.locator("[name=detail][value=masked] + label").click()
    page.locator("main form button[type=submit]").first.click()
    assert "/unit/list/exports/" in page.url
    expect(page.locator("main")).to_contain_text("備案名單")

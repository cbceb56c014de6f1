"""A file of sanctions at two officers' desks, and what the unit reads of it and the person on the phone."""

from __future__ import annotations

import time

from playwright.sync_api import expect

from tests.journeys import plain, running, screens
from tests.journeys.screens import at, follow, press
from webapp.cli.demo import cast

WHO, UNIT = "曾慶生", "enterprise@demo.test"
HEADS = "列入機關,決定編號,決定日期,列入原因,申訴途徑,聯絡方法,姓名或名稱,證件類別,證件號碼,車牌號碼"
SAID = "示範市社會信用辦公室,示失信〔2026〕{n}號,2026-05-20,走私少量受限物品,六十日內申請行政復議,0756 000 0000"


def sheet() -> dict[str, object]:
    """One who is on the list, a plate of nobody, and a row that names nobody."""
    number = next(cast.number(one.id_type, n) for n, one in enumerate(cast.CAST) if one.name == WHO)
    rows = [
        SAID.format(n=1) + f",{WHO},cn_id,{number},",
        SAID.format(n=2) + ",,,,粵C·99Z99",
        SAID.format(n=3) + ",周玉蘭,,,",
    ]
    return {"name": "分線管理名單.csv", "mimeType": "text/csv", "buffer": "\n".join([HEADS, *rows]).encode("utf-8-sig")}


def test_from_the_file_to_the_unit_and_the_person(world, working_system, visit):
    address = working_system.address
    first = screens.sign_in(visit(address, "desktop"), "platform@demo.test")
    first.goto("/platform/sanctions/import")
    first.locator("[name=file]").set_input_files(sheet())
    first.locator("main form .hq-button[type=submit]").first.click()
    expect(first.get_by_text("確認後移出1項登記")).to_be_visible()
    expect(first.get_by_role("link", name="下載要改的行（xlsx）")).to_be_visible()
    press(first, "提出2項，交覆核")
    expect(first.get_by_role("button", name="確認全部2項")).to_have_count(0)

    second = screens.sign_in(visit(address, "desktop", script=False), "platform2@demo.test")
    second.goto(first.url)
    press(second, "確認全部2項")
    expect(second.get_by_text("這個檔案已經處理：確認2項")).to_be_visible()

    desk = screens.sign_in(visit(address, "desktop"), UNIT)
    until = time.monotonic() + plain.PATIENCE
    desk.goto("/unit/notices")
    while not desk.get_by_text("1項申報或登記因嚴重失信移出").count():
        assert time.monotonic() < until, "the unit is not told"
        desk.wait_for_timeout(300)
        desk.reload()
    desk.goto(f"/unit/list?state=removed&q={WHO}")
    expect(desk.get_by_role("link", name=WHO, exact=True)).to_be_visible()

    token, end = running.private_links(world)[WHO]
    person = visit(address)
    person.goto(f"/s/{token}")
    person.get_by_label("證件號碼的最後四位").fill(end)
    press(person, "查看進度")
    at(person, "申報進度")
    expect(person.locator(".hq-answer-words")).to_contain_text("已移出名單")
    assert "走私" not in person.inner_text("main")
    follow(person, "以短訊驗證後查看")
    screens.prove_phone(person)
    expect(person.get_by_text("走私少量受限物品")).to_be_visible()
    expect(person.get_by_text("六十日內申請行政復議")).to_be_visible()
    expect(person.get_by_role("link", name="不同意列入？提出異議")).to_be_visible()

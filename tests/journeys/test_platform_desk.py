"""Officers at their desk: a legal text changed by two, read by a person; channels, items and holidays as new editions
for what is filed from their day on; the whole list searched in every way, with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people, running, screens
from tests.journeys.screens import at, follow, press
from webapp import clock
from webapp.cli.demo import cast
from webapp.domain.filings import queries as filings

WAYS = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
UNIT = "濠江示範運輸有限公司"


def test_two_officers_change_what_people_read(working_system, visit):
    address = working_system.address
    first = screens.sign_in(visit(address, "desktop"), "platform@demo.test")
    first.goto("/platform/texts")
    follow(first, "不免檢的說明")
    follow(first, "修改")
    first.locator("#title_zh_Hant_MO").fill("列入名單，仍要接受查驗")
    first.locator("#effective_on").fill(clock.today().isoformat())
    press(first, "預覽和比較")
    at(first, "不免檢的說明，第2版")
    expect(first.locator("ins")).to_have_text("列入名單，仍要接受查驗")
    press(first, "提出給另一位確認")
    expect(first.get_by_role("button", name="確認這個版本")).to_have_count(0)

    second = screens.sign_in(visit(address, "phone", script=False), "platform2@demo.test")
    second.goto("/platform/texts")
    follow(second, "等另一位確認")
    press(second, "確認這個版本")

    reader = visit(address, "phone")
    reader.goto("/q/DEMQ0001")
    expect(reader.get_by_text("列入名單，仍要接受查驗")).to_be_visible()


def previewed(officer: Page, day: int, where: str, before: str, after: str) -> None:
    """What was typed is to hold so many days from now; the preview says what it changes."""
    officer.locator("#effective_on").fill((clock.today() + timedelta(days=day)).isoformat())
    press(officer, "預覽和比較")
    row = officer.locator(".hq-changes tbody tr", has_text=where)
    expect(row.locator("ins")).to_have_text(after)
    expect(row.locator("del")).to_have_text([before] if before else [])


@WAYS
def test_channels_items_and_holidays_hold_for_what_is_filed_from_their_day_on(working_system, visit, script):
    officer = screens.sign_in(visit(working_system.address, "desktop", script=script), "platform@demo.test")
    reader = visit(working_system.address, script=script)
    channel, code = ("橫琴隧道", "DEMQ0001") if script else ("深井", "DEMQ0002")
    now = "全日" if script else "06:00–24:00"

    def hours() -> str:
        reader.goto(f"/q/{code}")
        return reader.locator(".hq-hours li", has_text=channel).locator("span").last.inner_text()

    for later in (3, 0):
        officer.goto("/platform/texts/channels")
        officer.locator(".hq-todo").get_by_role("link", name=channel).click()
        if later:
            officer.locator("#opens").fill("25:00")
            press(officer, "預覽和比較")
            expect(officer.locator("#error-summary a")).to_have_count(2)  # the day is missing as well
        officer.locator("#opens").fill("05:30")
        previewed(officer, later, f"{channel}：開放", "00:00" if script else "06:00", "05:30")
        assert hours() == now
        press(officer, "發布這個版本")
        if later:
            assert hours() == now
            press(officer, "取消這個版本")
            expect(officer.locator("h1 + .hq-state, .hq-heading .hq-state")).to_have_text("生效前取消")
    assert hours() == "05:30–24:00"

    officer.goto("/platform/texts/policy")
    follow(officer, "社區居民委員會" if script else "企業")
    officer.locator("#own_colour").select_option("required")
    previewed(officer, 0, "車身顏色", "可不填", "必填")
    press(officer, "發布這個版本")
    given = (people.resident if script else people.staff)("區詠詩")
    screens.answer_until(screens.begin(reader, code), "你駕駛哪輛車？", given)
    screens.answer(reader, given)
    expect(reader.locator("#error-summary a")).to_have_attribute("href", "#colour")
    # Whoever filed before is asked for nothing more.
    clerk = screens.sign_in(
        visit(working_system.address, "desktop", script=script), f"{'committee' if script else 'enterprise'}@demo.test"
    )
    name = "石婉華" if script else "莫詩雅"
    clerk.goto(f"/unit/filings?q={name}")
    screens.of_row(clerk, "驗核", name).click()
    expect(clerk.locator("main")).to_contain_text("已驗核")
    clerk.goto(f"/unit/filings?state=verified&q={name}")
    expect(clerk.locator(".hq-work-row", has_text=name)).to_have_count(1)

    officer.goto("/platform/texts/holidays")
    follow(officer, "修改")
    days = officer.locator("#days").input_value()
    day, said = ("2027-07-05", "7月5日") if script else ("2027-07-06", "7月6日")
    officer.locator("#days").fill(f"{days}\n{day}")
    officer.locator("#effective_on").fill(clock.today().isoformat())
    press(officer, "預覽和比較")
    expect(officer.locator("#error-summary")).to_contain_text(f"第{days.count(chr(10)) + 2}行")
    officer.locator("#days").fill(f"{days}\n{day} 示範假期")
    previewed(officer, 0, said, "", "示範假期")
    press(officer, "發布這個版本")
    officer.goto("/platform/texts/holidays")
    expect(officer.locator(".hq-hours").first).to_contain_text(f"{day}示範假期")


@WAYS
def test_the_whole_list_is_searched_in_every_way(world, working_system, visit, script):
    name, serial = "謝國明", next(n for n, one in enumerate(cast.CAST) if one.name == "謝國明")
    role, (token, _tail) = cast.CAST[serial], running.private_links(world)[name]
    with running.inside(world):
        submission = filings.submission_by_token(token)
        assert submission is not None
    asked = {
        "證件號碼": cast.number(role.id_type, serial),
        "車牌": role.cars[0].plate,
        "姓名": name,
        "單位": "濠江示範運輸",
        "申報編號": submission.number,
    }
    officer = screens.sign_in(visit(working_system.address, "desktop", script=script), "platform@demo.test")
    for kind, typed in asked.items():
        officer.goto("/platform/search")
        officer.locator("label").get_by_text(kind, exact=True).click()
        officer.locator("#words").fill(typed)
        officer.locator("#reason").fill("來信2026-88")
        press(officer, "查找")
        at(officer, f"用{kind}查找的結果")
        assert typed in ("濠江示範運輸", submission.number) or typed not in officer.content()
        found = officer.locator("main tbody tr", has_text="謝＊")
        expect(found.first).to_contain_text(UNIT)
    expect(found).to_have_count(1)
    found.get_by_role("button", name="開啟").click()
    expect(officer.get_by_text("這次開啟已記錄，原因：來信2026-88")).to_be_visible()
    at(officer, name)
    officer.goto("/platform/search")
    expect(officer.locator("main .hq-todo li")).to_have_count(5 if script else 10)

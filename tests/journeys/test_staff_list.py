"""The list a clerk lives in, with script: typing Chinese, acts on rows and on many, an act that came too late."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys import screens
from tests.journeys.screens import at, press


def clerk(visit, system, email: str = "verifier@demo.test", device: str = "desktop") -> Page:
    page = screens.sign_in(visit(system.address, device), email)
    page.goto("/unit/filings")
    return page


def names(page: Page) -> list[str]:
    return page.locator(".hq-work-name").all_inner_texts()


def test_typing_chinese_searches_once_and_says_how_many(system, visit):
    page = clerk(visit, system)
    page.clock.install()
    page.reload()
    everybody = names(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/unit/filings" in request.url else None)
    page.get_by_role("searchbox").focus()
    keyboard = page.context.new_cdp_session(page)

    for typed in ("j", "ji", "jia", "jian", "jiang"):
        keyboard.send(
            "Input.imeSetComposition", {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)}
        )
        page.clock.run_for(400)  # longer than the pause after which a search begins
    assert asked == []
    keyboard.send("Input.insertText", {"text": "江"})

    expect(page.locator("#live")).to_have_text("共2份申報")
    assert names(page) == ["江海洋", "江海洋"]
    assert len(everybody) > 2
    assert len(asked) == 1
    assert page.url.endswith("q=%E6%B1%9F")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_verifying_a_row_moves_focus_speaks_and_counts(system, visit):
    page = clerk(visit, system)
    before = int(re.findall(r"待驗核(\d+)", page.inner_text("#chips"))[0])

    screens.of_row(page, "驗核", "溫玉蓮").click()

    expect(screens.of_row(page, "細看", "溫玉蓮")).to_be_focused()
    expect(page.locator("#live")).to_have_text("已驗核1份申報")
    expect(page.locator("#chips")).to_contain_text(f"待驗核{before - 1}")
    expect(page.locator(".hq-work-row", has_text="溫玉蓮").locator(".hq-state")).to_have_text("已驗核")


def test_act_that_came_too_late_shows_the_row_as_it_is_and_who_changed_it(system, visit):
    slow, quick = clerk(visit, system), clerk(visit, system, "committee@demo.test")

    screens.of_row(quick, "驗核", "尹啟賢").click()
    expect(screens.of_row(quick, "細看", "尹啟賢")).to_be_focused()
    with slow.expect_response(lambda answer: answer.request.method == "POST") as answered:
        screens.of_row(slow, "驗核", "尹啟賢").click()

    assert answered.value.status == 409
    row = slow.locator(".hq-work-row", has_text="尹啟賢")
    expect(row.locator(".hq-state")).to_have_text("已驗核")
    expect(row).to_contain_text(re.compile("示範專人周婉儀已於.+驗核"))
    expect(slow.locator("#live")).to_have_text(re.compile("示範專人周婉儀已於.+驗核"))
    expect(screens.of_row(slow, "細看", "尹啟賢")).to_be_focused()


def test_the_page_is_verified_at_once_after_a_confirmation_that_counts(system, visit):
    page = clerk(visit, system, device="phone")
    bar = page.locator("[data-bulk]")
    expect(bar.locator("[data-act]")).to_be_disabled()

    press(page, "選取本頁")
    chosen = int(re.findall(r"已選(\d+)份", bar.inner_text())[0])
    assert chosen == page.get_by_role("checkbox", checked=True).count() > 1
    expect(page.locator("#live")).to_have_text(f"已選{chosen}份")
    press(page, f"驗核已選的{chosen}份")
    at(page, f"驗核這{chosen}份申報？")
    press(page, f"驗核{chosen}份")

    at(page, f"已驗核{chosen}份申報")
    page.goto("/unit/filings")
    expect(page.locator("input[name=row]:enabled")).to_have_count(0)


def test_end_of_a_session_is_said_before_it_comes(system, visit):
    page = clerk(visit, system)
    page.clock.install()
    page.reload()
    line = page.locator("#session-end")
    expect(line).to_contain_text("沒有操作的話")

    page.clock.run_for(27 * 60 * 1000)
    expect(line).to_contain_text("沒有操作的話")
    page.clock.run_for(61 * 1000)
    expect(line).to_contain_text("再過2分鐘沒有操作就會自動登出")
    expect(page.locator("#live")).to_contain_text("再過2分鐘沒有操作就會自動登出")
    middle = "p => { const at = p.getBoundingClientRect(); return [at.left + 20, at.top + at.height / 2]; }"
    seen = f"p => p.contains(document.elementFromPoint(...({middle})(p)))"
    assert line.evaluate(seen), "not below the bar that acts on many rows"
    with page.expect_response("**/session") as asked:
        press(page, "繼續使用")
    assert asked.value.status == 204
    expect(line).to_be_empty()
    page.clock.run_for(27 * 60 * 1000)
    expect(line).to_be_empty()
    page.clock.run_for(61 * 1000)
    expect(line).to_contain_text("再過2分鐘")
    # Whoever stays on one page that long is told of the end that no use puts off, a quarter of an hour before.
    page.evaluate("document.getElementById('session-end').dataset.seconds = 14 * 3600")
    press(page, "繼續使用")
    expect(line).to_be_empty()
    page.clock.run_for(11 * 3600 * 1000)
    expect(line).to_contain_text("這次登入快滿時限")
    expect(line).not_to_contain_text("繼續使用")
    # Over, and nobody at the screen: nothing of it is left there.
    page.clock.run_for(3600 * 1000)
    expect(line).to_contain_text("頁面的內容已收起")
    expect(page.locator("main > *")).to_have_count(1)
    assert names(page) == []
    press(page, "繼續使用")  # the session is alive after all: this browser's clock alone went on
    expect(line).not_to_contain_text("已收起")
    assert len(names(page)) > 0

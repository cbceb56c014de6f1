"""A search for a part of a name in a long list goes on by itself until the page is full or all were looked at, and
without script by a link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.builders import crowds
from tests.journeys import running, screens
from tests.journeys.inspecting import Inspector
from tests.journeys.running import Running
from tests.journeys.screens import follow
from webapp.domain.filings.models import Filing
from webapp.domain.units.models import Unit

WORD = "歐陽"
#: Twenty-three are looked for; among the last thousand nobody is.
NAMES = [f"李{WORD}{place}" if place % 170 == 1 and place < 3900 else "陳大文" for place in range(5000)]
EXPECTED = [name for name in NAMES if WORD in name]


@pytest.fixture(scope="module")
def long_system(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo's committee with five thousand people more who wait."""
    folder = running.copied(world, tmp_path_factory.mktemp("long"))
    with running.inside(folder):
        home = Unit.get(Unit.unit_class == "resident", Unit.state == "certified")
        waiting = Filing.select().where(Filing.unit == home.id, Filing.state == "submitted", ~Filing.waiting)
        crowds.beside(waiting.order_by(Filing.id.desc()).first(), NAMES, vehicle=None)
    running_system = Running(folder)
    yield running_system
    running_system.stop()


@pytest.fixture
def clerk(long_system, visit):
    """clerk(device="desktop", script=True) → the verification list, signed in."""

    def begin(device: str = "desktop", **more: bool) -> Page:
        page = screens.sign_in(visit(long_system.address, device, **more), "verifier@demo.test")
        page.goto("/unit/filings")
        return page

    return begin


def names(page: Page) -> list[str]:
    return page.locator(".hq-work-name").all_inner_texts()


def hold_back(page: Page) -> list[Route]:
    """Steps of the search wait for the test to let them go."""
    held: list[Route] = []
    page.route("**/unit/filings?*on=*", lambda route: held.append(route))
    return held


def test_a_search_goes_on_by_itself_until_the_page_is_full_and_says_so(clerk):
    page = clerk()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/unit/filings" in request.url else None)

    page.get_by_role("searchbox").fill(WORD)

    expect(page.locator("#live")).to_have_text(re.compile(r"本頁20個結果，已找過34\d\d項，共約50\d\d項"))
    assert names(page) == EXPECTED[:20]
    assert len(asked) == 4  # a thousand each
    expect(page.get_by_role("searchbox")).to_be_focused()
    assert page.url.endswith("q=%E6%AD%90%E9%99%BD")
    follow(page, "下一頁")
    expect(page.locator("#look")).to_contain_text("本頁3個結果，全部已找過")
    assert names(page) == EXPECTED[20:]


def test_while_it_goes_on_the_focus_stays_and_ticks_and_troubles_are_kept(clerk):
    page = clerk("phone")
    held = hold_back(page)
    page.goto(f"/unit/filings?q={WORD}")
    expect(page.locator("#look")).to_contain_text("本頁6個結果，已找過1000項，共約50")
    expect(page.get_by_role("link", name="繼續找")).to_be_hidden()
    box = page.get_by_role("checkbox").first
    box.check()
    box.focus()

    for step in range(3):
        page.wait_for_timeout(50)
        held[step].continue_()
        expect(page.locator(".hq-work-row")).to_have_count((12, 18, 20)[step])

    expect(box).to_be_focused()
    expect(box).to_be_checked()
    expect(page.get_by_role("button", name="驗核已選的1份")).to_be_enabled()
    expect(page.get_by_role("link", name="下一頁")).to_be_visible()


def test_another_search_ends_the_one_that_goes_on(clerk):
    page = clerk()
    held = hold_back(page)
    page.goto(f"/unit/filings?q={WORD}")
    expect(page.locator(".hq-work-row")).to_have_count(6)

    page.get_by_role("searchbox").fill(f"{WORD}171")
    expect(page.locator(".hq-work-row")).to_have_count(1)
    for route in held:
        route.continue_()
    page.unroute_all()

    expect(page.locator("#look")).to_contain_text("全部已找過")
    assert names(page) == [f"李{WORD}171"]


def test_where_it_does_not_go_on_a_link_does(clerk):
    page = clerk()
    page.route("**/unit/filings?*on=*", lambda route: route.fulfill(status=204))
    page.goto(f"/unit/filings?q={WORD}")
    expect(page.get_by_role("link", name="繼續找")).to_be_visible()
    page.unroute_all()

    follow(page, "繼續找")

    expect(page.locator("#look")).to_contain_text("本頁17個結果，全部已找過")
    assert names(page) == EXPECTED[6:]


def test_nobody_is_found_after_all_were_looked_at(clerk):
    page = clerk()

    page.get_by_role("searchbox").fill("nobodyatall")

    expect(page.locator("#live")).to_contain_text("沒有符合的申報")
    expect(page.locator("#look")).to_contain_text("沒有符合的申報")
    expect(page.locator("[data-bulk]")).to_be_hidden()


def test_all_that_is_found_is_counted_before_it_is_verified(clerk):
    page = clerk()
    page.goto(f"/unit/filings?q={WORD}")

    page.get_by_role("button", name="驗核全部符合條件的").click()

    expect(page.locator("main")).to_contain_text("23份")


def test_without_script_a_link_goes_on_and_every_page_says_how_far_it_looked(clerk):
    page = clerk("phone", script=False)
    page.goto(f"/unit/filings?q={WORD}")
    seen = names(page)
    said = [page.locator("#look nav p").inner_text()]

    while (onward := page.get_by_role("link", name="繼續找")).count():
        onward.click()
        seen += names(page)
        said.append(page.locator("#look nav p").inner_text())

    assert seen == EXPECTED
    assert [line.partition("，共約")[0] for line in said] == [
        "本頁6個結果，已找過1000項",
        "本頁6個結果，已找過2000項",
        "本頁6個結果，已找過3000項",
        "本頁5個結果，已找過4000項",
        "本頁0個結果，已找過5000項",
        "本頁0個結果，全部已找過",
    ]


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_each_state_of_the_line_is_fit_for_everybody(clerk, device):
    page = clerk(device)
    look = Inspector(page)
    page.goto(f"/unit/filings?q={WORD}")
    expect(page.get_by_role("link", name="下一頁")).to_be_visible()
    look.look("a full page")
    follow(page, "下一頁")
    expect(page.locator("#look")).to_contain_text("全部已找過")
    look.look("the last page")
    page.goto("/unit/filings?q=nobodyatall")
    expect(page.locator("#look")).to_contain_text("沒有符合的申報")
    look.look("nobody")
    page.route("**/unit/filings?*on=*", lambda route: route.fulfill(status=204))
    page.goto(f"/unit/filings?q={WORD}")
    expect(page.get_by_role("link", name="繼續找")).to_be_visible()
    look.look("it stands still")
    assert look.report() == ""

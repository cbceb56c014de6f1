"""A search in a long list on its pages: how far it looked, and how it goes on, with and without htmx."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest

from tests.builders import crowds
from tests.builders.browser import Browser, heading
from tests.builders.filings import filed, person, vehicle
from tests.builders.units import BuiltUnit, certified_unit
from tests.builders.uploads import listed
from tests.domain.test_filings_verifying import statements
from webapp.domain.filings.models import Filing
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import looking

EMAIL = "manager@unit.example"
#: Of ninety every tenth is looked for; a request looks at thirty.
LOOK, NAMES = 30, ["歐陽明" if place % 10 == 0 else "陳大文" for place in range(90)]


@dataclass(frozen=True)
class Long:
    browser: Browser
    unit: BuiltUnit
    address: str

    def part(self, address: str, **more: str) -> Any:
        headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "li#look"}
        return self.browser.client.get(address, headers=headers | more)


@pytest.fixture(params=["/unit/filings", "/unit/list"])
def long_list(app, monkeypatch, request) -> Long:
    monkeypatch.setattr(looking, "LOOK", LOOK)
    home = certified_unit(email=EMAIL)
    if request.param == "/unit/filings":
        crowds.beside(filed(home, who=person(full_name="陳大文")).filing, NAMES, vehicle=None, vehicle_use="unit")
    else:
        crowds.beside(
            listed(
                home,
                who=person(full_name="陳大文"),
                relation="unit_driver",
                vehicles=[vehicle("unit", plate="粤C·52081")],
            ),
            NAMES,
        )
    browser = Browser(app.test_client())
    browser.come_as(EMAIL)
    return Long(browser, home, f"{request.param}?q=歐陽")


def rows(page: Any) -> list[str]:
    return re.findall(r'class="hq-work-row" id="row-(\w+)"', page.text)


def line(page: Any) -> str:
    return re.search(r'<li class="hq-look".*?</nav></li>', page.text, re.S)[0]  # type: ignore[index]


def said(page: Any) -> str:
    return re.search(r"<nav[^>]*><p>(.*?)</p>", line(page))[1]  # type: ignore[index]


def goes_on(page: Any) -> str:
    """The address of what comes in the place of the line, "" where nothing does."""
    found = re.search(r'hx-get="([^"]+)"', line(page))
    return html.unescape(found[1]) if found else ""


def link(page: Any, words: str) -> str:
    found = re.search(rf'<a href="([^"]+)"[^>]*>{words}</a>', line(page))
    return html.unescape(found[1]) if found else ""


def test_steps_bring_rows_and_the_next_line_until_all_were_looked_at(long_list):
    page = long_list.browser.open(long_list.address)
    found, lines = rows(page), [said(page)]
    assert heading(page) in ("驗核名單", "備案名單")
    assert 'data-say="找到3個，仍在找"' in page.text

    while step := goes_on(page):
        page = long_list.part(step)
        assert page.text.strip().startswith("<li")
        assert re.findall(r"<(?:div id|h1|form id)", page.text) == []
        found += rows(page)
        lines.append(said(page))

    assert lines == [
        "本頁3個結果，已找過30項，共約91項",
        "本頁6個結果，已找過60項，共約91項",
        "本頁9個結果，已找過90項，共約91項",
        "本頁9個結果，全部已找過",
    ]
    assert (len(found), len(set(found))) == (9, 9)
    assert 'data-say="本頁9個結果，全部已找過"' in page.text
    assert link(page, "第一頁") == ""


def test_a_full_page_ends_the_search_and_leads_to_the_next(long_list, monkeypatch):
    monkeypatch.setattr("webapp.domain.filings.lists.PAGE", 4)
    monkeypatch.setattr("webapp.domain.passlist.queries.PAGE", 4)
    first = long_list.browser.open(long_list.address)
    full = long_list.part(goes_on(first))
    assert (rows(full)[0] not in rows(first), len(rows(first) + rows(full))) == (True, 4)
    assert (goes_on(full), link(full, "繼續找")) == ("", "")

    second = long_list.browser.open(link(full, "下一頁"))

    assert link(second, "第一頁") in long_list.address.replace("歐陽", "%E6%AD%90%E9%99%BD")
    assert set(rows(second)).isdisjoint(rows(first) + rows(full))
    # Rows that come to it lead back to where their page begins.
    step = goes_on(second)
    begins = re.search(r"after=([0-9-]+)", step)[1]  # type: ignore[index]
    for address in re.findall(r'action="(/unit/filings/[^"]+)"', long_list.part(step).text):
        assert f"after={begins}" in address


def test_without_script_links_lead_through_all(long_list):
    page = long_list.browser.open(long_list.address)
    found = rows(page)
    while onward := link(page, "繼續找"):
        page = long_list.browser.open(onward)
        found += rows(page)
    assert (len(found), len(set(found)), said(page)) == (9, 9, "本頁0個結果，全部已找過")


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request-Type": "full"},
        {"HX-History-Restore-Request": "true"},
        {"HX-Boosted": "true"},
        {"HX-Target": "main"},
    ],
)
def test_everything_else_gets_the_page_from_its_beginning(long_list, headers):
    page = long_list.browser.open(long_list.address)
    again = long_list.part(goes_on(page), **headers)
    assert (heading(again), rows(again), said(again)) == (heading(page), rows(page), said(page))


@pytest.mark.parametrize("more", ["&on=x", "&on=1-2-3-4", "&after=-&on=%FF", "&found=7", "&before=1-2"])
def test_odd_addresses_show_the_page(long_list, more):
    assert rows(long_list.part(long_list.address + more)) == rows(long_list.browser.open(long_list.address))


@pytest.mark.parametrize("found", ["-1", "x", "999999999", "998"])
def test_whatever_number_is_said_to_be_found_a_step_looks_on(long_list, found):
    step = re.sub("found=3", f"found={found}", goes_on(long_list.browser.open(long_list.address)))
    assert 1 <= len(rows(long_list.part(step))) <= 3


def test_where_nobody_is_found_it_says_so_at_the_end(long_list):
    page = long_list.browser.open(long_list.address.replace("歐陽", "沒有此人"))
    assert (rows(page), "可以試試" in page.text) == ([], False)
    while step := re.search(r'hx-get="([^"]+on=[^"]+)"', page.text):
        page = long_list.part(html.unescape(step[1]))
    assert page.text.count("可以試試") == 2  # shown, and spoken
    assert re.findall("<nav", page.text) == []


def test_a_step_takes_few_statements(long_list):
    step = goes_on(long_list.browser.open(long_list.address))
    assert statements(lambda: long_list.part(step)) <= 10


def test_an_act_on_all_that_is_found_counts_them_first(long_list):
    page = long_list.browser.open(long_list.address).text
    everything = {"everything": "yes", "q": "歐陽"}
    if "/unit/list" in long_list.address:
        assert "移出全部符合條件的" in page
        confirm = long_list.browser.send("/unit/list/remove", everything, page="/unit/list")
        assert heading(confirm) == "把9項移出名單？"
        long_list.browser.send("/unit/list/removed", everything | {"cause": "left_unit"}, page="/unit/list")
        assert Entry.select().where(Entry.state == "removed").count() == 9
    else:
        assert "驗核全部符合條件的" in page
        confirm = long_list.browser.send(
            "/unit/filings/choose", everything | {"act": "refuse", "state": "waiting"}, page="/unit/filings"
        )
        assert "9份" in confirm.text
        assert Filing.select().where(Filing.state == "submitted").count() == 91


def test_a_short_list_has_no_such_line(long_list, monkeypatch):
    monkeypatch.setattr(looking, "LOOK", 91)
    page = long_list.browser.open(long_list.address).text
    assert re.findall('id="look"|繼續找|已找過', page) == []

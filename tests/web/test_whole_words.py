"""In a long list a whole word answers alone, by its index; whatever else is typed is looked for in every card."""

from __future__ import annotations

import re

import pytest

from tests.builders.browser import Browser
from tests.builders.filings import filed, person, vehicle
from tests.builders.lists import who
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp.domain.filings import lists
from webapp.domain.filings.lists import Filter
from webapp.domain.passlist import queries
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry import whole_words
from webapp.domain.registry.cards import open_card

EMAIL = "manager@unit.example"
BOTH = ["張偉強", "張偉強生"]


@pytest.fixture
def unit(db, monkeypatch):
    """One whose list is long."""
    monkeypatch.setattr(whole_words, "FEW", 1)
    built = certified_unit(email=EMAIL)
    for name, plate in (("張偉強", "粤C12345"), ("張偉強生", "粤C12346"), ("陳大文", "粤C12347")):
        listed(built, who=person(full_name=name), vehicles=[vehicle(plate=plate)])
    return built


@pytest.mark.parametrize(
    ("q", "found", "whole"),
    [
        ("張偉強", BOTH[:1], True),
        ("张伟强", BOTH[:1], True),
        ("zwq", BOTH[:1], True),
        ("粤C·12346", BOTH[1:], True),
        ("*張偉強", BOTH, False),
        ("* zwq", BOTH, False),
        ("偉強", BOTH, False),
        ("粤C1234", [*BOTH, "陳大文"], False),
        ("沒有此人", [], False),
        ("*", [*BOTH, "陳大文"], False),
    ],
)
def test_a_whole_word_answers_alone(unit, q, found, whole):
    page = lists.page(unit.unit, Filter(lists.ALL, q), who(unit))
    entries = queries.entries(unit.unit.id, "", q)
    assert (sorted(row.name for row in page.rows), page.whole) == (found, whole)
    assert (sorted(open_card(row).name for row in entries.rows), entries.whole) == (found, whole)
    assert entries.total == page.counts[lists.ALL] == len(found)
    everything = Chosen(everything=True, state=lists.ALL, words=q)
    assert queries.chosen_count(unit.unit.id, everything) == len(lists.matching(unit.unit.id, Filter(lists.ALL, q)))


def test_a_short_list_is_gone_through(unit, monkeypatch):
    monkeypatch.setattr(whole_words, "FEW", 3)
    page = lists.page(unit.unit, Filter(lists.ALL, "張偉強"), who(unit))
    entries = queries.entries(unit.unit.id, "", "張偉強")
    assert (len(page.rows), page.whole, len(entries.rows), entries.whole) == (2, False, 2, False)


def test_who_looks_at_what_is_in_motion_is_answered_from_that_alone(unit):
    filed(unit, who=person(full_name="何偉強"))
    waiting = lists.page(unit.unit, Filter(q="偉強"), who(unit))
    assert ([row.name for row in waiting.rows], lists.ALL in waiting.counts) == (["何偉強"], False)
    everything = lists.page(unit.unit, Filter(lists.ALL, "偉強"), who(unit))
    assert (everything.counts[lists.WAITING], everything.counts[lists.ALL]) == (1, 3)
    assert lists.page(unit.unit, Filter(q="張偉強"), who(unit)).counts[lists.ALL] == 1


def test_what_is_too_common_is_looked_for_in_the_cards(unit, monkeypatch):
    monkeypatch.setattr(whole_words, "MOST", 0)
    assert not queries.entries(unit.unit.id, "", "zwq").whole


@pytest.mark.parametrize("address", ["/unit/filings?state=all&q=zwq", "/unit/list?q=zwq"])
def test_the_page_leads_to_all_cards(app, unit, address):
    browser = Browser(app.test_client())
    browser.sign_in(EMAIL)
    page = browser.open(address).text
    assert "張偉強生" not in page
    wider = browser.open(address.replace("q=", "q=*")).text
    assert "q=*zwq" in page
    assert "也找含有這些字的" in page
    assert "張偉強生" in wider
    assert "也找含有這些字的" not in wider


def test_a_search_of_what_waits_does_not_say_how_many_there_are_in_all(app, unit):
    browser = Browser(app.test_client())
    browser.sign_in(EMAIL)
    assert re.search(r">\s*全部\s*<", browser.open("/unit/filings?q=偉").text)
    assert re.search(r">\s*全部\s*3\s*<", browser.open("/unit/filings?state=all&q=粤C").text)

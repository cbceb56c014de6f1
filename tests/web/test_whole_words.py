"""In a long list a whole word answers alone, by its index; whatever else is typed is looked for in the cards, so many
at a time."""

from __future__ import annotations

import re

import pytest

from tests.builders.browser import Browser
from tests.builders.crowds import walked
from tests.builders.filings import filed, person, vehicle
from tests.builders.lists import who
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp.domain.filings import filters, lists
from webapp.domain.filings.filters import Filter
from webapp.domain.passlist import queries
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry import looking, whole_words
from webapp.domain.registry.cards import open_card

EMAIL = "manager@unit.example"
BOTH = ["張偉強", "張偉強生"]


@pytest.fixture
def unit(db, monkeypatch):
    """One whose list is long."""
    monkeypatch.setattr(looking, "LOOK", 1)
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
    wanted = Filter(filters.ALL, q)
    pages = walked(lambda after: lists.page(unit.unit, wanted, who(unit), after=after))
    entries = walked(lambda after: queries.entries(unit.unit.id, "", q, after=after))
    assert sorted(row.name for page in pages for row in page.rows) == found
    assert sorted(open_card(row).name for page in entries for row in page.rows) == found
    assert {page.whole for page in (*pages, *entries)} == {whole}
    assert (entries[0].total, pages[0].total(wanted)) == ((0, 0) if entries[0].of else (len(found),) * 2)
    everything = Chosen(everything=True, state=filters.ALL, words=q)
    assert queries.chosen_count(unit.unit.id, everything) == len(filters.matching(unit.unit.id, Filter(filters.ALL, q)))


def test_a_short_list_is_gone_through(unit, monkeypatch):
    monkeypatch.setattr(looking, "LOOK", 3)
    page = lists.page(unit.unit, Filter(filters.ALL, "張偉強"), who(unit))
    entries = queries.entries(unit.unit.id, "", "張偉強")
    assert (len(page.rows), page.whole, len(entries.rows), entries.whole) == (2, False, 2, False)


def test_who_looks_at_what_is_in_motion_is_answered_from_that_alone(unit):
    filed(unit, who=person(full_name="何偉強"))
    waiting = lists.page(unit.unit, Filter(q="偉強"), who(unit))
    assert ([row.name for row in waiting.rows], filters.ALL in waiting.counts) == (["何偉強"], False)
    assert lists.page(unit.unit, Filter(q="張偉強"), who(unit)).counts[filters.ALL] == 1


def test_what_is_too_common_is_looked_for_in_the_cards(unit, monkeypatch):
    monkeypatch.setattr(whole_words, "MOST", 0)
    assert not queries.entries(unit.unit.id, "", "zwq").whole


@pytest.mark.parametrize("address", ["/unit/filings?state=all&q=zwq", "/unit/list?q=zwq"])
def test_the_page_leads_to_all_cards(app, unit, monkeypatch, address):
    browser = Browser(app.test_client())
    browser.sign_in(EMAIL)
    page = browser.open(address).text
    assert "張偉強生" not in page
    wider = address.replace("q=", "q=*")
    assert "q=*zwq" in page
    assert "也找含有這些字的" in page
    monkeypatch.setattr(looking, "LOOK", 2)
    further = browser.open(wider).text
    assert "張偉強生" in further
    assert "也找含有這些字的" not in further
    assert 'name="q" value="zwq"' in further  # as it was typed


def test_a_search_of_what_waits_does_not_say_how_many_there_are_in_all(app, unit):
    browser = Browser(app.test_client())
    browser.sign_in(EMAIL)
    assert re.search(r">\s*全部\s*<", browser.open("/unit/filings?q=偉").text)
    assert re.search(r">\s*全部\s*1\s*<", browser.open("/unit/filings?state=all&q=張偉強").text)

"""A search in a long list goes through so many cards at a time, and misses nobody."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from peewee import Value

from tests.builders import crowds
from tests.builders.filings import filed, person, vehicle
from tests.builders.lists import who
from tests.builders.units import BuiltUnit, certified_unit
from tests.builders.uploads import listed
from webapp import clock, crypto
from webapp.domain.campaigns import actions
from webapp.domain.campaigns import queries as campaigns
from webapp.domain.campaigns.models import CampaignEntry
from webapp.domain.filings import assigning_drivers, filters, lists, upload_lists
from webapp.domain.filings.filters import Filter
from webapp.domain.filings.models import Filing
from webapp.domain.passlist import queries
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry import looking, tokens
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.looking import Place
from webapp.domain.registry.models import NameToken
from webapp.domain.units import vehicles
from webapp.domain.units.vehicles import NewVehicle

LOOK = 30
WORD = "偉強"
#: Every seventh is looked for; among the last hundred nobody is.
NAMES = [f"何{WORD}" if place % 7 == 0 and place < 150 else "陳大文" for place in range(250)]
FOUND = NAMES.count(f"何{WORD}")


@dataclass(frozen=True)
class List:
    """A long list of a unit: a page of it, its rows, whether the oldest come first, and so many cards there are. What
    a bulk act of all that is found is done to, where there is one. `joined`: what makes rows that came part of it."""

    page: Callable[..., Any]
    rows: Any
    oldest_first: bool = False
    of: int = len(NAMES) + 1
    chosen: Callable[[], list[int]] | None = None
    joined: Callable[[], object] = lambda: None

    def all(self) -> list[int]:
        """All that the words find, in the order of the list: every card opened, one by one."""
        found = [row.id for row in self.rows.order_by(self.rows.model.id) if WORD in open_card(row).name]
        return found if self.oldest_first else found[::-1]

    def grow(self, *names: str) -> None:
        """Further ones, younger than all."""
        crowds.beside(self.rows.order_by(self.rows.model.id.desc()).first(), names)
        self.joined()


def people(home: BuiltUnit) -> None:
    crowds.beside(
        listed(
            home, who=person(full_name="陳大文"), relation="unit_driver", vehicles=[vehicle("unit", plate="粤C·52081")]
        ),
        NAMES,
    )


def waiting(home: BuiltUnit, state: str = "submitted") -> None:
    crowds.beside(
        filed(home, who=person(full_name="陳大文")).filing, NAMES, vehicle=None, vehicle_use="unit", state=state
    )


def passlist() -> List:
    home = certified_unit()
    people(home)
    everything = Chosen(everything=True, words=WORD)
    return List(
        lambda after, **more: queries.entries(home.unit.id, "", WORD, after=after, **more),
        Entry.select(),
        chosen=lambda: queries.chosen_ids(home.unit.id, everything),
    )


def verification_list(state: str) -> List:
    home, wanted = certified_unit(), Filter(state, WORD)
    waiting(home)
    return List(
        lambda after, **more: lists.page(home.unit, wanted, who(home), after=after, **more),
        Filing.select(),
        oldest_first=state in filters.OLDEST_FIRST,
        chosen=lambda: filters.matching(home.unit.id, wanted),
    )


def to_upload() -> List:
    home = certified_unit()
    waiting(home, "verified")
    return List(
        lambda after, **more: upload_lists.verified(home.unit.id, WORD, after=after, **more),
        Filing.select().where(Filing.state == "verified"),
        oldest_first=True,
        of=len(NAMES),
    )


def to_confirm() -> List:
    home = certified_unit()
    people(home)
    due = (clock.today() + timedelta(days=60)).isoformat()
    started = actions.start_in_unit(home.actor, home.unit.id, due, clock.today())["campaign"]
    campaign, unit_id = campaigns.one(started).id, home.unit.id
    everything = Chosen(everything=True, words=WORD)
    return List(
        lambda after, **more: campaigns.entries(campaign, unit_id, words=WORD, after=after, **more),
        Entry.select(),
        chosen=lambda: campaigns.chosen_ids(campaign, unit_id, everything),
        joined=lambda: CampaignEntry.insert_from(
            Entry.select(Value(campaign), Entry.unit, Entry.id, Entry.act_id).where(
                Entry.id.not_in(CampaignEntry.select(CampaignEntry.entry))
            ),
            [CampaignEntry.campaign, CampaignEntry.unit, CampaignEntry.entry, CampaignEntry.act_id],
        ).execute(),
    )


def to_assign() -> List:
    home = certified_unit()
    people(home)
    ref = vehicles.add(home.actor, home.unit.id, NewVehicle("粤C·12345", "medium", "宇通"))["vehicle"]
    row = vehicles.one(home.unit.id, ref)
    return List(
        lambda after, **more: assigning_drivers.people(home.unit.id, row, WORD, after=after, **more), Entry.select()
    )


LISTS: dict[str, Callable[[], List]] = {
    "passlist": passlist,
    "waiting": lambda: verification_list(filters.WAITING),
    "all": lambda: verification_list(filters.ALL),
    "to upload": to_upload,
    "to confirm": to_confirm,
    "to assign": to_assign,
}


@pytest.fixture
def opened(monkeypatch) -> list[int]:
    """How many cards were opened so far, in its one place."""
    count, real = [0], crypto.unseal_bytes

    def counting(*place: Any) -> bytes:
        count[0] += 1
        return real(*place)

    monkeypatch.setattr(crypto, "unseal_bytes", counting)
    return count


@pytest.fixture(params=LISTS)
def long_list(db, monkeypatch, request) -> List:
    monkeypatch.setattr(looking, "LOOK", LOOK)
    return LISTS[request.param]()


def ids(*pages: Any) -> list[int]:
    refs = [row.ref for page in pages for row in page.rows]
    known: dict[str, int] = {row.ref: row.id for model in (Filing, Entry) for row in model.select()}
    return [known[ref] for ref in refs]


def test_one_look_after_another_finds_all_in_their_order_and_opens_so_many_cards(long_list, opened):
    expected, cards, places = long_list.all(), [], []

    def turn(after: Place | None) -> Any:
        before = opened[0]
        page = long_list.page(after)
        cards.append(opened[0] - before)
        places.append(page.next and page.next.looked)
        return page

    pages = crowds.walked(turn)
    assert ids(*pages) == expected
    assert len(expected) == FOUND
    assert long_list.chosen is None or sorted(long_list.chosen()) == sorted(expected)
    # One more tells that there are more; those found are opened once more to be shown.
    assert max(cards) <= LOOK + max(len(page.rows) for page in pages) + 1
    assert {page.of for page in pages} == {long_list.of}
    assert places == [*range(LOOK, long_list.of, LOOK), None]


def test_a_full_page_ends_before_the_next_one_that_is_found(long_list):
    """As it would be filled up by rows that come later."""
    pages = crowds.walked(lambda after: long_list.page(after, limit=2))
    assert ids(*pages) == long_list.all()
    assert max(len(page.rows) for page in pages) == 2


def test_what_began_bit_by_bit_goes_on_like_this(long_list, monkeypatch):
    """However short the list is by then, and whoever is called like this as a whole."""
    first = long_list.page(None)
    found = long_list.rows.model.get_by_id(long_list.all()[0])
    NameToken.create(person=found.person_id, token=tokens.of_words(WORD))
    monkeypatch.setattr(looking, "LOOK", 240)
    rest = crowds.walked(lambda after: long_list.page(after or first.next))
    assert ids(first, *rest) == long_list.all()
    assert {page.of for page in rest} == {long_list.of}


def test_who_comes_meanwhile_is_neither_missed_nor_met_twice(long_list):
    before, turns = long_list.all(), [0]

    def turn(after: Place | None) -> Any:
        turns[0] += 1
        long_list.grow(f"吳{WORD}")
        return long_list.page(after)

    found = ids(*crowds.walked(turn))
    assert len(found) == len(set(found))
    assert [one for one in found if one in before] == before
    assert set(found) <= set(long_list.all())


def test_a_short_list_is_gone_through_at_once(long_list, monkeypatch):
    monkeypatch.setattr(looking, "LOOK", 251)
    pages = crowds.walked(long_list.page)
    assert ids(*pages) == long_list.all()
    assert (len(pages), {page.of for page in pages}) == (2 if isinstance(pages[0], lists.Page) else 1, {0})


def test_where_one_chip_has_few_it_is_gone_through_at_once(db, monkeypatch):
    monkeypatch.setattr(looking, "LOOK", LOOK)
    home = certified_unit()
    filing = filed(home, who=person(full_name="陳大文")).filing
    crowds.beside(filing, NAMES, vehicle=None, vehicle_use="unit")
    crowds.beside(filing, [f"吳{WORD}", "陳大文"], state="returned")
    page = lists.page(home.unit, Filter(filters.RETURNED, WORD), who(home))
    assert (page.of, page.counts, [row.name for row in page.rows]) == (0, {filters.RETURNED: 1}, [f"吳{WORD}"])


@pytest.mark.parametrize(
    "text", ["", "1", "1-", "-1", "1-2-", "1-2-3-4", "1-2-x", "１-2", "1" * 18 + "-1", "1-2-" + "1" * 10]
)
def test_what_is_no_place_is_none(text):
    assert Place.read(text) is None


def test_a_place_is_read_as_it_is_written():
    place = Place.read("1700000000000000-5")
    assert place is not None
    assert [str(one) for one in (place, replace(place, looked=7))] == ["1700000000000000-5", "1700000000000000-5-7"]
    assert Place.read("1700000000000000-5-7") == replace(place, looked=7)

"""What a page reads does not grow with what there is behind it: by steps of SQLite, by blocks of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.bench.measuring import effort, statements
from tests.builders import crowds
from tests.builders import filings as build
from tests.builders.filings import vehicle
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from tests.domain.test_looking import LISTS
from webapp import clock, crypto
from webapp.columns import to_micros
from webapp.database import database, is_sqlite, transaction
from webapp.domain.audit import queries as record
from webapp.domain.audit.models import Act
from webapp.domain.filings import filters, lists
from webapp.domain.filings.models import Filing, Submission
from webapp.domain.notices.models import Unreached
from webapp.domain.passlist import queries as passlist
from webapp.domain.registry import looking
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Person
from webapp.domain.units import queries as units
from webapp.domain.units import tallies
from webapp.domain.units.models import Unit
from webapp.schema import KEPT_COUNTS


def read(work: Callable[[], object]) -> int:
    """What the database does for it."""
    return sum(effort(sql, params) for sql, params in statements(work))


def known(*tables: str) -> None:
    """PostgreSQL counts its tables, as it does by itself some time after they grew."""
    if not is_sqlite():
        for table in tables:
            database.execute_sql(f"ANALYZE {table}")


def acts(verb: str, number: int, outcome: str = "done", days_ago: int = 0) -> None:
    at = to_micros(clock.now() - timedelta(days=days_ago))
    row = {"actor_kind": "account", "actor_ref": "somebody", "request_id": "r", "session_ref": "", "address": ""}
    rows: list[Any] = [
        row
        | {"verb": verb, "key": f"{verb}-{one}", "outcome": outcome, "at": at, "account_id": 1 if verb == "a" else 2}
        for one in range(number)
    ]
    for begin in range(0, number, 500):
        Act.insert_many(rows[begin : begin + 500]).execute()


@pytest.mark.parametrize("wanted", [record.Filter(verb="a"), record.Filter(account_id=1)], ids=["verb", "account"])
def test_what_many_did_and_nobody_lately_is_found_in_the_record_at_once(db, wanted):
    acts("a", 3000)
    acts("b", 3000)
    known("act")
    newest = record.acts(wanted, limit=5)
    assert [act.verb for act in newest] == ["a"] * 5
    lower = record.acts(wanted, before=newest[-1].id, limit=5)
    assert [act.id for act in lower] == [newest[-1].id - one for one in range(1, 6)]
    assert read(lambda: record.acts(wanted, limit=5)) <= read(lambda: record.acts(record.Filter(), limit=5)) + 5


def test_a_day_of_long_ago_is_found_in_the_record_at_once(db):
    acts("a", 30, days_ago=100)
    acts("b", 3000)
    known("act")
    day = clock.today() - timedelta(days=100)
    wanted = record.Filter(since=day, until=day)
    newest = record.acts(wanted, limit=5)
    lower = record.acts(wanted, before=newest[-1].id, limit=5)
    assert [act.id for act in newest + lower] == [newest[0].id - one for one in range(10)]
    assert {act.verb for act in newest + lower} == {"a"}
    least = read(lambda: record.acts(record.Filter(), limit=5))
    assert read(lambda: record.acts(wanted, limit=5)) <= least + 10
    assert read(lambda: record.acts(wanted, before=newest[-1].id, limit=5)) <= least + 10


def test_what_was_refused_is_found_among_what_was_done(db):
    acts("a", 10, "refused")
    acts("b", 5000)
    known("act")
    wanted = record.Filter(outcome="refused")
    assert len(record.acts(wanted)) == 10
    assert read(lambda: record.acts(wanted)) <= read(lambda: record.acts(record.Filter(), limit=10)) + 10


def in_motion(number: int) -> Filing:
    """A filing, and so many more of its unit by other people."""
    build.filed(certified_unit())
    (filing,) = Filing.select()
    before = Person.select().order_by(Person.id.desc()).first().id
    columns = [field.column_name for field in Filing._meta.sorted_fields if field.name not in ("id", "ref", "person")]
    with transaction():
        for begin in range(0, number, 500):
            refs = [crypto.new_ref() for _ in range(begin, min(number, begin + 500))]
            Person.insert_many([{"ref": ref, "created_at": clock.now()} for ref in refs]).execute()
        database.execute_sql(
            f"INSERT INTO filing (ref, person_id, {', '.join(columns)}) SELECT p.ref, p.id,"
            f" {', '.join(f'f.{column}' for column in columns)} FROM filing AS f, person AS p"
            f" WHERE f.id = {filing.id} AND p.id > {before}"
        )
    return filing


RARE = {
    filters.Filter(filters.WAITING, flag="warned"): {"warnings": ["plate:province_missing"]},
    filters.Filter(filters.WAITING, flag="fell_out"): {"fallen_reason": "changed"},
    filters.Filter(filters.WAITING, flag="no_vehicle"): {"vehicle": None, "vehicle_use": "unit"},
    filters.Filter(filters.OWNER): {"waiting": True},
}


@pytest.mark.parametrize("wanted", RARE, ids=["warned", "fell_out", "no_vehicle", "waiting"])
def test_what_is_rare_is_found_without_all_that_is_in_motion(db, wanted):
    filing = in_motion(3000)
    known("filing")
    nothing = read(lambda: list(filters.window(filing.unit_id, wanted).limit(21).tuples()))
    with transaction():
        Filing.update(RARE[wanted]).where(Filing.id == filing.id).execute()
    assert filters.matching(filing.unit_id, wanted) == [filing.id]
    assert filters.count(filing.unit_id, wanted.flag)[wanted.state] == 1
    assert nothing <= 10
    assert read(lambda: list(filters.window(filing.unit_id, wanted).limit(21).tuples())) <= 15
    assert not wanted.flag or read(lambda: filters.count(filing.unit_id, wanted.flag)) <= 15


@pytest.mark.parametrize("engine", ["sqlite"])
def test_who_was_not_reached_is_found_without_all_that_is_in_motion(db):
    filing = in_motion(3000)
    known("filing")
    wanted = filters.Filter(filters.WAITING, flag="unreached")
    assert read(lambda: list(filters.window(filing.unit_id, wanted).limit(21).tuples())) <= 15
    assert read(lambda: filters.count(filing.unit_id, "unreached")) <= 15
    with transaction():
        Unreached.create(audience_ref=Submission.get().ref, since=clock.now())
    assert filters.count(filing.unit_id, "unreached")[filters.WAITING] == 3001


def test_a_whole_word_opens_no_other_card(db):
    """Those of the others would not open: each is sealed for its own filing."""
    filing = in_motion(3000)
    known("filing")
    wanted = filters.Filter(filters.ALL, open_card(filing).name)

    def found() -> list[int]:
        return filters.matching(filing.unit_id, wanted)

    assert found() == [filing.id]
    assert read(found) <= 25


@pytest.mark.parametrize("which", LISTS)
def test_a_part_of_a_word_is_looked_for_in_so_many_cards_however_many_there_are(db, which, monkeypatch):
    monkeypatch.setattr(looking, "LOOK", 100)
    long_list = LISTS[which]()
    spent = []
    for more in (0, 3000):
        if more:
            long_list.grow(*["陳大文"] * more)
        known("entry", "filing", "campaign_entry", "person")
        for kept in KEPT_COUNTS:
            kept.fold()
        first = long_list.page(None)
        assert first.of >= more
        spent.append([read(lambda: long_list.page(None)), read(lambda place=first.next: long_list.page(place))])
    few, many = spent
    # In a large table PostgreSQL finds by an index, three blocks each, what it has at hand in a small one: rows that
    # are shown, and whether one that is looked at waits in a campaign.
    assert max(many) <= 1.5 * max(few) + (0 if is_sqlite() else 3 * (lists.PAGE + looking.LOOK))


def test_a_few_entries_of_a_long_list_are_read_by_their_ids(db):
    entry = listed(certified_unit(), relation="unit_driver", vehicles=[vehicle("unit")])
    crowds.beside(entry, ["陳大文"] * 3000)
    known("entry")
    assert [row.id for row in passlist.by_ids(entry.unit_id, [entry.id])] == [entry.id]
    assert passlist.by_ids(entry.unit_id + 1, [entry.id]) == []
    assert read(lambda: passlist.by_ids(entry.unit_id, [entry.id])) <= 10


def test_units_are_counted_as_they_are_kept(db):
    home, other = certified_unit(), certified_unit()
    with transaction():
        Unit.update(state="suspended").where(Unit.id == other.unit.id).execute()
    of_class = units.Filter(unit_class=home.unit.unit_class)
    assert units.counts(of_class)["certified"] == units.counts(units.Filter())["certified"] == 1
    assert units.counts(units.Filter())["suspended"] == 1
    for kept in (tallies.UNITS.fold, tallies.UNITS.fold):
        kept()
    assert tallies.UNITS.differences() == []
    asked = [sql for sql, _ in statements(lambda: units.counts(units.Filter()))]
    assert [sql for sql in asked if '"unit"' in sql] == []
    assert units.counts(units.Filter(words=home.unit.name)) == {"certified": 1}

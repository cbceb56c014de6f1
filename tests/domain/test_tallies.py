"""Kept counts: what the lists say of a unit is what there is, whatever changes it and however many do so at once."""

from __future__ import annotations

import threading

from tests.builders.filings import filed, vehicle
from tests.builders.units import certified_unit
from tests.builders.uploads import listed, verified
from webapp import database, schema
from webapp.database import is_sqlite, transaction
from webapp.domain.closings import fleet
from webapp.domain.filings import filters
from webapp.domain.filings.models import Filing
from webapp.domain.passlist import expiries, queries, removals
from webapp.domain.passlist.models import Entry, EntryExpiry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import tallies, vehicles
from webapp.domain.units.models import RegisterVehicle, Tally
from webapp.domain.units.vehicles import NewVehicle


def test_each_act_moves_what_it_changes_from_count_to_count(db):
    home, other = certified_unit(), certified_unit()
    filed(home, vehicles=[vehicle(), vehicle()])
    filed(other)
    assert tallies.of_filings(home.unit.id) == {("submitted", False): 2}
    entry = listed(home)
    removals.remove(home.actor, home.unit.id, Chosen(rows=((entry.ref, entry.version),)), "left_unit")
    listed(home)
    counts = filters.count(home.unit.id)
    assert (counts[filters.WAITING], counts[filters.VERIFIED], counts[filters.ALL]) == (2, 0, 4)
    assert queries.counts(home.unit.id) == {"listed": 1, "suspended": 0, "removed": 1}
    assert filters.count(other.unit.id)[filters.ALL] == 1
    assert tallies.KEPT.differences() == []


def test_what_waits_for_an_owner_is_counted_as_such(db):
    home = certified_unit()
    sent = filed(home)
    with transaction():
        Filing.update(waiting=True).where(Filing.id == sent.filing.id).execute()
    assert filters.count(home.unit.id)[filters.OWNER] == 1
    with transaction():
        Filing.update(waiting=False).where(Filing.id == sent.filing.id).execute()
    assert filters.count(home.unit.id)[filters.OWNER] == 0


def test_folding_changes_no_count(db):
    home = certified_unit()
    verified(home, *(filed(home) for _ in range(3)))
    before = tallies.of_filings(home.unit.id)
    tallies.KEPT.fold()
    tallies.KEPT.fold()
    assert tallies.of_filings(home.unit.id) == before
    assert Tally.select().where(Tally.pending).count() == 0
    assert tallies.KEPT.differences() == []


def test_who_files_in_a_unit_waits_for_nobody_else_who_does(db):
    """The counts of a unit are no row that all its filings queue for."""
    home = certified_unit()
    mine, theirs = (filed(home).filing.id for _ in range(2))
    done: list[bool] = []

    def elsewhere() -> None:
        database.connect()
        with transaction():
            Filing.update(state="returned").where(Filing.id == theirs).execute()
        tallies.KEPT.fold()
        done.append(True)
        database.disconnect()

    there = threading.Thread(target=elsewhere)
    with transaction():
        Filing.update(state="returned").where(Filing.id == mine).execute()
        if not is_sqlite():  # which has one writer
            there.start()
            there.join(10)
            assert done == [True]
    if is_sqlite():
        there.start()
        there.join(10)
    tallies.KEPT.fold()
    assert tallies.of_filings(home.unit.id)["returned", False] == 2
    assert tallies.KEPT.differences() == []


def test_what_was_miscounted_is_said_and_mended(app, db):
    home = certified_unit()
    filed(home)
    with transaction():
        Tally.delete().execute()
    assert tallies.KEPT.differences() == [
        {"unit_id": home.unit.id, "noun": "filing", "state": "submitted", "waiting": False, "number": 1}
    ]
    ask = app.test_cli_runner()
    said = ask.invoke(args=["figures", "check"])
    assert said.exit_code == 1
    assert f"unit {home.unit.id}: +1 filing submitted" in said.output
    assert ask.invoke(args=["figures", "check", "--mend"]).exit_code == 0
    assert ask.invoke(args=["figures", "check"]).output == "counts agree\n"
    assert tallies.of_filings(home.unit.id) == {("submitted", False): 1}


def units_of_expiries() -> set[int | None]:
    return {unit_id for (unit_id,) in EntryExpiry.select(EntryExpiry.unit_id).tuples()}


def test_a_list_of_before_is_counted_when_the_database_is_upgraded(db):
    home = certified_unit()
    filed(home)
    listed(home)
    vehicles.add(home.actor, home.unit.id, NewVehicle("粵C·D12345", "small"))
    schema.runner().down("0030_tallies")
    schema.upgrade()
    assert tallies.KEPT.differences() == []
    assert vehicles.count(home.unit.id) == 1
    assert filters.count(home.unit.id)[filters.ALL] == 2
    assert queries.counts(home.unit.id)["listed"] == 1
    assert units_of_expiries() == {home.unit.id}


def test_what_an_older_version_writes_during_an_upgrade_finds_its_unit(db):
    home = certified_unit()
    listed(home)
    with transaction():
        EntryExpiry.update(unit_id=None).execute()
    expiries.hold_due()
    assert units_of_expiries() == {home.unit.id}


def test_vehicles_of_the_register_are_counted_where_they_stand(db):
    home, other = certified_unit(), certified_unit()
    made = [vehicles.add(home.actor, home.unit.id, NewVehicle(f"粵C·D1234{n}", "small")) for n in range(3)]
    fleet.retire(home.actor, home.unit.id, made[0]["vehicle"])
    assert (vehicles.count(home.unit.id), vehicles.count(other.unit.id)) == (2, 0)
    with transaction():
        RegisterVehicle.update(unit=other.unit.id).where(RegisterVehicle.ref == made[1]["vehicle"]).execute()
        RegisterVehicle.delete().where(RegisterVehicle.ref == made[2]["vehicle"]).execute()
    tallies.KEPT.fold()
    assert (vehicles.count(home.unit.id), vehicles.count(other.unit.id)) == (0, 1)
    assert tallies.KEPT.differences() == []


def test_who_goes_to_another_unit_is_counted_there(db):
    home, other = certified_unit(), certified_unit()
    entry = listed(home)
    with transaction():
        Entry.update(unit=other.unit.id).where(Entry.id == entry.id).execute()
    assert queries.counts(home.unit.id)["listed"] == 0
    assert tallies.KEPT.differences() == []

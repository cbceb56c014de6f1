"""Kept counts of campaigns are those of their entries, whatever changes either."""

from __future__ import annotations

import threading

import pytest

from tests.builders import units, uploads
from tests.domain.test_campaigns import confirm, day, started
from webapp import clock, database, schema
from webapp.database import is_sqlite, transaction
from webapp.domain.campaigns import actions, queries, tallies
from webapp.domain.campaigns.models import Campaign, CampaignEntry, CampaignTally
from webapp.domain.campaigns.queries import Progress
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen


@pytest.fixture
def unit(db):
    return units.certified_unit("enterprise")


def progress(campaign: str, unit_id: int | None = None) -> Progress:
    assert tallies.KEPT.differences() == []
    return queries.progress(queries.one(campaign).id, unit_id)


def test_each_act_moves_what_it_changes(db, unit):
    one, two, three = (uploads.listed(unit) for _ in range(3))
    campaign = started(unit)
    assert progress(campaign) == Progress(3, 0, 3)
    assert queries.to_confirm(unit.unit.id) == 3
    confirm(unit, campaign, one)
    assert progress(campaign, unit.unit.id) == Progress(3, 1, 2)
    for leaving in (one, two):
        removals.remove(unit.actor, unit.unit.id, Chosen(rows=((leaving.ref, leaving.version),)), "left_unit")
    assert progress(campaign) == Progress(3, 1, 1), "who was confirmed stays confirmed"
    uploads.listed(unit)
    assert progress(campaign) == Progress(3, 1, 1), "who came later is not asked"
    assert [entry.id for entry in queries.entries(queries.one(campaign).id, unit.unit.id).rows] == [three.id]
    assert queries.matching(queries.one(campaign).id, unit.unit.id, "") == 1


def test_an_entry_in_two_campaigns_waits_once(db, unit):
    entry = uploads.listed(unit)
    started(unit)
    actions.start_everywhere(units.platform_actor(), "*", day(40), clock.today())
    assert tallies.KEPT.differences() == []
    assert queries.to_confirm(unit.unit.id) == 1
    with transaction():
        Entry.update(state="removed").where(Entry.id == entry.id).execute()
    assert queries.to_confirm(unit.unit.id) == 0
    with transaction():
        Entry.update(state="listed").where(Entry.id == entry.id).execute()
    assert (queries.to_confirm(unit.unit.id), tallies.KEPT.differences()) == (1, [])
    with transaction():
        CampaignEntry.delete().execute()
    assert (queries.to_confirm(unit.unit.id), tallies.KEPT.differences()) == (0, [])


def test_whoever_leaves_while_a_campaign_starts_is_not_asked(db, unit):
    """Neither sees what the other has not committed yet."""
    gone, _stays = uploads.listed(unit), uploads.listed(unit)

    def begin() -> None:
        database.connect()
        started(unit)
        database.disconnect()

    there = threading.Thread(target=begin)
    with transaction():
        Entry.update(state="removed").where(Entry.id == gone.id).execute()
        there.start()
        there.join(1)  # as far as it comes

    there.join()

    assert progress(Campaign.get().ref) == Progress(1, 0, 1)


@pytest.mark.parametrize("rare", [0, 2000])
def test_pages_find_the_same_people_few_or_many(db, unit, monkeypatch, rare):
    monkeypatch.setattr(queries, "RARE", rare)
    one, two, gone = (uploads.listed(unit) for _ in range(3))
    campaign = started(unit)
    confirm(unit, campaign, one)
    removals.remove(unit.actor, unit.unit.id, Chosen(rows=((gone.ref, gone.version),)), "left_unit")
    found = {
        which: [entry.id for entry in queries.entries(queries.one(campaign).id, unit.unit.id, which).rows]
        for which in (queries.MISSING, queries.CONFIRMED)
    }
    assert found == {queries.MISSING: [two.id], queries.CONFIRMED: [one.id]}


def test_folding_changes_no_count_and_what_is_wrong_is_mended(app, db, unit):
    uploads.listed(unit)
    campaign = started(unit)
    tallies.KEPT.fold()
    assert CampaignTally.select().where(CampaignTally.pending).count() == 0
    assert progress(campaign) == Progress(1, 0, 1)
    with transaction():
        CampaignTally.delete().execute()
    ask = app.test_cli_runner()
    said = ask.invoke(args=["figures", "check"])
    assert said.exit_code == 1
    assert f"campaign {queries.one(campaign).id}, unit {unit.unit.id}: +1 missing" in said.output
    assert ask.invoke(args=["figures", "check", "--mend"]).exit_code == 0
    assert progress(campaign) == Progress(1, 0, 1)


def test_campaigns_of_before_are_counted_when_the_database_is_upgraded(db, unit):
    one, _two = uploads.listed(unit), uploads.listed(unit)
    campaign = started(unit)
    confirm(unit, campaign, one)
    schema.runner().down("0035_campaign_tallies")
    schema.upgrade()
    assert progress(campaign) == Progress(2, 1, 1)
    assert Campaign.select().count() == 1
    assert is_sqlite() or CampaignTally.select().where(CampaignTally.pending).count() == 0

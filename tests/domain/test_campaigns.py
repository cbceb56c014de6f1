"""Re-verification: started, confirmed, due, held, removed; every exit, on the days of the zone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import units, uploads
from tests.builders.delivery import drain
from webapp import clock
from webapp.actors import Actor
from webapp.domain.campaigns import actions, advancing, queries, rules, states
from webapp.domain.campaigns.models import Campaign, CampaignUnit
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.sanctions.models import Case
from webapp.domain.units import deciding
from webapp.domain.units import queries as unit_queries
from webapp.domain.units.rules import SUSPEND_REASONS
from webapp.errors import Conflict, Invalid, NotFound

QUICK = ("urgent", "records", "messages")
DUE = 30


@pytest.fixture
def unit(db):
    return units.certified_unit("enterprise")


def officer() -> Actor:
    return units.platform_actor()


def day(count: int) -> str:
    return (clock.today() + timedelta(days=count)).isoformat()


def started(built, count: int = DUE) -> str:
    return actions.start_in_unit(built.actor, built.unit.id, day(count), clock.today())["campaign"]


def confirm(built, campaign: str, *entries: Entry, **choice: Any) -> dict[str, Any]:
    rows = tuple((entry.ref, 1) for entry in entries)
    return actions.confirm(built.actor, built.unit.id, campaign, Chosen(rows=rows, **choice))


def after(settings, campaign: str, days: int) -> None:
    """What the worker does so many days from now, twice."""
    with clock.travel(timedelta(days=days)):
        for _ in range(2):
            advancing.advance(campaign)
            drain(settings, *QUICK)


def states_of(*entries: Entry) -> list[str]:
    return [Entry.get_by_id(entry.id).state for entry in entries]


def told(kind: str, audience: str = "") -> int:
    query = Notice.select().where(Notice.kind == kind)
    return (query.where(Notice.audience == audience) if audience else query).count()


def outcome() -> str | None:
    return CampaignUnit.get().outcome


def test_the_unconfirmed_are_warned_held_told_again_and_removed(db, unit):
    first, second = uploads.listed(unit), uploads.listed(unit)
    campaign = started(unit)
    drain(db, *QUICK)
    assert told("confirmation-asked", "unit") == 1
    confirm(unit, campaign, first)
    seen = []
    for days in (DUE - 15, DUE - 14, DUE, DUE + 1, DUE + 7, DUE + 8, DUE + 14, DUE + 15):
        after(db, campaign, days)
        seen.append((days - DUE, *states_of(first, second), told("confirmation-missing"), told("removal-near")))

    assert seen == [
        (-15, "listed", "listed", 0, 0),
        (-14, "listed", "listed", 1, 0),
        (0, "listed", "listed", 1, 0),
        (1, "listed", "suspended", 1, 0),
        (7, "listed", "suspended", 1, 0),
        (8, "listed", "suspended", 1, 1),
        (14, "listed", "suspended", 1, 1),
        (15, "listed", "removed", 1, 1),
    ]
    assert told("confirmation-near", "platform") == told("confirmation-near", "unit") == 1
    assert [told(kind) for kind in ("unconfirmed-held", "unconfirmed-last", "unconfirmed-removed")] == [1, 1, 1]
    assert [told(kind) for kind in ("entry-held", "entry-removed")] == [1, 1]
    assert Entry.get_by_id(second.id).cause == "not_confirmed"
    assert (Campaign.get().state, outcome()) == ("ended", "held")


def test_unit_that_confirmed_nobody_is_a_matter_for_the_platform_and_touches_no_entry(db, unit):
    entries = [uploads.listed(unit) for _ in range(2)]
    campaign = started(unit)

    for days in (DUE - 14, DUE + 1, DUE + 8, DUE + 15):
        after(db, campaign, days)

    assert states_of(*entries) == ["listed", "listed"]
    assert (outcome(), Campaign.get().state) == ("untouched", "ended")
    assert [(case.topic, case.subject) for case in Case.select()] == [("unconfirmed", unit.unit.ref)]
    assert (told("nobody-confirmed", "platform"), told("nobody-confirmed", "unit")) == (1, 1)
    assert (told("entry-held"), told("removal-near")) == (0, 0)


def test_confirming_while_held_lists_again(db, unit):
    first, second = uploads.listed(unit), uploads.listed(unit)
    campaign = started(unit)
    confirm(unit, campaign, first)
    for days in (DUE - 14, DUE + 1):
        after(db, campaign, days)
    assert states_of(second) == ["suspended"]

    with clock.travel(timedelta(days=DUE + 2)):
        assert confirm(unit, campaign, second) == {"changed": 1, "skipped": 0}
        drain(db, *QUICK)
    after(db, campaign, DUE + 15)

    assert states_of(first, second) == ["listed", "listed"]
    assert told("entry-released") == 1


def test_everybody_confirmed_ends_quietly(db, unit):
    uploads.listed(unit)
    uploads.listed(unit)
    campaign = started(unit)
    ids = queries.chosen_ids(Campaign.get().id, unit.unit.id, Chosen(everything=True))
    confirm(unit, campaign, everything=True, expected=2, digest=queries.digest(ids))

    for days in (DUE - 14, DUE + 1, DUE + 8, DUE + 15):
        after(db, campaign, days)

    assert (outcome(), Campaign.get().state, told("confirmation-missing")) == ("done", "ended", 0)


def test_worker_that_was_down_shortens_nobodys_time(db, unit):
    first, second = uploads.listed(unit), uploads.listed(unit)
    campaign = started(unit)
    confirm(unit, campaign, first)

    after(db, campaign, DUE + 3)
    assert (states_of(second), told("confirmation-missing")) == (["listed"], 1)
    after(db, campaign, DUE + 16)
    assert states_of(second) == ["listed"]
    after(db, campaign, DUE + 17)
    assert states_of(second) == ["suspended"]


def test_suspended_unit_is_excused(db, unit):
    entry = uploads.listed(unit)
    campaign = started(unit)
    row = unit_queries.by_id(unit.unit.id)
    deciding.suspend(officer(), row.id, [SUSPEND_REASONS[0]], "", row.version)

    for days in (DUE - 14, DUE + 1):
        after(db, campaign, days)

    assert (outcome(), states_of(entry)) == ("excused", ["listed"])
    with pytest.raises(Conflict, match="unit_not_certified"):
        confirm(unit, campaign, entry)


def test_who_is_listed_or_leaves_meanwhile_is_not_asked(db, unit):
    first, leaver = uploads.listed(unit), uploads.listed(unit)
    campaign = started(unit)
    later = uploads.listed(unit)
    removals.remove(unit.actor, unit.unit.id, Chosen(rows=((leaver.ref, leaver.version),)), "left_unit")
    confirm(unit, campaign, first)

    for days in (DUE - 14, DUE + 1):
        after(db, campaign, days)

    assert (states_of(later), outcome()) == (["listed"], "done")
    progress = queries.progress(Campaign.get().id)
    assert (progress.total, progress.confirmed, progress.missing, progress.gone) == (2, 1, 0, 1)


def test_cancelled_while_the_worker_is_at_it_ends_there(db, unit):
    uploads.listed(unit)
    campaign, looks = started(unit), 0

    def cancelled_meanwhile() -> None:
        nonlocal looks
        looks += 1
        assert looks < 3, "the worker looks again and again"
        if looks == 1:
            actions.cancel(unit.actor, campaign, Campaign.get().version, unit_id=unit.unit.id)

    with clock.travel(timedelta(days=DUE)):
        advancing.advance(campaign, cancelled_meanwhile)

    assert (Campaign.get().state, CampaignUnit.get().stage) == ("cancelled", "started")


def test_cancelling_lists_again_who_was_held_for_it_alone(db, unit):
    first, second = uploads.listed(unit), uploads.listed(unit)
    campaign = started(unit)
    confirm(unit, campaign, first)
    for days in (DUE - 14, DUE + 1):
        after(db, campaign, days)

    row = Campaign.get()
    with pytest.raises(Conflict, match="stale"):
        actions.cancel(unit.actor, campaign, row.version - 1, unit_id=unit.unit.id)
    assert actions.cancel(unit.actor, campaign, row.version, unit_id=unit.unit.id) == {"released": 1}

    assert (states_of(second), Campaign.get().state) == (["listed"], "cancelled")
    with pytest.raises(Conflict, match="campaign_state"):
        confirm(unit, campaign, second)
    after(db, campaign, DUE + 30)
    assert states_of(second) == ["listed"]


def test_one_confirmation_counts_in_every_open_campaign(db, unit):
    entry = uploads.listed(unit)
    own = started(unit)
    whole = actions.start_everywhere(officer(), "enterprise", day(DUE), clock.today())["campaign"]
    assert queries.to_confirm(unit.unit.id) == 1

    confirm(unit, own, entry)

    assert queries.to_confirm(unit.unit.id) == 0
    assert queries.progress(queries.one(whole).id).confirmed == 1


def test_platform_asks_a_class_and_sees_the_slowest_first(db, unit):
    other = units.certified_unit("enterprise")
    committee = units.certified_unit("resident")
    mine, _theirs, _more = uploads.listed(unit), uploads.listed(other), uploads.listed(other)
    uploads.listed(committee)
    assert queries.concerned("enterprise") == (2, 3)
    campaign = actions.start_everywhere(officer(), "enterprise", day(DUE), clock.today())["campaign"]
    confirm(unit, campaign, mine)

    found = queries.slowest(queries.one(campaign).id)

    assert [(one.unit.id, one.progress.missing) for one in found] == [(other.unit.id, 2), (unit.unit.id, 0)]
    for days in (DUE - 14, DUE + 1):
        after(db, campaign, days)
    assert queries.outcomes(queries.one(campaign).id) == {"done": 1, "untouched": 1}
    assert told("nobody-confirmed", "platform") == 1


def test_a_second_campaign_of_an_idle_unit_finds_the_case_open(db, unit):
    entry = uploads.listed(unit)
    own = started(unit)
    whole = actions.start_everywhere(officer(), "*", day(DUE), clock.today())["campaign"]

    for days in (DUE - 14, DUE + 1):
        after(db, own, days)
        after(db, whole, days)

    assert [row.outcome for row in CampaignUnit.select()] == ["untouched", "untouched"]
    assert (Case.select().count(), states_of(entry)) == (1, ["listed"])


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "missing"), ("soon", "bad_date"), (20, "campaign_too_soon"), (181, "campaign_too_late")],
)
def test_days_that_cannot_be_set(db, unit, typed, code):
    uploads.listed(unit)
    text = day(typed) if isinstance(typed, int) else typed

    with pytest.raises(Invalid) as refused:
        actions.start_in_unit(unit.actor, unit.unit.id, text, clock.today())

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("due_on", code)]


def test_what_cannot_be_started(db, unit):
    with pytest.raises(Conflict, match="campaign_nobody"):
        started(unit)
    uploads.listed(unit)
    started(unit)
    with pytest.raises(Conflict, match="campaign_running"):
        started(unit)
    actions.start_everywhere(officer(), "enterprise", day(DUE), clock.today())
    for unit_class in ("enterprise", "*"):
        with pytest.raises(Conflict, match="campaign_running"):
            actions.start_everywhere(officer(), unit_class, day(DUE), clock.today())
    with pytest.raises(Invalid, match="choose"):
        actions.start_everywhere(officer(), "nobody", day(DUE), clock.today())


def test_what_cannot_be_confirmed(db, unit):
    entry, _other = uploads.listed(unit), uploads.listed(unit)
    stranger = units.certified_unit("enterprise")
    campaign = started(unit)
    with pytest.raises(NotFound):
        actions.confirm(stranger.actor, stranger.unit.id, campaign, Chosen(everything=True))
    with pytest.raises(NotFound):
        actions.cancel(stranger.actor, campaign, 1, unit_id=stranger.unit.id)
    with pytest.raises(NotFound):
        actions.cancel(officer(), campaign, 1)
    with pytest.raises(Conflict, match="count_changed"):
        confirm(unit, campaign, everything=True, expected=3)
    with pytest.raises(Conflict, match="count_changed"):
        confirm(unit, campaign, everything=True, expected=2, digest="another")
    confirm(unit, campaign, entry)
    with pytest.raises(Conflict, match="campaign_confirmed"):
        confirm(unit, campaign, entry)


def test_a_run_that_was_killed_goes_on_where_it_ended(db, unit):
    other = units.certified_unit("enterprise")
    for built in (unit, other):
        uploads.listed(built)
    campaign = actions.start_everywhere(officer(), "*", day(DUE), clock.today())["campaign"]

    class Killed(Exception):
        pass

    turns = iter([None, Killed()])

    def breathe() -> None:
        if (what := next(turns, None)) is not None:
            raise what

    with pytest.raises(Killed):
        advancing.advance(campaign, breathe)
    assert told("confirmation-asked") == 1
    advancing.advance(campaign)
    advancing.advance(campaign)

    assert told("confirmation-asked") == 2


def test_every_pair_of_state_and_action():
    for state in ("", "running", "holding", "ended", "cancelled"):
        for action in states.ACTIONS:
            expected = states.TRANSITIONS.get((state, action))
            if expected is None:
                with pytest.raises(Conflict, match="campaign_state"):
                    states.next_state(state, action)
            else:
                assert states.next_state(state, action) == expected
    assert states.OPEN == ("running", "holding")


def test_stages_come_to_an_end():
    today = clock.today()
    stage, seen = "started", []
    while stage in rules.AFTER:
        assert rules.due_on(stage, today, today) is not None
        stage = rules.AFTER[stage]
        seen.append(stage)

    assert seen == ["announced", "warned", "settled", "reminded", "over"]
    assert rules.due_on("over", today, today) is None

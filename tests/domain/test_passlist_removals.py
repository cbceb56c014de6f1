"""Leaving the list: causes of the unit, a person's request and its term, withdrawal of consent, scope and versions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders.filings import filed, person, vehicle
from tests.builders.units import certified_unit, platform_actor
from tests.builders.uploads import entry_of, listed, uploaded, verified
from webapp import clock
from webapp.actors import Actor
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.jobs import calendar
from webapp.domain.jobs.models import Job
from webapp.domain.notices import queries as notices
from webapp.domain.passlist import queries, removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.rules import UNIT_CAUSES
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry.cards import open_card
from webapp.domain.units import deciding
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Invalid, NotFound

FILER = Actor("filer", "somebody", request_id="test")


def rows(*entries: Entry) -> Chosen:
    return Chosen(rows=tuple((entry.ref, entry.version) for entry in entries))


def fresh(entry: Entry) -> Entry:
    return Entry.get_by_id(entry.id)


@pytest.mark.parametrize("cause", sorted(set(UNIT_CAUSES) - {"requested"}))
def test_a_unit_removes_its_people_with_a_cause(db, cause):
    here = certified_unit()
    entry = listed(here)

    result = removals.remove(here.actor, here.unit.id, rows(entry), cause)

    assert (result["changed"], result["skipped"]) == (1, [])
    now = fresh(entry)
    assert (now.state, now.cause, now.removed_at is not None, now.version) == ("removed", cause, True, 2)
    assert [(step.change, step.reason) for step in queries.steps(entry)] == [("listed", None), ("removed", cause)]
    act = Act.get(Act.verb == "entry:remove")
    assert [line.tag for line in AuditLine.select().where(AuditLine.act == act.id)] == ["entry:removed"]
    assert Job.get(Job.act_id == act.id, Job.kind == "tell").params == {"kind": "entry-removed"}


@pytest.mark.parametrize("cause", ["", "sanctioned", "unit_deregistered", "basis_ended", "superseded", "nonsense"])
def test_causes_of_others_are_not_the_units(db, cause):
    here = certified_unit()
    entry = listed(here)

    with pytest.raises(Invalid) as refused:
        removals.remove(here.actor, here.unit.id, rows(entry), cause)

    assert refused.value.faults[0].field == "cause"
    assert fresh(entry).state == "listed"


def test_a_request_is_only_answered_where_there_is_one(db):
    here = certified_unit()
    asked, silent = listed(here), listed(here)
    removals.request_removal(FILER, asked.submission_ref, asked.ref)

    result = removals.remove(here.actor, here.unit.id, rows(fresh(asked), silent), "requested")

    assert (result["changed"], result["skipped"]) == (1, [[silent.ref, "not_requested"]])
    assert [fresh(one).state for one in (asked, silent)] == ["removed", "listed"]


def test_a_bulk_removal_counts_what_it_skipped_and_why(db):
    here, there = certified_unit(), certified_unit()
    mine, gone, moved, other = listed(here), listed(here), listed(here), listed(there)
    removals.remove(here.actor, here.unit.id, rows(gone), "left_unit")
    removals.request_removal(FILER, moved.submission_ref, moved.ref)

    result = removals.remove(here.actor, here.unit.id, rows(mine, gone, moved, other), "left_unit")

    assert result["changed"] == 1
    assert result["skipped"] == [[gone.ref, "entry_removed"], [moved.ref, "stale"], [other.ref, "not_found"]]
    assert [fresh(one).state for one in (mine, moved, other)] == ["removed", "suspended", "listed"]


def test_one_stale_row_is_a_conflict(db):
    here = certified_unit()
    entry = listed(here)
    removals.request_removal(FILER, entry.submission_ref, entry.ref)

    with pytest.raises(Conflict) as refused:
        removals.remove(here.actor, here.unit.id, rows(entry), "left_unit")

    assert refused.value.code == "stale"


def test_another_units_entry_does_not_exist(db):
    here, there = certified_unit(), certified_unit()
    entry = listed(here)

    with pytest.raises(Conflict) as refused:
        removals.remove(there.actor, there.unit.id, rows(entry), "left_unit")
    with pytest.raises(NotFound):
        queries.one(there.unit.id, entry.ref)

    assert (refused.value.code, fresh(entry).state) == ("not_found", "listed")


def test_everything_that_matches_is_removed_only_if_it_is_as_many_as_shown(db):
    here = certified_unit()
    entries = [listed(here) for _ in range(3)]

    with pytest.raises(Conflict) as refused:
        removals.remove(here.actor, here.unit.id, Chosen(everything=True, expected=2), "left_unit")
    assert (refused.value.code, refused.value.params) == ("count_changed", {"expected": 2, "found": 3})

    assert removals.remove(here.actor, here.unit.id, Chosen(everything=True, expected=3), "left_unit")["changed"] == 3
    assert {fresh(entry).state for entry in entries} == {"removed"}


def test_a_suspended_unit_still_removes_its_people(db):
    here = certified_unit()
    entry = listed(here)
    deciding.suspend(platform_actor(), here.unit.id, ["unit:misuse"], "", units.by_id(here.unit.id).version)

    assert removals.remove(here.actor, here.unit.id, rows(entry), "left_unit")["changed"] == 1


def test_leaving_one_unit_ends_only_that_units_entries(db):
    here, there = certified_unit(), certified_unit()
    car = vehicle()
    first = filed(here, vehicles=[car])
    uploaded(here, verified(here, first))
    second = filed(there, who=first.answers["person"], vehicles=[car], phone=first.answers["contact"]["phone"])
    uploaded(there, verified(there, second))

    removals.remove(here.actor, here.unit.id, rows(entry_of(first)), "left_unit")

    assert [entry_of(one).state for one in (first, second)] == ["removed", "listed"]


def test_a_request_holds_at_once_and_tells_the_unit(db):
    here = certified_unit()
    entry = listed(here)

    answer = removals.request_removal(FILER, entry.submission_ref, entry.ref)

    hold = queries.holds([entry])[entry.id][0]
    assert (fresh(entry).state, hold.kind) == ("suspended", "removal_requested")
    assert hold.until == calendar.after_working_days(hold.since, 3)
    assert answer == {"until": hold.until.isoformat()}
    notice = notices.inbox("unit", here.unit.ref)[0]
    # The last of the three working days, not the midnight at which it is over.
    day = calendar.nth_working_day(hold.since, 3).isoformat()
    assert (notice.kind, notice.subject, notice.params) == (
        "removal-requested",
        entry.ref,
        {"number": entry.number, "until": day},
    )


def test_a_request_is_made_once(db):
    here = certified_unit()
    entry = listed(here)
    removals.request_removal(FILER, entry.submission_ref, entry.ref)

    with pytest.raises(Conflict) as refused:
        removals.request_removal(FILER, entry.submission_ref, entry.ref)

    assert refused.value.code == "removal_already_requested"


def test_a_request_reaches_only_entries_of_the_same_submission(db):
    here = certified_unit()
    mine, other = listed(here), listed(here)

    with pytest.raises(NotFound):
        removals.request_removal(FILER, mine.submission_ref, other.ref)

    assert fresh(other).state == "listed"


def test_the_system_removes_after_the_term_and_names_the_units_inaction(db):
    here = certified_unit()
    entry, other = listed(here), listed(here)
    removals.request_removal(FILER, entry.submission_ref, entry.ref)
    until = queries.holds([entry])[entry.id][0].until

    with clock.travel(until - clock.now() - timedelta(minutes=1)):
        assert removals.finish_due() == 0
    with clock.travel(until - clock.now() + timedelta(minutes=1)):
        assert removals.finish_due() == 1
        assert removals.finish_due() == 0

    assert (fresh(entry).state, fresh(entry).cause, fresh(other).state) == ("removed", "requested", "listed")
    params = {"number": entry.number, "unit": here.unit.name}
    for inbox in (notices.inbox("unit", here.unit.ref), notices.inbox("platform", "platform")):
        found = next(notice for notice in inbox if notice.kind == "removal-overdue")
        assert (found.subject, found.params) == (entry.ref, params)


def test_who_stays_after_all_is_listed_again(db):
    here = certified_unit()
    entry = listed(here)
    removals.request_removal(FILER, entry.submission_ref, entry.ref)

    removals.withdraw_request(FILER, entry.submission_ref, entry.ref)

    with clock.travel(timedelta(days=30)):
        assert removals.finish_due() == 0
    assert fresh(entry).state == "listed"
    with pytest.raises(Conflict) as refused:
        removals.withdraw_request(FILER, entry.submission_ref, entry.ref)
    assert refused.value.code == "removal_not_requested"


def test_a_removed_entry_takes_no_request(db):
    here = certified_unit()
    entry = listed(here)
    removals.remove(here.actor, here.unit.id, rows(entry), "left_unit")

    with pytest.raises(Conflict) as refused:
        removals.request_removal(FILER, entry.submission_ref, entry.ref)

    assert refused.value.code == "entry_removed"


def test_the_list_is_searched_by_name_initials_plate_and_last_four(db):
    here = certified_unit()
    target = listed(here, who=person(full_name="歐陽志華"))
    others = [listed(here, who=person(full_name="陳嘉敏")) for _ in range(2)]
    card = open_card(target)

    for words in ("歐陽", "欧阳志华", "oyzh", card.plates[0], card.plates[0][-4:], card.tail):
        assert [row.id for row in queries.entries(here.unit.id, "", words).rows] == [target.id], words
    assert [row.id for row in queries.entries(here.unit.id).rows] == [others[1].id, others[0].id, target.id]
    assert queries.entries(here.unit.id, "", "沒有這個人").rows == []


def test_pages_follow_each_other_without_gap_or_overlap(db, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    here = certified_unit()
    entries = [listed(here) for _ in range(5)]

    seen, place = [], None
    while True:
        page = queries.entries(here.unit.id, "", after=place)
        seen += [row.id for row in page.rows]
        if page.next is None:
            break
        place = queries.Place.read(str(page.next))

    assert seen == [entry.id for entry in reversed(entries)]


def test_everything_that_matches_is_removed_only_if_they_are_the_ones_shown(db):
    """As many as before are not the same: one left and another came while the clerk read."""
    here = certified_unit()
    leaves, stays = listed(here), listed(here)
    shown = queries.digest([leaves.id, stays.id])
    removals.remove(here.actor, here.unit.id, rows(leaves), "left_unit")
    came = listed(here)

    with pytest.raises(Conflict) as refused:
        removals.remove(here.actor, here.unit.id, Chosen(everything=True, expected=2, digest=shown), "left_unit")

    assert (refused.value.code, [fresh(one).state for one in (stays, came)]) == ("count_changed", ["listed", "listed"])

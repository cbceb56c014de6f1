"""People go on under a successor without a gap, are told, and may refuse."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders.delivery import drain
from tests.builders.filings import filed
from tests.builders.status import actor
from tests.builders.units import BuiltUnit, certified_unit, pending_unit
from tests.builders.uploads import entry_of, listed, owner_and_second, second_filed, uploaded, verified
from tests.domain.test_closings_deregistering import deregister, kinds_of, officers, proposed
from tests.domain.test_filings_verifying import statements
from tests.domain.test_passlist_removals import FILER
from webapp import clock
from webapp.domain.campaigns import actions as campaigns
from webapp.domain.campaigns import advancing
from webapp.domain.campaigns import queries as campaign_queries
from webapp.domain.closings import deregistering, reach, succession
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import case_facts, objecting, replacing_phones, standing
from webapp.domain.filings.models import Submission
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry.cards import open_card
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.models import Case, CaseParty
from webapp.domain.units import queries, vehicles
from webapp.errors import Conflict, Invalid, NotFound

__all__ = ["officers"]

WEEKS = timedelta(days=14)


def newest(entry: Entry) -> Entry:
    return Entry.select().where(Entry.submission_ref == entry.submission_ref).order_by(Entry.id.desc()).get()


def test_entries_go_on_under_the_successor_on_the_same_pledge_and_slot(officers, db):
    old, new = certified_unit(), certified_unit()
    entry, waits = listed(old), filed(old)
    vehicles.add(old.actor, old.unit.id, vehicles.NewVehicle("粵C·A9002", "small"))
    before = reach.of(queries.by_id(old.unit.id), queries.by_id(new.unit.id))
    drain(db)

    result = deregister(officers, old, new)
    drain(db)

    gone, here = Entry.get_by_id(entry.id), newest(entry)
    assert (gone.state, gone.cause) == ("removed", "superseded")
    assert (here.state, here.unit_id) == ("listed", new.unit.id)
    assert (here.pledge_id, here.answers_id, here.position) == (entry.pledge_id, entry.answers_id, entry.position)
    assert (here.slot_id, gone.slot_id) == (entry.slot_id, None)
    assert here.listed_at == gone.removed_at
    assert open_card(here) == open_card(gone)
    assert (before.moved, result["moved"], result["entries"], result["filings"]) == (1, 1, 0, 1)
    assert vehicles.count(new.unit.id) == 1
    told = Notice.get(Notice.kind == "unit-succeeded", Notice.audience_ref == entry.submission_ref)
    assert (told.params["successor"], told.params["moved"], told.params["entries"]) == (new.unit.name, 1, 0)
    assert kinds_of(waits.submission.ref).count("unit-succeeded") == 1
    assert kinds_of(entry.submission_ref).count("entry-listed") == 1
    assert "unit-succeeds" in kinds_of(new.unit.ref)
    assert IssuedDocument.select().where(IssuedDocument.subject == here.ref).count() == 1


def test_holds_go_along_with_their_term(officers, db):
    old, new = certified_unit(), certified_unit()
    entry = listed(old)
    removals.request_removal(FILER, entry.submission_ref, entry.ref)
    until = passlist.holds([entry])[entry.id][0].until

    drain(db)
    told = kinds_of(entry.submission_ref)

    deregister(officers, old, new)
    drain(db)

    here = newest(entry)
    assert here.state == "suspended"
    # That it is held he knows; that it goes on elsewhere is the one thing that is new.
    assert kinds_of(entry.submission_ref) == [*told, "unit-succeeded"]
    assert [(one.kind, one.until) for one in passlist.holds([here])[here.id]] == [("removal_requested", until)]
    assert passlist.holds([entry]) == {}


def test_owner_and_second_driver_stay_on_their_slots(officers):
    old, new = certified_unit(), certified_unit()
    mine, his = owner_and_second()
    owner = filed(old, vehicles=[mine])
    uploaded(old, verified(old, owner))
    second = second_filed(old, his)
    uploaded(old, verified(old, second))
    before = [(slot.slot, slot.person_id, slot.in_force) for slot in DriverSlot.select().order_by(DriverSlot.id)]

    result = deregister(officers, old, new)

    after = [(slot.slot, slot.person_id, slot.in_force) for slot in DriverSlot.select().order_by(DriverSlot.id)]
    assert (after, result["held"]) == (before, 0)
    assert [entry_of(one).unit_id for one in (owner, second)] == [new.unit.id] * 2


def test_who_is_listed_there_already_keeps_that_entry(officers):
    old, new = certified_unit(), certified_unit()
    first = filed(old)
    uploaded(old, verified(old, first))
    again = filed(
        new,
        who=first.answers["person"],
        vehicles=first.answers["vehicles"],
        phone=first.answers["contact"]["phone"],
    )
    uploaded(new, verified(new, again))

    deregister(officers, old, new)

    assert (entry_of(first).state, entry_of(first).cause, entry_of(again).state) == ("removed", "superseded", "listed")
    assert Entry.select().where(Entry.unit == new.unit.id).count() == 1


def test_own_cars_do_not_go_to_a_unit_of_a_class_without_them(officers):
    old, new = certified_unit(), certified_unit("other")
    entry = listed(old)

    result = deregister(officers, old, new)

    assert (result["moved"], result["entries"]) == (0, 1)
    assert (newest(entry).id, newest(entry).cause) == (entry.id, "unit_deregistered")


@pytest.mark.parametrize("case", ["itself", "pending", "committee"])
def test_who_may_not_take_over(officers, case):
    old = certified_unit()
    new = {"itself": lambda: old, "pending": pending_unit, "committee": lambda: certified_unit("resident")}[case]()

    with pytest.raises(Invalid) as refused:
        proposed(officers[0], old, new)

    assert refused.value.faults[0].field == "successor"


def test_the_person_refuses_and_both_are_told(officers, db):
    old, new = certified_unit(), certified_unit()
    entry = listed(old)
    deregister(officers, old, new)
    drain(db)
    here = newest(entry)
    # Not by a phone that was set at a counter today.
    submission = Submission.get(Submission.ref == here.submission_ref)
    replacing_phones.replace(new.actor, new.unit.id, submission.ref, "+85362345678")
    with pytest.raises(Conflict) as guarded:
        succession.refuse(FILER, here.submission_ref, here.ref)
    assert guarded.value.code == "phone_new"

    with clock.travel(timedelta(hours=25)):
        succession.refuse(FILER, here.submission_ref, here.ref)
        drain(db)
        with pytest.raises(Conflict) as twice:
            succession.refuse(FILER, here.submission_ref, here.ref)

    assert twice.value.code == "refusal_over"
    assert (newest(entry).state, newest(entry).cause) == ("removed", "requested")
    assert kinds_of(entry.submission_ref)[-1] == "entry-removed"
    assert kinds_of(new.unit.ref)[-1] == "entry-removed"


def test_only_what_came_by_succession_is_refused_and_only_for_a_time(officers):
    old, new = certified_unit(), certified_unit()
    plain, entry = listed(new), listed(old)
    deregister(officers, old, new)
    here = newest(entry)

    with pytest.raises(Conflict):
        succession.refuse(FILER, plain.submission_ref, plain.ref)
    with pytest.raises(NotFound):
        succession.refuse(FILER, plain.submission_ref, here.ref)
    with clock.travel(timedelta(days=succession.REFUSE_DAYS, minutes=1)), pytest.raises(Conflict):
        succession.refuse(FILER, here.submission_ref, here.ref)

    assert newest(entry).state == "listed"


def test_statements_of_a_succession_do_not_depend_on_the_people(officers):
    counted = []
    for people in (2, 20):
        old, new = certified_unit(), certified_unit()
        for _ in range(people):
            listed(old)
        row = proposed(officers[0], old, new)
        counted.append(statements(lambda row=row: deregistering.confirm(officers[1], row.ref, row.version)))

    assert counted[0] == counted[1]


def test_what_follows_is_between_the_person_and_the_successor(officers, db):
    """Who removes him, whom he objects to, who answers, and what he reads: nothing of it is the old unit's any more."""
    old, new = certified_unit(), certified_unit()
    sent = filed(old)
    uploaded(old, verified(old, sent))
    deregister(officers, old, new)
    here = newest(entry_of(sent))
    removals.remove(new.actor, new.unit.id, Chosen(rows=((here.ref, here.version),)), "entered_in_error")
    drain(db)

    told = Notice.get(Notice.kind == "entry-removed", Notice.audience_ref == sent.submission.ref)
    assert told.params["unit"] == new.unit.name
    made = objecting.object_to(actor(sent), sent.submission.ref, "removal", here.ref, "我仍在職。", Handed())
    case = Case.get(Case.ref == made["case"])
    asked = CaseParty.select(CaseParty.party_ref).where(CaseParty.case == case.id, CaseParty.side == "holder")
    assert (case.unit_id, [ref for (ref,) in asked.tuples()]) == (new.unit.id, [new.unit.ref])
    assert standing.unit_id(sent.submission) == new.unit.id
    assert case_facts.who(CaseParty.get(CaseParty.case == case.id, CaseParty.side == "claimant")).unit == new.unit.name


def test_a_successor_that_is_deregistered_itself_is_named_as_it(officers, db):
    old, new = certified_unit(), certified_unit()
    entry = listed(old)
    deregister(officers, old, new)
    drain(db)

    deregister(officers, new)
    drain(db)

    told = {row.kind: row.params["unit"] for row in Notice.select().where(Notice.audience_ref == entry.submission_ref)
            if row.kind in ("unit-succeeded", "unit-closed")}  # fmt: skip
    assert told == {"unit-succeeded": old.unit.name, "unit-closed": new.unit.name}


def unconfirmed(old: BuiltUnit, db: object) -> Entry:
    """Somebody held since yesterday because the unit confirmed everybody else."""
    first, second = listed(old), listed(old)
    begun = clock.today() - timedelta(days=31)
    with clock.travel(timedelta(days=-31)):
        day = (begun + timedelta(days=30)).isoformat()
        campaign = campaigns.start_in_unit(old.actor, old.unit.id, day, clock.today())["campaign"]
        advancing.advance(campaign)
        campaigns.confirm(old.actor, old.unit.id, campaign, Chosen(rows=((first.ref, 1),)))
    for days in (-15, 0):
        with clock.travel(timedelta(days=days)):
            advancing.advance(campaign)
    drain(db)
    assert [one.kind for one in passlist.holds([second])[second.id]] == ["not_confirmed"]
    return second


def days_on(db: object, days: int) -> None:
    """The timers of that day, twice."""
    with clock.travel(timedelta(days=days)):
        for _ in range(2):
            for ref in campaign_queries.open_refs():
                advancing.advance(ref)
            removals.finish_due()
            drain(db)


def test_whom_nobody_confirmed_the_successor_has_the_whole_term_to_confirm(officers, db):
    old, new = certified_unit(), certified_unit()
    entry = unconfirmed(old, db)
    with clock.travel(timedelta(days=10)):  # four days before it would have ended under the old unit
        deregister(officers, old, new)
        drain(db)
        here = newest(entry)
        held = passlist.holds([here])[here.id]
        assert [(one.kind, one.until) for one in held] == [("not_confirmed", clock.start_of_day(clock.today() + WEEKS))]
        assert campaign_queries.to_confirm(new.unit.id) == 1
        assert "unconfirmed-held" in kinds_of(new.unit.ref)

    seen = []
    for days in (14, 16, 17, 23, 24):
        days_on(db, days)
        seen.append((newest(entry).state, kinds_of(entry.submission_ref).count("removal-near")))

    assert seen == [("suspended", 0), ("suspended", 0), ("suspended", 1), ("suspended", 1), ("removed", 1)]
    assert newest(entry).cause == "not_confirmed"
    assert kinds_of("platform").count("confirmation-near") == 1  # the former unit's own
    assert campaign_queries.open_refs() == []


def test_confirmed_by_the_successor_he_is_listed_again(officers, db):
    old, new = certified_unit(), certified_unit()
    entry = unconfirmed(old, db)
    deregister(officers, old, new)
    here = newest(entry)
    (campaign, _part) = campaign_queries.of_unit(new.unit.id)[0]
    with pytest.raises(NotFound):
        campaigns.cancel(new.actor, campaign.ref, campaign.version, unit_id=new.unit.id)

    campaigns.confirm(new.actor, new.unit.id, campaign.ref, Chosen(rows=((here.ref, here.version),)))
    days_on(db, 8)
    days_on(db, 15)

    assert (newest(entry).id, newest(entry).state) == (here.id, "listed")
    assert campaign_queries.open_refs() == []


@pytest.mark.parametrize("both", [True, False], ids=["successor asked as well", "successor not asked"])
def test_whom_the_platform_still_asks_about_it_asks_the_successor(officers, db, both):
    old, new = certified_unit(), certified_unit()
    entry, done = listed(old), listed(old)
    own = listed(new) if both else None
    day = (clock.today() + timedelta(days=30)).isoformat()
    campaign = str(campaigns.start_everywhere(officers[0], "*", day, clock.today())["campaign"])
    advancing.advance(campaign)
    campaigns.confirm(old.actor, old.unit.id, campaign, Chosen(rows=((done.ref, 1),)))

    deregister(officers, old, new)

    assert campaign_queries.to_confirm(new.unit.id) == 1 + both
    campaigns.confirm(new.actor, new.unit.id, campaign, Chosen(rows=((newest(entry).ref, 1),)))
    for days in (16, 31):
        days_on(db, days)
    assert newest(entry).state == newest(done).state == "listed"
    if own:  # its own is held as anybody is whom it does not confirm
        assert newest(own).state == "suspended"

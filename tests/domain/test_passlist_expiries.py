"""Licence, document and permit that end: reminded 30, 7 and 1 days ahead, held the day after, released by an update."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.builders import filings, units, uploads
from tests.builders.delivery import drain
from tests.domain.test_delivery_telling import statements_of
from webapp import clock
from webapp.database import transaction
from webapp.delivery.timers import Clockwork
from webapp.domain.audit.acts import Act, action
from webapp.domain.filings import expiring
from webapp.domain.jobs.models import Job
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import expiries, queries, record, removals
from webapp.domain.passlist.models import Entry, EntryExpiry, EntryHold, EntryStep
from webapp.domain.passlist.selection import Chosen

LAST = date(2031, 5, 20)
QUICK = ("urgent", "records", "messages")


def on(day: date, hour: int = 10):
    return clock.travel(datetime(day.year, day.month, day.day, hour, tzinfo=clock.ZONE) - clock.now())


def days(count: int) -> date:
    return LAST + timedelta(days=count)


def typed(item: str = "licence", day: str = LAST.isoformat(), **choices: Any) -> dict[str, Any]:
    """Answers of which one thing ends on a day."""
    relation = "resident_permit" if item == "residence_permit" else "resident_register"
    given = filings.answers("resident", relation=relation, **choices)
    place = {
        "licence": ("licence", "licence_expiry"),
        "document": ("person", "id_expiry"),
        "residence_permit": ("belonging", "residence_permit_expiry"),
    }
    block, field = place[item]
    given[block][field] = day
    return given


@pytest.fixture
def unit(db):
    return units.certified_unit("resident", email="manager@committee.example")


def told(kind: str) -> list[dict[str, Any]]:
    return [row.params for row in Notice.select().where(Notice.kind == kind).order_by(Notice.id)]


def held(entry: Entry) -> list[str]:
    open_holds = EntryHold.select().where(EntryHold.entry == entry.id, EntryHold.released_at.is_null())
    return [hold.kind for hold in open_holds.order_by(EntryHold.kind)]


def now(entry: Entry) -> Entry:
    return Entry.get_by_id(entry.id)


@action("test:renew")
def renew(act: Act, entry_id: int, answers_id: int) -> dict[str, int]:
    Entry.update(answers=answers_id, act_id=act.id, version=Entry.version + 1).where(Entry.id == entry_id).execute()
    expiries.keep(act, [entry_id])
    record.finish(act)
    return {}


def beat(settings) -> None:
    """What the worker does of it in a day."""
    expiries.hold_due()
    if clock.now().astimezone(clock.ZONE).hour >= 9:
        expiring.remind(clock.today().isoformat())
    removals.finish_due()
    drain(settings, *QUICK)


def last_days(*entries: Entry) -> list[tuple[int, str, date]]:
    rows = EntryExpiry.select(EntryExpiry.entry, EntryExpiry.item, EntryExpiry.last_day)
    return sorted(rows.where(EntryExpiry.entry << [entry.id for entry in entries]).tuples())


def test_of_thousands_days_that_are_far_are_kept_by_a_job(db, unit, monkeypatch):
    monkeypatch.setattr(expiries, "MANY", 2)
    monkeypatch.setattr(expiries, "SLICE", 1)
    soon, over = (clock.today() + timedelta(days=ahead) for ahead in (150, 110))
    given = [typed("licence", soon.isoformat()), typed("document", over.isoformat()), typed()]
    sent = uploads.verified(unit, *(filings.filed(unit, one) for one in given))

    with clock.travel(timedelta(days=111)):
        uploads.uploaded(unit, sent)
        at_once = last_days(*Entry.select())
        drain(db, *QUICK)

    entries = list(Entry.select().order_by(Entry.id))
    assert [day for *_, day in at_once] == [soon, over]
    assert [held(entry) for entry in entries] == [[], ["document_expired"], []]
    kept = last_days(*entries)
    assert len(kept) == 6
    assert set(at_once) < set(kept)
    with transaction():
        assert expiries.keep_far(listed_by(entries[0]), 0) == entries[0].id
    assert last_days(*entries) == kept, "once more, and nothing is kept twice"


def listed_by(entry: Entry) -> int:
    return EntryStep.get(EntryStep.entry == entry.id, EntryStep.change == "listed").act_id


def test_last_days_are_copied_when_an_entry_is_made(db, unit):
    entry = uploads.listed(unit, typed("residence_permit"))

    rows = {row.item: row.last_day for row in EntryExpiry.select().where(EntryExpiry.entry == entry.id)}

    assert rows == {"licence": date(2032, 5, 20), "document": date(2035, 6, 30), "residence_permit": LAST}


def test_what_is_valid_for_life_is_not_watched(db, unit):
    given = filings.answers("resident", who=filings.person("hk_id"))
    given["licence"] |= {"licence_expiry": "", "licence_long_term": True}
    entry = uploads.listed(unit, given)

    with on(days(365 * 50)):
        expiries.hold_due()

    assert (EntryExpiry.select().count(), now(entry).state) == (0, "listed")


@pytest.mark.parametrize(
    ("item", "kind", "notice"),
    [
        ("licence", "licence_expired", "licence-expiring"),
        ("document", "document_expired", "document-expiring"),
        ("residence_permit", "document_expired", "permit-expiring"),
    ],
)
def test_reminded_three_times_then_held_then_removed(db, unit, item, kind, notice):
    entry = uploads.listed(unit, typed(item))
    seen = []
    for ahead in (31, 30, 29, 8, 7, 6, 2, 1, 0):
        with on(days(-ahead)):
            beat(db)
            beat(db)
            seen.append((ahead, len(told(notice)), now(entry).state))

    assert seen == [(31, 0, "listed"), (30, 1, "listed"), (29, 1, "listed"), (8, 1, "listed"), (7, 2, "listed"),
        (6, 2, "listed"), (2, 2, "listed"), (1, 3, "listed"), (0, 3, "listed"),
    ]  # fmt: skip
    assert told(notice)[0] == {"number": entry.number, "until": LAST.isoformat()}
    assert told("expiries-near") == [{"soon": 1, "held": 0}] * 3
    with on(days(1)):
        beat(db)
        assert (now(entry).state, held(entry)) == ("suspended", [kind])
        assert told("entry-held")[-1]["hold"] == kind
        assert told("expiries-near")[-1] == {"soon": 0, "held": 1}
    with on(days(1 + 89)):
        beat(db)
        assert now(entry).state == "suspended"
    with on(days(1 + 90)):
        beat(db)
        assert (now(entry).state, now(entry).cause) == ("removed", "basis_ended")
        assert EntryExpiry.select().where(EntryExpiry.entry == entry.id).count() == 0


def test_held_at_midnight_but_nobody_is_woken(db, unit):
    entry = uploads.listed(unit, typed())
    with on(days(1), hour=0):
        beat(db)
        assert (now(entry).state, told("entry-held")) == ("suspended", [])
    with on(days(1), hour=9):
        beat(db)
        assert len(told("entry-held")) == 1


def test_worker_that_was_down_sends_the_most_pressing_reminder_alone(db, unit):
    uploads.listed(unit, typed())

    with on(days(-5)):
        beat(db)
    with on(days(-4)):
        beat(db)

    assert len(told("licence-expiring")) == 1


def test_one_notice_for_all_vehicles_of_a_submission_and_one_line_for_the_unit(db, unit):
    cars = [filings.vehicle(), filings.vehicle()]
    cars[0]["add_another"] = "yes"
    sent = filings.filed(unit, typed(vehicles=cars))
    uploads.uploaded(unit, uploads.verified(unit, sent))

    with on(days(-30)):
        beat(db)

    assert len(told("licence-expiring")) == 1
    assert told("expiries-near") == [{"soon": 2, "held": 0}]


def test_reminding_resumes_where_it_was_killed(db, unit, monkeypatch):
    monkeypatch.setattr(expiring, "SLICE", 1)
    for _ in range(3):
        uploads.listed(unit, typed())

    class Killed(Exception):
        pass

    slices = iter([None, Killed()])

    def breathe() -> None:
        if (what := next(slices, None)) is not None:
            raise what

    with on(days(-30)):
        with pytest.raises(Killed):
            expiring.remind("2031-04-20", breathe)
        assert len(told("licence-expiring")) == 1
        expiring.remind("2031-04-20")
        expiring.remind("2031-04-20")

    assert len(told("licence-expiring")) == 3
    assert told("expiries-near") == [{"soon": 3, "held": 0}]


def test_holding_takes_the_same_statements_for_one_and_for_many(db, unit):
    counts = []
    for number in (1, 4):
        for _ in range(number):
            uploads.listed(unit, typed())
        with on(days(1), hour=0):
            counts.append(statements_of(expiries.hold_due))

    assert counts[0] == counts[1]


def test_update_with_a_later_day_releases_in_its_own_act(db, unit):
    """The step `keep`, as a change in place calls it: new answers on the entry, then the days are taken anew."""
    entry = uploads.listed(unit, typed())
    later = filings.filed(unit, typed(day="2036-05-20"))
    with on(days(1)):
        beat(db)
        assert held(entry) == ["licence_expired"]

        renew(unit.actor, entry.id, later.filing.answers_id)

        assert (now(entry).state, held(entry)) == ("listed", [])
        drain(db, *QUICK)
        assert told("entry-released")[-1]["hold"] == "licence_expired"


def test_document_hold_stays_while_the_permit_is_over(db, unit):
    given = typed("residence_permit")
    given["person"]["id_expiry"] = LAST.isoformat()
    entry = uploads.listed(unit, given)
    renewed_document = filings.filed(unit, typed("residence_permit"))
    with on(days(1)):
        beat(db)

        renew(unit.actor, entry.id, renewed_document.filing.answers_id)

        assert held(entry) == ["document_expired"]


def test_upload_of_what_ended_meanwhile_lists_and_holds(db, unit):
    sent = filings.filed(unit, typed())
    with on(days(1)):
        uploads.uploaded(unit, uploads.verified(unit, sent))
        entry = uploads.entry_of(sent)

        assert (entry.state, held(entry)) == ("suspended", ["licence_expired"])


def test_unit_sees_and_filters_what_ends_soon(db, unit):
    soon = uploads.listed(unit, typed())
    uploads.listed(unit, typed(day="2036-05-20"))

    with on(days(-10)):
        assert [row.id for row in queries.entries(unit.unit.id, "expiring").rows] == [soon.id]
        assert queries.expiring_count(unit.unit.id) == 1
        chosen = Chosen(everything=True, state="expiring", expected=1)
        removals.remove(unit.actor, unit.unit.id, chosen, "left_unit")
        assert queries.expiring_count(unit.unit.id) == 0


def test_of_more_than_are_counted_the_list_says_that_they_are_more(app, db, unit, monkeypatch):
    uploads.listed(unit, typed())
    uploads.listed(unit, typed("document"))
    with on(days(-10)):
        assert queries.expiring_count(unit.unit.id) == 2
        monkeypatch.setattr(queries, "MOST", 1)
        assert queries.expiring_count(unit.unit.id) == 2
        assert queries.entries(unit.unit.id, "expiring").total == 2
        monkeypatch.setattr(queries, "MOST", 0)
        assert queries.expiring_count(unit.unit.id) == 1


def test_each_day_is_owed_once(db):
    with on(date(2031, 3, 4)):
        for _ in range(3):
            Clockwork().tick()

        assert Job.select().where(Job.kind << ("hold-expired", "remind-expiries")).count() == 2

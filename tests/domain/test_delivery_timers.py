"""Recurring work: once for each period however many workers run; the digest on working days; the record numbered."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest

from tests.builders import filings, units
from tests.builders.delivery import drain, mails
from webapp import clock, crypto, database
from webapp.actors import system
from webapp.delivery import timers
from webapp.delivery.timers import Clockwork
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.audit.models import Act as ActRow
from webapp.domain.audit.models import AuditLine, Sequence
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Draft, Filing, Invitation
from webapp.domain.jobs.models import Holiday, Job
from webapp.domain.limits import actions as limits
from webapp.domain.limits.models import Bucket
from webapp.domain.notices.models import Notice

# 2027-03-08 is a Monday.
MONDAY = datetime(2027, 3, 8, 10, 0, tzinfo=clock.ZONE)


def at(moment: datetime) -> AbstractContextManager[None]:
    return clock.travel(moment - clock.now())


@action("test:touch")
def touch(act: Act, count: int) -> dict:
    for _ in range(count):
        record(act, "thing:touched", crypto.new_ref())
    return {}


def beat(settings) -> None:
    Clockwork().tick()
    drain(settings)


def test_each_period_is_owed_once_by_all_workers(db):
    with at(MONDAY):
        for _ in range(3):
            Clockwork().tick()

        kinds = [job.kind for job in Job.select().order_by(Job.kind)]

    assert kinds == sorted(timer.kind for timer in timers.TIMERS)


def test_next_period_is_owed_anew(db):
    with at(MONDAY):
        Clockwork().tick()
    with at(MONDAY + timedelta(minutes=5)):
        Clockwork().tick()

    assert Job.select().where(Job.kind == "finish-removals").count() == 2
    assert Job.select().where(Job.kind == "waiting-digest").count() == 1


def test_every_timer_runs_to_its_end(db):
    with at(MONDAY):
        beat(db)

    assert {(job.kind, job.state, job.error) for job in Job.select()} == {
        (timer.kind, "finished", None) for timer in timers.TIMERS
    }


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (MONDAY.replace(hour=8, minute=59), 0),
        (MONDAY.replace(hour=9, minute=0), 1),
        (MONDAY + timedelta(days=5), 0),  # Saturday
        (MONDAY + timedelta(days=1), 0),  # a holiday, below
    ],
)
def test_digest_goes_out_at_nine_on_working_days(db, moment, sent):
    built = units.certified_unit()
    filings.filed(built)
    drain(db)
    with database.transaction():
        Holiday.create(day=(MONDAY + timedelta(days=1)).date(), name="假日")

    with at(moment):
        beat(db)
        beat(db)

    assert Notice.select().where(Notice.kind == "waiting-digest").count() == sent


def test_digest_counts_and_goes_to_each_member_once_a_day(db):
    built = units.certified_unit(email="boss@unit.example")
    units.member(built, email="clerk@unit.example")
    with at(MONDAY - timedelta(days=7)):
        old = filings.filed(built)
        drain(db)
    with at(MONDAY):
        filings.filed(built)
        drain(db)
        before = len(mails(db))
        beat(db)
        beat(db)

    (notice,) = Notice.select().where(Notice.kind == "waiting-digest")
    assert notice.params == {"waiting": 2, "verified": 0, "overdue": 0}
    assert len(mails(db)) - before == 2
    assert old.submission.number not in str([one.get_content() for one in mails(db)])


@pytest.mark.parametrize(("days", "overdue", "idle"), [(7, 0, 0), (8, 1, 0), (14, 1, 0), (15, 1, 1)])
def test_five_working_days_are_overdue_and_ten_tell_the_platform_once(db, days, overdue, idle):
    built = units.certified_unit()
    with at(MONDAY - timedelta(days=days)):
        filings.filed(built)
        drain(db)

    with at(MONDAY):
        beat(db)

    digest = Notice.get(Notice.kind == "waiting-digest")
    told = [notice.params for notice in Notice.select().where(Notice.kind == "unit-idle")]
    assert digest.params["overdue"] == overdue
    assert told == [{"unit": built.unit.name, "overdue": 1}] * idle


def test_platform_hears_of_the_same_backlog_only_once(db):
    built = units.certified_unit()
    with at(MONDAY - timedelta(days=30)):
        filings.filed(built)
        drain(db)

    for later in (0, 1):
        with at(MONDAY + timedelta(days=later)):
            beat(db)

    assert Notice.select().where(Notice.kind == "waiting-digest").count() == 2
    assert Notice.select().where(Notice.kind == "unit-idle").count() == 1


def test_unit_with_nothing_waiting_hears_nothing(db):
    units.certified_unit()

    with at(MONDAY):
        beat(db)

    assert Notice.select().where(Notice.kind == "waiting-digest").count() == 0


def test_owner_who_stays_silent_ends_the_waiting_and_both_know(db):
    built = units.certified_unit()
    second = filings.filed(built, vehicles=[filings.vehicle(is_owner="no", owner_name="陳大文", owner_id_tail="0018")])
    assert second.filing.waiting
    drain(db)

    with clock.travel(timedelta(days=15)):
        beat(db)

    filing = Filing.get_by_id(second.filing.id)
    (notice,) = Notice.select().where(Notice.kind == "owner-silent")
    assert (Invitation.get().state, filing.state) == ("expired", "closed")
    assert notice.audience_ref == second.submission.ref
    assert AuditLine.select().where(AuditLine.tag == "filing:closed", AuditLine.object_ref == filing.ref).count() == 1


def test_drafts_go_after_their_week(db):
    built = units.certified_unit()
    filings.draft(built)

    with clock.travel(drafts.LIFE - timedelta(hours=2)):
        beat(db)
        assert Draft.select().count() == 1
    with clock.travel(drafts.LIFE + timedelta(hours=2)):
        beat(db)

    assert Draft.select().count() == 0


def test_buckets_nobody_touched_are_forgotten(db):
    limits.take("genuine-address", "192.0.2.1")

    with clock.travel(timedelta(days=3)):
        beat(db)

    assert Bucket.select().count() == 0


def test_committed_acts_are_numbered_without_gap_or_repeat(db):
    touch(system("test"), 3)
    touch(system("test"), 4)

    clockwork = Clockwork()
    for _ in range(3):
        clockwork.tick()

    rows = list(Sequence.select(Sequence.number, Sequence.source_id).where(Sequence.stream == "audit").tuples())
    acts = [act.id for act in ActRow.select().order_by(ActRow.id)]
    assert sorted(rows) == list(enumerate(acts, start=1))


def test_an_act_that_became_visible_late_is_sealed_too(db):
    touch(system("test"), 1)
    act = ActRow.select().order_by(ActRow.id.desc()).first()
    last = act.id
    clockwork = Clockwork()
    # Two transactions in flight: the one that took the higher id commits first.
    for later in (last + 2, last + 1):
        with database.transaction():
            ActRow.insert(**{**act.__data__, "id": later, "key": str(later)}).execute()
        for _ in range(timers.SEAL_BEATS):
            clockwork.tick()

    numbers = dict(Sequence.select(Sequence.source_id, Sequence.number).where(Sequence.stream == "audit").tuples())
    assert numbers[last + 1] == numbers[last + 2] + 1

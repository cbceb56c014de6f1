"""Recurring work: one job for each period, however many workers run, because its dedupe key names the period.

Neither sequencer nor sealing is a job: they run every few seconds, take a lock of their own, and do nothing twice.
Nor is the taking in of what channels asked, nor the keeping of counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp import actors, clock
from webapp.database import transaction
from webapp.domain.audit import counting, sealing, sequencer
from webapp.domain.audit.models import LIST_STREAM
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs import calendar, queries
from webapp.domain.jobs.models import BULK, RECORDS
from webapp.domain.lanes import journal, keys
from webapp.domain.passlist.models import EntryStep
from webapp.schema import KEPT_COUNTS

#: How often rows that became visible late are looked for, in beats of the worker.
LATE_BEATS = 10
#: How often the record is sealed, in beats: within five seconds of the commit.
SEAL_BEATS = 3
#: How often what channels asked is taken out of the journals, in beats.
JOURNAL_BEATS = 5
#: How often pending counts are folded and sealed acts counted, in beats.
FOLD_BEATS = 5
DIGEST_HOUR = 9


def every(length: timedelta) -> Callable[[datetime], str | None]:
    """Periods of this length, counted from 1970."""
    seconds = int(length.total_seconds())
    return lambda now: str(int(now.timestamp()) // seconds)


def daily(hour: int) -> Callable[[datetime], str | None]:
    """Once each day of the zone, from this hour on."""

    def period(now: datetime) -> str | None:
        local = now.astimezone(clock.ZONE)
        return local.date().isoformat() if local.hour >= hour else None

    return period


def working_days(hour: int) -> Callable[[datetime], str | None]:
    """Once each working day of the zone, from this hour on."""
    each_day = daily(hour)

    def period(now: datetime) -> str | None:
        return each_day(now) if calendar.is_working_day(clock.local_date(now)) else None

    return period


@dataclass(frozen=True)
class Timer:
    kind: str  # of the job, which has a handler of this name
    period: Callable[[datetime], str | None]  # names the period an instant lies in; None: nothing is due
    queue: str = RECORDS


TIMERS = (
    Timer("finish-removals", every(timedelta(minutes=5))),
    Timer("tend-invitations", every(timedelta(minutes=5))),
    Timer("escalate-cases", every(timedelta(hours=1))),
    Timer("keep-figures", every(timedelta(minutes=10))),
    Timer("expire-drafts", every(timedelta(hours=1))),
    Timer("purge-rosters", every(timedelta(hours=1))),
    Timer("purge-list-exports", every(timedelta(minutes=30))),
    Timer("purge-data-copies", every(timedelta(minutes=30))),
    Timer("escalate-requests", every(timedelta(hours=1))),
    Timer("forget-secrets", every(timedelta(hours=1))),
    Timer("disable-accounts", every(timedelta(hours=1))),
    Timer("forget-lane-plates", daily(4)),
    Timer("tend-lane-keys", daily(DIGEST_HOUR)),
    Timer("forget-jobs", daily(2)),
    Timer("sweep-files", daily(3)),
    Timer("advance-campaigns", daily(DIGEST_HOUR)),
    Timer("hold-expired", daily(0)),
    Timer("remind-expiries", daily(DIGEST_HOUR)),
    Timer("waiting-digest", working_days(DIGEST_HOUR)),
    Timer("end-sanctions", daily(0)),
    Timer("sweep-sanctions", every(timedelta(minutes=30))),
    Timer("close-lapsed", daily(DIGEST_HOUR)),
    Timer("purge-old", daily(4)),
    Timer("erase-due", daily(5)),
    Timer("expire-copies", daily(5)),
    Timer("back-up", every(timedelta(minutes=15)), BULK),
    Timer("watch-record", every(timedelta(minutes=10))),
    Timer("number-late", every(timedelta(hours=1))),
    Timer("keep-record-days", daily(0), BULK),
    Timer("prove-record", daily(5), BULK),
    Timer("purge-record", daily(6), BULK),
)


class Clockwork:
    """What one worker does at each beat. Remembers what it owed last, so that an idle beat costs two look-ups."""

    def __init__(self) -> None:
        self._owed: dict[str, str] = {}
        self._beats = 0

    def tick(self) -> None:
        self._beats += 1
        number_changes(thoroughly=self._beats % LATE_BEATS == 1)
        if self._beats % SEAL_BEATS == 1:
            sealing.seal_committed()
        if self._beats % JOURNAL_BEATS == 1:
            take_in_lane_checks()
        if self._beats % FOLD_BEATS == 1:
            for kept in KEPT_COUNTS:
                kept.fold()
            counting.count_sealed()
        now = clock.now()
        for timer in TIMERS:
            period = timer.period(now)
            if period is not None and self._owed.get(timer.kind) != period:
                owe(timer, period)
                self._owed[timer.kind] = period


def owe(timer: Timer, period: str) -> None:
    """Owe the work of one period, once for all workers."""
    key = f"{timer.kind}:{period}"
    if queries.known(key):
        return
    with transaction():
        jobs.enqueue(None, timer.kind, period, dedupe_key=key, queue=timer.queue)


def number_changes(*, thoroughly: bool = True) -> None:
    """Give committed changes of the list their numbers."""
    if thoroughly or sequencer.is_behind(LIST_STREAM, EntryStep):
        while sequencer.number_committed(LIST_STREAM, EntryStep) == sequencer.SLICE:
            pass


def take_in_lane_checks() -> None:
    """What channels asked, out of the journals; whoever asked more than his limit waits."""
    if journal.take_in():
        keys.hold_back(actors.system("lane-limits"))

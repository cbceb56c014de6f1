"""Queueing, claiming and finishing background work.

`enqueue` belongs to the act that owes the work. The worker claims by lease; a lease that ran out (its worker died) is
claimed again, so every handler is idempotent and resumes at `job.cursor`. Each claim has a name of its own, and only
its holder may advance or end the job: a worker that was suspended longer than its lease finds it lost and stops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from peewee import SQL

from webapp import clock, crypto
from webapp.columns import to_micros
from webapp.database import database, is_sqlite, transaction
from webapp.domain.audit.acts import Act
from webapp.domain.jobs.models import FAILED, FINISHED, QUEUED, QUEUES, RECORDS, RUNNING, Job
from webapp.row_sets import insert_rows

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 10
#: Seconds before the n-th retry.
BACK_OFF = (1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 7200)


#: Nobody else's server makes us wait longer between two tries.
LONGEST_PAUSE = timedelta(hours=6)


class LostLease(Exception):
    """The lease ran out and somebody else has the job now; whatever this slice did rolls back."""


def enqueue(
    act: Act | None,
    kind: str,
    subject: str,
    *,
    params: dict[str, Any] | None = None,
    total: int = 0,
    dedupe_key: str | None = None,
    delay: timedelta = timedelta(0),
    unit_id: int | None = None,
    queue: str = RECORDS,
) -> str:
    """Owe a piece of work; returns the job's ref. A dedupe key that is already known changes nothing."""
    now = act.now if act else clock.now()
    row = _row(act, kind, subject, queue, unit_id)
    query = Job.insert(row | {"params": params, "total": total, "dedupe_key": dedupe_key, "not_before": now + delay})
    if dedupe_key is not None:
        query = query.on_conflict_ignore()
    query.execute()
    return row["ref"]


def enqueue_each(
    act: Act | None, kind: str, subjects: Iterable[str], *, queue: str = RECORDS, unit_id: int | None = None
) -> None:
    """Owe one job for each subject, by one statement."""
    insert_rows(Job, [_row(act, kind, subject, queue, unit_id) for subject in subjects])


def _row(act: Act | None, kind: str, subject: str, queue: str, unit_id: int | None) -> dict[str, Any]:
    now = act.now if act else clock.now()
    return {
        "ref": crypto.new_ref(),
        "kind": kind,
        "queue": queue,
        "subject": subject,
        "state": QUEUED,
        "total": 0,
        "progress": 0,
        "cursor": 0,
        "attempts": 0,
        "not_before": now,
        "unit_id": unit_id,
        "act_id": act.id if act else None,
        "created_at": now,
    }


def waiting() -> set[str]:
    """The queues that have something to claim, by one statement and without a transaction: an idle worker stays off
    the writers' queue."""
    there = "EXISTS (SELECT 1 FROM job WHERE {}) OR EXISTS (SELECT 1 FROM job WHERE {})"
    asked = [there.format(due, abandoned) for due, abandoned in _claimable().values()]
    row = database.execute_sql("SELECT " + ", ".join(asked)).fetchone()
    return {queue for queue, found in zip(QUEUES, row, strict=True) if found}


def claim(owner: str, queues: Sequence[str] = QUEUES) -> Job | None:
    """Take the oldest due job of the first of `queues` that has one, or one whose lease ran out, for LEASE."""
    claimable = _claimable()
    for queue in sorted(waiting().intersection(queues), key=queues.index):
        for condition, order in zip(claimable[queue], (Job.not_before, Job.lease_until), strict=True):
            job = _take(owner, condition, order)
            if job is not None:
                return job
    return None


def _claimable() -> dict[str, tuple[str, str]]:
    """Queue → SQL for what is due in it and for what was abandoned there. In words, because it is asked all day, and to
    put it together from fields takes ten times as long as to run it."""
    now = to_micros(clock.now())
    # A lease longer than any we give was given by a clock that ran ahead; whoever holds it and lives renews it.
    ahead = now + 2 * LEASE // timedelta(microseconds=1)
    due = f"state = '{QUEUED}' AND not_before <= {now}"
    over = f"state = '{RUNNING}' AND (lease_until < {now} OR lease_until > {ahead})"
    return {queue: (f"queue = '{queue}' AND {due}", f"queue = '{queue}' AND {over}") for queue in QUEUES}


def _take(owner: str, condition: str, order: Any) -> Job | None:
    with transaction():
        query = Job.select().where(SQL(condition)).order_by(order, Job.id).limit(1)
        job = (query if is_sqlite() else query.for_update("FOR UPDATE SKIP LOCKED")).first()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            # It took its worker down each time; nobody is asked to try it again.
            job.state, job.lease_until, job.finished_at = FAILED, None, clock.now()
            job.save()
            return None
        job.state, job.lease_owner, job.lease_until = RUNNING, f"{owner}/{crypto.new_ref()}", clock.now() + LEASE
        job.attempts += 1
        job.save()
        return job


def _change(job: Job, **changes: Any) -> None:
    """Write to a job while its lease is ours. Raises LostLease."""
    mine = (Job.id == job.id) & (Job.state == RUNNING) & (Job.lease_owner == job.lease_owner)
    if not Job.update(**changes).where(mine).execute():
        raise LostLease
    for name, value in changes.items():
        setattr(job, name, value)


def advance(job: Job, *, cursor: int, progress: int, total: int | None = None) -> None:
    """Record a finished slice and lengthen the lease. Called inside the slice's own transaction. Raises LostLease."""
    _change(
        job,
        cursor=cursor,
        progress=progress,
        total=job.total if total is None else total,
        # Work that moves is not work that kills its worker.
        attempts=1,
        lease_until=clock.now() + LEASE,
    )


def renew(job: Job) -> None:
    """Lengthen the lease of a job that is still being worked on. Raises LostLease."""
    with transaction():
        _change(job, lease_until=clock.now() + LEASE)


def finish(job: Job) -> None:
    """The work is done. Inside the transaction of the last slice where there is one. Raises LostLease."""
    with transaction():
        _change(
            job,
            state=FINISHED,
            finished_at=clock.now(),
            lease_until=None,
            error=None,
            progress=max(job.progress, job.total),
        )


def fail(job: Job, error: Exception, *, final: bool = False, after: timedelta | None = None) -> None:
    """Try again later, or give up after MAX_ATTEMPTS. `after`: whoever refused asks for at least that pause. Keeps the
    kind of error only: its text may be personal."""
    now = clock.now()
    changes: dict[str, Any] = {"error": type(error).__name__, "lease_until": None}
    if final or job.attempts >= MAX_ATTEMPTS:
        changes |= {"state": FAILED, "finished_at": now}
    else:
        pause = timedelta(seconds=BACK_OFF[min(job.attempts, len(BACK_OFF)) - 1])
        changes |= {"state": QUEUED, "not_before": now + max(pause, min(after or pause, LONGEST_PAUSE))}
    with transaction():
        _change(job, **changes)


def release(job: Job) -> None:
    """Give a claimed job back untried: the worker is stopping."""
    with transaction():
        _change(job, state=QUEUED, lease_until=None, not_before=clock.now(), attempts=job.attempts - 1)


def take_back(is_dead: Callable[[str], bool]) -> int:
    """Let the leases of owners known to be dead run out now, so that their work need not wait. Returns how many."""
    running = Job.select(Job.id, Job.lease_owner).where(Job.state == RUNNING).tuples()
    dead = [(job, owner) for job, owner in running if is_dead(owner.rpartition("/")[0])]
    with transaction():
        return sum(
            Job.update(lease_until=clock.now() - LEASE)
            .where(Job.id == job, Job.state == RUNNING, Job.lease_owner == owner)
            .execute()
            for job, owner in dead
        )


def retry(ref: str) -> bool:
    """Let a job that was given up run once more, at an engineer's word. False where there is none."""
    with transaction():
        again = Job.update(state=QUEUED, not_before=clock.now(), attempts=0, finished_at=None, error=None)
        return bool(again.where(Job.ref == ref, Job.state == FAILED).execute())


def forget_finished(before: datetime, limit: int = 5000) -> int:
    """Delete finished jobs that ended before an instant. Returns how many; the failed stay until somebody looked."""
    with transaction():
        old = Job.select(Job.id).where(Job.state == FINISHED, Job.finished_at < before).limit(limit)
        return Job.delete().where(Job.id << old).execute()

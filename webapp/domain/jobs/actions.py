"""Queueing, claiming and finishing background work.

`enqueue` belongs to the act that owes the work. The worker claims by lease; a lease that ran out (its worker died) is
claimed again, so every handler is idempotent and resumes at `job.cursor`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from webapp import clock, crypto
from webapp.database import is_sqlite, transaction
from webapp.domain.audit.acts import Act
from webapp.domain.jobs.models import FAILED, FINISHED, QUEUED, RUNNING, Job

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 10
BACK_OFF = (
    1,
    5,
    15,
    60,
    300,
    900,
    1800,
    3600,
    7200,
    7200,
)  # seconds before the n-th retry


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
) -> str:
    """Owe a piece of work; returns the job's ref. A dedupe key that is already known changes nothing."""
    now = act.now if act else clock.now()
    ref = crypto.new_ref()
    query = Job.insert(
        ref=ref,
        kind=kind,
        subject=subject,
        params=params,
        total=total,
        dedupe_key=dedupe_key,
        state=QUEUED,
        progress=0,
        cursor=0,
        attempts=0,
        not_before=now + delay,
        unit_id=unit_id,
        act_id=act.id if act else None,
        created_at=now,
    )
    if dedupe_key is not None:
        query = query.on_conflict_ignore()
    query.execute()
    return ref


def claim(owner: str) -> Job | None:
    """Take the oldest due job, or one whose lease ran out, for LEASE."""
    now = clock.now()
    due = (Job.state == QUEUED) & (Job.not_before <= now)
    abandoned = (Job.state == RUNNING) & (Job.lease_until < now)
    for condition, order in ((due, Job.not_before), (abandoned, Job.lease_until)):
        # Looking first without a transaction keeps an idle worker off the writers' queue.
        if not Job.select(Job.id).where(condition).exists():
            continue
        with transaction():
            query = Job.select().where(condition).order_by(order, Job.id).limit(1)
            job = (
                query if is_sqlite() else query.for_update("FOR UPDATE SKIP LOCKED")
            ).first()
            if job is None:
                continue
            job.state, job.lease_owner, job.lease_until = RUNNING, owner, now + LEASE
            job.attempts += 1
            job.save()
            return job
    return None


def advance(job: Job, *, cursor: int, progress: int, total: int | None = None) -> None:
    """Record a finished slice and lengthen the lease. Called inside the slice's own transaction."""
    job.cursor, job.progress = cursor, progress
    job.total = job.total if total is None else total
    job.lease_until = clock.now() + LEASE
    job.save()


def finish(job: Job) -> None:
    with transaction():
        job.state, job.finished_at, job.lease_until, job.error = (
            FINISHED,
            clock.now(),
            None,
            None,
        )
        job.progress = max(job.progress, job.total)
        job.save()


def fail(job: Job, error: Exception, *, final: bool = False) -> None:
    """Try again later, or give up after MAX_ATTEMPTS. Keeps the kind of error only: its text may be personal."""
    with transaction():
        job.error = type(error).__name__
        job.lease_until = None
        if final or job.attempts >= MAX_ATTEMPTS:
            job.state, job.finished_at = FAILED, clock.now()
        else:
            job.state = QUEUED
            job.not_before = clock.now() + timedelta(
                seconds=BACK_OFF[min(job.attempts, len(BACK_OFF)) - 1]
            )
        job.save()


def release(job: Job) -> None:
    """Give a claimed job back untried: the worker is stopping."""
    with transaction():
        job.state, job.lease_until, job.not_before = QUEUED, None, clock.now()
        job.attempts -= 1
        job.save()

"""How far background work has come."""

from __future__ import annotations

from datetime import datetime

from peewee import fn

from webapp import clock
from webapp.domain.jobs.models import FAILED, QUEUED, RUNNING, Job


def latest(kind: str, subject: str) -> Job | None:
    """The newest job of this kind about this subject."""
    return Job.select().where(Job.kind == kind, Job.subject == subject).order_by(Job.id.desc()).first()


def known(dedupe_key: str) -> bool:
    """Whether a job of this key was ever owed."""
    return Job.select(Job.id).where(Job.dedupe_key == dedupe_key).exists()


def counts() -> list[tuple[str, str, str, int, datetime | None]]:
    """(queue, kind, state, how many, oldest due) of everything that is not finished."""
    return list(
        Job.select(Job.queue, Job.kind, Job.state, fn.COUNT(Job.id), fn.MIN(Job.not_before))
        .where(Job.state << (QUEUED, RUNNING, FAILED))
        .group_by(Job.queue, Job.kind, Job.state)
        .order_by(Job.queue, Job.kind, Job.state)
        .tuples()
    )


def failed(limit: int = 50) -> list[Job]:
    """Jobs that were given up, newest first."""
    return list(Job.select().where(Job.state == FAILED).order_by(Job.id.desc()).limit(limit))


def oldest_due_seconds() -> float:
    """How long the oldest job that could run has been waiting; 0 when none is."""
    now = clock.now()
    due = Job.select(Job.not_before).where(Job.state == QUEUED, Job.not_before <= now).order_by(Job.not_before).first()
    return (now - due.not_before).total_seconds() if due else 0.0

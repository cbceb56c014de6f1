"""How far a piece of background work has come."""

from __future__ import annotations

from webapp.domain.jobs.models import Job


def latest(kind: str, subject: str) -> Job | None:
    """The newest job of this kind about this subject."""
    return (
        Job.select()
        .where(Job.kind == kind, Job.subject == subject)
        .order_by(Job.id.desc())
        .first()
    )

"""Requests nobody answered in time: marked once, the platform and whoever asked are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp import actors, clock
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record_refs
from webapp.domain.filings import queries as filings
from webapp.domain.filings.telling import tell_person
from webapp.domain.privacy import rights_desk
from webapp.domain.privacy import rights_states as states
from webapp.domain.privacy.models import RELATIVE, RightsRequest
from webapp.domain.units.telling import tell_platform

SLICE = 50


def escalate_due(now: datetime | None = None) -> int:
    """Timer: mark what nobody answered in time and tell the platform and who asked. Returns how many."""
    moment, done = now or clock.now(), 0
    while _due(moment).exists():
        done += int(_escalate(actors.system("request-deadline"), moment)["escalated"])
    return done


def _due(now: datetime) -> Any:
    return (
        RightsRequest.select()
        .where(RightsRequest.state == states.OPEN, RightsRequest.due_at <= now, RightsRequest.overdue_at.is_null())
        .order_by(RightsRequest.due_at, RightsRequest.id)
    )


@action("request:escalate")
def _escalate(act: Act, now: datetime) -> dict[str, int]:
    ids = [row.id for row in _due(now).limit(SLICE)]
    lock(RightsRequest, ids)
    late = list(_due(now).where(RightsRequest.id << among(ids)))
    RightsRequest.update(overdue_at=act.now).where(RightsRequest.id << among(row.id for row in late)).execute()
    for row in late:
        rights_desk.note_step(act, row, states.ESCALATE)
        params = {"request": row.number, "kind": row.kind}
        tell_platform(act, "request-overdue", subject=row.ref, params=params)
        submission = filings.submission(row.submission_ref) if row.submission_ref else None
        if submission is not None and row.kind != RELATIVE:
            tell_person(act, "request-overdue", submission, params={"number": submission.number, **params})
    record_refs(act, "request:overdue", [row.ref for row in late])
    return {"escalated": len(late)}

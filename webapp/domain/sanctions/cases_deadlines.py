"""Nobody decided within fifteen working days: the case is marked, the platform and the claimant are told."""

from __future__ import annotations

from datetime import datetime

from webapp import actors, clock
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.sanctions import cases_states, cases_telling
from webapp.domain.sanctions.cases import change
from webapp.domain.sanctions.cases_opening import step
from webapp.domain.sanctions.models import Case

SLICE = 50


def escalate_due(now: datetime | None = None) -> int:
    """Timer: mark what is overdue. Returns how many; each slice is an act of its own."""
    moment = now or clock.now()
    done = 0
    while _due(moment).exists():
        done += int(_escalate(actors.system("case-deadline"), moment)["escalated"])
    return done


def _due(now: datetime):  # type: ignore[no-untyped-def]
    return (
        Case.select()
        .where(Case.state == cases_states.OPEN, Case.decide_until <= now, Case.overdue_at.is_null())
        .order_by(Case.decide_until, Case.id)
    )


@action("case:escalate")
def _escalate(act: Act, now: datetime) -> dict[str, int]:
    ids = [case.id for case in _due(now).limit(SLICE)]
    lock(Case, ids)
    late = list(_due(now).where(Case.id << among(ids)))
    for case in late:
        change(act, case, state=cases_states.next_state(case.state, "escalate"), overdue_at=act.now)
        step(act, case, "escalate")
        record(act, "case:overdue", case.ref, unit_id=case.unit_id)
        cases_telling.overdue(act, case)
    return {"escalated": len(late)}

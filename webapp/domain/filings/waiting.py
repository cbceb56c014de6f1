"""What waits too long before its unit. Who waits for an owner's yes: `invitation_terms`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import Case, fn

from webapp import actors
from webapp.domain.audit.acts import Act, action, record_refs
from webapp.domain.filings import states
from webapp.domain.filings.models import Filing
from webapp.domain.jobs import calendar
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import PLATFORM
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import PLATFORM_REF, tell_unit

#: Working days after which a filing nobody looked at is overdue, and after which the platform is told (design 6).
OVERDUE_AFTER, IDLE_AFTER = 5, 10


@dataclass(frozen=True)
class Backlog:
    """What waits before one unit."""

    unit_id: int
    waiting: int
    verified: int
    overdue: int
    idle: int
    oldest: int  # id of the filing that waits longest


def backlogs(now: datetime) -> list[Backlog]:
    """Every unit with filings to verify or to upload, by one statement."""
    overdue = calendar.working_days_before(now, OVERDUE_AFTER)
    idle = calendar.working_days_before(now, IDLE_AFTER)
    submitted = Filing.state == states.SUBMITTED
    query = (
        Filing.select(
            Filing.unit,
            fn.SUM(Case(None, [(submitted, 1)], 0)),
            fn.SUM(Case(None, [(Filing.state == states.VERIFIED, 1)], 0)),
            fn.SUM(Case(None, [(submitted & (Filing.submitted_at < overdue), 1)], 0)),
            fn.SUM(Case(None, [(submitted & (Filing.submitted_at < idle), 1)], 0)),
            fn.MIN(Case(None, [(submitted, Filing.id)], None)),
        )
        .where(Filing.state << (states.SUBMITTED, states.VERIFIED))
        .group_by(Filing.unit)
        .order_by(Filing.unit)
    )
    return [Backlog(*(int(value or 0) for value in row)) for row in query.tuples()]


def remind(backlog: Backlog, day: str) -> None:
    """Send a unit its digest of the day, once. Its act has the day for a key, so a second run is the first one's."""
    _remind(actors.system("waiting-digest"), backlog, key=f"{day}:{backlog.unit_id}")


@action("unit:remind")
def _remind(act: Act, backlog: Backlog) -> dict[str, int]:
    unit = units.by_id(backlog.unit_id)
    counts = {"waiting": backlog.waiting, "verified": backlog.verified, "overdue": backlog.overdue}
    tell_unit(act, "waiting-digest", unit, params=counts)
    if backlog.idle:
        _tell_platform_once(act, unit, backlog)
    record_refs(act, "unit:reminded", [unit.ref], unit_id=unit.id)
    return counts


def _tell_platform_once(act: Act, unit: Unit, backlog: Backlog) -> None:
    """The platform hears of a backlog once, not each day until it is gone."""
    notices.queue(
        act,
        "unit-idle",
        PLATFORM,
        PLATFORM_REF,
        subject=unit.ref,
        params={"unit": unit.name, "overdue": backlog.overdue},
        dedupe_key=f"unit-idle:{unit.ref}:{backlog.oldest}",
    )

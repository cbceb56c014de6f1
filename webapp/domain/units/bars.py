"""The bar on a unit's enrolment code: while the platform keeps it, the unit has no code and takes no new filings."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.database import among
from webapp.domain.audit.acts import Act, record
from webapp.domain.units import codes, queries
from webapp.domain.units.models import CODE_REVOKED, CodeBar, Unit


def put(act: Act, unit: Unit, cause_ref: str) -> bool:
    """Step: stop the unit's code at once, for this cause. False where it was stopped for it before."""
    if CodeBar.select().where(CodeBar.unit == unit.id, CodeBar.cause_ref == cause_ref, CodeBar.ended_at.is_null()):
        return False
    codes.stop(act, unit, CODE_REVOKED)
    CodeBar.create(unit=unit.id, cause_ref=cause_ref, act_id=act.id, since=act.now)
    record(act, "unit:code-barred", unit.ref, unit_id=unit.id)
    return True


def lift(act: Act, cause_refs: Iterable[str]) -> list[int]:
    """Step: these causes are over; a unit without another may make a code again. Returns the units they were put on."""
    rows = list(CodeBar.select().where(CodeBar.cause_ref << list(cause_refs), CodeBar.ended_at.is_null()))
    CodeBar.update(ended_at=act.now).where(CodeBar.id << among(row.id for row in rows)).execute()
    for unit in queries.by_ids({row.unit_id for row in rows}).values():
        record(act, "unit:code-freed", unit.ref, unit_id=unit.id)
    return sorted({row.unit_id for row in rows})

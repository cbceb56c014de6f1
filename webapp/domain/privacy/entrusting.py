"""The contract under which a unit handles people's data for the platform (PIPL 21)."""

from __future__ import annotations

from datetime import date

from webapp import clock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.privacy.models import Entrustment
from webapp.domain.units import queries as units
from webapp.errors import Fault, Invalid
from webapp.values import dates

REFERENCE_LONGEST = 60


@action("entrustment:record")
def enter(act: Act, unit_ref: str, reference: str, agreed_on: str) -> dict[str, str]:
    """The newest of a unit holds; those before it stay. Raises NotFound, Invalid beside `reference`, `agreed_on`."""
    unit = units.one(unit_ref)
    faults = []
    if not 0 < len(reference.strip()) <= REFERENCE_LONGEST:
        faults.append(
            Fault("reference", "too_long" if reference.strip() else "missing", {"maximum": REFERENCE_LONGEST})
        )
    checked = dates.check(agreed_on)
    faults += [Fault("agreed_on", one.code, dict(one.params)) for one in checked.errors]
    if not checked.errors and date.fromisoformat(checked.value) > clock.today():
        faults.append(Fault("agreed_on", "assessed_later"))
    if faults:
        raise Invalid(faults=faults)
    Entrustment.create(
        unit=unit.id,
        reference=reference.strip(),
        agreed_on=date.fromisoformat(checked.value),
        account_id=act.actor.account_id or 0,
        recorded_at=act.now,
        act_id=act.id,
    )
    record(act, "entrustment:recorded", unit.ref, unit_id=unit.id)
    return {"unit": unit.ref}


def current(unit_id: int) -> Entrustment | None:
    return Entrustment.select().where(Entrustment.unit == unit_id).order_by(Entrustment.id.desc()).first()

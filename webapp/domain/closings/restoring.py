"""Making anew the entries that a struck sanction had ended, where the list still has a place (filings.relisting)."""

from __future__ import annotations

from webapp.database import lock
from webapp.domain.audit.acts import Act
from webapp.domain.filings import relisting
from webapp.domain.passlist import record
from webapp.domain.passlist.models import Entry
from webapp.domain.registry.models import Person, Vehicle
from webapp.domain.sanctions.models import SanctionEffect
from webapp.domain.units.models import Unit


def restore(act: Act, sanction_ref: str, effects: list[SanctionEffect]) -> dict[str, int]:
    """List again what these effects had ended; each says what became of it. Callers are alone behind the gate.
    Returns {"restored": n, "kept_out": n}."""
    entries = list(Entry.select().where(Entry.ref << [one.object_ref for one in effects]).order_by(Entry.id))
    lock(Unit, {row.unit_id for row in entries})
    lock(Person, {row.person_id for row in entries})
    lock(Vehicle, {row.vehicle_id for row in entries})
    done = relisting.again(act, entries, roles={one.object_ref: one.slot for one in effects}, under=sanction_ref)
    for one in effects:
        made, why_not = done.made.get(one.object_ref), done.refused.get(one.object_ref)
        SanctionEffect.update(restored_ref=made, kept_out=why_not).where(SanctionEffect.id == one.id).execute()
    record.finish(act)
    return {"restored": len(done.made), "kept_out": len(effects) - len(done.made)}

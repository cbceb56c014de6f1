"""Second drivers whom the owner's unit vouches for as members of his household (design 4): they stand on the owner's
entry of the same unit, whatever the owner has elsewhere.

Steps; callers hold the locks of the vehicles.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from webapp.database import among, compared
from webapp.domain.audit.acts import Act
from webapp.domain.passlist import holds
from webapp.domain.passlist.models import OWNER, DriverSlot, Entry
from webapp.domain.passlist.rules import OWNER_MISSING_DAYS
from webapp.domain.passlist.states import IN_FORCE


def with_owner(unit_id: int, vehicle_ids: Iterable[int]) -> set[int]:
    """Those of these cars whose owner is in force through this unit."""
    rows = _owners().where(compared(Entry.unit) == unit_id, Entry.vehicle << among(vehicle_ids))
    return {vehicle for vehicle, _unit in rows.tuples()}


def settle(act: Act, vehicle_ids: Iterable[int]) -> None:
    """After entries came or went: whoever stands on an owner's entry that is gone is held as long as a second driver
    waits for his owner, and released when the owner is back in that unit (design 7, rule 3)."""
    rows = list(
        Entry.select(Entry.id, Entry.vehicle, Entry.unit)
        .where(Entry.vehicle << among(vehicle_ids), Entry.household, Entry.state << IN_FORCE)
        .tuples()
    )
    if not rows:
        return
    standing = set(_owners().where(Entry.vehicle << among(vehicle for _, vehicle, _ in rows)).tuples())
    alone = [entry for entry, vehicle, unit in rows if (vehicle, unit) not in standing]
    holds.hold(act, alone, "owner_missing", act.now + timedelta(days=OWNER_MISSING_DAYS))
    holds.release(act, {entry for entry, *_ in rows} - set(alone), "owner_missing")


def _owners() -> Any:
    """(vehicle, unit) of the entries in force on which owners sit. A member of a household vouches for nobody."""
    return (
        Entry.select(Entry.vehicle, Entry.unit)
        .join(DriverSlot, on=(Entry.slot == DriverSlot.id))
        .where(DriverSlot.slot == OWNER, DriverSlot.in_force, Entry.state << IN_FORCE, ~Entry.household)
    )

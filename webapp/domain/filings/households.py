"""A second driver of the owner's household, for whom the owner's unit vouches where the policy lets it (design 4):
which cars have an owner here. What follows on the list is in passlist.households.
"""

from __future__ import annotations

from collections.abc import Iterable

from webapp.database import among, compared
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing
from webapp.domain.filings.states import VERIFIED
from webapp.domain.passlist import households
from webapp.domain.passlist.models import OWNER, DriverSlot


def owner_elsewhere(unit_id: int, vehicle_id: int) -> bool:
    """Whether the car has an owner in force and none of this unit, neither in force nor on his way."""
    seated = DriverSlot.select().where(DriverSlot.vehicle == vehicle_id, DriverSlot.slot == OWNER, DriverSlot.in_force)
    return (
        seated.exists()
        and not households.with_owner(unit_id, [vehicle_id])
        and not _owners_filed(unit_id, [vehicle_id], OPEN_FILING_STATES)
    )


def vouched(unit_id: int, vehicle_ids: Iterable[int]) -> set[int]:
    """The cars whose owner the unit has in force, or has verified: a member of his household may be verified now."""
    wanted = set(vehicle_ids)
    if not wanted:
        return set()
    return households.with_owner(unit_id, wanted) | _owners_filed(unit_id, wanted, (VERIFIED,))


def _owners_filed(unit_id: int, vehicle_ids: Iterable[int], states: tuple[str, ...]) -> set[int]:
    rows = Filing.select(Filing.vehicle).where(
        compared(Filing.unit) == unit_id,
        Filing.vehicle << among(vehicle_ids),
        Filing.slot == OWNER,
        Filing.state << states,
        ~Filing.disputed,
    )
    return {vehicle for (vehicle,) in rows.tuples()}

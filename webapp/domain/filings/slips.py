"""Plates and VINs that were only ever declared by mistake, and must not keep their true vehicle from being filed."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.database import lock
from webapp.domain.audit.acts import Act
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import UNIT, Vehicle


def release(act: Act, vehicle_ids: Iterable[int]) -> None:
    """Hold these vehicles, and let go of every plate and VIN of theirs that nothing in motion declares and that never
    was in force: whoever declared it took the filing back, or his unit refused it."""
    wanted = sorted(set(vehicle_ids))
    lock(Vehicle, wanted)
    for vehicle in Vehicle.select().where(Vehicle.id << wanted).order_by(Vehicle.id):
        said = _declared_of(vehicle)
        if said and vehicle.vehicle_use == UNIT:
            continue  # the unit assigns it, so what its drivers declared says nothing of its plates
        plates = [plate for one in said for plate in one["plates"]]
        registering.keep_only(act, vehicle, plates, [one["vin"] for one in said if one["vin"]])


def _declared_of(vehicle: Vehicle) -> list[dict]:
    """What was declared of this vehicle by filings in motion and by entries, ended ones too (shape: declaring)."""
    filed = Filing.select(Filing.answers, Filing.position).where(
        Filing.vehicle == vehicle.id, Filing.state << OPEN_FILING_STATES
    )
    listed = Entry.select(Entry.answers, Entry.position).where(Entry.vehicle == vehicle.id)
    places = {*filed.tuples(), *listed.tuples()}
    return [registry.answers(answers_id)["vehicles"][position - 1] for answers_id, position in sorted(places)]

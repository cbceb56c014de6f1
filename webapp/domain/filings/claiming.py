"""A unit says that a plate which somebody else holds is its own vehicle's, or its person's: a human decides."""

from __future__ import annotations

from webapp import crypto
from webapp.domain.accounts.rules import faults
from webapp.domain.audit.acts import Act, action
from webapp.domain.filings import case_sides
from webapp.domain.registry import queries as registry
from webapp.domain.sanctions.cases_evidence import Handed, checked_words
from webapp.domain.sanctions.cases_opening import Claim, Matter, open_case
from webapp.domain.sanctions.models import PLATE
from webapp.errors import Conflict, Invalid
from webapp.values import plates


@action("case:claim-plate")
def claim_plate(act: Act, unit_id: int, plate: str, words: str, handed: Handed) -> dict[str, str]:
    """Open a dispute about a plate. The unit learns nothing of who holds it. Returns {"case": ref}. Raises Invalid,
    Conflict: `nothing_disputed_plate` (nobody else holds it), `case_open`, `case_decided`."""
    wrong = [fault for fault in faults("plate", plates.check(plate).findings) if not fault.warning]
    if wrong:
        raise Invalid(faults=wrong)
    words = checked_words(words, needed=True)
    folded = plates.fold(plate)
    vehicles = registry.vehicles_of([folded])
    sides = case_sides.registers([folded], unit_id)
    for vehicle in vehicles:
        sides += case_sides.on_vehicle(vehicle.id, named=[folded])
    if not sides:
        raise Conflict("nothing_disputed_plate", field="plate")
    matter = Matter(
        PLATE,
        vehicles[0].ref if vehicles else crypto.index("plate", folded).hex(),
        ground="plate_elsewhere",
        unit_id=unit_id,
        vehicle_id=vehicles[0].id if vehicles else None,
    )
    own = case_sides.of_unit(unit_id)
    case = open_case(act, matter, Claim(own, words, handed), holders=[side for side in sides if side.ref != own.ref])
    return {"case": case.ref}

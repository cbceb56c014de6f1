"""Reading what an upload decides on, by a fixed number of statements (filings.uploading_rules says what follows)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from webapp.database import among, plainly
from webapp.domain.filings import asking, upload_changes
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing
from webapp.domain.filings.uploading_rules import Candidate, Facts, InForce
from webapp.domain.passlist import slots
from webapp.domain.passlist.models import OWNER, DriverSlot, Entry, EntryHold
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import SealedCard
from webapp.domain.registry.models import OWN, UNIT, Plate, Vehicle
from webapp.domain.sanctions import matching as sanctions
from webapp.domain.units import rules as unit_rules
from webapp.domain.units.models import RegisterVehicle, Unit


def candidates(
    filings: Iterable[Filing], versions: dict[int, int], cards: dict[int, SealedCard] | None = None
) -> list[Candidate]:
    """The filings (models, or as they are kept) as they are now beside the version of each that was chosen, and its
    card where somebody has it already (by id)."""
    filings = list(filings)
    micros = Filing.submitted_at.db_value
    cards = cards_of(filings) if cards is None else cards
    said = upload_changes.said(filings)
    return [
        Candidate(
            filing_id=filing.id,
            ref=filing.ref,
            state=filing.state,
            version=filing.version,
            chosen_version=versions[filing.id],
            person_id=filing.person_id,
            vehicle_id=filing.vehicle_id,
            vehicle_use=filing.vehicle_use,
            slot=filing.slot,
            waiting=filing.waiting,
            disputed=filing.disputed,
            changes=filing.changes_id,
            plates=frozenset(registry.plate_indexes(cards[filing.id].plates)),
            filed=(micros(filing.submitted_at), filing.id),
            document=said[filing.id].document if filing.id in said else None,
            vin=said[filing.id].vin if filing.id in said else None,
            household=filing.household,
        )
        for filing in filings
    ]


def cards_of(filings: Iterable[Filing]) -> dict[int, SealedCard]:
    """Their cards, by id."""
    return {filing.id: SealedCard("filing", filing.ref, filing.card) for filing in filings}


def facts(unit: Unit, chosen: Iterable[Candidate]) -> Facts:
    """What the database holds about the vehicles of these candidates."""
    wanted = list(chosen)
    vehicles = {one.vehicle_id for one in wanted if one.vehicle_id is not None}
    own = {one.vehicle_id for one in wanted if one.vehicle_id is not None and one.vehicle_use == OWN}
    new = {plate for one in wanted if one.changes is not None for plate in one.plates}
    barred_people, barred_vehicles = sanctions.barred((one.person_id for one in wanted), vehicles)
    return Facts(
        unit_id=unit.id,
        uses=uses_of(unit),
        vehicle_uses=dict(
            plainly(Vehicle.select(Vehicle.id, Vehicle.vehicle_use).where(Vehicle.id << among(vehicles)))
        ),
        plates=_plates(vehicles),
        cars=slots.read(own),
        in_force=_in_force(vehicles, [one.changes for one in wanted if one.changes is not None]),
        registered=_registers(vehicles),
        written=_written(new),
        barred_people=frozenset(barred_people),
        barred_vehicles=frozenset(barred_vehicles),
        barred_plates=frozenset(sanctions.barred_plates(new) | sanctions.barred_declared(vehicles)),
        yes_of=asking.yes_of(own),
        owners_coming=_owners_coming(own),
        holders=upload_changes.holders(wanted),
        leads=upload_changes.leads(wanted),
    )


def uses_of(unit: Unit) -> frozenset[str]:
    """Vehicle uses open to the unit's class (design 4)."""
    own = {OWN} if unit_rules.takes_own_use(unit.unit_class) else set()
    return frozenset(own | ({UNIT} if unit_rules.has_unit_vehicles(unit.unit_class) else set()))


def _owners_coming(vehicles: Iterable[int]) -> frozenset[int]:
    rows = Filing.select(Filing.vehicle).where(
        Filing.vehicle << among(vehicles), Filing.slot == OWNER, Filing.state << OPEN_FILING_STATES
    )
    return frozenset(vehicle for (vehicle,) in plainly(rows))


def _plates(vehicles: Iterable[int]) -> dict[int, frozenset[bytes]]:
    found: dict[int, set[bytes]] = {}
    rows = Plate.select(Plate.vehicle, Plate.plate_index).where(
        Plate.vehicle << among(vehicles), Plate.ended_at.is_null()
    )
    for vehicle, index in plainly(rows):
        found.setdefault(vehicle, set()).add(bytes(index))
    return {vehicle: frozenset(indexes) for vehicle, indexes in found.items()}


def _registers(vehicles: Iterable[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    rows = (
        Plate.select(Plate.vehicle, RegisterVehicle.unit)
        .join(RegisterVehicle, on=(RegisterVehicle.plate_index == Plate.plate_index))
        .where(Plate.vehicle << among(vehicles), Plate.ended_at.is_null(), RegisterVehicle.ended_at.is_null())
    )
    for vehicle, unit in rows.tuples():
        found.setdefault(vehicle, set()).add(unit)
    return {vehicle: frozenset(units) for vehicle, units in found.items()}


def _written(plates: Iterable[bytes]) -> dict[bytes, int]:
    rows = RegisterVehicle.select(RegisterVehicle.plate_index, RegisterVehicle.unit).where(
        RegisterVehicle.plate_index << list(plates), RegisterVehicle.ended_at.is_null()
    )
    return {bytes(index): unit for index, unit in rows.tuples()}


def _in_force(vehicles: Iterable[int], changed: Sequence[int]) -> list[InForce]:
    asked = EntryHold.select(EntryHold.entry).where(
        EntryHold.entry << among(changed), EntryHold.kind == "removal_requested", EntryHold.released_at.is_null()
    )
    leaving = {entry for (entry,) in asked.tuples()}
    rows = (
        Entry.select(
            Entry.id, Entry.person, Entry.vehicle, Entry.unit, Entry.vehicle_use, DriverSlot.slot, Entry.household
        )
        .left_outer_join(DriverSlot, on=(Entry.slot == DriverSlot.id))
        .where(
            (Entry.vehicle << among(vehicles)) | (Entry.id << among(changed)),
            Entry.state << IN_FORCE,
        )
        .order_by(Entry.id)
    )
    return [InForce(*row)._replace(leaving=row[0] in leaving) for row in rows.tuples()]

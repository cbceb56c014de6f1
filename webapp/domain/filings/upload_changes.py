"""What the upload of a change makes true besides the list: the document leads to the person, plates and VIN to the
vehicle, and a unit whose people moved away is told. A fixed number of statements, but for the units told and new VINs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp import crypto
from webapp.database import among
from webapp.domain.audit.acts import Act
from webapp.domain.filings.declaring import identity_key
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing
from webapp.domain.filings.uploading_rules import Candidate, Decision
from webapp.domain.passlist.models import OWNER, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import UNIT, Answers, PersonDocument, Plate, Vehicle
from webapp.domain.registry.queries import open_answers
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_unit


@dataclass(frozen=True)
class Said:
    """Blind indexes of what a change declares, the kind of its document, and the plates its entry had."""

    document: bytes
    id_type: str
    vin: bytes | None
    plates: frozenset[bytes]


def said(filings: Iterable[Filing]) -> dict[int, Said]:
    """Of those that change an entry, by id. Two statements."""
    changing = [filing for filing in filings if filing.changes_id is not None]
    if not changing:
        return {}
    rows = Answers.select().where(Answers.id << among(filing.answers_id for filing in changing))
    answers = {row.id: open_answers(row) for row in rows}
    entries = Entry.select().where(Entry.id << among(filing.changes_id for filing in changing))
    plates = {entry.id: frozenset(registry.plate_indexes(open_card(entry).plates)) for entry in entries}
    found = {}
    for filing in changing:
        declared = answers[filing.answers_id]
        vin = declared["vehicles"][filing.position - 1]["vin"]
        key = crypto.index("document", identity_key(declared["person"]))
        index = crypto.index("vin", vin) if vin else None
        found[filing.id] = Said(key, declared["person"]["id_type"], index, plates[filing.changes_id])
    return found


def holders(candidates: Iterable[Candidate]) -> dict[bytes, int]:
    """Whose each document is by now."""
    keys = [one.document for one in candidates if one.document is not None]
    if not keys:
        return {}
    rows = PersonDocument.select(PersonDocument.key_index, PersonDocument.person).where(
        PersonDocument.key_index << keys
    )
    return {bytes(key): person for key, person in rows.tuples()}


def leads(candidates: Iterable[Candidate]) -> dict[bytes, frozenset[int]]:
    """The cars in use that each plate and VIN of a change leads to. A car nobody drives holds no plate."""
    changing = [one for one in candidates if one.document is not None]
    if not changing:
        return {}
    ids = among(one.filing_id for one in changing)
    marks = _marked(changing)
    vehicles = among({vehicle for _mark, vehicle in marks})
    in_force = Entry.select(Entry.vehicle).where(Entry.vehicle << vehicles, Entry.state << IN_FORCE)
    in_motion = Filing.select(Filing.vehicle).where(
        Filing.vehicle << vehicles, Filing.state << OPEN_FILING_STATES, Filing.id.not_in(ids)
    )
    used = {vehicle for (vehicle,) in in_force.tuples()} | {vehicle for (vehicle,) in in_motion.tuples()}
    found: dict[bytes, set[int]] = {}
    for mark, vehicle in marks:
        if vehicle in used:
            found.setdefault(mark, set()).add(vehicle)
    return {mark: frozenset(on) for mark, on in found.items()}


def _marked(changing: list[Candidate]) -> list[tuple[bytes, int]]:
    plates = Plate.select(Plate.plate_index, Plate.vehicle).where(
        Plate.plate_index << [plate for one in changing for plate in one.plates], Plate.ended_at.is_null()
    )
    vins = Vehicle.select(Vehicle.vin_index, Vehicle.id).where(
        Vehicle.vin_index << [one.vin for one in changing if one.vin]
    )
    return [(bytes(mark), vehicle) for query in (plates, vins) for mark, vehicle in query.tuples()]


def follow(act: Act, covered: Iterable[Candidate]) -> None:
    """What the covered changes declare is true from now on. Only an owner changes the plates of a car; those of a
    unit's vehicles are its register's."""
    changing = {one.filing_id: one for one in covered if one.document is not None and one.vehicle_id is not None}
    if not changing:
        return
    told = said(Filing.select().where(Filing.id << among(changing)))
    registering.replate(
        act,
        {
            one.vehicle_id: (told[key].plates - one.plates, one.plates - told[key].plates)
            for key, one in changing.items()
            if one.vehicle_id is not None and one.slot == OWNER and one.plates != told[key].plates
        },
    )
    _renew_vins({one.vehicle_id: one.vin for one in changing.values() if one.vin is not None})
    registering.link_documents(
        act, {each.document: (changing[key].person_id, each.id_type) for key, each in told.items()}
    )


def prove_plates(decision: Decision) -> None:
    """The plates that owners and unit vehicles bear in what is covered are true from now on. What a second driver names
    beside those of the owner's car makes no plate of it; nor does what a filing named that was never uploaded."""
    plates: dict[int, set[bytes]] = {}
    for one in decision.covered:
        if one.vehicle_id is not None and (one.vehicle_use == UNIT or decision.role_of(one) == OWNER):
            plates.setdefault(one.vehicle_id, set()).update(one.plates)
    registering.prove_plates(plates)


def _renew_vins(vins: dict[int | None, bytes]) -> None:
    known = Vehicle.select(Vehicle.id, Vehicle.vin_index).where(Vehicle.id << among(key for key in vins if key))
    for vehicle, index in list(known.tuples()):
        if index is None or bytes(index) != vins[vehicle]:
            Vehicle.update(vin_index=vins[vehicle]).where(Vehicle.id == vehicle).execute()


def tell_former_units(act: Act, unit: Unit, replaced: Iterable[int]) -> None:
    """People who moved here left another unit: it is told how many."""
    counts: dict[int, int] = {}
    rows = Entry.select(Entry.unit).where(Entry.id << among(replaced), Entry.unit != unit.id)
    for (former,) in rows.tuples():
        counts[former] = counts.get(former, 0) + 1
    for former in Unit.select().where(Unit.id << among(counts)).order_by(Unit.id):
        tell_unit(act, "people-moved", former, params={"count": counts[former.id]})

"""Steps that make and change persons, phones, vehicles and plates. Shared by acts; the caller holds the locks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from webapp import clock, crypto
from webapp.database import among, lock
from webapp.domain.audit.acts import Act
from webapp.domain.registry import queries, tokens
from webapp.domain.registry.models import Answers, Person, PersonDocument, PersonPhone, Plate, Vehicle
from webapp.errors import Conflict, Invalid
from webapp.row_sets import insert_rows


def person_of(act: Act, id_type: str, identity_key: str) -> Person:
    """The person of this document, made when new and held until the end of the transaction."""
    person = queries.person_by_key(identity_key)
    if person is None:
        person = Person.create(ref=crypto.new_ref(), created_at=act.now)
        PersonDocument.create(
            person=person.id,
            id_type=id_type,
            key_index=crypto.index("document", identity_key),
            created_at=act.now,
        )
    lock(Person, [person.id])
    return person


def check_guard(person_id: int) -> None:
    """Nothing is removed or exported for a day after a phone was set at a counter (design 3).
    Raises Conflict("phone_new", until=ISO instant)."""
    on_file = queries.phone_on_file(person_id)
    if on_file is not None and on_file.guarded_until is not None and on_file.guarded_until > clock.now():
        raise Conflict("phone_new", until=on_file.guarded_until.isoformat())


def set_phone(act: Act, person: Person, phone: str, guarded_until: datetime | None = None) -> None:
    """Make a proved number the phone on file; the old one ends. A guard that runs is not shaken off by changing the
    number once more. Raises Invalid("phone_full")."""
    index = crypto.index("phone", phone)
    serving = PersonPhone.select(PersonPhone.id).where(PersonPhone.phone_index == index, PersonPhone.ended_at.is_null())
    lock(PersonPhone, [row.id for row in serving])
    if not queries.phone_has_room(phone, person.id):
        raise Invalid("phone_full", field="phone", people=queries.PEOPLE_PER_PHONE)
    on_file = queries.phone_on_file(person.id)
    if on_file is not None and bytes(on_file.phone_index) == index:
        PersonPhone.update(proved_at=act.now).where(PersonPhone.id == on_file.id).execute()
        return
    if on_file is not None:
        PersonPhone.update(ended_at=act.now).where(PersonPhone.id == on_file.id).execute()
        guarded_until = guarded_until or on_file.guarded_until
    PersonPhone.create(
        person=person.id,
        phone_index=index,
        phone=crypto.seal(phone, "person_phone", "phone", index.hex()),
        proved_at=act.now,
        guarded_until=guarded_until,
    )


def end_phone(act: Act, person_id: int, phone_index: bytes) -> bool:
    """This number is no longer on file for the person; False where it was not."""
    ended = PersonPhone.update(ended_at=act.now).where(
        PersonPhone.person == person_id, PersonPhone.phone_index == phone_index, PersonPhone.ended_at.is_null()
    )
    return bool(ended.execute())


def add_vehicle(act: Act, use: str, plates: Sequence[str], vin: str = "", *, declared: bool = False) -> Vehicle:
    """A vehicle nobody knew, with its normalised plates; `declared` as for `add_plates`."""
    vehicle = Vehicle.create(
        ref=crypto.new_ref(),
        vehicle_use=use,
        vin_index=crypto.index("vin", vin) if vin else None,
        created_at=act.now,
    )
    add_plates(act, vehicle, plates, declared=declared)
    return vehicle


def add_plates(act: Act, vehicle: Vehicle, plates: Sequence[str], *, declared: bool) -> None:
    """Give the vehicle those of these plates it has not. The database refuses a plate active on another one. What is
    only `declared`, by a filing, is no plate to a gate before `prove_plates`."""
    has = {
        bytes(index)
        for (index,) in Plate.select(Plate.plate_index)
        .where(Plate.vehicle == vehicle.id, Plate.ended_at.is_null())
        .tuples()
    }
    for index in queries.plate_indexes(plates):
        if index not in has:
            Plate.create(vehicle=vehicle.id, plate_index=index, created_at=act.now, declared=declared)
            has.add(index)


def end_plates(act: Act, vehicle: Vehicle, plates: Sequence[str]) -> None:
    """These plates lead to the vehicle no more."""
    Plate.update(ended_at=act.now).where(
        Plate.vehicle == vehicle.id, Plate.plate_index << queries.plate_indexes(plates), Plate.ended_at.is_null()
    ).execute()


def prove_plates(plates: Mapping[int, Collection[bytes]]) -> None:
    """What was declared of these vehicles is true from now on: id → blind indexes of plates. Two statements."""
    rows = Plate.select(Plate.id, Plate.vehicle, Plate.plate_index).where(
        Plate.vehicle << among(plates), Plate.declared, Plate.ended_at.is_null()
    )
    proved = [row for row, vehicle, index in rows.tuples() if bytes(index) in plates[vehicle]]
    Plate.update(declared=False).where(Plate.id << among(proved)).execute()


def replate(act: Act, plates: Mapping[int, tuple[Collection[bytes], Collection[bytes]]]) -> None:
    """Vehicles change plates: id → (blind indexes it gives up, those it has from now on). A plate that led to a car
    nobody uses any more leads here. The vehicle stays the same row, so whoever else drives it stays with it. Five
    statements."""
    if not plates:
        return
    given_up = {(vehicle, index) for vehicle, (left, _) in plates.items() for index in left}
    wanted = {index: vehicle for vehicle, (_, taken) in plates.items() for index in taken}
    marks = [*{index for _, index in given_up} | set(wanted)]
    rows = Plate.select(Plate.id, Plate.vehicle, Plate.plate_index).where(
        Plate.ended_at.is_null(), Plate.plate_index << marks
    )
    active = [(row, vehicle, bytes(index)) for row, vehicle, index in rows.tuples()]
    gone = [
        row for row, vehicle, index in active if (vehicle, index) in given_up or wanted.get(index, vehicle) != vehicle
    ]
    has = {(vehicle, index) for row, vehicle, index in active if row not in gone}
    Plate.update(ended_at=act.now).where(Plate.id << among(gone)).execute()
    insert_rows(
        Plate,
        [
            {"vehicle": vehicle, "plate_index": index, "created_at": act.now}
            for index, vehicle in sorted(wanted.items())
            if (vehicle, index) not in has
        ],
    )
    prove_plates({vehicle: taken for vehicle, (_, taken) in plates.items()})


def link_documents(act: Act, documents: Mapping[bytes, tuple[int, str]]) -> None:
    """Each of these documents (blind index of its identity key → person, kind) leads to its person as well. Documents
    that lead there already stay. Two statements."""
    known = {
        bytes(index)
        for (index,) in PersonDocument.select(PersonDocument.key_index)
        .where(PersonDocument.key_index << list(documents))
        .tuples()
    }
    insert_rows(
        PersonDocument,
        [
            {"person": person, "id_type": id_type, "key_index": index, "created_at": act.now}
            for index, (person, id_type) in documents.items()
            if index not in known
        ],
    )


def keep_only(act: Act, vehicle: Vehicle, plates: Sequence[str], vins: Sequence[str]) -> None:
    """Of its plates and its VIN, these alone lead to the vehicle from now on."""
    Plate.update(ended_at=act.now).where(
        Plate.vehicle == vehicle.id, Plate.plate_index.not_in(queries.plate_indexes(plates)), Plate.ended_at.is_null()
    ).execute()
    if vehicle.vin_index is not None and bytes(vehicle.vin_index) not in {crypto.index("vin", vin) for vin in vins}:
        Vehicle.update(vin_index=None).where(Vehicle.id == vehicle.id).execute()


def freeze_answers(act: Act, person: Person, declared: dict[str, Any], policy_version: int) -> Answers:
    """Keep what a person declared, for ever as it is."""
    ref = crypto.new_ref()
    tokens.keep(person, declared)
    return Answers.create(
        ref=ref,
        person=person.id,
        policy_version=policy_version,
        sealed=crypto.seal(declared, "answers", "sealed", ref),
        act_id=act.id,
        created_at=act.now,
    )

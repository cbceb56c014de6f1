"""Steps that make and change persons, phones, vehicles and plates. Shared by acts; the caller holds the locks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp import crypto
from webapp.database import lock
from webapp.domain.audit.acts import Act
from webapp.domain.registry import queries, tokens
from webapp.domain.registry.models import Answers, Person, PersonDocument, PersonPhone, Plate, Vehicle
from webapp.errors import Invalid


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


def set_phone(act: Act, person: Person, phone: str) -> None:
    """Make a proved number the phone on file; the old one ends. Raises Invalid("phone_full")."""
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
    PersonPhone.create(
        person=person.id,
        phone_index=index,
        phone=crypto.seal(phone, "person_phone", "phone", index.hex()),
        proved_at=act.now,
    )


def add_vehicle(act: Act, use: str, plates: Sequence[str], vin: str = "") -> Vehicle:
    """A vehicle nobody knew, with its normalised plates."""
    vehicle = Vehicle.create(
        ref=crypto.new_ref(),
        vehicle_use=use,
        vin_index=crypto.index("vin", vin) if vin else None,
        created_at=act.now,
    )
    add_plates(act, vehicle, plates)
    return vehicle


def add_plates(act: Act, vehicle: Vehicle, plates: Sequence[str]) -> None:
    """Give the vehicle those of these plates it has not. The database refuses a plate active on another one."""
    has = {
        bytes(index)
        for (index,) in Plate.select(Plate.plate_index)
        .where(Plate.vehicle == vehicle.id, Plate.ended_at.is_null())
        .tuples()
    }
    for index in queries.plate_indexes(plates):
        if index not in has:
            Plate.create(vehicle=vehicle.id, plate_index=index, created_at=act.now)
            has.add(index)


def end_plates(act: Act, vehicle: Vehicle, plates: Sequence[str]) -> None:
    """These plates lead to the vehicle no more."""
    Plate.update(ended_at=act.now).where(
        Plate.vehicle == vehicle.id, Plate.plate_index << queries.plate_indexes(plates), Plate.ended_at.is_null()
    ).execute()


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

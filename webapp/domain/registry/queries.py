"""Finding persons and vehicles by what identifies them; reading frozen answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webapp import crypto
from webapp.domain.registry.models import Answers, Person, PersonDocument, PersonPhone, Plate, Vehicle

#: One phone serves at most so many people (design 3).
PEOPLE_PER_PHONE = 5


def person_by_key(identity_key: str) -> Person | None:
    """The person whose document this is (values.documents.identity_key)."""
    return person_by_index(crypto.index("document", identity_key))


def person_by_index(key_index: bytes) -> Person | None:
    """The person of a document, by the blind index of its identity key."""
    return (
        Person.select()
        .join(PersonDocument, on=(PersonDocument.person == Person.id))
        .where(PersonDocument.key_index == key_index)
        .first()
    )


def phone_on_file(person_id: int) -> PersonPhone | None:
    return PersonPhone.get_or_none(PersonPhone.person == person_id, PersonPhone.ended_at.is_null())


def phone_number(row: PersonPhone) -> str:
    """The phone on file itself, E.164."""
    return crypto.unseal(row.phone, "person_phone", "phone", row.phone_index.hex())


def phone_has_room(phone: str, person_id: int | None) -> bool:
    """Whether one more person may use this phone; whoever uses it already may go on."""
    people = {
        found
        for (found,) in PersonPhone.select(PersonPhone.person)
        .where(PersonPhone.phone_index == crypto.index("phone", phone), PersonPhone.ended_at.is_null())
        .tuples()
    }
    return person_id in people or len(people) < PEOPLE_PER_PHONE


def plate_indexes(plates: Iterable[str]) -> list[bytes]:
    """Blind indexes of normalised plates, in their order."""
    return [crypto.index("plate", plate) for plate in plates]


def plates_on(vehicle_id: int) -> list[bytes]:
    """Blind indexes of the active plates that lead to a vehicle."""
    rows = Plate.select(Plate.plate_index).where(Plate.vehicle == vehicle_id, Plate.ended_at.is_null())
    return [bytes(index) for (index,) in rows.tuples()]


def vehicles_of(plates: Iterable[str], vin: str = "") -> list[Vehicle]:
    """The vehicles that these normalised plates or this VIN lead to, ascending; more than one is for a human."""
    indexes = plate_indexes(plates)
    leads = Vehicle.id << Plate.select(Plate.vehicle).where(Plate.plate_index << indexes, Plate.ended_at.is_null())
    if vin:
        leads = leads | (Vehicle.vin_index == crypto.index("vin", vin))
    return list(Vehicle.select().where(leads).order_by(Vehicle.id))


def answers(answers_id: int) -> dict[str, Any]:
    """What was declared (shape: filings.declaring)."""
    row = Answers.get_by_id(answers_id)
    return open_answers(row)


def open_answers(row: Answers) -> dict[str, Any]:
    return opened(row.ref, row.sealed)


def opened(ref: str, sealed: bytes) -> dict[str, Any]:
    """What was declared, where only these columns of its row were read."""
    return crypto.unseal(sealed, "answers", "sealed", ref)

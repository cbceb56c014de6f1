"""What each person of the demo types, page by page."""

from __future__ import annotations

from typing import Any

from webapp import clock
from webapp.cli.demo import cast
from webapp.cli.demo.cast import CAST, Car, Role
from webapp.domain.filings import answering
from webapp.values import documents, phones

LOCALE = "zh_Hant_MO"


def answers(role: Role, unit_class: str) -> dict[str, Any]:
    """Complete answers, the phone proved."""
    serial = CAST.index(role)
    relation = role.relation or ("resident_register" if unit_class == "resident" else "staff")
    number = cast.number(role.id_type, serial)
    national = f"66{serial:06}" if role.id_type == "mo_bir" else f"139{serial:08}"
    region = "853" if role.id_type == "mo_bir" else "86"
    normalised = documents.check(role.id_type, number, country=role.country, today=clock.today()).value
    given = {
        "person": _confirmed({
            "id_type": role.id_type,
            "full_name": role.name,
            "latin_name": role.latin,
            "id_country": role.country,
            "id_number": number,
            "id_expiry": "" if role.id_type == "hk_id" else "2034-05-31",
            "id_long_term": False,
            "birth_date": "" if documents.carries_birth_date(role.id_type, normalised) else "1983-04-12",
        }),
        "contact": {"phone_region": region, "phone": national, "email": "", "language": LOCALE},
        "belonging": {
            "unit_relation": relation,
            "staff_number": "",
            "address": "橫琴海韻路18號3座12樓A室" if relation.startswith("resident") else "",
            "residence_permit_number": f"ZH2026{serial:04}" if relation == "resident_permit" else "",
            "residence_permit_expiry": "2030-12-31" if relation == "resident_permit" else "",
        },
        "licence": {
            "licence_number": f"{440400000000 + serial}",
            "licence_class": "A1" if any(car.size == "large" for car in role.cars) else "C1",
            "licence_expiry": "2032-05-20",
            "licence_long_term": False,
        },
        "vehicles": [_confirmed(_vehicle(car, last=car is role.cars[-1])) for car in role.cars],
    }  # fmt: skip
    return given | {"phone_proof": {"phone": phones.check(region, national).value, "at": clock.now().isoformat()}}


def _vehicle(car: Car, *, last: bool) -> dict[str, Any]:
    more = (*car.more, "", "")
    return {
        "vehicle_use": car.use,
        "plate": car.plate,
        "second_plate": more[0],
        "third_plate": more[1],
        "size_class": car.size,
        "brand_model": car.model,
        "colour": "",
        "vin": car.vin,
        "is_owner": ("no" if car.owner else "yes") if car.use == "own" else "",
        "owner_name": car.owner,
        "owner_id_tail": _tail_of(car.owner) if car.owner else "",
        "add_another": "no" if last else "yes",
    }


def _tail_of(name: str) -> str:
    """The last four of a person's document number."""
    serial, role = next((serial, role) for serial, role in enumerate(CAST) if role.name == name)
    typed = cast.number(role.id_type, serial)
    return documents.tail(documents.check(role.id_type, typed, country=role.country, today=clock.today()).value)


def _confirmed(typed: dict[str, Any]) -> dict[str, Any]:
    """Every warning the page may meet is confirmed: the demo's odd plates and numbers are odd on purpose."""
    return typed | {answering.CONFIRMED: {item: value for item, value in typed.items() if value}}

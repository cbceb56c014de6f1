"""Declared values as typed answers again: what `declaring.declare` read, for a draft that corrects it. Pure."""

from __future__ import annotations

from typing import Any

from webapp import clock
from webapp.domain.filings.answering import CONFIRMED, NO_PHONE, Answers
from webapp.domain.filings.declaring import Declared
from webapp.domain.registry.models import OWN
from webapp.values import documents, phones, plates


def retype(declared: Declared) -> Answers:
    """The answers that declare the same, every warning confirmed as it was and the phone proved.

    Only for whoever has just proved this phone.
    """
    region, number = phones.split(declared["contact"]["phone"])
    contact = {"phone_region": region, "phone": number} | {
        item: declared["contact"][item] for item in ("email", "language")
    }
    if not number:
        contact[NO_PHONE] = True
    return {
        "person": _confirmed(_person(declared["person"])),
        "contact": _confirmed(contact),
        "belonging": _confirmed(dict(declared["belonging"])),
        "licence": _confirmed(dict(declared["licence"])),
        "vehicles": [_confirmed(vehicle(said)) for said in declared["vehicles"]],
        "phone_proof": {"phone": declared["contact"]["phone"], "at": clock.now().isoformat()},
    }


def _person(said: dict[str, Any]) -> dict[str, Any]:
    return said | {"id_number": documents.display_number(said["id_type"], said["id_number"])}


def vehicle(said: dict[str, Any]) -> dict[str, Any]:
    shown = [plates.display(plate) for plate in said["plates"]] + ["", "", ""]
    typed = {item: value for item, value in said.items() if item != "plates"}
    return typed | {
        "plate": shown[0],
        "second_plate": shown[1],
        "third_plate": shown[2],
        "is_owner": "" if said["vehicle_use"] != OWN else "yes" if said["is_owner"] else "no",
        "add_another": "no",
    }


def _confirmed(typed: dict[str, Any]) -> dict[str, Any]:
    return typed | {CONFIRMED: {item: value for item, value in typed.items() if value}}

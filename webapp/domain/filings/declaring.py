"""What a person declares, once the checks have passed: normalised, frozen with the submission (registry.Answers).

    {"person":    {full_name, latin_name, id_type, id_country, id_number, id_expiry, id_long_term, birth_date},
     "contact":   {phone, email, language},
     "belonging": {unit_relation, staff_number, address, residence_permit_number, residence_permit_expiry},
     "licence":   {licence_number, licence_class, licence_expiry, licence_long_term},
     "vehicles":  [{vehicle_use, unit_assigns, plates, size_class, brand_model, colour, vin,
                    is_owner, owner_name, owner_id_tail, joint_owner, invitation}]}

Texts are '' and marks False where nothing was asked or given; `phone` is '' for whoever has none. Dates are ISO,
`phone` is E.164; `id_number`, `plates` and `vin` are normalised (webapp.values has their display forms), names exactly
as typed. `is_owner` is None for unit vehicles. `invitation` is the ref of the owner's, which stands for his name and
number; answers frozen before there were any lack it and `joint_owner`.
"""

from __future__ import annotations

from typing import Any

from webapp import crypto
from webapp.domain.filings import answering, eligibility, vehicle_checks
from webapp.domain.filings.answering import Answers
from webapp.domain.filings.items import BELONGING, CONTACT, LANGUAGES, LICENCE, PERSON, PLATES, WITHOUT_EXPIRY
from webapp.domain.registry.cards import Card
from webapp.domain.registry.models import OWN
from webapp.domain.units.models import Unit
from webapp.values import countries, dates, documents, emails, licences, people, plates, vins
from webapp.values.normalising import compact, tidy

Declared = dict[str, Any]


def declare(answers: Answers, unit: Unit, language: str) -> Declared:
    """Read answers that passed `checks.check_all`. `language` is that of the draft, where none was chosen."""
    belonging = _belonging(answering.page_of(answers, BELONGING))
    uses = eligibility.uses_open(unit.unit_class, belonging["unit_relation"])
    return {
        "person": _person(answering.page_of(answers, PERSON)),
        "contact": _contact(answering.page_of(answers, CONTACT), answering.phone(answers), language),
        "belonging": belonging,
        "licence": _licence(answering.page_of(answers, LICENCE)),
        "vehicles": [
            _vehicle(answers, typed, belonging["unit_relation"], uses) for typed in answers.get("vehicles", [])
        ],
    }


def is_household(declared: Declared) -> bool:
    """Whether the person is vouched for as a member of the owner's household."""
    return bool(declared["belonging"]["unit_relation"] == eligibility.HOUSEHOLD)


def identity_key(person: dict[str, Any]) -> str:
    """The identity key of a declared person."""
    return documents.identity_key(person["id_type"], person["id_number"], person["id_country"])


def phone_index(declared: Declared) -> bytes:
    """Blind index of the phone that was proved. Whoever has none is told by his document, which a clerk saw."""
    phone = declared["contact"]["phone"]
    return crypto.index("phone", phone or f"none:{identity_key(declared['person'])}")


def card(declared: Declared, vehicle: dict[str, Any]) -> Card:
    """The card of one declared vehicle's row."""
    person = declared["person"]
    return Card(
        name=person["full_name"],
        latin_name=person["latin_name"],
        id_type=person["id_type"],
        tail=documents.tail(person["id_number"]),
        plate=" ".join(vehicle["plates"]),
        keys=people.search_keys(person["full_name"], person["latin_name"]),
    )


def _text(typed: dict[str, Any], item: str) -> str:
    return tidy(str(typed.get(item) or ""))


def _day(typed: dict[str, Any], item: str, without: bool = False) -> str:
    day = None if without else dates.parse(_text(typed, item))
    return day.isoformat() if day else ""


def _person(typed: dict[str, Any]) -> dict[str, Any]:
    id_type = _text(typed, "id_type")
    number = compact(_text(typed, "id_number"))
    long_term = bool(typed.get("id_long_term"))
    carried = documents.birth_date(id_type, number)
    return {
        "full_name": _text(typed, "full_name"),
        "latin_name": people.check_latin_name(_text(typed, "latin_name")).value,
        "id_type": id_type,
        "id_country": countries.canonical(_text(typed, "id_country")) if id_type == "passport" else "",
        "id_number": number,
        "id_expiry": _day(typed, "id_expiry", long_term or id_type in WITHOUT_EXPIRY),
        "id_long_term": long_term,
        "birth_date": carried.isoformat() if carried else _day(typed, "birth_date"),
    }


def _contact(typed: dict[str, Any], phone: str, language: str) -> dict[str, Any]:
    chosen = _text(typed, "language")
    return {
        "phone": phone,
        "email": emails.check(_text(typed, "email")).value,
        "language": chosen if chosen in LANGUAGES else language,
    }


def _belonging(typed: dict[str, Any]) -> dict[str, Any]:
    relation = _text(typed, "unit_relation")
    works = relation in (eligibility.STAFF, eligibility.UNIT_DRIVER, eligibility.COMMITTEE_STAFF)
    permit = relation == eligibility.RESIDENT_PERMIT
    return {
        "unit_relation": relation,
        "staff_number": _text(typed, "staff_number") if works else "",
        "address": "" if works else _text(typed, "address"),
        "residence_permit_number": compact(_text(typed, "residence_permit_number")) if permit else "",
        "residence_permit_expiry": _day(typed, "residence_permit_expiry", not permit),
    }


def _licence(typed: dict[str, Any]) -> dict[str, Any]:
    long_term = bool(typed.get("licence_long_term"))
    return {
        "licence_number": compact(_text(typed, "licence_number")),
        "licence_class": licences.check(_text(typed, "licence_class")).value,
        "licence_expiry": _day(typed, "licence_expiry", long_term),
        "licence_long_term": long_term,
    }


def _vehicle(answers: Answers, typed: dict[str, Any], relation: str, uses: tuple[str, ...]) -> dict[str, Any]:
    use = vehicle_checks.use_of(typed, uses)
    assigned = vehicle_checks.leaves_to_unit(answers, typed, relation, use)
    if assigned:
        typed = {}
    own = use == OWN
    invited = str(typed.get("invitation") or "") if own else ""
    second = own and (bool(invited) or typed.get("is_owner") == "no")
    return {
        "vehicle_use": use,
        "unit_assigns": assigned,
        "plates": plates.of_vehicle(_text(typed, item) for item in PLATES),
        "size_class": _text(typed, "size_class"),
        "brand_model": _text(typed, "brand_model"),
        "colour": _text(typed, "colour"),
        "vin": vins.check(_text(typed, "vin")).value,
        "is_owner": None if not own else not second,
        "owner_name": _text(typed, "owner_name") if second and not invited else "",
        "owner_id_tail": compact(_text(typed, "owner_id_tail")) if second and not invited else "",
        "joint_owner": second and not invited and relation != eligibility.HOUSEHOLD and bool(typed.get("joint_owner")),
        "invitation": invited,
    }

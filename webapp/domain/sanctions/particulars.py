"""What a sanction says: read from a form or a row of a file, checked, kept sealed.

    {"authority", "decision_number", "decided_on", "ground", "until", "appeal_route", "contact",
     "subject_name", "birth_date", "licence_number",
     "documents": [{"id_type", "id_number", "id_country"}], "plates": [...],
     "registrations": [{"place", "number"}]}

Numbers are normalised, dates ISO, texts '' where nothing was said. A sanction names at least one number: a name is
never what anybody is removed by.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp import crypto
from webapp.domain.registry import tokens
from webapp.domain.sanctions.models import DOCUMENT, PLATE_NUMBER, REGISTRATION
from webapp.errors import Fault
from webapp.values import countries, dates, documents, organisations, plates
from webapp.values.findings import Checked
from webapp.values.folding import fold
from webapp.values.normalising import compact, tidy

#: Fields of the form and columns of the file: name → longest text.
TEXTS = {"authority": 100, "decision_number": 60, "ground": 300, "appeal_route": 300, "contact": 200}
DAYS = ("decided_on", "until", "birth_date")
#: Two documents at most: what one person is known by here and beyond.
DOCUMENTS = (("id_type", "id_number", "id_country"), ("second_id_type", "second_id_number", "second_id_country"))
FIELDS = (
    "authority",
    "decision_number",
    "decided_on",
    "ground",
    "until",
    "appeal_route",
    "contact",
    "subject_name",
    "birth_date",
    *DOCUMENTS[0],
    *DOCUMENTS[1],
    "licence_number",
    "plates",
    "registration_place",
    "registration_number",
)
MOST_PLATES = 20
_BETWEEN_PLATES = re.compile(r"[、,，;；/\n]+")
_NAME_LONGEST = 80

Details = dict[str, Any]


@dataclass(frozen=True)
class Particulars:
    """One sanction as it would be kept. `subjects` are (kind, blind index) of its numbers and tokens."""

    details: Details
    until: date | None
    subjects: tuple[tuple[str, bytes], ...]
    identity: bytes


def read(typed: Mapping[str, str], today: date) -> tuple[Particulars | None, list[Fault]]:
    """The particulars of what was typed, or everything that is wrong with it."""
    faults: list[Fault] = []
    details: Details = {name: _words(typed, name, longest, faults) for name, longest in TEXTS.items()}
    details |= {name: _day(typed, name, faults) for name in DAYS}
    details["subject_name"] = tidy(typed.get("subject_name"))[:_NAME_LONGEST]
    details["licence_number"] = compact(typed.get("licence_number"))[:30]
    details["documents"] = [
        found for names in DOCUMENTS if (found := _document(typed, names, today, faults)) is not None
    ]
    details["plates"] = _plates(typed, faults)
    details["registrations"] = _registrations(typed, faults)
    _days_make_sense(details, today, faults)
    if not faults and not (details["documents"] or details["plates"] or details["registrations"]):
        faults.append(Fault("id_number", "no_number_named"))
    return (None, faults) if faults else (_made(details), [])


def _made(details: Details) -> Particulars:
    until = date.fromisoformat(details["until"]) if details["until"] else None
    subjects = tuple(subjects_of(details))
    return Particulars(details, until, subjects, identity(details))


def about(details: Details, person: Mapping[str, Any]) -> Particulars:
    """The same decision about this person alone, by the document he declares (shape: filings.declaring)."""
    named = {name: str(person[name]) for name in ("id_type", "id_number", "id_country")}
    return _made(details | {"documents": [named], "plates": [], "registrations": []})


def identity(details: Details) -> bytes:
    """What makes two rows the same sanction: authority, decision and the numbers it names."""
    return crypto.index("sanction", _identity(details))


def _identity(details: Details) -> str:
    named = [value for _kind, value in _numbers(details)]
    said = [compact(details["authority"]), compact(details["decision_number"]), *sorted(named)]
    return "\n".join(said)


def _numbers(details: Details) -> Iterable[tuple[str, str]]:
    """(kind, normalised value) of every number it names."""
    for one in details["documents"]:
        yield DOCUMENT, documents.identity_key(one["id_type"], one["id_number"], one["id_country"])
    for plate in details["plates"]:
        yield PLATE_NUMBER, plate
    for one in details["registrations"]:
        yield REGISTRATION, organisations.identity_key(one["place"], one["number"])


def subjects_of(details: Details) -> Iterable[tuple[str, bytes]]:
    """(kind, blind index) of the numbers it names and of the tokens by which somebody like it is found."""
    for kind, value in _numbers(details):
        yield kind, crypto.index(kind, value)
    found = tokens.of(details["subject_name"], _birth_date(details), details["licence_number"])
    yield from found.items()


def said(details: Details) -> Iterable[tuple[str, str]]:
    """(kind, value) of everything of which there is a blind index."""
    yield from _numbers(details)
    yield "sanction", _identity(details)


def registration_index(place: str, number: str) -> bytes:
    return crypto.index("registration", organisations.identity_key(place, number))


def _birth_date(details: Details) -> str:
    """The birth date given, or the one a document carries."""
    if details["birth_date"]:
        return str(details["birth_date"])
    for one in details["documents"]:
        carried = documents.birth_date(one["id_type"], one["id_number"])
        if carried is not None:
            return carried.isoformat()
    return ""


def like(details: Details, declared: Mapping[str, Any]) -> list[str]:
    """By which tokens somebody who declared this (shape: filings.declaring) is really like whom the sanction names."""
    who, licence = declared["person"], declared["licence"]
    mine = tokens.of(who["full_name"], who["birth_date"], licence["licence_number"])
    named = tokens.of(details["subject_name"], _birth_date(details), details["licence_number"])
    same = {
        "birth_name": fold(who["full_name"]) == fold(details["subject_name"])
        and who["birth_date"] == _birth_date(details),
        "licence": licence["licence_number"] == details["licence_number"],
    }
    return sorted(kind for kind in mine if mine[kind] == named.get(kind) and same[kind])


def _words(typed: Mapping[str, str], name: str, longest: int, faults: list[Fault]) -> str:
    text = tidy(typed.get(name))
    if not text:
        faults.append(Fault(name, "missing"))
    elif len(text) > longest:
        faults.append(Fault(name, "too_long", {"maximum": longest}))
    return text


def _day(typed: Mapping[str, str], name: str, faults: list[Fault]) -> str:
    text = tidy(typed.get(name))
    if not text:
        if name == "decided_on":
            faults.append(Fault(name, "missing"))
        return ""
    day = dates.parse(text)
    if day is None:
        faults.append(Fault(name, "bad_date"))
    return day.isoformat() if day else ""


def _days_make_sense(details: Details, today: date, faults: list[Fault]) -> None:
    if details["decided_on"] and date.fromisoformat(details["decided_on"]) > today:
        faults.append(Fault("decided_on", "decided_later"))
    if details["until"] and date.fromisoformat(details["until"]) < today:
        faults.append(Fault("until", "term_over"))
    if details["birth_date"] and date.fromisoformat(details["birth_date"]) > today:
        faults.append(Fault("birth_date", "birth_date_future"))


def _document(
    typed: Mapping[str, str], names: tuple[str, str, str], today: date, faults: list[Fault]
) -> dict[str, str] | None:
    type_name, number_name, country_name = names
    number = tidy(typed.get(number_name))
    if not number:
        return None
    id_type, country = tidy(typed.get(type_name)), tidy(typed.get(country_name))
    if id_type not in documents.ID_TYPES:
        faults.append(Fault(type_name, "choose"))
        return None
    checked = documents.check(id_type, number, country=country, today=today)
    _take(checked, number_name, faults, country_name)
    country = countries.canonical(country) if id_type == "passport" else ""
    return {"id_type": id_type, "id_number": checked.value, "id_country": country}


def _plates(typed: Mapping[str, str], faults: list[Fault]) -> list[str]:
    said = [tidy(one) for one in _BETWEEN_PLATES.split(str(typed.get("plates") or ""))]
    found: dict[str, None] = {}
    for one in filter(None, said):
        checked = plates.check(one, others=[other for other in said if other != one])
        _take(checked, "plates", faults)
        found[checked.value] = None
    if len(found) > MOST_PLATES:
        faults.append(Fault("plates", "too_many_plates", {"maximum": MOST_PLATES}))
    return list(found)


def _registrations(typed: Mapping[str, str], faults: list[Fault]) -> list[dict[str, str]]:
    number = tidy(typed.get("registration_number"))
    if not number:
        return []
    place = tidy(typed.get("registration_place"))
    if place not in organisations.PLACES:
        faults.append(Fault("registration_place", "choose"))
        return []
    checked = organisations.check(place, number)
    _take(checked, "registration_number", faults)
    return [{"place": place, "number": checked.value}]


def _take(checked: Checked, field: str, faults: list[Fault], country_field: str = "") -> None:
    """Only errors count: what is merely unusual an authority may well have written."""
    for finding in checked.errors:
        elsewhere = finding.code in ("country_missing", "unknown_country") and country_field
        faults.append(Fault(country_field if elsewhere else field, finding.code, dict(finding.params)))

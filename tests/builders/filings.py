"""Filings built through the actions, with documents and plates of every kind. All people and numbers are invented.

`filed(built)` sends one submission; `answers(…)` is what a person would have typed, `draft(built, …)` a draft of it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from stdnum.iso7064 import mod_11_2

from tests.builders.units import BuiltUnit
from webapp import clock, crypto
from webapp.actors import FILER, Actor
from webapp.domain.filings import answering, drafts, queries, submitting
from webapp.domain.filings.models import Draft, Filing, Submission
from webapp.domain.filings.signing import Signing
from webapp.domain.pledges import privacy_text, texts
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Invalid
from webapp.values import phones
from webapp.values.document_numbers import hk_check_digit

_numbers = itertools.count(1)
_SERIAL = "ABCDEFGHJKLMNPQRSTUVWXYZ"

NAMES = ("陳嘉敏", "李志強", "歐陽慧心", "Maria da Conceição Lopes", "阿依古麗·買買提", "黃堃", "周家豪", "Peter Chan")


def eighteen(prefix: str, birth: str = "19900101", order: int = 1) -> str:
    """An 18-digit number with its check digit: six digits of place, birth date, order."""
    body = f"{prefix}{birth}{order % 1000:03d}"
    return body + mod_11_2.calc_check_digit(body)


def id_number(id_type: str, n: int | None = None) -> str:
    """A valid number of this document type that nobody had before."""
    n = next(_numbers) if n is None else n
    birth = f"{1960 + n // 1000 % 40}{1 + n // 1000 % 12:02d}01"
    if id_type == "cn_id":
        return eighteen("440402", birth, n)
    if id_type == "hmt_residence":
        return eighteen("820000", birth, n)
    if id_type == "foreign_pr":
        return eighteen("944156", birth, n)
    if id_type == "home_return":
        return f"M{10000000 + n}"
    if id_type == "tw_permit":
        return f"{10000000 + n}"
    if id_type == "mo_bir":
        return f"{10000000 + n}"
    if id_type == "hk_id":
        body = f"A{100000 + n}"
        return f"{body}({hk_check_digit(body)})"
    return f"E{10000000 + n}"


def plate(kind: str = "ordinary", n: int | None = None) -> str:
    """A plate of this kind that no vehicle had before, as people type it."""
    n = next(_numbers) if n is None else n
    layouts = {
        "ordinary": f"粵C·{_SERIAL[n // 10000 % 24]}{n % 10000:04d}",
        "new_energy_small": f"粵C·D{n % 100000:05d}",
        "new_energy_large": f"粵C·{n % 100000:05d}D",
        "macao_cross_border": f"粵Z·{_SERIAL[n // 1000 % 24]}{n % 1000:03d}澳",
        "hong_kong_cross_border": f"粵Z·{_SERIAL[n // 1000 % 24]}{n % 1000:03d}港",
        "macao": f"MX-{n // 100 % 100:02d}-{n % 100:02d}",
        "hong_kong": f"PK {1 + n % 9999}",
    }
    return layouts[kind]


def person(id_type: str = "cn_id", **changes: Any) -> dict[str, Any]:
    """What a person types about himself."""
    n = next(_numbers)
    typed = {
        "id_type": id_type,
        "full_name": NAMES[n % len(NAMES)],
        "latin_name": "",
        "id_country": "PT" if id_type == "passport" else "",
        "id_number": id_number(id_type, n),
        "id_expiry": "" if id_type == "hk_id" else "2035-06-30",
        "id_long_term": False,
        "birth_date": "" if id_type in ("cn_id", "hmt_residence", "foreign_pr") else "1985-03-02",
    }
    return typed | changes


def vehicle(use: str = "own", **changes: Any) -> dict[str, Any]:
    """What a person types about a vehicle: his own, unless `is_owner="no"`."""
    typed = {
        "vehicle_use": use,
        "plate": plate(),
        "second_plate": "",
        "third_plate": "",
        "size_class": "small",
        "brand_model": "比亞迪海豚",
        "colour": "",
        "vin": "",
        "is_owner": "yes" if use == "own" else "",
        "owner_name": "",
        "owner_id_tail": "",
        "add_another": "no",
    }
    return typed | changes


def answers(
    unit_class: str = "enterprise",
    *,
    who: dict[str, Any] | None = None,
    vehicles: list[dict[str, Any]] | None = None,
    relation: str = "",
    phone: str = "",
    email: str = "",
    language: str = "zh_Hant_MO",
) -> dict[str, Any]:
    """Complete answers, the phone proved; by default with one car of his own (`other`: one of the unit's)."""
    relation = relation or {"resident": "resident_register", "other": "unit_driver"}.get(unit_class, "staff")
    use = "unit" if unit_class == "other" or relation == "unit_driver" else "own"
    given = {
        "person": who or person(),
        "contact": {
            "phone_region": "86",
            "phone": phone or f"138{next(_numbers):08d}",
            "email": email,
            "language": language,
        },
        "belonging": {
            "unit_relation": relation,
            "staff_number": "",
            "address": "橫琴海韻路18號3座" if relation.startswith("resident") or relation == "household" else "",
            "residence_permit_number": "ZH20260001" if relation == "resident_permit" else "",
            "residence_permit_expiry": "2031-01-31" if relation == "resident_permit" else "",
        },
        "licence": {
            "licence_number": "440402199001010011",
            "licence_class": "C1",
            "licence_expiry": "2032-05-20",
            "licence_long_term": False,
        },
        "vehicles": [confirmed(one) for one in (vehicles or [vehicle(use)])],
    }
    given["person"] = confirmed(given["person"])
    return proved(given)


def same_person(given: dict[str, Any], **choices: Any) -> dict[str, Any]:
    """Answers of the same person with another vehicle or phone."""
    who = {key: value for key, value in given["person"].items() if key != "confirmed"}
    return answers(who=who, **{"phone": given["contact"]["phone"], **choices})


def confirmed(typed: dict[str, Any]) -> dict[str, Any]:
    """The page with every warning it may meet confirmed."""
    return typed | {answering.CONFIRMED: {item: value for item, value in typed.items() if value}}


def proved(given: dict[str, Any]) -> dict[str, Any]:
    """The answers with their phone proved, as the page of the code leaves them."""
    number = phones.check(given["contact"]["phone_region"], given["contact"]["phone"]).value
    return given | {"phone_proof": {"phone": number, "at": clock.now().isoformat()}}


def draft(built: BuiltUnit, given: dict[str, Any] | None = None, *, language: str = "zh_Hant_MO") -> Draft:
    """A draft begun through the unit's code, with these answers."""
    begun = drafts.begin(built.code, language=language, address=f"192.0.2.{next(_numbers)}")
    drafts.save(begun, answers(built.unit.unit_class) if given is None else given)
    return Draft.get_by_id(begun.id)


def signing(of: Draft, **changes: Any) -> Signing:
    """A typed signature over the draft as it stands, with every consent."""
    given = drafts.answers_of(of)
    language = changes.pop("language", of.language)
    values: dict[str, Any] = {
        "text_digest": texts.current("personal", language).digest,
        "draft_version": of.version,
        "language": language,
        "consent_processing": True,
        "consent_sharing": True,
        "pledge_agreed": True,
        "method": "typed",
        "signed_name": given.get("person", {}).get("full_name", ""),
        "privacy_digest": privacy_text.current(language).digest,
    }
    return Signing(**values | changes)


def filer(of: Draft) -> Actor:
    return Actor(FILER, of.ref, unit_id=of.unit_id, request_id=crypto.new_ref()[:16])


@dataclass(frozen=True)
class Filed:
    """A submission with its filings, what was typed, and the secret of its private link."""

    submission: Submission
    filings: list[Filing]
    answers: dict[str, Any]
    token: str

    @property
    def filing(self) -> Filing:
        return self.filings[0]


def send(of: Draft, **changes: Any) -> Filed:
    """Sign and submit a draft."""
    given = drafts.answers_of(of)
    made = submitting.submit(filer(of), of.ref, signing(of, **changes), key=of.ref)
    submission = Submission.get(Submission.ref == made["submission"])
    return Filed(submission, queries.filings_of(submission), given, queries.status_token(submission))


def refusal(of: Draft, **changes: Any) -> list[tuple[str | None, str]]:
    """(field, code) of everything a draft is refused for; nothing where it is taken."""
    try:
        send(of, **changes)
    except (Invalid, Conflict) as refused:
        return [(fault.field, fault.code) for fault in refused.faults]
    return []


def filed(built: BuiltUnit | Unit, given: dict[str, Any] | None = None, **choices: Any) -> Filed:
    """One submission to a certified unit; `choices` go to `answers`."""
    if isinstance(built, Unit):
        code = units.active_code(built.id)
        assert code is not None, "the unit has no active code"
        built = BuiltUnit(built, code.code, None, None)  # type: ignore[arg-type]
    return send(draft(built, given or answers(built.unit.unit_class, **choices)))

"""Tokens that find people like somebody: birth date with folded name, and licence number.

A token is 20 bits of a keyed hash: without the key it says nothing, and with it about one person in a million shares
one by chance, so that whoever finds by a token opens the answers and compares (docs/security.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webapp import crypto
from webapp.database import among
from webapp.domain.registry import queries
from webapp.domain.registry.models import BIRTH_NAME, LICENCE, Answers, Person, PersonToken
from webapp.values.folding import fold


def of(name: str, birth_date: str, licence_number: str) -> dict[str, bytes]:
    """The tokens of somebody, by kind; what is not known has none. `birth_date` is ISO, the number normalised."""
    folded = fold(name)
    said = {BIRTH_NAME: f"{birth_date}:{folded}" if birth_date and folded else "", LICENCE: licence_number}
    return {kind: _token(kind, value) for kind, value in said.items() if value}


def _token(kind: str, value: str) -> bytes:
    whole = crypto.index(kind, value)
    return whole[:2] + bytes((whole[2] & 0xF0,))


def keep(person: Person, declared: dict[str, Any]) -> None:
    """Step: the person is found by what he declares (shape: filings.declaring), and by what he declared before."""
    who, licence = declared["person"], declared["licence"]
    for kind, token in of(who["full_name"], who["birth_date"], licence["licence_number"]).items():
        PersonToken.insert(person=person.id, kind=kind, token=token).on_conflict_ignore().execute()


def declared_by(person_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What each of these people declared last, by person; those who declared nothing are left out."""
    newest: dict[int, Answers] = {}
    for row in Answers.select().where(Answers.person << among(person_ids)).order_by(Answers.id):
        newest[row.person_id] = row
    return {person: queries.open_answers(row) for person, row in newest.items()}

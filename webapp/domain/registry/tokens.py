"""Tokens that find people like somebody: birth date with folded name, licence number; and by name, whole or initials.

A token is 20 bits of a keyed hash: without the key it says nothing, and with it about one person in a million shares
one by chance, so that whoever finds by a token opens the answers and compares (docs/security.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webapp import crypto
from webapp.database import among, transaction
from webapp.domain.registry import queries
from webapp.domain.registry.models import BIRTH_NAME, LICENCE, Answers, NameToken, Person, PersonToken
from webapp.values.folding import fold, initials

NAME = "name"


def of(name: str, birth_date: str, licence_number: str) -> dict[str, bytes]:
    """The tokens of somebody, by kind; what is not known has none. `birth_date` is ISO, the number normalised."""
    return of_folded(fold(name), birth_date, licence_number)


def of_folded(folded: str, birth_date: str, licence_number: str) -> dict[str, bytes]:
    """The same, of a name that is folded."""
    said = {BIRTH_NAME: f"{birth_date}:{folded}" if birth_date and folded else "", LICENCE: licence_number}
    return {kind: _token(kind, value) for kind, value in said.items() if value}


def _token(kind: str, value: str) -> bytes:
    whole = crypto.index(kind, value)
    return whole[:2] + bytes((whole[2] & 0xF0,))


def keep(person: Person, declared: dict[str, Any]) -> None:
    """Step: the person is found by what he declares (shape: filings.declaring), and by what he declared before.
    The one place where tokens are written."""
    who, licence = declared["person"], declared["licence"]
    for kind, token in of(who["full_name"], who["birth_date"], licence["licence_number"]).items():
        PersonToken.insert(person=person.id, kind=kind, token=token).on_conflict_ignore().execute()
    rows = [{"person": person.id, "token": token} for token in of_name(who["full_name"], who["latin_name"])]
    if rows:
        NameToken.insert_many(rows).on_conflict_ignore().execute()


def of_name(name: str, latin_name: str) -> set[bytes]:
    """The tokens of everything a name is typed as in a search of the whole list: folded, and by its initials."""
    keys = {fold(name), fold(latin_name), *initials(name), *initials(latin_name)}
    return {_token(NAME, key) for key in keys - {""}}


def of_words(words: str) -> bytes | None:
    """The token of what somebody typed, None where it holds no letter."""
    folded = fold(words)
    return _token(NAME, folded) if folded else None


def refill(after: int = 0, limit: int = 500) -> tuple[int, int]:
    """Write the tokens of answers that were given before there were tokens: those with an id above `after`. Returns the
    last id and how many were looked at; again and again changes nothing. Not an act: no fact changes."""
    rows = list(Answers.select().where(Answers.id > after).order_by(Answers.id).limit(limit))
    with transaction():
        for row in rows:
            keep(Person.get_by_id(row.person_id), queries.open_answers(row))
    return (rows[-1].id if rows else after), len(rows)


def declared_by(person_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What each of these people declared last, by person; those who declared nothing are left out."""
    newest: dict[int, Answers] = {}
    for row in Answers.select().where(Answers.person << among(person_ids)).order_by(Answers.id):
        newest[row.person_id] = row
    return {person: queries.open_answers(row) for person, row in newest.items()}

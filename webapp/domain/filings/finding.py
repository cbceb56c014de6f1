"""Finding one's filings again: by document number, and a code to the phone on file.

Whoever asks learns nothing from the answer, its limits or its work about whether a document is known (design 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp import crypto
from webapp.actors import Actor
from webapp.domain.accounts import codes
from webapp.domain.filings import following
from webapp.domain.filings.models import Submission
from webapp.domain.limits import actions as limits
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Person, PersonPhone
from webapp.errors import Invalid, TooMany

PURPOSE = "status"


@dataclass(frozen=True)
class Search:
    """What a search is about: the document by its blind index (hexadecimal), and the code that went to the phone on
    file, or only looks as if it had."""

    document: str
    code: str
    pretended: bool


def search(identity_key: str, *, locale: str, actor: Actor) -> Search:
    """Send a code to the phone on file of whoever holds this document (values.documents.identity_key).
    Raises TooMany, for known and unknown documents alike."""
    limits.take("find-address", actor.address or actor.ref)
    limits.take("find-document", identity_key)
    document = crypto.index("document", identity_key)
    _person, phone = _whose(Search(document.hex(), "", pretended=False))
    try:
        if phone is not None:
            code = codes.issue(PURPOSE, registry.phone_number(phone), locale=locale, actor=actor)
            return Search(document.hex(), code, pretended=False)
        codes.take_limits(PURPOSE, document.hex(), actor)
    except TooMany:
        # The phone has had its share of codes: to say so would say that there is a phone.
        pass
    return Search(document.hex(), codes.pretend(PURPOSE, locale=locale, actor=actor), pretended=True)


def prove(made: Search, typed: str, *, field: str, actor: Actor) -> datetime:
    """Check the code for whoever searches; returns when it was first right. Raises Invalid, in the same words whether
    or not there is anybody."""
    _person, phone = _whose(made)
    address = codes.NOBODY if phone is None or made.pretended else registry.phone_number(phone)
    proved_at = codes.prove(made.code, PURPOSE, address, typed, field=field, actor=actor)
    if address == codes.NOBODY:
        # Somebody guessed a code that nobody got.
        raise Invalid("code_expired", field=field)
    return proved_at


def found(made: Search) -> list[Submission]:
    """The submissions of the person at the phone on file, newest first. Only after `prove`."""
    person, phone = _whose(made)
    if person is None or phone is None:
        return []
    return following.of_person(person.id, bytes(phone.phone_index))


def _whose(made: Search) -> tuple[Person | None, PersonPhone | None]:
    person = registry.person_by_index(bytes.fromhex(made.document))
    return person, registry.phone_on_file(person.id if person else 0)

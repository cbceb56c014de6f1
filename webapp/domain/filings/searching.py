"""Finding a unit's filings by what a clerk types: name in either script, initials, Latin name, plate, last four, the
whole document number, or the number on the receipt.

Names and plates are sealed. A whole number is compared by its blind index, and so is a whole word where the list is
long; otherwise a search opens the unit's own cards, all of few, or so many at a time (registry.looking).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import crypto
from webapp.columns import from_micros
from webapp.database import among, compared, plainly, sorted_by
from webapp.domain.filings.models import Filing, Submission
from webapp.domain.registry import looking, whole_words
from webapp.domain.registry.cards import open_card, sealed_finder
from webapp.domain.registry.models import PersonDocument
from webapp.domain.units import tallies
from webapp.values import countries, documents
from webapp.values.normalising import compact, tidy

#: Nobody types more; longer text is cut.
LONGEST = 80
#: Fewer characters are never a whole document number.
_SHORTEST_NUMBER = 6
#: From so many on it is one, known or not; plates are shorter.
_SURELY_NUMBER = 9
_RECEIPT = 10


class Search:
    """What was typed, folded once for any number of cards."""

    def __init__(self, words: str) -> None:
        self.words = tidy(words)[:LONGEST]
        self._typed = whole_words.typed(self.words)
        self.finds = sealed_finder(self._typed, "filing")
        self._number = compact(self._typed)

    def __bool__(self) -> bool:
        return bool(self._typed)

    def exact(self, unit_id: int) -> list[int]:
        """The unit's filings of whom this whole document number is, or whose receipt has this number. At most one
        statement; none where it is neither."""
        keys, number = identity_keys(self._number), receipt(self._number)
        if not keys and not number:
            return []
        indexes = [crypto.index("document", key) for key in keys]
        persons = PersonDocument.select(PersonDocument.person).where(PersonDocument.key_index << indexes)
        sent = Submission.select(Submission.id).where(Submission.number == number)
        rows: Any = Filing.select(Filing.id).where(
            compared(Filing.unit) == unit_id, (Filing.person << persons) | (Filing.submission << sent)
        )
        return [found for (found,) in rows.tuples()]

    def shortened(self, unit_id: int) -> str:
        """The last four to search by instead, where a whole document number was typed; else "". An address is kept in
        many places (history, logs of a front server), and a number is not to stay there."""
        if receipt(self._number) or not identity_keys(self._number):
            return ""
        known = self.exact(unit_id)
        if known:
            return open_card(Filing.get_by_id(known[0])).tail
        return self._number[-4:] if len(self._number) >= _SURELY_NUMBER else ""


def identity_keys(number: str) -> set[str]:
    """Everything a whole document number, folded, may be the key of; nothing where it is none."""
    if len(number) < _SHORTEST_NUMBER or not number.isascii() or not any(sign.isdigit() for sign in number):
        return set()
    keys = {documents.identity_key(id_type, number) for id_type in documents.ID_TYPES if id_type != "passport"}
    return keys | {documents.identity_key("passport", number, country) for country in countries.every()}


def receipt(number: str) -> str:
    """The number on a receipt, as it is kept, out of what was typed, folded; "" where it is none."""
    return f"HQ-{number[2:6]}-{number[6:]}" if len(number) == _RECEIPT and number.startswith("HQ") else ""


@dataclass(frozen=True, slots=True)
class Found:
    submitted_at: datetime
    id: int
    state: str
    waiting: bool


@dataclass(frozen=True, slots=True)
class Hits:
    """All that were found, newest first. `whole`: as a whole word alone."""

    found: list[Found]
    whole: bool = False


def known(unit_id: int, search: Search, wanted: Callable[..., Any]) -> Hits | None:
    """Those of the unit's filings that are found without going through its cards: by a whole number, which answers
    alone, or where the unit had many by a whole word. `wanted`: a query for those looked at within a condition."""
    ids = search.exact(unit_id)
    if ids:
        return Hits(among_few(wanted(Filing.id << among(ids)), lambda _ref, _card: True))
    many = sum(tallies.of_filings(unit_id).values()) > looking.LOOK
    ids = whole_words.found(Filing, unit_id, search.words) if many else []
    found = among_few(wanted(Filing.id << among(ids)), search.finds) if ids else []
    return Hits(found, whole=True) if found else None


def among_few(query: Any, finds: Callable[[str, bytes], bool]) -> list[Found]:
    """Those of these few filings that are found, newest first."""
    columns = (Filing.submitted_at, Filing.id, Filing.state, Filing.waiting, Filing.ref, Filing.card)
    # Sorted, and not looked for among all there ever were.
    rows = query.select(*columns).order_by(*(sorted_by(one).desc() for one in (Filing.submitted_at, Filing.id)))
    return [
        Found(from_micros(at), filing_id, state, bool(waiting))
        for at, filing_id, state, waiting, ref, card in plainly(rows)
        if finds(ref, card)
    ]

"""Somebody by a whole word: his name, its initials, or his plate, found by their blind indexes among however many.

In a long list such a word answers alone. What is typed in part, or with ANYWHERE before it, is looked for in the cards
of the list, so many at a time (registry.looking).
"""

from __future__ import annotations

from typing import Any

from webapp.database import among, compared
from webapp.domain.registry import queries, tokens
from webapp.domain.registry.models import NameToken, Plate
from webapp.values import plates

#: What more people than this are called finds them sooner among the cards.
MOST = 1000
ANYWHERE = "*"


def typed(words: str) -> str:
    """What is looked for."""
    return words.lstrip(ANYWHERE).strip()


def found(model: Any, unit_id: int, words: str) -> list[int]:
    """Rows of a unit (entries, filings) that these words may mean as a whole, by id: their cards are compared yet. None
    where they may stand anywhere, or are the last figures of a number."""
    if words.startswith(ANYWHERE) or words.isdigit():
        return []
    for column, known in ((model.person, _people(words)), (model.vehicle, _vehicles(words))):
        if 0 < len(known) <= MOST:
            rows: Any = model.select(model.id).where(column << among(known), compared(model.unit) == unit_id)
            return [row for (row,) in rows.tuples()]
    return []


def _people(words: str) -> list[int]:
    rows: Any = NameToken.select(NameToken.person).where(NameToken.token == tokens.of_words(words))
    return [person for (person,) in rows.limit(MOST + 1).tuples()]


def _vehicles(words: str) -> list[int]:
    borne = queries.plate_indexes(plates.candidates(words))
    rows: Any = Plate.select(Plate.vehicle).where(Plate.plate_index << borne, Plate.ended_at.is_null())
    return list({vehicle for (vehicle,) in rows.tuples()})

"""Finding sanctions by what an officer types: the case number, a whole document number, a plate, a registration."""

from __future__ import annotations

from webapp import crypto
from webapp.domain.sanctions import particulars, sanction_queries
from webapp.domain.sanctions.models import Sanction
from webapp.values import countries, documents, organisations, plates
from webapp.values.normalising import compact, tidy

LONGEST = 60
#: Fewer characters are no number of anything.
_SHORTEST = 4


def found(words: str) -> list[Sanction]:
    """Newest first; [] for what is no number."""
    typed = tidy(words)[:LONGEST]
    number = compact(typed)
    if len(number) < _SHORTEST:
        return []
    keys = {documents.identity_key(id_type, number) for id_type in documents.ID_TYPES if id_type != "passport"}
    keys |= {documents.identity_key("passport", number, country) for country in countries.every()}
    indexes = [crypto.index("document", key) for key in sorted(keys)]
    indexes += [crypto.index("plate", plate) for plate in plates.candidates(typed) if plate]
    indexes += [particulars.registration_index(place, number) for place in organisations.PLACES]
    case = f"SX-{number[2:6]}-{number[6:]}" if number.startswith("SX") and len(number) == 10 else ""
    return sanction_queries.numbered(indexes, case)

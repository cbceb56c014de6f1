"""Cards: the few values a list row shows and search reads, sealed in the row itself (filing, entry)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from webapp import crypto
from webapp.values import people, plates


@dataclass(frozen=True)
class Card:
    """`tail`: last four of the normalised document number. `plate`: normalised plates, joined by a space, '' when the
    unit assigns its vehicles. `keys`: what a name is found by (values.people.search_keys)."""

    name: str
    latin_name: str
    id_type: str
    tail: str
    plate: str
    keys: str

    @property
    def plates(self) -> list[str]:
        return self.plate.split()


def seal_card(ref: str, table: str, card: Card) -> bytes:
    """Seal a card for the row `ref` of `table` ("filing" or "entry")."""
    return crypto.seal(asdict(card), table, "card", ref)


def open_card(row: Any) -> Card:
    """The card of a filing or an entry."""
    return unsealed(row._meta.table_name, row.ref, row.card)


def unsealed(table: str, ref: str, card: bytes) -> Card:
    """The card of the row `ref` of `table`, where only these columns were read."""
    return Card(**crypto.unseal(card, table, "card", ref))


def finds(words: str, card: Card) -> bool:
    """Whether what a clerk typed finds this card: name, initials or pinyin, part of a plate, or the last four."""
    if not words.strip():
        return True
    plate = plates.fold(words)
    return (
        people.matches(words, card.keys)
        or (len(plate) > 1 and any(plate in plates.fold(one) for one in card.plates))
        or words.strip().upper() == card.tail
    )

"""Cards: the few values a list row shows and search reads, sealed in the row itself (filing, entry)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webapp import crypto
from webapp.values import plates
from webapp.values.folding import fold
from webapp.values.normalising import compact


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
    return crypto.seal(vars(card), table, "card", ref)


def open_card(row: Any) -> Card:
    """The card of a filing or an entry."""
    return unsealed(row._meta.table_name, row.ref, row.card)


def unsealed(table: str, ref: str, card: bytes) -> Card:
    """The card of the row `ref` of `table`, where only these columns were read."""
    return Card(**crypto.unseal(card, table, "card", ref))


class SealedCard:
    """A card as its row keeps it, opened for whoever looks. Of thousands most are only asked whether they hold a word,
    which the bytes tell at a third of the time."""

    __slots__ = ("_plain", "_sealed")

    def __init__(self, table: str, ref: str, card: bytes) -> None:
        self._sealed, self._plain = (card, table, "card", ref), b""

    def holds(self, sign: bytes) -> bool:
        """Whether this stands in it anywhere: a word as `sign_of` says it."""
        return sign in self._opened()

    @property
    def card(self) -> Card:
        return Card(**json.loads(self._opened()))

    @property
    def plates(self) -> list[str]:
        """Those of the card, where nothing else of it is asked."""
        return json.loads(self._opened())["plate"].split()

    def resealed(self, ref: str, table: str) -> bytes:
        """The same card for the row `ref` of `table`."""
        return crypto.seal_bytes(self._opened(), table, "card", ref)

    def _opened(self) -> bytes:
        self._plain = self._plain or crypto.unseal_bytes(*self._sealed)
        return self._plain


def sign_of(word: str) -> bytes:
    """A word as it stands in a card that holds it."""
    return crypto.encoded(word)[1:-1]


def finder(words: str) -> Callable[[Card], bool]:
    """A test whether what a clerk typed finds a card: name, initials or pinyin, part of a plate, or the last four.
    Folded once for any number of cards."""
    whole, parts = fold(words), [part for part in map(fold, words.split()) if part]
    plate, number = plates.fold(words), compact(words)

    def finds(card: Card) -> bool:
        if whole and (whole in card.keys or all(part in card.keys for part in parts)):
            return True
        return (len(plate) > 1 and any(plate in one for one in card.plates)) or number == card.tail

    return finds if words.strip() else lambda _card: True


def sealed_finder(words: str, table: str) -> Callable[[str, bytes], bool]:
    """The same of cards as they are stored, with the refs of their rows. Most of many hold nothing of what was typed:
    those are opened and never read, which takes the larger part of the time."""
    finds, parts = finder(words), list(map(fold, words.split()))
    # Any of these alone, or each of several words; the longest of them tells most cards apart.
    told = {fold(words), plates.fold(words), compact(words), max(parts, key=len, default="")} - {""}
    signs = [sign_of(word) for word in told]

    def finds_sealed(ref: str, sealed: bytes) -> bool:
        plain = crypto.unseal_bytes(sealed, table, "card", ref)
        for sign in signs:  # as a loop: for one search this runs a hundred thousand times
            if sign in plain:
                return finds(Card(**json.loads(plain)))
        return False

    return finds_sealed if words.strip() else lambda _ref, _sealed: True

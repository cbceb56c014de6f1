"""Places in a list, and looking through the cards of a long one, so many at a time.

Names are sealed: nothing but opening a card tells whether it holds what was typed. So in a long list one request goes
through LOOK cards in the order of the list, however many there are, and says where it came to; the next goes on from
there (docs/decisions/0026-looking-on.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Tuple, Value

from webapp.columns import from_micros, to_micros
from webapp.database import plainly

#: So many cards are gone through at once, whatever was typed: a list of no more is gone through as a whole.
LOOK = 1000
_PLACE = re.compile(r"([0-9]{1,17})-([0-9]{1,18})(?:-([0-9]{1,9}))?")


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind a row, as `<micros>-<id>` in addresses. `looked`: so many cards a search in a long
    list had looked at when it came there, which an address has as a third number."""

    listed_at: datetime
    id: int
    looked: int = 0

    def __str__(self) -> str:
        looked = f"-{self.looked}" if self.looked else ""
        return f"{to_micros(self.listed_at)}-{self.id}{looked}"

    def row(self) -> Tuple:
        """The place as a row of moment and id, which those of a list are compared with as one: an "or" is no place for
        an index to begin at, and with the moment alone said beside it PostgreSQL multiplied the two, took what is left
        for few, and sorted all of a unit."""
        return Tuple(Value(to_micros(self.listed_at), converter=False), self.id)

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place an address names, or None where it names none."""
        found = _PLACE.fullmatch(text)
        return cls(from_micros(int(found[1])), int(found[2]), int(found[3] or 0)) if found else None


def bit_by_bit(cards: int, after: Place | None = None) -> int:
    """About how many cards there are where they are too many to be gone through at once, or a search that began like
    this goes on; else 0."""
    looked = after.looked if after else 0
    return max(cards, looked) if looked or cards > LOOK else 0


@dataclass(frozen=True)
class Looked:
    """What was found, by id, in the order of the list. `on`: where to look on; None where there are no more cards."""

    found: list[int]
    on: Place | None


def through(cards: Any, finds: Callable[[str, bytes], bool], wanted: int, after: Place | None = None) -> Looked:
    """Go through the cards of a query (moment, id, ref, card) that begins behind `after`, in its order: until one more
    than `wanted` is found, which is left for the next time, or LOOK of them were looked at."""
    found: list[int] = []
    seen, last = 0, (0, 0)
    for at, number, ref, card in plainly(cards.limit(LOOK + 1)):
        hit = seen < LOOK and finds(ref, card)
        if seen == LOOK or (hit and len(found) == wanted):
            return Looked(found, Place(from_micros(last[0]), last[1], (after.looked if after else 0) + seen))
        if hit:
            found.append(number)
        seen, last = seen + 1, (at, number)
    return Looked(found, None)

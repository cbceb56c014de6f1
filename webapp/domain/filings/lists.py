"""The verification list of a unit: filters, search, pages by keyset (time, id). Work that waits comes oldest first,
everything else newest first. A page needs a fixed number of statements and answers values, never rows of the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain.filings import filters, flags, lines, states
from webapp.domain.filings.filters import Filter
from webapp.domain.filings.flags import Flag, Viewer
from webapp.domain.filings.lines import Line
from webapp.domain.filings.models import Filing
from webapp.domain.filings.searching import Search
from webapp.domain.registry import looking
from webapp.domain.registry.looking import Place
from webapp.domain.units.models import Unit
from webapp.errors import NotFound

PAGE = 20


@dataclass(frozen=True)
class Row:
    """One row. Of a document it shows the kind and the last four. `next_act`: verify (nothing is open that needs a
    look), look, or "" where it is somebody else's turn."""

    ref: str
    version: int
    state: str
    number: str
    name: str
    latin_name: str
    id_type: str
    tail: str
    plates: tuple[str, ...]
    vehicle_use: str
    size_class: str | None
    slot: str | None
    submitted_at: datetime
    flags: tuple[Flag, ...]
    next_act: str

    @property
    def tickable(self) -> bool:
        return self.next_act == "verify"


@dataclass(frozen=True)
class Page:
    """`counts` by chip, of what search and flag leave, without those a search did not look at; `total` those of this
    chip. `whole`: what was typed was found as a whole word, and nowhere else looked for. `of`: about so many cards
    there are where so many at a time are looked at (registry.looking); then a page may hold less than there is."""

    rows: tuple[Row, ...]
    counts: dict[str, int]
    previous: Place | None
    next: Place | None
    whole: bool = False
    of: int = 0

    def total(self, wanted: Filter) -> int:
        return self.counts.get(wanted.state, 0)


def page(
    unit: Unit,
    wanted: Filter,
    who: Viewer,
    *,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> Page:
    """One page of the list, beyond `after` or just before `before`; of a search that looks at so many cards at a time
    only beyond."""
    search, whole = Search(wanted.q), False
    counts = filters.count(unit.id, wanted.flag)
    if search:
        begun = after is not None and after.looked
        found = None if begun else filters.searched(unit.id, wanted, search, counts)
        if found is None:
            return _looked(unit, wanted, who, search, after, limit, counts[wanted.state])
        (hits, counts), whole = found, found[0].whole
        behind = filters.of_chip(hits.found, wanted.state)
        near: Any = filters.in_page(behind, wanted, after, before, limit)
    else:
        near = filters.window(unit.id, wanted, after, before).limit(limit + 1)
    read = _directed(lines.read(unit.id, near, numbers=who.compares_numbers), filters.rising(wanted, before))
    shown = _directed(read[:limit], before is None)
    more = len(read) > limit
    return Page(
        rows=tuple(_rows(shown, unit, who)),
        counts=counts,
        previous=_place(shown[0]) if shown and (after is not None or (before is not None and more)) else None,
        next=_place(shown[-1]) if shown and (before is not None or more) else None,
        whole=whole,
    )


def _looked(
    unit: Unit, wanted: Filter, who: Viewer, search: Search, after: Place | None, limit: int, behind: int
) -> Page:
    """What is found among as many cards of the chip as are looked at at once."""
    cards = filters.window(unit.id, wanted, after).select(Filing.submitted_at, Filing.id, Filing.ref, Filing.card)
    looked = looking.through(cards, search.finds, limit, after)
    read = lines.read(unit.id, looked.found, numbers=who.compares_numbers)
    shown = _rows(_directed(read, filters.rising(wanted)), unit, who)
    return Page(tuple(shown), {}, previous=None, next=looked.on, of=looking.bit_by_bit(behind, after))


def row(unit: Unit, ref: str, who: Viewer) -> Row:
    """One filing of the unit as a row. Raises NotFound."""
    read = lines.read(unit.id, [id_of(unit.id, ref)], numbers=who.compares_numbers)
    return _rows(read, unit, who)[0]


def _rows(read: list[Line], unit: Unit, who: Viewer) -> list[Row]:
    marked = flags.of(read, unit, who)
    return [row_of(line, marked.get(line.id, ())) for line in read]


def id_of(unit_id: int, ref: str) -> int:
    """Raises NotFound where the unit has no such filing."""
    found = Filing.select(Filing.id).where(Filing.unit == unit_id, Filing.ref == ref).tuples().first()
    if found is None:
        raise NotFound("not_found")
    return found[0]


def digest(chosen: Iterable[Line]) -> str:
    """What a confirmation stands for: these filings in these versions and no others."""
    text = ",".join(f"{line.id}:{line.version}" for line in sorted(chosen, key=lambda line: line.id))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def row_of(line: Line, marked: tuple[Flag, ...]) -> Row:
    """A line as a row."""
    card = line.card
    return Row(
        ref=line.ref,
        version=line.version,
        state=line.state,
        number=line.number,
        name=card.name,
        latin_name=card.latin_name,
        id_type=card.id_type,
        tail=card.tail,
        plates=tuple(card.plates),
        vehicle_use=line.vehicle_use,
        size_class=line.size_class,
        slot=line.slot,
        submitted_at=line.submitted_at,
        flags=marked,
        next_act=_next_act(line.state, marked),
    )


def _next_act(state: str, marked: tuple[Flag, ...]) -> str:
    if state != states.SUBMITTED:
        return ""
    return {flags.WAITS: "", flags.QUESTION: "look"}.get(flags.heaviest(marked), "verify")


def _directed(read: list[Line], as_it_is: bool) -> list[Line]:
    return read if as_it_is else read[::-1]


def _place(line: Line) -> Place:
    return Place(line.submitted_at, line.id)

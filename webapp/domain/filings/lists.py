"""The verification list of a unit: filters, search, pages by keyset (time, id). Work that waits comes oldest first,
everything else newest first. A page needs a fixed number of statements and answers values, never rows of the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from peewee import SQL, fn

from webapp.database import among, compared, plainly, sorted_by
from webapp.domain.filings import flags, lines, rostering, states
from webapp.domain.filings.flags import Flag, Viewer
from webapp.domain.filings.lines import Line
from webapp.domain.filings.models import OPEN_FILING_STATES, RARE_SQL, Filing, Submission
from webapp.domain.filings.searching import Found, Hits, Search, scan
from webapp.domain.notices import queries as notices
from webapp.domain.passlist.queries import Place
from webapp.domain.registry.models import UNIT
from webapp.domain.units import tallies
from webapp.domain.units.models import Unit
from webapp.errors import NotFound

PAGE = 20

WAITING, RETURNED, VERIFIED, OWNER, ALL = "waiting", "returned", "verified", "owner", "all"
#: What a chip of the list means: states, and whether only those that wait for the owner.
CHIPS: dict[str, tuple[tuple[str, ...], bool]] = {
    WAITING: ((states.SUBMITTED,), False),
    RETURNED: ((states.RETURNED,), False),
    VERIFIED: ((states.VERIFIED,), False),
    OWNER: ((states.SUBMITTED, states.VERIFIED), True),
    ALL: (tuple(dict.fromkeys(states.TRANSITIONS.values())), False),
}
OLDEST_FIRST = (WAITING, OWNER, RETURNED)
#: Filters by what is to be minded, besides the state.
MINDED = ("warned", "unregistered", "no_vehicle", "fell_out", "unreached")
#: The same by what the unit's roster says.
BY_ROSTER = {f"roster_{fit}": fit for fit in rostering.FITS}


@dataclass(frozen=True)
class Filter:
    """What the clerk looks at; an unknown state is `waiting`, an unknown flag none."""

    state: str = WAITING
    q: str = ""
    flag: str = ""

    @classmethod
    def read(cls, state: str, q: str, flag: str) -> Filter:
        """The filter of an address, whatever stands in it."""
        return cls(
            state if state in CHIPS else WAITING, Search(q).words, flag if flag in MINDED or flag in BY_ROSTER else ""
        )


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
    """`counts` by chip, of what search and flag leave, without ALL where a search did not look at all; `total` those of
    this chip. `whole`: what was typed was found as a whole word, and nowhere else looked for."""

    rows: tuple[Row, ...]
    counts: dict[str, int]
    previous: Place | None
    next: Place | None
    whole: bool = False

    def total(self, wanted: Filter) -> int:
        return self.counts[wanted.state]


def page(
    unit: Unit,
    wanted: Filter,
    who: Viewer,
    *,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> Page:
    """One page of the list, beyond `after` or just before `before`."""
    search, whole = Search(wanted.q), False
    if search:
        hits = _searched(unit.id, wanted, search)
        whole, counts = hits.whole, _counted((one.state, one.waiting, 1) for one in hits.found)
        if hits.in_motion:
            del counts[ALL]
        near: Any = [one.id for one in _slice(_of_chip(hits.found, wanted.state), wanted, after, before, limit)]
    else:
        counts = count(unit.id, wanted.flag)
        near = _window(unit.id, wanted, after, before, limit)
    read = _directed(lines.read(unit.id, near, numbers=who.compares_numbers), _rising(wanted, before))
    shown = _directed(read[:limit], before is None)
    more = len(read) > limit
    return Page(
        rows=tuple(_rows(shown, unit, who)),
        counts=counts,
        previous=_place(shown[0]) if shown and (after is not None or (before is not None and more)) else None,
        next=_place(shown[-1]) if shown and (before is not None or more) else None,
        whole=whole,
    )


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


def count(unit_id: int, flag: str = "") -> dict[str, int]:
    """How many filings stand behind each chip, by one statement: as they are kept, or those with a flag."""
    if not flag:
        kept = tallies.of_filings(unit_id)
        return _counted((state, waiting, number) for (state, waiting), number in kept.items())
    state = fn.COALESCE(Filing.state, "")  # grouped by it, and not read in its order
    query = _minded(unit_id, flag).select(state, Filing.waiting, fn.COUNT(Filing.id))
    return _counted(query.group_by(SQL("1"), Filing.waiting).tuples())


def matching(unit_id: int, wanted: Filter) -> list[int]:
    """Every filing the filter finds, oldest first, whatever page it is on."""
    search = Search(wanted.q)
    if search:
        found = _of_chip(_searched(unit_id, wanted, search).found, wanted.state)
        return [one.id for one in reversed(found)]
    query = _within(unit_id, wanted).select(Filing.id).order_by(Filing.submitted_at, Filing.id)
    return [found for (found,) in plainly(query)]


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


# Which filings ----------------------------------------------------------------------------------------------------


def _searched(unit_id: int, wanted: Filter, search: Search) -> Hits:
    minded, flagged = partial(_minded, unit_id, wanted.flag), bool(wanted.flag)
    return scan(unit_id, search, minded, in_motion=not flagged and wanted.state != ALL, few=flagged)


def _minded(unit_id: int, flag: str, within: Any = None) -> Any:
    """The unit's filings, or those of it within a condition; with a flag those in motion that have it: what is over
    needs minding no more."""
    if flag == "unreached":  # few people, and not looked for among all of the unit
        sent = Submission.select(Submission.id).where(Submission.ref << notices.unreached())
        of_unit = (compared(Filing.unit) == unit_id) & (fn.COALESCE(Filing.state, "") << OPEN_FILING_STATES)
        return Filing.select().where(Filing.submission << sent, of_unit, *([] if within is None else [within]))
    query = Filing.select().where(Filing.unit == unit_id if within is None else within)
    if flag in RARE_SQL:
        return query.where(SQL(RARE_SQL[flag]))
    if flag:
        query = query.where(Filing.state << OPEN_FILING_STATES)
    if flag in BY_ROSTER:
        return query.where(Filing.id << among(rostering.filings_that(unit_id, BY_ROSTER[flag])))
    if flag == "unregistered":
        return query.where(
            Filing.vehicle_use == UNIT, Filing.vehicle.is_null(False), ~fn.EXISTS(lines.in_register(unit_id))
        )
    return query


def _within(unit_id: int, wanted: Filter) -> Any:
    within, waiting_only = CHIPS[wanted.state]
    query = _minded(unit_id, wanted.flag)
    if waiting_only:
        return query.where(SQL(RARE_SQL["waiting"]))
    if wanted.state == ALL:
        return query
    # With a flag they are found by that, and their state is only looked at.
    return query.where((fn.COALESCE(Filing.state, "") if wanted.flag else Filing.state) << within)


def _of_chip(found: Iterable[Found], state: str) -> list[Found]:
    within, waiting_only = CHIPS[state]
    return [one for one in found if one.state in within and (one.waiting or not waiting_only)]


def _counted(groups: Iterable[tuple[str, bool, int]]) -> dict[str, int]:
    counts = dict.fromkeys(CHIPS, 0)
    for state, waiting, number in groups:
        for chip, (within, waiting_only) in CHIPS.items():
            if state in within and (waiting or not waiting_only):
                counts[chip] += number
    return counts


def _rising(wanted: Filter, before: Place | None) -> bool:
    """Whether a page is read from its edge towards later filings: backwards where it stands before `before`."""
    return (wanted.state in OLDEST_FIRST) == (before is None)


def _directed(read: list[Line], as_it_is: bool) -> list[Line]:
    return read if as_it_is else read[::-1]


def _place(line: Line) -> Place:
    return Place(line.submitted_at, line.id)


def _window(unit_id: int, wanted: Filter, after: Place | None, before: Place | None, limit: int) -> Any:
    """The filings of a page and one more, beginning at the edge, as a query of their ids."""
    rising = _rising(wanted, before)
    query = _within(unit_id, wanted).select(Filing.id)
    edge = before or after
    if edge is not None:
        at, number = edge.listed_at, edge.id
        beyond = (Filing.submitted_at > at) if rising else (Filing.submitted_at < at)
        beside = (Filing.id > number) if rising else (Filing.id < number)
        begins = (Filing.submitted_at >= at) if rising else (Filing.submitted_at <= at)  # where the index does
        query = query.where(begins, beyond | ((Filing.submitted_at == at) & beside))
    order: Any = (Filing.submitted_at, Filing.id)
    if wanted.flag and wanted.flag not in RARE_SQL:  # not to be looked for among all there ever were
        order = tuple(sorted_by(column) for column in order)
    return query.order_by(*(order if rising else (column.desc() for column in order))).limit(limit + 1)


def _slice(found: list[Found], wanted: Filter, after: Place | None, before: Place | None, limit: int) -> list[Found]:
    """The same of what a search found."""
    rising = _rising(wanted, before)
    ordered = list(reversed(found)) if rising else found
    edge = before or after
    if edge is not None:
        key = (edge.listed_at, edge.id)
        ordered = [
            one for one in ordered if ((one.submitted_at, one.id) > key if rising else (one.submitted_at, one.id) < key)
        ]
    return ordered[: limit + 1]

"""Which filings of a unit a filter of the verification list means: by state, by what is to be minded, by a search."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from peewee import SQL, Tuple, fn

from webapp.database import among, compared, plainly, sorted_by
from webapp.domain.filings import lines, rostering, states
from webapp.domain.filings.models import OPEN_FILING_STATES, RARE_SQL, Filing, Submission
from webapp.domain.filings.searching import Found, Hits, Search, among_few, known
from webapp.domain.notices import queries as notices
from webapp.domain.registry import looking
from webapp.domain.registry.looking import Place
from webapp.domain.registry.models import UNIT
from webapp.domain.units import tallies

WAITING, RETURNED, VERIFIED, OWNER, ALL = "waiting", "returned", "verified", "owner", "all"
#: What a chip of the list means: states, and whether only those that wait for the owner.
CHIPS: dict[str, tuple[tuple[str, ...], bool]] = {
    WAITING: ((states.SUBMITTED,), False),
    RETURNED: ((states.RETURNED,), False),
    VERIFIED: ((states.VERIFIED,), False),
    OWNER: ((states.SUBMITTED, states.VERIFIED), True),
    ALL: (tuple(dict.fromkeys(states.TRANSITIONS.values())), False),
}
#: Chips that have all that is in motion between them.
IN_MOTION = (WAITING, RETURNED, VERIFIED)
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
    oldest_first = within(unit_id, wanted).order_by(Filing.submitted_at, Filing.id)
    if not search:
        return [found for (found,) in plainly(oldest_first.select(Filing.id))]
    hits = known(unit_id, search, partial(_minded, unit_id, wanted.flag))
    if hits is not None:
        return [one.id for one in reversed(of_chip(hits.found, wanted.state))]
    cards = plainly(oldest_first.select(Filing.id, Filing.ref, Filing.card))
    return [found for found, ref, card in cards if search.finds(ref, card)]


def searched(
    unit_id: int, wanted: Filter, search: Search, behind: dict[str, int]
) -> tuple[Hits, dict[str, int]] | None:
    """What is found, and how many of it stand behind each chip whose cards were looked at. `behind`: how many cards
    there are (count). Where all are too many to go through at once, those of what is in motion are gone through, or
    those of this chip alone; None where they are too many as well."""
    minded = partial(_minded, unit_id, wanted.flag)
    hits, chips = known(unit_id, search, minded), tuple(CHIPS)
    if hits is None:
        if not looking.bit_by_bit(behind[ALL]):
            cards = minded()
        elif wanted.state != ALL and not looking.bit_by_bit(sum(behind[one] for one in IN_MOTION)):
            cards, chips = minded().where(Filing.state << OPEN_FILING_STATES), (*IN_MOTION, OWNER)
        elif not looking.bit_by_bit(behind[wanted.state]):
            cards, chips = within(unit_id, wanted), (wanted.state,)
        else:
            return None
        hits = Hits(among_few(cards, search.finds))
    counts = _counted((one.state, one.waiting, 1) for one in hits.found)
    return hits, {chip: counts[chip] for chip in chips}


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


def within(unit_id: int, wanted: Filter) -> Any:
    """The filings that the filter means, whatever is searched for, as a query."""
    meant, waiting_only = CHIPS[wanted.state]
    query = _minded(unit_id, wanted.flag)
    if waiting_only:
        return query.where(SQL(RARE_SQL["waiting"]))
    if wanted.state == ALL:
        return query
    # With a flag they are found by that, and their state is only looked at.
    return query.where((fn.COALESCE(Filing.state, "") if wanted.flag else Filing.state) << meant)


def of_chip(found: Iterable[Found], state: str) -> list[Found]:
    """Those of them that stand behind a chip."""
    within, waiting_only = CHIPS[state]
    return [one for one in found if one.state in within and (one.waiting or not waiting_only)]


def _counted(groups: Iterable[tuple[str, bool, int]]) -> dict[str, int]:
    counts = dict.fromkeys(CHIPS, 0)
    for state, waiting, number in groups:
        for chip, (within, waiting_only) in CHIPS.items():
            if state in within and (waiting or not waiting_only):
                counts[chip] += number
    return counts


def rising(wanted: Filter, before: Place | None = None) -> bool:
    """Whether a page is read from its edge towards later filings: backwards where it stands before `before`."""
    return (wanted.state in OLDEST_FIRST) == (before is None)


def window(unit_id: int, wanted: Filter, after: Place | None = None, before: Place | None = None) -> Any:
    """The filings of the list from an edge on, as a query of their ids."""
    upwards = rising(wanted, before)
    query = within(unit_id, wanted).select(Filing.id)
    edge = before or after
    if edge is not None:
        one = Tuple(Filing.submitted_at, Filing.id)
        query = query.where(one > edge.row() if upwards else one < edge.row())
    order: Any = (Filing.submitted_at, Filing.id)
    if wanted.flag and wanted.flag not in RARE_SQL:  # not to be looked for among all there ever were
        order = tuple(sorted_by(column) for column in order)
    return query.order_by(*(order if upwards else (column.desc() for column in order)))


def in_page(found: list[Found], wanted: Filter, after: Place | None, before: Place | None, limit: int) -> list[int]:
    """The ids of a page and one more of what a search found."""
    upwards = rising(wanted, before)
    ordered = list(reversed(found)) if upwards else found
    edge = before or after
    if edge is not None:
        key = (edge.listed_at, edge.id)
        ordered = [
            one
            for one in ordered
            if ((one.submitted_at, one.id) > key if upwards else (one.submitted_at, one.id) < key)
        ]
    return [one.id for one in ordered[: limit + 1]]

"""Reading the list in force, scope first. Lists are newest first by keyset (listed_at, id). Names and plates are
sealed: a search opens all cards of the unit, or of a long list those alone that a whole word leads to, or so many of
them at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

from peewee import SQL, Tuple

from webapp.columns import from_micros
from webapp.database import among, compared, plainly, sorted_by
from webapp.domain.notices import queries as notices
from webapp.domain.passlist import expiries
from webapp.domain.passlist.models import (
    IN_FORCE_SQL,
    LISTED,
    REMOVED,
    SUSPENDED,
    DriverSlot,
    Entry,
    EntryHold,
    EntryStep,
)
from webapp.domain.passlist.selection import Chosen
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.pledges.models import Pledge
from webapp.domain.registry import looking, whole_words
from webapp.domain.registry.cards import sealed_finder
from webapp.domain.registry.looking import Place
from webapp.domain.units import tallies
from webapp.errors import NotFound

PAGE = 30
#: A filter beside the states: in force, and the last message to the person did not arrive.
UNREACHED = "unreached"
#: Another: licence, document or permit is over or ends soon.
EXPIRING = "expiring"
#: So many are counted beside the list; of more it says that they are more.
MOST = 500
#: Rows opened at a time while searching.
SCAN = 2000


@dataclass(frozen=True)
class Page:
    """`total`: all that the filter finds, whatever page they are on; only `entries` counts them. `whole`: what was
    typed was found as a whole word, and nowhere else looked for. `of`: about so many cards there are where so many at a
    time are looked at (registry.looking); then nobody knows the total, and a page may hold less than there is."""

    rows: list[Entry]
    next: Place | None
    total: int = 0
    whole: bool = False
    of: int = 0


def states_of(state: str) -> tuple[str, ...]:
    """The states a filter means; anything else than listed, suspended or removed means all that are in force."""
    return (state,) if state in (LISTED, SUSPENDED, REMOVED) else IN_FORCE


def entries(unit_id: int, state: str = "", words: str = "", *, after: Place | None = None, limit: int = PAGE) -> Page:
    """One page of the unit's entries, found by what was typed (name, initials, plate, last four)."""
    typed, behind = whole_words.typed(words), _count(unit_id, state)
    if not typed:
        return replace(page_of(_within(unit_id, state), after=after), total=behind)
    found = [] if after and after.looked else _whole(unit_id, state, words)
    whole = bool(found)
    if not whole and (of := looking.bit_by_bit(behind, after)):
        return replace(page_of(_within(unit_id, state), typed, after=after, limit=limit), of=of)
    found = found or list(found_by(_within(unit_id, state), typed))
    beyond = [one for at, one in found if after is None or (at, one) < (after.listed_at, after.id)]
    return replace(_page(beyond[: PAGE + 1]), total=len(found), whole=whole)


def page_of(wanted: Any, words: str = "", *, after: Place | None = None, limit: int = PAGE) -> Page:
    """One page of these entries (a query within the reader's scope), newest first, found by what was typed; then of as
    many of them as are looked at at once."""
    if not words.strip():
        return _first(list(_newest(wanted, after).limit(PAGE + 1)))
    cards = _newest(wanted, after).select(Entry.listed_at, Entry.id, Entry.ref, Entry.card)
    looked = looking.through(cards, sealed_finder(words, "entry"), limit, after)
    return Page(_by_id(looked.found), looked.on)


def bit_by_bit(unit_id: int, after: Place | None) -> int:
    """The same as that of `looking`, of the entries that the unit has in force."""
    return looking.bit_by_bit(_count(unit_id, ""), after)


def page_in_any_state(wanted: Any, *, after: Place | None = None) -> Page:
    """One page of these entries of units, newest first. The index of a unit's entries begins with their state, so the
    newest of each are read by it and those alone are sorted, not everything a unit ever had."""
    each = (
        _newest(wanted.where(Entry.state == state), after).limit(PAGE + 1) for state in (LISTED, SUSPENDED, REMOVED)
    )
    return _first(sorted(chain.from_iterable(each), key=lambda row: (row.listed_at, row.id), reverse=True))


def _first(rows: list[Entry]) -> Page:
    return Page(rows[:PAGE], _place(rows[PAGE - 1]) if len(rows) > PAGE else None)


def _page(ids: list[int]) -> Page:
    """These entries, newest first, as a page; one more than it holds says that there is a next one."""
    shown = _by_id(ids[:PAGE])
    return Page(shown, _place(shown[-1]) if len(ids) > PAGE else None)


def _by_id(ids: list[int]) -> list[Entry]:
    rows = {row.id: row for row in Entry.select().where(Entry.id << among(ids))}
    return [rows[one] for one in ids]


def _place(entry: Entry) -> Place:
    return Place(entry.listed_at, entry.id)


def _newest(wanted: Any, after: Place | None) -> Any:
    if after is not None:
        wanted = wanted.where(Tuple(Entry.listed_at, Entry.id) < after.row())
    return wanted.order_by(Entry.listed_at.desc(), Entry.id.desc())


def found_by(wanted: Any, words: str) -> Iterator[tuple[datetime, int]]:
    """(moment, id) of all whose card is found by these words, newest first; SCAN cards are in hand at a time."""
    finds, place = sealed_finder(words, "entry"), None
    cards = wanted.select(Entry.listed_at, Entry.id, Entry.ref, Entry.card)
    while True:
        rows = list(plainly(_newest(cards, place).limit(SCAN)))
        yield from ((from_micros(at), entry_id) for at, entry_id, ref, card in rows if finds(ref, card))
        if len(rows) < SCAN:
            return
        place = Place(from_micros(rows[-1][0]), rows[-1][1])


def _whole(unit_id: int, state: str, words: str) -> list[tuple[datetime, int]]:
    """(moment, id) of the unit's entries that are found as a whole word alone, newest first; none in a short list."""
    ids = whole_words.found(Entry, unit_id, words) if sum(counts(unit_id).values()) > looking.LOOK else []
    return list(found_by(_within(unit_id, state, ids), whole_words.typed(words))) if ids else []


def _within(unit_id: int, state: str, ids: Iterable[int] | None = None) -> Any:
    """The unit's entries that a filter means, or those of `ids`."""
    meant = Entry.state == state if state in (LISTED, SUSPENDED, REMOVED) else SQL(IN_FORCE_SQL)
    rare: list[Any] = [] if ids is None else [Entry.id << among(ids)]
    if state == UNREACHED:
        rare.append(Entry.submission_ref << notices.unreached())
    if state == EXPIRING:
        rare.append(Entry.id << expiries.near(unit_id))
    if rare:  # found by what they are rare for, not among all of the unit
        return Entry.select().where(*rare, compared(Entry.unit) == unit_id, meant)
    return Entry.select().where(Entry.unit == unit_id, meant)


def unreached_count(unit_id: int) -> int:
    """How many entries in force belong to somebody whose last message did not arrive."""
    return _count(unit_id, UNREACHED)


def expiring_count(unit_id: int) -> int:
    """How many entries in force stand on something that is over or ends soon; one more than MOST where there are more,
    which nobody counts for a list that shows something else."""
    return expiries.near_count(unit_id, MOST + 1)


def counts(unit_id: int) -> dict[str, int]:
    """How many entries the unit has in each state, as they are kept."""
    return dict.fromkeys((LISTED, SUSPENDED, REMOVED), 0) | tallies.of_entries(unit_id)


def one(unit_id: int, ref: str) -> Entry:
    """An entry of this unit. Raises NotFound."""
    row = Entry.get_or_none(Entry.unit == unit_id, Entry.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def some(unit_id: int, refs: Iterable[str]) -> list[Entry]:
    """Entries of this unit by reference, oldest first; unknown ones are left out."""
    return list(Entry.select().where(Entry.unit == unit_id, Entry.ref << list(refs)).order_by(Entry.id))


def of_submission(submission_ref: str) -> list[Entry]:
    """Every entry that a submission's status page tells of, oldest first."""
    return list(Entry.select().where(Entry.submission_ref == submission_ref).order_by(Entry.id))


def made_by(upload_ref: str, act_id: int) -> Any:
    """The entries that an upload made, found by what its act did: their table keeps no index over uploads. What a
    decision lists again stands under the same upload and is none of its act."""
    listed = EntryStep.select(EntryStep.entry).where(EntryStep.act_id == act_id, EntryStep.change == "listed")
    return Entry.select().where(Entry.id << listed, Entry.upload_ref == upload_ref)


def of_upload(upload_ref: str, act_id: int) -> int:
    """How many of the entries an upload made are still in force."""
    return made_by(upload_ref, act_id).where(Entry.state << IN_FORCE).count()


def chosen_ids(unit_id: int, chosen: Chosen) -> list[int]:
    """The entries a clerk chose, by one statement: the rows he ticked, or all that the filter finds, oldest first."""
    if not chosen.everything:
        return [row.id for row in some(unit_id, chosen.versions())]
    query, typed = _within(unit_id, chosen.state), whole_words.typed(chosen.words)
    if not typed:
        return [found for (found,) in query.select(Entry.id).order_by(Entry.id).tuples()]
    found = _whole(unit_id, chosen.state, chosen.words) or found_by(query, typed)
    return sorted(entry_id for _, entry_id in found)


def digest(entry_ids: Iterable[int]) -> str:
    """What a confirmation stands for: these entries in these versions and no others."""
    rows = Entry.select(Entry.id, Entry.version).where(Entry.id << among(entry_ids)).order_by(Entry.id).tuples()
    text = ",".join(f"{number}:{version}" for number, version in rows)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def chosen_count(unit_id: int, chosen: Chosen) -> int:
    """How many entries that are."""
    if chosen.everything and not whole_words.typed(chosen.words):
        return _count(unit_id, chosen.state)
    return len(chosen_ids(unit_id, chosen))


def _count(unit_id: int, state: str) -> int:
    """Kept, or counted of what is rare."""
    if state in (UNREACHED, EXPIRING):
        return _within(unit_id, state).count()
    kept = counts(unit_id)
    return sum(kept[one] for one in states_of(state))


def steps(entry: Entry) -> list[EntryStep]:
    """The entry's history, oldest first."""
    return list(EntryStep.select().where(EntryStep.entry == entry.id).order_by(EntryStep.id))


def holds(entries_: Iterable[Entry]) -> dict[int, list[EntryHold]]:
    """Open holds of these entries, by entry id."""
    found: dict[int, list[EntryHold]] = {}
    ids = [entry.id for entry in entries_]
    query = EntryHold.select().where(EntryHold.entry << among(ids), EntryHold.released_at.is_null())
    for hold in query.order_by(sorted_by(EntryHold.id)):
        found.setdefault(hold.entry_id, []).append(hold)
    return found


def slots(entries_: Iterable[Entry]) -> dict[int, str]:
    """owner or second, by entry id, of those that stand on a driver slot."""
    ids = [entry.slot_id for entry in entries_ if entry.slot_id is not None]
    kinds = dict(list(DriverSlot.select(DriverSlot.id, DriverSlot.slot).where(DriverSlot.id << among(ids)).tuples()))
    return {entry.id: kinds[entry.slot_id] for entry in entries_ if entry.slot_id in kinds}


def held_for(entry_ids: Iterable[int], kind: str) -> set[int]:
    """Those of these entries that have an open hold of this kind."""
    rows: Any = EntryHold.select(EntryHold.entry).where(
        EntryHold.entry << among(entry_ids), EntryHold.kind == kind, EntryHold.released_at.is_null()
    )
    return {found for (found,) in rows.tuples()}


def due(kind: str, now: datetime, limit: int) -> list[int]:
    """Entries in force whose hold of this kind ran out by `now`, longest overdue first."""
    rows = (
        EntryHold.select(EntryHold.entry)
        .join(Entry, on=(EntryHold.entry == Entry.id))
        .where(
            EntryHold.kind == kind,
            EntryHold.released_at.is_null(),
            EntryHold.until <= now,
            Entry.state << IN_FORCE,
        )
        .order_by(EntryHold.until, EntryHold.id)
        .limit(limit)
    )
    return [found for (found,) in rows.tuples()]


def by_ids(unit_id: int, ids: Iterable[int]) -> list[Entry]:
    """Entries of this unit by number, oldest first."""
    return list(Entry.select().where(compared(Entry.unit) == unit_id, Entry.id << among(ids)).order_by(Entry.id))


def pledge_of(entry: Entry) -> Pledge:
    """The person's pledge that the entry stands on."""
    return Pledge.get_by_id(entry.pledge_id)

"""Leavers: a person, or a list of people, who left a unit or moved out of its community (guideline 5.2).

This unit's entries end and its open filings close; what the same people have through other units, and other drivers of
the unit's vehicles, stay as they are. Each person is told once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from webapp.database import among, compared, lock
from webapp.domain.audit.acts import Act, action
from webapp.domain.closings import ending
from webapp.domain.filings import rostering
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry.models import Person
from webapp.domain.units import rules, staff_lines, staff_sheets
from webapp.domain.units.models import StaffSheet, Unit
from webapp.domain.units.staff_lines import EXACT, LIKELY, NAME, Line
from webapp.errors import Conflict, NotFound

NEWS = ending.News("unit-left")
CAUSE, REASON = "left_unit", "person:left_unit"


@dataclass(frozen=True)
class Standing:
    """What somebody has through one unit: ids of entries in force and of open filings."""

    entries: tuple[int, ...]
    filings: tuple[int, ...]


def standing(unit_id: int, person_ids: Iterable[int]) -> Standing:
    """What these people have through the unit. Two statements."""
    wanted = list(person_ids)
    entries = Entry.select(Entry.id).where(
        compared(Entry.unit) == unit_id, Entry.person << among(wanted), Entry.state << IN_FORCE
    )
    filings = Filing.select(Filing.id).where(
        compared(Filing.unit) == unit_id, Filing.person << among(wanted), Filing.state << OPEN_FILING_STATES
    )
    return Standing(_ids(entries), _ids(filings))


def _ids(query) -> tuple[int, ...]:  # type: ignore[no-untyped-def]
    return tuple(found for (found,) in query.order_by(1).tuples())


def of_entry(unit_id: int, entry_ref: str) -> tuple[int, Standing]:
    """The person of an entry of this unit, and all he has through it. Raises NotFound."""
    found = Entry.select(Entry.person).where(Entry.unit == unit_id, Entry.ref == entry_ref).tuples().first()
    if found is None:
        raise NotFound("not_found")
    return found[0], standing(unit_id, found)


@action("person:leave")
def leave(act: Act, unit_id: int, entry_ref: str) -> dict[str, int]:
    """One person left. Returns {"entries", "filings", "people", "held"}. Raises NotFound, Conflict
    (`unit_not_active`, `nothing_to_end`)."""
    _hold(unit_id)
    person, _had = of_entry(unit_id, entry_ref)
    return _end(act, unit_id, [person])


# A list of leavers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """One line of the list and whom it means: `fit` is EXACT for one person, LIKELY for somebody a human must look at,
    NAME where only the name is known, else NONE."""

    number: int
    line: Line
    fit: str
    person: int | None = None
    person_ref: str = ""
    entries: int = 0
    filings: int = 0


def found(unit_id: int, sheet: StaffSheet) -> list[Found]:
    """Each line that can be taken, and whom of the unit's people it means. A fixed number of statements."""
    people = _people(unit_id)
    named: dict[bytes, list[_Known]] = {}
    for one in people.values():
        for index in {staff_lines.name_index(seen.name) for seen in one.seen}:
            named.setdefault(index, []).append(one)
    rows = []
    for number, line, wrong in staff_sheets.lines(sheet):
        if not wrong:
            rows.append(_meant(number, line, named.get(staff_lines.name_index(line.name), [])))
    return rows


def digest(meant: Iterable[Found]) -> str:
    """What a confirmation stands for: these lines meaning these people."""
    text = ",".join(f"{one.number}:{one.fit}:{one.person or 0}:{one.entries}:{one.filings}" for one in meant)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@action("person:leave-listed")
def leave_listed(act: Act, unit_id: int, sheet_ref: str, also: Iterable[str], seen: str) -> dict[str, int]:
    """Everybody the list means exactly left, and those of its likely ones that were looked at (`also`, refs of
    people). `seen` is the digest of what was shown.

    Returns as leave. Raises NotFound, Conflict (`unit_not_active`, `sheet_state`, `leavers_changed`, `nothing_to_end`).
    """
    _hold(unit_id)
    sheet = staff_sheets.one(unit_id, sheet_ref, staff_sheets.LEAVERS)
    staff_sheets.next_state(sheet.state, "confirm")
    meant = found(unit_id, sheet)
    if digest(meant) != seen:
        raise Conflict("leavers_changed")
    looked_at = set(also)
    people = {
        one.person
        for one in meant
        if one.person is not None and (one.fit == EXACT or (one.fit == LIKELY and one.person_ref in looked_at))
    }
    staff_sheets.end(act, sheet, "confirm")
    return _end(act, unit_id, people)


@dataclass
class _Known:
    person: int
    ref: str
    seen: list[staff_lines.Seen]
    entries: int = 0
    filings: int = 0


def _people(unit_id: int) -> dict[int, _Known]:
    """Everybody who has something through the unit, as lines are compared with them."""
    in_force = rostering.entries_seen((Entry.unit == unit_id) & (Entry.state << IN_FORCE))
    open_ = rostering.filings_seen((Filing.unit == unit_id) & (Filing.state << OPEN_FILING_STATES))
    known: dict[int, _Known] = {}
    for model, seen_of, counted in ((Entry, in_force, "entries"), (Filing, open_, "filings")):
        owners = _owners(model, seen_of)
        for row, seen in seen_of.items():
            person, ref = owners[row]
            one = known.setdefault(person, _Known(person, ref, []))
            one.seen.append(seen)
            setattr(one, counted, getattr(one, counted) + 1)
    return known


def _owners(model: type[Entry] | type[Filing], ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Whose these rows are. By the rows that were seen: the unit may have more by now, or fewer."""
    rows = model.select(model.id, Person.id, Person.ref).join(Person, on=(model.person == Person.id))
    rows = rows.where(model.id << among(ids))
    return {row: (person, ref) for row, person, ref in rows.tuples()}


def _meant(number: int, line: Line, candidates: list[_Known]) -> Found:
    fits = {EXACT: [], LIKELY: [], NAME: []}  # type: dict[str, list[_Known]]
    for one in candidates:
        fit = min((staff_lines.compare(line, seen) for seen in one.seen), key=staff_lines.FITS.index)
        if fit in fits:
            fits[fit].append(one)
    for fit in (EXACT, LIKELY, NAME):
        if fits[fit]:
            one = fits[fit][0]
            # Two people whom one line fits: a human looks.
            sure = LIKELY if fit == EXACT and len(fits[fit]) > 1 else fit
            return Found(number, line, sure, one.person, one.ref, one.entries, one.filings)
    return Found(number, line, staff_lines.NONE)


# Ending ------------------------------------------------------------------------------------------------------------


def _hold(unit_id: int) -> None:
    lock(Unit, [unit_id])
    if not rules.may_manage_people(Unit.get_by_id(unit_id)):
        raise Conflict("unit_not_active")


def _end(act: Act, unit_id: int, people: Iterable[int]) -> dict[str, int]:
    had = standing(unit_id, people)
    if not had.entries and not had.filings:
        raise Conflict("nothing_to_end")
    done = ending.end(
        act, entries=had.entries, filings=had.filings, cause=CAUSE, reason=REASON, news=NEWS, unit_id=unit_id
    )
    return {"entries": done.entries, "filings": done.filings, "people": done.people, "held": done.held}

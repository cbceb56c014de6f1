"""The roster of a unit: who belongs to it by its own word, to compare filings with. Filing stays voluntary, so it says
of nobody that he should have filed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from webapp import actors, clock, crypto
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record, record_refs
from webapp.domain.units import rules, staff_lines, staff_sheets
from webapp.domain.units.models import Roster, RosterRow, Unit
from webapp.domain.units.staff_lines import NONE, Line, Seen
from webapp.errors import Conflict
from webapp.row_sets import insert_rows

Who = TypeVar("Who")

#: Names looked up by one list; of more the whole roster is read.
FEW = 200

_kept = timedelta(days=90)


def configure(days: int) -> None:
    """How long a roster is kept: setting ROSTER_DAYS."""
    global _kept
    _kept = timedelta(days=days)


def kept_days() -> int:
    return _kept.days


def current(unit_id: int) -> Roster | None:
    return Roster.get_or_none(Roster.unit == unit_id, Roster.ended_at.is_null())


def lines(roster: Roster) -> list[Line]:
    rows = RosterRow.select(RosterRow.ref, RosterRow.line).where(RosterRow.roster == roster.id)
    return [staff_lines.unseal(sealed, "roster_row", ref) for ref, sealed in rows.order_by(RosterRow.number).tuples()]


# Comparing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Match:
    """How well the roster knows somebody (staff_lines: EXACT, LIKELY, NAME, NONE), and by which of its lines."""

    fit: str
    line: Line | None = None
    row: int | None = None


def matches(roster: Roster, people: Mapping[Who, Seen]) -> dict[Who, Match]:
    """What the roster says of these people. One statement."""
    named: dict[bytes, list[tuple[int, Line]]] = {}
    for number, index, ref, sealed in _named(roster, people.values()):
        named.setdefault(bytes(index), []).append((number, staff_lines.unseal(sealed, "roster_row", ref)))
    found = {}
    for who, seen in people.items():
        fit, one = staff_lines.best(named.get(staff_lines.name_index(seen.name), ()), seen, lambda pair: pair[1])
        found[who] = Match(fit, one[1], one[0]) if one else Match(NONE)
    return found


def _named(roster: Roster, people: Iterable[Seen]) -> Iterable[tuple[int, bytes, str, bytes]]:
    query = RosterRow.select(RosterRow.id, RosterRow.name_index, RosterRow.ref, RosterRow.line).where(
        RosterRow.roster == roster.id
    )
    indexes = {staff_lines.name_index(seen.name) for seen in people}
    if len(indexes) <= FEW:
        query = query.where(RosterRow.name_index << list(indexes))
    return query.tuples()


# Entering and ending -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """What a sheet would change: people who are new, who stay as they are, of whom it says something else, whom the
    roster has and the sheet has not."""

    new: int
    same: int
    changed: int
    gone: int

    @property
    def anything(self) -> bool:
        return bool(self.new or self.changed or self.gone)


def compared(unit_id: int, sheet_lines: Iterable[Line]) -> Comparison:
    standing = current(unit_id)
    before = {line.key: line for line in lines(standing)} if standing else {}
    after = {line.key: line for line in sheet_lines}
    same = len(after.keys() & before.keys())
    left: dict[str, list[Line]] = {}
    for key, line in before.items():
        if key not in after:
            left.setdefault(line.key[0], []).append(line)
    changed = 0
    for key, line in after.items():
        others = left.get(key[0], []) if key not in before else []
        other = next((one for one in others if staff_lines.same_person(one, line)), None)
        if other is not None:
            others.remove(other)
            changed += 1
    return Comparison(len(after) - same - changed, same, changed, len(before) - same - changed)


def is_same_file(unit_id: int, digest: bytes) -> bool:
    """Whether the roster in use came from this very file."""
    standing = current(unit_id)
    return standing is not None and bytes(standing.digest) == bytes(digest)


@action("roster:enter")
def enter(act: Act, unit_id: int, sheet_ref: str) -> dict[str, Any]:
    """Put a sheet that was read in the place of the roster. Returns {"rows", "new", "gone", "changed"}; a sheet that
    says what the roster says already changes nothing. Rows that cannot be taken stay out.

    Raises NotFound, Conflict (`unit_not_active`, `sheet_state`, `sheet_nothing`). A fixed number of statements.
    """
    lock(Unit, [unit_id])
    if not rules.may_manage_people(Unit.get_by_id(unit_id)):
        raise Conflict("unit_not_active")
    sheet = staff_sheets.one(unit_id, sheet_ref, staff_sheets.ROSTER)
    staff_sheets.next_state(sheet.state, "confirm")
    taken = [(number, line) for number, line, wrong in staff_sheets.lines(sheet) if not wrong]
    if not taken:
        raise Conflict("sheet_nothing")
    change = compared(unit_id, [line for _number, line in taken])
    staff_sheets.end(act, sheet, "confirm")
    if change.anything:
        _end(act, [row for row in (current(unit_id),) if row])
        _make(act, unit_id, bytes(sheet.digest), taken)
    return {"rows": len(taken), "new": change.new, "gone": change.gone, "changed": change.anything}


def _make(act: Act, unit_id: int, digest: bytes, taken: list[tuple[int, Line]]) -> None:
    roster = Roster.create(
        ref=crypto.new_ref(),
        unit=unit_id,
        digest=digest,
        rows=len(taken),
        has_numbers=any(line.staff_number for _number, line in taken),
        act_id=act.id,
        entered_at=act.now,
        purge_at=act.now + _kept,
    )
    rows = []
    for number, line in taken:
        ref = crypto.new_ref()
        rows.append(
            {
                "ref": ref,
                "roster": roster.id,
                "number": number,
                "name_index": staff_lines.name_index(line.name),
                "line": staff_lines.seal(line, "roster_row", ref),
            }
        )
    insert_rows(RosterRow, rows)
    record(act, "roster:entered", roster.ref, unit_id=unit_id)


@action("roster:end")
def end(act: Act, unit_id: int) -> dict[str, int]:
    """The unit deletes its roster before its time. Raises Conflict("no_roster")."""
    lock(Unit, [unit_id])
    standing = current(unit_id)
    if standing is None:
        raise Conflict("no_roster")
    _end(act, [standing])
    return {"rows": standing.rows}


def purge(now: datetime | None = None) -> int:
    """Timer: delete the rosters whose time is over. Returns how many."""
    due = Roster.select(Roster.id).where(Roster.purge_at <= (now or clock.now()), Roster.ended_at.is_null())
    ids = [found for (found,) in due.limit(100).tuples()]
    return int(_purge(actors.system("roster-kept-long-enough"), ids)["ended"]) if ids else 0


@action("roster:purge")
def _purge(act: Act, ids: list[int]) -> dict[str, int]:
    rows = list(Roster.select().where(Roster.id << among(ids), Roster.ended_at.is_null()))
    _end(act, rows)
    return {"ended": len(rows)}


def _end(act: Act, rosters: list[Roster]) -> None:
    """Step: their rows are deleted; what stays says when there was a roster and how long it was."""
    held = among([roster.id for roster in rosters])
    RosterRow.delete().where(RosterRow.roster << held).execute()
    Roster.update(ended_at=act.now).where(Roster.id << held, Roster.ended_at.is_null()).execute()
    record_refs(act, "roster:ended", [roster.ref for roster in rosters])

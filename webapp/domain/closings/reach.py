"""What deregistering a unit reaches, counted before anybody decides: the same sets the act itself ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import fn

from webapp.domain.accounts import links
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Upload
from webapp.domain.passlist.models import OWNER, SECOND, DriverSlot, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry.models import OWN, UNIT
from webapp.domain.units import members, rules, tallies, vehicles
from webapp.domain.units.models import Unit

#: So many entries and filings are gone through for a page.
EXACT = 1000


@dataclass(frozen=True)
class Reach:
    """`entries` in force, those of them that `moved` would go on under the successor, `filings` in motion, the
    `people` of both, entries of second drivers `held` in other units; staff, open invitations, register vehicles.
    Where it is `rough`, there are at most so many `people`, and `held` was not counted."""

    entries: int
    moved: int
    filings: int
    people: int
    held: int
    members: int
    invitations: int
    vehicles: int
    rough: bool = False


@dataclass(frozen=True)
class Pause:
    """What suspending a unit, or ending that, reaches: `entries` in force, which stay; `filings` in motion, which
    wait or go on; `told`, the submissions they belong to; `uploads` that are prepared and not signed."""

    entries: int
    filings: int
    told: int
    uploads: int


def of_pause(unit: Unit) -> Pause:
    """What is kept, and two counts."""
    in_force, open_ = _kept(unit.id)
    return Pause(
        entries=in_force,
        filings=open_,
        told=filings(unit.id).select(Filing.submission).distinct().count(),
        uploads=Upload.select().where(Upload.unit == unit.id, Upload.state == "prepared").count(),
    )


def of(unit: Unit, successor: Unit | None = None) -> Reach:
    """A fixed number of statements, beside those of the unit's few members."""
    moved = entries(unit.id).where(Entry.vehicle_use << uses(successor)).count() if successor else 0
    return Reach(
        entries=entries(unit.id).count(),
        moved=moved,
        filings=filings(unit.id).count(),
        people=_people(unit.id),
        held=0 if successor and moved == entries(unit.id).count() else _held_elsewhere(unit.id, uses(successor)),
        members=len(members.active(unit.id)),
        invitations=len(links.waiting(unit.id)),
        vehicles=vehicles.count(unit.id),
    )


def seen(unit: Unit, successor: Unit | None = None) -> Reach:
    """The same for a page. Of more than EXACT it says what is kept, and does not go through all of them: only the act
    itself does."""
    in_force, open_ = _kept(unit.id)
    if in_force + open_ <= EXACT:
        return of(unit, successor)
    taken = uses(successor)
    moved = in_force if len(taken) == 2 else entries(unit.id).where(Entry.vehicle_use << taken).count() if taken else 0
    return Reach(
        entries=in_force,
        moved=moved,
        filings=open_,
        people=in_force + open_,
        held=0,
        members=len(members.active(unit.id)),
        invitations=len(links.waiting(unit.id)),
        vehicles=vehicles.count(unit.id),
        rough=True,
    )


def _kept(unit_id: int) -> tuple[int, int]:
    """How many entries in force and filings in motion the unit has, as it is kept."""
    held, moving = tallies.of_entries(unit_id), tallies.of_filings(unit_id)
    in_force = sum(held.get(state, 0) for state in IN_FORCE)
    return in_force, sum(number for (state, _waiting), number in moving.items() if state in OPEN_FILING_STATES)


def entries(unit_id: int) -> Any:
    """The unit's entries in force, as a query of their ids."""
    return Entry.select(Entry.id).where(Entry.unit == unit_id, Entry.state << IN_FORCE)


def filings(unit_id: int) -> Any:
    """The unit's filings in motion, as a query of their ids."""
    return Filing.select(Filing.id).where(Filing.unit == unit_id, Filing.state << OPEN_FILING_STATES)


def ids(query: Any) -> list[int]:
    return [found for (found,) in query.tuples()]


def uses(successor: Unit | None) -> tuple[str, ...]:
    """The uses of vehicles whose entries may go on under this unit (design 4)."""
    if successor is None:
        return ()
    own = (OWN,) if rules.takes_own_use(successor.unit_class) else ()
    return own + ((UNIT,) if rules.has_unit_vehicles(successor.unit_class) else ())


def _people(unit_id: int) -> int:
    of_entries: Iterable[Any] = Entry.select(Entry.person).where(Entry.unit == unit_id, Entry.state << IN_FORCE)
    of_filings = Filing.select(Filing.person).where(Filing.unit == unit_id, Filing.state << OPEN_FILING_STATES)
    return (of_entries | of_filings).count()  # type: ignore[operator,no-any-return]


def _held_elsewhere(unit_id: int, spared: tuple[str, ...]) -> int:
    """Entries of second drivers in other units whose owner is listed through this unit alone."""
    if OWN in spared:
        return 0
    owned, here, elsewhere = DriverSlot.alias("owned"), Entry.alias("here"), Entry.alias("elsewhere")
    another = elsewhere.select(elsewhere.id).where(
        elsewhere.slot == owned.id, elsewhere.unit != unit_id, elsewhere.state << IN_FORCE
    )
    return (
        Entry.select(Entry.id)
        .distinct()
        .join(DriverSlot, on=(Entry.slot == DriverSlot.id))
        .join(owned, on=((owned.vehicle == DriverSlot.vehicle) & (owned.slot == OWNER)))
        .join(here, on=((here.slot == owned.id) & (here.unit == unit_id) & (here.state << IN_FORCE)))
        .where(
            DriverSlot.slot == SECOND,
            DriverSlot.in_force,
            ~fn.EXISTS(another),
            Entry.unit != unit_id,
            Entry.state << IN_FORCE,
        )
        .count()
    )

"""People go on under another unit when theirs is deregistered: entries without a gap, each told and free to refuse.

The old entry gives way to a new one under the successor, on the same answers, pledge, driver slot and holds, so that
the record of what the person consented to is kept with both (controls 45).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action
from webapp.domain.campaigns import succeeding
from webapp.domain.closings import reach
from webapp.domain.passlist import ending, expiries, holds, listing, removals
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.models import SUSPENDED, Entry, EntryHold
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import actions as registering
from webapp.domain.registry.models import Person, Vehicle
from webapp.domain.units import queries
from webapp.domain.units.models import Unit, UnitProposal
from webapp.domain.units.telling import tell_unit
from webapp.errors import Conflict, Invalid, NotFound
from webapp.row_sets import insert_rows

#: How long somebody may say that he does not go along; later he leaves as from any unit.
REFUSE_DAYS = 30


def check(unit: Unit, successor: Unit) -> None:
    """Whether this unit may take the other's people over. Raises Invalid beside `successor`."""
    if successor.id == unit.id:
        raise Invalid("successor_itself", field="successor")
    if successor.state != "certified":
        raise Invalid("successor_not_certified", field="successor")
    if (successor.unit_class == "resident") != (unit.unit_class == "resident"):
        # Residents are vouched for by where they live, staff by where they work: neither stands for the other.
        raise Invalid("successor_class", field="successor")


def move(act: Act, unit: Unit, successor: Unit, proposal_ref: str) -> None:
    """Step: the entries that the successor's class allows go on under it. Both units, persons and vehicles are held. A
    fixed number of statements; the caller owes the news and records the steps."""
    rows = list(
        Entry.select()
        .where(Entry.unit == unit.id, Entry.state << IN_FORCE, Entry.vehicle_use << reach.uses(successor))
        .order_by(Entry.id)
    )
    there = Entry.select(Entry.person, Entry.vehicle).where(Entry.unit == successor.id, Entry.state << IN_FORCE)
    known = set(there.tuples())
    going = [row for row in rows if (row.person_id, row.vehicle_id) not in known]
    kept = _open_holds(going)
    listing.add_again(act, going, proposal_ref, successor.id)
    made = _made(act, proposal_ref)
    _carry(act, kept, made)
    pairs = {row.id: made[row.person_id, row.vehicle_id] for row in going}
    succeeding.go_on(act, unit, successor, pairs, proposal_ref)
    ending.end(act, [row.id for row in rows], "superseded")


Held = tuple[int, int, str, datetime, datetime | None]


def _open_holds(rows: list[Entry]) -> list[Held]:
    """(person, vehicle, kind, since, until) of every open hold of these entries."""
    owners = {row.id: (row.person_id, row.vehicle_id) for row in rows}
    found = EntryHold.select().where(EntryHold.entry << among(owners), EntryHold.released_at.is_null())
    return [(*owners[hold.entry_id], hold.kind, hold.since, hold.until) for hold in found.order_by(EntryHold.id)]


def _made(act: Act, proposal_ref: str) -> dict[tuple[int, int], int]:
    """(person, vehicle) → the entry under the successor."""
    return {
        (person, vehicle): entry
        for entry, person, vehicle in passlist.made_by(proposal_ref, act.id)
        .select(Entry.id, Entry.person, Entry.vehicle)
        .tuples()
    }


def _carry(act: Act, kept: list[Held], made: dict[tuple[int, int], int]) -> None:
    """What held the old entry holds the new one, until the same day (`not_confirmed`: campaigns.succeeding)."""
    rows: list[dict[str, Any]] = [
        {
            "entry": made[person, vehicle],
            "kind": kind,
            "act_id": act.id,
            "since": since,
            "until": until,
            "released_at": None,
        }
        for person, vehicle, kind, since, until in kept
        # What is over is held anew with the entry itself (passlist.listing).
        if kind not in expiries.KINDS
    ]
    insert_rows(EntryHold, rows)
    held = {row["entry"] for row in rows}
    Entry.update(state=SUSPENDED).where(Entry.id << among(held)).execute()
    for kind in sorted({row["kind"] for row in rows}):
        holds.step(act, [row["entry"] for row in rows if row["kind"] == kind], "held", kind)


def came_by(entry: Entry) -> UnitProposal | None:
    """The succession this entry came by, None where it was uploaded."""
    return UnitProposal.get_or_none(UnitProposal.ref == entry.upload_ref)


def may_refuse(entry: Entry, now: datetime) -> bool:
    """Whether its person may still say that he does not go along."""
    fresh = now < entry.listed_at + timedelta(days=REFUSE_DAYS)
    return entry.state in IN_FORCE and fresh and came_by(entry) is not None


@action("succession:refuse")
def refuse(act: Act, submission_ref: str, entry_ref: str) -> dict[str, str]:
    """The person does not go along: the entry under the successor ends at once, both are told.
    Raises NotFound, Conflict: `refusal_over`, `phone_new`."""
    found = Entry.get_or_none(Entry.ref == entry_ref, Entry.submission_ref == submission_ref)
    if found is None:
        raise NotFound("not_found")
    lock(Person, [found.person_id])
    registering.check_guard(found.person_id)
    lock(Vehicle, [found.vehicle_id])
    row = Entry.get_by_id(found.id)
    if not may_refuse(row, act.now):
        raise Conflict("refusal_over")
    removals.end(act, [row], "requested")
    unit = queries.by_id(row.unit_id)
    tell_unit(
        act,
        "entry-removed",
        unit,
        subject=row.ref,
        params={"number": row.number, "unit": unit.name, "cause": "requested"},
    )
    return {}

"""Driver slots of own-use cars: reading them, and making them what the rules say (design 7, rules 1 to 3).

Steps; callers hold the locks of the vehicles, so nobody else moves a slot of the same car meanwhile. Every statement
serves any number of cars. The order matters: the database refuses a second driver in force without an owner in force
at every moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from webapp.database import among, plainly
from webapp.domain.audit.acts import Act
from webapp.domain.passlist import confirmations, ending, holds, households, telling
from webapp.domain.passlist.models import OWNER, SECOND, DriverSlot, Entry, JointOwner
from webapp.domain.passlist.rules import OWNER_MISSING_DAYS, Car, Seat, settled
from webapp.domain.passlist.states import IN_FORCE
from webapp.row_sets import insert_rows

Cars = Mapping[int, Car]


def read(vehicle_ids: Iterable[int]) -> dict[int, Car]:
    """The slots of these vehicles; a vehicle without any is an empty car."""
    wanted = sorted(set(vehicle_ids))
    seats: dict[tuple[int, str], Seat] = {}
    joint = set(JointOwner.select(JointOwner.vehicle, JointOwner.person).where(_of(wanted)).tuples())
    columns = (DriverSlot.vehicle, DriverSlot.slot, DriverSlot.person, DriverSlot.in_force, DriverSlot.id)
    taken = plainly(DriverSlot.select(*columns).where(DriverSlot.vehicle << among(wanted)))
    for vehicle, slot, person, in_force, slot_id in taken:
        seats[vehicle, slot] = Seat(person, bool(in_force), slot_id, slot == SECOND and (vehicle, person) in joint)
    return {vehicle: Car(seats.get((vehicle, OWNER)), seats.get((vehicle, SECOND))) for vehicle in wanted}


def _of(vehicle_ids: Iterable[int]) -> Any:
    return JointOwner.vehicle << among(vehicle_ids)


def settle(act: Act, vehicle_ids: Iterable[int]) -> None:
    """After entries ended: slots without an entry go, and a second driver whose owner is gone is held."""
    before = read(vehicle_ids)
    alive = {
        slot
        for (slot,) in Entry.select(Entry.slot)
        .where(Entry.vehicle << among(before), Entry.state << IN_FORCE, Entry.slot.is_null(False))
        .distinct()
        .tuples()
    }
    after = {
        vehicle: settled(car, owner_alive=_id(car.owner) in alive, second_alive=_id(car.second) in alive)
        for vehicle, car in before.items()
    }
    make(act, before, after)
    households.settle(act, before)


def make(act: Act, before: Cars, after: Cars) -> None:
    """Turn the slots `before` into `after`, with what follows for the entries that stand on them."""
    pairs = [(before[vehicle], after[vehicle]) for vehicle in after if before[vehicle] != after[vehicle]]
    _end_seconds(act, pairs)
    _hold_seconds(act, pairs)
    _stand_up(act, pairs)
    _end_owners(pairs)
    _seat_owners(before, after)
    _seat_seconds(act, before, after)
    _name_joint(act, before, after)


def _end_seconds(act: Act, pairs: list[tuple[Car, Car]]) -> None:
    """Second drivers who lose their slot (a new owner, or nothing left of them)."""
    gone = [old.second.slot_id for old, new in pairs if old.second and old.second.slot_id not in _ids_of(new)]
    if not gone:
        return
    left = Entry.select(Entry.id).where(Entry.slot << among(_known(gone)), Entry.state << IN_FORCE).tuples()
    ended = ending.end(act, [found for (found,) in left], "basis_ended")
    telling.tell_units(act, "entry-removed", ended, cause="basis_ended")
    DriverSlot.delete().where(DriverSlot.id << among(_known(gone))).execute()


def _hold_seconds(act: Act, pairs: list[tuple[Car, Car]]) -> None:
    waiting = [
        new.second.slot_id
        for old, new in pairs
        if old.second and new.second and old.second.in_force and not new.second.in_force
    ]
    if not waiting:
        return
    DriverSlot.update(in_force=False).where(DriverSlot.id << among(_known(waiting))).execute()
    until = act.now + timedelta(days=OWNER_MISSING_DAYS)
    holds.hold(act, entries_on(waiting, household=False), "owner_missing", until)


def _stand_up(act: Act, pairs: list[tuple[Car, Car]]) -> None:
    """Joint owners whose owner ended: they take his place in this act, and are told."""
    risen = [new.owner.slot_id for old, new in pairs if new.owner and old.second and _took_over(old.second, new.owner)]
    if risen:
        DriverSlot.update(in_force=False).where(DriverSlot.id << among(_known(risen))).execute()
        telling.tell_people(act, "owner-now", entries_on(risen))


def _took_over(second: Seat, owner: Seat) -> bool:
    return second.joint and second.slot_id == owner.slot_id


def _name_joint(act: Act, before: Cars, after: Cars) -> None:
    """Keep who is an owner beside the owner as long as he drives second, and no longer."""
    gone = [car for car, new in after.items() if before[car].second and _who(before[car].second) != _who(new.second)]
    if gone:
        JointOwner.delete().where(JointOwner.vehicle << among(gone)).execute()
    named = [(car, new.second) for car, new in after.items() if new.second and new.second.joint]
    if not named:
        return
    known = set(JointOwner.select(JointOwner.vehicle, JointOwner.person).where(_of(car for car, _ in named)).tuples())
    rows = [{"vehicle": car, "person": seat.person_id, "act_id": act.id} for car, seat in named]
    insert_rows(JointOwner, [row for row in rows if (row["vehicle"], row["person"]) not in known])


def _who(seat: Seat | None) -> int | None:
    return seat.person_id if seat else None


def _end_owners(pairs: list[tuple[Car, Car]]) -> None:
    absent = [new.owner.slot_id for old, new in pairs if old.owner and new.owner and not new.owner.in_force]
    if absent:
        DriverSlot.update(in_force=False).where(DriverSlot.id << among(_known(absent))).execute()
    gone = [old.owner.slot_id for old, new in pairs if old.owner and old.owner.slot_id not in _ids_of(new)]
    if gone:
        DriverSlot.delete().where(DriverSlot.id << among(_known(gone))).execute()


def _seat_owners(before: Cars, after: Cars) -> None:
    """Owners who come back, second drivers who become owners, and new owners."""
    seated = [
        new.owner.slot_id
        for vehicle, new in after.items()
        if new.owner and new.owner.slot_id and new.owner.in_force and new.owner != before[vehicle].owner
    ]
    if seated:
        DriverSlot.update(slot=OWNER, in_force=True).where(DriverSlot.id << among(_known(seated))).execute()
    insert_rows(
        DriverSlot,
        [_row(vehicle, OWNER, new.owner) for vehicle, new in after.items() if new.owner and new.owner.slot_id is None],
    )


def _seat_seconds(act: Act, before: Cars, after: Cars) -> None:
    """Second drivers who come back with their owner, or became the owner, are released; new ones sit down."""
    back = [
        new.second.slot_id
        for vehicle, new in after.items()
        if new.second and new.second.slot_id and new.second.in_force and new.second != before[vehicle].second
    ]
    promoted = [
        new.owner.slot_id
        for vehicle, new in after.items()
        if new.owner and new.owner.slot_id and new.owner.slot_id == _id(before[vehicle].second)
    ]
    if back:
        DriverSlot.update(in_force=True).where(DriverSlot.id << among(_known(back))).execute()
    if promoted:
        confirmations.renew(act, entries_on(promoted))
    if back or promoted:
        holds.release(act, entries_on([*back, *promoted], household=False), "owner_missing")
    insert_rows(
        DriverSlot,
        [
            _row(vehicle, SECOND, new.second)
            for vehicle, new in after.items()
            if new.second and new.second.slot_id is None
        ],
    )


def entries_on(slot_ids: Iterable[int | None], *, household: bool = True) -> list[int]:
    """Entries in force that stand on these slots, in any unit; without `household` not those that stand on the owner's
    entry as well (passlist.households)."""
    rows = Entry.select(Entry.id).where(Entry.slot << among(_known(slot_ids)), Entry.state << IN_FORCE)
    if not household:
        rows = rows.where(~Entry.household)
    return [found for (found,) in rows.tuples()]


def _known(slot_ids: Iterable[int | None]) -> list[int]:
    return [slot for slot in slot_ids if slot is not None]


def _row(vehicle_id: int, slot: str, seat: Seat) -> dict[str, object]:
    return {"vehicle": vehicle_id, "slot": slot, "person": seat.person_id, "in_force": seat.in_force}


def _ids_of(car: Car) -> set[int | None]:
    return {_id(car.owner), _id(car.second)} - {None}


def _id(seat: Seat | None) -> int | None:
    return seat.slot_id if seat else None

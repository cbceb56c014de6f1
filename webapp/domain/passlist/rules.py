"""Pure rules of the list: who may sit where in an own-use car, and which causes a unit may give."""

from __future__ import annotations

from dataclasses import dataclass, replace

from webapp.domain.passlist.models import OWNER

#: Causes a unit may give when it removes its people. `requested` only answers a request that is open.
UNIT_CAUSES = ("left_unit", "vehicle_retired", "not_confirmed", "requested", "deceased", "entered_in_error")

#: How long a second driver waits for the same owner to be listed again (design 7, rule 3), in days.
OWNER_MISSING_DAYS = 30
#: How long a unit has to act on a request to be removed, in working days (design 6).
REQUEST_WORKING_DAYS = 3


@dataclass(frozen=True)
class Seat:
    """One driver slot of an own-use car. `slot_id` is None until the database has it."""

    person_id: int
    in_force: bool = True
    slot_id: int | None = None


@dataclass(frozen=True)
class Car:
    """The driver slots of one own-use car, counted over all units."""

    owner: Seat | None = None
    second: Seat | None = None


def take_seat(car: Car, person_id: int, slot: str) -> tuple[Car, str | None]:
    """The car after this person sits down as `slot`, or the same car and why not (design 7, rules 1 to 3).

    An owner listed again brings the waiting second driver back; a new owner ends him, unless he is that owner.
    """
    return _as_owner(car, person_id) if slot == OWNER else _as_second(car, person_id)


def _as_owner(car: Car, person_id: int) -> tuple[Car, str | None]:
    if car.owner is not None and car.owner.person_id == person_id:
        second = car.second and replace(car.second, in_force=True)
        return Car(replace(car.owner, in_force=True), second), None
    if car.owner is not None and car.owner.in_force:
        return car, "slot_taken"
    if car.second is not None and car.second.person_id == person_id:
        return Car(replace(car.second, in_force=True), None), None
    return Car(Seat(person_id), None), None


def _as_second(car: Car, person_id: int) -> tuple[Car, str | None]:
    if car.owner is None:
        return car, "owner_not_listed"
    if car.owner.person_id == person_id:
        return car, "is_owner"
    if not car.owner.in_force:
        return car, "owner_not_listed"
    if car.second is not None and car.second.person_id != person_id:
        return car, "third_driver"
    return Car(car.owner, car.second or Seat(person_id)), None


def settled(car: Car, *, owner_alive: bool, second_alive: bool) -> Car:
    """The car after entries ended: a slot lives as long as an entry of its person does; the owner's row stays, not in
    force, while a held second driver depends on it."""
    second = car.second if second_alive else None
    if car.owner is None or owner_alive:
        return Car(car.owner, second)
    if second is None:
        return Car()
    return Car(replace(car.owner, in_force=False), replace(second, in_force=False))

"""Pure rules of the list: who may sit where in an own-use car, and which causes a unit may give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from webapp.domain.passlist.models import OWNER

#: Causes a unit may give when it removes its people. `requested` only answers a request that is open.
UNIT_CAUSES = ("left_unit", "vehicle_retired", "not_confirmed", "requested", "deceased", "entered_in_error")

#: How long a second driver waits for the same owner to be listed again (design 7, rule 3), in days.
OWNER_MISSING_DAYS = 30
#: How long an entry is held after licence, document or permit ended before it is removed, in days: as long as a
#: mainland licence may be renewed ahead of its end.
EXPIRED_DAYS = 90
#: How long a unit has to act on a request to be removed, in working days (design 6).
REQUEST_WORKING_DAYS = 3


class Seat(NamedTuple):
    """One driver slot of an own-use car. `slot_id` is None until the database has it. `joint`: a second driver who is
    an owner himself."""

    person_id: int
    in_force: bool = True
    slot_id: int | None = None
    joint: bool = False


class Car(NamedTuple):
    """The driver slots of one own-use car, counted over all units."""

    owner: Seat | None = None
    second: Seat | None = None


def take_seat(
    car: Car, person_id: int, slot: str, *, yes_of: Mapping[int, bool] | None = None, owner_coming: bool = False
) -> tuple[Car, str | None]:
    """The car after this person sits down as `slot`, or the same car and why not (design 7, rules 1 to 3).

    A second driver whom an owner named an owner as well sits as the owner of a car that has none; not while somebody's
    filing as its owner is on its way (`owner_coming`).
    An owner listed again brings the waiting second driver back; a new owner ends him, unless he is that owner.
    `yes_of`: the people who said yes to this second driver as owners, and whether they named him an owner as well;
    only the yes of the owner in force counts.
    """
    return _as_owner(car, person_id) if slot == OWNER else _as_second(car, person_id, yes_of or {}, owner_coming)


def _as_owner(car: Car, person_id: int) -> tuple[Car, str | None]:
    if car.owner is not None and car.owner.person_id == person_id:
        second = car.second and car.second._replace(in_force=True)
        return Car(car.owner._replace(in_force=True), second), None
    if car.owner is not None and car.owner.in_force:
        return car, "slot_taken"
    if car.second is not None and car.second.person_id == person_id:
        return Car(car.second._replace(in_force=True, joint=False), None), None
    return Car(Seat(person_id), None), None


def _as_second(car: Car, person_id: int, yes_of: Mapping[int, bool], owner_coming: bool) -> tuple[Car, str | None]:
    if car.owner is None and not owner_coming and any(yes_of.values()):
        # The owner who left named him an owner beside himself: he waits for nobody (as in `settled`).
        return Car(Seat(person_id), None), None
    if car.owner is None:
        return car, "owner_not_listed"
    if car.owner.person_id == person_id:
        return car, "is_owner"
    if not car.owner.in_force:
        return car, "owner_not_listed"
    joint = yes_of.get(car.owner.person_id)
    if car.second is not None:
        if car.second.person_id != person_id:
            return car, "third_driver"
        return Car(car.owner, car.second._replace(joint=car.second.joint or bool(joint))), None
    if joint is None:
        return car, "waiting_owner"
    return Car(car.owner, Seat(person_id, joint=joint)), None


def settled(car: Car, *, owner_alive: bool, second_alive: bool) -> Car:
    """The car after entries ended: a slot lives as long as an entry of its person does; the owner's row stays, not in
    force, while a held second driver depends on it. A joint owner waits for nobody: he is the owner now (design 4)."""
    second = car.second if second_alive else None
    if car.owner is None or owner_alive:
        return Car(car.owner, second)
    if second is None:
        return Car()
    if second.joint:
        return Car(second._replace(in_force=True, joint=False), None)
    return Car(car.owner._replace(in_force=False), second._replace(in_force=False))

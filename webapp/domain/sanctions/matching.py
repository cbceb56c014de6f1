"""Whom a sanction means: by document, plate or registration number, or by a human's word about a near match.

Never by a name alone. Every function takes `which`, a condition on Sanction, and answers for any number of sanctions
by a fixed number of statements.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webapp import crypto
from webapp.database import among
from webapp.domain.registry import tokens
from webapp.domain.registry.models import TOKENS, PersonDocument, PersonToken, Plate
from webapp.domain.sanctions import particulars
from webapp.domain.sanctions.models import (
    CONFIRMED,
    DOCUMENT,
    MATCH,
    PLATE_NUMBER,
    REGISTRATION,
    Sanction,
    SanctionNear,
    SanctionSubject,
)
from webapp.domain.units.models import OPEN_STATES, Unit
from webapp.row_sets import insert_rows

#: One gate for whoever confirms a sanction (alone) and whoever files or lists by what sanctions there are.
GATE = 7_205_011
#: So many people who share a token are opened at a time.
SLICE = 500


def persons(which: Any) -> Any:
    """A query of (sanction_id, person_id): whose documents they name, and near matches that a human confirmed."""
    named = (
        SanctionSubject.select(SanctionSubject.sanction.alias("sanction_id"), PersonDocument.person.alias("person_id"))
        .join(Sanction, on=(SanctionSubject.sanction == Sanction.id))
        .join(PersonDocument, on=(PersonDocument.key_index == SanctionSubject.key_index))
        .where(SanctionSubject.kind == DOCUMENT, which)
    )
    decided = (
        SanctionNear.select(SanctionNear.sanction.alias("sanction_id"), SanctionNear.person.alias("person_id"))
        .join(Sanction, on=(SanctionNear.sanction == Sanction.id))
        .where(SanctionNear.decision == MATCH, which)
    )
    return named.union(decided)


def vehicles(which: Any) -> Any:
    """A query of (sanction_id, vehicle_id): to which an active plate that they name leads. What somebody's filing alone
    says of a car makes nobody else's car the one that is meant (`declared`)."""
    rows = _plates(which, SanctionSubject.sanction.alias("sanction_id"), Plate.vehicle.alias("vehicle_id"))
    return rows.where(Plate.declared.is_null() | ~Plate.declared).distinct()


def declared(which: Any) -> Any:
    """A query of (sanction_id, vehicle_id, plate_index): the plates they name that a filing declared and nothing that
    was uploaded yet. Whoever says so himself is meant, and nobody else on the vehicle."""
    named = (SanctionSubject.sanction.alias("sanction_id"), Plate.vehicle.alias("vehicle_id"), Plate.plate_index)
    return _plates(which, *named).where(Plate.declared)


def _plates(which: Any, *columns: Any) -> Any:
    return (
        SanctionSubject.select(*columns)
        .join(Sanction, on=(SanctionSubject.sanction == Sanction.id))
        .join(Plate, on=(Plate.plate_index == SanctionSubject.key_index))
        .where(SanctionSubject.kind == PLATE_NUMBER, Plate.ended_at.is_null(), which)
    )


def units(which: Any) -> list[tuple[int, int]]:
    """(sanction, unit) of the units in motion or in force whose registration number they name."""
    named: dict[bytes, list[int]] = {}
    rows = (
        SanctionSubject.select(SanctionSubject.sanction, SanctionSubject.key_index)
        .join(Sanction, on=(SanctionSubject.sanction == Sanction.id))
        .where(SanctionSubject.kind == REGISTRATION, which)
    )
    for sanction, index in rows.tuples():
        named.setdefault(bytes(index), []).append(sanction)
    if not named:
        return []
    registered = Unit.select(Unit.id, Unit.registration_place, Unit.registration_number).where(
        Unit.state << OPEN_STATES
    )
    return sorted(
        (sanction, unit)
        for unit, place, number in registered.tuples()
        for sanction in named.get(particulars.registration_index(place, number), ())
    )


def barred(person_ids: Iterable[int] = (), vehicle_ids: Iterable[int] = ()) -> tuple[set[int], set[int]]:
    """Those of these people and of these vehicles that a confirmed sanction means."""
    who, cars = persons(Sanction.state == CONFIRMED).alias("who"), vehicles(Sanction.state == CONFIRMED).alias("cars")
    people_wanted, cars_wanted = list(person_ids), list(vehicle_ids)
    found_people = (
        {row for (row,) in _from(who, who.c.person_id).where(who.c.person_id << among(people_wanted)).tuples()}
        if people_wanted
        else set()
    )
    found_cars = (
        {row for (row,) in _from(cars, cars.c.vehicle_id).where(cars.c.vehicle_id << among(cars_wanted)).tuples()}
        if cars_wanted
        else set()
    )
    return found_people, found_cars


def against_person(person_id: int) -> Sanction | None:
    """The first confirmed sanction that means this person."""
    who = persons(Sanction.state == CONFIRMED).alias("who")
    query = Sanction.select().join(who, on=(Sanction.id == who.c.sanction_id)).where(who.c.person_id == person_id)
    return query.order_by(Sanction.id).first()


def bars_plates(plate_indexes: Iterable[bytes]) -> bool:
    """Whether a confirmed sanction names one of these plates, whatever vehicle they lead to."""
    return bool(barred_plates(plate_indexes))


def barred_plates(plate_indexes: Iterable[bytes]) -> set[bytes]:
    """Those of these plates that a confirmed sanction names, whatever vehicle they lead to."""
    return _named(PLATE_NUMBER, list(plate_indexes))


def bars_document(key_index: bytes) -> bool:
    """Whether a confirmed sanction names this document, whoever holds it."""
    return bool(_named(DOCUMENT, [key_index]))


def of_registration(place: str, number: str) -> list[Sanction]:
    """The confirmed sanctions that name a unit's registration number."""
    index = particulars.registration_index(place, number)
    rows = (
        Sanction.select()
        .join(SanctionSubject, on=(SanctionSubject.sanction == Sanction.id))
        .where(SanctionSubject.kind == REGISTRATION, SanctionSubject.key_index == index, Sanction.state == CONFIRMED)
    )
    return list(rows.order_by(Sanction.id))


def barred_declared(vehicle_ids: Iterable[int]) -> set[bytes]:
    """Those plates that nothing but filings say of these vehicles and a confirmed sanction names."""
    said = declared(Sanction.state == CONFIRMED).where(Plate.vehicle << among(vehicle_ids))
    return {bytes(index) for _sanction, _vehicle, index in said.tuples()}


def _named(kind: str, indexes: list[bytes]) -> set[bytes]:
    if not indexes:
        return set()
    rows = (
        SanctionSubject.select(SanctionSubject.key_index)
        .join(Sanction, on=(SanctionSubject.sanction == Sanction.id))
        .where(SanctionSubject.kind == kind, SanctionSubject.key_index << indexes, Sanction.state == CONFIRMED)
        .distinct()
    )
    return {bytes(index) for (index,) in rows.tuples()}


def _from(source: Any, column: Any) -> Any:
    return Sanction.select(column).join(source, on=(Sanction.id == source.c.sanction_id))


def find_near(which: Any, person_id: int | None = None) -> int:
    """Step: keep who is like whom these sanctions name and is not named himself, for a human to decide; everybody, or
    one person. Returns how many were found. Tokens are shared by chance, so each is opened and compared."""
    candidates = (
        SanctionSubject.select(SanctionSubject.sanction, PersonToken.person)
        .join(Sanction, on=(SanctionSubject.sanction == Sanction.id))
        .join(
            PersonToken,
            on=((PersonToken.kind == SanctionSubject.kind) & (PersonToken.token == SanctionSubject.key_index)),
        )
        .where(SanctionSubject.kind << TOKENS, which)
        .distinct()
    )
    if person_id is not None:
        like = {sanction for sanction, _ in candidates.where(PersonToken.person == person_id).tuples()}
        if not like:
            return 0
        which = Sanction.id << among(like)
        candidates = candidates.where(PersonToken.person == person_id, which)
    named = set(_plain(persons(which)))
    known = set(
        SanctionNear.select(SanctionNear.sanction, SanctionNear.person)
        .join(Sanction, on=(SanctionNear.sanction == Sanction.id))
        .where(which)
        .tuples()
    )
    pairs = sorted(set(candidates.tuples()) - named - known)
    return sum(_keep_like(pairs[start : start + SLICE]) for start in range(0, len(pairs), SLICE))


def _plain(union: Any) -> Iterable[tuple[int, int]]:
    who = union.alias("who")
    return Sanction.select(who.c.sanction_id, who.c.person_id).join(who, on=(Sanction.id == who.c.sanction_id)).tuples()


def _keep_like(pairs: list[tuple[int, int]]) -> int:
    declared = tokens.declared_by({person for _, person in pairs})
    named = {
        number: crypto.unseal(sealed, "sanction", "details", ref)
        for number, ref, sealed in Sanction.select(Sanction.id, Sanction.ref, Sanction.details)
        .where(Sanction.id << among({sanction for sanction, _ in pairs}))
        .tuples()
    }
    rows = []
    for sanction, person in pairs:
        why = particulars.like(named[sanction], declared[person]) if person in declared else []
        if why:
            rows.append({"ref": crypto.new_ref(), "sanction": sanction, "person": person, "why": why})
    insert_rows(SanctionNear, rows)
    return len(rows)

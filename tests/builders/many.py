"""Thousands of people of one unit, cloned from one that really filed and was listed: for figures and large acts only.

Cloned people have a person, a car, a slot and an entry, or a filing in motion, each of their own; what they declared
and pledged is the first one's.
"""

from __future__ import annotations

from typing import Any

from tests.builders.filings import filed
from tests.builders.units import BuiltUnit
from tests.builders.uploads import entry_of, uploaded, verified
from webapp import clock, crypto
from webapp.database import insert_rows, transaction
from webapp.domain.filings.models import Filing, Submission
from webapp.domain.passlist.models import OWNER, DriverSlot, Entry
from webapp.domain.registry.cards import open_card, seal_card
from webapp.domain.registry.models import Person, Vehicle


def fill(built: BuiltUnit, listed: int, filing: int = 0) -> None:
    """So many people on the unit's list, and so many with a filing in motion (each of the two at least one)."""
    first = filed(built, email="many@people.example")
    uploaded(built, verified(built, first))
    _listed(entry_of(first), first.submission, listed - 1)
    if filing:
        waits = filed(built, email="many@people.example")
        _filing(waits.filing, waits.submission, filing - 1)


def _people(number: int) -> tuple[list[int], list[int]]:
    """New persons and own cars, by id."""
    now = clock.now()
    refs = [crypto.new_ref() for _ in range(number)]
    insert_rows(Person, [{"ref": ref, "created_at": now} for ref in refs])
    insert_rows(Vehicle, [{"ref": ref, "vehicle_use": "own", "vin_index": None, "created_at": now} for ref in refs])
    return _newest(Person, number), _newest(Vehicle, number)


def _newest(model: Any, number: int) -> list[int]:
    rows = model.select(model.id).order_by(model.id.desc()).limit(number).tuples()
    return sorted(found for (found,) in rows)


def _copies(row: Any, times: int, /, **changes: list[Any]) -> list[dict[str, Any]]:
    known = {name: value for name, value in row.__data__.items() if name != "id"}
    return [known | {name: values[n] for name, values in changes.items()} for n in range(times)]


def _submissions(sent: Submission, persons: list[int]) -> list[Any]:
    refs = [crypto.new_ref() for _ in persons]
    numbers = [f"B-{ref[:10].upper()}" for ref in refs]
    insert_rows(Submission, _copies(sent, len(persons), ref=refs, number=numbers, person=persons))
    return list(Submission.select().order_by(Submission.id.desc()).limit(len(persons)))[::-1]


def _listed(entry: Entry, sent: Submission, number: int) -> None:
    with transaction():
        persons, cars = _people(number)
        submissions = _submissions(sent, persons)
        insert_rows(
            DriverSlot,
            [
                {"vehicle": car, "slot": OWNER, "person": person, "in_force": True}
                for person, car in zip(persons, cars, strict=True)
            ],
        )
        refs = [crypto.new_ref() for _ in persons]
        card = open_card(entry)
        insert_rows(
            Entry,
            _copies(
                entry,
                number,
                ref=refs,
                person=persons,
                vehicle=cars,
                slot=_newest(DriverSlot, number),
                submission_ref=[row.ref for row in submissions],
                number=[row.number for row in submissions],
                card=[seal_card(ref, "entry", card) for ref in refs],
            ),
        )


def _filing(row: Filing, sent: Submission, number: int) -> None:
    with transaction():
        persons, cars = _people(number)
        submissions = _submissions(sent, persons)
        refs = [crypto.new_ref() for _ in persons]
        card = open_card(row)
        insert_rows(
            Filing,
            _copies(
                row,
                number,
                ref=refs,
                person=persons,
                vehicle=cars,
                submission=[one.id for one in submissions],
                card=[seal_card(ref, "filing", card) for ref in refs],
            ),
        )

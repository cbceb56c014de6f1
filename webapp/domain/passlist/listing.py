"""Putting people on the list: the step an upload shares with whatever else lists (design 6, `list`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from peewee import fn

from webapp import crypto
from webapp.database import meanwhile, plainly
from webapp.domain.audit.acts import Act
from webapp.domain.passlist import expiries, holds, slots
from webapp.domain.passlist.models import LISTED, Entry, EntryStep
from webapp.domain.passlist.rules import Car
from webapp.domain.registry.cards import SealedCard
from webapp.domain.registry.models import OWN
from webapp.row_sets import insert_rows, parts


class Made(NamedTuple):
    """New entries as their rows, whose driver slots need not be there yet, and the last days of their answers, by id
    (passlist.expiries)."""

    rows: list[dict[str, Any]]
    days: Mapping[int, dict[str, date]]


class Listing(NamedTuple):
    """One person, one vehicle, one unit, as frozen answers declared it."""

    unit_id: int
    person_id: int
    vehicle_id: int
    vehicle_use: str
    size_class: str
    answers_id: int
    position: int
    pledge_id: int
    submission_ref: str
    number: str
    card: SealedCard
    household: bool = False


def entries(act: Act, listings: Iterable[Listing], answers: Iterable[tuple[Any, ...]], upload_ref: str) -> Made:
    """Make them out of frozen answers as they are kept (expiries.sealed). Asks the database nothing."""
    return Made([_row(act, listing, upload_ref) for listing in listings], expiries.of_answers(answers))


def add(act: Act, entries: Made) -> list[str]:
    """List these entries; their driver slots are there by now. Returns their refs. A fixed number of statements."""
    rows = entries.rows
    if not rows:
        return []
    seats = _seats(slots.read({row["vehicle"] for row in rows if row["vehicle_use"] == OWN}))
    with meanwhile():
        for part in parts(rows):
            for row in part:
                row["slot"] = seats[row["vehicle"], row["person"]] if row["vehicle_use"] == OWN else None
            insert_rows(Entry, part)
    # An act may list twice under the same: owners first, then second drivers. What is new has no history yet.
    known = EntryStep.select(EntryStep.id).where(EntryStep.entry == Entry.id)
    new = (
        Entry.select(Entry.id, Entry.unit, Entry.answers)
        .where(
            Entry.unit << sorted({row["unit"] for row in rows}),
            Entry.state == LISTED,
            Entry.listed_at == act.now,
            Entry.act_id == act.id,
            Entry.upload_ref == rows[0]["upload_ref"],
            ~fn.EXISTS(known),
        )
        .order_by(Entry.id)
    )
    made = list(plainly(new))
    with meanwhile():
        holds.step(act, [entry for entry, *_ in made], "listed", None)
        expiries.write(act, made, entries.days)
    return [row["ref"] for row in rows]


def add_again(act: Act, rows: Sequence[Entry], upload_ref: str, unit_id: int | None = None) -> list[str]:
    """List anew what these entries say, in their own unit or another. Returns the refs, in their order."""
    answers = expiries.sealed(row.answers_id for row in rows)
    return add(act, entries(act, (_as_before(row, unit_id) for row in rows), answers, upload_ref))


def _as_before(row: Entry, unit_id: int | None) -> Listing:
    return Listing(
        unit_id=unit_id or row.unit_id,
        person_id=row.person_id,
        vehicle_id=row.vehicle_id,
        vehicle_use=row.vehicle_use,
        size_class=row.size_class,
        answers_id=row.answers_id,
        position=row.position,
        pledge_id=row.pledge_id,
        submission_ref=row.submission_ref,
        number=row.number,
        card=SealedCard("entry", row.ref, row.card),
        household=row.household,
    )


def _seats(cars: dict[int, Car]) -> dict[tuple[int, int], int | None]:
    return {
        (vehicle, seat.person_id): seat.slot_id
        for vehicle, car in cars.items()
        for seat in (car.owner, car.second)
        if seat
    }


def _row(act: Act, listing: Listing, upload_ref: str) -> dict[str, Any]:
    ref = crypto.new_ref()
    return {
        "ref": ref,
        "unit": listing.unit_id,
        "person": listing.person_id,
        "vehicle": listing.vehicle_id,
        "slot": None,
        "vehicle_use": listing.vehicle_use,
        "size_class": listing.size_class,
        "answers": listing.answers_id,
        "position": listing.position,
        "pledge": listing.pledge_id,
        "submission_ref": listing.submission_ref,
        "number": listing.number,
        "upload_ref": upload_ref,
        "card": listing.card.resealed(ref, "entry"),
        "state": LISTED,
        "listed_at": act.now,
        "act_id": act.id,
        "version": 1,
        "household": listing.household,
    }

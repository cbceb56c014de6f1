"""What confirming sanctions would end, close and stop, as it is now: looked at before proposing and confirming."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from peewee import fn

from webapp.database import among
from webapp.domain.closings import sanctioning
from webapp.domain.filings.models import Filing
from webapp.domain.passlist.models import OWNER, SECOND, DriverSlot, Entry, JointOwner
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import tokens
from webapp.domain.registry.cards import Card, open_card
from webapp.domain.sanctions import matching, sanction_queries
from webapp.domain.sanctions.models import (
    CONFIRMED,
    OF_ENTRY,
    PROPOSED,
    Sanction,
    SanctionBatch,
    SanctionEffect,
    SanctionNear,
)
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit

PAGE = 30


@dataclass(frozen=True)
class Hit:
    """One entry or filing that would end, or that did."""

    ref: str
    state: str
    card: Card
    unit: Unit
    slot: str | None
    vehicle_use: str


@dataclass
class Meant:
    """What one sanction means."""

    sanction: Sanction
    details: dict[str, Any]
    entries: list[Hit] = field(default_factory=list)
    filings: list[Hit] = field(default_factory=list)
    held: list[Hit] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """Counts over all that was asked, and one page of the sanctions that mean something. `near`: people to be told
    apart; `like`: sanctions that mean nobody yet but one of these; `held`: entries of second drivers whose owner ends.
    `next` is the id after which the next page begins."""

    total: int
    exact: int
    near: int
    like: int
    entries: int
    filings: int
    vehicles: int
    held: int
    units: int
    rows: list[Meant]
    next: int | None

    @property
    def absent(self) -> int:
        """Sanctions of whom nobody is on the list now: only recorded, so that new filings are refused."""
        return self.total - self.exact - self.like


def of_batch(batch: SanctionBatch, *, after: int = 0) -> Preview:
    return _of(Sanction.batch == batch.id, after)


def of_one(sanction: Sanction) -> Preview:
    return _of(Sanction.id == sanction.id, 0)


def _of(which: Any, after: int) -> Preview:
    which = which & (Sanction.state << ("staged", "proposed"))
    found = sanctioning.hits(which)
    meaning = sorted({*found.entries.values(), *found.filings.values(), *found.units.values()})
    page = [number for number in meaning if number > after][: PAGE + 1]
    shown, more = page[:PAGE], page[PAGE:]
    unsure = sanction_queries.near(which, undecided=True)
    held = _held(found)
    cars = Entry.select(Entry.vehicle).where(Entry.id << among(found.entries)).distinct().count()
    return Preview(
        total=Sanction.select().where(which).count(),
        exact=len(meaning),
        near=len(unsure),
        like=len({row.sanction_id for row in unsure}.difference(meaning)),
        entries=len(found.entries),
        filings=len(found.filings),
        vehicles=cars,
        held=len(held),
        units=len(found.units),
        rows=_rows(shown, found, held),
        next=shown[-1] if more else None,
    )


def _rows(shown: list[int], found: sanctioning.Hits, held: dict[int, int]) -> list[Meant]:
    rows = {number: Meant(row, sanction_queries.details(row)) for number, row in sanction_queries.by_ids(shown).items()}
    wanted = set(rows)  # one of them may have been dropped by now
    entries = {row: number for row, number in found.entries.items() if number in wanted}
    for row, hit in _entry_hits(Entry.id << among(entries)):
        rows[entries[row]].entries.append(hit)
    filings = {row: number for row, number in found.filings.items() if number in wanted}
    for row, hit in _filing_hits(Filing.id << among(filings)):
        rows[filings[row]].filings.append(hit)
    waiting = {row: number for row, number in held.items() if number in wanted}
    for row, hit in _entry_hits(Entry.id << among(waiting)):
        rows[waiting[row]].held.append(hit)
    known = units.by_ids(found.units)
    for unit, number in found.units.items():
        if number in wanted:
            rows[number].units.append(known[unit])
    return [rows[number] for number in shown if number in rows]


def _held(found: sanctioning.Hits) -> dict[int, int]:
    """Entries of second drivers that would be held, for their owner ends everywhere; and the sanction that ends him. A
    joint owner is not held: he is the owner then."""
    owned, ends, stays = DriverSlot.alias("owned"), Entry.alias("ends"), Entry.alias("stays")
    ended = list(found.entries)
    another = stays.select(stays.id).where(
        stays.slot == owned.id, stays.state << IN_FORCE, stays.id.not_in(among(ended))
    )
    joint = JointOwner.select(JointOwner.id).where(
        JointOwner.vehicle == DriverSlot.vehicle, JointOwner.person == DriverSlot.person
    )
    rows = (
        Entry.select(Entry.id, ends.id)
        .join(DriverSlot, on=(Entry.slot == DriverSlot.id))
        .join(owned, on=((owned.vehicle == DriverSlot.vehicle) & (owned.slot == OWNER)))
        .join(ends, on=((ends.slot == owned.id) & (ends.id << among(ended))))
        .where(
            DriverSlot.slot == SECOND,
            Entry.state << IN_FORCE,
            Entry.id.not_in(among(ended)),
            ~fn.EXISTS(another),
            ~fn.EXISTS(joint),
        )
    )
    return {row: found.entries[owner] for row, owner in rows.tuples()}


def _entry_hits(chosen: Any) -> list[tuple[int, Hit]]:
    rows = list(Entry.select().where(chosen).order_by(Entry.id))
    known = units.by_ids({row.unit_id for row in rows})
    slots = dict(
        DriverSlot.select(DriverSlot.id, DriverSlot.slot)
        .where(DriverSlot.id << among(row.slot_id for row in rows if row.slot_id))
        .tuples()
    )
    return [
        (
            row.id,
            Hit(row.ref, row.state, open_card(row), known[row.unit_id], slots.get(row.slot_id), row.vehicle_use),
        )
        for row in rows
    ]


def _filing_hits(chosen: Any) -> list[tuple[int, Hit]]:
    rows = list(Filing.select().where(chosen).order_by(Filing.id))
    known = units.by_ids({row.unit_id for row in rows})
    return [
        (row.id, Hit(row.ref, row.state, open_card(row), known[row.unit_id], row.slot, row.vehicle_use)) for row in rows
    ]


def of_effects(effects: Iterable[SanctionEffect]) -> dict[str, Hit]:
    """The entries and filings that a confirmed sanction ended, by their refs, as they are now."""
    refs: dict[bool, list[str]] = {True: [], False: []}
    for one in effects:
        refs[one.kind == OF_ENTRY].append(one.object_ref)
    hits = _entry_hits(Entry.ref << refs[True]) + _filing_hits(Filing.ref << refs[False])
    return {hit.ref: hit for _row, hit in hits}


@dataclass(frozen=True)
class Like:
    """Somebody like whom a sanction names, beside what the sanction says of him."""

    near: SanctionNear
    sanction: Sanction
    details: dict[str, Any]
    declared: dict[str, Any]
    where: list[str]  # units he is listed with or has filed with
    barred: bool  # whether a confirmed sanction means him by now

    @property
    def late(self) -> bool:
        """Whether he came when it was proposed already, and nobody has decided."""
        return self.sanction.state in (PROPOSED, CONFIRMED) and self.near.decision is None and not self.barred


def likes(rows: Iterable[SanctionNear]) -> list[Like]:
    """Near matches with everything a human compares."""
    wanted = list(rows)
    sanctions = sanction_queries.by_ids({row.sanction_id for row in wanted})
    people = {row.person_id for row in wanted}
    barred, _cars = matching.barred(people)
    declared = tokens.declared_by(people)
    found: dict[int, set[str]] = {}
    for model in (Entry, Filing):
        standing = model.select(model.person, Unit.name).join(Unit, on=(model.unit == Unit.id))
        for person, name in standing.where(model.person << among(people)).distinct().tuples():
            found.setdefault(person, set()).add(name)
    return [
        Like(
            row,
            sanctions[row.sanction_id],
            sanction_queries.details(sanctions[row.sanction_id]),
            declared[row.person_id],
            sorted(found.get(row.person_id, ())),
            row.person_id in barred,
        )
        for row in wanted
        if row.person_id in declared
    ]

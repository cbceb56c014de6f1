"""Confirming sanctions: what they mean ends, closes and stops in the same transaction (design 6, "Sanction").

Whoever confirms is alone behind `matching.GATE`, so that nobody files or lists meanwhile by the sanctions there were
before. What slips through another way (a plate added later, a unit registered anew) the sweep finds. One sanction or
thousands: the number of statements does not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from webapp import actors
from webapp.database import among, lock, pass_gate
from webapp.domain.audit.acts import Act, action, record_rows
from webapp.domain.closings import ending, sanction_telling
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, FilingStep, Submission
from webapp.domain.passlist.models import REMOVED, DriverSlot, Entry, EntryStep
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import unsealed
from webapp.domain.sanctions import matching, proposing, sanction_queries, sanction_states
from webapp.domain.sanctions.models import (
    CONFIRMED,
    OF_ENTRY,
    OF_FILING,
    OF_UNIT,
    PROPOSED,
    Sanction,
    SanctionEffect,
)
from webapp.domain.sanctions.proposing import Which
from webapp.domain.units import bars
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_platform, tell_unit
from webapp.row_sets import insert_rows

CAUSE = "sanctioned"
#: Why its filing was closed, for whoever reads it: no more than that it cannot be accepted (design 3).
REASON = "filing:not_accepted"


@dataclass(frozen=True)
class Hits:
    """What some sanctions mean: the sanction (the first that does) of each entry, filing and unit, by row id."""

    entries: dict[int, int]
    filings: dict[int, int]
    units: dict[int, int]

    def __bool__(self) -> bool:
        return bool(self.entries or self.filings or self.units)


def hits(which: Any) -> Hits:
    """Everything in force or in motion that these sanctions mean. `which` is a condition on Sanction."""
    return Hits(
        _of(Entry, Entry.state != REMOVED, which),
        _of(Filing, Filing.state << OPEN_FILING_STATES, which),
        {unit: sanction for sanction, unit in reversed(matching.units(which))},
    )


def _of(model: Any, standing: Any, which: Any) -> dict[int, int]:
    who, cars = matching.persons(which).alias("who"), matching.vehicles(which).alias("cars")
    by_person = model.select(model.id, who.c.sanction_id).join(who, on=(model.person == who.c.person_id))
    by_vehicle = model.select(model.id, cars.c.sanction_id).join(cars, on=(model.vehicle == cars.c.vehicle_id))
    found: dict[int, int] = {}
    meant = [pair for query in (by_person, by_vehicle) for pair in query.where(standing).tuples()]
    for row, sanction in [*meant, *_naming(model, standing, which)]:
        found[row] = min(sanction, found.get(row, sanction))
    return found


def _naming(model: Any, standing: Any, which: Any) -> list[tuple[int, int]]:
    """(row, sanction) of those that name a plate themselves which nothing but filings say of their vehicle."""
    said = matching.declared(which).alias("said")
    rows = model.select(model.id, model.ref, model.card, said.c.sanction_id, said.c.plate_index).join(
        said, on=(model.vehicle == said.c.vehicle_id)
    )
    table = model._meta.table_name
    return [
        (row, sanction)
        for row, ref, card, sanction, index in rows.where(standing).tuples()
        if bytes(index) in registry.plate_indexes(unsealed(table, ref, card).plates)
    ]


@action("sanction:confirm")
def confirm(act: Act, which: Which) -> dict[str, int]:
    """Another officer agrees. Returns {"confirmed", "entries", "filings", "units"}: how many each.

    Raises Conflict("own_proposal") and what `proposing.held` raises.
    """
    pass_gate(matching.GATE, alone=True)
    account = proposing.officer(act)
    ids = proposing.held(which, sanction_states.CONFIRM, PROPOSED)
    proposing.of_others(ids, account)
    after = sanction_states.next_state(PROPOSED, sanction_states.CONFIRM)
    chosen = Sanction.id << among(ids)
    proposing.move(act, chosen, sanction_states.CONFIRM, after, confirmed_by=account, confirmed_at=act.now)
    record_rows(act, "sanction:confirmed", Sanction)
    return {"confirmed": len(ids)} | take_effect(act, chosen)


def sweep() -> int:
    """Timer: end what confirmed sanctions mean by now and did not when they were confirmed. Returns how much."""
    which = Sanction.state == CONFIRMED
    if not _untold(hits(which)):
        return 0
    done = _sweep(actors.system("sanctions-sweep"))
    return int(done["entries"]) + int(done["filings"]) + int(done["units"])


@action("sanctions:sweep")
def _sweep(act: Act) -> dict[str, int]:
    pass_gate(matching.GATE, alone=True)
    return take_effect(act, Sanction.state == CONFIRMED)


def _untold(found: Hits) -> bool:
    barred = {unit for unit in found.units if units.code_barred(unit)}
    return bool(found.entries or found.filings or set(found.units) - barred)


def take_effect(act: Act, which: Any) -> dict[str, int]:
    """Step: what these sanctions mean ends now, and everybody is owed the news."""
    found = hits(which)
    lock(Unit, found.units)
    effects = [*_entry_effects(found.entries), *_filing_effects(found.filings)]
    ending.end(act, entries=found.entries, filings=found.filings, cause=CAUSE, reason=REASON, news=None)
    stopped = _stop_codes(act, found.units)
    done = _really_done(act, effects) + stopped
    insert_rows(SanctionEffect, [effect | {"act_id": act.id} for effect in done])
    if done:
        sanction_telling.owe(act)
    kinds = [effect["kind"] for effect in done]
    return {"entries": kinds.count(OF_ENTRY), "filings": kinds.count(OF_FILING), "units": kinds.count(OF_UNIT)}


def stop_codes(act: Act) -> None:
    """Step: whatever unit a confirmed sanction means has no code, also where another sanction on it just ended."""
    found = {unit: sanction for sanction, unit in reversed(matching.units(Sanction.state == CONFIRMED))}
    lock(Unit, found)
    insert_rows(SanctionEffect, [effect | {"act_id": act.id} for effect in _stop_codes(act, found)])


def _entry_effects(found: dict[int, int]) -> list[dict[str, Any]]:
    """Read before they end: an entry that ended has lost its slot."""
    rows = (
        Entry.select(Entry.id, Entry.ref, Entry.unit, Entry.person, Entry.submission_ref, DriverSlot.slot)
        .left_outer_join(DriverSlot, on=(Entry.slot == DriverSlot.id))
        .where(Entry.id << among(found))
        .order_by(Entry.id)
    )
    names = ("object_ref", "unit", "person", "submission_ref", "slot")
    return [
        {"sanction": found[row], "kind": OF_ENTRY} | dict(zip(names, rest, strict=True)) for row, *rest in rows.tuples()
    ]


def _filing_effects(found: dict[int, int]) -> list[dict[str, Any]]:
    rows = (
        Filing.select(Filing.id, Filing.ref, Filing.unit, Filing.person, Submission.ref, Filing.slot)
        .join(Submission, on=(Filing.submission == Submission.id))
        .where(Filing.id << among(found))
        .order_by(Filing.id)
    )
    names = ("object_ref", "unit", "person", "submission_ref", "slot")
    return [
        {"sanction": found[row], "kind": OF_FILING} | dict(zip(names, rest, strict=True))
        for row, *rest in rows.tuples()
    ]


def _really_done(act: Act, effects: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the effects that this act brought about: what ended by another hand before the locks were held is no
    effect of ours."""
    ended = {
        ref
        for (ref,) in EntryStep.select(Entry.ref)
        .join(Entry, on=(EntryStep.entry == Entry.id))
        .where(EntryStep.act_id == act.id, EntryStep.change == "removed", EntryStep.reason == CAUSE)
        .tuples()
    }
    closed = {
        ref
        for (ref,) in FilingStep.select(Filing.ref)
        .join(Filing, on=(FilingStep.filing == Filing.id))
        .where(FilingStep.act_id == act.id, FilingStep.action == "close")
        .tuples()
    }
    done = {OF_ENTRY: ended, OF_FILING: closed}
    return [effect for effect in effects if effect["object_ref"] in done[effect["kind"]]]


def _stop_codes(act: Act, found: dict[int, int]) -> list[dict[str, Any]]:
    """A sanctioned unit has no code from now on; what becomes of its people is the platform's to decide."""
    sanctions = sanction_queries.by_ids(set(found.values()))
    stopped = []
    for unit in sorted(units.by_ids(found).values(), key=lambda one: one.id):
        sanction = sanctions[found[unit.id]]
        if not bars.put(act, unit, sanction.ref):
            continue
        stopped.append(
            {
                "sanction": found[unit.id],
                "kind": OF_UNIT,
                "object_ref": unit.ref,
                "unit": unit.id,
                "person": None,
                "submission_ref": None,
                "slot": None,
            }
        )
        told = {"unit": unit.name}
        said = sanction_telling.said_of(sanction)
        tell_unit(act, sanction_telling.UNIT_NAMED, unit, subject=sanction.ref, params=told, sealed=said)
        tell_platform(act, sanction_telling.UNIT_NAMED, subject=unit.ref, params=told)
    return stopped

"""Making anew the entries that a struck sanction had ended, where the list still has a place for them.

The same decision as an upload's (filings.uploading_rules) says where: slot, use, plates, register; and nothing else
may have happened to the person in that unit meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable

from webapp.database import among, lock
from webapp.domain.audit.acts import Act
from webapp.domain.filings import states, upload_facts
from webapp.domain.filings.uploading_rules import Candidate, decide
from webapp.domain.passlist import listing, record, slots
from webapp.domain.passlist.models import REMOVED, SECOND, Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Person, Vehicle
from webapp.domain.sanctions import matching
from webapp.domain.sanctions.models import SanctionEffect
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit

#: Removals after which a person is not put back into that unit.
FINAL = ("left_unit", "deceased", "unit_deregistered", "entered_in_error", "not_confirmed", "requested")
#: Why an entry could not be made anew, besides the reasons of an upload. Sentences: ui.sentences.sanctions.
KEPT_OUT = ("unit_closed", "left_meanwhile", "other_sanction")


def restore(act: Act, sanction_ref: str, effects: list[SanctionEffect]) -> dict[str, int]:
    """List again what these effects had ended; each says what became of it. Callers are alone behind the gate.
    Returns {"restored": n, "kept_out": n}."""
    entries = {row.ref: row for row in Entry.select().where(Entry.ref << [one.object_ref for one in effects])}
    lock(Unit, {row.unit_id for row in entries.values()})
    lock(Person, {row.person_id for row in entries.values()})
    lock(Vehicle, {row.vehicle_id for row in entries.values()})
    slots_before = {one.object_ref: one.slot for one in effects}
    out = _kept_out(entries.values())
    chosen: list[Entry] = []
    # Owners sit down before second drivers, in whatever units they are.
    for seconds in (False, True):
        for unit in units.by_ids({row.unit_id for row in entries.values()}).values():
            turn = [row for row in entries.values() if (slots_before[row.ref] == SECOND) is seconds]
            mine = [row for row in turn if row.unit_id == unit.id and row.ref not in out]
            covered, reasons = _decide(act, unit, mine, slots_before)
            chosen += covered
            out |= reasons
    made = _list(act, sanction_ref, chosen)
    for one in effects:
        SanctionEffect.update(
            restored_ref=made.get(one.object_ref), kept_out=None if one.object_ref in made else out[one.object_ref]
        ).where(SanctionEffect.id == one.id).execute()
    record.finish(act)
    return {"restored": len(made), "kept_out": len(effects) - len(made)}


def _kept_out(entries: Iterable[Entry]) -> dict[str, str]:
    """What stands in the way whatever the list has room for."""
    rows = list(entries)
    people, cars = matching.barred((row.person_id for row in rows), (row.vehicle_id for row in rows))
    open_units = {unit.id for unit in units.by_ids({row.unit_id for row in rows}).values() if unit.state == "certified"}
    left = {
        (person, unit): at
        for person, unit, at in Entry.select(Entry.person, Entry.unit, Entry.removed_at)
        .where(Entry.person << among(row.person_id for row in rows), Entry.cause << FINAL)
        .order_by(Entry.removed_at)
        .tuples()
    }
    standing = set(
        Entry.select(Entry.person, Entry.vehicle, Entry.unit)
        .where(Entry.person << among(row.person_id for row in rows), Entry.state != REMOVED)
        .tuples()
    )
    uses = dict(
        Vehicle.select(Vehicle.id, Vehicle.vehicle_use)
        .where(Vehicle.id << among(row.vehicle_id for row in rows))
        .tuples()
    )
    out: dict[str, str] = {}
    for row in rows:
        gone = left.get((row.person_id, row.unit_id))
        if row.unit_id not in open_units:
            out[row.ref] = "unit_closed"
        elif row.person_id in people or row.vehicle_id in cars:
            out[row.ref] = "other_sanction"
        elif gone is not None and gone >= row.removed_at:
            out[row.ref] = "left_meanwhile"
        elif (row.person_id, row.vehicle_id, row.unit_id) in standing:
            out[row.ref] = "already_listed"
        elif uses[row.vehicle_id] != row.vehicle_use:
            out[row.ref] = "other_use"
    return out


def _decide(
    act: Act, unit: Unit, entries: list[Entry], slots_before: dict[str, str | None]
) -> tuple[list[Entry], dict[str, str]]:
    """Those the list has a place for, and why it has none for the others; their driver slots are made."""
    by_id = {row.id: row for row in entries}
    candidates = [_candidate(row, slots_before[row.ref]) for row in entries]
    decision = decide(candidates, upload_facts.facts(unit, candidates))
    slots.make(act, slots.read(decision.cars), decision.cars)
    covered = [by_id[one.filing_id] for one in decision.covered]
    return covered, {by_id[number].ref: reason for number, reason in decision.reasons.items()}


def _candidate(entry: Entry, slot: str | None) -> Candidate:
    """The entry as if its filing were uploaded once more."""
    return Candidate(
        filing_id=entry.id,
        ref=entry.ref,
        state=states.VERIFIED,
        version=entry.version,
        chosen_version=entry.version,
        person_id=entry.person_id,
        vehicle_id=entry.vehicle_id,
        vehicle_use=entry.vehicle_use,
        slot=slot,
        waiting=False,
        disputed=False,
        changes=None,
        plates=frozenset(registry.plate_indexes(open_card(entry).plates)),
        filed=(0, entry.id),
    )


def _list(act: Act, sanction_ref: str, entries: list[Entry]) -> dict[str, str]:
    """New entries like the old ones. Returns the new ref of each by the old one."""
    added = listing.add(
        act,
        [
            listing.Listing(
                unit_id=row.unit_id,
                person_id=row.person_id,
                vehicle_id=row.vehicle_id,
                vehicle_use=row.vehicle_use,
                size_class=row.size_class,
                answers_id=row.answers_id,
                position=row.position,
                pledge_id=row.pledge_id,
                submission_ref=row.submission_ref,
                number=row.number,
                card=open_card(row),
            )
            for row in entries
        ],
        sanction_ref,
    )
    return {row.ref: ref for row, ref in zip(entries, added, strict=True)}

"""Making ended entries anew: after an upheld objection, or when a sanction should never have been (design 6).

An entry comes back only where the list has room for it today: slot, use, plates and register are judged by the very
rule that judges an upload (`uploading_rules`), and nothing else may have happened to the person in that unit meanwhile.
Steps; the caller holds units, persons and vehicles, and finishes the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from webapp.columns import to_micros
from webapp.database import among
from webapp.domain.audit.acts import Act
from webapp.domain.filings import upload_facts
from webapp.domain.filings.states import VERIFIED
from webapp.domain.filings.uploading_rules import Candidate, decide
from webapp.domain.passlist import households, listing, slots
from webapp.domain.passlist.models import OWNER, SECOND, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import OWN, Answers, Vehicle
from webapp.domain.sanctions import matching
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit

#: Removals after which a person is not put back into that unit.
FINAL = ("left_unit", "deceased", "unit_deregistered", "entered_in_error", "not_confirmed", "requested")
#: Why an entry does not come back, beside what an upload would say (uploading_rules.REASONS).
KEPT_OUT = ("unit_closed", "left_meanwhile", "other_sanction")

Slots = Mapping[str, str | None]


@dataclass
class Relisted:
    """Ref of the new entry, or why there is none, by the ref of the old one."""

    made: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def again(act: Act, entries: Iterable[Entry], *, roles: Slots | None = None, under: str = "") -> Relisted:
    """List these ended entries anew where that is possible. `roles`: the slot each had, by ref, where that is known;
    else it is the one that was declared. `under`: what the new ones stand under, else the upload of the old."""
    rows = list(entries)
    roles = _declared_roles(rows) if roles is None else roles
    done = Relisted(refused=_kept_out(rows))
    of = units.by_ids({row.unit_id for row in rows})
    # Owners sit down before second drivers, in whatever units they are; what one unit's people take, the next sees.
    for seconds in (False, True):
        for unit_id in sorted(of):
            turn = [row for row in rows if row.unit_id == unit_id and (roles[row.ref] == SECOND) is seconds]
            free = [row for row in turn if row.ref not in done.refused]
            if free:
                _of_unit(act, of[unit_id], free, roles, under, done)
    return done


def _kept_out(rows: list[Entry]) -> dict[str, str]:
    """What stands in the way whatever the list has room for."""
    people, cars = matching.barred((row.person_id for row in rows), (row.vehicle_id for row in rows))
    certified = {unit.id for unit in units.by_ids({row.unit_id for row in rows}).values() if unit.state == "certified"}
    persons = among({row.person_id for row in rows})
    left = {
        (person, unit): at
        for person, unit, at in Entry.select(Entry.person, Entry.unit, Entry.removed_at)
        .where(Entry.person << persons, Entry.cause << FINAL, Entry.id.not_in(among(row.id for row in rows)))
        .order_by(Entry.removed_at)
        .tuples()
    }
    standing = set(
        Entry.select(Entry.person, Entry.vehicle, Entry.unit)
        .where(Entry.person << persons, Entry.state << IN_FORCE)
        .tuples()
    )
    uses = dict(
        Vehicle.select(Vehicle.id, Vehicle.vehicle_use)
        .where(Vehicle.id << among({row.vehicle_id for row in rows}))
        .tuples()
    )
    out: dict[str, str] = {}
    for row in rows:
        gone = left.get((row.person_id, row.unit_id))
        if row.unit_id not in certified:
            out[row.ref] = "unit_closed"
        elif row.person_id in people or row.vehicle_id in cars:
            out[row.ref] = "other_sanction"
        elif gone is not None and gone > row.removed_at:
            out[row.ref] = "left_meanwhile"
        elif (row.person_id, row.vehicle_id, row.unit_id) in standing:
            out[row.ref] = "already_listed"
        elif uses[row.vehicle_id] != row.vehicle_use:
            out[row.ref] = "other_use"
    return out


def _of_unit(act: Act, unit: Unit, rows: list[Entry], roles: Slots, under: str, done: Relisted) -> None:
    candidates = [_candidate(row, roles[row.ref]) for row in rows]
    decision = decide(candidates, upload_facts.facts(unit, candidates))
    done.refused |= {one.ref: reason for one, reason in decision.fallen}
    slots.make(act, slots.read(decision.cars), decision.cars)
    back = [row for row in rows if row.ref not in done.refused]
    for upload_ref in sorted({under or row.upload_ref for row in back}):
        mine = [row for row in back if (under or row.upload_ref) == upload_ref]
        added = listing.add_again(act, mine, upload_ref)
        done.made |= {row.ref: ref for row, ref in zip(mine, added, strict=True)}
    households.settle(act, decision.cars)


def _declared_roles(rows: list[Entry]) -> dict[str, str | None]:
    """The role of an own-use driver is the one he declared."""
    answers = {row.id: row for row in Answers.select().where(Answers.id << among({row.answers_id for row in rows}))}
    found: dict[str, str | None] = {}
    for row in rows:
        declared = registry.open_answers(answers[row.answers_id])["vehicles"]
        vehicle = declared[min(row.position, len(declared)) - 1]
        found[row.ref] = (OWNER if vehicle["is_owner"] else SECOND) if row.vehicle_use == OWN else None
    return found


def _candidate(row: Entry, slot: str | None) -> Candidate:
    """The entry as if its filing were uploaded once more."""
    return Candidate(
        filing_id=row.id,
        ref=row.ref,
        state=VERIFIED,
        version=row.version,
        chosen_version=row.version,
        person_id=row.person_id,
        vehicle_id=row.vehicle_id,
        vehicle_use=row.vehicle_use,
        slot=slot,
        waiting=False,
        disputed=False,
        changes=None,
        plates=frozenset(registry.plate_indexes(open_card(row).plates)),
        filed=(to_micros(row.listed_at), row.id),
        household=row.household,
    )

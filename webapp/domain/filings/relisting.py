"""Making ended entries anew: after an upheld objection, or when a sanction should never have been (design 6).

An entry comes back only where the list has room for it today: slot, use, plates and unit are judged by the very rule
that judges an upload (`uploading_rules`). Steps; the caller holds units, persons and vehicles.
"""

from __future__ import annotations

from collections.abc import Iterable

from webapp.database import among, to_micros
from webapp.domain.audit.acts import Act
from webapp.domain.filings import upload_facts
from webapp.domain.filings.states import VERIFIED
from webapp.domain.filings.uploading_rules import Candidate, Decision, decide
from webapp.domain.passlist import listing, slots
from webapp.domain.passlist.models import OWNER, SECOND, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import OWN, Answers, Vehicle
from webapp.domain.sanctions import matching
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit

#: Why an entry does not come back, beside what an upload would say (uploading_rules.REASONS).
UNIT_CLOSED, ALREADY_LISTED, BARRED = "unit_closed", "already_listed", "other_sanction"


def again(act: Act, entries: Iterable[Entry]) -> dict[str, str]:
    """List these ended entries anew where that is possible; returns why not, by ref, of those that stay ended.

    Unit by unit, so that what one unit's people take is seen by the next.
    """
    by_unit: dict[int, list[Entry]] = {}
    for entry in entries:
        by_unit.setdefault(entry.unit_id, []).append(entry)
    refused: dict[str, str] = {}
    for unit_id in sorted(by_unit):
        unit = units.by_id(unit_id)
        if unit.state != "certified":
            refused |= {entry.ref: UNIT_CLOSED for entry in by_unit[unit_id]}
        else:
            refused |= _of_unit(act, unit, by_unit[unit_id])
    return refused


def _of_unit(act: Act, unit: Unit, ended: list[Entry]) -> dict[str, str]:
    places = _in_force_places(unit, ended)
    refused = {row.ref: ALREADY_LISTED for row in ended if (row.person_id, row.vehicle_id) in places}
    people, cars = matching.barred((row.person_id for row in ended), (row.vehicle_id for row in ended))
    refused |= {row.ref: BARRED for row in ended if row.person_id in people or row.vehicle_id in cars}
    back = [row for row in ended if row.ref not in refused]
    candidates = _candidates(back)
    decision = decide(candidates, upload_facts.facts(unit, candidates))
    by_id = {row.id: row for row in back}
    _change_list(act, [by_id[one.filing_id] for one in decision.covered], decision)
    return refused | {one.ref: reason for one, reason in decision.fallen}


def _in_force_places(unit: Unit, ended: list[Entry]) -> set[tuple[int, int]]:
    rows = Entry.select(Entry.person, Entry.vehicle).where(
        Entry.unit == unit.id,
        Entry.person << among({row.person_id for row in ended}),
        Entry.state << IN_FORCE,
    )
    return set(rows.tuples())


def _candidates(ended: list[Entry]) -> list[Candidate]:
    """Ended entries as an upload would see them; the role of an own-use driver is the one he declared."""
    answers = {row.id: row for row in Answers.select().where(Answers.id << among(row.answers_id for row in ended))}
    found = []
    for row in ended:
        declared = registry.open_answers(answers[row.answers_id])["vehicles"]
        position = min(row.position, len(declared))
        slot = (OWNER if declared[position - 1]["is_owner"] else SECOND) if row.vehicle_use == OWN else None
        found.append(
            Candidate(
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
            )
        )
    return found


def _change_list(act: Act, back: list[Entry], decision: Decision) -> None:
    for use in sorted(set(decision.uses.values())):
        turned = [vehicle for vehicle, wanted in decision.uses.items() if wanted == use]
        Vehicle.update(vehicle_use=use).where(Vehicle.id << among(turned)).execute()
    slots.make(act, slots.read(decision.cars), decision.cars)
    for upload_ref in sorted({row.upload_ref for row in back}):
        listing.add(act, [_listing(row) for row in back if row.upload_ref == upload_ref], upload_ref)


def _listing(row: Entry) -> listing.Listing:
    return listing.Listing(
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

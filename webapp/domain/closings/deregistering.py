"""A unit is deregistered: asked for by itself or not, proposed by one officer, confirmed by another (design 6, Unit).

The facts change in one transaction by statements whose number does not depend on the people: the code dies, memberships
end, open filings close, entries end or go on under a successor, register vehicles are freed or handed over. Each person
is told once by a job that resumes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from webapp.database import lock, pass_gate
from webapp.domain.accounts import links
from webapp.domain.audit.acts import Act, action, record_rows
from webapp.domain.audit.models import Act as ActRow
from webapp.domain.closings import ending, reach, succession
from webapp.domain.closings.telling import TELL_ENDED
from webapp.domain.filings.models import Upload
from webapp.domain.jobs import queries as jobs
from webapp.domain.sanctions import matching
from webapp.domain.units import codes, members, proposals, queries, rules, states, vehicles
from webapp.domain.units.deciding import move
from webapp.domain.units.models import CODE_REVOKED, DEREGISTER, Unit, UnitProposal
from webapp.domain.units.telling import tell_unit
from webapp.errors import Conflict, Invalid

CAUSE = "unit_deregistered"
REASON = "unit:deregistered"


@action("unit:ask-closing")
def ask(act: Act, unit_id: int, words: str) -> dict[str, str]:
    """The unit wishes to be deregistered; the platform does it. Raises Conflict `unit_state`, `proposal_waits`."""
    lock(Unit, [unit_id])
    unit = queries.by_id(unit_id)
    states.next_state(unit.state, states.DEREGISTER)
    reasons = ["unit:own_request"]
    row = proposals.begin(act, unit, DEREGISTER, proposals.ASK, reasons=reasons, words=words, by_unit=True)
    return {"proposal": row.ref}


@action("unit:propose-closing")
def propose(
    act: Act, unit_id: int, reasons: Sequence[str], words: str, successor_id: int | None = None
) -> dict[str, str]:
    """An officer proposes to deregister a unit, with its successor where there is one; what the unit asked for itself
    he takes up. Raises Invalid beside `reason`, `note`, `successor`, Conflict `unit_state`, `proposal_waits`."""
    chosen = [reason for reason in rules.DEREGISTER_REASONS if reason in set(reasons)]
    if not chosen and not words.strip():
        raise Invalid("reason_needed", field="reason")
    lock(Unit, [found for found in (unit_id, successor_id) if found is not None])
    unit = queries.by_id(unit_id)
    states.next_state(unit.state, states.DEREGISTER)
    if successor_id is not None:
        succession.check(unit, queries.by_id(successor_id))
    asked = [row for row in proposals.waiting(unit.id, DEREGISTER) if row.state == proposals.ASKED]
    if not asked:
        row = proposals.begin(
            act, unit, DEREGISTER, proposals.PROPOSE, reasons=chosen, words=words, successor=successor_id
        )
        return {"proposal": row.ref}
    row = asked[0]
    lock(UnitProposal, [row.id])
    said = {"note": proposals.sealed_words(row.ref, "note", words)} if words.strip() else {}
    proposals.move(
        act, row, proposals.PROPOSE, row.version, reasons=chosen or row.reasons, successor=successor_id, **said
    )
    return {"proposal": row.ref}


@action("unit:deregister")
def confirm(act: Act, proposal_ref: str, version: int) -> dict[str, object]:
    """A second officer confirms. Returns the unit's ref and the counts of what ended.

    Raises NotFound, NotAllowed `same_person`, Conflict `stale`, `proposal_over`, `unit_state`, Invalid `successor`.
    """
    pass_gate(matching.GATE)  # a successor's entries are new ones
    row, unit = proposals.held(proposal_ref)
    if row.kind != DEREGISTER:
        raise Conflict("proposal_over")
    proposals.move(act, row, proposals.CONFIRM, version)
    successor = queries.by_id(row.successor_id) if row.successor_id is not None else None
    if successor is not None:
        succession.check(unit, successor)
    reached = reach.of(unit, successor)
    move(act, unit, states.DEREGISTER, version=unit.version, reasons=row.reasons or [], note=proposals.note(row))
    _tell(act, unit, successor, row.reasons or [], reached)
    codes.stop(act, unit, CODE_REVOKED)
    links.revoke_of_unit(act, unit.id)
    members.end_all(act, unit)
    _abandon(act, unit.id)
    done = _end(act, unit, successor, row.ref)
    proposals.lapse(act, unit)
    return {"unit": unit.ref, "moved": reached.moved, **asdict(done)}


def result(row: UnitProposal) -> dict[str, int]:
    """What confirming it ended: entries, filings, people, held, moved."""
    done = ActRow.get_by_id(row.act_id).result or {}
    return {name: int(done.get(name, 0)) for name in ("entries", "moved", "filings", "people", "held")}


def told(row: UnitProposal) -> tuple[int, int]:
    """How many of the people were told of it, and how many are to be told; finished work is forgotten after a while."""
    people = result(row)["people"]
    job = jobs.latest(TELL_ENDED, str(row.act_id))
    return (people, people) if job is None else (job.progress, job.total)


def _end(act: Act, unit: Unit, successor: Unit | None, proposal_ref: str) -> ending.Ended:
    entries, filings = reach.ids(reach.entries(unit.id)), reach.ids(reach.filings(unit.id))
    ending.hold(entries, filings)
    news = ending.News("unit-closed")
    if successor is None:
        vehicles.free_all(act, unit.id)
    else:
        news = ending.News("unit-succeeded", {"successor": successor.name})
        succession.move(act, unit, successor, proposal_ref)
        if rules.has_unit_vehicles(successor.unit_class):
            vehicles.hand_all(act, unit.id, successor.id)
        else:
            vehicles.free_all(act, unit.id)
    return ending.end(act, entries=entries, filings=filings, cause=CAUSE, reason=REASON, news=news, unit_id=unit.id)


def _tell(act: Act, unit: Unit, successor: Unit | None, reasons: Sequence[str], reached: reach.Reach) -> None:
    """Its staff, while they still work for it; who takes over; and, of residents without a unit, committees."""
    params = {"unit": unit.name, "reasons": list(reasons), "people": reached.people}
    tell_unit(act, "unit-deregistered", unit, params=params)
    if successor is not None:
        moved = {"unit": unit.name, "moved": reached.moved, "vehicles": reached.vehicles}
        tell_unit(act, "unit-succeeds", successor, params=moved)
    elif unit.unit_class == "resident" and reached.people:
        for committee in queries.committees_with_code():
            tell_unit(act, "residents-unplaced", committee, params={"unit": unit.name, "people": reached.people})


def _abandon(act: Act, unit_id: int) -> None:
    """What was prepared and not signed is not signed any more."""
    Upload.update(state="abandoned", act_id=act.id).where(Upload.unit == unit_id, Upload.state == "prepared").execute()
    record_rows(act, "upload:abandoned", Upload, unit_id=unit_id)

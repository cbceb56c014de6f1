"""Deciding a case: an officer says who is right, on reasons in codes and words, and what follows happens in the same
act (design 6). What an upheld case does is its remedy (`case_remedies`, `case_vehicles`); where the list has no room
for it any more, the decision says why not. All sides are told.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp import crypto
from webapp.database import lock, pass_gate
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.closings import case_remedies, case_vehicles
from webapp.domain.filings import closing, disputing, objecting
from webapp.domain.filings.models import Filing
from webapp.domain.passlist import record as passlist_record
from webapp.domain.passlist.models import Entry
from webapp.domain.registry.models import Person, Vehicle
from webapp.domain.sanctions import (
    cases,
    cases_judging,
    cases_queries,
    cases_rules,
    cases_states,
    cases_telling,
    matching,
)
from webapp.domain.sanctions.cases_opening import step
from webapp.domain.sanctions.models import BY_DRAFT, IDENTITY, VEHICLE, Case
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Invalid

#: What happens when a case is upheld; each returns codes `done:…` or `not:…` of what followed.
REMEDIES: dict[str, Callable[[Act, Case], list[str]]] = {
    cases_rules.REOPEN: case_remedies.reopen,
    cases_rules.RELIST: case_remedies.relist,
    cases_rules.RELEASE: case_remedies.release,
    cases_rules.STRIKE: case_remedies.strike,
    cases_rules.UNASSIGN: case_remedies.unassign,
    cases_rules.VOID: case_remedies.void,
    cases_rules.END_WRONG: case_remedies.end_wrong,
    cases_rules.END_SOLD: case_remedies.end_sold,
    cases_rules.MERGE: case_vehicles.merge,
    cases_rules.SEPARATE: case_vehicles.separate,
    cases_rules.REMIND: case_remedies.remind,
}


@action("case:decide")
def decide(
    act: Act, case_ref: str, decision: str, reasons: list[str], remedy: str, words: str, version: int | None
) -> dict[str, Any]:
    """Decide. Returns {"case": ref, "state": …, "outcome": [code, …]}.

    Raises NotFound, NotAllowed("decided_it_yourself"), Invalid (everything that is missing), Conflict: `case_closed`,
    `stale`, `answer_awaited`, and what keeps vehicles from being merged or separated (`merge_surplus`,
    `merge_other_use`, `merge_two_units`, `separate_in_use`).
    """
    found = cases_queries.one(case_ref)
    cases_judging.check_officer(act, found)
    pass_gate(matching.GATE)  # what is upheld may make a filing or an entry anew
    _hold(found)
    case = cases.held(found)
    verb = decision if decision in cases_rules.REASONS else ""
    state = cases_states.next_state(case.state, verb or cases_rules.DISMISS)
    if version != case.version:
        raise Conflict("stale")
    chosen = cases_judging.check(case, decision, reasons, words, act.now)
    picked = _remedy(case, remedy) if decision == cases_rules.UPHOLD else None
    cases.change(
        act,
        case,
        state=state,
        decided_at=act.now,
        decided_account=act.actor.account_id,
        reasons=chosen,
        remedy=picked,
        words=crypto.seal(words.strip(), "case_file", "words", case.ref),
    )
    outcome = REMEDIES[picked](act, case) if picked else _dismissed(act, case)
    Case.update(outcome=outcome).where(Case.id == case.id).execute()
    passlist_record.finish(act)
    step(act, case, decision)
    record(act, f"case:{state}", case.ref, unit_id=case.unit_id, fields=["state", "reasons", "words"])
    if case.opened_by == BY_DRAFT:
        disputing.decided(case, act.now)
    cases_telling.ended(act, case, "case-decided", decision=state)
    return {"case": case.ref, "state": state, "outcome": outcome}


def _remedy(case: Case, wanted: str) -> str:
    possible = cases_rules.REMEDIES[case.topic]
    if len(possible) == 1:
        return possible[0]
    if wanted not in possible:
        raise Invalid("choose", field="remedy")
    return wanted


def _hold(case: Case) -> None:
    """Hold everything a decision may touch: unit, persons, vehicles, filings, ascending."""
    touched = case_remedies.contested(case)
    cars = {case.vehicle_id, case.other_vehicle_id, *touched.vehicles} - {None}
    lock(Unit, [case.unit_id] if case.unit_id else [])
    lock(Person, touched.people)
    lock(Vehicle, cars)
    lock(Filing, touched.filings)
    lock(Entry, touched.entries)


def _dismissed(act: Act, case: Case) -> list[str]:
    """Nothing changes, but that a filing which was only held for this goes on, or, torn between two vehicles, ends."""
    filing = Filing.get_or_none(Filing.ref == case.subject)
    if filing is None:
        return []
    if case.topic == VEHICLE:
        return ["done:closed"] if closing.close(act, [filing.id], "case:dismissed") else []
    if case.topic == IDENTITY and filing.disputed:
        objecting.undisputed(act, filing)
        return ["done:goes_on"]
    return []

"""Telling all sides of a case. Units and the platform at once; persons by a job, because what a person is told goes
with his submission, which this package does not know (filings.case_telling)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp import clock
from webapp.domain.audit.acts import Act
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import MESSAGES
from webapp.domain.sanctions.models import BY_UNIT, CLAIMANT, HOLDER, Case, CaseParty
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_platform, tell_unit

TELL_CASE = "tell-case"
BOTH = (CLAIMANT, HOLDER)


def opened(act: Act, case: Case) -> None:
    """The claimant has it in writing, the other side is asked to answer, unit and platform know."""
    until = _day(case.decide_until)
    _platform(act, case, "case-raised", until=until)
    _tell(act, case, "case-received", CLAIMANT, until=until)
    if case.answer_until is not None:
        _tell(act, case, "case-answer-wanted", HOLDER, until=_day(case.answer_until))
    _tell_its_unit(act, case, "case-raised", until=until)


def ended(act: Act, case: Case, kind: str, **params: Any) -> None:
    """It was decided or taken back: everybody learns it."""
    _platform(act, case, kind, **params)
    for side in BOTH:
        _tell(act, case, kind, side, **params)
    _tell_its_unit(act, case, kind, **params)


def overdue(act: Act, case: Case) -> None:
    """Nobody decided in time: the platform hears it, and the claimant is not left to wonder."""
    _platform(act, case, "case-overdue")
    _tell(act, case, "case-overdue", CLAIMANT)


def answered(act: Act, case: Case) -> None:
    _platform(act, case, "case-answered")


def _platform(act: Act, case: Case, kind: str, **params: Any) -> None:
    number = case.subject_number or case.number
    tell_platform(act, kind, subject=case.ref, params={"number": number, "case": case.number, **params})


def _tell(act: Act, case: Case, kind: str, side: str, **params: Any) -> None:
    persons = False
    for party in CaseParty.select().where(CaseParty.case == case.id, CaseParty.side == side).order_by(CaseParty.id):
        if party.kind == BY_UNIT:
            _tell_unit(act, case, kind, units.one(party.party_ref), party.number, **params)
        else:
            persons = True
    if persons:
        jobs.enqueue(
            act,
            TELL_CASE,
            case.ref,
            params={"kind": kind, "side": side, "act": act.id, "params": params},
            dedupe_key=f"tell-case:{act.id}:{case.ref}:{kind}:{side}",
            queue=MESSAGES,
        )


def _tell_unit(act: Act, case: Case, kind: str, unit: Unit, number: str, **params: Any) -> None:
    tell_unit(
        act, kind, unit, subject=case.ref, params={"number": number or case.number, "case": case.number, **params}
    )


def _tell_its_unit(act: Act, case: Case, kind: str, **params: Any) -> None:
    """The unit whose person it is about, where it stands on no side itself."""
    if case.unit_id is None:
        return
    unit = units.by_id(case.unit_id)
    party = CaseParty.select().where(
        CaseParty.case == case.id, CaseParty.kind == BY_UNIT, CaseParty.party_ref == unit.ref
    )
    if not party.exists():
        _tell_unit(act, case, kind, unit, case.subject_number, **params)


def _day(until: datetime) -> str:
    """The last day on which a term is still open."""
    return clock.last_date(until).isoformat()

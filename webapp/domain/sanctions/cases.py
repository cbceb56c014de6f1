"""What the sides of an open case do, and what the platform opens of it. Opening a case is `cases_opening`; what a
decision changes touches filings and stands above this package (closings.cases)."""

from __future__ import annotations

from typing import Any

from webapp import crypto
from webapp.actors import Actor
from webapp.database import lock
from webapp.domain.audit import readings, viewing
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.sanctions import cases_evidence, cases_queries, cases_states, cases_telling
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.cases_opening import step
from webapp.domain.sanctions.models import (
    BY_DRAFT,
    BY_SUBMISSION,
    BY_SYSTEM,
    CLAIMANT,
    HOLDER,
    VEHICLE,
    Case,
    CaseEvidence,
    CaseParty,
)
from webapp.errors import Conflict, Invalid, NotAllowed


@action("case:answer")
def answer(act: Act, kind: str, party_ref: str, case_ref: str, words: str, handed: Handed) -> dict[str, str]:
    """The other side answers, once; late as well, as long as nobody has decided. Raises NotFound, NotAllowed (the
    claimant), Invalid, Conflict: `case_closed`, `case_answered`."""
    case, party = held_as(kind, party_ref, case_ref)
    if party.side != HOLDER:
        raise NotAllowed("not_allowed")
    state = cases_states.next_state(case.state, "answer")
    if party.answered_at is not None:
        raise Conflict("case_answered")
    plain = cases_evidence.checked_words(words, needed=True)
    cases_evidence.check(handed)
    cases_evidence.write(act, case, party, plain)
    cases_evidence.keep(act, case, party, handed)
    change(act, case, state=state)
    step(act, case, "answer", party.side)
    record(act, "case:answered", case.ref, unit_id=case.unit_id)
    cases_telling.answered(act, case)
    return {"case": case.ref}


@action("case:add-evidence")
def add_evidence(act: Act, kind: str, party_ref: str, case_ref: str, handed: Handed) -> dict[str, object]:
    """Either side shows more. Raises NotFound, Invalid (nothing handed in, no consent, too many),
    Conflict("case_closed")."""
    case, party = held_as(kind, party_ref, case_ref)
    state = cases_states.next_state(case.state, "add_evidence")
    if not handed.files:
        raise Invalid("file_missing", field=cases_evidence.FILES)
    cases_evidence.check(handed, CaseEvidence.select().where(CaseEvidence.party == party.id).count())
    refs = cases_evidence.keep(act, case, party, handed)
    change(act, case, state=state)
    step(act, case, "add_evidence", party.side)
    return {"case": case.ref, "evidence": refs}


def opened(actor: Actor, case_ref: str) -> None:
    """Put on record that somebody of the platform opens a case with both its sides. Raises NotFound."""
    case = cases_queries.one(case_ref)
    sent = [party.party_ref for party in cases_queries.parties(case) if party.kind == BY_SUBMISSION]
    viewing.opened(actor, "case", case_ref, sent)


@action("case:read-evidence")
def read_evidence(act: Act, case_ref: str, evidence_ref: str) -> dict[str, int]:
    """Record that somebody of the platform opens a file; answers the stored file's id."""
    case = cases_queries.one(case_ref)
    evidence = cases_queries.evidence_one(case, evidence_ref)
    record(act, "case-evidence:read", evidence.ref, unit_id=case.unit_id)
    party = CaseParty.get_by_id(evidence.party_id)
    if party.kind == BY_SUBMISSION:
        readings.note(act, readings.EVIDENCE_READ, [party.party_ref], unit_id=case.unit_id)
    return {"file": evidence.file_id}


def held(case: Case) -> Case:
    """The case as it is once nobody else can change it. Callers hold units, persons and vehicles already."""
    lock(Case, [case.id])
    return Case.get_by_id(case.id)


def held_as(kind: str, party_ref: str, case_ref: str) -> tuple[Case, CaseParty]:
    """A case and one's side of it, held. Raises NotFound."""
    found, _party = cases_queries.one_of(kind, party_ref, case_ref)
    case = held(found)
    return case, cases_queries.one_of(kind, party_ref, case_ref)[1]


def change(act: Act, case: Case, **changes: object) -> None:
    """Step: write to a held case."""
    Case.update(act_id=act.id, version=Case.version + 1, **changes).where(Case.id == case.id).execute()


def take_back(act: Act, case: Case, side: str | None = CLAIMANT) -> None:
    """Step: the case is withdrawn; everybody learns it."""
    state = cases_states.next_state(case.state, "withdraw")
    change(act, case, state=state, decided_at=act.now)
    step(act, case, "withdraw", side)
    record(act, "case:withdrawn", case.ref, unit_id=case.unit_id)
    cases_telling.ended(act, case, "case-withdrawn")


def lapse(act: Act, subjects: Any) -> None:
    """Step: what the system found torn about these (refs, or a query of them) is whole again, or gone with its filing.
    Nobody need decide."""
    torn = Case.select().where(
        Case.state == cases_states.OPEN, Case.opened_by == BY_SYSTEM, Case.topic == VEHICLE, Case.subject << subjects
    )
    lock(Case, [case.id for case in torn])
    for case in torn.clone().order_by(Case.id):
        take_back(act, case, None)


def follow(act: Act, draft_ref: str, submission_ref: str, number: str) -> None:
    """Step: what was stopped as a draft was sent after all; its cases are read on the status page from now on."""
    mine = (CaseParty.kind == BY_DRAFT) & (CaseParty.party_ref == draft_ref)
    for party in CaseParty.select().where(mine):
        case = Case.get_by_id(party.case_id)
        words = cases_evidence.words_of(case, party)
        place = f"{case.ref}:{party.side}:{submission_ref}"
        CaseParty.update(
            kind=BY_SUBMISSION,
            party_ref=submission_ref,
            number=number,
            contact=None,
            words=crypto.seal(words, "case_party", "words", place) if words else None,
        ).where(CaseParty.id == party.id).execute()
        if case.opener_ref == draft_ref:
            Case.update(opened_by=BY_SUBMISSION, opener_ref=submission_ref).where(Case.id == case.id).execute()
        record(act, "case:followed", case.ref, unit_id=case.unit_id)

"""What a decision must rest on: reasons in codes and words, the other side heard, silence only beside evidence."""

from __future__ import annotations

from datetime import datetime

from webapp.domain.accounts import queries as accounts
from webapp.domain.accounts.models import ACTIVE
from webapp.domain.audit.acts import Act
from webapp.domain.sanctions import cases_rules
from webapp.domain.sanctions.models import CLAIMANT, HOLDER, Case, CaseEvidence, CaseParty
from webapp.errors import Conflict, Fault, Invalid, NotAllowed

OFFICER = "platform_officer"


def check_officer(act: Act, case: Case) -> None:
    """Whoever did what is objected to does not judge it where another officer can. Raises NotAllowed."""
    if not is_own(case, act.actor.account_id):
        return
    raise NotAllowed("decided_it_yourself")


def is_own(case: Case, account_id: int | None) -> bool:
    """Whether this officer did what is objected to, and there is another one to judge it."""
    if case.contested_account is None or case.contested_account != account_id:
        return False
    return any(
        OFFICER in roles and account.state == ACTIVE and account.id != account_id
        for account, roles in accounts.platform_staff()
    )


def is_silent(case: Case, now: datetime) -> bool:
    """Whether the other side was asked, its term is over, and nobody of it has answered."""
    if case.answer_until is None or now < case.answer_until:
        return False
    return not answered(case)


def answered(case: Case) -> bool:
    return (
        CaseParty.select()
        .where(CaseParty.case == case.id, CaseParty.side == HOLDER, CaseParty.answered_at.is_null(False))
        .exists()
    )


def claimant_has_evidence(case: Case) -> bool:
    return (
        CaseEvidence.select()
        .join(CaseParty, on=(CaseEvidence.party == CaseParty.id))
        .where(CaseEvidence.case == case.id, CaseParty.side == CLAIMANT)
        .exists()
    )


def check(case: Case, decision: str, reasons: list[str], words: str, now: datetime) -> list[str]:
    """The coded reasons of a decision, in the order of the table.

    Raises Invalid with everything that is missing: a decision, a reason, words; silence without evidence.
    Raises Conflict("answer_awaited") where it would go against a side whose term to answer still runs.
    """
    faults = []
    silent = is_silent(case, now)
    chosen = [code for code in cases_rules.REASONS.get(decision, ()) if code in set(reasons)]
    if decision not in cases_rules.REASONS:
        faults.append(Fault("decision", "missing"))
    elif not chosen:
        faults.append(Fault("reason", "case_reason_needed"))
    if cases_rules.SILENT in chosen and not (silent and claimant_has_evidence(case)):
        faults.append(Fault("reason", "silence_needs_evidence"))
    if not words.strip():
        faults.append(Fault("words", "missing"))
    if len(words) > cases_rules.WORDS_LONGEST:
        faults.append(Fault("words", "too_long", {"maximum": cases_rules.WORDS_LONGEST}))
    if faults:
        raise Invalid(faults=faults)
    awaited = case.answer_until is not None and now < case.answer_until and not answered(case)
    if decision == cases_rules.UPHOLD and awaited:
        raise Conflict("answer_awaited")
    return chosen

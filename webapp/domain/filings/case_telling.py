"""Persons of a case are told: on the status page and as their submission is told anything; and whoever was stopped as
a draft at the phone or mailbox he proved."""

from __future__ import annotations

from typing import Any

from webapp.domain.filings import drafts
from webapp.domain.filings.models import Submission
from webapp.domain.filings.telling import addresses
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import ADDRESS, EMAIL, SMS, SUBMISSION
from webapp.domain.sanctions import cases_evidence, cases_queries
from webapp.domain.sanctions.models import BY_DRAFT, BY_SUBMISSION, Case, CaseParty


def tell(case_ref: str, owed: dict[str, Any]) -> None:
    """Queue what one side's persons are owed of one act (shape: sanctions.cases_telling). Inside a transaction; a
    repeat queues nothing twice."""
    case = cases_queries.one(case_ref)
    for party in cases_queries.parties(case):
        if party.side != owed["side"]:
            continue
        if party.kind == BY_SUBMISSION:
            _submission(case, party, owed)
        elif party.kind == BY_DRAFT:
            _draft(case, party, owed)


def _submission(case: Case, party: CaseParty, owed: dict[str, Any]) -> None:
    submission = Submission.get(Submission.ref == party.party_ref)
    notice = _queue(case, party, owed, SUBMISSION, submission.ref)
    if notice is not None:
        for channel, address in addresses(owed["kind"], [submission]).get(submission.id, ()):
            notices.deliver(None, notice, channel, address, submission.language)


def _draft(case: Case, party: CaseParty, owed: dict[str, Any]) -> None:
    contact = cases_evidence.contact_of(case, party)
    notice = _queue(case, party, owed, ADDRESS, party.party_ref)
    if notice is None:
        return
    channel, address = (EMAIL, contact["email"]) if contact["email"] else (SMS, contact["phone"])
    secret = {"token": drafts.resume_token(party.party_ref)}
    notices.deliver(None, notice, channel, address, contact["language"], params=secret)


def _queue(case: Case, party: CaseParty, owed: dict[str, Any], audience: str, ref: str) -> Any:
    return notices.queue(
        None,
        owed["kind"],
        audience,
        ref,
        subject=case.ref,
        params={"number": party.number, "case": case.number, **owed["params"]},
        dedupe_key=f"{owed['kind']}:{owed['act']}:{case.ref}:{audience}:{ref}",
    )

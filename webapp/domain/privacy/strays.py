"""What is kept of people who are no row of the registry: sheets printed for drafts that were never sent, what a stopped
draft said in a case, letters to the request desk from outside, sanctions of nobody here.

No erasure reaches them, so each goes by its own term: a sheet with its draft, the rest as long after it is over as
people are kept (retention).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from webapp import actors, crypto
from webapp.database import among
from webapp.domain.audit.acts import Act, action, record_refs
from webapp.domain.files import actions as files
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.filings import helping
from webapp.domain.filings.models import CounterHelp, CounterSheet, Draft
from webapp.domain.privacy import retention, rights_words, sanctions_over
from webapp.domain.privacy.models import RightsRequest
from webapp.domain.privacy.shells import emptied
from webapp.domain.registry.models import PersonDocument, Plate
from webapp.domain.sanctions import cases_states, proposing
from webapp.domain.sanctions.models import (
    BY_SUBMISSION,
    STAGED,
    Case,
    CaseEvidence,
    CaseParty,
    Sanction,
    SanctionNear,
    SanctionStep,
    SanctionSubject,
)

SLICE = 500


def sheets(now: datetime) -> int:
    """Timer: sheets whose draft is gone and was never sent. Their codes still answer. Returns how many."""
    rows = (
        CounterSheet.select(CounterSheet.id)
        .join(CounterHelp, on=(CounterSheet.help == CounterHelp.id))
        .join(IssuedDocument, on=(IssuedDocument.subject == CounterSheet.ref))
        .where(
            CounterHelp.submission.is_null(),
            CounterHelp.draft_ref.not_in(Draft.select(Draft.ref)),
            IssuedDocument.erased_at.is_null(),
        )
    )
    return _each("sheets", rows, _empty_sheets)


def matters(now: datetime) -> int:
    """Timer: what has been over for the term. Returns how many."""
    before = now - timedelta(days=retention.person_days())
    return (
        _each("cases", _cases(before), _empty_cases)
        + _each("requests", _requests(before), _empty_requests)
        + _each("sanctions", _sanctions(before), _empty_sanctions)
        + _each("staged", Sanction.select(Sanction.id).where(_staged(before)), proposing.forget)
    )


def _each(kind: str, rows: Any, empty: Any) -> int:
    done = 0
    while ids := [found for (found,) in rows.limit(SLICE).distinct().tuples()]:
        ended = _empty(actors.system("retention"), kind, ids, empty)
        files.erase(ended["files"])
        done += len(ids)
    return done


@action("stray:by-retention")
def _empty(act: Act, kind: str, ids: list[int], empty: Any) -> dict[str, Any]:
    return {"kind": kind, "count": len(ids), "files": empty(act, ids) or []}


# Sheets -----------------------------------------------------------------------------------------------------------


def _empty_sheets(act: Act, ids: list[int]) -> list[str]:
    rows = list(CounterSheet.select().where(CounterSheet.id << among(ids)))
    for row in rows:
        nothing = crypto.seal(emptied(helping.sheet_content(row)), "counter_sheet", "content", row.ref)
        CounterSheet.update(content=nothing).where(CounterSheet.id == row.id).execute()
    refs = [row.ref for row in rows]
    papers = IssuedDocument.subject << refs
    kept = [file for (file,) in IssuedDocument.select(IssuedDocument.file).where(papers).tuples() if file]
    IssuedDocument.update(file=None, erased_at=act.now).where(papers).execute()
    record_refs(act, "sheet:emptied", refs)
    return _drop(kept)


# Cases ------------------------------------------------------------------------------------------------------------


def _cases(before: datetime) -> Any:
    """Over so long, and somebody who is no submission, a unit or a stopped draft, still has words in them."""
    theirs = CaseParty.select(CaseParty.case).where(
        CaseParty.kind != BY_SUBMISSION, CaseParty.words.is_null(False) | CaseParty.contact.is_null(False)
    )
    return Case.select(Case.id).where(Case.state != cases_states.OPEN, Case.decided_at < before, Case.id << theirs)


def _empty_cases(act: Act, ids: list[int]) -> list[str]:
    """Their words and evidence; the officer's too, where no person of the registry is a side."""
    parties = CaseParty.select(CaseParty.id).where(CaseParty.case << among(ids), CaseParty.kind != BY_SUBMISSION)
    sides = [party for (party,) in parties.tuples()]
    evidence = CaseEvidence.party << among(sides)
    kept = [file for (file,) in CaseEvidence.select(CaseEvidence.file).where(evidence).tuples()]
    CaseEvidence.delete().where(evidence).execute()
    CaseParty.update(words=None, contact=None).where(CaseParty.id << among(sides)).execute()
    persons = CaseParty.select(CaseParty.case).where(CaseParty.case << among(ids), CaseParty.kind == BY_SUBMISSION)
    Case.update(words=None).where(Case.id << among(ids), Case.id.not_in(persons)).execute()
    refs = [ref for (ref,) in Case.select(Case.ref).where(Case.id << among(ids)).tuples()]
    record_refs(act, "case:emptied", refs)
    return _drop(kept)


# Requests ---------------------------------------------------------------------------------------------------------


def _requests(before: datetime) -> Any:
    """Answered so long ago, of nobody here, and not empty yet."""
    return RightsRequest.select(RightsRequest.id).where(
        RightsRequest.person.is_null(), RightsRequest.decided_at < before, fn.LENGTH(RightsRequest.asked) > _NO_WORDS
    )


#: Bytes of what an emptied request holds sealed.
_NO_WORDS = 2 + 12 + 16 + len(crypto.encoded(dict.fromkeys(("words", "asked_by", "contact", "relation"), "")))


def _empty_requests(act: Act, ids: list[int]) -> list[str]:
    rows = list(RightsRequest.select().where(RightsRequest.id << among(ids)))
    for row in rows:
        answer = rights_words.seal_answer(row.ref, "") if row.answer else None
        RightsRequest.update(asked=rights_words.seal_asked(row.ref, ""), answer=answer, paper=None).where(
            RightsRequest.id == row.id
        ).execute()
    record_refs(act, "request:emptied", [row.ref for row in rows])
    return _drop([row.paper_id for row in rows if row.paper_id])


# Sanctions --------------------------------------------------------------------------------------------------------


def _sanctions(before: datetime) -> Any:
    """Over so long, naming nobody and no car of the registry, and no case about them is open."""
    subject = SanctionSubject
    here = subject.select(subject.sanction).where(
        (subject.key_index << PersonDocument.select(PersonDocument.key_index))
        | (subject.key_index << Plate.select(Plate.plate_index))
    )
    lately = SanctionStep.select(SanctionStep.sanction).where(SanctionStep.at >= before)
    contested = Case.select(Case.subject).where(Case.state == cases_states.OPEN)
    return Sanction.select(Sanction.id).where(
        Sanction.state << sanctions_over.OVER,
        Sanction.id << subject.select(subject.sanction),
        Sanction.id.not_in(here),
        Sanction.id.not_in(SanctionNear.select(SanctionNear.sanction)),
        Sanction.id.not_in(lately),
        Sanction.ref.not_in(contested),
    )


def _empty_sanctions(act: Act, ids: list[int]) -> None:
    """Officers' notes on their steps too; their keyed identity stays, so that the same decision is not entered again
    unnoticed."""
    rows = list(Sanction.select().where(Sanction.id << among(ids)))
    sanctions_over.empty(rows)
    sanctions_over.empty_notes(rows)
    record_refs(act, "sanction:emptied", [row.ref for row in rows])


def _staged(before: datetime) -> Any:
    return (Sanction.state == STAGED) & (Sanction.staged_at < before)


def _drop(ids: list[int]) -> list[str]:
    rows = list(StoredFile.select().where(StoredFile.id << among(ids)))
    StoredFile.delete().where(StoredFile.id << among(ids)).execute()
    return [row.ref for row in rows]

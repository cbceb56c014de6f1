"""Reading cases, scope first: the platform's list by the oldest deadline, a side's own, a unit's about its people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import crypto
from webapp.columns import from_micros, to_micros
from webapp.database import among
from webapp.domain.files.models import StoredFile
from webapp.domain.sanctions.cases_states import OPEN
from webapp.domain.sanctions.models import (
    BY_DRAFT,
    BY_SUBMISSION,
    BY_UNIT,
    DISPUTE,
    HOLDER,
    OBJECTION,
    Case,
    CaseEvidence,
    CaseParty,
    CaseStep,
)
from webapp.errors import NotFound

PAGE = 30
SHOWN_OPEN, SHOWN_OVERDUE, SHOWN_CLOSED = "open", "overdue", "closed"


@dataclass(frozen=True)
class Place:
    """Where a page begins: the row before it, as `<micros>-<id>` in addresses."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{to_micros(self.at)}-{self.id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place an address names, or None where it names none."""
        micros, _, number = text.partition("-")
        if not (micros.isascii() and micros.isdigit() and number.isascii() and number.isdigit()):
            return None
        return None if len(micros) > 17 or len(number) > 18 else cls(from_micros(int(micros)), int(number))


@dataclass(frozen=True)
class Page:
    rows: list[Case]
    next: Place | None


def listed(shown: str, kind: str = "", *, after: Place | None = None) -> Page:
    """The platform's list: what is open by its deadline, oldest (so overdue) first; what is closed newest first."""
    query = _shown(shown, kind)
    if shown == SHOWN_CLOSED:
        if after is not None:
            query = query.where((Case.decided_at < after.at) | ((Case.decided_at == after.at) & (Case.id < after.id)))
        query = query.order_by(Case.decided_at.desc(), Case.id.desc())
    else:
        if after is not None:
            later = (Case.decide_until == after.at) & (Case.id > after.id)
            query = query.where((Case.decide_until > after.at) | later)
        query = query.order_by(Case.decide_until, Case.id)
    rows = list(query.limit(PAGE + 1))
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    at = None if last is None else last.decided_at if shown == SHOWN_CLOSED else last.decide_until
    return Page(rows[:PAGE], Place(at, last.id) if last is not None and at is not None else None)


def _shown(shown: str, kind: str):  # type: ignore[no-untyped-def]
    query = Case.select().where(Case.state != OPEN if shown == SHOWN_CLOSED else Case.state == OPEN)
    if shown == SHOWN_OVERDUE:
        query = query.where(Case.overdue_at.is_null(False))
    return query.where(Case.kind == kind) if kind in (OBJECTION, DISPUTE) else query


def counts(kind: str = "") -> dict[str, int]:
    """How many cases each part of the platform's list holds."""
    return {shown: _shown(shown, kind).count() for shown in (SHOWN_OPEN, SHOWN_OVERDUE, SHOWN_CLOSED)}


def waiting() -> Any:
    """The cases that wait for the platform, to be counted."""
    return Case.select().where(Case.state == OPEN)


def one(ref: str) -> Case:
    """A case, for the platform. Raises NotFound."""
    case = Case.get_or_none(Case.ref == ref)
    if case is None:
        raise NotFound("not_found")
    return case


def of_party(kind: str, party_ref: str) -> list[tuple[Case, CaseParty]]:
    """The cases somebody stands in, newest first."""
    mine = CaseParty.select().where(CaseParty.kind == kind, CaseParty.party_ref == party_ref)
    parties = {party.case_id: party for party in mine}
    rows = Case.select().where(Case.id << among(parties)).order_by(Case.id.desc())
    return [(case, parties[case.id]) for case in rows]


def one_of(kind: str, party_ref: str, case_ref: str) -> tuple[Case, CaseParty]:
    """A case somebody stands in, with his side of it. Raises NotFound."""
    case = one(case_ref)
    party = CaseParty.get_or_none(CaseParty.case == case.id, CaseParty.kind == kind, CaseParty.party_ref == party_ref)
    if party is None:
        raise NotFound("not_found")
    return case, party


def of_submission(ref: str) -> list[tuple[Case, CaseParty]]:
    return of_party(BY_SUBMISSION, ref)


def of_draft(ref: str) -> list[tuple[Case, CaseParty]]:
    return of_party(BY_DRAFT, ref)


def one_of_submission(ref: str, case_ref: str) -> tuple[Case, CaseParty]:
    """Raises NotFound."""
    return one_of(BY_SUBMISSION, ref, case_ref)


def one_of_draft(ref: str, case_ref: str) -> tuple[Case, CaseParty]:
    """Raises NotFound."""
    return one_of(BY_DRAFT, ref, case_ref)


def of_unit(unit_id: int, unit_ref: str, *, before: int | None = None) -> list[tuple[Case, CaseParty | None]]:
    """Cases about a unit's people or acts, newest first, with its own side where it stands on one."""
    mine = CaseParty.select(CaseParty.case).where(CaseParty.kind == BY_UNIT, CaseParty.party_ref == unit_ref)
    query = Case.select().where((Case.unit == unit_id) | (Case.id << mine))
    rows = list((query.where(Case.id < before) if before is not None else query).order_by(Case.id.desc()).limit(PAGE))
    parties = CaseParty.select().where(
        CaseParty.case << among(row.id for row in rows), CaseParty.kind == BY_UNIT, CaseParty.party_ref == unit_ref
    )
    by_case = {party.case_id: party for party in parties}
    return [(row, by_case.get(row.id)) for row in rows]


def one_of_unit(unit_id: int, unit_ref: str, case_ref: str) -> tuple[Case, CaseParty | None]:
    """Raises NotFound."""
    case = one(case_ref)
    party = CaseParty.get_or_none(CaseParty.case == case.id, CaseParty.kind == BY_UNIT, CaseParty.party_ref == unit_ref)
    if party is None and case.unit_id != unit_id:
        raise NotFound("not_found")
    return case, party


def waiting_for_unit(unit_ref: str) -> Any:
    """The open cases that ask this unit for an answer that it has not given, to be counted."""
    return (
        CaseParty.select()
        .join(Case, on=(CaseParty.case == Case.id))
        .where(
            CaseParty.kind == BY_UNIT,
            CaseParty.party_ref == unit_ref,
            CaseParty.side == HOLDER,
            CaseParty.answered_at.is_null(),
            Case.state == OPEN,
        )
    )


def open_about(subject: str, *, opener_ref: str | None = None) -> list[Case]:
    """Open cases about this filing, entry, vehicle or unit; of one opener where he is named ("": the system's)."""
    query = Case.select().where(Case.subject == subject, Case.state == OPEN)
    return list((query if opener_ref is None else query.where(Case.opener_ref == opener_ref)).order_by(Case.id))


def about(subjects: Iterable[str], opener_ref: str) -> list[Case]:
    """Every case this opener raised about these, oldest first."""
    return list(Case.select().where(Case.subject << list(subjects), Case.opener_ref == opener_ref).order_by(Case.id))


def parties(case: Case) -> list[CaseParty]:
    return list(CaseParty.select().where(CaseParty.case == case.id).order_by(CaseParty.id))


def evidence(case: Case) -> list[tuple[CaseEvidence, StoredFile]]:
    """What was handed in, oldest first, with the file of each."""
    rows = list(CaseEvidence.select().where(CaseEvidence.case == case.id).order_by(CaseEvidence.id))
    files = {file.id: file for file in StoredFile.select().where(StoredFile.id << among(row.file_id for row in rows))}
    return [(row, files[row.file_id]) for row in rows]


def evidence_one(case: Case, ref: str) -> CaseEvidence:
    """Raises NotFound."""
    row = CaseEvidence.get_or_none(CaseEvidence.case == case.id, CaseEvidence.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def file_of(evidence_: CaseEvidence) -> StoredFile:
    return StoredFile.get_by_id(evidence_.file_id)


def steps(case: Case) -> list[CaseStep]:
    """The timeline, oldest first."""
    return list(CaseStep.select().where(CaseStep.case == case.id).order_by(CaseStep.id))


def decision_words(case: Case) -> str:
    """What the officer wrote to both sides."""
    return crypto.unseal(case.words, "case_file", "words", case.ref) if case.words else ""

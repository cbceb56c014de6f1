"""Whom an incident touches, by one query: those of a unit, those whom an account read, those behind numbers, everybody.

Whoever sent something before the incident ended had data here while it went on; whom an account read is what the
record says of the time between.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from webapp.database import among
from webapp.domain.accounts.models import Account
from webapp.domain.audit import readings
from webapp.domain.audit.models import Act as ActRow
from webapp.domain.audit.models import AuditLine
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.filings.models import Filing, Submission
from webapp.domain.filings.searching import receipt
from webapp.domain.passlist.models import Entry
from webapp.domain.pledges.models import Pledge
from webapp.domain.privacy.models import ACCOUNT, EVERYBODY, NOTED, PROPOSED, UNIT, Incident, IncidentSubmission
from webapp.domain.sanctions.models import BY_SUBMISSION, CaseEvidence, CaseParty
from webapp.domain.units.models import Unit
from webapp.errors import Fault
from webapp.values.normalising import compact


def faults(scope: str, refs: Sequence[str], most: int) -> list[Fault]:
    """Whether what was named is known."""
    named = list(dict.fromkeys(refs))
    if not named or len(named) > most:
        return [Fault("refs", "missing" if not named else "incident_refs", {"most": most} if named else {})]
    if scope == UNIT:
        known = Unit.select().where(Unit.ref << named).count()
    elif scope == ACCOUNT:
        known = Account.select().where(Account.ref << named).count()
    else:
        unknown = [one for one in named if not _submissions_behind([one])]
        return [Fault("refs", "incident_unknown", {"numbers": "、".join(unknown[:5])})] if unknown else []
    return [] if known == len(named) else [Fault("refs", "choose")]


def affected(scope: str, refs: Sequence[str], began: datetime, ended: datetime) -> Any:
    """A query of (ref, person) of every submission whose person it touches."""
    query = Submission.select(Submission.ref, Submission.person)
    if scope == EVERYBODY:
        return query.where(Submission.filed_at < ended)
    if scope == UNIT:
        units = Unit.select(Unit.id).where(Unit.ref << list(refs))
        listed_there = Entry.select(Entry.submission_ref).where(Entry.unit << units, Entry.listed_at < ended)
        filed_there = Filing.select(Filing.submission).where(Filing.unit << units, Filing.submitted_at < ended)
        return query.where((Submission.id << filed_there) | (Submission.ref << listed_there))
    if scope == ACCOUNT:
        accounts = Account.select(Account.id).where(Account.ref << list(refs))
        acts = ActRow.select(ActRow.id).where(ActRow.account_id << accounts)
        read = AuditLine.select(AuditLine.object_ref).where(
            AuditLine.tag << readings.TAGS, AuditLine.at >= began, AuditLine.at < ended, AuditLine.act << acts
        )
        return query.where(Submission.ref << read)
    return query.where(Submission.id << among(_submissions_behind(refs)))


def _submissions_behind(refs: Sequence[str]) -> list[int]:
    """Ids of the submissions that these mean: numbers of receipts, refs of submissions, filings, entries, pledges and
    files, codes of documents."""
    texts = {one.strip() for one in refs}
    numbers = [number for one in texts if (number := receipt(compact(one)))]
    subjects = IssuedDocument.select(IssuedDocument.subject).where(
        (IssuedDocument.code << [compact(one) for one in texts])
        | (IssuedDocument.file << StoredFile.select(StoredFile.id).where(StoredFile.ref << texts))
    )
    named = texts | {subject for (subject,) in subjects.tuples()}
    files = StoredFile.select(StoredFile.id).where(StoredFile.ref << texts)
    signed = Pledge.select(Pledge.subject).where((Pledge.ref << named) | (Pledge.drawing << files))
    handed = (
        CaseEvidence.select(CaseParty.party_ref)
        .join(CaseParty, on=(CaseEvidence.party == CaseParty.id))
        .where(CaseEvidence.file << files, CaseParty.kind == BY_SUBMISSION)
    )
    rows = Submission.select(Submission.id).where(
        (Submission.ref << named)
        | (Submission.number << numbers)
        | (Submission.number << signed)
        | (Submission.ref << handed)
        | (Submission.id << Filing.select(Filing.submission).where(Filing.ref << named))
        | (Submission.ref << Entry.select(Entry.submission_ref).where(Entry.ref << named))
    )
    return [row for (row,) in rows.order_by(Submission.id).tuples()]


def listed(row: Incident) -> list[tuple[str, int, str]]:
    """(ref, person, number) of everything it touches: as frozen when it was released, or as it would be now."""
    if row.state in (NOTED, PROPOSED):
        query = affected(row.scope, row.scope_refs, row.began_at, row.ended_at)
        return list(query.select(Submission.ref, Submission.person, Submission.number).tuples())
    frozen = (
        IncidentSubmission.select(Submission.ref, Submission.person, Submission.number)
        .join(Submission, on=(Submission.ref == IncidentSubmission.submission_ref))
        .where(IncidentSubmission.incident == row.id)
    )
    return list(frozen.tuples())


def next_ids(row: Incident, after: int, limit: int) -> list[int]:
    """Ids of the next submissions that were frozen with it, beyond `after`."""
    frozen = (
        Submission.select(Submission.id)
        .join(IncidentSubmission, on=(IncidentSubmission.submission_ref == Submission.ref))
        .where(IncidentSubmission.incident == row.id, Submission.id > after)
        .order_by(Submission.id)
        .limit(limit)
    )
    return [found for (found,) in frozen.tuples()]

"""What the public check says of a document: whether it is ours, and whether what it confirms still stands.

Whoever holds the paper or a picture of it may ask. Nothing here says more about a person than that there is such a
paper: no name, no document, no plate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from webapp.documents.seal_checking import UNALTERED, check
from webapp.domain.files import documents
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import helping, upload_lists
from webapp.domain.filings.models import OPEN_FILING_STATES, CounterSheet, Filing, Submission
from webapp.domain.filings.states import UPLOADED
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.models import LISTED, REMOVED, SUSPENDED, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import Pledge
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

#: How what a document confirms stands. Sentences: ui.sentences.status.
ON_LIST, IN_MOTION, REPLACED, ENDED = "on_list", "in_motion", "replaced", "ended"
HELD, GONE = "suspended", "removed"
UPLOAD_PREPARED, UPLOAD_DONE, UPLOAD_ABANDONED = "upload_prepared", "upload_done", "upload_abandoned"
SHEET_PRINTED, SHEET_SIGNED = "sheet_printed", "sheet_signed"
LIST_TAKEN, COPY_TAKEN = "list_taken", "copy_taken"
#: What the paper says is no longer kept; what is kept is not what was signed; a certificate that somebody was erased.
ERASED, BROKEN, ERASURE_DONE = "erased", "broken", "erasure_done"
CODE_OPEN, CODE_CLOSED, CODE_OLD, PAPER_OLD = "code_open", "code_closed", "code_old", "paper_old"
#: Of a confirmation: the entry stands, but not as this paper says.
CONFIRMED_ANEW = "confirmed_anew"


@dataclass(frozen=True)
class Attested:
    """`number` is the reference people read out, "" where the paper has none. `digest` is the SHA-256 printed on it.
    `since` is when `standing` came to be, where that is a fact of its own; `covered` counts what a unit pledge covers,
    `in_force` how many of them still stand on the list."""

    kind: str
    issued_at: datetime
    unit: str
    standing: str
    number: str = ""
    digest: str = ""
    since: datetime | None = None
    covered: int | None = None
    in_force: int | None = None


def attest(code: str) -> Attested | None:
    """What is known of the document with this (normalised) code; None when there is none."""
    document = documents.document(code)
    if document is None:
        return None
    found = _READERS[document.kind](document)
    if document.erased_at is not None:
        return replace(found, standing=ERASED, since=document.erased_at, covered=None, in_force=None)
    return found


@dataclass(frozen=True)
class Examined:
    """`verdict` of documents.seal_checking. `code` and `found` are of the document the file is; of an altered one, of
    the document it was or says it is; "" and None where we know of none."""

    verdict: str
    code: str = ""
    found: Attested | None = None


def examine(content: bytes, chain: Sequence[Certificate]) -> Examined:
    """What a file that somebody holds is: ours as it left us, changed since, or not ours.

    Its hash among what we keep says so for every document, also those from before there were seals; the seal for what
    is no longer kept.
    """
    document = documents.of_content(content)
    if document is not None:
        return Examined(UNALTERED, document.code, attest(document.code))
    checked = check(content, chain)
    found = attest(checked.code) if checked.code else None
    return Examined(checked.verdict, checked.code if found else "", found)


def _pledge(document: IssuedDocument) -> Attested:
    sheet = helping.sheet(document.subject)
    if sheet is not None:
        return _counter_sheet(document, sheet)
    pledge = Pledge.get(Pledge.ref == document.subject)
    standing, since = _standing_of(pledge)
    return Attested(
        document.kind,
        pledge.signed_at,
        units.by_id(pledge.unit_id).name,
        standing,
        number=pledge.subject,
        digest=pledge.digest,
        since=since,
    )


def _counter_sheet(document: IssuedDocument, sheet: CounterSheet) -> Attested:
    """A sheet printed at a counter is no pledge before it comes back signed."""
    signed_at = helping.sheet_signed_at(sheet)
    return Attested(
        document.kind,
        sheet.printed_at,
        units.by_id(document.unit_id or 0).name,
        SHEET_SIGNED if signed_at else SHEET_PRINTED,
        number=sheet.number,
        digest=sheet.digest,
        since=signed_at,
    )


def _standing_of(pledge: Pledge) -> tuple[str, datetime | None]:
    """What was altered proves nothing. Else an entry that stands on the pledge says most, then a filing in motion; a
    later pledge under the same number replaced it where neither is left."""
    if not pledges.is_whole(pledge):
        return BROKEN, None
    # Whoever signed it: neither entries nor filings are found by their pledge.
    his = Submission.select(Submission.person).where(Submission.number == pledge.subject)
    signed = Entry.select().where(Entry.person << his, Entry.pledge == pledge.id)
    listed = _states(signed.select(Entry.state).where(Entry.state << IN_FORCE))
    if listed:
        return (ON_LIST if LISTED in listed else HELD), None
    filed = Filing.select().where(Filing.person << his, Filing.pledge == pledge.id)
    if filed.where(Filing.state << OPEN_FILING_STATES).exists():
        return IN_MOTION, None
    later = (
        Pledge.select()
        .where(Pledge.subject == pledge.subject, Pledge.kind == pledge.kind, Pledge.id > pledge.id)
        .order_by(Pledge.id)
        .first()
    )
    ended = signed.order_by(Entry.removed_at.desc()).first()
    if ended is not None:
        return GONE, ended.removed_at
    return (REPLACED, later.signed_at) if later else (ENDED, None)


def _states(query: object) -> set[str]:
    return {state for (state,) in query.tuples()}  # type: ignore[attr-defined]


def _receipt(document: IssuedDocument) -> Attested:
    """A receipt says that something was filed; that stays true. Whether it is still on its way is said beside."""
    submission = Submission.get(Submission.ref == document.subject)
    entries = _states(Entry.select(Entry.state).where(Entry.submission_ref == submission.ref, Entry.state << IN_FORCE))
    states = _states(Filing.select(Filing.state).where(Filing.submission == submission.id))
    if entries:
        standing = ON_LIST if LISTED in entries else HELD
    elif states & set(OPEN_FILING_STATES):
        standing = IN_MOTION
    else:
        standing = GONE if UPLOADED in states else ENDED
    return Attested(
        document.kind,
        submission.filed_at,
        units.by_id(submission.unit_id).name,
        standing,
        number=submission.number,
        digest=digest_of(submission),
    )


def digest_of(submission: Submission) -> str:
    """The digest of the pledge that was signed with a submission; "" where a change stands on an earlier one."""
    pledge = Pledge.get_by_id(submission.pledge_id)
    return pledge.digest if pledge.subject == submission.number else ""


def _confirmation(document: IssuedDocument) -> Attested:
    entry = Entry.get(Entry.ref == document.subject)
    standing, since = {LISTED: ON_LIST, SUSPENDED: HELD, REMOVED: GONE}[entry.state], entry.listed_at
    if standing == GONE:
        since = entry.removed_at
    elif document.replaced_at:
        standing, since = CONFIRMED_ANEW, document.replaced_at
    return Attested(
        document.kind,
        document.issued_at,
        units.by_id(entry.unit_id).name,
        standing,
        number=entry.number,
        digest=Pledge.get_by_id(entry.pledge_id).digest,
        since=since,
    )


def _unit_pledge(document: IssuedDocument) -> Attested:
    """A unit pledge, its annex, or the sheet printed to be sealed; the subject is the pledge or the upload."""
    pledge = Pledge.get_or_none(Pledge.ref == document.subject)
    upload = upload_lists.by_pledge(pledge) if pledge else upload_lists.by_ref(document.subject)
    if upload is None:
        raise LookupError(f"document {document.id} speaks of no upload")
    standings = {"prepared": UPLOAD_PREPARED, "done": UPLOAD_DONE, "abandoned": UPLOAD_ABANDONED}
    done = upload.state == "done"
    return Attested(
        document.kind,
        pledge.signed_at if pledge else document.issued_at,
        units.by_id(upload.unit_id).name,
        standings[upload.state] if pledge is None or pledges.is_whole(pledge) else BROKEN,
        number=upload.number,
        digest=pledge.digest if pledge else upload.digest,
        since=upload.uploaded_at,
        covered=upload.covered,
        in_force=passlist.of_upload(upload.ref, upload.act_id) if done else None,
    )


def _list_export(document: IssuedDocument) -> Attested:
    return Attested(document.kind, document.issued_at, units.by_id(document.unit_id or 0).name, LIST_TAKEN)


def _certificate(document: IssuedDocument) -> Attested:
    return Attested(document.kind, document.issued_at, "", ERASURE_DONE)


def _data_copy(document: IssuedDocument) -> Attested:
    """Somebody's own copy of his data: that it is one, and nothing of whose."""
    return Attested(document.kind, document.issued_at, "", COPY_TAKEN)


def _poster(document: IssuedDocument) -> Attested:
    answer = units.by_code(document.subject)
    unit: Unit | None = answer.unit
    standing = {
        units.OPEN: CODE_OPEN,
        units.CEILING: CODE_OPEN,
        units.SUSPENDED: CODE_CLOSED,
        units.CLOSED: CODE_CLOSED,
    }
    stands = standing.get(answer.standing, CODE_OLD)
    if document.replaced_at and stands != CODE_OLD:
        stands = PAPER_OLD
    return Attested(document.kind, document.issued_at, unit.name if unit else "", stands)


_READERS: dict[str, Callable[[IssuedDocument], Attested]] = {
    "personal_pledge": _pledge,
    "receipt": _receipt,
    "listing_confirmation": _confirmation,
    "unit_pledge": _unit_pledge,
    "annex": _unit_pledge,
    "list_export": _list_export,
    "erasure_certificate": _certificate,
    "data_copy": _data_copy,
    "poster": _poster,
    "desk_card": _poster,
}

"""Issuing documents: a code at once, in the act; the PDF soon after, by the worker.

What a document speaks of (`subject`): personal_pledge, a pledge's ref; receipt, a submission's ref;
listing_confirmation, an entry's ref; unit_pledge, the pledge's ref, or the upload's ref for the sheet to print, sign
and seal; poster and desk_card, the enrolment code; list_export and data_copy, the export's or copy's ref.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from webapp import clock
from webapp.database import among
from webapp.domain.audit.acts import Act
from webapp.domain.files import actions as files
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import BULK, DOCUMENTS
from webapp.row_sets import insert_rows
from webapp.values.codes import random_code, with_check

RENDER = "render-document"


def new_code() -> str:
    """Twelve characters a person can type, the last one guarding the others; 55 random bits."""
    return with_check(random_code(11))


def issue(act: Act | None, kind: str, subject: str, locale: str, unit_id: int | None = None) -> str:
    """Issue a document and owe its PDF; returns its code. One that is already issued keeps its code."""
    known = of_subject(kind, subject, locale)
    if known is not None:
        return known.code
    row = _row(act, kind, subject, locale, unit_id)
    IssuedDocument.insert(row).execute()
    jobs.enqueue(act, RENDER, row["code"], queue=DOCUMENTS, unit_id=unit_id)
    return str(row["code"])


def _row(act: Act | None, kind: str, subject: str, locale: str, unit_id: int | None) -> dict[str, Any]:
    return {
        "code": new_code(),
        "kind": kind,
        "subject": subject,
        "locale": locale,
        "pages": 0,
        "unit_id": unit_id,
        "issued_at": act.now if act else clock.now(),
    }


def issue_each(act: Act | None, kind: str, subjects: Sequence[tuple[str, str]], unit_id: int | None = None) -> None:
    """Issue one document for each (subject, locale) not yet issued, by a fixed number of statements; their PDFs wait
    behind those that somebody is looking at."""
    known = {
        row
        for row in IssuedDocument.select(IssuedDocument.subject, IssuedDocument.locale)
        .where(IssuedDocument.kind == kind, IssuedDocument.subject << [subject for subject, _ in subjects])
        .tuples()
    }
    rows = [
        _row(act, kind, subject, locale, unit_id)
        for subject, locale in dict.fromkeys(subjects)
        if (subject, locale) not in known
    ]
    insert_rows(IssuedDocument, rows)
    jobs.enqueue_each(act, RENDER, [row["code"] for row in rows], queue=BULK, unit_id=unit_id)


def reissue(act: Act, kind: str, subjects: Any, *, queue: str = DOCUMENTS) -> None:
    """Issue the documents of this kind about these subjects (a list, or a query of them) anew, in every language there
    is one: what they say has changed. Those that were issued stay known by their codes, as replaced. A fixed number of
    statements."""
    wanted = (IssuedDocument.kind == kind) & (IssuedDocument.subject << subjects) & IssuedDocument.replaced_at.is_null()
    old = list(IssuedDocument.select().where(wanted))
    IssuedDocument.update(replaced_at=act.now).where(IssuedDocument.id << among(row.id for row in old)).execute()
    rows = [_row(act, kind, row.subject, row.locale, row.unit_id) for row in old]
    insert_rows(IssuedDocument, rows)
    jobs.enqueue_each(act, RENDER, [row["code"] for row in rows], queue=queue)


def attach(act: Act | None, document: IssuedDocument, content: bytes, pages: int) -> StoredFile:
    """Keep the PDF of a document and tie it to it. Call inside a transaction."""
    file = files.keep(act, "document", "application/pdf", content, unit_id=document.unit_id)
    IssuedDocument.update(file=file.id, pages=pages).where(IssuedDocument.id == document.id).execute()
    document.file, document.pages = file.id, pages
    return file


def forget_files(kind: str, subjects: Sequence[str]) -> list[str]:
    """Step: the PDFs of these documents are no longer kept. Returns the refs of their files, to be erased by the
    caller after the commit (`files.actions.erase`)."""
    wanted = (IssuedDocument.kind == kind) & (IssuedDocument.subject << subjects)
    kept = list(StoredFile.select().join(IssuedDocument, on=IssuedDocument.file == StoredFile.id).where(wanted))
    IssuedDocument.update(file=None).where(wanted).execute()
    StoredFile.delete().where(StoredFile.id << among([row.id for row in kept])).execute()
    return [row.ref for row in kept]


def document(code: str) -> IssuedDocument | None:
    """The document that carries this (normalised) code."""
    return IssuedDocument.get_or_none(IssuedDocument.code == code)


def of_content(content: bytes) -> IssuedDocument | None:
    """The document whose PDF, as it is kept, is these bytes."""
    digest = hashlib.sha256(content).hexdigest()
    kept = StoredFile.select(StoredFile.id).where(StoredFile.digest == digest, StoredFile.kind == "document")
    return IssuedDocument.get_or_none(IssuedDocument.file << kept)


def of_subject(kind: str, subject: str, locale: str | None = None) -> IssuedDocument | None:
    """The document of this kind that stands about this subject, in this language or else the first one issued."""
    query = IssuedDocument.select().where(
        IssuedDocument.kind == kind, IssuedDocument.subject == subject, IssuedDocument.replaced_at.is_null()
    )
    if locale is not None:
        query = query.where(IssuedDocument.locale == locale)
    return query.order_by(IssuedDocument.id).first()


def file_of(document: IssuedDocument) -> StoredFile | None:
    """Its PDF, or None while it is being made."""
    return None if document.file_id is None else StoredFile.get_by_id(document.file_id)

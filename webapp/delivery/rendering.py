"""Handler `render-document`: gathers what a document says, renders, seals and keeps it. The only loader of WeasyPrint
and of the key of the seal."""

from __future__ import annotations

import io
import os
from dataclasses import replace

import pikepdf

from webapp import document_seals
from webapp.database import transaction
from webapp.delivery import contents, list_exports
from webapp.delivery.work import GiveUp, Work
from webapp.documents import annex, pdf, sealing
from webapp.documents.models import Document, ExportedList, UnitPledge
from webapp.domain.files import documents
from webapp.domain.files.models import IssuedDocument
from webapp.domain.jobs import actions as jobs
from webapp.errors import NotFound

#: Long annexes are drawn by so many processes.
PROCESSES = min(2, os.cpu_count() or 1)


def render(work: Work) -> None:
    """Make one document, once: whoever comes second finds it made, or loses the lease and what he made with it."""
    document = documents.document(work.job.subject)
    if document is None or document.file_id is not None or document.replaced_at is not None:
        return
    try:
        values = contents.values_for(document, work.settings.public_url)
    except NotFound as gone:
        raise GiveUp from gone
    content = _content(work, document, values)
    with pikepdf.open(io.BytesIO(content)) as made:
        pages = len(made.pages)
    address = f"{work.settings.public_url}/genuine/{document.code}"
    content = sealing.seal(content, document_seals.of(work.settings), address=address)
    with transaction():
        documents.attach(None, document, content, pages)
        jobs.finish(work.job)


def _content(work: Work, document: IssuedDocument, values: Document) -> bytes:
    if isinstance(values, ExportedList):
        rows = list_exports.rows(document)
        values = replace(values, filings=len(rows), rows=rows)
    elif not isinstance(values, UnitPledge):
        return pdf.pdf(values, locale=document.locale)
    target = io.BytesIO()

    def progress(done: int, total: int) -> None:
        work.breathe()
        with transaction():
            jobs.advance(work.job, cursor=0, progress=done, total=total)

    annex.write_annex(values, values.rows, target, progress, locale=document.locale, workers=PROCESSES)
    return target.getvalue()

"""Documents on the web: the PDF, or the same content as a page (phones' in-app browsers open no PDF).

A route for `…/pledge` answers `page(document, …)`, one for `…/pledge.pdf` answers `pdf(document, …)`; a PDF that is
still being made is answered with its page, which asks again by itself. A web worker never waits for another process.
"""

from __future__ import annotations

import re

from flask import Response, current_app, make_response, render_template
from markupsafe import Markup

from webapp.delivery import contents
from webapp.documents import models as papers
from webapp.documents.render import html, language_tag
from webapp.domain.files import actions as files
from webapp.domain.files import documents
from webapp.domain.files.models import IssuedDocument, StoredFile
from webapp.domain.jobs import queries as jobs
from webapp.domain.jobs.models import FAILED

#: Seconds until a browser asks again for a PDF that is being made.
AGAIN = 4
#: An annex longer than this is in the PDF alone: the page gives its counts and digest.
LONGEST_ANNEX = 1000

_HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.S)


def values_for(document: IssuedDocument) -> papers.Document:
    """What the document says, as plain values."""
    return contents.values_for(document, current_app.config["SETTINGS"].public_url)


def twin(document: IssuedDocument) -> Markup:
    """The document's content as markup with one h1, in the document's own language."""
    values = values_for(document)
    if isinstance(values, papers.UnitPledge) and len(values.rows) > LONGEST_ANNEX:
        values = papers.UnitPledge(**{**vars(values), "rows": ()})
    return html(values, locale=document.locale)


def page(
    document: IssuedDocument,
    *,
    pdf_url: str,
    back_url: str = "",
    layout: str = "layouts/filer.html",
    asked: bool = False,
) -> Response:
    """The HTML twin in our layout, with the way to its PDF. `asked`: the PDF was asked for and is not there yet."""
    markup = twin(document)
    heading = _HEADING.search(markup)
    job = jobs.latest(documents.RENDER, document.code)
    body = render_template(
        "documents/twin.html",
        layout=layout,
        heading=markup[slice(*heading.span(1))].striptags() if heading else "",
        twin=markup,
        twin_lang=language_tag(document.locale),
        file=documents.file_of(document),
        asked=asked,
        failed=job is not None and job.state == FAILED,
        job=job,
        complete=document.kind != "list_export",
        pdf_url=pdf_url,
        back_url=back_url,
    )
    response = make_response(body)
    response.headers["Cache-Control"] = "no-store"
    return response


def pdf(
    document: IssuedDocument, *, pdf_url: str, name: str, back_url: str = "", layout: str = "layouts/filer.html"
) -> Response:
    """The PDF as a download called `name` (ASCII), or its page while it is being made."""
    file = documents.file_of(document)
    if file is None:
        response = page(document, pdf_url=pdf_url, back_url=back_url, layout=layout, asked=True)
        response.headers["Refresh"] = f"{AGAIN}; url={pdf_url}"
        return response
    return download(file, f"{name}.pdf")


def download(file: StoredFile, name: str) -> Response:
    """A kept file, opened slice by slice as it is sent. The browser shows a PDF or saves it; nothing keeps a copy."""
    response = Response(files.stream(file), mimetype=file.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Content-Length"] = str(file.size)
    response.headers["Cache-Control"] = "no-store"
    return response

"""The person's own documents: pledge, receipt, confirmation of an entry; each as PDF and as a page."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.status_access import Access, with_status
from webapp.domain.files import documents as issued
from webapp.domain.filings import following
from webapp.errors import NotFound
from webapp.ui import documents, guards
from webapp.ui.journeys import Told
from webapp.ui.presenters import size
from webapp.ui.words import gettext as _


def rows(access: Access, told: list[Told]) -> list[dict[str, str]]:
    """Every document of the submission for the macro `documents`: the PDF, and its page for phones that open none."""
    found = []
    for position, pledge in enumerate(following.pledges(access.submission)):
        name = _("個人信用承諾") if position == 0 else _("以前簽署的承諾（已由新的取代）")
        if pledge.subject != access.submission.number:
            name = _("個人信用承諾（先前簽署，繼續有效）")
        values = {"pledge_ref": pledge.ref} if position else {}
        found += _pair(access, "personal_pledge", pledge.ref, name, "pledge", values)
    found += _pair(access, "receipt", access.submission.ref, _("申報回執"), "receipt_of", {})
    for one in told:
        entry = one.journey.entry
        if entry is not None and one.in_force:
            name = _("備案確認（%(plates)s）", plates="、".join(one.plates))
            found += _pair(access, "listing_confirmation", entry.ref, name, "confirmation", {"entry_ref": entry.ref})
    return found


def _pair(
    access: Access, kind: str, subject: str, name: str, endpoint: str, values: dict[str, str]
) -> list[dict[str, str]]:
    document = issued.of_subject(kind, subject)
    if document is None:
        return []
    file = issued.file_of(document)
    about = _("PDF，正在製作")
    if file is not None:
        about = _("PDF，%(size)s，%(pages)s頁", size=size(file.size), pages=document.pages)
    return [
        {"name": name, "about": about, "url": access.url(f"{endpoint}_pdf", **values)},
        {
            "name": _("%(name)s（網頁）", name=name),
            "about": _("手機開不到PDF，請用這個"),
            "url": access.url(endpoint, **values),
        },
    ]


def _answer(access: Access, kind: str, subject: str, endpoint: str, pdf: bool, **values: str) -> Response:
    document = issued.of_subject(kind, subject)
    if document is None:
        raise NotFound("not_found")
    pdf_url, back_url = access.url(f"{endpoint}_pdf", **values), access.url("status")
    if pdf:
        name = f"{kind.replace('_', '-')}-{document.code.lower()}"
        return documents.pdf(document, pdf_url=pdf_url, name=name, back_url=back_url)
    return documents.page(document, pdf_url=pdf_url, back_url=back_url)


@blueprint.get("/s/<token>/pledge")
@blueprint.get("/s/<token>/pledge/<pledge_ref>")
@guards.status
@with_status
def pledge(access: Access, pledge_ref: str = "") -> Any:
    """The pledge that counts, or an earlier one as it was signed."""
    return _pledge(access, pledge_ref, pdf=False)


@blueprint.get("/s/<token>/pledge.pdf")
@blueprint.get("/s/<token>/pledge/<pledge_ref>.pdf")
@guards.status
@with_status
def pledge_pdf(access: Access, pledge_ref: str = "") -> Any:
    return _pledge(access, pledge_ref, pdf=True)


def _pledge(access: Access, pledge_ref: str, *, pdf: bool) -> Response:
    signed = following.pledge(access.submission, pledge_ref)
    values = {"pledge_ref": pledge_ref} if pledge_ref else {}
    return _answer(access, "personal_pledge", signed.ref, "pledge", pdf, **values)


@blueprint.get("/s/<token>/receipt")
@guards.status
@with_status
def receipt_of(access: Access) -> Any:
    return _answer(access, "receipt", access.submission.ref, "receipt_of", pdf=False)


@blueprint.get("/s/<token>/receipt.pdf")
@guards.status
@with_status
def receipt_of_pdf(access: Access) -> Any:
    return _answer(access, "receipt", access.submission.ref, "receipt_of", pdf=True)


@blueprint.get("/s/<token>/entry/<entry_ref>/confirmation")
@guards.status
@with_status
def confirmation(access: Access, entry_ref: str) -> Any:
    return _confirmation(access, entry_ref, pdf=False)


@blueprint.get("/s/<token>/entry/<entry_ref>/confirmation.pdf")
@guards.status
@with_status
def confirmation_pdf(access: Access, entry_ref: str) -> Any:
    return _confirmation(access, entry_ref, pdf=True)


def _confirmation(access: Access, entry_ref: str, *, pdf: bool) -> Response:
    """A confirmation says that one is listed: once one is not, there is none."""
    _journey, entry = following.journey_of_entry(access.submission, entry_ref)
    if entry.state == "removed":
        raise NotFound("not_found")
    return _answer(access, "listing_confirmation", entry.ref, "confirmation", pdf, entry_ref=entry_ref)

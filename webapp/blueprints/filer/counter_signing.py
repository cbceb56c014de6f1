"""The last page of a draft typed at a counter, and the three ways in which its person makes the pledge (rule 10)."""

from __future__ import annotations

from typing import Any

from flask import current_app, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.filer import blueprint, signature
from webapp.blueprints.filer.opening import Opened, with_draft
from webapp.blueprints.filer.question_forms import PaperForm, TabletForm
from webapp.blueprints.filer.questions import CHECK_STEP, STEPS, page_url
from webapp.domain.files import documents as issued
from webapp.domain.files import intake
from webapp.domain.filings import answering, declaring, helping, signing
from webapp.domain.pledges import privacy_text, texts
from webapp.errors import Conflict, Fault, Invalid
from webapp.ui import documents, forms, guards, locales
from webapp.ui.items import groups
from webapp.ui.requests import staff_actor
from webapp.values import phones


def check(opened: Opened) -> Any:
    """Everything once more, for clerk and person together; then the person chooses how he signs."""
    return render_template(
        "filer/counter/check.html",
        opened=opened,
        ref=opened.ref,
        groups=groups(declared(opened)),
        page_url=page_url,
        step=CHECK_STEP,
        steps=STEPS,
        back=page_url(opened.ref, opened.pages[-1], to="check"),
        without_phone=answering.without_phone(opened.answers),
        number=phones.mask(answering.phone(opened.answers)),
    )


def declared(opened: Opened) -> dict[str, Any]:
    return declaring.declare(opened.answers, opened.unit, locales.select())


def unfinished(opened: Opened, needs_phone: bool = False) -> Response | None:
    """Back to the check page, which leads to what is missing."""
    if opened.helped is None or opened.open_pages() or (needs_phone and answering.without_phone(opened.answers)):
        return redirect(url_for("filer.check", ref=opened.ref), 303)
    return None


@blueprint.get("/file/<ref>/sign/phone")
@guards.draft
@with_draft
def counter_phone(opened: Opened) -> Any:
    """The link, as QR, by which the person signs on his own phone."""
    if moved := unfinished(opened, needs_phone=True):
        return moved
    path = url_for("filer.own_phone", ref=opened.ref, token=helping.signing_token(opened.ref))
    return render_template(
        "filer/counter/phone.html",
        ref=opened.ref,
        link=current_app.config["SETTINGS"].public_url + path,
        number=phones.mask(answering.phone(opened.answers)),
    )


@blueprint.route("/file/<ref>/sign/tablet", methods=["GET", "POST"])
@guards.draft
@with_draft
def counter_tablet(opened: Opened) -> Any:
    """The person reads and draws on the clerk's tablet."""
    if moved := unfinished(opened, needs_phone=True):
        return moved
    form = TabletForm(data={"signature_method": signing.DRAWN})
    if not form.is_submitted():
        return _tablet(opened, form)
    if switch := locales.switch_requested():
        return locales.remember(redirect(url_for("filer.counter_tablet", ref=opened.ref), 303), switch)
    form.signature_method.data = signing.DRAWN
    said = declared(opened)
    signed, faults = signature.read(form, said, signing.AtCounter(signing.TABLET, attested=form.attested.data))
    if not form.attested.data:
        faults.append(Fault("attested", "missing"))
    if faults:
        return _tablet(opened, form, 422, faults)
    return _send(opened, form, signed, _tablet)


def _tablet(opened: Opened, form: TabletForm, status: int = 200, faults: Any = ()) -> Any:
    signature.take(form, faults)
    wording = signature.wording(form, opened)
    page = render_template(
        "filer/counter/tablet.html", form=form, ref=opened.ref, groups=groups(declared(opened)), **wording
    )
    return page, status


@blueprint.route("/file/<ref>/sign/paper", methods=["GET", "POST"])
@guards.draft
@with_draft
def counter_paper(opened: Opened) -> Any:
    """The sheet to print, and where it is handed in signed."""
    if moved := unfinished(opened):
        return moved
    form = PaperForm()
    if not form.is_submitted():
        return _paper(opened, form)
    if switch := locales.switch_requested():
        return locales.remember(redirect(url_for("filer.counter_paper", ref=opened.ref), 303), switch)
    sheet = helping.sheet_of(opened.draft)
    try:
        sent = form.signed_sheet.data
        scan = intake.check(sent.read(intake.LARGEST + 1), sent.filename or "", "signed_sheet") if sent else None
    except Invalid as refused:
        return _paper(opened, form, 422, refused.faults)
    if sheet is None:
        code = "sheet_outdated" if helping.has_sheet(opened.draft) else "sheet_not_made"
        return _paper(opened, form, 409, [Fault("signed_sheet", code)])
    text = helping.sheet_text(sheet)
    signed = signing.Signing(
        text_digest=text.digest,
        draft_version=sheet.draft_version,
        language=text.language,
        consent_processing=True,
        consent_sharing=True,
        pledge_agreed=True,
        method=signing.PRINTED,
        privacy_digest=privacy_text.current(text.language).digest,
        counter=signing.AtCounter(signing.PAPER, attested=form.attested.data, sheet=sheet.ref, scan=scan),
    )
    if scan is None or not form.attested.data:
        missing = [] if scan else [Fault("signed_sheet", "missing")]
        return _paper(opened, form, 422, missing + ([] if form.attested.data else [Fault("attested", "missing")]))
    return _send(opened, form, signed, _paper)


def _paper(opened: Opened, form: PaperForm, status: int = 200, faults: Any = ()) -> Any:
    signature.take(form, faults)
    page = render_template(
        "filer/counter/paper.html", form=form, ref=opened.ref, sheet=helping.sheet_of(opened.draft), opened=opened
    )
    return page, status


@blueprint.post("/file/<ref>/sign/sheet")
@guards.draft
@with_draft
def counter_print(opened: Opened) -> Any:
    """The sheet is issued, then shown."""
    if moved := unfinished(opened):
        return moved
    text = texts.current("personal", locales.select())
    rows = [
        [str(row.name), "、".join(row.plates) if row.plates else str(row.value)]
        for group in groups(declared(opened))
        for row in group.rows
    ]
    key = forms.Form().submission_key.data
    helping.print_sheet(staff_actor(), opened.unit.id, opened.ref, rows, text.id, key=key)
    return redirect(url_for("filer.counter_sheet", ref=opened.ref), 303)


@blueprint.get("/file/<ref>/sign/sheet")
@guards.draft
@with_draft
def counter_sheet(opened: Opened) -> Any:
    return _sheet_page(opened, pdf=False)


@blueprint.get("/file/<ref>/sign/sheet.pdf")
@guards.draft
@with_draft
def counter_sheet_pdf(opened: Opened) -> Any:
    return _sheet_page(opened, pdf=True)


def _sheet_page(opened: Opened, pdf: bool) -> Any:
    sheet = helping.sheet_of(opened.draft) if opened.helped is not None else None
    document = issued.of_subject("personal_pledge", sheet.ref) if sheet else None
    if sheet is None or document is None:
        return redirect(url_for("filer.check", ref=opened.ref), 303)
    back, url = url_for("filer.counter_paper", ref=opened.ref), url_for("filer.counter_sheet_pdf", ref=opened.ref)
    if pdf:
        return documents.pdf(document, pdf_url=url, name=f"pledge-to-sign-{sheet.number.lower()}", back_url=back)
    return documents.page(document, pdf_url=url, back_url=back)


def _send(opened: Opened, form: Any, signed: signing.Signing, page: Any) -> Any:
    try:
        signature.send_of(opened.draft)(staff_actor(), opened.ref, signed, key=opened.ref)
    except Invalid as refused:
        return page(opened, form, 422, list(refused.faults))
    except Conflict as refused:
        return page(opened, form, 409, list(refused.faults))
    return make_response(redirect(url_for("filer.receipt", ref=opened.ref), 303))

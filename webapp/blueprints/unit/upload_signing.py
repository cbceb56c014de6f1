"""One upload: while it is prepared the page to sign it on, afterwards what became of it; and its papers."""

from __future__ import annotations

from typing import Any

from flask import flash, g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.files import documents as issued
from webapp.domain.files import intake
from webapp.domain.filings import upload_lists, uploads
from webapp.domain.filings.upload_pledge import DRAWN, SEALED_PAPER, TYPED, UnitSignature
from webapp.domain.jobs import queries as jobs
from webapp.domain.pledges import drawings, texts
from webapp.domain.units import queries as units
from webapp.domain.units import rules
from webapp.errors import Conflict, Fault, Invalid, NotFound
from webapp.ui import documents, fields, forms, guards, htmx, locales, passlist, sentences
from webapp.ui.requests import staff_actor
from webapp.ui.words import lazy_gettext as _l

#: Lines shown on the page itself; all of them are a link away.
FIRST_LINES = 5
PROGRESS = "papers"


class UnitSigningForm(forms.Form):
    text_digest = fields.HiddenField()
    signature = fields.SignatureField()
    signature_strokes = fields.HiddenField()
    pledge_agreed = fields.CheckboxField(_l("我代表單位作出以上承諾"))
    signature_method = fields.RadioField(
        _l("簽署方式"),
        choices=[
            (TYPED, _l("輸入姓名")),
            (DRAWN, _l("手寫簽名")),
            (SEALED_PAPER, _l("列印蓋章後上傳")),
        ],
    )
    signed_name = fields.TextField(_l("單位專人姓名"), autocomplete="name", maxlength=120)
    sealed_paper = fields.FileField(
        _l("已簽署蓋章的承諾書"), hint=_l("PDF、JPEG 或 PNG，最大 8 MB"), accept=".pdf,.jpg,.jpeg,.png"
    )


@blueprint.get("/unit/uploads/<ref>")
@guards.unit("uploads:read")
def upload(ref: str) -> Response:
    row = upload_lists.one(g.staff.unit.id, ref)
    if row.state == "prepared":
        form = UnitSigningForm(formdata=None, data={"signed_name": units.manager_name(g.staff.unit)})
        return _sign_page(row, form)
    if row.state == "abandoned":
        return make_response(render_template("unit/uploads/abandoned.html", row=row))
    if htmx.is_fragment(PROGRESS):
        return htmx.hx_response(render_template("unit/uploads/_papers.html", row=row, **_papers(row)))
    return make_response(_result_page(row))


@blueprint.post("/unit/uploads/<ref>")
@guards.unit("uploads:make")
def upload_sign(ref: str) -> Response:
    row = upload_lists.one(g.staff.unit.id, ref)
    form = UnitSigningForm()
    if row.state == "prepared" and locales.switch_requested():
        form.pledge_agreed.data = False
        return locales.answered(_sign_page(row, form))
    signature, faults = _read(form)
    if faults:
        return _refused(row, form, faults)
    try:
        uploads.upload(staff_actor(), g.staff.unit.id, ref, signature, key=form.submission_key.data)
    except Invalid as refused:
        return _refused(row, form, list(refused.faults))
    except Conflict as conflict:
        return _collided(row, form, conflict)
    return redirect(url_for("unit.upload", ref=ref), 303)


def _read(form: UnitSigningForm) -> tuple[UnitSignature, list[Fault]]:
    """What was signed, and what of it could not be read."""
    faults: list[Fault] = []
    drawing = scan = None
    try:
        if form.signature_method.data == DRAWN and form.signature.data:
            drawing = drawings.read(form.signature.data, form.signature_strokes.data)
        if form.signature_method.data == SEALED_PAPER and form.sealed_paper.data:
            sent = form.sealed_paper.data
            scan = intake.check(sent.read(intake.LARGEST + 1), sent.filename or "", "sealed_paper")
    except Invalid as refused:
        faults += refused.faults
    signature = UnitSignature(
        text_digest=form.text_digest.data or "",
        language=locales.select(),
        pledge_agreed=form.pledge_agreed.data,
        method=form.signature_method.data or "",
        signed_name=form.signed_name.data or "",
        drawing=drawing,
        scan=scan,
    )
    return signature, faults


def _refused(row: Any, form: UnitSigningForm, faults: list[Fault]) -> Response:
    if row.state != "prepared":
        return _over(row)
    for fault in faults:
        form.refuse(fault.field if fault.field != "signature" else "signature_method", sentences.of(fault))
    return _sign_page(row, form, 422)


def _collided(row: Any, form: UnitSigningForm, conflict: Conflict) -> Response:
    """What is true by now: the list may have changed, the unit been suspended, or somebody else have signed."""
    now = upload_lists.one(g.staff.unit.id, row.ref)
    if now.state != "prepared":
        return _over(now)
    form.pledge_agreed.data = False
    form.refuse(None, sentences.of(conflict.faults[0]))
    return _sign_page(now, form, 409)


def _over(row: Any) -> Response:
    """Nothing is signed here any more: what became of it."""
    if row.state == "abandoned":
        return make_response(render_template("unit/uploads/abandoned.html", row=row), 409)
    flash(sentences.SENTENCES["upload_done"], "warn")
    return make_response(_result_page(row), 409)


def _sign_page(row: Any, form: UnitSigningForm, status: int = 200) -> Response:
    """Exactly what is covered at this moment, the wording, and how to sign."""
    unit = g.staff.unit
    decision = upload_lists.preview(unit, row)
    text = texts.current("unit", locales.select())
    form.text_digest.data = text.digest
    covered = upload_lists.covered_lines(row)
    out = decision.reasons
    shown = [line for line in covered if line.filing_id not in out]
    for line in covered:
        line.fallen_reason = out.get(line.filing_id)
    fallen = upload_lists.fallen_lines(row) + [line for line in covered if line.fallen_reason]
    body = render_template(
        "unit/uploads/sign.html",
        row=row,
        form=form,
        unit=unit,
        may_upload=rules.may_verify(unit),
        summary=upload_lists.summary(row, without=out),
        lines=passlist.line_rows(row, shown[:FIRST_LINES]),
        fallen=passlist.line_rows(row, fallen[:FIRST_LINES]),
        fallen_count=len(fallen),
        changed_since=len(out),
        digest=upload_lists.list_digest(line.line_digest for line in shown),
        text=text,
        text_lang=locales.lang_tag(text.language),
        printed=issued.of_subject("unit_pledge", row.ref),
    )
    return make_response(body, status)


def _result_page(row: Any) -> str:
    fallen = upload_lists.fallen_lines(row)
    return render_template(
        "unit/uploads/result.html",
        row=row,
        unit=g.staff.unit,
        summary=upload_lists.summary(row),
        lines=passlist.line_rows(row, upload_lists.covered_lines(row, limit=FIRST_LINES)),
        fallen=passlist.line_rows(row, fallen[: upload_lists.PAGE]),
        fallen_count=len(fallen),
        **_papers(row),
    )


def _papers(row: Any) -> dict[str, Any]:
    made, total = upload_lists.papers_made(row)
    pledge = upload_lists.pledge_of(row)
    document = issued.of_subject("unit_pledge", pledge.ref) if pledge else None
    file = issued.file_of(document) if document else None
    return {
        "made": made,
        "total": total,
        "pledge": pledge,
        "document": document,
        "file": file,
        "making": jobs.latest(issued.RENDER, document.code) if document and file is None else None,
        "scan": upload_lists.scan_of(row),
    }


# Papers --------------------------------------------------------------------------------------------------------


@blueprint.post("/unit/uploads/<ref>/sheet")
@guards.unit("uploads:make")
def upload_print(ref: str) -> Response:
    """The sheet to print, sign and seal is issued, then shown."""
    key = forms.Form().submission_key.data
    uploads.print_sheet(staff_actor(), g.staff.unit.id, ref, locales.select(), key=key)
    return redirect(url_for("unit.upload_sheet_pdf", ref=ref), 303)


@blueprint.get("/unit/uploads/<ref>/sheet")
@guards.unit("uploads:read")
def upload_sheet(ref: str) -> Response:
    row = upload_lists.one(g.staff.unit.id, ref)
    return documents.page(
        _issued(row.ref),
        pdf_url=url_for("unit.upload_sheet_pdf", ref=ref),
        back_url=url_for("unit.upload", ref=ref),
        layout="layouts/staff.html",
    )


@blueprint.get("/unit/uploads/<ref>/sheet.pdf")
@guards.unit("uploads:read")
def upload_sheet_pdf(ref: str) -> Response:
    row = upload_lists.one(g.staff.unit.id, ref)
    return documents.pdf(
        _issued(row.ref),
        pdf_url=url_for("unit.upload_sheet_pdf", ref=ref),
        name=f"unit-pledge-to-sign-{row.number.lower()}",
        back_url=url_for("unit.upload", ref=ref),
        layout="layouts/staff.html",
    )


@blueprint.get("/unit/uploads/<ref>/pledge")
@guards.unit("uploads:read")
def upload_pledge(ref: str) -> Response:
    row = upload_lists.one(g.staff.unit.id, ref)
    return documents.page(
        _issued(_pledge_ref(row)),
        pdf_url=url_for("unit.upload_pledge_pdf", ref=ref),
        back_url=url_for("unit.upload", ref=ref),
        layout="layouts/staff.html",
    )


@blueprint.get("/unit/uploads/<ref>/pledge.pdf")
@guards.unit("uploads:read")
def upload_pledge_pdf(ref: str) -> Response:
    row = upload_lists.one(g.staff.unit.id, ref)
    return documents.pdf(
        _issued(_pledge_ref(row)),
        pdf_url=url_for("unit.upload_pledge_pdf", ref=ref),
        name=f"unit-pledge-{row.number.lower()}",
        back_url=url_for("unit.upload", ref=ref),
        layout="layouts/staff.html",
    )


@blueprint.get("/unit/uploads/<ref>/sealed-paper")
@guards.unit("uploads:read")
def upload_scan(ref: str) -> Response:
    """The sealed paper as it was scanned in."""
    row = upload_lists.one(g.staff.unit.id, ref)
    scan = upload_lists.scan_of(row)
    if scan is None:
        raise NotFound("not_found")
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[scan.media_type]
    return documents.download(scan, f"sealed-{row.number.lower()}.{ending}")


def _pledge_ref(row: Any) -> str:
    pledge = upload_lists.pledge_of(row)
    if pledge is None:
        raise NotFound("not_found")
    return pledge.ref


def _issued(subject: str) -> Any:
    document = issued.of_subject("unit_pledge", subject)
    if document is None:
        raise NotFound("not_found")
    return document

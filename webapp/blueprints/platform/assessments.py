"""Impact assessments, and the contracts under which units handle people's data."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.files import actions as files
from webapp.domain.files import intake
from webapp.domain.privacy import assessments, entrusting
from webapp.domain.units import queries as units
from webapp.errors import Invalid
from webapp.ui import fields, forms, guards, locales, rights, sentences
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class AssessmentForm(forms.Form):
    kind = fields.RadioField(_l("種類"), choices=rights.ASSESSMENT_KINDS.items())
    about = fields.TextField(_l("評估甚麼"), hint=_l("例如新的接收方的名稱和用途"), maxlength=assessments.ABOUT_LONGEST)
    author = fields.TextField(_l("評估人"), maxlength=assessments.AUTHOR_LONGEST, width="half")
    made_on = fields.DateField(_l("評估日期"), hint=_l("例如2026-11-20"))
    findings = fields.TextAreaField(
        _l("評估內容"),
        hint=_l("目的和方式是否合法、正當、必要；對個人的影響和風險；保護措施是否相稱"),
        maxlength=assessments.FINDINGS_LONGEST,
        rows=8,
    )
    result = fields.RadioField(_l("結果"), choices=[(code, said) for code, (_look, said) in rights.RESULTS.items()])
    valid_until = fields.DateField(_l("有效至"), hint=_l("之後要再評估，最長三年"))
    paper = fields.FileField(
        _l("報告"), hint=_l("PDF、JPEG 或 PNG，最大8 MB"), accept=".pdf,.jpg,.jpeg,.png", optional=True
    )


class ContractForm(forms.Form):
    reference = fields.TextField(_l("合約編號"), maxlength=entrusting.REFERENCE_LONGEST, width="half")
    agreed_on = fields.DateField(_l("簽訂日期"), hint=_l("例如2026-11-20"))


@blueprint.get("/platform/assessments")
@guards.platform("assessments:manage")
def assessments_register() -> str:
    place = number_asked("before")
    rows = assessments.listed(place)
    more = len(rows) == assessments.PAGE
    return render_template(
        "platform/assessments/list.html",
        rows=rows,
        rights=rights,
        first_url=url_for("platform.assessments_register") if place else "",
        next_url=url_for("platform.assessments_register", before=rows[-1].id) if more else "",
    )


@blueprint.route("/platform/assessments/new", methods=["GET", "POST"])
@guards.platform("assessments:manage")
def assessment_new() -> Any:
    form, status = AssessmentForm(), 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            sent = form.paper.data
            paper = intake.check(sent.read(intake.LARGEST + 1), sent.filename or "", "paper") if sent else None
            names = ("kind", "about", "author", "made_on", "result", "findings", "valid_until")
            written = assessments.Written(**{name: form[name].data or "" for name in names})
            made = assessments.enter(staff_actor(), written, paper, key=form.submission_key.data)
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
            status = 422
        else:
            flash(_("已登記，編號%(number)s。", number=made["number"]))
            return redirect(url_for("platform.assessment", ref=made["assessment"]), 303)
    return locales.answered(make_response(render_template("platform/assessments/new.html", form=form), status))


@blueprint.get("/platform/assessments/<ref>")
@guards.platform("assessments:manage")
def assessment(ref: str) -> str:
    return render_template("platform/assessments/show.html", row=assessments.one(ref), rights=rights)


@blueprint.get("/platform/assessments/<ref>/paper")
@guards.platform("assessments:manage")
def assessment_paper(ref: str) -> Response:
    row = assessments.one(ref)
    file = assessments.paper_of(row)
    response = make_response(files.read(file))
    response.mimetype = file.media_type
    name = f"{row.number.lower()}.{ENDINGS[file.media_type]}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.route("/platform/units/<ref>/contract", methods=["GET", "POST"])
@guards.platform("units:decide")
def unit_contract(ref: str) -> Any:
    """The contract under which the unit handles people's data for the platform."""
    unit = units.one(ref)
    form, status = ContractForm(), 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            agreed = form.agreed_on.data or ""
            entrusting.enter(staff_actor(), ref, form.reference.data or "", agreed, key=form.submission_key.data)
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
            status = 422
        else:
            flash(_("已登記委託處理合約。"))
            return redirect(url_for("platform.unit", ref=ref), 303)
    page = render_template("platform/units/contract.html", unit=unit, form=form, current=entrusting.current(unit.id))
    return locales.answered(make_response(page, status))

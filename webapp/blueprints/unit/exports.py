"""The unit's list as a file to take away: on record, masked unless a purpose is stated."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.files import documents as issued
from webapp.domain.passlist import exporting, printing
from webapp.errors import Invalid, NotAllowed, NotFound
from webapp.ui import documents, exports, fields, forms, guards, locales, sentences, sheets
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

MASKED, FULL = "masked", "full"


class ExportForm(forms.Form):
    format = fields.RadioField(_l("檔案格式"), choices=exports.FORMATS)
    state = fields.SelectField(_l("包括"), blank=_l("全部有效"), choices=list(exports.STATES.items()))
    detail = fields.RadioField(
        _l("證件號碼和電話"),
        choices=[
            (MASKED, _l("只有證件末四位"), _l("沒有電話。一般核對已經足夠")),
            (FULL, _l("完整"), _l("要說明用途，會留下記錄")),
        ],
    )
    purpose = fields.SelectField(_l("用途"), hint=_l("匯出完整號碼才要選"), choices=list(exports.PURPOSES.items()))


@blueprint.route("/unit/list/export", methods=["GET", "POST"])
@guards.unit("list:export")
def passlist_export() -> Response:
    """What is sent at once is on record each time: it has no key that could repeat an export of before."""
    form = ExportForm()
    may_full = guards.may(guards.UNIT, "list:export-full")
    if form.is_submitted() and not locales.switch_requested():
        full = form.detail.data == FULL
        if full and not may_full:
            raise NotAllowed("not_allowed")
        try:
            done = exporting.export(
                staff_actor(),
                g.staff.unit.id,
                form.format.data or "",
                form.state.data or "",
                full,
                form.purpose.data or "",
                locales.select(),
                key=form.submission_key.data if form.format.data == printing.PDF else None,
            )
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
        else:
            if "export" in done:
                return redirect(url_for("unit.passlist_export_pdf", ref=done["export"]), 303)
            body = exports.pieces(g.staff.unit, g.staff.name, form.state.data or "", done)
            return sheets.download(body, f"passlist.{done['format']}")
    if not may_full:
        form.detail.choices = [choice for choice in form.detail.choices if choice.value != FULL]
    page = render_template("unit/list/export.html", form=form, may_full=may_full, title=_("匯出備案名單"))
    return locales.answered(make_response(page, 422 if form.refused else 200))


@blueprint.get("/unit/list/exports/<ref>/list")
@guards.unit("list:export")
def passlist_export_page(ref: str) -> Response:
    """What is being made, or was: the lines themselves are in the PDF alone."""
    return documents.page(
        _ordered(ref),
        pdf_url=url_for("unit.passlist_export_pdf", ref=ref),
        back_url=url_for("unit.passlist"),
        layout="layouts/staff.html",
    )


@blueprint.get("/unit/list/exports/<ref>/list.pdf")
@guards.unit("list:export")
def passlist_export_pdf(ref: str) -> Response:
    return documents.pdf(
        _ordered(ref),
        pdf_url=url_for("unit.passlist_export_pdf", ref=ref),
        name="passlist",
        back_url=url_for("unit.passlist"),
        layout="layouts/staff.html",
    )


def _ordered(ref: str) -> Any:
    """The document of one's own export; full numbers only while one may still export them."""
    ordered = printing.own(g.staff.unit.id, g.staff.account_id, ref)
    if ordered.purpose and not guards.may(guards.UNIT, "list:export-full"):
        raise NotFound("not_found")
    document = issued.of_subject(printing.KIND, ordered.ref)
    if document is None:
        raise NotFound("not_found")
    return document

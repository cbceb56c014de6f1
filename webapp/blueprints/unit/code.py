"""The unit's enrolment code: picture, papers, use, ceiling, a new code, no code."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.unit import blueprint
from webapp.documents import qr
from webapp.domain.files import actions as files
from webapp.domain.files import documents
from webapp.domain.units import codes, papers, queries
from webapp.domain.units.queries import EnrolmentCode
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values.numbers import typed_number

DAYS_SHOWN = 30
#: Path word -> kind of document.
PAPERS = {"poster": "poster", "desk-card": "desk_card"}


class CeilingForm(forms.Form):
    daily_ceiling = fields.TextField(
        _l("每日上限"),
        hint=_l("一天內最多可以由二維碼開始多少份申報，防止被濫用"),
        width="code",
        inputmode="numeric",
        maxlength=10,
    )


class ChangeForm(forms.Form):
    """Carries the code that the page was drawn with, so that a second press changes nothing more."""

    code = fields.HiddenField()


@blueprint.get("/unit/code")
@guards.unit("code:read")
def code() -> str:
    return _page(CeilingForm(formdata=None, data={"daily_ceiling": g.staff.unit.daily_ceiling}))


def _late(conflict: Conflict) -> Response:
    """Somebody was faster, or the unit may not: the code as it is now."""
    flash(sentences.of(conflict.faults[0]), "warn")
    form = CeilingForm(formdata=None, data={"daily_ceiling": g.staff.unit.daily_ceiling})
    return make_response(_page(form), 409)


def _page(form: CeilingForm) -> str:
    unit = g.staff.unit
    active = queries.active_code(unit.id)
    uses = queries.uses(active, clock.today() - timedelta(days=DAYS_SHOWN - 1)) if active else []
    return render_template(
        "unit/code/show.html",
        unit=unit,
        code=active,
        barred=queries.code_barred(unit.id),
        address=_address(active) if active else "",
        picture=qr.svg(_address(active), level="Q", title=_("申報二維碼")) if active else "",
        older=[one for one in queries.codes_of(unit.id) if active is None or one.id != active.id],
        uses=uses,
        begun=sum(one.begun for one in uses),
        form=form,
    )


def _address(row: EnrolmentCode) -> str:
    return f"{current_app.config['SETTINGS'].public_url}/q/{row.code.lower()}"


@blueprint.post("/unit/code/ceiling")
@guards.unit("code:manage")
def code_ceiling() -> Response:
    form = CeilingForm()
    try:
        ceiling = typed_number(form.daily_ceiling.data, digits=9) or 0
        codes.set_ceiling(staff_actor(), g.staff.unit.id, ceiling, key=form.submission_key.data)
    except Invalid as refused:
        form.refuse("daily_ceiling", sentences.of(refused.faults[0]))
        return make_response(_page(form), 422)
    flash(_("每日上限已更新。"), "info")
    return redirect(url_for("unit.code"), 303)


@blueprint.get("/unit/code.<any(png, svg):kind>")
@guards.unit("code:read")
def code_picture(kind: str) -> Response:
    """The code alone, for the unit's own papers and pages."""
    active = _active()
    if kind == "png":
        response = make_response(qr.png(_address(active), level="Q", scale=16))
    else:
        response = make_response(str(qr.svg(_address(active), level="Q", title=_("申報二維碼"), dark_mm=50)))
    response.mimetype = {"png": "image/png", "svg": "image/svg+xml"}[kind]
    response.headers["Content-Disposition"] = f'attachment; filename="{active.code.lower()}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/unit/code/<any(poster, 'desk-card'):paper>")
@guards.unit("code:read")
def code_paper_order(paper: str) -> Response:
    """Have it made in the reader's language, then wait on its page."""
    form = forms.Form()
    papers.order(staff_actor(), g.staff.unit.id, PAPERS[paper], locales.select(), key=form.submission_key.data)
    return redirect(url_for("unit.code_paper", paper=paper), 303)


@blueprint.get("/unit/code/<any(poster, 'desk-card'):paper>")
@guards.unit("code:read")
def code_paper(paper: str) -> str:
    """What the paper shows, and its PDF as soon as it is made."""
    active = _active()
    document = documents.of_subject(PAPERS[paper], active.code, locales.select())
    made = documents.file_of(document) if document else None
    return render_template(
        "unit/code/paper.html",
        unit=g.staff.unit,
        paper=paper,
        code=active,
        address=_address(active),
        picture=qr.svg(_address(active), level="Q", title=_("申報二維碼")),
        document=document,
        file=made,
        form=forms.Form(formdata=None),
    )


@blueprint.get("/unit/code/<any(poster, 'desk-card'):paper>.pdf")
@guards.unit("code:read")
def code_paper_pdf(paper: str) -> Response:
    active = _active()
    document = documents.of_subject(PAPERS[paper], active.code, locales.select())
    file = documents.file_of(document) if document else None
    if file is None:
        return redirect(url_for("unit.code_paper", paper=paper), 303)
    response = make_response(files.read(file))
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{paper}-{active.code.lower()}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/unit/code/rotate", methods=["GET", "POST"])
@guards.unit("code:manage")
def code_rotate() -> Response:
    """A new code instead of the old one, or again after none."""
    if request.method == "POST" and not locales.switch_requested():
        form = ChangeForm()
        try:
            codes.rotate(staff_actor(), g.staff.unit.id, form.code.data, key=form.submission_key.data)
        except Conflict as conflict:
            return _late(conflict)
        flash(_("新的二維碼已經生成。請把舊海報全部換下。"), "info")
        return redirect(url_for("unit.code"), 303)
    return _confirm("unit/code/rotate.html")


@blueprint.route("/unit/code/revoke", methods=["GET", "POST"])
@guards.unit("code:manage")
def code_revoke() -> Response:
    if request.method == "POST" and not locales.switch_requested():
        form = ChangeForm()
        try:
            codes.revoke(staff_actor(), g.staff.unit.id, form.code.data, key=form.submission_key.data)
        except Conflict as conflict:
            return _late(conflict)
        flash(_("二維碼已經停用。需要時可以生成新碼。"), "info")
        return redirect(url_for("unit.code"), 303)
    return _confirm("unit/code/revoke.html")


def _confirm(template: str) -> Response:
    active = queries.active_code(g.staff.unit.id)
    form = ChangeForm(formdata=None, data={"code": active.code if active else ""})
    return locales.answered(make_response(render_template(template, code=active, form=form)))


def _active() -> EnrolmentCode:
    active = queries.active_code(g.staff.unit.id)
    if active is None:
        raise NotFound("no_code")
    return active

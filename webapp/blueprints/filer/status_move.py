"""To another unit without typing everything again: its code, its name confirmed, what goes along."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request

from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.status_access import Access, with_full
from webapp.blueprints.filer.status_change import go, refuse
from webapp.domain.filings import changing, standing
from webapp.domain.limits import actions as limits
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Fault, Invalid, TooMany
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import plates


class CodeForm(forms.Form):
    unit_code = fields.TextField(
        _l("新單位的8位編號"), hint=_l("印在單位的二維碼下面，例如DEMQ-0001"), width="code", maxlength=40
    )


class MoveForm(forms.Form):
    move = fields.CheckboxesField(_l("哪些車輛轉到新單位？"), choices=None)


@blueprint.route("/s/<token>/move", methods=["GET", "POST"])
@guards.status
@with_full
def status_move(access: Access) -> Any:
    """The code of the new unit."""
    form = CodeForm()
    status = 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            if not form.unit_code.data.strip():
                raise Invalid("missing", field="unit_code")
            limits.take("enrolment-code-address", request.remote_addr or "")
            answer = units.by_code(form.unit_code.data)
        except (Invalid, TooMany) as refused:
            form.refuse("unit_code", sentences.of(refused.faults[0]))
            status = 429 if isinstance(refused, TooMany) else 422
        else:
            if answer.unit is not None and answer.unit.id == standing.unit_id(access.submission):
                form.refuse("unit_code", sentences.of(Fault("unit_code", "same_unit")))
            elif answer.standing == units.OPEN and answer.code is not None:
                return redirect(access.url("status_move_to", code=answer.code.code.lower()), 303)
            else:
                form.refuse("unit_code", _("這個編號現在不能申報，請向新單位索取二維碼或編號"))
            status = 422
    unit = units.by_id(standing.unit_id(access.submission))
    return locales.answered(
        make_response(render_template("filer/change/move.html", access=access, form=form, unit=unit), status)
    )


@blueprint.route("/s/<token>/move/<code>", methods=["GET", "POST"])
@guards.status
@with_full
def status_move_to(access: Access, code: str) -> Any:
    """Its name, to be compared; what goes along, and what becomes of the rest."""
    answer = units.by_code(code)
    if answer.standing != units.OPEN or answer.unit is None:
        return redirect(access.url("status_move"), 303)
    mine = changing.movable(access.submission)
    form = MoveForm()
    if request.method != "POST":
        form.move.data = [one.ref for one in mine]
    form.move.choices = [(one.ref, "　".join(plates.display(each) for each in one.card.plates)) for one in mine]
    status = 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            return go(changing.begin_move(access.submission, answer.unit, form.move.data))
        except (Invalid, Conflict) as refused:
            status = refuse(form, refused)
    page = render_template(
        "filer/change/move_to.html",
        access=access,
        form=form,
        unit=answer.unit,
        former=units.by_id(standing.unit_id(access.submission)),
        mine=mine,
        kept=changing.of_former_unit(access.submission),
    )
    return locales.answered(make_response(page, status))

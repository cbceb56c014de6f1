"""What the unit itself proposes to the platform about itself, and takes back."""

from __future__ import annotations

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.closings import deregistering, reach
from webapp.domain.units import proposals, states
from webapp.errors import Conflict, Invalid
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.requests import staff_actor


class ClosingForm(forms.Form):
    note = fields.TextAreaField(
        _l("要對平台說的話"), hint=_l("例如單位結業的日期、接手的單位"), optional=True, maxlength=1000
    )


@blueprint.route("/unit/standing/close", methods=["GET", "POST"])
@guards.unit("unit:edit")
def standing_close() -> Response:
    """The unit wishes to be deregistered: what that ends, and its words to the platform."""
    unit = g.staff.unit
    form = ClosingForm()
    status = 200
    if request.method == "POST" and not locales.switch_requested():
        try:
            deregistering.ask(staff_actor(), unit.id, form.note.data, key=form.submission_key.data)
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
            status = 422
        except Conflict as conflict:
            form.refuse(None, sentences.of(conflict.faults[0]))
            status = 409
        else:
            flash(_("已向平台申請註銷。平台決定前一切照舊，你可以收回。"), "info")
            return redirect(url_for("unit.standing"), 303)
    elif request.method != "POST" and states.DEREGISTER not in states.possible(unit.state):
        return redirect(url_for("unit.standing"), 303)
    page = render_template("unit/standing/close.html", form=form, unit=unit, reach=reach.of(unit))
    return locales.answered(make_response(page, status))


@blueprint.post("/unit/standing/proposals/<ref>/withdraw")
@guards.unit("unit:edit")
def proposal_withdraw(ref: str) -> Response:
    form = forms.VersionedForm()
    proposals.withdraw(
        staff_actor(), ref, form.expected_version or 0, unit_id=g.staff.unit.id, key=form.submission_key.data
    )
    flash(_("已收回，一切照舊。"), "info")
    return redirect(url_for("unit.standing"), 303)

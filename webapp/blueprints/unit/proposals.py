"""What the unit itself proposes to the platform about itself, and takes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.closings import deregistering, reach, recertifying
from webapp.domain.units import handing_over, proposals, states
from webapp.errors import Conflict, Invalid
from webapp.ui import fields, forms, guards, locales, presenters, sentences
from webapp.ui.named_form import ACCEPT, NamedForm, found_beside, sent_paper
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class ClosingForm(forms.Form):
    note = fields.TextAreaField(
        _l("要對平台說的話"), hint=_l("例如單位結業的日期、接手的單位"), optional=True, maxlength=1000
    )


class ChangeForm(forms.VersionedForm):
    unit_name = fields.TextField(_l("單位全名"), hint=_l("與登記證明一致"), maxlength=200)
    unit_class = fields.RadioField(_l("單位類別"), choices=list(presenters.UNIT_CLASSES.items()))
    registration_place = fields.RadioField(_l("登記地"), choices=list(presenters.REGISTRATION_PLACES.items()))
    registration_number = fields.TextField(_l("登記號碼"), maxlength=60)
    branch_name = fields.TextField(_l("分支機構名稱"), optional=True, maxlength=200)
    legal_representative = fields.TextField(_l("法定代表人或負責人"), maxlength=120)
    proof = fields.FileField(
        _l("新的登記證明"), hint=_l("證明更改後的資料。PDF、JPEG 或 PNG，8 MB 以內"), accept=ACCEPT
    )
    note = fields.TextAreaField(_l("說明"), hint=_l("平台會看到"), optional=True, maxlength=1000)

    def typed(self) -> dict[str, object]:
        return {name: self[name].data for name in recertifying.FIELDS} | {"confirmed": sorted(self.confirmed)}


#: States of a unit that was certified and not deregistered.
CERTIFIED_ONCE = ("certified", "suspended")


def _proposing(
    form: forms.Form, send: Callable[[], Any], sent: str, page: Callable[[], str], *, possible: bool
) -> Response:
    """The page of one proposal: what was sent is done, or refused with everything that is wrong; it is shown while the
    unit may propose it."""
    status = 200
    if request.method == "POST" and not locales.switch_requested():
        try:
            send()
        except Invalid as refused:
            form.add_errors(found_beside(form, refused))
            status = 422
        except Conflict as conflict:
            form.refuse(None, sentences.of(conflict.faults[0]))
            status = 409
        else:
            flash(sent, "info")
            return redirect(url_for("unit.standing"), 303)
    elif request.method != "POST" and not possible:
        return redirect(url_for("unit.standing"), 303)
    return locales.answered(make_response(page(), status))


@blueprint.route("/unit/standing/close", methods=["GET", "POST"])
@guards.unit("unit:edit")
def standing_close() -> Response:
    """The unit wishes to be deregistered: what that ends, and its words to the platform."""
    unit, form = g.staff.unit, ClosingForm()
    return _proposing(
        form,
        lambda: deregistering.ask(staff_actor(), unit.id, form.note.data, key=form.submission_key.data),
        _("已向平台申請註銷。平台決定前一切照舊，你可以收回。"),
        lambda: render_template("unit/standing/close.html", form=form, unit=unit, reach=reach.seen(unit)),
        possible=states.DEREGISTER in states.possible(unit.state),
    )


@blueprint.route("/unit/standing/hand-over", methods=["GET", "POST"])
@guards.unit("unit:edit")
def standing_hand_over() -> Response:
    """Another person in charge, named by the manager with the letter that authorises him."""
    unit, form = g.staff.unit, NamedForm()
    return _proposing(
        form,
        lambda: handing_over.propose(
            staff_actor(),
            unit.id,
            form.named(),
            sent_paper(form, "authorisation"),
            form.managers.data,
            form.note.data,
            by_unit=True,
            key=form.submission_key.data,
        ),
        _("已送平台確認。新專人接受前，你仍是單位專人。"),
        lambda: render_template("unit/standing/hand_over.html", form=form, unit=unit),
        possible=unit.state in CERTIFIED_ONCE,
    )


@blueprint.route("/unit/standing/change", methods=["GET", "POST"])
@guards.unit("unit:edit")
def standing_change() -> Response:
    """The data the unit was certified with, anew: they are certified again, and those of now stay until then."""
    unit = g.staff.unit
    form = ChangeForm(data=recertifying.as_certified(unit) | {"version": unit.version})
    return _proposing(
        form,
        lambda: recertifying.propose(
            staff_actor(),
            unit.id,
            form.typed(),
            sent_paper(form, "proof"),
            form.note.data,
            form.expected_version or 0,
            key=form.submission_key.data,
        ),
        _("已送平台認證。認證前，現在的資料繼續有效。"),
        lambda: render_template("unit/standing/change.html", form=form, unit=unit),
        possible=unit.state in CERTIFIED_ONCE,
    )


@blueprint.post("/unit/standing/proposals/<ref>/withdraw")
@guards.unit("unit:edit")
def proposal_withdraw(ref: str) -> Response:
    form = forms.VersionedForm()
    proposals.withdraw(
        staff_actor(), ref, form.expected_version or 0, unit_id=g.staff.unit.id, key=form.submission_key.data
    )
    flash(_("已收回，一切照舊。"), "info")
    return redirect(url_for("unit.standing"), 303)

"""What an officer proposes about a unit: to deregister it, with what that would end, or another person in charge."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.closings import deregistering, reach
from webapp.domain.units import handing_over, proposals, queries, rules, states
from webapp.errors import Conflict, Invalid
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.named_form import NamedForm, found_beside, sent_paper
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class ClosingForm(forms.VersionedForm):
    reason = fields.CheckboxesField(
        _l("原因"), choices=[(code, sentences.words(code)) for code in rules.DEREGISTER_REASONS]
    )
    note = fields.TextAreaField(
        _l("說明"), hint=_l("另一位名單管理員和單位會看到，請不要寫證件號碼"), optional=True, maxlength=1000
    )
    successor = fields.TextField(
        _l("接手的單位"),
        hint=_l("有單位接手才填：它的二維碼編號或登記號碼。名單內的人會轉過去，每人會收到通知，可以不同意"),
        width="half",
        optional=True,
        maxlength=60,
    )


@blueprint.route("/platform/units/<ref>/deregister", methods=["GET", "POST"])
@guards.platform("units:decide")
def unit_deregister(ref: str) -> Response:
    unit = queries.one(ref)
    asked = next(iter(proposals.waiting(unit.id, "deregister")), None)
    form = ClosingForm(data={"reason": list(asked.reasons or ()) if asked else []})
    if request.method == "POST" and not locales.switch_requested():
        try:
            made = deregistering.propose(
                staff_actor(),
                unit.id,
                form.reason.data,
                form.note.data,
                _successor(form.successor.data),
                key=form.submission_key.data,
            )
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
        except Conflict as conflict:
            form.refuse(None, sentences.of(conflict.faults[0]))
            return make_response(_page(ref, form), 409)
        else:
            flash(_("已提出。要由另一位名單管理員確認，確認前一切照舊。"), "info")
            return redirect(url_for("platform.proposal", ref=made["proposal"]), 303)
    elif request.method != "POST" and states.DEREGISTER not in states.possible(unit.state):
        return redirect(url_for("platform.unit", ref=ref), 303)
    return locales.answered(make_response(_page(ref, form), 422 if form.refused else 200))


@blueprint.route("/platform/units/<ref>/hand-over", methods=["GET", "POST"])
@guards.platform("units:decide")
def unit_hand_over(ref: str) -> Response:
    """The manager is gone: another one named by the platform, with the unit's letter."""
    unit = queries.one(ref)
    form = NamedForm()
    status = 200
    if request.method == "POST" and not locales.switch_requested():
        letter = sent_paper(form, "authorisation")
        try:
            made = handing_over.propose(
                staff_actor(),
                unit.id,
                form.named(),
                letter,
                form.managers.data,
                form.note.data,
                key=form.submission_key.data,
            )
        except Invalid as refused:
            form.add_errors(found_beside(form, refused))
            status = 422
        except Conflict as conflict:
            form.refuse(None, sentences.of(conflict.faults[0]))
            status = 409
        else:
            flash(_("已提出。要由另一位名單管理員確認，確認前一切照舊。"), "info")
            return redirect(url_for("platform.proposal", ref=made["proposal"]), 303)
    page = render_template("platform/units/hand_over.html", form=form, unit=unit)
    return locales.answered(make_response(page, status))


def _page(ref: str, form: ClosingForm) -> str:
    unit = queries.one(ref)
    return render_template("platform/units/deregister.html", unit=unit, form=form, reach=reach.seen(unit))


def _successor(typed: str) -> int | None:
    """The unit somebody typed. Raises Invalid beside `successor`."""
    if not typed.strip():
        return None
    found = queries.certified_by(typed)
    if len(found) != 1:
        raise Invalid("several" if found else "not_found", field="successor")
    return int(found[0].id)

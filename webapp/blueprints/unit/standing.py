"""Where the unit stands with the platform; correcting what was faulted; withdrawing; its public telephone."""

from __future__ import annotations

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.files import actions as files
from webapp.domain.sanctions import sanction_queries
from webapp.domain.units import proposals, queries, registering, states
from webapp.domain.units.queries import Unit, UnitStep
from webapp.errors import Conflict, Fault, Invalid
from webapp.ui import fields, forms, guards, locales, sentences, timelines
from webapp.ui.registration_form import RegistrationForm
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class ContactForm(forms.VersionedForm):
    address = fields.TextField(_l("單位地址"), autocomplete="street-address", maxlength=300)
    public_phone = fields.TelField(_l("對外電話"), hint=_l("居民和本單位人員可以打的電話"), maxlength=60)
    public_hours = fields.TextField(
        _l("對外時間"), hint=_l("例如星期一至五09:00–17:30"), optional=True, maxlength=100, width="half"
    )
    manager_phone = fields.TelField(_l("單位專人手提電話"), hint=_l("內地、澳門或香港號碼"), maxlength=40)


@blueprint.get("/unit/standing")
@guards.unit("unit:read")
def standing() -> str:
    unit = g.staff.unit
    history = queries.steps(unit)
    last = history[-1]
    return render_template(
        "unit/standing/show.html",
        unit=unit,
        details=queries.details(unit),
        timeline=timelines.of_unit(unit, history, for_unit=True),
        reasons=last.reasons or [],
        officer_note=queries.note(unit, last),
        possible=states.possible(unit.state),
        waiting=[
            (row, forms.VersionedForm(formdata=None, data={"version": row.version}))
            for row in proposals.waiting(unit.id)
        ],
        refused=proposals.last_rejected(unit.id),
        refusal=proposals.answer,
        grounds=sanction_queries.against_unit(unit.id),
    )


@blueprint.route("/unit/standing/correct", methods=["GET", "POST"])
@guards.unit("unit:edit")
def standing_correct() -> Response:
    """The whole registration again, with what was faulted marked; files stay unless others are sent."""
    unit = g.staff.unit
    if unit.state != "returned":
        return redirect(url_for("unit.standing"), 303)
    form = RegistrationForm(data=_as_typed(unit) | {"version": unit.version})
    del form.email
    last = queries.steps(unit)[-1]
    if request.method != "POST":
        form.add_faults(Fault(*reason.split(":", 1)) for reason in last.reasons or [])
        return _correction(form, unit, last, 200)
    if switch := locales.switch_requested():
        return locales.remember(_correction(form, unit, last, 200), switch)
    uploads = form.uploads()
    if not form.refused:
        try:
            registering.resubmit(
                staff_actor(),
                unit.id,
                form.typed(),
                uploads,
                form.expected_version or 0,
                key=form.submission_key.data,
            )
        except Invalid as refused:
            form.add_faults(refused.faults)
        except Conflict as conflict:
            if conflict.code != "unit_taken":
                raise
            form.add_faults([Fault("registration_number", "unit_taken")])
        else:
            flash(_("已再次提交，等待平台認證。"), "info")
            return redirect(url_for("unit.standing"), 303)
    return _correction(form, unit, last, 422)


def _as_typed(unit: Unit) -> dict[str, str]:
    return queries.details(unit) | {
        "unit_name": unit.name,
        "unit_class": unit.unit_class,
        "registration_place": unit.registration_place,
        "registration_number": unit.registration_number,
        "branch_name": unit.branch_name,
        "address": unit.address,
        "public_phone": unit.public_phone,
        "public_hours": unit.public_hours,
    }


def _correction(form: RegistrationForm, unit: Unit, last: UnitStep, status: int) -> Response:
    for name in ("proof", "authorisation"):
        kept = queries.paper(unit, name)
        if kept is not None:
            form.show_kept(name, files.original_name(kept), kept.size)
    page = render_template("unit/standing/correct.html", form=form, officer_note=queries.note(unit, last))
    return make_response(page, status)


@blueprint.route("/unit/standing/withdraw", methods=["GET", "POST"])
@guards.unit("unit:edit")
def standing_withdraw() -> Response | str:
    """Take the registration back: asked once more on its own page."""
    unit = g.staff.unit
    form = forms.VersionedForm(data={"version": unit.version})
    if request.method != "POST" or locales.switch_requested():
        if states.WITHDRAW not in states.possible(unit.state):
            return redirect(url_for("unit.standing"), 303)
        return render_template("unit/standing/withdraw.html", form=form, unit=unit)
    registering.withdraw(staff_actor(), unit.id, form.expected_version or 0, key=form.submission_key.data)
    flash(_("登記已撤回。需要時可以重新登記。"), "info")
    return redirect(url_for("unit.standing"), 303)


@blueprint.route("/unit/standing/contact", methods=["GET", "POST"])
@guards.unit("unit:edit")
def standing_contact() -> Response:
    unit = g.staff.unit
    known = {
        "address": unit.address,
        "public_phone": unit.public_phone,
        "public_hours": unit.public_hours,
        "manager_phone": queries.details(unit)["manager_phone"],
        "version": unit.version,
    }
    form = ContactForm(data=known)
    if request.method == "POST" and not locales.switch_requested():
        try:
            registering.set_contact(
                staff_actor(),
                unit.id,
                form.public_phone.data,
                form.public_hours.data,
                form.expected_version or 0,
                address=request.form.get("address"),
                manager_phone=request.form.get("manager_phone"),
                key=form.submission_key.data,
            )
        except Invalid as refused:
            form.add_errors([(fault.field, sentences.of(fault), fault.warning) for fault in refused.faults])
        else:
            flash(_("對外電話已更新。"), "info")
            return redirect(url_for("unit.standing"), 303)
    return locales.answered(
        make_response(render_template("unit/standing/contact.html", form=form), 422 if form.refused else 200)
    )

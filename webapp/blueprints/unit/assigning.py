"""Vehicles of the register and their drivers: the page of one, assigning it, further ones to a driver, unassigning."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.blueprints.unit.uploads import read_chosen
from webapp.domain.closings import fleet
from webapp.domain.filings import assigning_drivers
from webapp.domain.passlist import queries
from webapp.domain.units import rules, vehicles
from webapp.errors import Conflict, NotFound
from webapp.ui import forms, guards, htmx, locales, looking, sentences
from webapp.ui import passlist as words
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.sentences import assigning
from webapp.ui.words import gettext as _

#: Names shown before everybody is assigned at once.
FIRST_ROWS = 5


@blueprint.get("/unit/vehicles/<ref>", endpoint="vehicle")
@guards.unit("register:read")
def vehicle_page(ref: str) -> str:
    """A vehicle of the register, who drives it, and who is about to."""
    unit = g.staff.unit
    row = vehicles.one(unit.id, ref)
    return render_template(
        "unit/vehicles/show.html",
        row=row,
        plate=vehicles.plate_of(row),
        own_car=fleet.own_cars(unit.id, [bytes(row.plate_index)]).get(bytes(row.plate_index)),
        drivers=words.entry_rows(fleet.drivers(unit.id, row)),
        waiting=words.filing_rows(assigning_drivers.waiting(unit.id, row)),
        may_assign=rules.may_verify(unit) and guards.may(guards.UNIT, "filings:verify"),
    )


# Drivers to a vehicle ---------------------------------------------------------------------------------------------


@blueprint.get("/unit/vehicles/<ref>/drivers", endpoint="vehicle_drivers")
@guards.unit("filings:verify")
def drivers_choose(ref: str) -> Response:
    folder = "unit/vehicles"
    template = htmx.template(f"{folder}/choose.html", list=f"{folder}/_choose.html", look=f"{folder}/_look.html")
    return htmx.hx_response(render_template(template, **_choice(ref, request.args)))


@blueprint.post("/unit/vehicles/<ref>/drivers", endpoint="vehicle_assign_drivers")
@guards.unit("filings:verify")
def drivers_assign(ref: str) -> Response:
    form = forms.Form()
    chosen = read_chosen(request.form)
    if not chosen.everything and not chosen.rows:
        form.refuse(None, sentences.SENTENCES["assign:choose"])
        return make_response(render_template("unit/vehicles/choose.html", **_choice(ref, request.form, form)), 422)
    if locales.switch_requested() or (chosen.everything and "confirmed" not in request.form):
        return locales.answered(_everybody(ref, form))
    try:
        done = assigning_drivers.assign_drivers(
            staff_actor(), g.staff.unit.id, ref, chosen, key=form.submission_key.data
        )
    except Conflict as conflict:
        fresh = forms.Form(formdata=None)
        fresh.refuse(None, sentences.of(conflict.faults[0]))
        return make_response(render_template("unit/vehicles/choose.html", **_choice(ref, request.form, fresh)), 409)
    _say(done)
    return redirect(url_for("unit.vehicle", ref=ref), 303)


def _everybody(ref: str, form: forms.Form) -> Response:
    """How many there are and who comes first; nothing has changed yet. Of very many they are searched for or ticked."""
    choice = _choice(ref, request.form, form)
    template = "unit/vehicles/everybody.html" if choice["count"] else "unit/vehicles/choose.html"
    return make_response(render_template(template, first_rows=FIRST_ROWS, **choice))


def _choice(ref: str, args: MultiDict[str, str], form: forms.Form | None = None) -> dict[str, Any]:
    unit = g.staff.unit
    row = vehicles.one(unit.id, ref)
    q = args.get("q", "").strip()[:80]
    asked = looking.Request.read(args, queries.PAGE)
    page = assigning_drivers.people(unit.id, row, q, after=asked.place, limit=asked.left)
    line = asked.line(page, partial(url_for, "unit.vehicle_drivers", ref=ref, q=q))
    return {
        "row": row,
        "plate": vehicles.plate_of(row),
        "q": q,
        "people": words.entry_rows(page.rows),
        "line": line,
        "count": 0 if line else assigning_drivers.people_count(unit.id, row, q),
        "most": assigning_drivers.MOST,
        "may_assign": rules.may_verify(unit),
        "first_url": url_for("unit.vehicle_drivers", ref=ref, q=q or None) if args.get("after") else "",
        "next_url": url_for("unit.vehicle_drivers", ref=ref, q=q or None, after=str(page.next)) if page.next else "",
        "form": form or forms.Form(formdata=None),
    }


def _say(done: dict[str, Any]) -> None:
    """What was done, and who or what was left out."""
    if done["assigned"]:
        flash(_("已指派%(n)s項，上傳後生效。駕駛員會收到通知。", n=done["assigned"]), "info")
    for reason, count in done["skipped"].items():
        flash(_("%(n)s項沒有指派：%(why)s", n=count, why=str(assigning.SKIPPED[reason])), "warn")


# Vehicles to a driver ---------------------------------------------------------------------------------------------


@blueprint.route("/unit/list/<ref>/vehicles", methods=["GET", "POST"], endpoint="passlist_vehicles")
@guards.unit("filings:verify")
def vehicles_assign(ref: str) -> Response:
    """Further vehicles of the register for the person of this entry."""
    unit = g.staff.unit
    if not rules.has_unit_vehicles(unit.unit_class):
        raise NotFound("not_found")
    form = forms.Form() if request.method == "POST" else forms.Form(formdata=None)
    status = 200
    if request.method == "POST":
        refs = [value for value in request.form.getlist("row") if value.isascii() and value.isalnum()]
        if not refs:
            form.refuse(None, sentences.SENTENCES["assign:choose"])
            status = 422
        else:
            try:
                done = assigning_drivers.assign_vehicles(
                    staff_actor(), unit.id, ref, refs, key=form.submission_key.data
                )
            except Conflict as conflict:
                form = forms.Form(formdata=None)
                form.refuse(None, sentences.of(conflict.faults[0]))
                status = 409
            else:
                _say(done)
                return redirect(url_for("unit.passlist_entry", ref=ref), 303)
    return make_response(render_template("unit/vehicles/further.html", form=form, **_further(ref)), status)


def _further(ref: str) -> dict[str, Any]:
    unit = g.staff.unit
    entry = queries.one(unit.id, ref)
    basis = assigning_drivers.basis_of(unit.id, ref)
    place = number_asked("before")
    rows = assigning_drivers.vehicles_for(basis, before=place) if basis else []
    full = len(rows) == vehicles.PAGE
    return {
        "row": words.entry_rows([entry])[0],
        "assignable": basis is not None,
        "may_assign": rules.may_verify(unit),
        "cars": [(one, vehicles.plate_of(one)) for one in rows],
        "first_url": url_for("unit.passlist_vehicles", ref=ref) if place else "",
        "next_url": url_for("unit.passlist_vehicles", ref=ref, before=rows[-1].id) if full else "",
    }


# Unassigning ------------------------------------------------------------------------------------------------------


@blueprint.route("/unit/vehicles/<ref>/drivers/<driver>/end", methods=["GET", "POST"], endpoint="vehicle_unassign")
@guards.unit("register:edit")
def unassign(ref: str, driver: str) -> Response | str:
    """One driver drives this vehicle no more, asked once more on its own page."""
    unit_id = g.staff.unit.id
    row = vehicles.one(unit_id, ref)
    entries = words.entry_rows(fleet.drivers(unit_id, row))
    about = [*entries, *words.filing_rows(one for one in assigning_drivers.waiting(unit_id, row) if one.assigned)]
    one = next((found for found in about if found.ref == driver), None)
    if request.method == "POST":
        form = forms.VersionedForm()
        key = form.submission_key.data
        done = fleet.unassign(staff_actor(), unit_id, ref, driver, form.expected_version, key=key)
        said = _("已停止指派，登記已移出名單。") if done["entries"] else _("已停止指派。")
        flash(_("%(said)s駕駛員會收到通知。", said=said), "info")
        return redirect(url_for("unit.vehicle", ref=ref), 303)
    if one is None:
        raise NotFound("not_found")
    return render_template(
        "unit/vehicles/unassign.html",
        row=row,
        plate=vehicles.plate_of(row),
        one=one,
        in_force=one in entries,
        form=forms.VersionedForm(formdata=None, data={"version": one.version}),
    )

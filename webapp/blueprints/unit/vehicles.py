"""The unit's vehicle register: list, add, end, import from a sheet."""

from __future__ import annotations

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.closings import fleet
from webapp.domain.units import register_sheet, rules, vehicles
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import fields, forms, guards, locales, presenters, sentences, sheets
from webapp.ui import passlist as words
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class VehicleForm(forms.Form):
    plate = fields.TextField(
        _l("車牌號碼"),
        hint=_l("例如粵C·D12345、MX-12-34。香港車牌如澳門也會有，前面加“港”字"),
        width="plate",
        maxlength=20,
    )
    size_class = fields.RadioField(_l("車型"), choices=list(presenters.SIZE_CLASSES.items()))
    brand_model = fields.TextField(_l("品牌型號"), optional=True, maxlength=100)


class SheetForm(sheets.SheetForm):
    file = sheets.file_field(_l("車輛表"))


@blueprint.get("/unit/vehicles", endpoint="vehicles")
@guards.unit("register:read")
def vehicle_list() -> str:
    unit = g.staff.unit
    wanted = request.args.get("q", "").strip()
    before = number_asked("before")
    rows = vehicles.found(unit.id, wanted) if wanted else vehicles.listed(unit.id, before=before)
    own = fleet.own_cars(unit.id, [bytes(row.plate_index) for row in rows])
    full = not wanted and len(rows) == vehicles.PAGE
    return render_template(
        "unit/vehicles/list.html",
        rows=[(row, vehicles.plate_of(row), own.get(bytes(row.plate_index))) for row in rows],
        count=vehicles.count(unit.id),
        q=wanted,
        paged=bool(before),
        next_before=rows[-1].id if full else None,
        applies=rules.has_unit_vehicles(unit.unit_class),
    )


@blueprint.route("/unit/vehicles/add", methods=["GET", "POST"])
@guards.unit("register:edit")
def vehicle_add() -> Response:
    form = VehicleForm()
    status = 200
    if request.method == "POST" and not locales.switch_requested():
        entered = vehicles.NewVehicle(form.plate.data, form.size_class.data, form.brand_model.data)
        try:
            vehicles.add(staff_actor(), g.staff.unit.id, entered, form.confirmed, key=form.submission_key.data)
        except Invalid as refused:
            form.add_errors([(fault.field, sentences.of(fault), fault.warning) for fault in refused.faults])
            status = 422
        except Conflict as conflict:
            if conflict.code != "plate_elsewhere":
                raise
            form.refuse("plate", sentences.of(conflict.faults[0]))
            status = 409
        else:
            flash(_("車輛已加入登記。"), "info")
            for name in fleet.own_cars(g.staff.unit.id, [vehicles.plate_index(entered.plate)]).values():
                flash(
                    _("%(name)s把這輛車申報為自用車輛。登記在這裏不改變他的申報；寫錯了車牌，可以停用。", name=name),
                    "warn",
                )
            return redirect(url_for("unit.vehicles"), 303)
    return locales.answered(make_response(render_template("unit/vehicles/add.html", form=form), status))


@blueprint.route("/unit/vehicles/<ref>/end", methods=["GET", "POST"])
@guards.unit("register:edit")
def vehicle_end(ref: str) -> Response | str:
    """Retire one vehicle, asked once more on its own page, which names whom it concerns."""
    unit_id = g.staff.unit.id
    if request.method == "POST":
        done = fleet.retire(staff_actor(), unit_id, ref, key=forms.Form().submission_key.data)
        if done["entries"]:
            flash(_("車輛已停用，移出%(entries)s項登記，%(people)s人會收到通知。", **done), "info")
        else:
            flash(_("車輛已移出登記。"), "info")
        return redirect(url_for("unit.vehicles"), 303)
    row = vehicles.one(unit_id, ref)
    return render_template(
        "unit/vehicles/end.html",
        row=row,
        plate=vehicles.plate_of(row),
        drivers=words.entry_rows(fleet.drivers(unit_id, row)),
        form=forms.Form(formdata=None),
    )


class PlateForm(forms.Form):
    plate = fields.TextField(_l("新車牌"), hint=_l("例如粵C·D12345。不用輸入點和空格"), width="plate", maxlength=20)


@blueprint.route("/unit/vehicles/<ref>/plate", methods=["GET", "POST"])
@guards.unit("register:edit")
def vehicle_plate(ref: str) -> Response:
    """Another plate for a vehicle of the register and for all who drive it."""
    unit_id = g.staff.unit.id
    row = vehicles.one(unit_id, ref)
    form = PlateForm()
    status = 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            done = fleet.change_plate(
                staff_actor(), unit_id, ref, form.plate.data, form.confirmed, key=form.submission_key.data
            )
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
            status = 422
        except Conflict as conflict:
            form.add_errors(sentences.found(conflict))
            status = 409
        else:
            flash(_("車牌已更換，%(entries)s名駕駛員的登記一併更新，他們會收到通知。", **done), "info")
            return redirect(url_for("unit.vehicles"), 303)
    page = render_template(
        "unit/vehicles/plate.html",
        row=row,
        plate=vehicles.plate_of(row),
        drivers=words.entry_rows(fleet.drivers(unit_id, row)),
        form=form,
    )
    return locales.answered(make_response(page, status))


@blueprint.get("/unit/vehicles/template.xlsx")
@guards.unit("register:read")
def vehicle_template() -> Response:
    return sheets.download(register_sheet.template(), "vehicles.xlsx")


@blueprint.route("/unit/vehicles/import", methods=["GET", "POST"])
@guards.unit("register:edit")
def vehicle_import() -> Response:
    """All rows of a sheet, or none and every error by its row."""
    if not rules.has_unit_vehicles(g.staff.unit.unit_class):
        raise NotFound("not_found")
    form = SheetForm()
    errors: list[sheets.RowError] = []
    if request.method == "POST" and not locales.switch_requested():
        try:
            lines = register_sheet.read(form.content())
            done = vehicles.enter_sheet(staff_actor(), g.staff.unit.id, lines, key=form.submission_key.data)
        except Invalid as refused:
            errors = form.refuse_all(refused)
        else:
            flash(_("已加入%(added)s輛車，%(known)s輛原本已在登記內。", **done), "info")
            own = fleet.own_cars(g.staff.unit.id, [vehicles.plate_index(line.plate) for line in lines])
            if own:
                flash(
                    _("其中%(n)s輛是本單位的人申報的自用車輛，下面已註明。登記不改變他們的申報。", n=len(own)), "warn"
                )
            return redirect(url_for("unit.vehicles"), 303)
    page = render_template("unit/vehicles/import.html", form=form, errors=errors)
    return locales.answered(make_response(page, 422 if form.refused else 200))

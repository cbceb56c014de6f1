"""Where a member of a unit begins: what waits, and where the unit stands."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.unit import blueprint
from webapp.domain.campaigns import queries as campaigns
from webapp.domain.notices import queries as notices
from webapp.domain.notices.kinds import UNIT
from webapp.domain.units import queries, rules, vehicles
from webapp.ui import guards


@blueprint.get("/unit")
@guards.unit("unit:read")
def home() -> Response | str:
    unit = g.staff.unit
    if unit.state not in ("certified", "suspended"):
        return redirect(url_for("unit.standing"), 303)
    code = queries.active_code(unit.id)
    return render_template(
        "unit/home.html",
        unit=unit,
        code=code,
        barred=queries.code_barred(unit.id),
        begun_today=queries.begun_on(code, clock.today()) if code else 0,
        to_confirm=campaigns.to_confirm(unit.id),
        unread=notices.unread(UNIT, unit.ref).count(),
        has_vehicles=rules.has_unit_vehicles(unit.unit_class),
        vehicle_count=vehicles.count(unit.id),
    )

"""The roster: what it says beside the unit's people, putting a new one in its place, and who is not on it any more."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.blueprints.unit.staff_sheets import preview
from webapp.domain.filings import filters, rostering
from webapp.domain.passlist import queries as passlist
from webapp.domain.units import roster, staff_sheets
from webapp.errors import Conflict
from webapp.ui import forms, guards, sentences
from webapp.ui import passlist as words
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _

#: Rows of people not on the roster that one page shows.
PAGE = 50


@blueprint.get("/unit/roster", endpoint="roster")
@guards.unit("people:manage")
def roster_home() -> str:
    unit = g.staff.unit
    standing = roster.current(unit.id)
    return render_template(
        "unit/roster/show.html",
        unit=unit,
        roster=standing,
        overview=rostering.overview(unit.id, standing) if standing else None,
        exact=filters.count(unit.id, "roster_exact")[filters.WAITING] if standing else 0,
        form=forms.Form(formdata=None),
        waiting=staff_sheets.waiting(unit.id, staff_sheets.ROSTER),
        kept_days=roster.kept_days(),
    )


@blueprint.post("/unit/roster/sheet/<ref>/enter")
@guards.unit("people:manage")
def roster_enter(ref: str) -> Response:
    unit_id = g.staff.unit.id
    sheet = staff_sheets.one(unit_id, ref, staff_sheets.ROSTER)
    try:
        done = roster.enter(staff_actor(), unit_id, ref, key=forms.Form().submission_key.data)
    except Conflict as conflict:
        return preview(sheet, 409, sentences.of(conflict.faults[0]))
    if done["changed"]:
        flash(_("名冊已更新，共%(rows)s人。", rows=done["rows"]), "info")
    else:
        flash(_("內容與現有名冊相同，沒有改動。"), "info")
    return redirect(url_for("unit.roster"), 303)


@blueprint.get("/unit/roster/left")
@guards.unit("people:manage")
def roster_left() -> str:
    """Entries in force of people the roster does not know: a proposal, and the unit decides."""
    unit_id = g.staff.unit.id
    begin = number_asked("after") or 0
    found = [pair for pair in rostering.left(unit_id) if pair[0] > begin]
    fits = dict(found[:PAGE])
    entries = passlist.by_ids(unit_id, fits)
    return render_template(
        "unit/roster/left.html",
        rows=words.entry_rows(entries),
        namesakes={entry.ref for entry in entries if fits[entry.id] == rostering.NAME},
        more=len(found) > PAGE,
        total=len(found),
        first_url=url_for("unit.roster_left") if begin else "",
        next_url=url_for("unit.roster_left", after=entries[-1].id) if len(found) > PAGE else "",
        has_roster=roster.current(unit_id) is not None,
        bulk_form=forms.Form(formdata=None),
    )


@blueprint.route("/unit/roster/end", methods=["GET", "POST"])
@guards.unit("people:manage")
def roster_end() -> Response | str:
    """Delete the roster before its time, asked once more on its own page."""
    if request.method == "POST":
        roster.end(staff_actor(), g.staff.unit.id, key=forms.Form().submission_key.data)
        flash(_("名冊已刪除。"), "info")
        return redirect(url_for("unit.roster"), 303)
    return render_template("unit/roster/end.html", form=forms.Form(formdata=None))

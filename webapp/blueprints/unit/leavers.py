"""Leavers: one person by his entry, or everybody a list means exactly. Each asks first, on its own page."""

from __future__ import annotations

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.blueprints.unit.passlist import entry_page
from webapp.blueprints.unit.staff_sheets import preview
from webapp.domain.closings import leaving
from webapp.domain.passlist import queries
from webapp.domain.units import staff_sheets
from webapp.errors import Conflict
from webapp.ui import forms, guards, sentences
from webapp.ui import passlist as words
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.values.numbers import whole_number


@blueprint.route("/unit/list/<ref>/leave", methods=["GET", "POST"])
@guards.unit("people:manage")
def passlist_leave(ref: str) -> Response:
    unit_id = g.staff.unit.id
    _person, standing = leaving.of_entry(unit_id, ref)
    if request.method == "POST":
        try:
            done = leaving.leave(staff_actor(), unit_id, ref, key=forms.Form().submission_key.data)
        except Conflict as conflict:
            return entry_page(ref, 409, sentences.of(conflict.faults[0]))
        flash(_said(done), "info")
        return redirect(url_for("unit.passlist_entry", ref=ref), 303)
    if not standing.entries and not standing.filings:
        return entry_page(ref, 409, str(sentences.SENTENCES["nothing_to_end"]))
    row = words.entry_rows([queries.one(unit_id, ref)])[0]
    body = render_template(
        "unit/leavers/one.html",
        row=row,
        entries=words.entry_rows(queries.by_ids(unit_id, standing.entries)),
        filings=len(standing.filings),
        form=forms.Form(formdata=None),
    )
    return make_response(body)


@blueprint.post("/unit/leavers/sheet/<ref>/end")
@guards.unit("people:manage")
def leavers_end(ref: str) -> Response:
    unit_id = g.staff.unit.id
    sheet = staff_sheets.one(unit_id, ref, staff_sheets.LEAVERS)
    ticked = frozenset(request.form.getlist("person"))
    start = whole_number(request.form.get("likely_from"), digits=5)
    if start is not None:
        return preview(sheet, start=start, ticked=ticked)  # another page of them; nothing is done
    try:
        done = leaving.leave_listed(
            staff_actor(),
            unit_id,
            ref,
            ticked,
            request.form.get("digest", ""),
            key=forms.Form().submission_key.data,
        )
    except Conflict as conflict:
        return preview(staff_sheets.one(unit_id, sheet.ref), 409, sentences.of(conflict.faults[0]), ticked=ticked)
    flash(_said(done), "info")
    return redirect(url_for("unit.passlist"), 303)


def _said(done: dict[str, int]) -> str:
    said = _("已移出%(entries)s項，關閉%(filings)s份申報，%(people)s人會收到通知。", **done)
    if done["held"]:
        said += _("%(held)s名第二名駕駛員因車主離開而暫停。", held=done["held"])
    return said

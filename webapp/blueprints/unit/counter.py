"""櫃枱協助: filings typed for people who come to the desk, phones replaced there, and what is to be told to whoever has
no phone."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from webapp.blueprints.unit import blueprint
from webapp.domain.filings import desk, helping
from webapp.errors import Conflict
from webapp.ui import forms, guards, locales, sentences
from webapp.ui.notices import shown
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _


@blueprint.route("/unit/counter", methods=["GET", "POST"])
@guards.unit("counter:help")
def counter() -> Any:
    form = forms.Form()
    status = 200
    if form.is_submitted():
        try:
            begun = helping.begin(staff_actor(), g.staff.unit.id, locales.select(), key=form.submission_key.data)
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            status = 409
        else:
            return redirect(url_for("filer.person", ref=begun["draft"]), 303)
    unit_id = g.staff.unit.id
    page = render_template(
        "unit/counter/home.html",
        form=form,
        under_way=helping.under_way(unit_id),
        people=[(one, shown(one.notices)) for one in desk.people(unit_id)],
    )
    return page, status


@blueprint.post("/unit/counter/told/<ref>")
@guards.unit("counter:help")
def counter_told(ref: str) -> Any:
    """The person was told everything that lay here for him."""
    desk.told(staff_actor(), g.staff.unit.id, ref, key=forms.Form().submission_key.data)
    flash(_("已記錄：本人已獲告知。"))
    return redirect(url_for("unit.counter"), 303)


@blueprint.post("/unit/counter/correct/<ref>")
@guards.unit("counter:help")
def counter_correct(ref: str) -> Any:
    """What was returned to somebody without a phone is corrected here, with him."""
    try:
        begun = helping.begin_correction(staff_actor(), g.staff.unit.id, ref, key=forms.Form().submission_key.data)
    except Conflict as refused:
        flash(sentences.of(refused.faults[0]), "fail")
        return redirect(url_for("unit.counter"), 303)
    return redirect(url_for("filer.check", ref=begun["draft"]), 303)

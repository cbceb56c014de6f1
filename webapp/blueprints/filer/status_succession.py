"""A unit was deregistered and another took over: the person says that he does not go along."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.status_access import Access, with_full
from webapp.domain.closings import succession
from webapp.domain.filings import following
from webapp.domain.units import queries as units
from webapp.errors import Conflict
from webapp.ui import forms, guards, journeys, left_behind, sentences
from webapp.ui.words import gettext as _


@blueprint.route("/s/<token>/stay-behind/<entry_ref>", methods=["GET", "POST"])
@guards.status
@with_full
def entry_stay_behind(access: Access, entry_ref: str) -> Any:
    form = forms.Form()
    status = 200
    if form.is_submitted():
        try:
            succession.refuse(access.actor, access.submission.ref, entry_ref, key=form.submission_key.data)
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            status = 409
        else:
            flash(_("登記已終止，並已通知單位。"))
            return redirect(access.url("status"), 303)
    journey, entry = following.journey_of_entry(access.submission, entry_ref)
    unit = units.by_id(entry.unit_id)
    return render_template(
        "filer/status/stay_behind.html",
        access=access,
        one=journeys.tell(journey, unit, clock.now()),
        unit=unit,
        beside=left_behind.said(entry),
        form=form,
        open=succession.may_refuse(entry, clock.now()),
    ), status

"""Cases about the unit's people and acts: the facts, the unit's own answer, and a plate it claims for itself."""

from __future__ import annotations

from typing import Any

from flask import flash, g, make_response, redirect, render_template, url_for

from webapp.blueprints.unit import blueprint
from webapp.domain.filings import claiming
from webapp.domain.sanctions import cases_queries
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import case_deeds, guards, locales, sentences
from webapp.ui import cases as words
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _


@blueprint.get("/unit/cases")
@guards.unit("cases:read")
def cases() -> str:
    before = number_asked("before")
    unit = g.staff.unit
    rows = cases_queries.of_unit(unit.id, unit.ref, before=before)
    return render_template(
        "unit/cases/list.html",
        rows=rows,
        paged=bool(before),
        next_before=rows[-1][0].id if len(rows) == cases_queries.PAGE else None,
    )


@blueprint.get("/unit/cases/<ref>")
@guards.unit("cases:read")
def case(ref: str) -> str:
    found, party = cases_queries.one_of_unit(g.staff.unit.id, g.staff.unit.ref, ref)
    deeds = case_deeds.possible(found, party) if guards.may(guards.UNIT, "cases:answer") else []
    return render_template(
        "unit/cases/case.html",
        case=found,
        party=party,
        deeds={deed: url_for("unit.case_deed", ref=ref, deed=deed) for deed in deeds},
        **words.told(found, party),
    )


@blueprint.route("/unit/cases/<ref>/<any(answer, evidence, withdraw):deed>", methods=["GET", "POST"])
@guards.unit("cases:answer")
def case_deed(ref: str, deed: str) -> Any:
    found, party = cases_queries.one_of_unit(g.staff.unit.id, g.staff.unit.ref, ref)
    if party is None:
        raise NotFound("not_found")
    here = url_for("unit.case", ref=ref)
    done = case_deeds.perform(deed, staff_actor(), found, party)
    if done.said:
        flash(done.said, "info")
        return redirect(here, 303)
    page = render_template(
        "unit/cases/deed.html", case=found, party=party, deed=deed, form=done.form, trouble=done.trouble, back=here
    )
    return locales.answered(make_response(page, done.status))


@blueprint.route("/unit/cases/new", methods=["GET", "POST"])
@guards.unit("cases:answer")
def case_claim() -> Any:
    """A plate that somebody else holds is the unit's, or its person's."""
    form = words.ClaimForm()
    status = 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            made = claiming.claim_plate(
                staff_actor(),
                g.staff.unit.id,
                form.plate.data,
                form.words.data,
                words.handed(form),
                key=form.submission_key.data,
            )
        except Invalid as refused:
            words.take(form, refused)
            status = 422
        except Conflict as refused:
            form.refuse(refused.faults[0].field, sentences.of(refused.faults[0]))
            status = 409
        else:
            flash(_("已提出。平台會聽取另一方後決定。"), "info")
            return redirect(url_for("unit.case", ref=made["case"]), 303)
    return locales.answered(make_response(render_template("unit/cases/claim.html", form=form), status))

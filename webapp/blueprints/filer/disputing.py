""" "That was not me" from a draft that was stopped: say it, and follow the case from the draft itself."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, make_response, redirect, render_template, url_for

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.opening import Opened, with_draft
from webapp.domain.filings import disputing, drafts
from webapp.domain.jobs import calendar
from webapp.domain.sanctions import cases_queries
from webapp.domain.sanctions.cases_rules import DECIDE_DAYS
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import case_deeds, guards, locales, sentences
from webapp.ui import cases as words
from webapp.ui.requests import filer_actor


@blueprint.route("/file/<ref>/dispute", methods=["GET", "POST"])
@guards.draft
@with_draft
def dispute(opened: Opened) -> Any:
    """Put what stands in the way before the platform."""
    form = words.WordsForm()
    status, trouble = 200, ""
    if form.is_submitted() and not locales.switch_requested():
        try:
            actor = filer_actor(opened.ref, opened.unit.id)
            disputing.dispute(actor, opened.ref, form.words.data, words.handed(form), key=form.submission_key.data)
        except Invalid as refused:
            words.take(form, refused)
            status = 422
        except (Conflict, NotFound) as refused:
            trouble, status = sentences.of(refused.faults[0]), 409
        else:
            return redirect(url_for("filer.disputed", ref=opened.ref), 303)
    page = render_template(
        "filer/draft/dispute.html",
        ref=opened.ref,
        form=form,
        trouble=trouble,
        until=calendar.nth_working_day(clock.now(), DECIDE_DAYS),
    )
    return locales.answered(make_response(page, status))


@blueprint.get("/file/<ref>/disputed")
@guards.draft
@with_draft
def disputed(opened: Opened) -> Any:
    """The cases of this draft, and the link that leads back to them."""
    found = cases_queries.of_draft(opened.ref)
    if not found:
        return redirect(url_for("filer.check", ref=opened.ref), 303)
    link = url_for("filer.resume", token=drafts.resume_token(opened.ref))
    return render_template(
        "filer/draft/disputed.html",
        ref=opened.ref,
        rows=[(case, party, words.told(case, party), case_deeds.possible(case, party)) for case, party in found],
        link=current_app.config["SETTINGS"].public_url + link,
    )


@blueprint.route("/file/<ref>/disputed/<case_ref>/<any(evidence, withdraw):deed>", methods=["GET", "POST"])
@guards.draft
@with_draft
def disputed_deed(opened: Opened, case_ref: str, deed: str) -> Any:
    case, party = cases_queries.one_of_draft(opened.ref, case_ref)
    here = url_for("filer.disputed", ref=opened.ref)
    done = case_deeds.perform(deed, filer_actor(opened.ref, opened.unit.id), case, party)
    if done.said:
        flash(done.said)
        return redirect(here, 303)
    page = render_template(
        "filer/case/deed.html", case=case, party=party, deed=deed, form=done.form, trouble=done.trouble, back=here
    )
    return locales.answered(make_response(page, done.status))

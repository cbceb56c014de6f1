"""What a person may do with a filing under way: correct it, take it back, say that it is not his."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, render_template, url_for

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.status_access import Access, with_full, with_status
from webapp.domain.filings import correcting, drafts, following, withdrawing
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Invalid
from webapp.ui import cases as words
from webapp.ui import forms, guards, journeys, locales, sentences
from webapp.ui.words import lazy_gettext as _l


class DeedForm(forms.VersionedForm):
    """One deed about one row, confirmed on its own page."""


def _told(access: Access, filing_ref: str) -> journeys.Told:
    unit = units.by_id(access.submission.unit_id)
    return journeys.tell(following.journey(access.submission, filing_ref), unit, clock.now())


@blueprint.route("/s/<token>/withdraw/<filing_ref>", methods=["GET", "POST"])
@guards.status
@with_full
def filing_withdraw(access: Access, filing_ref: str) -> Any:
    return _deed(access, filing_ref, withdrawing.withdraw, "filer/status/withdraw.html", _l("已撤回這份申報。"))


@blueprint.route("/s/<token>/not-me/<filing_ref>", methods=["GET", "POST"])
@guards.status
@with_full
def filing_disown(access: Access, filing_ref: str) -> Any:
    """ "That was not me." """
    done = _l("已記錄“不是我”。名單管理員會查證，在此之前這份申報不會列入名單。")
    return _deed(access, filing_ref, withdrawing.disown, "filer/status/disown.html", done, words.DisownForm)


def _deed(
    access: Access,
    filing_ref: str,
    act: Callable[..., Any],
    template: str,
    done: Any,
    made_of: type[forms.VersionedForm] = DeedForm,
) -> Any:
    one = _told(access, filing_ref)
    form: Any = made_of(data={"version": one.journey.filing.version})
    status = 200
    if form.is_submitted():
        if switch := locales.switch_requested():
            return locales.remember(make_response(render_template(template, access=access, one=one, form=form)), switch)
        try:
            more = (form.words.data, words.handed(form)) if made_of is words.DisownForm else ()
            act(
                access.actor,
                access.submission.ref,
                filing_ref,
                form.expected_version,
                *more,
                key=form.submission_key.data,
            )
        except Invalid as refused:
            words.take(form, refused)
            status = 422
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            one = _told(access, filing_ref)
            form.version.data = str(one.journey.filing.version)
            status = 409
        else:
            flash(str(done))
            return redirect(access.url("status"), 303)
    return render_template(template, access=access, one=one, form=form), status


@blueprint.route("/s/<token>/correct", methods=["GET", "POST"])
@guards.status
@with_status
def filing_correct(access: Access) -> Any:
    """What the unit wants changed; from here into the questionnaire, where it is marked. Reading needs no code."""
    unit = units.by_id(access.submission.unit_id)
    told = [journeys.tell(one, unit, clock.now()) for one in following.journeys(access.submission)]
    form = DeedForm()
    status = 200
    if form.is_submitted():
        if not access.full:
            return redirect(access.url("status_code", to="correct"), 303)
        try:
            draft = correcting.begin(access.submission)
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            status = 409
        else:
            return redirect(url_for("filer.resume", token=drafts.resume_token(draft.ref)), 303)
    page = render_template(
        "filer/status/correct.html",
        access=access,
        unit=unit,
        told=[
            (one, journeys.reasons(one.journey), journeys.words_of_unit(one.journey)) for one in told if one.may_correct
        ],
        form=form,
    )
    return page, status

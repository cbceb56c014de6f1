""" "不是我？": the link of the text to a phone whose owner is said to have signed at a counter. Whoever holds that
phone proves it by a code, and puts the filing before the platform (design 7, rule 10)."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, url_for

from webapp.blueprints.filer import blueprint, phone_codes
from webapp.domain.filings import following, helping, standing, withdrawing
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import cases as words
from webapp.ui import guards, locales, sentences
from webapp.ui.requests import filer_actor

COOKIE = "not-me"


@blueprint.route("/n/<code>", methods=["GET", "POST"])
@guards.public
def not_me(code: str) -> Any:
    submission = helping.reported(code.upper())
    if submission is None:
        raise NotFound("not_found")
    g.preferred_locale = submission.language
    path = url_for("filer.not_me", code=code)
    phone = following.phone(submission)
    unit = units.by_id(standing.unit_id(submission))
    open_filings = helping.reportable(submission)
    about = {
        "unit": unit,
        "submission": submission,
        "open": [one for one in open_filings if not one.disputed],
        "disputed": any(one.disputed for one in open_filings),
    }
    if phone_codes.is_proved(COOKIE, path, phone):
        return _report(submission, path, about)
    who = filer_actor(submission.ref, submission.unit_id)
    return phone_codes.prove(COOKIE, path, phone, who, "filer/counter/not_me_code.html", **about)


def _report(submission: Any, path: str, about: dict[str, Any]) -> Any:
    form, status, done = words.DisownForm(), 200, False
    if form.is_submitted():
        if switch := locales.switch_requested():
            return locales.remember(redirect(path, 303), switch)
        try:
            for one in about["open"]:
                withdrawing.disown(
                    filer_actor(submission.ref, submission.unit_id),
                    submission.ref,
                    one.ref,
                    one.version,
                    form.words.data,
                    words.handed(form),
                    key=f"{form.submission_key.data}:{one.ref}",
                )
            done = True
        except Invalid as refused:
            words.take(form, refused)
            status = 422
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            status = 409
    if done:
        return redirect(path, 303)
    page = render_template("filer/counter/not_me.html", form=form, **about)
    return phone_codes.private(make_response(page, status))

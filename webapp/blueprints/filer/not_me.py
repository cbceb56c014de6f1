""" "不是我？": the link of the text to a phone whose owner is said to have signed at a counter. Whoever holds that
phone proves it by a code, and puts the filing before the platform (design 7, rule 10)."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, make_response, redirect, render_template, request, url_for

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.question_forms import PhoneForm
from webapp.blueprints.filer.status_access import FULL, mark
from webapp.database import from_micros, to_micros
from webapp.domain.accounts import codes
from webapp.domain.filings import following, helping, standing, withdrawing
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Invalid, NotFound, TooMany
from webapp.ui import cases as words
from webapp.ui import guards, locales, sealed_cookies, sentences
from webapp.ui.requests import filer_actor
from webapp.values import phones

COOKIE, PURPOSE = "not-me", "phone"


@blueprint.route("/n/<code>", methods=["GET", "POST"])
@guards.public
def not_me(code: str) -> Any:
    submission = helping.reported(code.upper())
    if submission is None:
        raise NotFound("not_found")
    g.preferred_locale = submission.language
    path = url_for("filer.not_me", code=code)
    kept = sealed_cookies.read(COOKIE, path)
    phone = following.phone(submission)
    unit = units.by_id(standing.unit_id(submission))
    open_filings = helping.reportable(submission)
    about = {
        "unit": unit,
        "submission": submission,
        "open": [one for one in open_filings if not one.disputed],
        "disputed": any(one.disputed for one in open_filings),
    }
    if kept.get("proved") == mark(phone) and clock.now() < from_micros(kept.get("until", 0)):
        return _report(submission, path, about)
    return _prove(submission, path, phone, kept, about)


def _prove(submission: Any, path: str, phone: str, kept: dict[str, Any], about: dict[str, Any]) -> Any:
    sent = kept.get("to") == mark(phone)
    shown = codes.shown(kept["code"]) if sent and current_app.config["SETTINGS"].demo else ""
    form, status = PhoneForm(data={"phone_code": shown}), 200
    if form.is_submitted():
        if switch := locales.switch_requested():
            return locales.remember(redirect(path, 303), switch)
        try:
            if request.form.get("again") == "yes" or not sent:
                actor = filer_actor(submission.ref, submission.unit_id)
                value: dict[str, Any] = {
                    "code": codes.issue(PURPOSE, phone, locale=locales.select(), actor=actor),
                    "to": mark(phone),
                }
            else:
                if not form.phone_code.data.strip():
                    raise Invalid("missing", field="phone_code")
                codes.prove(kept["code"], PURPOSE, phone, form.phone_code.data, field="phone_code")
                value = {"proved": mark(phone), "until": to_micros(clock.now() + FULL)}
        except (Invalid, TooMany) as refused:
            form.refuse("phone_code", sentences.of(refused.faults[0]))
            status = 429 if isinstance(refused, TooMany) else 422
        else:
            response = redirect(path, 303)
            sealed_cookies.put(response, COOKIE, path, value)
            return response
    page = render_template(
        "filer/counter/not_me_code.html", form=form, sent=sent, shown=shown, number=phones.mask(phone), **about
    )
    return _private(page, status)


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
    return _private(render_template("filer/counter/not_me.html", form=form, **about), status)


def _private(page: str, status: int) -> Any:
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response

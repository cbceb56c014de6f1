"""A code to a phone: the form that asks for it, and the page before what a link opens that was given at a counter."""

from __future__ import annotations

from typing import Any

from flask import current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from webapp import clock
from webapp.actors import Actor
from webapp.blueprints.filer.status_access import FULL, mark
from webapp.columns import from_micros, to_micros
from webapp.domain.accounts import codes
from webapp.errors import Invalid, TooMany
from webapp.ui import fields, forms, locales, sealed_cookies, sentences
from webapp.ui.words import lazy_gettext as _l
from webapp.values import phones

PURPOSE = "phone"


class PhoneCodeForm(forms.Form):
    phone_code = fields.CodeField(_l("短訊驗證碼"), hint=_l("6個數字"))


def is_proved(cookie: str, path: str, phone: str) -> bool:
    """Whether this browser proved the phone at this address not long ago (FULL)."""
    kept = sealed_cookies.read(cookie, path)
    return kept.get("proved") == mark(phone) and clock.now() < from_micros(kept.get("until", 0))


def prove(cookie: str, path: str, phone: str, actor: Actor, template: str, **about: Any) -> Response:
    """The page that sends the code and reads it; back to `path` with the cookie that says how far it is."""
    kept = sealed_cookies.read(cookie, path)
    sent = kept.get("to") == mark(phone)
    shown = codes.shown(kept["code"]) if sent and current_app.config["SETTINGS"].demo else ""
    form, status = PhoneCodeForm(data={"phone_code": shown}), 200
    if form.is_submitted():
        if switch := locales.switch_requested():
            return locales.remember(redirect(path, 303), switch)
        try:
            if request.form.get("again") == "yes" or not sent:
                code = codes.issue(PURPOSE, phone, locale=locales.select(), actor=actor)
                return keep(redirect(path, 303), cookie, path, {"code": code, "to": mark(phone)})
            if not form.phone_code.data.strip():
                raise Invalid("missing", field="phone_code")
            proved_at = codes.prove(kept["code"], PURPOSE, phone, form.phone_code.data, field="phone_code", actor=actor)
            proved = {"proved": mark(phone), "until": to_micros(proved_at + FULL)}
            return keep(redirect(path, 303), cookie, path, proved)
        except (Invalid, TooMany) as refused:
            form.refuse("phone_code", sentences.of(refused.faults[0]))
            status = 429 if isinstance(refused, TooMany) else 422
    page = render_template(template, form=form, sent=sent, shown=shown, number=phones.mask(phone), **about)
    return private(make_response(page, status))


def keep(response: Response, cookie: str, path: str, value: dict[str, Any]) -> Response:
    sealed_cookies.put(response, cookie, path, value)
    return private(response)


def private(response: Response) -> Response:
    """Nobody who uses this phone afterwards finds the page behind "back"."""
    response.headers["Cache-Control"] = "no-store"
    return response

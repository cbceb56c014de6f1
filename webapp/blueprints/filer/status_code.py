"""The code to the phone: asked for before anything of a submission is changed or shown in full."""

from __future__ import annotations

import re
from typing import Any

from flask import current_app, redirect, render_template, request

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.phone_codes import PhoneCodeForm
from webapp.blueprints.filer.status_access import FULL, Access, mark, phone_for, with_status
from webapp.domain.accounts import codes
from webapp.domain.accounts.rules import CODE_LIFE
from webapp.domain.filings import standing
from webapp.domain.units import queries as units
from webapp.errors import Invalid, TooMany
from webapp.ui import guards, locales, sentences
from webapp.values import phones

PURPOSE = "status"
#: The pages behind the code, as they stand after the link.
_BEHIND = re.compile(
    r"(?:data(?:/copy(?:/[a-z0-9]{20}(?:\.pdf)?)?)?|consent/(?:processing|sharing|again)|request/(?:new|[a-z0-9]{20})"
    r"|correct|change|add|invited|move(?:/[a-z0-9]{8})?"
    r"|(?:withdraw|not-me|leave|stay|stay-behind|owner|drivers|release|object/(?:refusal|removal|hold|sanction|assignment)|case)/[a-z0-9]{20}"
    r"|case/[a-z0-9]{20}/(?:answer|evidence|withdraw))"
)


@blueprint.route("/s/<token>/code", methods=["GET", "POST"])
@guards.status
@with_status
def status_code(access: Access) -> Any:
    """Send the code, or read it; `to` is the page it is wanted for."""
    to = request.args.get("to", "")
    to = to if _BEHIND.fullmatch(to) else ""
    onward = access.url("status") + (f"/{to}" if to else "")
    phone = phone_for(access, to)
    if not phone:
        return render_template(
            "filer/status/no_phone.html", access=access, unit=units.by_id(standing.unit_id(access.submission))
        )
    if access.has_proved(phone) and request.method != "POST":
        return redirect(onward, 303)
    sent = access.code_to == mark(phone) and clock.now() < access.code_at + CODE_LIFE
    shown = codes.shown(access.code) if sent and current_app.config["SETTINGS"].demo else ""
    form = PhoneCodeForm(data={"phone_code": shown})
    status = 200
    if form.is_submitted():
        if switch := locales.switch_requested():
            return locales.remember(redirect(access.url("status_code", to=to), 303), switch)
        try:
            if request.form.get("again") == "yes" or not sent:
                access.code = codes.issue(PURPOSE, phone, locale=locales.select(), actor=access.actor)
                access.code_at, access.code_to = clock.now(), mark(phone)
                return redirect(access.url("status_code", to=to), 303)
            _prove(access, phone, form.phone_code.data)
            return redirect(onward, 303)
        except (Invalid, TooMany) as refused:
            form.refuse("phone_code", sentences.of(refused.faults[0]))
            status = 429 if isinstance(refused, TooMany) else 422
    page = render_template(
        "filer/status/code.html",
        access=access,
        form=form,
        sent=sent,
        shown=shown,
        number=phones.mask(phone),
        minutes=int(FULL.total_seconds() // 60),
    )
    return page, status


def _prove(access: Access, phone: str, typed: str) -> None:
    if not typed.strip():
        raise Invalid("missing", field="phone_code")
    proved_at = codes.prove(access.code, PURPOSE, phone, typed, field="phone_code", actor=access.actor)
    access.proved, access.proved_until = mark(phone), proved_at + FULL
    access.code = access.code_to = ""

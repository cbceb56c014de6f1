"""What a unit's QR opens: the unit, who may apply and how; and the beginning of a draft."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.filer import blueprint, opening, pairing
from webapp.domain.filings import drafts, eligibility
from webapp.domain.passlist import channels
from webapp.domain.pledges import leaving
from webapp.domain.pledges import policy as policies
from webapp.domain.units import queries as units
from webapp.errors import Conflict
from webapp.ui import code_pages, forms, guards, locales
from webapp.ui.items import RELATIONS


@blueprint.get("/q/<code>")
@guards.public
def start(code: str) -> Any:
    answer = units.by_code(code)
    if answer.standing != units.OPEN or answer.unit is None:
        return code_pages.explained(answer, code)
    household = policies.current().household_driver
    relations = eligibility.relations_open(answer.unit.unit_class, household=household)
    return render_template(
        "filer/start/open.html",
        form=forms.Form(formdata=None),
        unit=answer.unit,
        code=answer.code,
        invited=pairing.shown(),
        household=eligibility.HOUSEHOLD in relations,
        relations=[(RELATIONS[one], eligibility.uses_open(answer.unit.unit_class, one)) for one in relations],
        channels=channels.all_channels(),
        leaving=leaving.current(locales.select()),
        host=current_app.config["SETTINGS"].public_url.split("://", 1)[-1],
    )


@blueprint.post("/q/<code>")
@guards.public
def draft_begin(code: str) -> Any:
    """Begin a draft; its cookie opens it on this phone, its resume link on any."""
    try:
        draft = drafts.begin(
            code, language=locales.select(), address=request.remote_addr or "", answers=pairing.answers()
        )
    except Conflict:
        return code_pages.explained(units.by_code(code), code)
    response: Response = redirect(url_for("filer.person", ref=draft.ref), 303)
    return pairing.drop(opening.give_cookie(response, draft))

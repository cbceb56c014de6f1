"""Finding one's filings again: document, code to the phone on file, links. The pages are the same for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.phone_codes import PhoneCodeForm
from webapp.columns import from_micros, to_micros
from webapp.domain.accounts import codes
from webapp.domain.accounts.rules import CODE_LIFE
from webapp.domain.filings import finding
from webapp.domain.filings import queries as filings
from webapp.domain.filings.finding import Search
from webapp.domain.units import queries as units
from webapp.errors import Fault, Invalid, TooMany
from webapp.ui import fields, forms, guards, items, locales, sealed_cookies, sentences
from webapp.ui.requests import visitor_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import documents

COOKIE = "find"


class DocumentForm(forms.Form):
    id_type = fields.RadioField(_l("申報時用哪種證件？"), choices=items.choices(items.ID_TYPES))
    id_country = fields.SelectField(_l("簽發護照的國家或地區"), hint=_l("只有護照要選"), choices=[])
    id_number = fields.TextField(_l("證件號碼"), width="half", autocomplete="off", maxlength=60)


@blueprint.route("/find", methods=["GET", "POST"])
@guards.public
def find() -> Any:
    form = DocumentForm()
    form.id_country.choices = items.country_choices()
    if not form.is_submitted():
        return render_template("filer/find/document.html", form=form)
    if switch := locales.switch_requested():
        return locales.remember(redirect(url_for("filer.find"), 303), switch)
    key = _identity_key(form)
    if form.refused:
        return render_template("filer/find/document.html", form=form), 422
    try:
        made = finding.search(key, locale=locales.select(), actor=visitor_actor())
    except TooMany as refused:
        form.refuse("id_number", sentences.of(refused.faults[0]))
        return render_template("filer/find/document.html", form=form), 429
    return _remember(redirect(url_for("filer.find_code"), 303), made, clock.now())


def _identity_key(form: DocumentForm) -> str:
    """The key of the document typed; what cannot be one is said beside its field."""
    id_type = form.id_type.data
    if not id_type:
        form.refuse("id_type", _("請選擇證件類別"))
        if not form.id_number.data.strip():
            form.refuse("id_number", _("請輸入證件號碼"))
        return ""
    country = form.id_country.data if id_type == "passport" else ""
    checked = documents.check(id_type, form.id_number.data, country=country, today=clock.today())
    for found in checked.errors:
        of_country = found.code in ("country_missing", "unknown_country")
        name = "id_country" if of_country else "id_number"
        form.refuse(name, sentences.of(Fault(name, found.code, dict(found.params))))
    return documents.identity_key(id_type, checked.value, country) if checked.ok else ""


def _remember(response: Response, made: Search, since: datetime, *, found: bool = False) -> Response:
    value = {
        "document": made.document,
        "code": made.code,
        # A number, so that the cookie is as long for a code that nobody got.
        "pretended": int(made.pretended),
        "found": int(found),
        "until": to_micros(since + CODE_LIFE),
    }
    sealed_cookies.put(response, COOKIE, "", value)
    return response


def _search(*, found: bool = False) -> Search | None:
    """The search under way in this browser; `found`: only once its code was proved."""
    value = sealed_cookies.read(COOKIE, "")
    if not value or clock.now() >= from_micros(value["until"]) or (found and not value["found"]):
        return None
    return Search(value["document"], value["code"], bool(value["pretended"]))


@blueprint.route("/find/code", methods=["GET", "POST"])
@guards.public
def find_code() -> Any:
    made = _search()
    if made is None:
        return redirect(url_for("filer.find"), 303)
    shown = codes.shown(made.code) if current_app.config["SETTINGS"].demo else ""
    form = PhoneCodeForm(data={"phone_code": shown})
    if form.is_submitted():
        if switch := locales.switch_requested():
            return locales.remember(redirect(url_for("filer.find_code"), 303), switch)
        try:
            if not form.phone_code.data.strip():
                raise Invalid("missing", field="phone_code")
            proved_at = finding.prove(made, form.phone_code.data, field="phone_code", actor=visitor_actor())
        except Invalid as refused:
            form.refuse("phone_code", sentences.of(refused.faults[0]))
        else:
            return _remember(redirect(url_for("filer.find_links"), 303), made, proved_at, found=True)
    page = render_template("filer/find/code.html", form=form, shown=shown)
    return page, 422 if form.is_submitted() and form.refused else 200


@blueprint.get("/find/links")
@guards.public
def find_links() -> Any:
    """The private links of everything filed with this document and phone."""
    made = _search(found=True)
    if made is None:
        return redirect(url_for("filer.find"), 303)
    rows = [(one, units.by_id(one.unit_id), filings.status_token(one)) for one in finding.found(made)]
    response = make_response(render_template("filer/find/links.html", rows=rows))
    response.headers["Cache-Control"] = "no-store"
    return response

"""Signing on one's own phone what a clerk typed at the counter: a link from the clerk's screen, a code to the phone
that was given, then the same page of answers and pledge as everybody signs (design 7, rule 10)."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, url_for

from webapp.blueprints.filer import blueprint, phone_codes, signature
from webapp.blueprints.filer.draft import receipt_page
from webapp.blueprints.filer.opening import Opened, lost
from webapp.blueprints.filer.question_forms import SigningForm
from webapp.domain.filings import answering, declaring, drafts, helping, signing
from webapp.domain.filings import queries as filings
from webapp.domain.pledges import policy as policies
from webapp.errors import Conflict, Fault, Invalid
from webapp.ui import guards, locales, sealed_cookies
from webapp.ui.items import groups
from webapp.ui.requests import filer_actor

COOKIE = "own-phone"


@blueprint.route("/h/<ref>/<token>", methods=["GET", "POST"])
@guards.draft
def own_phone(ref: str, token: str) -> Any:
    """The code first; then everything, and the signature; then the receipt."""
    found = helping.by_signing_token(ref, token)
    if found is None:
        return lost()
    helped, draft = found
    g.preferred_locale = draft.language
    path = url_for("filer.own_phone", ref=ref, token=token)
    kept = sealed_cookies.read(COOKIE, path)
    opened = Opened(draft, drafts.unit_of(draft), drafts.answers_of(draft), policies.current())
    if draft.submission_ref:
        submission = filings.submission(draft.submission_ref)
        proved = submission is not None and kept.get("sent") == draft.submission_ref
        return receipt_page(submission) if proved else lost()
    if not drafts.may_go_on(draft) or opened.open_pages() or not answering.phone_is_proved(opened.answers):
        return make_response(render_template("filer/counter/not_ready.html", unit=opened.unit), 409)
    phone = answering.phone(opened.answers)
    if not phone_codes.is_proved(COOKIE, path, phone):
        who = filer_actor(opened.ref, opened.unit.id)
        about = {"unit": opened.unit, "helper": helping.helper_name(helped)}
        return phone_codes.prove(COOKIE, path, phone, who, "filer/counter/code.html", **about)
    return _sign(opened, helped, path)


def _sign(opened: Opened, helped: Any, path: str) -> Any:
    form = SigningForm()
    declared = declaring.declare(opened.answers, opened.unit, locales.select())
    status, faults = 200, list[Fault]()
    if form.is_submitted():
        if switch := locales.switch_requested():
            return locales.remember(redirect(path, 303), switch)
        signed, faults = signature.read(form, declared, signing.AtCounter(signing.OWN_PHONE))
        status = 422
        if not faults:
            status, faults = _send(opened, signed)
        if not faults:
            sent = drafts.sent_as(opened.ref)
            return phone_codes.keep(redirect(path, 303), COOKIE, path, {"sent": sent})
    return _page(opened, helped, form, declared, faults), status


def _send(opened: Opened, signed: signing.Signing) -> tuple[int, list[Fault]]:
    try:
        signature.send_of(opened.draft)(filer_actor(opened.ref, opened.unit.id), opened.ref, signed, key=opened.ref)
    except Invalid as refused:
        return 422, list(refused.faults)
    except Conflict as refused:
        return 409, list(refused.faults)
    return 303, []


def _page(opened: Opened, helped: Any, form: SigningForm, declared: dict[str, Any], faults: list[Fault]) -> str:
    signature.take(form, faults)
    wording = signature.wording(form, opened)
    return render_template(
        "filer/counter/own_phone.html",
        form=form,
        unit=opened.unit,
        helper=helping.helper_name(helped),
        groups=groups(declared),
        **wording,
    )

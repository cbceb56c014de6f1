"""Check, pledge and sign: everything once more, the pledge beside it, and the one act that sends it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.filer import blueprint, change_check, counter_signing, signature
from webapp.blueprints.filer.opening import Opened, with_draft
from webapp.blueprints.filer.question_forms import SigningForm
from webapp.blueprints.filer.questions import CHECK_STEP, STEPS, page_url
from webapp.domain.filings import (
    answering,
    changing,
    correcting,
    declaring,
    signing,
    standing,
)
from webapp.domain.pledges import texts
from webapp.domain.sanctions import cases_queries
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Fault, Invalid, NotFound
from webapp.ui import guards, locales, sentences
from webapp.ui.items import groups
from webapp.ui.presenters import reason
from webapp.ui.requests import filer_actor

SIGNING = "signing"


@blueprint.route("/file/<ref>/check", methods=["GET", "POST"])
@guards.draft
@with_draft
def check(opened: Opened) -> Any:
    unfinished = next(iter(opened.open_pages()), None)
    if unfinished:
        # Whoever comes by a resume link goes on where he stopped; else a change has made an earlier answer wrong.
        to = None if request.args.get("resumed") else "check"
        return redirect(page_url(opened.ref, unfinished, to=to), 303)
    if changing.is_change(opened.answers):
        return change_check.answer(opened)
    if opened.helped is not None:
        return counter_signing.check(opened)
    kept = opened.answers.get(SIGNING, {})
    form = SigningForm(data=kept)
    if not form.is_submitted():
        return _show(opened, form)
    if switch := locales.switch_requested():
        return _switch(opened, form, switch)
    return _sign(opened, form)


def _declared(opened: Opened) -> dict[str, Any]:
    return declaring.declare(opened.answers, opened.unit, locales.select())


def _show(opened: Opened, form: SigningForm, status: int = 200, faults: list[Fault] | None = None) -> Any:
    wording = signature.wording(form, opened)
    body = render_template(
        "filer/question/check.html",
        form=form,
        opened=opened,
        ref=opened.ref,
        unit=opened.unit,
        groups=groups(_declared(opened)),
        asked=opened.pages,
        former=_former_unit(opened),
        step=None if answering.ASKED in opened.answers else CHECK_STEP,
        steps=STEPS,
        back=page_url(opened.ref, opened.pages[-1], to="check"),
        collisions=[sentences.of(fault) for fault in faults or []],
        marks=_marked(opened),
        disputed=cases_queries.of_draft(opened.ref),
        disputable=any(fault.code in signature.DISPUTABLE for fault in faults or []),
        page_url=page_url,
        **wording,
    )
    return body, status


def _former_unit(opened: Opened) -> str:
    """The name of the unit that a draft moves from, "" where it does not move."""
    if answering.MOVES not in opened.answers:
        return ""
    return str(units.by_id(standing.unit_id(changing.origin(opened.draft))).name)


def _marked(opened: Opened) -> list[dict[str, str]]:
    """What the unit wants changed in a correction: its words, and the page where it is changed."""
    return [
        {"words": reason(code), "url": page_url(opened.ref, page, to="check") if page else ""}
        for page, codes in correcting.marks(opened.draft).items()
        for code in codes
    ]


def _switch(opened: Opened, form: SigningForm, switch: locales.Switch) -> Response:
    """Another language is another wording: what was ticked about the old one is not carried over."""
    kept = {
        name: form[name].data for name in ("consent_processing", "consent_sharing", "signature_method", "signed_name")
    }
    if not switch.locale:
        kept["pledge_agreed"] = form.pledge_agreed.data
    opened.save({**opened.answers, SIGNING: kept})
    return locales.remember(redirect(url_for("filer.check", ref=opened.ref), 303), switch)


def _sign(opened: Opened, form: SigningForm) -> Any:
    signed, faults = signature.read(form, _declared(opened))
    if faults:
        return _refused(opened, form, faults)
    return _submit(opened, form, signed)


def _refused(opened: Opened, form: SigningForm, faults: list[Fault]) -> Any:
    for fault in faults:
        form.refuse(fault.field, sentences.of(fault))
    return _show(opened, form, 422)


def _submit(opened: Opened, form: SigningForm, signed: signing.Signing) -> Any:
    actor = filer_actor(opened.ref, opened.unit.id)
    try:
        signature.send_of(opened.draft)(actor, opened.ref, signed, key=opened.ref)
    except Invalid as refused:
        return _refused(opened, form, list(refused.faults))
    except Conflict as conflict:
        return _collided(opened, form, conflict)
    return redirect(url_for("filer.receipt", ref=opened.ref), 303)


def _collided(opened: Opened, form: SigningForm, conflict: Conflict) -> Any:
    """What is true by now. The unit may have closed, answers or text may have changed, or another filing be there."""
    if conflict.code == "unit_closed":
        return redirect(url_for("filer.check", ref=opened.ref), 303)
    form.pledge_agreed.data = False
    return _show(opened, form, 409, list(conflict.faults))


@blueprint.get("/file/<ref>/pledge/<language>")
@guards.draft
@with_draft
def pledge_reading(opened: Opened, language: str) -> Any:
    """The pledge in another language, for reading beside the one that is signed."""
    text = texts.reading("personal", language)
    if text is None:
        raise NotFound("not_found")
    return render_template(
        "filer/question/pledge.html",
        text=text,
        lang=locales.lang_tag(text.language),
        name=locales.NAMES.get(text.language, ""),
        back=url_for("filer.check", ref=opened.ref),
        signable=text.signable,
    )

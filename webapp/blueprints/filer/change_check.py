"""The last page of a change: before and after side by side, and what it needs: a pledge, a confirmation, or neither."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from webapp.blueprints.filer import signature
from webapp.blueprints.filer.opening import Opened
from webapp.blueprints.filer.question_forms import SigningForm
from webapp.blueprints.filer.questions import page_url
from webapp.domain.filings import changes, changing, declaring, sending
from webapp.domain.filings import queries as filings
from webapp.domain.filings.signing import Signing
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Fault, Invalid
from webapp.ui import comparing, forms, locales, sentences
from webapp.ui.requests import filer_actor
from webapp.ui.words import gettext as _
from webapp.values import plates


class ConfirmForm(forms.VersionedForm):
    """A change under the pledge that stands, or at once."""


def answer(opened: Opened) -> Any:
    after = declaring.declare(opened.answers, opened.unit, locales.select())
    needed = changing.needs(opened.draft, opened.answers, after)
    need = changes.need(one for each in needed for one in each.values())
    form: Any = SigningForm() if need == changes.PLEDGE else ConfirmForm()
    if not form.is_submitted():
        if not need and request.args.get("resumed"):
            return redirect(page_url(opened.ref, opened.pages[0]), 303)
        return _show(opened, form, after, need)
    if switch := locales.switch_requested():
        return locales.remember(redirect(url_for("filer.check", ref=opened.ref), 303), switch)
    signed: Signing | None = None
    if need == changes.PLEDGE:
        signed, faults = signature.read(form, after)
        if faults:
            return _refused(opened, form, after, need, faults)
    return _send(opened, form, after, need, signed)


def _send(opened: Opened, form: Any, after: Any, need: str, signed: Signing | None) -> Any:
    actor = filer_actor(opened.ref, opened.unit.id)
    # The page of a submission is read before the act: a new phone ends what was begun from the old one.
    origin = changing.origin(opened.draft)
    try:
        sending.send(actor, opened.ref, form.expected_version, signed, key=opened.ref)
    except Invalid as refused:
        return _refused(opened, form, after, need, list(refused.faults))
    except Conflict as refused:
        return _show(opened, form, after, need, 409, list(refused.faults))
    if need == changes.AT_ONCE:
        flash(_("已更改，即時生效。"))
        return redirect(url_for("filer.status", token=filings.status_token(origin)), 303)
    return redirect(url_for("filer.receipt", ref=opened.ref), 303)


def _refused(opened: Opened, form: Any, after: Any, need: str, faults: list[Fault]) -> Any:
    for fault in faults:
        form.refuse(fault.field if fault.field in form else None, sentences.of(fault))
    return _show(opened, form, after, need, 422)


def _show(
    opened: Opened, form: Any, after: Any, need: str, status: int = 200, faults: list[Fault] | None = None
) -> Any:
    befores = changing.befores(opened.draft, opened.answers)
    form.version.data = str(opened.draft.version)
    wording = signature.wording(form, opened) if need == changes.PLEDGE else {}
    origin = changing.origin(opened.draft)
    body = render_template(
        "filer/change/check.html",
        form=form,
        opened=opened,
        ref=opened.ref,
        unit=opened.unit,
        former=units.by_id(origin.unit_id).name,
        need=need,
        found_again=bool(need and request.args.get("resumed")),
        rows=comparing.of_person(befores, changing.contact_of(opened.draft), after),
        vehicles=[
            ([plates.display(one) for one in before.card.plates], comparing.of_vehicle(before.declared, after, place))
            for place, before in enumerate(befores, start=1)
        ],
        asked=opened.pages,
        page_url=page_url,
        collisions=[sentences.of(fault) for fault in faults or []],
        home=url_for("filer.status", token=filings.status_token(origin)),
        **wording,
    )
    return body, status

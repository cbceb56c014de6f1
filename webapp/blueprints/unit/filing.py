"""One filing: its page, the acts on it, its full numbers, the vehicle the unit assigns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.blueprints.unit.filings import chips, here, read_filter, viewer
from webapp.domain.filings import assigning, details, filters, lists, reasons, rostering, verifying
from webapp.errors import Conflict, Invalid, NotAllowed, Refusal
from webapp.ui import errors, fields, forms, guards, htmx, people, sentences
from webapp.ui import verifying as words
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

Done = dict[str, object]


class ActForm(forms.VersionedForm):
    """An act without reasons: verify."""


class NumbersForm(ActForm):
    """Why whole numbers are opened."""

    purpose = fields.SelectField(
        _l("查看完整號碼的用途"),
        blank=_l("請選擇"),
        choices=[
            ("comparing", _l("與證件原件核對")),
            ("person_asks", _l("本人查詢")),
            ("correction", _l("處理更正")),
            ("authority", _l("主管部門要求")),
        ],
    )


#: Seconds for which whole numbers stand on the page.
NUMBERS_SHOWN = 120


def _reasons(act: str) -> fields.CheckboxesField:
    # One page holds several of these forms, so ids begin with the act.
    choices = [(code, sentences.words(code)) for code in reasons.OF[act]]
    return fields.CheckboxesField(_l("原因（可選多項，申報人會看到）"), id=f"{act}-reason", choices=choices)


def _note(act: str) -> fields.TextAreaField:
    return fields.TextAreaField(_l("補充說明"), id=f"{act}-note", optional=True, rows=3)


class ReturnForm(forms.VersionedForm):
    reason = _reasons("return")
    note = _note("return")


class RefuseForm(forms.VersionedForm):
    reason = _reasons("refuse")
    note = _note("refuse")


class UndoForm(forms.VersionedForm):
    reason = _reasons("undo")
    note = _note("undo")


_FORMS: dict[str, type[forms.VersionedForm]] = {"return": ReturnForm, "refuse": RefuseForm, "undo": UndoForm}


class VehicleForm(forms.VersionedForm):
    plate = fields.TextField(_l("單位車輛的車牌"), hint=_l("要在單位車輛登記冊內"), width="plate", maxlength=20)


@blueprint.get("/unit/filings/<ref>")
@guards.unit("filings:read")
def filing(ref: str) -> Response:
    """The page of one person's filing: that it was opened goes on record."""
    details.opened(staff_actor(), g.staff.unit.id, ref)
    return _page(ref)


@blueprint.post("/unit/filings/<ref>", endpoint="filing_act")
@guards.unit("filings:verify")
def act_on(ref: str) -> Response:
    """Verify, return, refuse or undo. On a row by htmx the answer is the row, else the list or the page again."""
    name = request.form.get("act", "")
    form = _FORMS.get(name, ActForm)()
    try:
        _ACTS[name](ref, form) if name in _ACTS else _unknown()
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return _page(ref, refused=form, status=422)
    except (Conflict, NotAllowed) as refusal:
        if refusal.code == "unit_suspended":
            raise
        return _refused(ref, refusal)
    return _done(ref, name)


def _unknown() -> Done:
    raise Invalid("choose", field="act")


def _key(ref: str, form: Any) -> str:
    """One page draws many rows under one key; an act is one row in one version."""
    return f"{form.submission_key.data}:{ref}:{form.expected_version}"


def _verify(ref: str, form: Any) -> Done:
    return verifying.verify(staff_actor(), g.staff.unit.id, ref, form.expected_version, key=_key(ref, form))


def _with_reasons(action: Callable[..., Done]) -> Callable[[str, Any], Done]:
    def perform(ref: str, form: Any) -> Done:
        return action(
            staff_actor(),
            g.staff.unit.id,
            ref,
            form.expected_version,
            form.reason.data,
            form.note.data.strip(),
            key=_key(ref, form),
        )

    return perform


_ACTS: dict[str, Callable[[str, Any], Done]] = {
    verifying.VERIFY: _verify,
    verifying.RETURN: _with_reasons(verifying.return_),
    verifying.REFUSE: _with_reasons(verifying.refuse),
    verifying.UNDO: _with_reasons(verifying.undo),
}
_SAID = {
    verifying.VERIFY: _l("已驗核1份申報"),
    verifying.RETURN: _l("已退回1份申報，申報人會收到通知"),
    verifying.REFUSE: _l("1份申報不予受理，申報人會收到通知"),
    verifying.UNDO: _l("已撤回驗核，這份申報回到待驗核"),
}


def _done(ref: str, name: str) -> Response:
    said = str(_SAID[name])
    if htmx.is_fragment(f"row-{ref}"):
        return _row(ref, said)
    flash(said, "info")
    wanted = read_filter(request.args)
    return redirect(url_for("unit.filings", **here(wanted, request.args)), 303)


def _refused(ref: str, refusal: Refusal) -> Response:
    """The row or the page as it is now, and who changed it."""
    status = errors.STATUS[type(refusal)]
    sentence = sentences.of(refusal.faults[0])
    told = words.deed(details.last_step(g.staff.unit, ref)) if refusal.code in ("stale", "wrong_state") else ""
    if htmx.is_fragment(f"row-{ref}"):
        return _row(ref, told or sentence, status)
    return _page(ref, status=status, trouble=sentence, told=told)


def _row(ref: str, said: str, status: int = 200) -> Response:
    """One row as it is now, with the chips of the list beside it."""
    wanted = read_filter(request.args)
    unit = g.staff.unit
    body = render_template(
        "unit/filings/_row.html",
        row=lists.row(unit, ref, viewer()),
        said=said,
        late=status != 200,
        wanted=wanted,
        here_args=here(wanted, request.args),
        chips=None if wanted.q else chips(wanted, filters.count(unit.id, wanted.flag)),
        bulk_form=forms.Form(formdata=None),
    )
    return htmx.hx_response(body, status)


def _page(
    ref: str,
    *,
    status: int = 200,
    refused: forms.Form | None = None,
    trouble: str = "",
    told: str = "",
    numbers: dict[str, str] | None = None,
    purpose: NumbersForm | None = None,
) -> Response:
    detail = details.one(g.staff.unit, ref, viewer())
    wanted = read_filter(request.args)
    drawn = {"version": detail.row.version}
    decisions = {
        name: refused if isinstance(refused, kind) else kind(formdata=None, data=drawn) for name, kind in _FORMS.items()
    }
    for name, decision in decisions.items():
        decision.reason.choices = words.applying(detail, reasons.OF[name])
    page = render_template(
        "unit/filings/show.html",
        detail=detail,
        row=detail.row,
        groups=words.groups(detail, numbers),
        on_roster=_beside_roster(detail),
        numbers=numbers,
        compared=words.compared(detail),
        steps=words.history(detail),
        decisions=decisions,
        plain=ActForm(formdata=None, data=drawn),
        purpose=purpose or NumbersForm(formdata=None, data=drawn),
        minutes=NUMBERS_SHOWN // 60,
        vehicle=refused if isinstance(refused, VehicleForm) else _vehicle_form(detail),
        form=refused or purpose,
        decidable=verifying.may_decide(detail.row) and not detail.assigned,
        trouble=trouble,
        told=told,
        here_args=here(wanted, request.args),
    )
    return htmx.hx_response(page, status)


def _beside_roster(detail: details.Detail) -> list[dict[str, Any]]:
    """The roster's line beside the filing; nothing where there is no roster, or no such name in it."""
    found = rostering.beside(g.staff.unit.id, detail.row.ref)
    return people.beside(*found, detail.declared["contact"]["phone"]) if found else []


def _vehicle_form(detail: details.Detail) -> VehicleForm | None:
    if not assigning.may_assign(detail.row, detail.assigns):
        return None
    return VehicleForm(formdata=None, data={"version": detail.row.version})


@blueprint.post("/unit/filings/<ref>/numbers", endpoint="filing_numbers")
@guards.unit("number:read")
def numbers_read(ref: str) -> Response:
    """The page with the full numbers. Each opening is on record; the numbers stand in no address and no list."""
    form = NumbersForm()
    try:
        numbers = details.read_numbers(staff_actor(), g.staff.unit.id, ref, form.purpose.data)
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return _page(ref, status=422, purpose=form)
    response = _page(ref, numbers=numbers)
    response.headers["Refresh"] = f"{NUMBERS_SHOWN}; url={url_for('unit.filing', ref=ref)}"
    return response


@blueprint.post("/unit/filings/<ref>/vehicle", endpoint="filing_vehicle")
@guards.unit("filings:verify")
def vehicle_assign(ref: str) -> Response:
    form = VehicleForm()
    try:
        assigning.assign(
            staff_actor(),
            g.staff.unit.id,
            ref,
            form.expected_version,
            form.plate.data,
            key=form.submission_key.data,
        )
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return _page(ref, refused=form, status=422)
    except Conflict as refusal:
        if refusal.code == "unit_suspended":
            raise
        return _refused(ref, refusal)
    flash(_("已指派車輛"), "info")
    return redirect(url_for("unit.filing", ref=ref, **here(read_filter(request.args), request.args)), 303)

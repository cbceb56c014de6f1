"""Erasing people: whom a number means, what stands against it, the second officer's yes; and legal holds."""

from __future__ import annotations

from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.documents import words
from webapp.domain.accounts import queries as accounts
from webapp.domain.privacy import erasing, holds, overview
from webapp.errors import Conflict, Invalid, NotAllowed, Refusal
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import dates


class NumberForm(forms.Form):
    number = fields.TextField(_l("申報編號"), hint=_l("回執或狀態頁上的編號"), width="code", maxlength=20)


class ProposeForm(forms.Form):
    note = fields.TextAreaField(
        _l("給另一位名單管理員的話"),
        hint=_l("例如本人怎樣提出、怎樣核對身份。刪除後不保留"),
        optional=True,
        maxlength=erasing.NOTE_LONGEST,
    )


class HoldForm(forms.Form):
    reason = fields.TextAreaField(
        _l("原因"), hint=_l("哪個機關、甚麼文號。請不要寫證件號碼"), maxlength=holds.REASON_LONGEST
    )
    until = fields.DateField(_l("保存到"), hint=_l("例如2027-03-31"))


@blueprint.get("/platform/erasures")
@guards.platform("people:erase")
def erasures() -> Response:
    form = NumberForm(formdata=request.args if "number" in request.args else None)
    if "number" in request.args:
        found = overview.number(form.number.data)
        if found is not None:
            return redirect(url_for("platform.erasure_person", number=found), 303)
        form.refuse("number", _("沒有這個編號，請照回執再輸入一次"))
    lasting = holds.lasting()
    page = render_template(
        "platform/erasures/list.html",
        form=form,
        waiting=holds.open_erasures(),
        done=overview.done(),
        holds=[(row, holds.reason_of(row), overview.number_of(row.person_id)) for row in lasting],
        names=_names([row.placed_by for row in lasting]),
        lift=forms.Form(formdata=None),
    )
    return make_response(page, 422 if form.refused else 200)


@blueprint.get("/platform/erasures/person/<number>")
@guards.platform("people:erase")
def erasure_person(number: str) -> str:
    return _person(number, ProposeForm(formdata=None), HoldForm(formdata=None))


def _person(number: str, form: ProposeForm, hold: HoldForm) -> str:
    found = overview.person(number)
    return render_template(
        "platform/erasures/person.html",
        number=number,
        found=found,
        obstacles=[sentences.words(f"erasure:{code}") for code in found.obstacles],
        form=form,
        hold=hold,
    )


@blueprint.post("/platform/erasures/person/<number>/propose")
@guards.platform("people:erase")
def erasure_propose(number: str) -> Response:
    form, found = ProposeForm(), overview.person(number)
    if locales.switch_requested():
        return locales.answered(make_response(_person(number, form, HoldForm(formdata=None))))
    try:
        made = erasing.propose(
            staff_actor(), found.ref, note=form.note.data, locale=found.language, key=form.submission_key.data
        )
    except Conflict as conflict:
        form.refuse(None, sentences.of(conflict.faults[0]))
        return make_response(_person(number, form, HoldForm(formdata=None)), 409)
    flash(_("已提出。要由另一位名單管理員確認，確認前一切照舊。"), "info")
    return redirect(url_for("platform.erasure", ref=made["erasure"]), 303)


@blueprint.post("/platform/erasures/person/<number>/hold")
@guards.platform("people:erase")
def hold_place(number: str) -> Response:
    form, found = HoldForm(), overview.person(number)
    if locales.switch_requested():
        return locales.answered(make_response(_person(number, ProposeForm(formdata=None), form)))
    try:
        holds.place(
            staff_actor(), found.ref, form.reason.data, dates.parse(form.until.data), key=form.submission_key.data
        )
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return make_response(_person(number, ProposeForm(formdata=None), form), 422)
    except Conflict as conflict:
        form.refuse(None, sentences.of(conflict.faults[0]))
        return make_response(_person(number, ProposeForm(formdata=None), form), 409)
    flash(_("已保存，到期前不會刪除。"), "info")
    return redirect(url_for("platform.erasures"), 303)


@blueprint.post("/platform/holds/<ref>/lift")
@guards.platform("people:erase")
def hold_lift(ref: str) -> Response:
    form = forms.Form()
    try:
        holds.lift(staff_actor(), ref, key=form.submission_key.data)
    except Conflict as conflict:
        flash(sentences.of(conflict.faults[0]), "warn")
    else:
        flash(_("已解除。"), "info")
    return redirect(url_for("platform.erasures"), 303)


@blueprint.get("/platform/erasures/<ref>")
@guards.platform("people:erase")
def erasure(ref: str) -> str:
    return _page(ref)


def _page(ref: str, trouble: str = "") -> str:
    row = erasing.one(ref)
    names = _names([row.proposed_by, row.confirmed_by])
    return render_template(
        "platform/erasures/one.html",
        row=row,
        said=erasing.note_of(row),
        number=overview.number_of(row.person_id),
        proposer=names.get(row.proposed_by, ""),
        confirmer=names.get(row.confirmed_by, ""),
        counts=[(_(words.ERASED[kind]), count) for kind, count in (row.counts or {}).items()],
        mine=row.proposed_by == g.staff.account_id,
        obstacles=[sentences.words(f"erasure:{code}") for code in overview.obstacles_of(row)],
        form=forms.Form(formdata=None),
        trouble=trouble,
    )


@blueprint.post("/platform/erasures/<ref>/confirm")
@guards.platform("people:erase")
def erasure_confirm(ref: str) -> Response:
    return _decided(ref, erasing.confirm, _("已刪除。證明正在製作。"))


@blueprint.post("/platform/erasures/<ref>/reject")
@guards.platform("people:erase")
def erasure_reject(ref: str) -> Response:
    return _decided(ref, erasing.reject, _("已取消，一切照舊。"))


def _decided(ref: str, act: Any, said: str) -> Response:
    form = forms.Form()
    try:
        act(staff_actor(), ref, key=form.submission_key.data)
    except (Conflict, NotAllowed) as refused:
        return _refused(ref, refused)
    flash(said, "info")
    return redirect(url_for("platform.erasure", ref=ref), 303)


def _refused(ref: str, refused: Refusal) -> Response:
    status = 403 if isinstance(refused, NotAllowed) else 409
    return make_response(_page(ref, sentences.of(refused.faults[0])), status)


def _names(ids: list[int | None]) -> dict[int | None, str]:
    rows = accounts.by_ids(one for one in ids if one is not None)
    return {number: accounts.name_of(row) for number, row in rows.items()}

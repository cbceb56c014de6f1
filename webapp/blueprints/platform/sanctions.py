"""Sanctions one by one: the list, a new one, and what two officers do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.accounts import queries as accounts
from webapp.domain.closings import sanction_ending, sanction_preview, sanctioning
from webapp.domain.sanctions import (
    particulars,
    proposing,
    sanction_finding,
    sanction_opening,
    sanction_queries,
    sanction_states,
)
from webapp.domain.sanctions.proposing import Which
from webapp.domain.sanctions.sanction_queries import Sanction
from webapp.errors import Conflict, Invalid, NotAllowed
from webapp.ui import fields, forms, guards, items, locales, sentences
from webapp.ui import sanctions as words
from webapp.ui.presenters import REGISTRATION_PLACES
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

STATES = ("staged", "proposed", "confirmed", "ended", "rejected", "withdrawn")


class SanctionForm(forms.Form):
    """A decision and whom it names (domain/sanctions/particulars.py)."""

    authority = fields.TextField(_l("列入機關"), maxlength=100)
    decision_number = fields.TextField(_l("決定編號"), width="half", maxlength=60)
    decided_on = fields.DateField(_l("決定日期"), hint=_l("例如2026-05-20"))
    ground = fields.TextAreaField(_l("列入原因"), hint=_l("當事人和單位會看到，不用寫證件號碼"), maxlength=300, rows=2)
    until = fields.DateField(_l("期限至"), hint=_l("例如2029-05-19。沒有期限便留空"), optional=True)
    appeal_route = fields.TextAreaField(_l("申訴途徑"), hint=_l("向哪個機關、在多少日內"), maxlength=300, rows=2)
    contact = fields.TextField(_l("聯絡方法"), hint=_l("有人接聽的電話或辦公地址"), maxlength=200)
    subject_name = fields.TextField(
        _l("姓名或名稱"), hint=_l("只作核對，不能單憑姓名移出"), optional=True, maxlength=80
    )
    birth_date = fields.DateField(_l("出生日期"), optional=True)
    id_type = fields.SelectField(_l("證件類別"), blank=_l("沒有"), choices=items.choices(items.ID_TYPES), optional=True)
    id_number = fields.TextField(_l("證件號碼"), optional=True, width="half", maxlength=40)
    id_country = fields.TextField(
        _l("護照簽發地"), hint=_l("只在護照填寫，例如PT"), optional=True, width="code", maxlength=3
    )
    second_id_type = fields.SelectField(
        _l("另一證件類別"), blank=_l("沒有"), choices=items.choices(items.ID_TYPES), optional=True
    )
    second_id_number = fields.TextField(_l("另一證件號碼"), optional=True, width="half", maxlength=40)
    second_id_country = fields.TextField(_l("另一護照簽發地"), optional=True, width="code", maxlength=3)
    licence_number = fields.TextField(
        _l("駕駛證號碼"), hint=_l("只用來找相近的人"), optional=True, width="half", maxlength=30
    )
    plates = fields.TextAreaField(_l("車牌號碼"), hint=_l("每行一個"), optional=True, rows=3, maxlength=400)
    registration_place = fields.SelectField(
        _l("單位登記地"), blank=_l("不是單位"), choices=list(REGISTRATION_PLACES.items()), optional=True
    )
    registration_number = fields.TextField(_l("單位登記號碼"), optional=True, width="half", maxlength=40)

    def typed(self) -> dict[str, str]:
        return {name: self[name].data for name in particulars.FIELDS}


class NoteForm(forms.VersionedForm):
    note = fields.TextAreaField(_l("理由"), hint=_l("另一位名單管理員會看到，請不要寫證件號碼"), maxlength=1000)


class RepairForm(NoteForm):
    repaired_on = fields.DateField(_l("修復的日期"), hint=_l("例如2026-11-30。將來的日期，到當日才結束"))


class FindForm(forms.Form):
    q = fields.SearchField(_l("個案編號、證件號碼、車牌或單位登記號碼"), maxlength=60)


#: Path word → (act, what is said when it is done).
ACTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "propose": (proposing.propose, _l("已提出，等待另一位名單管理員確認。")),
    "drop": (proposing.drop, _l("已放棄，沒有留下任何資料。")),
    "confirm": (sanctioning.confirm, _l("已確認。有關的登記已移出，正在通知單位和當事人。")),
    "withdraw": (proposing.withdraw, _l("已撤回。")),
    "strike": (sanction_ending.strike, _l("已撤銷，能恢復的登記已重新列入。")),
}
DECISIONS: dict[str, tuple[Callable[..., Any], Any]] = {
    "reject": (proposing.reject, _l("已否決。")),
    "propose-strike": (sanction_ending.propose_strike, _l("已建議撤銷，等待另一位名單管理員。")),
    "keep": (sanction_ending.keep, _l("列入維持不變。")),
}


@blueprint.get("/platform/sanctions", endpoint="sanctions")
@guards.platform("sanctions:read")
def sanction_list() -> str:
    state = request.args.get("state", "proposed")
    state = state if state in (*STATES, "") else "proposed"
    after = number_asked("after")
    rows = sanction_queries.listed(state, after=after)
    return _list_page(rows, state, paged=bool(after), more=len(rows) == sanction_queries.PAGE)


@blueprint.post("/platform/sanctions/find")
@guards.platform("sanctions:read")
def sanctions_find() -> Response | str:
    """Numbers that are looked for travel in the body: an address is kept in many places."""
    form = FindForm()
    rows = sanction_finding.found(form.q.data)
    if len(rows) == 1:
        return redirect(url_for("platform.sanction", ref=rows[0].ref), 303)
    return _list_page(rows, "", found=True)


def _list_page(
    rows: list[Sanction], state: str, *, paged: bool = False, more: bool = False, found: bool = False
) -> str:
    counts = sanction_queries.counts()
    return render_template(
        "platform/sanctions/list.html",
        rows=[(row, sanction_queries.details(row)) for row in rows],
        state=state,
        states=[(one, words.STATES[one], counts.get(one, 0)) for one in STATES],
        batches=[(one, sanction_queries.file_name(one)) for one in sanction_queries.open_batches()]
        if not found
        else [],
        form=FindForm(formdata=None),
        found=found,
        paged=paged,
        next_after=rows[-1].id if more else None,
    )


@blueprint.route("/platform/sanctions/new", methods=["GET", "POST"])
@guards.platform("sanctions:decide")
def sanction_new() -> Response:
    form = SanctionForm()
    status = 200
    if request.method == "POST" and not locales.switch_requested():
        try:
            done = proposing.stage(staff_actor(), form.typed(), key=form.submission_key.data)
        except (Invalid, Conflict) as refused:
            form.add_errors(sentences.found(refused))
            status = 422 if isinstance(refused, Invalid) else 409
        else:
            return redirect(url_for("platform.sanction", ref=done["sanction"]), 303)
    return locales.answered(make_response(render_template("platform/sanctions/new.html", form=form), status))


@blueprint.get("/platform/sanctions/<ref>")
@guards.platform("sanctions:read")
def sanction(ref: str) -> str:
    """The numbers it names are shown: that it was opened goes on record."""
    return _page(sanction_opening.page(staff_actor(), ref))


def _page(found: Sanction, trouble: str = "") -> str:
    after = number_asked("after")
    effects = sanction_queries.effects(Sanction.id == found.id, after=after or 0)
    counts = sanction_queries.effect_counts(Sanction.id == found.id)
    looked_at = found.state in ("staged", "proposed")
    return render_template(
        "platform/sanctions/show.html",
        sanction=found,
        details=sanction_queries.details(found),
        batch=sanction_queries.batch_by_id(found.batch_id) if found.batch_id else None,
        preview=sanction_preview.of_one(found) if looked_at else None,
        likes=sanction_preview.likes(sanction_queries.near(Sanction.id == found.id)),
        effects=effects,
        counts=counts,
        hits=sanction_preview.of_effects(effects),
        pushes=words.pushes(effects),
        next_after=effects[-1].id if len(effects) == sanction_queries.PAGE else None,
        timeline=words.timeline(found, accounts.name_of),
        mine=found.proposed_by_id == g.staff.account_id,
        strike_mine=found.strike_proposed_by_id == g.staff.account_id,
        form=forms.VersionedForm(formdata=None, data={"version": found.version}),
        trouble=trouble,
    )


def _late(ref: str, refused: Conflict | NotAllowed) -> Response:
    """What is now true, with why the act was refused."""
    return make_response(_page(sanction_queries.one(ref), sentences.of(refused.faults[0])), 409)


@blueprint.post("/platform/sanctions/<ref>/<any(propose, drop, confirm, withdraw, strike):deed>")
@guards.platform("sanctions:decide")
def sanction_act(ref: str, deed: str) -> Response:
    form = forms.VersionedForm()
    perform, said = ACTS[deed]
    try:
        perform(staff_actor(), Which(ref=ref, version=form.expected_version or 0), key=form.submission_key.data)
    except (Conflict, NotAllowed) as refused:
        return _late(ref, refused)
    flash(str(said), "info")
    if deed == "drop":
        return redirect(url_for("platform.sanctions"), 303)
    return redirect(url_for("platform.sanction", ref=ref), 303)


@blueprint.route(
    "/platform/sanctions/<ref>/<any(reject, repair, 'propose-strike', keep):deed>", methods=["GET", "POST"]
)
@guards.platform("sanctions:decide")
def sanction_decide(ref: str, deed: str) -> Response:
    """What needs words, or a day, on a page of its own."""
    found = sanction_queries.one(ref)
    form = (RepairForm if deed == "repair" else NoteForm)(data={"version": found.version})
    if request.method == "POST" and not locales.switch_requested():
        which = Which(ref=ref, version=form.expected_version or 0)
        try:
            said = _decided(deed, which, form)
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
        except (Conflict, NotAllowed) as refused:
            return _late(ref, refused)
        else:
            flash(said, "info")
            return redirect(url_for("platform.sanction", ref=ref), 303)
    elif request.method != "POST" and (found.state, deed) not in sanction_states.TRANSITIONS:
        return redirect(url_for("platform.sanction", ref=ref), 303)
    page = render_template(
        "platform/sanctions/decide.html", sanction=found, deed=deed, form=form, details=sanction_queries.details(found)
    )
    return locales.answered(make_response(page, 422 if form.refused else 200))


def _decided(deed: str, which: Which, form: Any) -> str:
    if deed == "repair":
        done = sanction_ending.repair(
            staff_actor(), which, form.repaired_on.data, form.note.data, key=form.submission_key.data
        )
        return _("已修復，列入結束。") if done["state"] == "ended" else _("已記下修復日期，到當日結束。")
    perform, said = DECISIONS[deed]
    perform(staff_actor(), which, form.note.data, key=form.submission_key.data)
    return str(said)


@blueprint.post("/platform/sanctions/near/<ref>")
@guards.platform("sanctions:decide")
def sanction_near(ref: str) -> Response:
    """Whether somebody like whom a sanction names is the same person."""
    form = forms.Form()
    decision = request.form.get("decision", "")[:20]
    try:
        done = proposing.decide_near(staff_actor(), ref, decision, key=form.submission_key.data)
    except (Conflict, Invalid) as refused:
        flash(sentences.of(refused.faults[0]), "warn")
        near = sanction_queries.near_by_ref(ref)
        found = sanction_queries.by_ids([near.sanction_id])[near.sanction_id]
    else:
        found = sanction_queries.one(done["sanction"])
        if sanction_queries.near_by_ref(ref).sanction_id != found.id:
            flash(_("已按同一決定另立一項，指明此人的證件。請核對後提出，由另一位名單管理員確認。"), "info")
    if found.batch_id and found.state == "staged":
        batch = sanction_queries.batch_by_id(found.batch_id)
        return redirect(url_for("platform.sanction_batch", ref=batch.ref, _anchor="near"), 303)
    return redirect(url_for("platform.sanction", ref=found.ref, _anchor="near"), 303)

"""The record of acts and their audit lines, for the audit administrator."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from webapp.blueprints.platform import blueprint
from webapp.domain.accounts import queries as accounts
from webapp.domain.audit import queries, viewing
from webapp.domain.units import queries as units
from webapp.errors import NotFound
from webapp.ui import fields, forms, guards
from webapp.ui.deeds import DEEDS
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import dates

LARGEST_ID = 2**63 - 1


class FilterForm(forms.Form):
    verb = fields.SelectField(
        _l("做了甚麼"), blank=_l("全部"), choices=sorted(DEEDS.items(), key=lambda item: item[0]), optional=False
    )
    outcome = fields.SelectField(_l("結果"), blank=_l("全部"), choices=[("done", _l("完成")), ("refused", _l("被拒"))])
    account = fields.TextField(_l("帳號編號"), width="half", maxlength=20)
    unit = fields.TextField(_l("單位編號"), width="half", maxlength=20)
    object = fields.TextField(_l("對象編號"), width="half", maxlength=64)
    since = fields.DateField(_l("由"), hint=_l("例如2026-05-20"))
    until = fields.DateField(_l("至"), hint=_l("例如2026-05-20"))


NAMES = ("verb", "outcome", "account", "unit", "object", "since", "until")


@blueprint.get("/platform/audit")
@guards.platform("audit:read")
def audit() -> str | tuple[str, int]:
    """Filters stand in the address; they hold references and dates, never anything personal."""
    viewing.viewed(staff_actor())
    form = FilterForm(formdata=request.args)
    wanted = _wanted(form)
    rows = [] if form.refused else queries.acts(wanted, before=number_asked("before"), limit=queries.PAGE + 1)
    shown, more = rows[: queries.PAGE], rows[queries.PAGE :]
    chosen = {name: form[name].data for name in NAMES if form[name].data}
    page = render_template(
        "platform/audit.html",
        form=form,
        rows=_presented(shown),
        filtered=bool(chosen),
        first_url=url_for("platform.audit", **chosen) if request.args.get("before") else "",
        next_url=url_for("platform.audit", **chosen, before=shown[-1].id) if more else "",
    )
    return (page, 422) if form.refused else page


@blueprint.get("/platform/audit/<int:act_id>")
@guards.platform("audit:read")
def audit_act(act_id: int) -> str:
    """One act and the lines of what it touched, by pages."""
    viewing.viewed(staff_actor())
    act = queries.one(act_id) if act_id <= LARGEST_ID else None
    if act is None:
        raise NotFound("not_found")
    lines = queries.lines(act.id, after=number_asked("after") or 0, limit=queries.PAGE + 1)
    shown, more = lines[: queries.PAGE], lines[queries.PAGE :]
    return render_template(
        "platform/audit/act.html",
        row=_presented([act])[0],
        lines=shown,
        first_url=url_for("platform.audit_act", act_id=act.id) if request.args.get("after") else "",
        next_url=url_for("platform.audit_act", act_id=act.id, after=shown[-1].id) if more else "",
    )


def _wanted(form: FilterForm) -> queries.Filter:
    """The filter, with a refusal beside what cannot be looked for."""
    account_id, unit_id, since, until = None, None, None, None
    if form.account.data:
        try:
            account_id = accounts.by_ref(form.account.data.strip()).id
        except NotFound:
            form.refuse("account", _("沒有這個編號的帳號"))
    if form.unit.data:
        try:
            unit_id = units.one(form.unit.data.strip()).id
        except NotFound:
            form.refuse("unit", _("沒有這個編號的單位"))
    if form.since.data and (since := dates.parse(form.since.data)) is None:
        form.refuse("since", _("日期要像2026-05-20這樣"))
    if form.until.data and (until := dates.parse(form.until.data)) is None:
        form.refuse("until", _("日期要像2026-05-20這樣"))
    return queries.Filter(
        form.verb.data, form.outcome.data, account_id, unit_id, form.object.data.strip(), since, until
    )


def _presented(acts: list[Any]) -> list[dict[str, Any]]:
    """Acts with the names of who acted and for which unit; staff are named, people outside never."""
    people = accounts.by_ids({act.account_id for act in acts if act.account_id})
    organisations = units.by_ids({act.unit_id for act in acts if act.unit_id})
    return [
        {
            "act": act,
            "account": people.get(act.account_id),
            "name": accounts.name_of(people[act.account_id]) if act.account_id in people else "",
            "unit": organisations.get(act.unit_id),
        }
        for act in acts
    ]

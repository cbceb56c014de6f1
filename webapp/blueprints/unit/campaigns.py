"""Re-verification in a unit: start one, see who is missing, confirm row by row or all at once, call it off."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.unit import blueprint
from webapp.blueprints.unit.uploads import read_chosen
from webapp.domain.campaigns import actions, queries, rules
from webapp.domain.campaigns.states import OPEN
from webapp.domain.filings.searching import Search
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.selection import Chosen
from webapp.errors import Conflict, Invalid
from webapp.ui import campaigns as words
from webapp.ui import fields, forms, guards, htmx, locales, looking, sentences
from webapp.ui import passlist as rows
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

#: Names shown before everybody is confirmed at once.
FIRST_ROWS = 5


class StartForm(forms.Form):
    due_on = fields.DateField(_l("最後一天"), hint=_l("例如2027-03-31。之後仍未確認的會暫停，再過14日移出"))


@blueprint.get("/unit/campaigns")
@guards.unit("list:read")
def campaigns() -> str:
    unit_id = g.staff.unit.id
    found = [(campaign, row, queries.progress(campaign.id, unit_id)) for campaign, row in queries.of_unit(unit_id)[:20]]
    own = any(campaign.unit_id == unit_id and campaign.state in OPEN for campaign, _row, _progress in found)
    return render_template("unit/campaigns/list.html", found=found, words=words, own=own)


@blueprint.route("/unit/campaigns/new", methods=["GET", "POST"])
@guards.unit("campaigns:start")
def campaign_new() -> Response:
    form = StartForm()
    if not form.is_submitted() or locales.switch_requested():
        return locales.answered(_start_page(form))
    try:
        made = actions.start_in_unit(
            staff_actor(), g.staff.unit.id, form.due_on.data or "", clock.today(), key=form.submission_key.data
        )
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return _start_page(form, 422)
    except Conflict as conflict:
        form.refuse(None, sentences.of(conflict.faults[0]))
        return _start_page(form, 409)
    flash(_("已開始核對。請逐項確認，或一次確認全部。"))
    return redirect(url_for("unit.campaign", ref=made["campaign"]), 303)


def _start_page(form: StartForm, status: int = 200) -> Response:
    count = passlist.chosen_count(g.staff.unit.id, Chosen(everything=True))
    return make_response(render_template("unit/campaigns/new.html", form=form, count=count, rules=rules), status)


@blueprint.get("/unit/campaigns/<ref>")
@guards.unit("list:read")
def campaign(ref: str) -> Response:
    if tail := Search(request.args.get("q", "")).shortened(g.staff.unit.id):
        return redirect(url_for("unit.campaign", ref=ref, **{**request.args, "q": tail}), code=303)  # type: ignore[arg-type]
    folder = "unit/campaigns"
    template = htmx.template(f"{folder}/show.html", list=f"{folder}/_list.html", look=f"{folder}/_look.html")
    return htmx.hx_response(render_template(template, form=None, **_context(ref, request.args)))


def _page(ref: str, status: int = 200, form: forms.Form | None = None) -> Response:
    context = _context(ref, request.form if request.method == "POST" else request.args, form)
    return make_response(render_template("unit/campaigns/show.html", form=form, **context), status)


def _context(ref: str, args: MultiDict[str, str], form: forms.Form | None = None) -> dict[str, Any]:
    unit_id = g.staff.unit.id
    campaign_, row = queries.in_unit(unit_id, ref)
    which = queries.CONFIRMED if args.get("which") == queries.CONFIRMED else queries.MISSING
    q = args.get("q", "").strip()[:80]
    asked = looking.Request.read(args, passlist.PAGE)
    page = queries.entries(campaign_.id, unit_id, which, q, after=asked.place, limit=asked.left)
    progress = queries.progress(campaign_.id, unit_id)
    here: dict[str, Any] = {"which": which} | ({"q": q} if q else {})
    line = asked.line(page, partial(url_for, "unit.campaign", ref=ref, **here))
    labels = {
        queries.MISSING: _("待確認%(n)s", n=progress.missing),
        queries.CONFIRMED: _("已確認%(n)s", n=progress.confirmed),
    }
    return {
        "campaign": campaign_,
        "part": row,
        "words": words,
        "progress": progress,
        "which": which,
        "q": q,
        "rows": rows.entry_rows(page.rows),
        "chips": [
            {"label": label, "url": url_for("unit.campaign", ref=ref, which=one, q=q or None), "current": one == which}
            for one, label in labels.items()
        ],
        "line": line,
        "matching": 0 if line else queries.matching(campaign_.id, unit_id, q),
        "open": campaign_.state in OPEN,
        "may_confirm": campaign_.state in OPEN
        and which == queries.MISSING
        and guards.may(guards.UNIT, "entries:confirm"),
        "own": campaign_.unit_id == unit_id,
        "first_url": url_for("unit.campaign", ref=ref, **here) if args.get("after") else "",
        "next_url": url_for("unit.campaign", ref=ref, after=str(page.next), **here) if page.next else "",
        "bulk_form": form or forms.Form(formdata=None),
    }


@blueprint.post("/unit/campaigns/<ref>/confirm")
@guards.unit("entries:confirm")
def campaign_confirm(ref: str) -> Response:
    """The ticked rows at once; everybody only after a page that says how many and who."""
    form = forms.Form()
    unit_id = g.staff.unit.id
    found, _row = queries.in_unit(unit_id, ref)
    chosen = read_chosen(request.form)
    if locales.switch_requested():
        return locales.answered(_everybody(found, chosen, form) if chosen.everything else _page(ref, form=form))
    if not chosen.everything and not chosen.rows:
        form.refuse(None, _("請先選取要確認的人"))
        return _page(ref, 422, form)
    if chosen.everything and not chosen.digest:
        return _everybody(found, chosen, form)
    try:
        done = actions.confirm(staff_actor(), unit_id, ref, chosen, key=form.submission_key.data)
    except Conflict as conflict:
        fresh = forms.Form(formdata=None)
        fresh.refuse(None, sentences.of(conflict.faults[0]))
        return _page(ref, 409, fresh)
    flash(_("已確認%(n)s項。", n=done["changed"]))
    if done["skipped"]:
        flash(_("%(n)s項已經確認過，或已不在名單上。", n=done["skipped"]))
    return redirect(url_for("unit.campaign", ref=ref), 303)


def _everybody(found: Any, chosen: Chosen, form: forms.Form) -> Response:
    ids = queries.chosen_ids(found.id, g.staff.unit.id, chosen)
    if not ids:
        form.refuse(None, _("已經沒有待確認的人"))
        return _page(found.ref, 409, form)
    first = rows.entry_rows(passlist.by_ids(g.staff.unit.id, ids[:FIRST_ROWS]))
    body = render_template(
        "unit/campaigns/everybody.html",
        campaign=found,
        chosen=chosen,
        count=len(ids),
        first=first,
        digest=queries.digest(ids),
        form=form,
    )
    return make_response(body)


@blueprint.route("/unit/campaigns/<ref>/cancel", methods=["GET", "POST"])
@guards.unit("campaigns:start")
def campaign_cancel(ref: str) -> Response:
    found, _row = queries.in_unit(g.staff.unit.id, ref)
    form = forms.VersionedForm()
    if not form.is_submitted() or locales.switch_requested():
        form.version.data = form.version.data or str(found.version)
        return locales.answered(make_response(render_template("unit/campaigns/cancel.html", campaign=found, form=form)))
    try:
        actions.cancel(
            staff_actor(), ref, form.expected_version or 0, unit_id=g.staff.unit.id, key=form.submission_key.data
        )
    except Conflict as conflict:
        fresh = forms.Form(formdata=None)
        fresh.refuse(None, sentences.of(conflict.faults[0]))
        return _page(ref, 409, fresh)
    flash(_("已取消核對，因此暫停的人已恢復。"))
    return redirect(url_for("unit.campaigns"), 303)

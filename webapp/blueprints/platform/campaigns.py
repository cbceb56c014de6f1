"""Re-verification by the platform: ask the units of a class or all, follow them, see the slowest, call it off."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.platform import blueprint
from webapp.domain.campaigns import actions, queries, rules
from webapp.domain.campaigns.states import OPEN
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import campaigns as words
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.presenters import UNIT_CLASSES
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class StartForm(forms.Form):
    unit_class = fields.SelectField(
        _l("核對哪些單位"), choices=[("*", _l("所有單位")), *((one, word) for one, word in UNIT_CLASSES.items())]
    )
    due_on = fields.DateField(_l("最後一天"), hint=_l("例如2027-03-31。之後仍未確認的會暫停，再過14日移出"))


@blueprint.get("/platform/campaigns")
@guards.platform("campaigns:manage")
def campaigns() -> str:
    found = [(campaign, queries.progress(campaign.id)) for campaign in queries.platform()[:30]]
    return render_template("platform/campaigns/list.html", found=found, words=words)


@blueprint.route("/platform/campaigns/new", methods=["GET", "POST"])
@guards.platform("campaigns:manage")
def campaign_new() -> Response:
    """The first answer says how many it concerns; what was seen is confirmed by the second."""
    form = StartForm()
    if not form.is_submitted() or locales.switch_requested():
        return locales.answered(_start_page(form))
    chosen = form.unit_class.data or ""
    if request.form.get("act") != "start":
        _day, problem = rules.read_day(form.due_on.data or "", clock.today())
        if problem:
            found = Invalid(problem, field="due_on", soonest=rules.SOONEST_DAYS, latest=rules.LATEST_DAYS)
            form.add_errors(sentences.found(found))
            return _start_page(form, 422)
        if chosen != "*" and chosen not in UNIT_CLASSES:
            form.add_errors(sentences.found(Invalid("choose", field="unit_class")))
            return _start_page(form, 422)
        return _start_page(form, preview=queries.concerned(None if chosen == "*" else chosen))
    try:
        made = actions.start_everywhere(
            staff_actor(), chosen, form.due_on.data or "", clock.today(), key=form.submission_key.data
        )
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return _start_page(form, 422)
    except Conflict as conflict:
        form.refuse(None, sentences.of(conflict.faults[0]))
        return _start_page(form, 409)
    flash(_("已開始核對，各單位會收到通知。"))
    return redirect(url_for("platform.campaign", ref=made["campaign"]), 303)


def _start_page(form: StartForm, status: int = 200, preview: tuple[int, int] | None = None) -> Response:
    body = render_template("platform/campaigns/new.html", form=form, preview=preview, rules=rules)
    return make_response(body, status)


@blueprint.get("/platform/campaigns/<ref>")
@guards.platform("campaigns:manage")
def campaign(ref: str) -> Response:
    return _page(ref)


def _page(ref: str, status: int = 200, said: str = "") -> Response:
    found = queries.one(ref)
    if found.unit_id is not None:
        raise NotFound("not_found")
    page = number_asked("page", digits=4) or 0
    slowest = queries.slowest(found.id, page=page)
    body = render_template(
        "platform/campaigns/show.html",
        campaign=found,
        words=words,
        progress=queries.progress(found.id),
        outcomes=queries.outcomes(found.id),
        slowest=slowest,
        open=found.state in OPEN,
        said=said,
        first_url=url_for("platform.campaign", ref=ref) if page else "",
        next_url=url_for("platform.campaign", ref=ref, page=page + 1) if len(slowest) == queries.UNITS else "",
    )
    return make_response(body, status)


@blueprint.route("/platform/campaigns/<ref>/cancel", methods=["GET", "POST"])
@guards.platform("campaigns:manage")
def campaign_cancel(ref: str) -> Response:
    found = queries.one(ref)
    form = forms.VersionedForm()
    if not form.is_submitted() or locales.switch_requested():
        form.version.data = form.version.data or str(found.version)
        body = render_template("platform/campaigns/cancel.html", campaign=found, form=form)
        return locales.answered(make_response(body))
    try:
        actions.cancel(staff_actor(), ref, form.expected_version or 0, key=form.submission_key.data)
    except Conflict as conflict:
        return _page(ref, 409, sentences.of(conflict.faults[0]))
    flash(_("已取消核對，因此暫停的人已恢復。"))
    return redirect(url_for("platform.campaign", ref=ref), 303)

"""Leaving the list at one's own wish, and staying after all."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.status_access import Access, with_full
from webapp.domain.filings import following, leaving, standing
from webapp.domain.jobs import calendar
from webapp.domain.passlist import removals
from webapp.domain.passlist.rules import REQUEST_WORKING_DAYS
from webapp.domain.units import queries as units
from webapp.errors import Conflict
from webapp.ui import fields, forms, guards, journeys, left_behind, locales, sentences
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

REQUEST, LEFT, CONSENT = "request", "left", "consent"
DONE = {
    REQUEST: _l("已暫停，並已通知單位移出。"),
    LEFT: _l("你在這個單位的登記已暫停，並已通知單位移出。未辦妥的申報已撤回。"),
    CONSENT: _l("已移出名單，未辦妥的申報已撤回。"),
}


class LeaveForm(forms.Form):
    leave_by = fields.RadioField(
        _l("怎樣移出？"),
        choices=[
            (REQUEST, _l("請單位移出"), _l("只是這一項現在暫停，單位在三個工作日內移出。期間可以改變主意")),
            (
                LEFT,
                _l("我已離開這個單位或已遷離社區"),
                _l("你在這個單位的全部登記現在暫停，未辦妥的申報撤回，單位在三個工作日內移出"),
            ),
            (
                CONSENT,
                _l("撤回處理個人信息的同意"),
                _l("你在這個單位的全部登記即時移出，未辦妥的申報撤回，不能收回。日後可以重新申報"),
            ),
        ],
    )


def _told(access: Access, entry_ref: str) -> journeys.Told:
    journey, entry = following.journey_of_entry(access.submission, entry_ref)
    return journeys.tell(journey, units.by_id(entry.unit_id), clock.now())


@blueprint.route("/s/<token>/leave/<entry_ref>", methods=["GET", "POST"])
@guards.status
@with_full
def entry_leave(access: Access, entry_ref: str) -> Any:
    one = _told(access, entry_ref)
    form = LeaveForm()
    status = 200
    if form.is_submitted() and not locales.switch_requested():
        if not form.leave_by.data:
            form.refuse("leave_by", _("請選擇一種移出方式"))
            status = 422
        else:
            try:
                _leave(access, entry_ref, form)
            except Conflict as refused:
                form.refuse(None, sentences.of(refused.faults[0]))
                one, status = _told(access, entry_ref), 409
            else:
                flash(str(DONE[form.leave_by.data]))
                return redirect(access.url("status"), 303)
    page = render_template(
        "filer/status/leave.html",
        access=access,
        one=one,
        form=form,
        until=calendar.nth_working_day(clock.now(), REQUEST_WORKING_DAYS),
        beside=left_behind.said(one.journey.entry) if one.journey.entry else "",
        others=left_behind.said_of_others([mine.entry for mine in standing.of(access.submission)], entry_ref),
    )
    return locales.answered(make_response(page, status))


def _leave(access: Access, entry_ref: str, form: LeaveForm) -> None:
    ref, key = access.submission.ref, form.submission_key.data
    if form.leave_by.data == REQUEST:
        removals.request_removal(access.actor, ref, entry_ref, key=key)
    elif form.leave_by.data == LEFT:
        leaving.leave(access.actor, ref, key=key)
    else:
        leaving.withdraw_consent(access.actor, ref, key=key)


@blueprint.route("/s/<token>/stay/<entry_ref>", methods=["GET", "POST"])
@guards.status
@with_full
def entry_stay(access: Access, entry_ref: str) -> Any:
    """The request to be removed is taken back."""
    one = _told(access, entry_ref)
    form = forms.Form()
    status = 200
    if form.is_submitted():
        try:
            removals.withdraw_request(access.actor, access.submission.ref, entry_ref, key=form.submission_key.data)
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            one, status = _told(access, entry_ref), 409
        else:
            flash(_("已收回移出要求。"))
            return redirect(access.url("status"), 303)
    return render_template("filer/status/stay.html", access=access, one=one, form=form), status

"""Leaving the list at one's own wish, and staying after all."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.status_access import Access, with_full
from webapp.domain.filings import following
from webapp.domain.jobs import calendar
from webapp.domain.passlist import removals
from webapp.domain.passlist.rules import REQUEST_WORKING_DAYS
from webapp.domain.units import queries as units
from webapp.errors import Conflict
from webapp.ui import fields, forms, guards, journeys, sentences

REQUEST, CONSENT = "request", "consent"


class LeaveForm(forms.Form):
    leave_by = fields.RadioField(
        _l("怎樣移出？"),
        choices=[
            (REQUEST, _l("請單位移出"), _l("現在暫停，單位在三個工作日內移出。期間可以改變主意")),
            (CONSENT, _l("撤回處理個人信息的同意"), _l("即時移出，不能收回。日後可以重新申報")),
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
    if form.is_submitted():
        if not form.leave_by.data:
            form.refuse("leave_by", _("請選擇一種移出方式"))
            status = 422
        else:
            consent_withdrawn = form.leave_by.data == CONSENT
            try:
                removals.request_removal(
                    access.actor, access.submission.ref, entry_ref, consent_withdrawn, key=form.submission_key.data
                )
            except Conflict as refused:
                form.refuse(None, sentences.of(refused.faults[0]))
                one, status = _told(access, entry_ref), 409
            else:
                flash(_("已移出名單。") if consent_withdrawn else _("已暫停，並已通知單位移出。"))
                return redirect(access.url("status"), 303)
    until = calendar.nth_working_day(clock.now(), REQUEST_WORKING_DAYS)
    return render_template("filer/status/leave.html", access=access, one=one, form=form, until=until), status


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

"""The private status page: opened by the link and the end of the document number."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.filer import blueprint, pairing, status_access, status_documents
from webapp.blueprints.filer.status_access import Access
from webapp.domain.closings import sanction_telling
from webapp.domain.filings import following, helping, invitations, owners, standing, visiting
from webapp.domain.filings import queries as filings
from webapp.domain.limits import actions as limits
from webapp.domain.registry import consents
from webapp.domain.sanctions import cases_queries, cases_states, sanction_queries
from webapp.domain.units import queries as units
from webapp.errors import NotAllowed, TooMany
from webapp.ui import fields, forms, guards, journeys, locales, sentences
from webapp.ui.notices import shown
from webapp.ui.requests import filer_actor
from webapp.ui.verifying import COUNTER_FORMS
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class TailForm(forms.Form):
    id_tail = fields.TextField(
        _l("證件號碼的最後四位"),
        hint=_l("例如號碼是A123456(3)，輸入4563或3456都可以"),
        width="date",
        autocomplete="off",
        maxlength=60,
    )


@blueprint.route("/s/<token>", methods=["GET", "POST"])
@guards.status
def status(token: str) -> Any:
    access = status_access.opened(token)
    if request.method == "POST":
        return _open(token)
    if access is None:
        return _closed(TailForm())
    g.preferred_locale, g.private_page = access.submission.language, access
    return status_access.keep(make_response(_page(access)), access)


def _open(token: str) -> Any:
    """The same answer for a link that never was and for a wrong number; the try is taken before either is looked at."""
    form = TailForm()
    here = redirect(url_for("filer.status", token=token), 303)
    if switch := locales.switch_requested():
        return locales.remember(here, switch)
    try:
        limits.take("status-link", token[:64])
    except TooMany as refused:
        form.refuse("id_tail", sentences.of(refused.faults[0]))
        return _closed(form, 429)
    if not form.id_tail.data.strip():
        form.refuse("id_tail", _("請輸入證件號碼的最後四位"))
        return _closed(form, 422)
    submission = filings.submission_by_token(token)
    try:
        if submission is None:
            raise NotAllowed("not_allowed")
        visiting.open_page(filer_actor(submission.ref, submission.unit_id), submission.id, form.id_tail.data)
    except NotAllowed:
        form.refuse("id_tail", _("連結或號碼不對。請對照回執上的連結和你申報時用的證件，再輸入一次"))
        return _closed(form, 422)
    limits.give_back("status-link", token[:64])
    return status_access.keep(here, status_access.begun(token, submission))


def _closed(form: TailForm, code: int = 200) -> Any:
    response = make_response(render_template("filer/status/open.html", form=form), code)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(access: Access) -> str:
    submission, now = access.submission, clock.now()
    found = following.journeys(submission)
    vouching = units.by_id(standing.unit_id(submission))
    open_there = units.takes_filings(vouching)
    # A registration may go on under another unit than the one it was filed with.
    owners_of = [one.entry.unit_id if one.entry else submission.unit_id for one in found]
    of_ids = units.by_ids(owners_of)
    told = [journeys.tell(one, of_ids[unit_id], now) for one, unit_id in zip(found, owners_of, strict=True)]
    grounds = _grounds(submission, told)
    cases = cases_queries.of_submission(submission.ref)
    return render_template(
        "filer/status/status.html",
        access=access,
        submission=submission,
        units=[of_ids[unit_id] for unit_id in dict.fromkeys(owners_of)],
        told=told,
        name=told[0].journey.card.name,
        helped=_helped(submission),
        phone_tail=following.phone(submission)[-2:],
        cases=cases,
        asked={(case.topic, case.subject, case.ground) for case, _party in cases if case.state == cases_states.OPEN},
        questions=owners.questions(submission, pairing.question_ref()),
        offer=invitations.offered(submission, pairing.token()),
        own_cars={one.ref for one in told if invitations.may_invite(submission, one.journey.filing)},
        papers=status_documents.rows(access, told),
        notices=shown(following.notices(submission)),
        grounds=grounds if access.has_proved(following.phone_on_file(submission)) else {},
        closed_grounds=grounds,
        consent_again=consents.is_asked_again(submission.ref),
        may_change=open_there and any(one.in_force for one in told),
        may_add=open_there,
        linked=[(one, units.by_id(one.unit_id), filings.status_token(one)) for one in following.linked(submission)],
    )


def _helped(submission: Any) -> tuple[str, str] | None:
    """Who typed it at the counter, and how it was signed there."""
    helped = helping.of_submission(submission.id)
    return (helping.helper_name(helped), str(COUNTER_FORMS[helped.form])) if helped is not None else None


def _grounds(submission: Any, told: list[journeys.Told]) -> dict[str, Any]:
    """What a sanction ended, by the ref of the filing, where this page's phone is the one on file; grounds are read by
    whoever has proved it."""
    if submission.id not in sanction_telling.proved_among([submission]):
        return {}
    origins = {one.journey.entry.ref if one.journey.entry else one.ref: one.ref for one in told}
    return {origins[ref]: ground for ref, ground in sanction_queries.grounds(origins).items()}


@blueprint.post("/s/<token>/close")
@guards.status
def status_close(token: str) -> Response:
    """For phones that are shared: the page is closed, and opens by no cookie that was given before."""
    access = status_access.opened(token)
    if access is not None:
        visiting.close_page(access.actor, access.submission.id)
    return status_access.close(redirect(url_for("filer.status", token=token), 303), token)

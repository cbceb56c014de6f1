"""A draft apart from its questions: the resume link, stopping for now, and what was sent."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.filer import blueprint, opening
from webapp.blueprints.filer.opening import Opened, lost, with_draft
from webapp.domain.filings import drafts
from webapp.domain.filings import queries as filings
from webapp.domain.filings.waiting import OVERDUE_AFTER
from webapp.domain.jobs import calendar
from webapp.domain.registry import queries as registry
from webapp.domain.units import queries as units
from webapp.ui import guards


@blueprint.get("/d/<token>")
@guards.draft
def resume(token: str) -> Any:
    """A resume link gives the cookie of its draft and leads to the first page that is not finished."""
    draft = drafts.by_resume_token(token)
    if draft is None:
        return lost()
    response: Response = redirect(url_for("filer.check", ref=draft.ref, resumed=1), 303)
    return opening.give_cookie(response, draft)


@blueprint.get("/resume")
@guards.public
def resume_help() -> str:
    """How to go on with what was begun; it needs no secret."""
    return render_template("filer/draft/resume_help.html", days=drafts.LIFE.days)


@blueprint.get("/file/<ref>")
@guards.draft
@with_draft
def draft_home(opened: Opened) -> Response:
    return redirect(url_for("filer.check", ref=opened.ref, resumed=1), 303)


@blueprint.get("/file/<ref>/later")
@guards.draft
@with_draft
def later(opened: Opened) -> str:
    """Saved: the link that opens the draft again, on this phone or another."""
    token = drafts.resume_token(opened.ref)
    link = current_app.config["SETTINGS"].public_url + url_for("filer.resume", token=token)
    return render_template(
        "filer/draft/later.html",
        link=link,
        until=opened.draft.expires_at,
        back=url_for("filer.draft_home", ref=opened.ref),
    )


@blueprint.get("/file/<ref>/receipt")
@guards.draft
def receipt(ref: str) -> Any:
    """What was sent: number, private link, what happens next and by when."""
    draft, g.helped = opening.found(ref)
    if draft is None:
        return lost()
    if not draft.submission_ref:
        return redirect(url_for("filer.check", ref=ref), 303)
    submission = filings.submission(draft.submission_ref)
    return lost() if submission is None else receipt_page(submission)


def receipt_page(submission: Any) -> str:
    """What was sent, for whoever sent it."""
    token = filings.status_token(submission)
    rows = filings.filings_of(submission)
    return render_template(
        "filer/draft/receipt.html",
        submission=submission,
        unit=units.by_id(submission.unit_id),
        declared=registry.answers(submission.answers_id),
        waiting=any(row.waiting for row in rows),
        disputed=any(row.disputed for row in rows),
        token=token,
        status_link=current_app.config["SETTINGS"].public_url + url_for("filer.status", token=token),
        # A correction is sent later than its submission was.
        filed_at=max(row.submitted_at for row in rows),
        verify_by=calendar.nth_working_day(max(row.submitted_at for row in rows), OVERDUE_AFTER),
    )

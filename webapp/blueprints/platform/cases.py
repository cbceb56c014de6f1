"""Objections and disputes before the platform: the list by its deadlines, one case with both sides, the decision."""

from __future__ import annotations

from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.platform import blueprint
from webapp.domain.closings import cases as deciding
from webapp.domain.files import actions as files
from webapp.domain.filings import case_facts
from webapp.domain.sanctions import cases as opening
from webapp.domain.sanctions import cases_evidence, cases_judging, cases_queries, cases_rules
from webapp.domain.sanctions.cases_queries import Place
from webapp.errors import Conflict, Invalid, NotAllowed
from webapp.ui import cases as words
from webapp.ui import guards, locales, sentences
from webapp.ui.presenters import reason
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _

SHOWN = ("open", "overdue", "closed")
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@blueprint.get("/platform/cases")
@guards.platform("cases:read")
def cases() -> str:
    """What waits for a decision, the oldest deadline first."""
    shown = request.args.get("shown", "")
    shown = shown if shown in SHOWN else "open"
    kind = request.args.get("kind", "")
    kind = kind if kind in words.KINDS else ""
    page = cases_queries.listed(shown, kind, after=Place.read(request.args.get("after", "")))
    here: dict[str, Any] = {"shown": shown, "kind": kind or None}
    return render_template(
        "platform/cases/list.html",
        rows=page.rows,
        shown=shown,
        kind=kind,
        kinds=words.KINDS,
        counts=cases_queries.counts(kind),
        silent={case.id for case in page.rows if words.is_silent(case)},
        first_url=url_for("platform.cases", **here) if request.args.get("after") else "",
        next_url=url_for("platform.cases", after=str(page.next), **here) if page.next else "",
    )


@blueprint.get("/platform/cases/<ref>")
@guards.platform("cases:read")
def case(ref: str) -> str:
    """Both sides of a case: that it was opened goes on record."""
    opening.opened(staff_actor(), ref)
    return _case_page(ref)


def _case_page(ref: str, trouble: str = "") -> str:
    found = cases_queries.one(ref)
    handed = cases_queries.evidence(found)
    sides = [
        {
            "party": party,
            "who": case_facts.who(party),
            "words": cases_evidence.words_of(found, party),
            "files": [(row, file) for row, file in handed if row.party_id == party.id],
        }
        for party in cases_queries.parties(found)
    ]
    return render_template(
        "platform/cases/case.html",
        case=found,
        sides=sides,
        steps=words.timeline(found),
        reasons=words.reasons(found),
        outcome=words.outcome(found),
        decision_words=cases_queries.decision_words(found),
        silent=words.is_silent(found),
        own=cases_judging.is_own(found, g.staff.account_id),
        trouble=trouble,
    )


@blueprint.get("/platform/cases/<ref>/evidence/<evidence_ref>")
@guards.platform("cases:read")
def case_evidence(ref: str, evidence_ref: str) -> Response:
    """A file one side handed in; that it was opened is recorded."""
    found = cases_queries.one(ref)
    opening.read_evidence(staff_actor(), ref, evidence_ref)
    file = cases_queries.file_of(cases_queries.evidence_one(found, evidence_ref))
    response = make_response(files.read(file))
    response.mimetype = file.media_type
    name = f"{found.number.lower()}-{evidence_ref[:6]}.{ENDINGS[file.media_type]}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.route("/platform/cases/<ref>/<any(uphold, dismiss):decision>", methods=["GET", "POST"])
@guards.platform("cases:decide")
def case_decide(ref: str, decision: str) -> Any:
    """The decision on a page of its own: what follows, reasons in codes, words to both sides."""
    found = cases_queries.one(ref)
    form = _form(found, decision)
    status = 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            deciding.decide(
                staff_actor(),
                ref,
                decision,
                form.reason.data,
                form.remedy.data if form.remedy else "",
                form.words.data,
                form.expected_version,
                key=form.submission_key.data,
            )
        except Invalid as refused:
            words.take(form, refused)
            status = 422
        except (Conflict, NotAllowed) as refused:
            return make_response(_case_page(ref, sentences.of(refused.faults[0])), 409)
        else:
            flash(_("已決定，並已通知各方。"), "info")
            return redirect(url_for("platform.case", ref=ref), 303)
    elif not form.is_submitted() and found.state != "open":
        return redirect(url_for("platform.case", ref=ref), 303)
    remedies = cases_rules.REMEDIES[found.topic]
    page = render_template(
        "platform/cases/decide.html",
        case=found,
        decision=decision,
        form=form,
        follows=words.FOLLOWS.get(remedies[0], "") if decision == "uphold" and len(remedies) == 1 else "",
        awaited=decision == "uphold" and not words.may_uphold(found),
    )
    return locales.answered(make_response(page, status))


def _form(found: Any, decision: str) -> Any:
    form: Any = words.DecisionForm(data={"version": found.version})
    silent = cases_judging.is_silent(found, clock.now()) and cases_judging.claimant_has_evidence(found)
    codes = cases_rules.reasons_for(decision, silent=silent)
    form.reason.choices = [(code, reason(code)) for code in codes]
    remedies = cases_rules.REMEDIES[found.topic]
    if decision == "uphold" and len(remedies) > 1:
        form.remedy.choices = [(one, *words.REMEDIES[one]) for one in remedies]
    else:
        del form.remedy
    if request.method == "POST":  # again, now that the choices are known
        form.reason.process(request.form)
        if form.remedy:
            form.remedy.process(request.form)
    return form

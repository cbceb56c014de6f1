"""Objecting from the status page, and following a case one stands in."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.status_access import Access, with_full
from webapp.domain.closings import sanction_telling
from webapp.domain.filings import following, objecting, standing
from webapp.domain.jobs import calendar
from webapp.domain.sanctions import cases_queries, sanction_queries
from webapp.domain.sanctions.cases_rules import DECIDE_DAYS
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import case_deeds, guards, journeys, locales, sentences
from webapp.ui import cases as words
from webapp.ui.words import gettext as _

#: Objections that name the filing, also where it has led to an entry.
OF_FILING = ("refusal", "assignment")


@blueprint.route(
    "/s/<token>/object/<any(refusal, removal, hold, sanction, assignment):topic>/<subject>", methods=["GET", "POST"]
)
@guards.status
@with_full
def case_open(access: Access, topic: str, subject: str) -> Any:
    """Say why a refusal, a removal, a hold, a sanction or an assigned vehicle is wrong."""
    one = _contested(access, topic, subject)
    ground = next((what.ground for what in one.contestable if what.topic == topic), None)
    mine = cases_queries.open_about(subject, opener_ref=access.submission.ref)
    asked = next((case for case in mine if (case.topic, case.ground) == (topic, ground)), None)
    if asked is not None and request.method != "POST":
        return redirect(access.url("case", case_ref=asked.ref), 303)
    form = words.WordsForm()
    status, trouble = 200, ""
    if form.is_submitted() and not locales.switch_requested():
        try:
            made = objecting.object_to(
                access.actor,
                access.submission.ref,
                topic,
                subject,
                form.words.data,
                words.handed(form),
                key=form.submission_key.data,
            )
        except Invalid as refused:
            words.take(form, refused)
            status = 422
        except Conflict as refused:
            trouble, status = sentences.of(refused.faults[0]), 409
        else:
            flash(_("已收到你的異議。"))
            return redirect(access.url("case", case_ref=made["case"]), 303)
    page = render_template(
        "filer/case/open.html",
        access=access,
        one=one,
        topic=topic,
        ground=words.assignment_ground(ground),
        form=form,
        trouble=trouble,
        until=calendar.nth_working_day(clock.now(), DECIDE_DAYS),
    )
    return locales.answered(make_response(page, status))


def _contested(access: Access, topic: str, subject: str) -> journeys.Told:
    """The journey that this filing, entry or sanction belongs to. Raises NotFound."""
    all_ = following.journeys(access.submission)
    touched: dict[str, str] = {}
    if topic == "sanction" and access.submission.id in sanction_telling.proved_among([access.submission]):
        refs = [one.ref for journey in all_ for one in (journey.filing, journey.entry) if one is not None]
        touched = {ref: ground.sanction.ref for ref, ground in sanction_queries.grounds(refs).items()}
    for journey in all_:
        found = journey.filing if topic in OF_FILING or journey.entry is None else journey.entry
        if subject == (touched.get(found.ref) if topic == "sanction" else found.ref):
            return journeys.tell(journey, units.by_id(standing.unit_id(access.submission)), clock.now())
    raise NotFound("not_found")


@blueprint.get("/s/<token>/case/<case_ref>")
@guards.status
@with_full
def case(access: Access, case_ref: str) -> str:
    """One case of this submission: what was said, where it stands, how it was decided."""
    found, party = cases_queries.one_of_submission(access.submission.ref, case_ref)
    return render_template(
        "filer/case/case.html",
        case=found,
        party=party,
        deeds={
            deed: access.url("case_deed", case_ref=case_ref, deed=deed) for deed in case_deeds.possible(found, party)
        },
        back=(access.url("status"), _("申報進度")),
        **words.told(found, party),
    )


@blueprint.route("/s/<token>/case/<case_ref>/<any(answer, evidence, withdraw):deed>", methods=["GET", "POST"])
@guards.status
@with_full
def case_deed(access: Access, case_ref: str, deed: str) -> Any:
    found, party = cases_queries.one_of_submission(access.submission.ref, case_ref)
    here = access.url("case", case_ref=case_ref)
    done = case_deeds.perform(deed, access.actor, found, party)
    if done.said:
        flash(done.said)
        return redirect(here, 303)
    page = render_template(
        "filer/case/deed.html", case=found, party=party, deed=deed, form=done.form, trouble=done.trouble, back=here
    )
    return locales.answered(make_response(page, done.status))

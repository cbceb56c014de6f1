"""The request desk: what people ask about their data, by its deadline; one request and its answer; letters entered."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.platform import blueprint
from webapp.domain.files import actions as files
from webapp.domain.files import intake
from webapp.domain.filings import queries as filings
from webapp.domain.jobs import calendar
from webapp.domain.privacy import rights_desk, rights_states, rights_words
from webapp.domain.privacy.rights_desk import SHOWN
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import fields, forms, guards, locales, rights, sentences
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
DECISIONS = {"grant": True, "refuse": False}


class EntryForm(forms.Form):
    kind = fields.RadioField(_l("要求甚麼"), choices=rights.KINDS.items())
    way = fields.RadioField(_l("怎樣收到"), choices=[(way, rights.WAYS[way]) for way in rights_desk.OFF_PAGE_WAYS])
    asked_by = fields.TextField(_l("提出要求的人"), maxlength=rights_states.NAME_LONGEST)
    contact = fields.TextField(_l("怎樣回覆他"), hint=_l("電話、電郵或地址"), maxlength=rights_states.NAME_LONGEST)
    relation = fields.TextField(
        _l("與已去世的人的關係"), hint=_l("只是近親屬的要求才填"), optional=True, maxlength=rights_states.NAME_LONGEST
    )
    number = fields.TextField(
        _l("有關的申報編號"), hint=_l("例如HQ-7K2F-93QD，不知道可以留空"), optional=True, width="half"
    )
    words = fields.TextAreaField(_l("內容"), maxlength=rights_states.WORDS_LONGEST)
    paper = fields.FileField(
        _l("信件或證明"),
        hint=_l("PDF、JPEG 或 PNG，最大8 MB。近親屬請附關係證明"),
        accept=".pdf,.jpg,.jpeg,.png",
        optional=True,
    )


class AnswerForm(forms.VersionedForm):
    decision = fields.RadioField(_l("答覆"), choices=[("grant", _l("接受")), ("refuse", _l("不接受"))])
    reason = fields.CheckboxesField(
        _l("不接受的理由"),
        choices=[(code, sentences.SENTENCES[f"request:{code}"]) for code in rights_states.REASONS],
        optional=True,
    )
    words = fields.TextAreaField(
        _l("給提出的人的說明"),
        hint=_l("做了甚麼，或為甚麼不做。提出的人會看到"),
        maxlength=rights_states.WORDS_LONGEST,
    )


@blueprint.get("/platform/rights")
@guards.platform("rights:answer")
def rights_requests() -> str:
    """What waits for an answer, the oldest deadline first."""
    shown = request.args.get("shown", "")
    shown = shown if shown in SHOWN else SHOWN[0]
    place = number_asked("after")
    rows = rights_desk.listed(shown, after=place)
    more = shown == SHOWN[2] and len(rows) == rights_desk.PAGE
    return render_template(
        "platform/rights/list.html",
        rows=rows,
        shown=shown,
        counts=rights_desk.counts(),
        rights=rights,
        next_url=url_for("platform.rights_requests", shown=shown, after=rows[-1].id) if more else "",
        first_url=url_for("platform.rights_requests", shown=shown) if place else "",
    )


@blueprint.route("/platform/rights/new", methods=["GET", "POST"])
@guards.platform("rights:answer")
def rights_request_new() -> Any:
    form, status = EntryForm(), 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            sent = form.paper.data
            paper = intake.check(sent.read(intake.LARGEST + 1), sent.filename or "", "paper") if sent else None
            asker = {name: form[name].data or "" for name in ("words", "asked_by", "contact", "relation")}
            made = rights_desk.enter(
                staff_actor(),
                form.kind.data or "",
                form.way.data or "",
                form.number.data or "",
                asker,
                paper,
                key=form.submission_key.data,
            )
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
            status = 422
        else:
            flash(_("已登記，編號%(number)s。", number=made["number"]))
            return redirect(url_for("platform.rights_request", ref=made["request"]), 303)
    until = calendar.nth_working_day(clock.now(), rights_states.DUE_DAYS)
    return locales.answered(make_response(render_template("platform/rights/new.html", form=form, until=until), status))


@blueprint.route("/platform/rights/<ref>", methods=["GET", "POST"])
@guards.platform("rights:answer")
def rights_request(ref: str) -> Any:
    """One request, and its answer."""
    row = rights_desk.one(ref)
    form, status = AnswerForm(data={"version": row.version}), 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            rights_desk.answer(
                staff_actor(),
                ref,
                DECISIONS.get(form.decision.data or ""),
                list(form.reason.data or []),
                form.words.data or "",
                form.expected_version,
                key=form.submission_key.data,
            )
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
            status = 422
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            row, status = rights_desk.one(ref), 409
        else:
            flash(_("已答覆。") if row.submission_ref else _("已記錄答覆，請按提出的人留下的方法回覆。"))
            return redirect(url_for("platform.rights_request", ref=ref), 303)
    submission = filings.submission(row.submission_ref) if row.submission_ref else None
    page = render_template(
        "platform/rights/show.html",
        row=row,
        form=form,
        asked=rights_words.asked(row),
        answer=rights_words.answer(row),
        number=submission.number if submission else "",
        reasons=rights.reasons(row),
        steps=rights.timeline(row),
        rights=rights,
    )
    return locales.answered(make_response(page, status))


@blueprint.get("/platform/rights/<ref>/paper")
@guards.platform("rights:answer")
def rights_request_paper(ref: str) -> Response:
    """The letter, or what proves the relation; that it was opened is recorded."""
    row = rights_desk.one(ref)
    if row.paper_id is None:
        raise NotFound("not_found")
    rights_desk.read_paper(staff_actor(), ref)
    file = rights_desk.paper_of(row)
    response = make_response(files.read(file))
    response.mimetype = file.media_type
    name = f"{row.number.lower()}.{ENDINGS[file.media_type]}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response

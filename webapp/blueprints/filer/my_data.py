"""My data: everything kept on the person, copies to take away, consents and how they are taken back, requests."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for

from webapp import clock
from webapp.blueprints.filer import blueprint
from webapp.blueprints.filer.status_access import Access, with_full
from webapp.delivery.data_copies import SCHEMA_PATH
from webapp.delivery.data_copies import tables as as_tables
from webapp.domain.files import documents as issued
from webapp.domain.filings import agreeing, following, leaving, standing
from webapp.domain.jobs import calendar
from webapp.domain.pledges import privacy_text
from webapp.domain.privacy import copying, my_data, rights_desk, rights_states, rights_words
from webapp.domain.registry import consents
from webapp.domain.units import queries as units
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import documents, fields, forms, guards, locales, rights, sentences
from webapp.ui.items import groups
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

PDF = "pdf"
TYPES = {"json": ("application/json", "json"), "csv": ("application/zip", "zip")}
#: Tables that the page tells in a manner of its own, or that say again what it has said.
APART = ("answers", "vehicles", "consents", "readings", "recipients", "requests", "submissions")


class CopyForm(forms.Form):
    form = fields.RadioField(
        _l("格式"),
        choices=[
            ("pdf", _l("PDF"), _l("適合閱讀和列印，要稍等製作")),
            ("csv", _l("CSV"), _l("用試算表開啟，一個壓縮檔")),
            ("json", _l("JSON"), _l("給其他系統讀取，格式公開")),
        ],
    )


class RequestForm(forms.Form):
    kind = fields.RadioField(_l("你想要甚麼？"), choices=[(one, *rights.ASKS[one]) for one in rights_desk.ON_PAGE])
    words = fields.TextAreaField(
        _l("說明"),
        hint=_l("例如要改哪一項、想知道甚麼。刪除可以不寫"),
        optional=True,
        maxlength=rights_states.WORDS_LONGEST,
    )


@blueprint.get("/s/<token>/data")
@guards.status
@with_full
def status_data(access: Access) -> str:
    """Not for a phone that was set at a counter a short while ago."""
    following.check_export(access.submission)
    return _page(access, CopyForm(formdata=None))


def _page(access: Access, form: CopyForm) -> str:
    submission = access.submission
    data = my_data.gather(submission)
    refs = [one.ref for one in standing.refs_of(submission)]
    return render_template(
        "filer/data/show.html",
        access=access,
        form=form,
        groups=groups(following.declared(submission)),
        data=data,
        tables=[(name, rows) for name, rows in as_tables(data) if name not in APART],
        consents=_consents(access),
        again=consents.is_asked_again(submission.ref),
        requests=rights_desk.of_submissions(refs),
        copies=copying.kept_of(submission.ref),
        unit=units.by_id(standing.unit_id(submission)),
        rights=rights,
    )


def _consents(access: Access) -> list[Any]:
    """Of each purpose what was said last."""
    newest = {one.purpose: one for one in consents.of([access.submission.ref])}
    return [newest[purpose] for purpose in consents.PURPOSES if purpose in newest]


@blueprint.post("/s/<token>/data/copy")
@guards.status
@with_full
def my_data_copy(access: Access) -> Any:
    """A copy to take away; that it was taken is on record, each time: what is sent at once has no key to repeat."""
    form = CopyForm()
    if switch := locales.switch_requested():
        return locales.remember(redirect(access.url("status_data"), 303), switch)
    following.check_export(access.submission)
    try:
        key = form.submission_key.data if form.form.data == PDF else None
        made = copying.take(access.actor, access.submission.ref, form.form.data or "", locales.select(), key=key)
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return make_response(_page(access, form), 422)
    if form.form.data == PDF:
        return redirect(access.url("my_data_paper_pdf", copy_ref=made["copy"]), 303)
    data = my_data.gather(access.submission)
    kind, ending = TYPES[form.form.data]
    schema = f"{current_app.config['SETTINGS'].public_url}{SCHEMA_PATH}"
    body = copying.as_json(data, schema) if form.form.data == "json" else copying.as_csv(data)
    response = Response(body, mimetype=kind)
    name = f"my-data-{access.submission.number.lower()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _paper(access: Access, copy_ref: str) -> Any:
    following.check_export(access.submission)
    document = issued.of_subject(copying.KIND, copying.own(access.submission.ref, copy_ref).ref)
    if document is None:
        raise NotFound("not_found")
    return document


@blueprint.get("/s/<token>/data/copy/<copy_ref>")
@guards.status
@with_full
def my_data_paper(access: Access, copy_ref: str) -> Any:
    pdf_url = access.url("my_data_paper_pdf", copy_ref=copy_ref)
    return documents.page(_paper(access, copy_ref), pdf_url=pdf_url, back_url=access.url("status_data"))


@blueprint.get("/s/<token>/data/copy/<copy_ref>.pdf")
@guards.status
@with_full
def my_data_paper_pdf(access: Access, copy_ref: str) -> Any:
    pdf_url, back_url = access.url("my_data_paper_pdf", copy_ref=copy_ref), access.url("status_data")
    return documents.pdf(_paper(access, copy_ref), pdf_url=pdf_url, name="my-data", back_url=back_url)


# Consents -------------------------------------------------------------------------------------------------------


@blueprint.route("/s/<token>/consent/<any(processing, sharing):purpose>", methods=["GET", "POST"])
@guards.status
@with_full
def consent_withdraw(access: Access, purpose: str) -> Any:
    """Taken back as near as it was given; what follows is said before."""
    form, status = forms.Form(), 200
    if form.is_submitted() and not locales.switch_requested():
        purposes = consents.PURPOSES if purpose == consents.PROCESSING else (consents.SHARING,)
        try:
            leaving.withdraw_consent(access.actor, access.submission.ref, purposes, key=form.submission_key.data)
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            status = 409
        else:
            flash(_("已撤回同意。登記已移出名單，未辦妥的申報已撤回。"))
            return redirect(access.url("status"), 303)
    unit = units.by_id(standing.unit_id(access.submission))
    page = render_template("filer/data/withdraw.html", access=access, form=form, purpose=purpose, unit=unit)
    return locales.answered(make_response(page, status))


class AgainForm(forms.Form):
    text_digest = fields.HiddenField()
    consent_processing = fields.CheckboxField(_l("同意為備案處理我的個人信息"))
    consent_sharing = fields.CheckboxField(_l("同意交予海關和口岸部門作通道查驗"))


@blueprint.route("/s/<token>/consent/again", methods=["GET", "POST"])
@guards.status
@with_full
def consent_again(access: Access) -> Any:
    """The text has changed in what people agree to: it is shown, and asked anew."""
    form, status = AgainForm(), 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            agreed = bool(form.consent_processing.data), bool(form.consent_sharing.data)
            agreeing.give_again(
                access.actor,
                access.submission.ref,
                form.text_digest.data or "",
                locales.select(),
                agreed,
                key=form.submission_key.data,
            )
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
            status = 422
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            status = 409
        else:
            flash(_("已記錄你的同意。"))
            return redirect(access.url("status"), 303)
    form.text_digest.data = privacy_text.current(locales.select()).digest
    unit = units.by_id(standing.unit_id(access.submission))
    page = render_template("filer/data/again.html", access=access, form=form, unit=unit)
    return locales.answered(make_response(page, status))


# Requests -------------------------------------------------------------------------------------------------------


@blueprint.route("/s/<token>/request/new", methods=["GET", "POST"])
@guards.status
@with_full
def request_new(access: Access) -> Any:
    wanted = request.args.get("kind", "")
    form, status = RequestForm(data={"kind": wanted if wanted in rights_desk.ON_PAGE else None}), 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            key = form.submission_key.data
            said = form.words.data or ""
            made = rights_desk.ask(access.actor, access.submission.ref, form.kind.data or "", said, key=key)
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
            status = 422
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            status = 409
        else:
            flash(_("已收到你的要求。"))
            return redirect(access.url("request_show", request_ref=made["request"]), 303)
    until = calendar.nth_working_day(clock.now(), rights_states.DUE_DAYS)
    page = render_template("filer/data/ask.html", access=access, form=form, until=until)
    return locales.answered(make_response(page, status))


@blueprint.route("/s/<token>/request/<request_ref>", methods=["GET", "POST"])
@guards.status
@with_full
def request_show(access: Access, request_ref: str) -> Any:
    """One request: where it stands, the answer, and taking it back."""
    row = rights_desk.of_submission_one(access.submission.ref, request_ref)
    form, status = forms.Form(), 200
    if form.is_submitted() and not locales.switch_requested():
        try:
            rights_desk.take_back(access.actor, access.submission.ref, request_ref, key=form.submission_key.data)
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            row, status = rights_desk.of_submission_one(access.submission.ref, request_ref), 409
        else:
            flash(_("已收回。"))
            return redirect(url_for("filer.status_data", token=access.token), 303)
    page = render_template(
        "filer/data/request.html",
        access=access,
        form=form,
        row=row,
        asked=rights_words.asked(row)["words"],
        answer=rights_words.answer(row),
        reasons=rights.reasons(row),
        steps=rights.timeline(row),
        rights=rights,
    )
    return locales.answered(make_response(page, status))

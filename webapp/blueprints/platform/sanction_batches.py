"""A file of sanctions: sent, looked through, proposed and confirmed as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.blueprints.platform.sanctions import ACTS, NoteForm
from webapp.domain.closings import sanction_preview
from webapp.domain.files import sheet_writing, sheets
from webapp.domain.jobs import queries as jobs
from webapp.domain.sanctions import batches, proposing, sanction_queries
from webapp.domain.sanctions.proposing import Which
from webapp.domain.sanctions.sanction_queries import Sanction, SanctionBatch
from webapp.errors import Conflict, Fault, Invalid, NotAllowed, NotFound
from webapp.ui import fields, forms, guards, htmx, locales, sentences
from webapp.ui import sanctions as words
from webapp.ui import sheets as sheet_pages
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values.numbers import whole_number

#: Faulty rows one page shows; the file of faults has them all.
FAULTS_SHOWN = 50
NEAR_SHOWN = 50
#: Part of the page that asks again while the file is read.
READING = "reading"

BATCH_ACTS: dict[str, Callable[..., Any]] = {
    name: perform for name, (perform, _said) in ACTS.items() if name != "strike"
}


class FileForm(forms.Form):
    file = fields.FileField(_l("檔案"), accept=f".xlsx,.csv,{sheet_writing.XLSX},text/csv")


@blueprint.route("/platform/sanctions/import", methods=["GET", "POST"])
@guards.platform("sanctions:decide")
def sanctions_import() -> Response:
    form = FileForm()
    if request.method == "POST" and not locales.switch_requested():
        try:
            done = _sent(form)
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
        else:
            if done["known"]:
                flash(_("這個檔案已經上傳過，沒有任何改動。"), "info")
            return redirect(url_for("platform.sanction_batch", ref=done["batch"]), 303)
    page = render_template("platform/sanctions/import.html", form=form, limits=sheets.limits(), columns=batches.COLUMNS)
    return locales.answered(make_response(page, 422 if form.refused else 200))


def _sent(form: FileForm) -> dict[str, Any]:
    sent = form.file.data
    if sent is None:
        raise Invalid(faults=[Fault("file", "missing")])
    content = sent.stream.read(sheets.limits().size + 1)
    return batches.send_file(staff_actor(), content, sent.filename or "", key=form.submission_key.data)


@blueprint.get("/platform/sanctions/template.xlsx")
@guards.platform("sanctions:read")
def sanctions_template() -> Response:
    response = make_response(sheet_writing.template(_("嚴重失信列入"), batches.COLUMNS))
    response.mimetype = sheet_writing.XLSX
    response.headers["Content-Disposition"] = 'attachment; filename="sanctions.xlsx"'
    return response


@blueprint.get("/platform/sanctions/batches/<ref>")
@guards.platform("sanctions:read")
def sanction_batch(ref: str) -> str | Response:
    """How far the reading has come, or what it found."""
    batch = sanction_queries.batch(ref)
    if htmx.is_fragment(READING):
        if batch.state != "reading":
            return redirect(url_for("platform.sanction_batch", ref=ref), 303)
        job = jobs.latest(batches.READ, ref)
        return htmx.hx_response(render_template("platform/sanctions/_reading.html", batch=batch, job=job))
    return _page(batch)


def _page(batch: SanctionBatch, trouble: str = "") -> str:
    after = number_asked("after") or 0
    states = sanction_queries.state_counts(batch)
    handled = not states.keys().isdisjoint(words.STATES) and states.keys().isdisjoint(("staged", "proposed"))
    faults = sanction_queries.faults(batch, limit=FAULTS_SHOWN)
    near = sanction_queries.near(Sanction.batch == batch.id, undecided=True, limit=NEAR_SHOWN)
    return render_template(
        "platform/sanctions/batch.html",
        batch=batch,
        name=sanction_queries.file_name(batch) or _("（檔案已刪除）"),
        job=jobs.latest(batches.READ, batch.ref),
        problem=sentences.of(Fault("file", *batch.problem)) if batch.problem else "",
        states=states,
        preview=None if handled else sanction_preview.of_batch(batch, after=after),
        outcome=_outcome(batch, after) if handled else None,
        paged=bool(after),
        likes=sanction_preview.likes(near),
        faults=[(one.row, _wrong(one)) for one in faults],
        faulty=sanction_queries.fault_count(batch),
        mine=batch.created_by_id == g.staff.account_id,
        proposers=sanction_queries.proposers(batch),
        account_id=g.staff.account_id,
        done=sanction_queries.effect_counts(Sanction.batch == batch.id),
        form=forms.VersionedForm(formdata=None, data={"version": batch.version}),
        trouble=trouble,
    )


def _outcome(batch: SanctionBatch, after: int) -> dict[str, Any]:
    """What a file that both officers are done with brought about, a page of it, and how far its news has come."""
    of_batch = Sanction.batch == batch.id
    effects = sanction_queries.effects(of_batch, after=after)
    ruling = sanction_queries.by_ids({one.sanction_id for one in effects})
    return {
        "absent": sanction_queries.confirmed_without_effect(batch),
        "effects": effects,
        "hits": sanction_preview.of_effects(effects),
        "pushes": words.pushes(effects),
        "sanctions": {number: (row, sanction_queries.details(row)) for number, row in ruling.items()},
        "told": words.push_counts(of_batch),
        "next": effects[-1].id if len(effects) == sanction_queries.PAGE else None,
    }


def _wrong(fault: Any) -> str:
    """What is wrong, with the column it stands in."""
    said = sentences.of(Fault(fault.field, fault.code, fault.params))
    heads = {column.name: sheet_pages.head(column) for column in batches.COLUMNS}
    return _("%(column)s：%(what)s", column=heads[fault.field], what=said) if fault.field in heads else said


@blueprint.post("/platform/sanctions/batches/<ref>/<any(propose, drop, confirm, withdraw):deed>")
@guards.platform("sanctions:decide")
def sanction_batch_act(ref: str, deed: str) -> Response:
    """All of the batch that stand there; as many as were shown, or none."""
    batch = sanction_queries.batch(ref)
    form = forms.VersionedForm()
    try:
        BATCH_ACTS[deed](
            staff_actor(),
            Which(batch=ref, expected=None if deed == "drop" else _expected()),
            key=form.submission_key.data,
        )
    except (Conflict, NotAllowed) as refused:
        return make_response(_page(batch, sentences.of(refused.faults[0])), 409)
    flash(str(ACTS[deed][1]), "info")
    if deed == "drop":
        return redirect(url_for("platform.sanctions"), 303)
    return redirect(url_for("platform.sanction_batch", ref=ref), 303)


def _expected() -> int:
    number = whole_number(request.form.get("expected"), digits=8)
    return -1 if number is None else number


@blueprint.route("/platform/sanctions/batches/<ref>/reject", methods=["GET", "POST"])
@guards.platform("sanctions:decide")
def sanction_batch_reject(ref: str) -> Response:
    batch = sanction_queries.batch(ref)
    waiting = sanction_queries.state_counts(batch).get("proposed", 0)
    form = NoteForm(data={"version": batch.version})
    if request.method == "POST" and not locales.switch_requested():
        try:
            proposing.reject(
                staff_actor(), Which(batch=ref, expected=_expected()), form.note.data, key=form.submission_key.data
            )
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
        except (Conflict, NotAllowed) as refused:
            return make_response(_page(batch, sentences.of(refused.faults[0])), 409)
        else:
            flash(str(_("已否決。")), "info")
            return redirect(url_for("platform.sanction_batch", ref=ref), 303)
    page = render_template("platform/sanctions/reject_batch.html", batch=batch, waiting=waiting, form=form)
    return locales.answered(make_response(page, 422 if form.refused else 200))


@blueprint.get("/platform/sanctions/batches/<ref>/faults.xlsx")
@guards.platform("sanctions:read")
def sanction_batch_faults(ref: str) -> Response:
    """Every faulty row as it was sent, with what is wrong: put right, it can be sent as it is."""
    batch = sanction_queries.batch(ref)
    if batch.file_id is None or not sanction_queries.fault_count(batch):
        raise NotFound("not_found")
    heads = [*(sheet_pages.head(column) for column in batches.COLUMNS), _("行"), _("要改甚麼")]
    return sheet_pages.download(sheet_writing.xlsx(_("要改的行"), heads, _wrong_rows(batch)), "sanctions-errors.xlsx")


def _wrong_rows(batch: SanctionBatch) -> Iterator[list[str]]:
    heads = {column.name: sheet_pages.head(column) for column in batches.COLUMNS}
    told: dict[int, list[str]] = {}
    for one in sanction_queries.faults(batch, limit=None):
        told.setdefault(one.row, []).append(_wrong(one))
    sent = batches.as_sent(batch)
    for row, faults in told.items():
        yield [*(sent[row].get(name, "") for name in heads), str(row), _("；").join(faults)]

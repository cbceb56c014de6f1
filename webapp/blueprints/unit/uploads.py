"""Uploads: what waits, choosing, and what became of those made. Signing is in upload_signing."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.filings import upload_lists, uploads
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import rules
from webapp.errors import Conflict
from webapp.ui import forms, guards, htmx, looking, passlist, sentences
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.values.numbers import whole_number

LINES = 50


@blueprint.get("/unit/uploads", endpoint="uploads")
@guards.unit("uploads:read")
def upload_list() -> str:
    unit = g.staff.unit
    before = number_asked("before")
    rows = upload_lists.uploads(unit.id, before=before)
    return render_template(
        "unit/uploads/list.html",
        unit=unit,
        may_upload=rules.may_verify(unit),
        ready=upload_lists.ready_count(unit.id),
        blocked=upload_lists.blocked_count(unit.id),
        prepared=[row for row in rows if row.state == "prepared"],
        rows=[row for row in rows if row.state == "done"],
        paged=bool(before),
        next_before=rows[-1].id if len(rows) == upload_lists.PAGE else None,
    )


@blueprint.get("/unit/uploads/new")
@guards.unit("uploads:make")
def upload_new() -> Response:
    folder = "unit/uploads"
    template = htmx.template(f"{folder}/choose.html", list=f"{folder}/_choose.html", look=f"{folder}/_look.html")
    return htmx.hx_response(render_template(template, **_choice(request.args)))


def _choice(args: MultiDict[str, str], form: forms.Form | None = None) -> dict[str, Any]:
    """What there is to choose from, for the words and place of an address or form."""
    unit = g.staff.unit
    words = args.get("q", "").strip()[:80]
    asked = looking.Request.read(args, upload_lists.PAGE)
    page = upload_lists.verified(unit.id, words, after=asked.place, limit=asked.left)
    line = asked.line(page, partial(url_for, "unit.upload_new", q=words))
    return {
        "unit": unit,
        "may_upload": rules.may_verify(unit),
        "q": words,
        "rows": passlist.filing_rows(page.rows),
        "line": line,
        "ready": 0 if line else upload_lists.ready_count(unit.id, words),
        "first_url": url_for("unit.upload_new", q=words or None) if args.get("after") else "",
        "next_url": url_for("unit.upload_new", q=words or None, after=str(page.next)) if page.next else "",
        "bulk_form": form or forms.Form(formdata=None),
    }


@blueprint.post("/unit/uploads/new")
@guards.unit("uploads:make")
def upload_prepare() -> Response:
    form = forms.Form()
    chosen = read_chosen(request.form)
    if not chosen.everything and not chosen.rows:
        form.refuse(None, sentences.SENTENCES["row:choose"])
        return make_response(render_template("unit/uploads/choose.html", form=form, **_choice(request.form, form)), 422)
    try:
        made = uploads.prepare(staff_actor(), g.staff.unit.id, chosen, key=form.submission_key.data)
    except Conflict as conflict:
        fresh = forms.Form(formdata=None)
        fresh.refuse(None, sentences.of(conflict.faults[0]))
        body = render_template("unit/uploads/choose.html", form=fresh, **_choice(request.form, fresh))
        return make_response(body, 409)
    if made["changed"]:
        flash(_("%(n)s份在選取後有更改，不在這份名單內。", n=made["changed"]), "warn")
    return redirect(url_for("unit.upload", ref=made["upload"]), 303)


def read_chosen(sent: MultiDict[str, str], state: str = "") -> Chosen:
    """What a form says was chosen: ticked rows as `ref:version`, or everything that matches."""
    rows = []
    for value in dict.fromkeys(sent.getlist("row")):
        ref, _colon, typed = value.partition(":")
        version = whole_number(typed, digits=9)
        if ref.isascii() and ref.isalnum() and version is not None:
            rows.append((ref, version))
    return Chosen(
        rows=tuple(rows),
        everything=sent.get("everything") == "yes",
        state=state,
        words=sent.get("q", "").strip()[:80],
        expected=whole_number(sent.get("expected"), digits=9),
        digest=sent.get("digest", ""),
    )


@blueprint.get("/unit/uploads/<ref>/lines")
@guards.unit("uploads:read")
def upload_lines(ref: str) -> str:
    """Every line that is covered, in the order of the annex."""
    row = upload_lists.one(g.staff.unit.id, ref)
    place = number_asked("after", digits=9) or 0
    lines = upload_lists.covered_lines(row, after=place, limit=LINES + 1)
    return render_template(
        "unit/uploads/lines.html",
        row=row,
        lines=passlist.line_rows(row, lines[:LINES]),
        first_url=url_for("unit.upload_lines", ref=ref) if place else "",
        next_url=url_for("unit.upload_lines", ref=ref, after=lines[LINES - 1].position) if len(lines) > LINES else "",
    )


@blueprint.post("/unit/uploads/<ref>/abandon")
@guards.unit("uploads:make")
def upload_abandon(ref: str) -> Response:
    uploads.abandon(staff_actor(), g.staff.unit.id, ref, key=forms.Form().submission_key.data)
    flash(_("這份名單已作廢，申報仍是已驗核。"), "info")
    return redirect(url_for("unit.upload_new"), 303)

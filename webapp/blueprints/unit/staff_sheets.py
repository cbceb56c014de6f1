"""Sheets of people (a roster, a list of leavers): sent, read in the background, shown, and dropped. What confirming one
does is in `roster` and `leavers`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import g, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.files import sheet_writing
from webapp.domain.jobs import queries as jobs
from webapp.domain.units import staff_lines, staff_sheets
from webapp.errors import Invalid, NotFound
from webapp.ui import forms, guards, htmx, locales, people, sheets
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

KINDS = "<any(roster, leavers):kind>"
#: Part of the page that asks again while the sheet is read.
PROGRESS = "sheet-progress"


class SheetForm(sheets.SheetForm):
    file = sheets.file_field(_l("人員表"))


@blueprint.route(f"/unit/{KINDS}/sheet", methods=["GET", "POST"])
@guards.unit("people:manage")
def staff_sheet_send(kind: str) -> Response:
    form = SheetForm()
    if form.is_submitted() and not locales.switch_requested():
        try:
            name = (form.file.data.filename or "") if form.file.data else ""
            sent = staff_sheets.send(
                staff_actor(), g.staff.unit.id, kind, form.content(), name, key=form.submission_key.data
            )
        except Invalid as refused:
            form.refuse_all(refused)
        else:
            return redirect(url_for("unit.staff_sheet", kind=kind, ref=sent["sheet"]), 303)
    page = render_template(
        f"unit/{kind}/send.html", form=form, kind=kind, waiting=staff_sheets.waiting(g.staff.unit.id, kind)
    )
    return locales.answered(make_response(page, 422 if form.refused else 200))


@blueprint.get(f"/unit/{KINDS}/template.xlsx")
@guards.unit("people:manage")
def staff_sheet_template(kind: str) -> Response:
    title = _("人員名冊") if kind == staff_sheets.ROSTER else _("離開的人員")
    return sheets.download(sheet_writing.template(title, staff_lines.COLUMNS), f"{kind}.xlsx")


@blueprint.get(f"/unit/{KINDS}/sheet/<ref>")
@guards.unit("people:manage")
def staff_sheet(kind: str, ref: str) -> Response:
    """How far the reading has come, or what was read; nothing has changed yet."""
    sheet = staff_sheets.one(g.staff.unit.id, ref, kind)
    if htmx.is_fragment(PROGRESS):
        if sheet.state != staff_sheets.READING:
            return redirect(url_for("unit.staff_sheet", kind=kind, ref=ref), 303)
        return htmx.hx_response(render_template("unit/people/_progress.html", sheet=sheet, kind=kind, job=_job(ref)))
    return preview(sheet)


def _job(ref: str) -> Any:
    return jobs.latest(staff_sheets.READ, ref)


def preview(
    sheet: Any, status: int = 200, said: str = "", start: int = 0, ticked: Collection[str] = frozenset()
) -> Response:
    """The page of a sheet as it is now; `said` tells why an act on it was refused. Of the likely ones of a list of
    leavers it shows a page from `start`; refs of people ticked on other pages (`ticked`) travel hidden."""
    if sheet.state in (staff_sheets.CONFIRMED, staff_sheets.DROPPED):
        template, more = "unit/people/over.html", {}
    elif sheet.state == staff_sheets.READY:
        template, more = f"unit/{sheet.kind}/preview.html", people.preview(g.staff.unit, sheet)
    else:
        template, more = "unit/people/reading.html", {"job": _job(sheet.ref), "faults": people.file_faults(sheet)}
    body = render_template(
        template,
        sheet=sheet,
        kind=sheet.kind,
        called=staff_sheets.called(sheet),
        said=said,
        start=start,
        ticked=ticked,
        plain=forms.Form(formdata=None),
        **more,
    )
    return make_response(body, status)


@blueprint.get(f"/unit/{KINDS}/sheet/<ref>/errors.xlsx")
@guards.unit("people:manage")
def staff_sheet_errors(kind: str, ref: str) -> Response:
    """The rows that cannot be taken and what is to be changed, as a file."""
    sheet = staff_sheets.one(g.staff.unit.id, ref, kind)
    if sheet.state != staff_sheets.READY:
        raise NotFound("not_found")
    heads = [_("行"), *(sheets.head(column) for column in staff_lines.COLUMNS), _("要改甚麼")]
    return sheets.download(sheet_writing.xlsx(_("要改的行"), heads, people.wrong_rows(sheet)), f"{kind}-errors.xlsx")


@blueprint.post(f"/unit/{KINDS}/sheet/<ref>/drop")
@guards.unit("people:manage")
def staff_sheet_drop(kind: str, ref: str) -> Response:
    sheet = staff_sheets.one(g.staff.unit.id, ref, kind)
    staff_sheets.drop(staff_actor(), g.staff.unit.id, sheet.ref, key=forms.Form().submission_key.data)
    return redirect(url_for("unit.roster" if kind == staff_sheets.ROSTER else "unit.passlist"), 303)

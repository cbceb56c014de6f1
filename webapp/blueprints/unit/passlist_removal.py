"""Removing people from the list: one, the ticked ones, or all that a filter finds. Each asks first, on its own page."""

from __future__ import annotations

from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.blueprints.unit.passlist import context, entry_page, read_filter
from webapp.blueprints.unit.uploads import read_chosen
from webapp.domain.audit import acts
from webapp.domain.passlist import queries, removals
from webapp.domain.passlist.rules import UNIT_CAUSES
from webapp.domain.passlist.selection import Chosen
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui import passlist as words
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

#: Names shown before a bulk removal.
FIRST_ROWS = 5


class RemovalForm(forms.VersionedForm):
    cause = fields.RadioField(
        _l("移出的原因"),
        choices=[(cause, words.CAUSES[cause], words.CAUSE_HINTS.get(cause, "")) for cause in UNIT_CAUSES],
    )


@blueprint.route("/unit/list/<ref>/remove", methods=["GET", "POST"])
@guards.unit("entries:remove")
def passlist_remove(ref: str) -> Response:
    entry = queries.one(g.staff.unit.id, ref)
    form = RemovalForm()
    if not form.is_submitted() or locales.switch_requested():
        if entry.state == "removed":
            return entry_page(ref, 409, sentences.SENTENCES["entry_removed"])
        form.version.data = form.version.data or str(entry.version)
        return locales.answered(_one_page(entry, form))
    chosen = Chosen(rows=((ref, form.expected_version or 0),))
    try:
        removals.remove(staff_actor(), g.staff.unit.id, chosen, form.cause.data or "", key=form.submission_key.data)
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return _one_page(entry, form, 422)
    except Conflict as conflict:
        return entry_page(ref, 409, sentences.of(conflict.faults[0]))
    flash(_("已移出名單，本人會收到通知。") if form.cause.data != "deceased" else _("已移出名單。"))
    return redirect(url_for("unit.passlist_entry", ref=ref), 303)


def _one_page(entry: Any, form: RemovalForm, status: int = 200) -> Response:
    row = words.entry_rows([entry])[0]
    _offer(form, requested=any(hold.kind == "removal_requested" for hold in queries.holds([entry]).get(entry.id, [])))
    return make_response(render_template("unit/list/remove.html", form=form, row=row), status)


def _offer(form: RemovalForm, *, requested: bool) -> None:
    """A request is only answered where there is one."""
    if not requested:
        form.cause.choices = [choice for choice in form.cause.choices if choice.value != "requested"]


@blueprint.post("/unit/list/remove")
@guards.unit("entries:remove")
def passlist_choose() -> Response:
    """What was ticked, once more, with its number and first names; nothing has changed yet."""
    form = RemovalForm()
    chosen = read_chosen(request.form, state=read_filter(request.form)[0])
    if not chosen.everything and not chosen.rows:
        form.refuse(None, _("請先選取要移出的人"))
        return _list_page(form, 422)
    return _bulk_page(chosen, RemovalForm(formdata=None))


@blueprint.post("/unit/list/removed")
@guards.unit("entries:remove")
def passlist_remove_chosen() -> Response:
    form = RemovalForm()
    chosen = read_chosen(request.form, state=read_filter(request.form)[0])
    if locales.switch_requested():
        return locales.answered(_bulk_page(chosen, form))
    try:
        removals.remove(staff_actor(), g.staff.unit.id, chosen, form.cause.data or "", key=form.submission_key.data)
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return _bulk_page(chosen, form, 422)
    except Conflict as conflict:
        fresh = RemovalForm(formdata=None)
        fresh.refuse(None, sentences.of(conflict.faults[0]))
        return _list_page(fresh, 409)
    here: dict[str, Any] = {name: value for name, value in (("state", chosen.state), ("q", chosen.words)) if value}
    return redirect(url_for("unit.passlist_removed", key=form.submission_key.data, **here), 303)


@blueprint.get("/unit/list/removed/<key>")
@guards.unit("list:read")
def passlist_removed(key: str) -> str:
    """What a bulk removal of one's own did: changed, left as it was, why."""
    done = acts.first_result(staff_actor(), "entry:remove", key)
    if done is None:
        raise NotFound("not_found")
    skipped = done["skipped"]
    rows = words.entry_rows(queries.some(g.staff.unit.id, [ref for ref, _reason in skipped]))
    names = {row.ref: row for row in rows}
    state, q = read_filter(request.args)
    return render_template(
        "unit/list/removed.html",
        done=done,
        skipped=[(names.get(ref), reason) for ref, reason in skipped],
        back=url_for("unit.passlist", state=state or None, q=q or None),
    )


def _list_page(form: forms.Form, status: int) -> Response:
    return make_response(render_template("unit/list/list.html", form=form, **context(request.form, form)), status)


def _bulk_page(chosen: Chosen, form: RemovalForm, status: int = 200) -> Response:
    unit_id = g.staff.unit.id
    ids = queries.chosen_ids(unit_id, chosen)
    if not ids:
        form.refuse(None, str(sentences.uploads.SKIPPED["not_found"]))
        return _list_page(form, 409)
    first = words.entry_rows(queries.by_ids(unit_id, ids[:FIRST_ROWS]))
    asked = queries.held_for(ids, "removal_requested")
    _offer(form, requested=bool(asked))
    body = render_template(
        "unit/list/remove_chosen.html",
        form=form,
        chosen=chosen,
        count=len(ids),
        first=first,
        asked=len(asked),
        digest=queries.digest(ids),
        here={"state": chosen.state, "q": chosen.words},
    )
    return make_response(body, status)

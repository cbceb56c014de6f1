"""Many filings at once: choose, confirm with counts and exceptions, act, and what came of it."""

from __future__ import annotations

import re
from typing import Any

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.blueprints.unit.filings import context, here, read_filter, viewer
from webapp.domain.audit import acts
from webapp.domain.filings import reasons, verifying
from webapp.domain.passlist.selection import Chosen
from webapp.errors import Conflict, Invalid, NotFound
from webapp.ui import fields, forms, guards, htmx, sentences
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

#: Rows one request may name; more are chosen by the filter.
MOST_ROWS = 500
_ROW = re.compile(r"([a-z2-7]{20}):([0-9]{1,9})")
_VERBS = {verifying.VERIFY: "filing:verify-all", verifying.REFUSE: "filing:refuse-all"}


class BulkForm(forms.Form):
    """What was chosen: rows as `ref:version`, or `everything` that the filter finds, with how many were confirmed."""

    act = fields.HiddenField()
    row = fields.CheckboxesField(choices=None)
    everything = fields.CheckboxField()
    state = fields.HiddenField()
    q = fields.HiddenField()
    flag = fields.HiddenField()
    expected = fields.HiddenField()
    digest = fields.HiddenField()
    reason = fields.CheckboxesField(
        _l("原因（可選多項，申報人會看到）"), choices=[(code, sentences.words(code)) for code in reasons.REFUSE]
    )
    note = fields.TextAreaField(_l("補充說明"), optional=True, rows=3)

    @property
    def chosen(self) -> Chosen:
        if not self.everything.data:
            rows = [found.groups() for found in map(_ROW.fullmatch, self.row.data[:MOST_ROWS]) if found]
            return Chosen(rows=tuple((ref, int(version)) for ref, version in rows))
        expected = self.expected.data
        wanted = read_filter(request.form)
        return Chosen(
            everything=True,
            state=wanted.state,
            words=wanted.q,
            flag=wanted.flag,
            expected=int(expected) if re.fullmatch(r"[0-9]{1,9}", expected) else None,
            digest=self.digest.data,
        )


@blueprint.post("/unit/filings/choose", endpoint="filings_choose")
@guards.unit("filings:verify")
def choose() -> Response:
    """What the act would do, before it is done. Nothing changes here."""
    form = BulkForm()
    chosen = form.chosen
    if form.act.data not in verifying.BULK or not (chosen.everything or chosen.rows):
        return _nothing_chosen()
    return _confirm(form, chosen)


def _nothing_chosen() -> Response:
    shown = context(request.form)
    page = render_template("unit/filings/list.html", **shown | {"refused": True, "nothing_chosen": True})
    return htmx.hx_response(page, 422)


def _confirm(form: BulkForm, chosen: Chosen, status: int = 200, trouble: str = "") -> Response:
    wanted = read_filter(request.form)
    page = render_template(
        "unit/filings/confirm.html",
        act=form.act.data,
        preview=verifying.preview(g.staff.unit, form.act.data, chosen, viewer()),
        chosen=chosen,
        form=form,
        trouble=trouble,
        wanted=wanted,
        here_args=here(wanted, request.form),
    )
    return htmx.hx_response(page, status)


@blueprint.post("/unit/filings/bulk", endpoint="filings_bulk")
@guards.unit("filings:verify")
def bulk() -> Response:
    form = BulkForm()
    chosen = form.chosen
    if form.act.data not in verifying.BULK or not (chosen.everything or chosen.rows):
        return _nothing_chosen()
    if chosen.everything and not (chosen.expected and chosen.digest):
        return _confirm(form, chosen)  # how many, and which, was not confirmed yet
    try:
        _perform(form, chosen)
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return _confirm(form, chosen, 422)
    except Conflict as refusal:
        if refusal.code != "count_changed":
            raise
        return _confirm(form, chosen, 409, sentences.of(refusal.faults[0]))
    key = form.submission_key.data
    wanted = here(read_filter(request.form), request.form)
    return redirect(url_for("unit.filings_result", act=form.act.data, key=key, **wanted), 303)


def _perform(form: BulkForm, chosen: Chosen) -> dict[str, object]:
    who, unit, key = staff_actor(), g.staff.unit.id, form.submission_key.data
    if form.act.data == verifying.VERIFY:
        return verifying.verify_all(who, unit, chosen, key=key)
    return verifying.refuse_all(who, unit, chosen, form.reason.data, form.note.data.strip(), key=key)


@blueprint.get("/unit/filings/result/<any(verify, refuse):act>/<key>", endpoint="filings_result")
@guards.unit("filings:read")
def result(act: str, key: str) -> str:
    """What a bulk act of one's own did: changed, left out, why."""
    done: dict[str, Any] | None = acts.first_result(staff_actor(), _VERBS[act], key)
    if done is None:
        raise NotFound("not_found")
    titles = {
        verifying.VERIFY: _("已驗核%(n)s份申報", n=done["changed"]),
        verifying.REFUSE: _("%(n)s份申報不予受理", n=done["changed"]),
    }
    here_args = here(read_filter(request.args), request.args)
    return render_template("unit/filings/result.html", done=done, title=titles[act], act=act, here_args=here_args)

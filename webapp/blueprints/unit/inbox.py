"""The unit's notices, newest first."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.notices import actions, queries
from webapp.domain.notices.kinds import UNIT
from webapp.ui import guards
from webapp.ui.inbox import lines
from webapp.ui.requests import number_asked
from webapp.values.numbers import whole_number


@blueprint.get("/unit/notices")
@guards.unit("inbox:read")
def inbox() -> str:
    before = number_asked("before")
    rows = queries.inbox(UNIT, g.staff.unit.ref, before=before)
    return render_template(
        "unit/inbox.html",
        lines=lines(rows),
        unread=queries.unread(UNIT, g.staff.unit.ref).count(),
        newest=rows[0].id if rows else 0,
        paged=bool(before),
        next_before=rows[-1].id if len(rows) == queries.PAGE else None,
    )


@blueprint.post("/unit/notices/read")
@guards.unit("inbox:read")
def inbox_read() -> Response:
    """Everything up to the newest that was on the page counts as read."""
    newest = whole_number(request.form.get("newest"))
    if newest is not None:
        actions.mark_all_read(UNIT, g.staff.unit.ref, newest)
    return redirect(url_for("unit.inbox"), 303)

"""The platform's notices, newest first."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.notices import actions, queries
from webapp.domain.notices.kinds import PLATFORM
from webapp.domain.units.telling import PLATFORM_REF
from webapp.ui import guards
from webapp.ui.inbox import lines
from webapp.ui.requests import number_asked
from webapp.values.numbers import whole_number


@blueprint.get("/platform/notices")
@guards.platform("platform:inbox")
def inbox() -> str:
    before = number_asked("before")
    rows = queries.inbox(PLATFORM, PLATFORM_REF, before=before)
    return render_template(
        "platform/inbox.html",
        lines=lines(rows),
        unread=queries.unread(PLATFORM, PLATFORM_REF).count(),
        newest=rows[0].id if rows else 0,
        paged=bool(before),
        next_before=rows[-1].id if len(rows) == queries.PAGE else None,
    )


@blueprint.post("/platform/notices/read")
@guards.platform("platform:inbox")
def inbox_read() -> Response:
    """Everything up to the newest that was on the page counts as read."""
    newest = whole_number(request.form.get("newest"))
    if newest is not None:
        actions.mark_all_read(PLATFORM, PLATFORM_REF, newest)
    return redirect(url_for("platform.inbox"), 303)

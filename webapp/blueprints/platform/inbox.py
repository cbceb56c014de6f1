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


@blueprint.get("/platform/notices")
@guards.platform("platform:inbox")
def inbox() -> str:
    before = request.args.get("before", "")
    rows = queries.inbox(
        PLATFORM, PLATFORM_REF, before=int(before) if before.isdecimal() and len(before) < 19 else None
    )
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
    newest = request.form.get("newest", "")
    if newest.isdecimal() and len(newest) < 19:
        actions.mark_all_read(PLATFORM, PLATFORM_REF, int(newest))
    return redirect(url_for("platform.inbox"), 303)

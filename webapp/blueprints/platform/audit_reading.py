"""For the audit administrator: who read whose data, what deserves an eye, counts, and how far the record is sealed."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.accounts import queries as accounts
from webapp.domain.alerts import watching
from webapp.domain.audit import daybooks, figures, queries, readings, sealing, viewing
from webapp.domain.filings import subjects
from webapp.domain.notices import actions as notices
from webapp.domain.notices import queries as inboxes
from webapp.domain.notices.kinds import PLATFORM
from webapp.ui import fields, forms, guards
from webapp.ui import readings as words
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import lazy_gettext as _l
from webapp.values.numbers import whole_number

DAYS, MOST_DAYS = 10, 30
#: Files of days shown.
FILES = 14


class SubjectForm(forms.Form):
    of = fields.TextField(
        _l("申報編號，或申報、登記、提交的對象編號"),
        hint=_l("例如HQ-7K3M-92TA。編號會找到同一人的全部申報"),
        maxlength=64,
    )


@blueprint.get("/platform/audit/readings")
@guards.platform("audit:read")
def audit_readings() -> str:
    """Everybody who opened the data of the person a reference means, newest first."""
    viewing.viewed(staff_actor())
    form = SubjectForm(formdata=request.args)
    of = form.of.data.strip()
    refs = subjects.meant(of) if of else []
    found = readings.readings_of(refs, before=number_asked("before"), limit=readings.PAGE + 1) if refs else []
    shown, more = found[: readings.PAGE], found[readings.PAGE :]
    return render_template(
        "platform/audit/readings.html",
        form=form,
        of=of,
        known=bool(refs),
        rows=words.rows(shown),
        first_url=url_for("platform.audit_readings", of=of) if request.args.get("before") else "",
        next_url=url_for("platform.audit_readings", of=of, before=shown[-1].id) if more else "",
    )


@blueprint.get("/platform/audit/alerts")
@guards.platform("audit:read")
def audit_alerts() -> str:
    """What the timer noticed, newest first, with who it was."""
    viewing.viewed(staff_actor())
    acts = queries.acts(
        queries.Filter(verb=watching.VERB, outcome="done"), before=number_asked("before"), limit=queries.PAGE + 1
    )
    shown, more = acts[: queries.PAGE], acts[queries.PAGE :]
    inbox = inboxes.inbox(PLATFORM, watching.INBOX)
    return render_template(
        "platform/audit/alerts.html",
        rows=[words.alert(act) for act in shown],
        unread=inboxes.unread(PLATFORM, watching.INBOX).count(),
        newest=inbox[0].id if inbox else 0,
        first_url=url_for("platform.audit_alerts") if request.args.get("before") else "",
        next_url=url_for("platform.audit_alerts", before=shown[-1].id) if more else "",
    )


@blueprint.post("/platform/audit/alerts/read")
@guards.platform("audit:read")
def audit_alerts_read() -> Response:
    """Everything up to the newest that was on the page counts as seen."""
    newest = whole_number(request.form.get("newest"))
    if newest is not None:
        notices.mark_all_read(PLATFORM, watching.INBOX, newest)
    return redirect(url_for("platform.audit_alerts"), 303)


@blueprint.get("/platform/audit/figures")
@guards.platform("audit:read")
def audit_figures() -> str:
    viewing.viewed(staff_actor())
    counted = figures.figures(DAYS, MOST_DAYS)
    people = accounts.by_ids({account_id for account_id, *_ in counted.readers})
    kept = queries.acts(queries.Filter(verb=daybooks.VERB, outcome="done"), limit=FILES)
    return render_template(
        "platform/audit/figures.html",
        days=counted.days,
        verbs=counted.verbs,
        readers=[
            (accounts.name_of(people[one]), people[one].ref, n, full)
            for one, n, full in counted.readers
            if one in people
        ],
        seal=sealing.last(),
        waiting=sealing.waiting(),
        files=kept,
    )

"""The list in force of a unit: search, states, and the page of one entry with its papers."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from webapp.blueprints.unit import blueprint
from webapp.domain.campaigns import queries as campaigns
from webapp.domain.files import documents as issued
from webapp.domain.filings.searching import Search
from webapp.domain.notices import queries as notices
from webapp.domain.passlist import channels, opening, queries
from webapp.domain.registry import whole_words
from webapp.domain.sanctions import sanction_queries
from webapp.domain.units import rules as unit_rules
from webapp.errors import NotFound
from webapp.ui import documents, forms, guards, htmx, looking
from webapp.ui import passlist as words
from webapp.ui.pushes import ways
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _

#: Ways of the newest messages shown where a person could not be reached.
LAST_PUSHES = 6
STATES = ("", "listed", "suspended", "removed", queries.EXPIRING, queries.UNREACHED)


@blueprint.get("/unit/list", endpoint="passlist")
@guards.unit("list:read")
def entry_list() -> Response:
    if tail := Search(request.args.get("q", "")).shortened(g.staff.unit.id):
        return redirect(url_for("unit.passlist", **{**request.args, "q": tail}), code=303)  # type: ignore[arg-type]
    template = htmx.template("unit/list/list.html", list="unit/list/_list.html", look="unit/list/_look.html")
    return htmx.hx_response(render_template(template, **context(request.args)))


def read_filter(args: MultiDict[str, str]) -> tuple[str, str]:
    """State and words of an address or form, whatever stands in it."""
    state = args.get("state", "")
    return state if state in STATES else "", args.get("q", "").strip()[:80]


def context(args: MultiDict[str, str], form: forms.Form | None = None) -> dict[str, Any]:
    """What the list shows for the filter and place of an address or form."""
    unit = g.staff.unit
    state, q = read_filter(args)
    asked = looking.Request.read(args, queries.PAGE)
    page = queries.entries(unit.id, state, q, after=asked.place, limit=asked.left)
    here: dict[str, Any] = {name: value for name, value in (("state", state), ("q", q)) if value}
    shown = {
        "rows": words.entry_rows(page.rows),
        "line": asked.line(page, partial(url_for, "unit.passlist", **here)),
        "may_remove": guards.may(guards.UNIT, "entries:remove") and state != "removed",
    }
    if asked.going_on:
        return shown
    counts = queries.counts(unit.id)
    rare = {queries.EXPIRING: queries.expiring_count(unit.id), queries.UNREACHED: queries.unreached_count(unit.id)}
    return shown | {
        "state": state,
        "q": q,
        "typed": whole_words.typed(q),
        "chips": _chips(state, q, counts | rare),
        "to_confirm": campaigns.to_confirm(unit.id),
        "in_force": counts["listed"] + counts["suspended"],
        "matching": page.total,
        "first_url": url_for("unit.passlist", **here) if args.get("after") else "",
        "next_url": url_for("unit.passlist", after=str(page.next), **here) if page.next else "",
        "wider_url": url_for("unit.passlist", **here | {"q": whole_words.ANYWHERE + q}) if page.whole else "",
        "bulk_form": form or forms.Form(formdata=None),
    }


def _chips(state: str, q: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = {
        "": _("有效%(n)s", n=counts["listed"] + counts["suspended"]),
        "listed": _("名單內%(n)s", n=counts["listed"]),
        "suspended": _("暫停%(n)s", n=counts["suspended"]),
        "removed": _("已移出%(n)s", n=counts["removed"]),
    }
    # Rare, so shown where there is somebody, or where it is what one looks at.
    if counts[queries.EXPIRING] or state == queries.EXPIRING:
        labels[queries.EXPIRING] = _("證件到期%(n)s", n=_at_most(counts[queries.EXPIRING]))
    if counts[queries.UNREACHED] or state == queries.UNREACHED:
        labels[queries.UNREACHED] = _("通知未能送達%(n)s", n=counts[queries.UNREACHED])
    return [
        {
            "label": label,
            "url": url_for("unit.passlist", state=one or None, q=q or None),
            "current": one == state,
        }
        for one, label in labels.items()
    ]


def _at_most(number: int) -> str:
    return f"{queries.MOST}+" if number > queries.MOST else str(number)


@blueprint.get("/unit/list/<ref>")
@guards.unit("list:read")
def passlist_entry(ref: str) -> Response:
    """The page of one person's entry: that it was opened goes on record."""
    opening.page(staff_actor(), g.staff.unit.id, ref)
    return entry_page(ref)


def entry_page(ref: str, status: int = 200, said: str = "") -> Response:
    """The entry as it is now; `said` tells why an act on it was refused."""
    entry = queries.one(g.staff.unit.id, ref)
    body = render_template(
        "unit/list/entry.html",
        entry=entry,
        row=words.entry_rows([entry])[0],
        holds=[words.hold_words(hold) for hold in queries.holds([entry]).get(entry.id, [])],
        steps=words.history(entry),
        channels=channels.fitting(entry.size_class),
        confirmation=issued.of_subject("listing_confirmation", entry.ref),
        pledge=issued.of_subject("personal_pledge", queries.pledge_of(entry).ref),
        said=said,
        assignable=entry.state != "removed" and unit_rules.has_unit_vehicles(g.staff.unit.unit_class),
        ground=sanction_queries.grounds([entry.ref]).get(entry.ref) if entry.cause == "sanctioned" else None,
        **_news(entry.submission_ref),
    )
    return make_response(body, status)


def _news(submission_ref: str) -> dict[str, Any]:
    """Whether messages reach the person, and where they do not, how the last ones fared."""
    lost = bool(notices.unreached_among([submission_ref]))
    return {"unreached": lost, "ways": ways(notices.pushes(reader=submission_ref)[-LAST_PUSHES:]) if lost else []}


# Papers --------------------------------------------------------------------------------------------------------


@blueprint.get("/unit/list/<ref>/<any(confirmation, pledge):paper>")
@guards.unit("list:read")
def passlist_paper(ref: str, paper: str) -> Response:
    return documents.page(
        _paper(ref, paper),
        pdf_url=url_for("unit.passlist_paper_pdf", ref=ref, paper=paper),
        back_url=url_for("unit.passlist_entry", ref=ref),
        layout="layouts/staff.html",
    )


@blueprint.get("/unit/list/<ref>/<any(confirmation, pledge):paper>.pdf")
@guards.unit("list:read")
def passlist_paper_pdf(ref: str, paper: str) -> Response:
    document = _paper(ref, paper)
    return documents.pdf(
        document,
        pdf_url=url_for("unit.passlist_paper_pdf", ref=ref, paper=paper),
        name=f"{paper}-{document.code.lower()}",
        back_url=url_for("unit.passlist_entry", ref=ref),
        layout="layouts/staff.html",
    )


def _paper(ref: str, paper: str) -> Any:
    entry = opening.papers(staff_actor(), g.staff.unit.id, ref)
    if paper == "pledge":
        document = issued.of_subject("personal_pledge", queries.pledge_of(entry).ref)
    else:
        document = issued.of_subject("listing_confirmation", entry.ref)
    if document is None:
        raise NotFound("not_found")
    return document

"""Searching the whole list: the question with its reason, masked results, and one that is opened.

What is typed travels in the body and is kept sealed; addresses hold references alone.
"""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.passlist import queries as passlist
from webapp.domain.registry.cards import open_card
from webapp.domain.searches import actions, queries
from webapp.domain.units import queries as units
from webapp.errors import Invalid
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui import passlist as words
from webapp.ui.requests import staff_actor
from webapp.ui.verifying import done_steps
from webapp.ui.words import lazy_gettext as _l

KINDS = {
    "document": _l("證件號碼"),
    "plate": _l("車牌"),
    "name": _l("姓名"),
    "unit": _l("單位"),
    "reference": _l("申報編號"),
}


class SearchForm(forms.Form):
    kind = fields.RadioField(
        _l("用甚麼查找"),
        choices=[
            ("document", KINDS["document"], _l("完整號碼，任何證件")),
            ("plate", KINDS["plate"], _l("完整車牌，也包括以前用過的")),
            ("name", KINDS["name"], _l("全名，或全名拼音的首字母")),
            ("unit", KINDS["unit"], _l("名稱的一部分、登記號碼或二維碼編號")),
            ("reference", KINDS["reference"], _l("例如HQ-7K3M-92TA")),
        ],
    )
    words = fields.TextField(_l("查找"), autocomplete="off", maxlength=80)
    reason = fields.TextField(
        _l("查找的原因"), hint=_l("每次查找和開啟都會留下記錄，例如來信編號或個案編號"), maxlength=300
    )


@blueprint.route("/platform/search", methods=["GET", "POST"])
@guards.platform("list:search")
def search() -> Response:
    form = SearchForm()
    if form.is_submitted() and not locales.switch_requested():
        try:
            made = actions.begin(
                staff_actor(),
                form.kind.data or "",
                form.words.data or "",
                form.reason.data or "",
                key=form.submission_key.data,
            )
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
        else:
            return redirect(url_for("platform.search_results", ref=made["search"]), 303)
    recent = [(row, KINDS[row.kind], queries.reason_of(row)) for row in queries.recent(g.staff.account_id)]
    page = render_template("platform/search/ask.html", form=form, recent=recent)
    return locales.answered(make_response(page, 422 if form.refused else 200))


@blueprint.get("/platform/search/<ref>")
@guards.platform("list:search")
def search_results(ref: str) -> str:
    row = queries.one(ref, g.staff.account_id)
    noun = queries.FILING if request.args.get("in") == queries.FILING else queries.ENTRY
    after = queries.Place.read(request.args.get("after", ""))
    page: Any = queries.filings(row, after) if noun == queries.FILING else queries.entries(row, after)
    shown = words.filing_rows(page.rows) if noun == queries.FILING else words.entry_rows(page.rows)
    here: dict[str, Any] = {"in": noun}
    of = units.by_ids({one.unit_id for one in page.rows})
    return render_template(
        "platform/search/results.html",
        search=row,
        kind=KINDS[row.kind],
        words=queries.words_of(row) if row.kind in ("unit", "reference") else "",
        reason=queries.reason_of(row),
        noun=noun,
        rows=[(one, of[found.unit_id], found.state) for one, found in zip(shown, page.rows, strict=True)],
        units=queries.found_units(row),
        form=forms.Form(formdata=None),
        first_url=url_for("platform.search_results", ref=ref, **here) if after else "",
        next_url=url_for("platform.search_results", ref=ref, after=str(page.next), **here) if page.next else "",
    )


@blueprint.post("/platform/search/<ref>/<any(entry, filing):noun>/<object_ref>/open")
@guards.platform("list:search")
def search_open(ref: str, noun: str, object_ref: str) -> Response:
    actions.open_result(staff_actor(), ref, noun, object_ref, key=forms.Form().submission_key.data)
    return redirect(url_for("platform.search_result", ref=ref, noun=noun, object_ref=object_ref), 303)


@blueprint.get("/platform/search/<ref>/<any(entry, filing):noun>/<object_ref>")
@guards.platform("list:search")
def search_result(ref: str, noun: str, object_ref: str) -> str:
    """A result that was opened before: its own recorded act."""
    found = queries.one(ref, g.staff.account_id)
    row: Any = queries.opened(found, noun, object_ref)
    entry = noun == queries.ENTRY
    return render_template(
        "platform/search/result.html",
        search=found,
        noun=noun,
        row=(words.entry_rows([row]) if entry else words.filing_rows([row]))[0],
        card=open_card(row),
        state=row.state,
        unit=units.by_id(row.unit_id),
        number=queries.number_of(noun, row),
        steps=words.history(row) if entry else done_steps(queries.steps(row)),
        holds=[words.hold_words(hold) for hold in passlist.holds([row]).get(row.id, [])] if entry else [],
        reason=queries.reason_of(found),
    )

"""Texts, policy, channels and holidays: what is in force, a new edition with preview and differences, the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint, edition_forms
from webapp.domain.accounts import queries as accounts
from webapp.domain.editions import queries
from webapp.domain.editions.queries import LEGAL, SUBJECTS
from webapp.domain.pledges import policy
from webapp.domain.publishing import actions, contents
from webapp.domain.publishing.actions import upcoming
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from webapp.ui import editions as words
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.presenters import UNIT_CLASSES
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class RejectForm(forms.VersionedForm):
    note = fields.TextAreaField(_l("不同意的原因"), hint=_l("提出的人會看到"), maxlength=1000)


#: act of the page -> action and what is said then.
ACTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "propose": (actions.propose, _l("已提出。要由另一位名單管理員確認，確認前一切照舊。")),
    "publish": (actions.publish, _l("已確認。由生效日期起採用。")),
    "confirm": (actions.confirm, _l("已確認。由生效日期起採用。")),
    "withdraw": (actions.withdraw, _l("已收回。")),
    "drop": (actions.drop, _l("草稿已放棄。")),
    "cancel": (actions.cancel, _l("已取消，現有版本繼續有效。")),
}


def known(subject: str) -> str:
    if subject not in SUBJECTS:
        raise NotFound("not_found")
    return subject


@blueprint.get("/platform/texts")
@guards.platform("texts:manage")
def editions() -> str:
    rows = [
        {"subject": one, "now": queries.in_force(one), "coming": queries.coming(one), "open": queries.open_of(one)}
        for one in SUBJECTS
    ]
    return render_template("platform/editions/list.html", rows=rows, words=words)


@blueprint.get("/platform/texts/<subject>")
@guards.platform("texts:manage")
def edition_subject(subject: str) -> str:
    """What is in force as people read it, what is coming, and what was."""
    known(subject)
    before = number_asked("before", digits=8)
    past = queries.past(subject, before)
    return render_template(
        "platform/editions/subject.html",
        subject=subject,
        now=queries.in_force(subject),
        content=contents.current(subject),
        drafts=queries.drafts(subject, g.staff.account_id),
        past=past,
        names=_names(past),
        words=words,
        classes=UNIT_CLASSES,
        items=policy.EDITABLE,
        privacy_parts=edition_forms.PRIVACY_PARTS,
        paged=bool(before),
        next_before=past[-1].number if len(past) == queries.PAGE else None,
    )


@blueprint.route("/platform/texts/<subject>/new", methods=["GET", "POST"])
@guards.platform("texts:manage")
def edition_new(subject: str) -> Response:
    known(subject)
    sent = request.form if request.method == "POST" else request.args
    source = _source(subject, sent.get("source", ""))
    newest = queries.newest_confirmed(subject)
    content = source.content if source is not None else upcoming(subject)
    part = edition_forms.part_of(subject, content)
    form = edition_forms.drawn(subject, content, part)
    if not form.is_submitted():
        form.base.data = str(newest.number if newest is not None else 0)
        form.source.data = source.ref if source is not None else ""
        if source is not None:
            form["effective_on"].data, form["note"].data = (
                source.effective_on.isoformat(),
                queries.remark(source, "note"),
            )
        return _form_page(subject, part, form)
    if locales.switch_requested():
        return locales.answered(_form_page(subject, part, form))
    made, unread = edition_forms.read(subject, form, content, part)
    try:
        if unread:
            raise Invalid(faults=unread)
        result = actions.draft(
            staff_actor(),
            subject,
            made,
            form["effective_on"].data or "",
            form["note"].data or "",
            form.base_number,
            form.source.data or "",
            key=form.submission_key.data,
        )
    except Invalid as refused:
        form.add_errors(sentences.found(refused))
        return _form_page(subject, part, form, 422)
    except Conflict as conflict:
        form.refuse(None, sentences.of(conflict.faults[0]))
        return _form_page(subject, part, form, 409)
    return redirect(url_for("platform.edition", ref=result["edition"]), 303)


def _source(subject: str, ref: str) -> Any:
    """One's own draft that is taken further, None where there is none. Raises NotFound."""
    if not ref:
        return None
    row = queries.one(ref)
    if row.subject != subject or row.proposed_by_id != g.staff.account_id or row.state != "drafted":
        raise NotFound("not_found")
    return row


def _form_page(subject: str, part: str, form: edition_forms.EditionForm, status: int = 200) -> Response:
    body = render_template(
        "platform/editions/new.html",
        subject=subject,
        part=part,
        form=form,
        words=words,
        classes=UNIT_CLASSES,
        levels=edition_forms.levels(form) if part in UNIT_CLASSES else [],
        facts=edition_forms.FACTS,
        wordings=[(one, locales.NAMES[one]) for one in contents.LOCALES],
    )
    return make_response(body, status)


@blueprint.get("/platform/texts/edition/<ref>")
@guards.platform("texts:manage")
def edition(ref: str) -> Response:
    return _page(ref)


def _page(ref: str, status: int = 200, trouble: str = "") -> Response:
    row = queries.one(ref)
    if row.state == "drafted" and row.proposed_by_id != g.staff.account_id:
        raise NotFound("not_found")
    before = _replaced(row)
    body = render_template(
        "platform/editions/show.html",
        row=row,
        subject=row.subject,
        content=row.content,
        changes=words.change_rows(row.subject, before, row.content),
        why=queries.remark(row, "note"),
        answer=queries.remark(row, "answer"),
        names=_names([row]),
        mine=row.proposed_by_id == g.staff.account_id,
        legal=row.subject in LEGAL,
        ahead=row in queries.coming(row.subject),
        words=words,
        classes=UNIT_CLASSES,
        items=policy.EDITABLE,
        privacy_parts=edition_forms.PRIVACY_PARTS,
        form=forms.VersionedForm(formdata=None, data={"version": row.version}),
        trouble=trouble,
    )
    return make_response(body, status)


def _replaced(row: Any) -> Any:
    """The content that an edition was compared with: that of its base."""
    base = queries.numbered(row.subject, row.base)
    return base.content if base is not None else contents.first(row.subject)


def _names(rows: list[Any]) -> dict[int, str]:
    found = accounts.by_ids(queries.officers(rows))
    return {number: accounts.name_of(account) for number, account in found.items()}


@blueprint.post("/platform/texts/edition/<ref>/<any(propose, publish, confirm, withdraw, drop, cancel):act>")
@guards.platform("texts:manage")
def edition_act(ref: str, act: str) -> Response:
    form = forms.VersionedForm()
    perform, said = ACTS[act]
    row = queries.one(ref)
    try:
        perform(staff_actor(), ref, form.expected_version or 0, key=form.submission_key.data)
    except (Conflict, NotAllowed) as refused:
        return _refused(ref, refused)
    flash(str(said), "info")
    if act == "drop":
        return redirect(url_for("platform.edition_subject", subject=row.subject), 303)
    return redirect(url_for("platform.edition", ref=ref), 303)


def _refused(ref: str, refused: Refusal) -> Response:
    """The edition as it is now, with why it was not done."""
    return _page(ref, 403 if isinstance(refused, NotAllowed) else 409, sentences.of(refused.faults[0]))


@blueprint.route("/platform/texts/edition/<ref>/reject", methods=["GET", "POST"])
@guards.platform("texts:manage")
def edition_reject(ref: str) -> Response:
    row = queries.one(ref)
    form = RejectForm(data={"version": row.version})
    if form.is_submitted() and not locales.switch_requested():
        try:
            actions.reject(
                staff_actor(), ref, form.note.data or "", form.expected_version or 0, key=form.submission_key.data
            )
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
        except (Conflict, NotAllowed) as refused:
            return _refused(ref, refused)
        else:
            flash(_("已記錄，現有版本繼續有效。"), "info")
            return redirect(url_for("platform.edition", ref=ref), 303)
    page = render_template("platform/editions/reject.html", row=row, form=form, words=words)
    return locales.answered(make_response(page, 422 if form.refused else 200))

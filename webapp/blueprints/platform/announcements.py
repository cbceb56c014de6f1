"""Announcements to a class of units or everybody: write, preview, send now or later, recall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.accounts import queries as accounts
from webapp.domain.announcements import actions, queries
from webapp.domain.announcements.sending import ANNOUNCE
from webapp.domain.jobs import queries as jobs
from webapp.errors import Conflict, Invalid
from webapp.ui import announcements as words
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import lazy_gettext as _l

LOCALES = (*actions.NEEDED, *actions.OPTIONAL)


def _form() -> type[forms.Form]:
    made: dict[str, Any] = {
        "audience": fields.RadioField(_l("發給"), choices=words.AUDIENCES.items()),
    }
    for locale in LOCALES:
        tag, optional, language = locales.lang_tag(locale), locale in actions.OPTIONAL, locales.NAMES[locale]
        made[f"title_{locale}"] = fields.TextField(
            _l("標題（%(language)s）", language=language), lang=tag, optional=optional, maxlength=actions.TITLE_LONGEST
        )
        made[f"body_{locale}"] = fields.TextAreaField(
            _l("內容（%(language)s）", language=language),
            lang=tag,
            optional=optional,
            rows=6,
            maxlength=actions.BODY_LONGEST,
        )
    made |= {
        "send_on": fields.DateField(_l("哪一天發送"), hint=_l("例如2027-03-31。不填就即時發送"), optional=True),
        "send_time": fields.TextField(_l("時間"), hint=_l("例如09:00"), width="date", optional=True, maxlength=5),
        "shown_until": fields.DateField(_l("在首頁顯示至哪一天"), hint=_l("只在發給所有人時填寫"), optional=True),
    }
    return type("AnnouncementForm", (forms.Form,), made)


AnnouncementForm = _form()
#: act of the page -> action and what is said then.
ACTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "send": (actions.send, _l("公告會按時發送。")),
    "drop": (actions.drop, _l("草稿已放棄。")),
    "recall": (actions.recall, _l("公告已收回，沒有人收到。")),
    "hide": (actions.hide, _l("公告已不在首頁顯示。")),
}


@blueprint.get("/platform/announcements")
@guards.platform("announcements:manage")
def announcements() -> str:
    before = number_asked("before")
    rows = queries.listed(before)
    return render_template(
        "platform/announcements/list.html",
        rows=rows,
        words=words,
        paged=bool(before),
        next_before=rows[-1].id if len(rows) == queries.PAGE else None,
    )


@blueprint.route("/platform/announcements/new", methods=["GET", "POST"])
@guards.platform("announcements:manage")
def announcement_new() -> Response:
    form = AnnouncementForm()
    if form.is_submitted() and not locales.switch_requested():
        try:
            made = actions.draft(
                staff_actor(),
                form["audience"].data or "",
                {locale: _typed(form, locale) for locale in LOCALES},
                form["send_on"].data or "",
                form["send_time"].data or "",
                form["shown_until"].data or "",
                key=form.submission_key.data,
            )
        except Invalid as refused:
            form.add_errors(sentences.found(refused))
        else:
            return redirect(url_for("platform.announcement", ref=made["announcement"]), 303)
    body = render_template(
        "platform/announcements/new.html", form=form, wordings=[(one, locales.NAMES[one]) for one in LOCALES]
    )
    return locales.answered(make_response(body, 422 if form.refused else 200))


def _typed(form: forms.Form, locale: str) -> dict[str, str]:
    body = (form[f"body_{locale}"].data or "").strip()
    return {"title": " ".join((form[f"title_{locale}"].data or "").split()), "body": body}


@blueprint.get("/platform/announcements/<ref>")
@guards.platform("announcements:manage")
def announcement(ref: str) -> Response:
    return _page(ref)


def _page(ref: str, status: int = 200, trouble: str = "") -> Response:
    row = queries.one(ref)
    author = accounts.by_ids([row.author_id]).get(row.author_id)
    job = jobs.latest(ANNOUNCE, ref)
    body = render_template(
        "platform/announcements/show.html",
        row=row,
        words=words,
        texts=[(locales.NAMES[one], words.said(row.texts, one)) for one in LOCALES if one in row.texts],
        author=accounts.name_of(author) if author is not None else "",
        reach=queries.reach(row.audience),
        job=job,
        shown=row in queries.public(),
        form=forms.VersionedForm(formdata=None, data={"version": row.version}),
        trouble=trouble,
    )
    return make_response(body, status)


@blueprint.post("/platform/announcements/<ref>/<any(send, drop, recall, hide):act>")
@guards.platform("announcements:manage")
def announcement_act(ref: str, act: str) -> Response:
    form = forms.VersionedForm()
    perform, said = ACTS[act]
    try:
        perform(staff_actor(), ref, form.expected_version or 0, key=form.submission_key.data)
    except Conflict as conflict:
        return _page(ref, 409, sentences.of(conflict.faults[0]))
    flash(str(said), "info")
    if act == "drop":
        return redirect(url_for("platform.announcements"), 303)
    return redirect(url_for("platform.announcement", ref=ref), 303)

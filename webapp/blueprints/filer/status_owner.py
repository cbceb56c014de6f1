"""The owner's answer to somebody who wants to drive his car."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template

from webapp.blueprints.filer import blueprint, pairing
from webapp.blueprints.filer.status_access import Access, with_full
from webapp.domain.filings import owners
from webapp.errors import Conflict, NotFound
from webapp.ui import fields, forms, guards, sentences
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class OwnerForm(forms.Form):
    owner_answer = fields.RadioField(
        _l("你同意嗎？"),
        choices=[
            ("accept", _l("同意，他是這輛車的第二名駕駛員"), _l("一輛自用車輛最多兩名駕駛員，你是其中一名")),
            ("decline", _l("不同意，或不認識這個人"), _l("他的申報會結束，他會知道你不同意")),
        ],
    )


@blueprint.route("/s/<token>/owner/<request_ref>", methods=["GET", "POST"])
@guards.status
@with_full
def owner_answer(access: Access, request_ref: str) -> Any:
    form, paired = OwnerForm(), pairing.question_ref()
    try:
        question = owners.question(access.submission, request_ref, paired)
    except NotFound:
        # Answered, run out, or never put before this person: the status page says what there is.
        flash(_("這個問題已經有答覆，或已經過期。"), "warn")
        return redirect(access.url("status"), 303)
    status = 200
    if form.is_submitted():
        if not form.owner_answer.data:
            form.refuse("owner_answer", _("請選擇同意或不同意"))
            status = 422
        else:
            act = owners.accept if form.owner_answer.data == "accept" else owners.decline
            try:
                act(access.actor, access.submission.ref, request_ref, paired, key=form.submission_key.data)
            except Conflict as refused:
                form.refuse(None, sentences.of(refused.faults[0]))
                status = 409
            else:
                accepted = form.owner_answer.data == "accept"
                flash(_("已回覆：同意。已通知對方。") if accepted else _("已回覆：不同意。已通知對方。"))
                return redirect(access.url("status"), 303)
    page = render_template("filer/status/owner.html", access=access, question=question, form=form)
    return page, status

"""Second drivers from the status page: the owner invites, takes back and lets go; the second driver shows his question
and accepts an invitation."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for

from webapp.blueprints.filer import blueprint, pairing
from webapp.blueprints.filer.status_access import Access, with_full, with_status
from webapp.documents import qr
from webapp.domain.filings import following, invitations, inviting, releasing
from webapp.errors import Conflict, NotFound, TooMany
from webapp.ui import fields, forms, guards, sentences
from webapp.ui.addresses import public_url
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class InviteForm(forms.Form):
    joint_owner = fields.CheckboxField(_l("他也是這輛車的登記車主（共有）"))


class ReplyForm(forms.Form):
    invitation_answer = fields.RadioField(
        _l("你接受嗎？"),
        choices=[
            ("accept", _l("接受，我做這輛車的第二名駕駛員"), _l("你的申報不用再等車主同意")),
            ("decline", _l("不接受"), _l("車主會知道你不接受；你的申報不變")),
        ],
    )


@blueprint.route("/s/<token>/drivers/<filing_ref>", methods=["GET", "POST"])
@guards.status
@with_full
def drivers(access: Access, filing_ref: str) -> Any:
    """The second driver's side of one's own car: invite, show link and QR, take back."""
    car = invitations.drivers(access.submission, filing_ref)
    form, status = InviteForm(), 200
    if form.is_submitted():
        try:
            return _act(access, filing_ref, form)
        except (Conflict, TooMany) as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            status = 429 if isinstance(refused, TooMany) else 409
            car = invitations.drivers(access.submission, filing_ref)
    link = public_url(url_for("filer.invitation", token=car.token)) if car.token else ""
    page = render_template(
        "filer/status/drivers.html",
        access=access,
        car=car,
        filing_ref=filing_ref,
        form=form,
        link=link,
        picture=qr.svg(link, title=_("邀請的二維碼")) if link else "",
    )
    return page, status


def _act(access: Access, filing_ref: str, form: InviteForm) -> Any:
    """Take the open invitation back, or make one. Raises Conflict, TooMany."""
    key = form.submission_key.data
    if revoked := request.form.get("revoke", ""):
        inviting.revoke(access.actor, access.submission.ref, revoked, key=key)
        flash(_("已收回邀請，連結不能再用。"))
    else:
        inviting.limit(access.submission)
        inviting.invite(access.actor, access.submission.ref, filing_ref, joint=form.joint_owner.data, key=key)
        flash(_("邀請已準備好，請把連結或二維碼給他。"))
    return redirect(access.url("drivers", filing_ref=filing_ref), 303)


@blueprint.route("/s/<token>/release/<filing_ref>", methods=["GET", "POST"])
@guards.status
@with_full
def driver_release(access: Access, filing_ref: str) -> Any:
    """The owner lets his second driver go."""
    car = invitations.drivers(access.submission, filing_ref)
    form, status = forms.Form(), 200
    if form.is_submitted():
        try:
            releasing.release(access.actor, access.submission.ref, filing_ref, key=form.submission_key.data)
        except Conflict as refused:
            form.refuse(None, sentences.of(refused.faults[0]))
            status = 409
        else:
            flash(_("已取消第二名駕駛員，並已通知他和他的單位。"))
            return redirect(access.url("status"), 303)
    page = render_template("filer/status/release.html", access=access, car=car, filing_ref=filing_ref, form=form)
    return page, status


@blueprint.get("/s/<token>/ask/<filing_ref>")
@guards.status
@with_status
def ask_owner(access: Access, filing_ref: str) -> Any:
    """Link and QR of a second driver's question, to show or send to the owner."""
    one = following.journey(access.submission, filing_ref)
    token = invitations.question_token(one.filing)
    if not token:
        return redirect(access.url("status"), 303)
    link = public_url(url_for("filer.invitation", token=token))
    return render_template(
        "filer/status/ask.html",
        access=access,
        plates=one.card.plates,
        until=one.request.until if one.request else None,
        link=link,
        picture=qr.svg(link, title=_("請車主同意的二維碼")),
    )


@blueprint.route("/s/<token>/invited", methods=["GET", "POST"])
@guards.status
@with_full
def invited(access: Access) -> Any:
    """Whoever waits for the owner and has opened his invitation accepts it, or does not."""
    offer = invitations.offered(access.submission, pairing.token())
    if offer is None:
        flash(_("這個邀請已經有答覆，或已經過期。"), "warn")
        return redirect(access.url("status"), 303)
    form, status = ReplyForm(), 200
    if form.is_submitted():
        answer = form.invitation_answer.data
        if not answer:
            form.refuse("invitation_answer", _("請選擇接受或不接受"))
            status = 422
        else:
            act = inviting.accept if answer == "accept" else inviting.decline
            try:
                act(access.actor, access.submission.ref, pairing.token(), key=form.submission_key.data)
            except (Conflict, NotFound) as refused:
                form.refuse(None, sentences.of(refused.faults[0]))
                status = 409
            else:
                flash(_("已接受邀請，不用再等車主同意。") if answer == "accept" else _("已回覆不接受。已通知車主。"))
                return pairing.drop(make_response(redirect(access.url("status"), 303)))
    return render_template("filer/status/invited.html", access=access, offer=offer, form=form), status

"""The people of a unit: who works for it, whom it has invited, and ending that."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp import clock
from webapp.blueprints.unit import blueprint
from webapp.domain.accounts import links, queries
from webapp.domain.accounts.rules import is_locked
from webapp.domain.units import members
from webapp.domain.units import team as people
from webapp.errors import Conflict, Invalid
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class InvitationForm(forms.Form):
    email = fields.EmailField(
        _l("電郵"), hint=_l("邀請連結會寄到這個電郵，72小時內有效"), autocomplete="off", maxlength=254
    )
    role = fields.RadioField(
        _l("身份"),
        choices=[
            ("verifier", _l("驗核員"), _l("驗核申報、管理單位車輛、移出本單位人員")),
            ("manager", _l("單位專人"), _l("除驗核外，還可上傳名單、管理人員和二維碼")),
        ],
    )


@blueprint.get("/unit/team")
@guards.unit("team:manage")
def team() -> str:
    unit_id = g.staff.unit.id
    return render_template(
        "unit/team.html",
        form=forms.Form(formdata=None),
        members=[_member(member) for member in members.active(unit_id)],
        invitations=[_invitation(link) for link in people.invitations(unit_id)],
    )


@blueprint.route("/unit/team/invite", methods=["GET", "POST"])
@guards.unit("team:manage")
def team_invite() -> Response | str | tuple[str, int]:
    form = InvitationForm()
    if not form.is_submitted():
        return render_template("unit/team/invite.html", form=form)
    try:
        people.invite(
            staff_actor(),
            g.staff.unit.id,
            form.email.data,
            form.role.data,
            locales.select(),
            key=form.submission_key.data,
        )
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return render_template("unit/team/invite.html", form=form), 422
    flash(_("邀請已寄出。對方接受後會出現在名單上。"))
    return redirect(url_for("unit.team"), 303)


@blueprint.post("/unit/team/invitations/<ref>/revoke")
@guards.unit("team:manage")
def team_revoke(ref: str) -> Response:
    key = forms.Form().submission_key.data
    people.revoke_invitation(staff_actor(), g.staff.unit.id, ref, locales.select(), key=key)
    flash(_("邀請已取消，並已通知對方。"))
    return redirect(url_for("unit.team"), 303)


@blueprint.route("/unit/team/<ref>/end", methods=["GET", "POST"])
@guards.unit("team:manage")
def team_end(ref: str) -> Response | str | tuple[str, int]:
    """Asks first, on a page of its own: the person loses access at once. The last manager is led to the hand-over."""
    form, unit_id = forms.Form(), g.staff.unit.id
    if not form.is_submitted():
        member = _member(people.one(unit_id, ref))
        last = members.is_last_manager(unit_id, member["role"])
        return render_template("unit/team/end.html", form=form, member=member, last=last)
    try:
        people.end(staff_actor(), unit_id, ref, locales.select(), key=form.submission_key.data)
    except Conflict as refused:
        if refused.code != "last_manager":
            raise
        member = _member(people.one(unit_id, ref))
        return render_template("unit/team/end.html", form=form, member=member, last=True), 409
    flash(_("該人員已不再為本單位工作，並已通知本單位各人。"))
    if ref == g.staff.account_ref:
        return redirect(url_for("staff.begin"), 303)
    return redirect(url_for("unit.team"), 303)


def _member(member: members.Member) -> dict[str, Any]:
    return {
        "ref": member.account.ref,
        "name": queries.name_of(member.account),
        "email": queries.email_of(member.account),
        "role": member.role,
        "signed_in_at": member.account.signed_in_at,
        "locked": is_locked(member.account, clock.now()),
        "me": member.account.id == g.staff.account_id,
    }


def _invitation(link: Any) -> dict[str, Any]:
    """The demo sends no mail to real boxes, so it shows the link where the invitation stands."""
    demo = current_app.config["SETTINGS"].demo
    return {
        "ref": link.ref,
        "email": links.address(link),
        "role": link.role,
        "expires_at": link.expires_at,
        "url": url_for("staff.invitation", token=links.token(link.ref)) if demo else "",
    }

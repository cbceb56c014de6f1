"""Accounts, for the system administrator: inviting, last days, closing. Roles are the security administrator's."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.accounts import links, platform, policy, queries, tending
from webapp.errors import Invalid
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.presenters import PLATFORM_ROLES, UNIT_CLASSES
from webapp.ui.requests import number_asked, staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class SearchForm(forms.Form):
    email = fields.EmailField(_l("以電郵找帳號"), autocomplete="off", maxlength=254)


class InvitationForm(forms.Form):
    email = fields.EmailField(
        _l("電郵"), hint=_l("邀請連結會寄到這個電郵，72小時內有效"), autocomplete="off", maxlength=254
    )
    role = fields.RadioField(_l("身份"), choices=PLATFORM_ROLES.items())


class EndForm(forms.VersionedForm):
    ends_on = fields.DateField(_l("最後一日"), hint=_l("過了這一日，帳號自動停用。不設期限就留空。"), optional=True)


class ClassesForm(forms.VersionedForm):
    classes = fields.CheckboxesField(
        _l("可看哪些類別的數字"),
        hint=_l("指導單位只看到這些類別，少於5人的數字不顯示"),
        choices=UNIT_CLASSES.items(),
        instead=True,
    )


@blueprint.get("/platform/accounts")
@guards.platform("accounts:manage")
def accounts() -> str:
    return _list(SearchForm(formdata=None))


@blueprint.post("/platform/accounts/find")
@guards.platform("accounts:manage")
def accounts_find() -> Response | tuple[str, int]:
    """An e-mail never stands in an address, so looking one up is a form that leads on."""
    form = SearchForm()
    account = queries.by_email(form.email.data)
    if account is not None:
        return redirect(url_for("platform.account", ref=account.ref), 303)
    form.add_errors(sentences.found(Invalid("no_account" if form.email.data else "missing", field="email")))
    return _list(form), 422


@blueprint.route("/platform/accounts/invite", methods=["GET", "POST"])
@guards.platform("accounts:manage")
def accounts_invite() -> Response | str | tuple[str, int]:
    form = InvitationForm()
    if not form.is_submitted():
        return render_template("platform/accounts/invite.html", form=form)
    try:
        platform.invite(staff_actor(), form.email.data, form.role.data, locales.select(), key=form.submission_key.data)
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return render_template("platform/accounts/invite.html", form=form), 422
    flash(_("邀請已提交，待安全管理員同意後寄出。"))
    return redirect(url_for("platform.accounts"), 303)


@blueprint.post("/platform/accounts/invitations/<ref>/revoke")
@guards.platform("accounts:manage")
def accounts_revoke(ref: str) -> Response:
    platform.revoke_invitation(staff_actor(), ref, locales.select(), key=forms.Form().submission_key.data)
    flash(_("邀請已取消，並已通知對方。"))
    return redirect(url_for("platform.accounts"), 303)


@blueprint.get("/platform/accounts/<ref>")
@guards.platform("accounts:manage")
def account(ref: str) -> str:
    return _account(ref)


@blueprint.post("/platform/accounts/<ref>/end")
@guards.platform("accounts:manage")
def account_end(ref: str) -> Response | tuple[str, int]:
    """A last day for the account of somebody who is here for a time."""
    form = EndForm()
    try:
        tending.set_end(
            staff_actor(), ref, form.ends_on.data or "", form.expected_version, key=form.submission_key.data
        )
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return _account(ref, form), 422
    flash(_("帳號的最後一日已更改。"))
    return redirect(url_for("platform.account", ref=ref), 303)


@blueprint.post("/platform/accounts/<ref>/classes")
@guards.platform("accounts:manage")
def account_classes(ref: str) -> Response | tuple[str, int]:
    form = ClassesForm()
    try:
        platform.set_classes(staff_actor(), ref, form.classes.data, form.expected_version, key=form.submission_key.data)
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return _account(ref, classes=form), 422
    flash(_("可看的類別已更改。"))
    return redirect(url_for("platform.account", ref=ref), 303)


@blueprint.get("/platform/accounts/review")
@guards.platform("accounts:manage")
def accounts_review() -> str:
    """Every account in use, of units and of the platform, for whoever looks which are still needed."""
    after = number_asked("after")
    rows, following = tending.to_review(after or 0)
    people = [
        {
            "account": row.account,
            "name": queries.name_of(row.account),
            "roles": _role_words(frozenset(row.roles)),
            "second_factor": row.second_factor,
        }
        for row in rows
    ]
    unused = policy.current().unused
    return render_template(
        "platform/accounts/review.html",
        people=people,
        following=url_for("platform.accounts_review", after=following) if following else "",
        first=url_for("platform.accounts_review") if after else "",
        days=unused.days if unused else 0,
    )


@blueprint.post("/platform/accounts/<ref>/disable")
@guards.platform("accounts:manage")
def account_disable(ref: str) -> Response:
    form = forms.VersionedForm()
    platform.disable(staff_actor(), ref, form.expected_version, locales.select(), key=form.submission_key.data)
    flash(_("帳號已停用，所有登入已結束。"))
    return redirect(url_for("platform.account", ref=ref), 303)


@blueprint.post("/platform/accounts/<ref>/enable")
@guards.platform("accounts:manage")
def account_enable(ref: str) -> Response:
    form = forms.VersionedForm()
    platform.enable(staff_actor(), ref, form.expected_version, locales.select(), key=form.submission_key.data)
    flash(_("帳號已恢復使用。"))
    return redirect(url_for("platform.account", ref=ref), 303)


def _list(form: SearchForm) -> str:
    staff = [
        {"account": account, "name": queries.name_of(account), "roles": _role_words(roles)}
        for account, roles in queries.platform_staff()
    ]
    demo = current_app.config["SETTINGS"].demo
    invitations = [
        {
            "ref": link.ref,
            "email": links.address(link),
            "role": link.role,
            "expires_at": link.expires_at,
            "approved": link.approved_at is not None,
            "url": url_for("staff.invitation", token=links.token(link.ref)) if demo and link.approved_at else "",
        }
        for link in platform.invitations()
    ]
    return render_template("platform/accounts.html", form=form, people=staff, invitations=invitations)


def _account(ref: str, form: EndForm | None = None, classes: ClassesForm | None = None) -> str:
    account = queries.by_ref(ref)
    held = queries.roles_of(account.id)
    fresh: dict[str, Any] = {
        "ends_on": account.ends_on.isoformat() if account.ends_on else "",
        "version": account.version,
    }
    return render_template(
        "platform/accounts/account.html",
        form=form or classes or EndForm(formdata=None, data=fresh),
        end_form=form or EndForm(formdata=None, data=fresh),
        classes_form=(
            classes or ClassesForm(formdata=None, data={"classes": queries.classes_of(account.id), **_version(account)})
        )
        if platform.SUPERVISOR in held
        else None,
        account=account,
        name=queries.name_of(account),
        email=queries.email_of(account),
        mine=account.id == g.staff.account_id,
        roles=_role_words(held),
    )


def _version(account: Any) -> dict[str, int]:
    return {"version": account.version}


def _role_words(roles: frozenset[str]) -> list[str]:
    return [str(word) for role, word in PLATFORM_ROLES.items() if role in roles]

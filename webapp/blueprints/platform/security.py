"""Accounts as the security administrator sees them: roles, second factors, passwords, invitations to approve."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.accounts import actions, links, platform, queries, second_factor
from webapp.errors import Invalid
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.presenters import PLATFORM_ROLES
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class FindForm(forms.Form):
    email = fields.EmailField(_l("以電郵找帳號"), autocomplete="off", maxlength=254)


class RolesForm(forms.VersionedForm):
    roles = fields.CheckboxesField(
        _l("平台的身份"), hint=_l("取消剔選，就是收回這個身份；全部取消，對方就不能再開啟平台的頁"), instead=True
    )


@blueprint.get("/platform/security")
@guards.platform("accounts:secure")
def security() -> str:
    return _start(FindForm(formdata=None))


@blueprint.post("/platform/security/find")
@guards.platform("accounts:secure")
def security_find() -> Response | tuple[str, int]:
    """An e-mail never stands in an address, so looking one up is a form that leads on."""
    form = FindForm()
    account = queries.by_email(form.email.data)
    if account is not None:
        return redirect(url_for("platform.security_account", ref=account.ref), 303)
    form.add_errors(sentences.found(Invalid("no_account" if form.email.data else "missing", field="email")))
    return _start(form), 422


@blueprint.get("/platform/security/<ref>")
@guards.platform("accounts:secure")
def security_account(ref: str) -> str:
    return _account(ref)


@blueprint.post("/platform/security/<ref>/roles")
@guards.platform("accounts:secure")
def security_roles(ref: str) -> Response | tuple[str, int]:
    form = RolesForm()
    try:
        platform.keep_roles(
            staff_actor(), ref, form.roles.data, form.expected_version, locales.select(), key=form.submission_key.data
        )
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return _account(ref, form), 422
    if form.roles.data:
        flash(_("身份已更改，並已通知該帳號。"))
    else:
        flash(_("這個帳號在平台已沒有任何身份，並已通知對方。"))
    return redirect(url_for("platform.security_account", ref=ref), 303)


@blueprint.post("/platform/security/<ref>/second-factor")
@guards.platform("accounts:secure")
def security_second_factor(ref: str) -> Response:
    """Take off the second factor of somebody who lost it and was recognised outside the system."""
    key = forms.Form().submission_key.data
    second_factor.reset(staff_actor(), queries.by_ref(ref).id, locales.select(), key=key)
    flash(_("驗證器已移除，並已通知該帳號。下次登入要重新設定。"))
    return redirect(url_for("platform.security_account", ref=ref), 303)


@blueprint.post("/platform/security/<ref>/password")
@guards.platform("accounts:secure")
def security_password(ref: str) -> Response:
    key = forms.Form().submission_key.data
    actions.demand_password(staff_actor(), queries.by_ref(ref).id, locales.select(), key=key)
    flash(_("已要求更改密碼，並已通知該帳號。"))
    return redirect(url_for("platform.security_account", ref=ref), 303)


@blueprint.post("/platform/security/invitations/<ref>/approve")
@guards.platform("accounts:secure")
def security_approve(ref: str) -> Response:
    platform.approve_invitation(staff_actor(), ref, locales.select(), key=forms.Form().submission_key.data)
    flash(_("邀請已同意並寄出。"))
    return redirect(url_for("platform.security"), 303)


def _start(form: FindForm) -> str:
    invitations = [
        {"ref": link.ref, "email": links.address(link), "role": link.role, "expires_at": link.expires_at}
        for link in platform.invitations()
        if link.approved_at is None
    ]
    return render_template("platform/security.html", form=form, invitations=invitations)


def _account(ref: str, form: RolesForm | None = None) -> str:
    account = queries.by_ref(ref)
    held = queries.roles_of(account.id)
    fresh: dict[str, Any] = {"roles": sorted(held), "version": account.version}
    form = form or RolesForm(formdata=None, data=fresh)
    form.roles.choices = [(role, word) for role, word in PLATFORM_ROLES.items() if role in held]
    return render_template(
        "platform/security_account.html",
        form=form,
        account=account,
        name=queries.name_of(account),
        email=queries.email_of(account),
        mine=account.id == g.staff.account_id,
        roles=[str(word) for role, word in PLATFORM_ROLES.items() if role in held],
        factor=second_factor.of_account(account.id),
    )

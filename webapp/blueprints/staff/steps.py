"""What stands between the password and the work: the second factor, recovery codes to put away, a password that is due.

`g.held` is whoever is at the step; nothing else is open to him meanwhile (ui.guards).
"""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from webapp.blueprints.staff import blueprint
from webapp.documents import qr
from webapp.domain.accounts import actions, queries, second_factor, sessions
from webapp.errors import Invalid
from webapp.ui import fields, forms, guards, locales, sentences, staff_session
from webapp.ui.addresses import local_path
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


def code_field() -> fields.CodeField:
    return fields.CodeField(_l("驗證器上的6位數字"))


class StepForm(forms.Form):
    next = fields.HiddenField()


class CodeForm(StepForm):
    code = code_field()
    recovery_code = fields.TextField(
        _l("恢復碼"), hint=_l("設定驗證器時給你的碼，每個只可用一次"), autocomplete="off", maxlength=40
    )


class EnrolForm(StepForm):
    code = code_field()


class KeptForm(StepForm):
    kept = fields.CheckboxField(_l("我已列印或抄下這些恢復碼"))


class DuePasswordForm(StepForm):
    old_password = fields.PasswordField(_l("現時的密碼"))
    new_password = fields.PasswordField(
        _l("新密碼"),
        hint=_l("至少12個字，大寫、小寫、數字、符號要有三種，不可包含姓名或電郵，不可用最近5次的密碼"),
        autocomplete="new-password",
    )


def _where_to() -> dict[str, str]:
    return {"next": local_path(request.args.get("next"))}


def _on(form: StepForm) -> Response:
    return redirect(staff_session.next_page(local_path(form.next.data)), 303)


@blueprint.route("/signin/code", methods=["GET", "POST"])
@guards.arriving(sessions.CODE)
def step_code() -> Response | str | tuple[str, int]:
    form = CodeForm(data=_where_to())
    if not form.is_submitted():
        return render_template("staff/steps/code.html", form=form)
    account = g.held.account
    try:
        second_factor.prove(
            staff_session.actor_of(account),
            account,
            form.code.data,
            form.recovery_code.data,
            locale=locales.select(),
        )
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return render_template("staff/steps/code.html", form=form), 422
    staff_session.complete(account, unit_id=g.held.session.unit_id, after=g.held.session.ref)
    return _on(form)


@blueprint.route("/signin/enrol", methods=["GET", "POST"])
@guards.arriving(sessions.ENROL)
def step_enrol() -> Response | str | tuple[str, int]:
    """The secret was made with the session and stays the same however often the page is opened."""
    form = EnrolForm(data=_where_to())
    account, secret = g.held.account, sessions.offered(g.held.session)["secret"]
    if not form.is_submitted():
        return _enrol_page(form, secret)
    try:
        codes = second_factor.enrol(
            staff_session.actor_of(account), account, secret, form.code.data, locale=locales.select()
        )
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return _enrol_page(form, secret), 422
    staff_session.complete(account, unit_id=g.held.session.unit_id, after=g.held.session.ref, codes=codes)
    return _on(form)


def _enrol_page(form: EnrolForm, secret: str) -> str:
    email = queries.email_of(g.held.account)
    address = second_factor.address(secret, email, _("二線通道信用通行名單"))
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    picture = qr.svg(address, title=_("驗證器的二維碼"), dark_mm=48)
    return render_template(
        "staff/steps/enrol.html", form=form, picture=picture, groups=groups, address=address, email=email
    )


@blueprint.route("/signin/recovery-codes", methods=["GET", "POST"])
@guards.arriving(sessions.RECOVERY)
def step_recovery() -> Response | str | tuple[str, int]:
    """The one page that shows recovery codes; it closes for good when they have been put away."""
    form = KeptForm(data=_where_to())
    codes = sessions.offered(g.held.session).get("codes", [])
    shown = ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes]
    page = {"form": form, "codes": shown, "email": queries.email_of(g.held.account)}
    if not form.is_submitted():
        return render_template("staff/steps/recovery.html", **page)
    if not form.kept.data:
        form.refuse("kept", _("請先列印或抄下恢復碼，再剔選這一項"))
        return render_template("staff/steps/recovery.html", **page), 422
    sessions.put_codes_away(staff_session.actor_of(g.held.account), g.held.session.ref)
    flash(_("驗證器和恢復碼已準備好。"))
    return _on(form)


@blueprint.route("/signin/password", methods=["GET", "POST"])
@guards.arriving(sessions.PASSWORD)
def step_password() -> Response | str | tuple[str, int]:
    """A password too old, or that the security administrator wants changed."""
    form = DuePasswordForm(data=_where_to())
    account = g.held.account
    if not form.is_submitted():
        return _password_page(form)
    try:
        actions.change_password(
            staff_session.actor_of(account),
            account,
            form.old_password.data,
            form.new_password.data,
            locale=locales.select(),
            key=form.submission_key.data,
        )
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return _password_page(form), 422
    staff_session.complete(account, unit_id=g.held.session.unit_id)
    flash(_("密碼已更改。其他裝置上的登入已結束。"))
    return _on(form)


def _password_page(form: DuePasswordForm) -> str:
    demanded = g.held.account.password_at is None
    return render_template("staff/steps/password.html", form=form, demanded=demanded)

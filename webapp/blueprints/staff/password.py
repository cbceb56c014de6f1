"""A forgotten password: asked for by e-mail, set by a link that works once."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.staff import blueprint
from webapp.domain.accounts import actions, links
from webapp.domain.accounts.rules import email_faults
from webapp.domain.limits import actions as limits
from webapp.errors import Invalid
from webapp.ui import fields, forms, guards, locales, sentences
from webapp.ui.requests import visitor_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values import emails


class ForgottenForm(forms.Form):
    email = fields.EmailField(_l("電郵"), maxlength=254)


class NewPasswordForm(forms.Form):
    password = fields.PasswordField(
        _l("新密碼"),
        hint=_l("至少12個字，大寫、小寫、數字、符號要有三種，不可包含姓名"),
        autocomplete="new-password",
    )


@blueprint.route("/password/forgotten", methods=["GET", "POST"])
@guards.public
def password_forgotten() -> Response | str | tuple[str, int]:
    """The answer is the same whether the account exists."""
    form = ForgottenForm()
    if not form.is_submitted():
        return render_template("staff/password/forgotten.html", form=form)
    if found := email_faults(form.email.data):
        form.add_errors(sentences.found(Invalid(faults=found)))
        return render_template("staff/password/forgotten.html", form=form), 422
    actor = visitor_actor()
    limits.take("sign-in-address", actor.address)
    limits.take("password-link", emails.key(emails.check(form.email.data).value))
    actions.ask_password(actor, form.email.data, locales.select(), key=form.submission_key.data)
    return redirect(url_for("staff.password_sent"), 303)


@blueprint.get("/password/sent")
@guards.public
def password_sent() -> str:
    return render_template("staff/password/sent.html")


@blueprint.route("/password/<token>", methods=["GET", "POST"])
@guards.public
def password_new(token: str) -> Response | str | tuple[str, int]:
    form = NewPasswordForm()
    if not form.is_submitted():
        links.opened(token, "password")
        return render_template("staff/password/new.html", form=form)
    try:
        actions.set_password(visitor_actor(), token, form.password.data, locales.select(), key=form.submission_key.data)
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return render_template("staff/password/new.html", form=form), 422
    flash(_("密碼已更改，請用新密碼登入。"))
    return redirect(url_for("staff.sign_in"), 303)

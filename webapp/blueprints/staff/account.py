"""One's own account: password, language, where one is signed in, which unit one works for."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.staff import blueprint
from webapp.blueprints.staff.steps import code_field
from webapp.domain.accounts import actions, policy, queries, second_factor, sessions
from webapp.domain.units import queries as units
from webapp.errors import Invalid
from webapp.ui import fields, forms, guards, locales, sentences, staff_session
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class PasswordForm(forms.Form):
    old_password = fields.PasswordField(_l("現時的密碼"))
    new_password = fields.PasswordField(
        _l("新密碼"),
        hint=_l("至少12個字，大寫、小寫、數字、符號要有三種，不可包含姓名"),
        autocomplete="new-password",
    )
    code = code_field()


class EndForm(forms.Form):
    old_password = fields.PasswordField(_l("現時的密碼"), hint=_l("先輸入密碼，再按要結束的那一次"), id="end-password")


class LanguageForm(forms.Form):
    language = fields.RadioField(_l("頁面和郵件的語言"), choices=locales.NAMES.items())


@blueprint.get("/account")
@guards.signed_in
def account() -> str:
    return _page()


@blueprint.post("/account/password")
@guards.signed_in
def password_change() -> Response | tuple[str, int]:
    """Both factors are asked for again. Everybody signed in to the account is signed out; this browser gets a new
    session."""
    form = _password_form()
    mine = queries.by_ref(g.staff.account_ref)
    actor, locale = staff_actor(), locales.select()

    def prove() -> None:
        if form.code is not None:
            second_factor.prove(actor, mine, form.code.data, "", locale=locale)

    try:
        actions.change_password(
            actor,
            mine,
            form.old_password.data,
            form.new_password.data,
            locale=locale,
            key=form.submission_key.data,
            prove=prove,
        )
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return _page(password_form=form), 422
    staff_session.complete(mine, unit_id=g.staff.unit.id if g.staff.unit else None)
    flash(_("密碼已更改。其他裝置上的登入已結束。"))
    return redirect(url_for("staff.account"), 303)


@blueprint.post("/account/language")
@guards.signed_in
def language_choose() -> Response | tuple[str, int]:
    form = _locale_form()
    if form.language.data not in locales.offered():
        form.refuse("language", _("請選擇一項"))
        return _page(locale_form=form), 422
    actions.choose_language(staff_actor(), g.staff.account_id, form.language.data, key=form.submission_key.data)
    switch = locales.Switch(locale=form.language.data)
    return locales.remember(redirect(url_for("staff.account"), 303), switch)


@blueprint.post("/account/sessions/<ref>/end")
@guards.signed_in
def session_end(ref: str) -> Response | tuple[str, int]:
    """End one of one's own sessions, by the password: whoever finds a screen open does not shut its owner out.
    Another person's is not found."""
    form = EndForm()
    try:
        actions.prove_password(queries.by_ref(g.staff.account_ref), form.old_password.data)
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return _page(end_form=form), 422
    sessions.end(staff_actor(), g.staff.account_id, ref, key=form.submission_key.data)
    flash(_("該裝置已登出。"))
    return redirect(url_for("staff.account"), 303)


def _password_form(*, fresh: bool = False) -> PasswordForm:
    form = PasswordForm(formdata=None) if fresh else PasswordForm()
    if not policy.current().second_factor or second_factor.of_account(g.staff.account_id) is None:
        del form.code
    return form


def _locale_form(*, fresh: bool = False) -> LanguageForm:
    known = {"language": g.staff.language or locales.select()}
    form = LanguageForm(formdata=None, data=known) if fresh else LanguageForm(data=known)
    form.language.choices = [(locale, locales.NAMES[locale]) for locale in locales.offered()]
    return form


def _page(
    password_form: PasswordForm | None = None,
    locale_form: LanguageForm | None = None,
    end_form: EndForm | None = None,
) -> str:
    return render_template(
        "staff/account.html",
        form=password_form or locale_form or end_form,
        password_form=password_form or _password_form(fresh=True),
        end_form=end_form or EndForm(formdata=None),
        locale_form=locale_form or _locale_form(fresh=True),
        email=queries.email_of(queries.by_ref(g.staff.account_ref)),
        sessions=sessions.of_account(g.staff.account_id),
        memberships=units.of_account(g.staff.account_id),
        house=policy.current(),
        has_second_factor=second_factor.of_account(g.staff.account_id) is not None,
        codes_left=second_factor.codes_left(g.staff.account_id),
    )

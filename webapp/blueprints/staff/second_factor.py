"""One's own second factor, from the account page: another device, new recovery codes. Both ask for the password and a
code again."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.staff import blueprint
from webapp.blueprints.staff.steps import CodeForm
from webapp.domain.accounts import actions, policy, queries, second_factor, sessions
from webapp.errors import Invalid, NotFound
from webapp.ui import fields, guards, locales, sentences, staff_session
from webapp.ui.requests import staff_actor
from webapp.ui.words import lazy_gettext as _l

DEVICE, CODES = "device", "codes"


class ChangeForm(CodeForm):
    wanted = fields.RadioField(
        _l("你要做甚麼？"),
        choices=[(DEVICE, _l("改用另一部手機或驗證器")), (CODES, _l("重新產生恢復碼，舊的全部失效"))],
    )
    old_password = fields.PasswordField(_l("現時的密碼"))


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@guards.signed_in
def second_factor_change() -> Response | str | tuple[str, int]:
    account = queries.by_ref(g.staff.account_ref)
    if not policy.current().second_factor or second_factor.of_account(account.id) is None:
        raise NotFound("not_found")
    form = ChangeForm()
    page = {"form": form, "left": second_factor.codes_left(account.id)}
    if not form.is_submitted():
        return render_template("staff/second_factor.html", **page)
    if form.wanted.data not in (DEVICE, CODES):
        form.add_errors(sentences.found(Invalid("choose", field="wanted")))
        return render_template("staff/second_factor.html", **page), 422
    actor, locale = staff_actor(), locales.select()
    try:
        actions.prove_password(account, form.old_password.data)
        second_factor.prove(actor, account, form.code.data, form.recovery_code.data, locale=locale)
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return render_template("staff/second_factor.html", **page), 422
    if form.wanted.data == CODES:
        sessions.offer_codes(actor, g.staff.session_ref, second_factor.renew_codes(actor, account))
    else:
        # Every session ends; this browser has shown both factors and goes on to enrolling the new device.
        second_factor.replace_own(actor, account.id, locale)
        staff_session.enter(account, unit_ref=g.staff.unit.ref if g.staff.unit else "")
    return redirect(staff_session.next_page(url_for("staff.account")), 303)

"""An invitation to work for a unit or the platform, opened from its link."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.staff import blueprint
from webapp.domain.accounts import links, platform, queries, sessions
from webapp.domain.units import queries as units
from webapp.domain.units import team
from webapp.errors import Invalid, NotFound
from webapp.ui import fields, forms, guards, locales, sentences, staff_session
from webapp.ui.requests import staff_actor, visitor_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l


class JoinForm(forms.Form):
    full_name = fields.TextField(_l("姓名"), autocomplete="name", maxlength=60)
    password = fields.PasswordField(
        _l("設定密碼"),
        hint=_l("至少12個字，大寫、小寫、數字、符號要有三種，不可包含姓名"),
        autocomplete="new-password",
    )


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@guards.public
def invitation(token: str) -> Response | str | tuple[str, int]:
    """Who has an account for this mailbox signs in and says yes; who has none makes one here.

    A link that was used a moment ago (a double click) leads to signing in, or on to work for who already is.
    """
    try:
        link = links.opened(token, "invitation")
    except NotFound as refusal:
        if refusal.code != "link_used":
            raise
        flash(sentences.of(refusal.faults[0]), "warn")
        return redirect(url_for("staff.sign_in"), 303)
    form = JoinForm()
    unit = units.by_id(link.unit_id) if link.unit_id is not None else None
    known = queries.by_email(links.address(link))
    page = {"form": form, "token": token, "unit": unit, "link": link, "email": links.address(link), "known": known}
    # Somebody signed in with another account, or not signed in though he has one, is told so by the page itself.
    if not form.is_submitted() or (known is not None and g.staff is None):
        return render_template("staff/invitation.html", **page)
    try:
        account_ref = _join(token, in_unit=unit is not None, form=form)
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return render_template("staff/invitation.html", **page), 422
    if g.staff is None:
        staff_session.enter(queries.by_ref(account_ref), unit_ref=unit.ref if unit else "")
    elif unit is not None:
        sessions.choose_unit(staff_actor(), g.staff.session_ref, unit.id)
    flash(_("你已加入%(name)s。", name=unit.name if unit else _("名單管理平台")))
    return redirect(url_for("staff.begin"), 303)


def _join(token: str, *, in_unit: bool, form: JoinForm) -> str:
    """Accept; returns the account's ref."""
    actor = staff_actor() if g.staff else visitor_actor()
    account_id = g.staff.account_id if g.staff else None
    key = form.submission_key.data
    name, password = form.full_name.data, form.password.data
    if in_unit:
        return team.join(actor, token, account_id, name, password, key=key)["account"]
    return platform.join(actor, token, account_id, name, password, locales.select(), key=key)["account"]

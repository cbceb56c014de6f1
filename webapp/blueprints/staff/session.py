"""Signing in and out, and the unit one works for."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.staff import blueprint
from webapp.domain.accounts import sessions, signing_in
from webapp.domain.units import queries as units
from webapp.errors import Invalid, NotFound
from webapp.ui import bar, fields, forms, guards, locales, sentences, staff_session
from webapp.ui.addresses import local_path
from webapp.ui.requests import staff_actor, visitor_actor
from webapp.ui.words import lazy_gettext as _l


class SignInForm(forms.Form):
    email = fields.EmailField(_l("電郵"), autocomplete="username", maxlength=254)
    password = fields.PasswordField(_l("密碼"))
    next = fields.HiddenField()


@blueprint.route("/signin", methods=["GET", "POST"])
@guards.public
def sign_in() -> Response | str | tuple[str, int]:
    """First step: the password. What follows opens the session and leads to where the person was going."""
    if g.staff is not None:
        return redirect(local_path(request.args.get("next")) or url_for("staff.begin"), 303)
    # Somebody at a later step who comes here again begins anew, with another account perhaps.
    form = SignInForm(data={"next": local_path(request.args.get("next"))})
    if not form.is_submitted():
        return render_template("staff/sign_in.html", form=form)
    try:
        account = signing_in.check_password(
            visitor_actor(), form.email.data, form.password.data, locale=locales.select()
        )
    except Invalid as refusal:
        form.add_errors(sentences.found(refusal))
        return render_template("staff/sign_in.html", form=form), 422
    staff_session.enter(account)
    return redirect(staff_session.next_page(local_path(form.next.data)), 303)


@blueprint.get("/begin")
@guards.signed_in
def begin() -> Response:
    """Where work begins: choosing a unit where there are several, else the first page one may open."""
    if g.staff.unit is None and not g.staff.platform_roles and len(units.of_account(g.staff.account_id)) > 1:
        return redirect(url_for("staff.units_choice"), 303)
    return redirect(bar.first_page(g.staff), 303)


@blueprint.post("/signout")
@guards.public
def sign_out() -> Response:
    """Ends the session here and in the database. Signing out twice is no fault."""
    if g.staff is not None:
        sessions.end(staff_actor(), g.staff.account_id, g.staff.session_ref)
    elif g.held is not None:
        sessions.end(staff_session.actor_of(g.held.account), g.held.account.id, g.held.session.ref)
    staff_session.forget()
    return redirect(url_for("staff.sign_in"), 303)


@blueprint.get("/session")
@guards.signed_in
def session_keep() -> tuple[str, int]:
    """Asked by the page of somebody who wants to go on: that it was asked keeps the session."""
    return "", 204


@blueprint.get("/units")
@guards.signed_in
def units_choice() -> str:
    return render_template(
        "staff/units.html",
        form=forms.Form(),
        memberships=units.of_account(g.staff.account_id),
        target=local_path(request.args.get("next")),
    )


@blueprint.post("/units")
@guards.signed_in
def switch_unit() -> Response:
    """Work for another of one's units from now on. A unit one does not belong to is not found."""
    form = forms.Form()
    wanted = request.form.get("unit", "")
    chosen = [unit for unit, role in units.of_account(g.staff.account_id) if unit.ref == wanted]
    if not chosen:
        raise NotFound("not_found")
    sessions.choose_unit(staff_actor(), g.staff.session_ref, chosen[0].id, key=form.submission_key.data)
    return redirect(local_path(request.form.get("next")) or url_for("staff.begin"), 303)

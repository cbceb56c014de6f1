"""What the link or QR of an invitation opens. It shows plate and name masked; whoever wants more files or answers with
his own proof, and the invitation goes with him (`pairing`). Declining takes no more than the link."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.filer import blueprint, pairing
from webapp.domain.filings import invitations, inviting
from webapp.domain.filings.invitations import Look
from webapp.domain.pledges import policy as policies
from webapp.errors import Conflict, NotFound
from webapp.ui import fields, forms, guards, locales
from webapp.ui.requests import visitor_actor
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values.codes import normalise_code


class UnitForm(forms.Form):
    code = fields.TextField(
        _l("你的單位的二維碼編號"),
        hint=_l("8個字，印在單位的二維碼下面，例如DEMQ-0001"),
        width="code",
        maxlength=20,
        autocomplete="off",
    )


@blueprint.route("/i/<token>", methods=["GET", "POST"])
@guards.public
def invitation(token: str) -> Any:
    look = _look(token)
    form, status = UnitForm(), 410 if look.over else 200
    if request.method == "POST" and not look.over and form.is_submitted():
        code = normalise_code(form.code.data)
        if code:
            return pairing.keep(redirect(url_for("filer.start", code=code), 303), token)
        form.refuse("code", _("請輸入8個字的二維碼編號，只用英文字母和數字"))
        status = 422
    response = _page(token, look, form, status)
    return response if look.over else pairing.keep(response, token)


@blueprint.route("/i/<token>/decline", methods=["GET", "POST"])
@guards.public
def invitation_decline(token: str) -> Any:
    """The no of whoever has only the link, once confirmed."""
    look = _look(token)
    if look.over:
        return _page(token, look, UnitForm(), 410)
    form = forms.Form()
    if form.is_submitted():
        if switch := locales.switch_requested():
            return locales.remember(redirect(url_for("filer.invitation_decline", token=token), 303), switch)
        try:
            inviting.decline_by_link(visitor_actor(), token, key=form.submission_key.data)
        except Conflict:
            return _page(token, _look(token), UnitForm(), 410)
        flash(_("已回覆不接受。已通知對方。") if look.made_by == "owner" else _("已回覆：不同意。已通知對方。"))
        return pairing.drop(redirect(url_for("filer.invitation", token=token), 303))
    response = make_response(render_template("filer/invitation/decline.html", look=look, form=form, token=token))
    response.headers["Cache-Control"] = "no-store"
    return response


def _look(token: str) -> Look:
    found = invitations.by_token(token)
    if found is None:
        raise NotFound("not_found")
    return invitations.look(found)


def _page(token: str, look: Look, form: UnitForm, status: int) -> Response:
    household = policies.current().household_driver
    page = render_template("filer/invitation/open.html", look=look, form=form, household=household, token=token)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response

"""What the link or QR of an invitation opens. It shows plate and name masked; whoever wants more files or answers with
his own proof, and the invitation goes with him (`pairing`)."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.blueprints.filer import blueprint, pairing
from webapp.domain.filings import invitations
from webapp.domain.pledges import policy as policies
from webapp.errors import NotFound
from webapp.ui import fields, forms, guards
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
    found = invitations.by_token(token)
    if found is None:
        raise NotFound("not_found")
    look = invitations.look(found)
    form, status = UnitForm(), 410 if look.over else 200
    if request.method == "POST" and not look.over and form.is_submitted():
        code = normalise_code(form.code.data)
        if code:
            return pairing.keep(redirect(url_for("filer.start", code=code), 303), token)
        form.refuse("code", _("請輸入8個字的二維碼編號，只用英文字母和數字"))
        status = 422
    household = policies.current().household_driver
    page = render_template("filer/invitation/open.html", look=look, form=form, household=household)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response if look.over else pairing.keep(response, token)

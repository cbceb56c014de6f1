"""Locked accounts, for the security administrator."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.platform import blueprint
from webapp.domain.accounts import actions, queries
from webapp.ui import forms, guards
from webapp.ui.requests import staff_actor
from webapp.ui.words import gettext as _
from webapp.values import emails


@blueprint.get("/platform/unlock")
@guards.platform("accounts:unlock")
def unlock() -> str:
    rows = [
        {
            "ref": account.ref,
            "name": queries.name_of(account),
            "email": emails.mask(queries.email_of(account)),
            "until": account.locked_until,
        }
        for account in queries.locked()
    ]
    return render_template("platform/unlock.html", form=forms.Form(formdata=None), rows=rows)


@blueprint.post("/platform/unlock/<ref>")
@guards.platform("accounts:unlock")
def unlock_account(ref: str) -> Response:
    actions.unlock(staff_actor(), queries.by_ref(ref).id, key=forms.Form().submission_key.data)
    flash(_("帳號已解鎖，可以再登入。"))
    return redirect(url_for("platform.unlock"), 303)

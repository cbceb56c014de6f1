"""The public check of a document: typed from its foot, or opened by its QR."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.blueprints.public import blueprint
from webapp.domain.filings import attesting
from webapp.domain.limits import actions as limits
from webapp.ui import attestations, fields, forms, guards
from webapp.values.codes import has_valid_check, normalise_code

#: Characters of a document's code.
LENGTH = 12


class CodeForm(forms.Form):
    document = fields.TextField(
        _l("文件編號"), hint=_l("12個字，印在文件每一頁的頁腳，二維碼旁邊"), width="code", maxlength=60
    )


@blueprint.get("/genuine")
@guards.public
def genuine_form() -> Any:
    form = CodeForm(formdata=None)
    if "document" in request.args:
        form = CodeForm(formdata=request.args)
        typed = form.document.data
        code = normalise_code(typed)
        if code:
            return redirect(url_for("public.genuine", code=code), 303)
        return _refuse(form, typed, code)
    return render_template("public/genuine/form.html", form=form)


@blueprint.get("/genuine/<code>")
@guards.public
def genuine(code: str) -> Any:
    limits.take("genuine-address", request.remote_addr or "")
    wanted = normalise_code(code)
    if wanted != code and wanted:
        return redirect(url_for("public.genuine", code=wanted), 303)
    if len(wanted) != LENGTH or not has_valid_check(wanted):
        return _refuse(CodeForm(formdata=None, data={"document": code[:60]}), code, wanted)
    found = attesting.attest(wanted)
    if found is None:
        return render_template("public/genuine/unknown.html", code=wanted), 404
    return render_template("public/genuine/answer.html", code=wanted, found=found, told=attestations.tell(found))


def _refuse(form: CodeForm, typed: str, code: str) -> Any:
    """Nothing was looked up: the text cannot be a code, and says where the slip may be."""
    if not typed.strip():
        form.refuse("document", _("請輸入文件編號"))
    elif not code:
        form.refuse("document", _("文件編號只有英文字母和數字，請照頁腳再輸入一次"))
    elif len(code) != LENGTH:
        form.refuse(
            "document",
            _("文件編號有%(length)s個字，現在有%(given)s個。請照頁腳再輸入一次", length=LENGTH, given=len(code)),
        )
    else:
        form.refuse("document", _("有一個字抄錯了，或兩個字調轉了。請逐字對照頁腳再輸入一次"))
    return render_template("public/genuine/form.html", form=form), 422

"""The home page and what its forms lead to; the size of the text."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.blueprints.public import blueprint
from webapp.ui import fields, forms, guards, locales
from webapp.ui.addresses import local_path
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values.codes import normalise_code


class CodeForm(forms.Form):
    code = fields.TextField(
        _l("二維碼編號"), hint=_l("8個字，印在單位的二維碼下面，例如DEMQ-0001"), width="code", maxlength=20
    )


class DocumentForm(forms.Form):
    """Sent to the public check of documents."""

    document = fields.TextField(_l("文件編號"), hint=_l("印在文件每一頁的頁腳"), width="code", maxlength=40)


@blueprint.get("/")
@guards.public
def home() -> str:
    return _home(CodeForm(formdata=None))


@blueprint.get("/code")
@guards.public
def code_entered() -> Response | tuple[str, int]:
    """A typed enrolment code leads to what its QR opens; a text that cannot be one is explained beside the field."""
    form = CodeForm(formdata=request.args)
    code = normalise_code(form.code.data)
    if code:
        return redirect(url_for("filer.start", code=code), 303)
    form.refuse("code", _("請輸入8個字的二維碼編號，只用英文字母和數字") if form.code.data else _("請輸入二維碼編號"))
    return _home(form, form), 422


def _home(code: CodeForm, refused: forms.Form | None = None) -> str:
    document = DocumentForm(formdata=None)
    return render_template("public/home.html", code_form=code, document_form=document, form=refused)


@blueprint.post("/large-text")
@guards.public
def large_text() -> Response:
    """Switch between usual and large text and go back to where one was."""
    response = redirect(local_path(request.form.get("next")) or url_for("public.home"), 303)
    switch = locales.switch_requested()
    return locales.remember(response, switch) if switch else response

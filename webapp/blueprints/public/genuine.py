"""The public check of a document: its code typed from its foot or opened by its QR, or its PDF itself."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, url_for

from webapp.blueprints.public import blueprint
from webapp.domain.files import documents
from webapp.domain.filings import attesting
from webapp.domain.limits import actions as limits
from webapp.errors import NotFound
from webapp.ui import attestations, fields, forms, guards
from webapp.ui import documents as papers
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l
from webapp.values.codes import has_valid_check, normalise_code

#: Characters of a document's code.
LENGTH = 12
#: Largest file that is examined; an annex of 10,000 rows has a quarter of it.
LARGEST_FILE = 16 * 1024 * 1024


class CodeForm(forms.Form):
    document = fields.TextField(
        _l("文件編號"), hint=_l("12個字，印在文件每一頁的頁腳，二維碼旁邊"), width="code", maxlength=60
    )


class FileForm(forms.Form):
    document_file = fields.FileField(
        _l("PDF檔案"), hint=_l("由本系統下載的原檔，最大16 MB。不會保存"), accept=".pdf,application/pdf"
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
    return _ask(form)


@blueprint.post("/genuine")
@guards.public
def genuine_file() -> Any:
    """Examine a PDF that somebody holds. It is read in memory and not kept."""
    form = FileForm()
    if form.document_file.data is None:
        form.refuse("document_file", _("請選擇要核對的PDF檔案"))
        return _ask(CodeForm(formdata=None), form), 422
    limits.take("genuine-file-address", request.remote_addr or "")
    content = form.document_file.data.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        form.refuse("document_file", _("檔案超過16 MB，不會是本系統發出的文件"))
        return _ask(CodeForm(formdata=None), form), 422
    from webapp import document_seals  # late: certificates are read where a file is examined

    examined = attesting.examine(content, document_seals.chain_of(current_app.config["SETTINGS"]))
    return render_template(
        "public/genuine/examined.html",
        examined=examined,
        verdict=attestations.of_file(examined),
        told=attestations.tell(examined.found) if examined.found else None,
    )


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


@blueprint.get("/genuine/<code>/certificate.pdf")
@guards.public
def certificate(code: str) -> Any:
    """The certificate of an erasure, for whoever holds its code: it names nobody."""
    limits.take("genuine-address", request.remote_addr or "")
    found = attesting.attest(normalise_code(code))
    document = documents.document(normalise_code(code))
    if found is None or document is None or found.standing != attesting.ERASURE_DONE:
        raise NotFound("not_found")
    here = url_for("public.certificate", code=document.code)
    return papers.pdf(
        document, pdf_url=here, name=document.code, back_url=url_for("public.genuine", code=document.code)
    )


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
    return _ask(form), 422


def _ask(form: CodeForm, file_form: FileForm | None = None) -> str:
    return render_template("public/genuine/form.html", form=form, file_form=file_form or FileForm(formdata=None))

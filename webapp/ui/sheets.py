"""Sheets on pages: the form that sends one, its errors by row, and files to download."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, stream_with_context
from flask_babel import format_decimal

from webapp.domain.files import sheet_writing, sheets
from webapp.errors import Invalid
from webapp.ui import fields, forms, sentences
from webapp.ui.words import gettext as _
from webapp.ui.words import lazy_gettext as _l

#: Heads of the sheets people fill in, for the catalogues: the domain has them in Traditional and reads either script.
HEADS = (
    _l("姓名"), _l("證件號碼末四位"), _l("職員編號"), _l("手提電話"),
    _l("列入機關"), _l("決定編號"), _l("決定日期"), _l("列入原因"), _l("期限至"), _l("申訴途徑"), _l("聯絡方法"),
    _l("姓名或名稱"), _l("出生日期"), _l("證件類別"), _l("證件號碼"), _l("護照簽發地"), _l("另一證件類別"),
    _l("另一證件號碼"), _l("另一護照簽發地"), _l("駕駛證號碼"), _l("車牌號碼"), _l("登記地"), _l("單位登記號碼"),
)  # fmt: skip

#: Number of the row in the sheet, and what is to be changed there.
RowError = tuple[int, str]


def file_field(label: Any) -> fields.FileField:
    return fields.FileField(label, accept=f".xlsx,.csv,{sheet_writing.XLSX},text/csv")


class SheetForm(forms.Form):
    """A form with one sheet."""

    file = file_field(_l("檔案"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = sheets.limits()
        self.file.hint = _(
            "xlsx 或 CSV 檔案，%(megabytes)s MB 以內，最多%(rows)s行",
            megabytes=limits.megabytes,
            rows=format_decimal(limits.rows),
        )

    def content(self) -> bytes:
        """The bytes sent, one more than allowed at most. Raises Invalid where there is no file."""
        if self.file.data is None:
            raise Invalid("missing", field="file")
        return self.file.data.stream.read(sheets.limits().size + 1)

    def refuse_all(self, refused: Invalid) -> list[RowError]:
        """Put what is wrong with the file beside it, and return what is wrong with its rows."""
        errors = row_errors(refused)
        for fault in refused.faults:
            if "row" not in fault.params:
                self.refuse("file", sentences.of(fault))
        if errors:
            self.refuse("file", _("有%(count)s處要改，沒有匯入任何一行。請在檔案內改好後再上傳", count=len(errors)))
        return errors


def head(column: sheets.Column) -> str:
    """Name of a column in the reader's language."""
    return _(column.head)


def row_errors(refused: Invalid) -> list[RowError]:
    """The faults of rows in words, in the order of the sheet."""
    found = (fault for fault in refused.faults if "row" in fault.params)
    return [(fault.params["row"], sentences.of(fault)) for fault in sorted(found, key=lambda one: one.params["row"])]


def download(content: bytes | Iterable[bytes], name: str) -> Response:
    """A sheet to save; its name says what it is by its ending. Its pieces are written in the reader's language too."""
    if not isinstance(content, bytes):
        content = stream_with_context(iter(content))
    kind = sheet_writing.CSV if name.endswith(".csv") else sheet_writing.XLSX
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response

"""The rows of an xlsx file. Loads openpyxl (with defusedxml): imported only when such a file is read."""

from __future__ import annotations

import io
import itertools
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openpyxl
from openpyxl.utils.escape import unescape

from webapp.domain.files.sheet_cells import Unreadable
from webapp.errors import Invalid

#: A sheet of 5,000 rows unpacks to a few megabytes.
LARGEST_UNPACKED = 32 * 1024 * 1024
MOST_PARTS = 200
MOST_COLUMNS = 60
#: As long as a spreadsheet program lets the name of a sheet be.
LONGEST_TITLE = 31
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Book:
    """The sheets of a workbook that are shown, in its order; rows are read when they are asked for."""

    def __init__(self, content: bytes) -> None:
        """Raises Invalid beside `file`: sheet_kind, sheet_locked, sheet_unpacks, sheet_broken."""
        _unpacks_small(content)
        with _stumbling():
            # Not data_only: the stored result of a formula is whatever its sender wrote there.
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            shown = [one for one in book.worksheets if one.sheet_state == "visible"]
            self._sheets = shown or [book.worksheets[0]]
            self.titles = [str(one.title)[:LONGEST_TITLE] for one in self._sheets]

    def rows(self, number: int, most: int) -> list[list[Any]]:
        """The first `most` rows of a sheet, each as a list of cells. Raises Invalid(sheet_broken) beside `file`."""
        with _stumbling():
            sheet = self._sheets[number]
            sheet.reset_dimensions()  # the sheet's own word about its size is not to be trusted
            return [
                [_value(cell) for cell in row] for row in itertools.islice(sheet.iter_rows(max_col=MOST_COLUMNS), most)
            ]


@contextmanager
def _stumbling() -> Iterator[None]:
    """There is no list of what bytes of a stranger make the library stumble over."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception:
        raise Invalid("sheet_broken", field="file") from None


def _unpacks_small(content: bytes) -> None:
    """Judged by the table of contents: a part that is longer than it says is cut there and fails its check sum."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Invalid("sheet_kind", field="file") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Invalid("sheet_unpacks", field="file")
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid("sheet_locked", field="file")
    if any(part.compress_type not in _PACKED for part in parts):
        raise Invalid("sheet_broken", field="file")
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Invalid("sheet_kind", field="file")


def _value(cell: Any) -> Any:
    if cell.data_type == "f":
        return Unreadable("row_formula")
    if cell.data_type == "e":
        return Unreadable("row_error")
    return unescape(cell.value) if isinstance(cell.value, str) else cell.value

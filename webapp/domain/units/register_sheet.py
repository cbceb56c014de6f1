"""The vehicle register as an xlsx sheet: a template to fill in, and reading it back without trusting it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from webapp.domain.units.vehicles import NewVehicle, sheet_faults
from webapp.errors import Fault, Invalid

LARGEST = 2 * 1024 * 1024
MOST_ROWS = 5000
#: What a sheet of 5,000 rows unpacks to is a few megabytes.
LARGEST_UNPACKED = 48 * 1024 * 1024
MOST_PARTS = 200
#: Empty rows between filled ones are passed over, but not for ever.
LAST_ROW = 4 * MOST_ROWS

HEADS = ("車牌號碼", "車型", "品牌型號")
_HEADS_READ = {
    "車牌號碼": "plate",
    "车牌号码": "plate",
    "車牌": "plate",
    "车牌": "plate",
    "plate": "plate",
    "車型": "size_class",
    "车型": "size_class",
    "size_class": "size_class",
    "品牌型號": "brand_model",
    "品牌型号": "brand_model",
    "brand_model": "brand_model",
}
SIZE_WORDS = {"small": "小型", "medium": "中型", "large": "大型", "lorry": "貨車"}
_SIZES_READ = {
    **{code: code for code in SIZE_WORDS},
    **{word: code for code, word in SIZE_WORDS.items()},
    **{word + "車": code for code, word in SIZE_WORDS.items() if code != "lorry"},
    **{word + "车": code for code, word in SIZE_WORDS.items() if code != "lorry"},
    **{word + "客車": code for code, word in SIZE_WORDS.items() if code != "lorry"},
    **{word + "客车": code for code, word in SIZE_WORDS.items() if code != "lorry"},
    "货车": "lorry",
}


def template() -> bytes:
    """An empty sheet whose columns are text, so that a spreadsheet program turns no plate into a number."""
    book = openpyxl.Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook begins with a worksheet")
    sheet.title = "車輛"
    sheet.append(list(HEADS))
    for column, width in zip("ABC", (18, 10, 28), strict=True):
        sheet.column_dimensions[column].width = width
        for row in range(1, 202):
            sheet[f"{column}{row}"].number_format = "@"
    sheet.freeze_panes = "A2"
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def read(content: bytes) -> list[NewVehicle]:
    """The lines of a filled sheet. Raises Invalid beside `file` for what is no such sheet, and with every fault of its
    rows (params: `row`) where a cell cannot be read: whoever corrects the sheet does it once."""
    if not content:
        raise Invalid("file_empty", field="file")
    if len(content) > LARGEST:
        raise Invalid("file_too_large", field="file", megabytes=LARGEST // (1024 * 1024))
    _unpacks_small(content)
    try:
        # Not data_only: the stored result of a formula is whatever its sender wrote there, so formulas are refused.
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the sheet's own word about its size is not to be trusted
        return _lines(sheet.iter_rows(max_col=30))
    except Invalid:
        raise
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, TypeError, OSError):
        raise Invalid("sheet_broken", field="file") from None
    except (SyntaxError, AttributeError, EOFError, OverflowError, RecursionError, NotImplementedError):
        raise Invalid("sheet_broken", field="file") from None


def _unpacks_small(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
                raise Invalid("sheet_too_large", field="file", rows=MOST_ROWS)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        raise Invalid("sheet_kind", field="file") from None


def _lines(rows: Iterator[Any]) -> list[NewVehicle]:
    columns = _columns(next(rows, ()))
    lines: list[NewVehicle] = []
    wrong: list[Fault] = []
    for number, row in enumerate(rows, start=2):
        if number > LAST_ROW:
            raise Invalid("sheet_too_large", field="file", rows=MOST_ROWS)
        cells = {name: row[place] for name, place in columns.items() if place < len(row)}
        if all(cell.value in (None, "") for cell in cells.values()):
            continue
        if len(lines) >= MOST_ROWS:
            raise Invalid("sheet_too_large", field="file", rows=MOST_ROWS)
        wrong += [fault for name, cell in cells.items() for fault in _cell_faults(name, cell, number)]
        lines.append(_line(cells, number))
    if wrong:
        unread = {fault.params["row"] for fault in wrong}
        raise Invalid(faults=wrong + sheet_faults(line for line in lines if line.row not in unread))
    if not lines:
        raise Invalid("sheet_empty", field="file")
    return lines


def _columns(head: Any) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(head):
        name = _HEADS_READ.get(str(cell.value or "").strip())
        if name:
            places.setdefault(name, place)
    if not {"plate", "size_class"} <= set(places):
        raise Invalid("sheet_heads", field="file")
    return places


def _cell_faults(name: str, cell: Any, row: int) -> list[Fault]:
    if cell.value is None:
        return []
    if cell.data_type == "f":
        return [Fault(name, "row_formula", {"row": row})]
    if name == "plate" and not isinstance(cell.value, str):
        return [Fault(name, "row_number", {"row": row})]
    return []


def _line(cells: dict[str, Any], row: int) -> NewVehicle:
    text = {name: str(cell.value if cell.value is not None else "").strip() for name, cell in cells.items()}
    size = text.get("size_class", "")
    return NewVehicle(text.get("plate", ""), _SIZES_READ.get(size, size), text.get("brand_model", ""), row)

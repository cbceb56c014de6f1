"""The vehicle register as a sheet: a template to fill in, and its lines read back."""

from __future__ import annotations

from webapp.domain.files import sheet_writing, sheets
from webapp.domain.units.vehicles import NewVehicle, sheet_faults
from webapp.errors import Invalid

COLUMNS = (
    sheets.Column("plate", "車牌號碼", required=True, words=("車牌",)),
    sheets.Column("size_class", "車型", required=True),
    sheets.Column("brand_model", "品牌型號", sheets.WORDS),
)
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
    return sheet_writing.template("單位車輛", COLUMNS)


def read(content: bytes) -> list[NewVehicle]:
    """The lines of a filled sheet. Raises Invalid beside `file` for what is no such sheet, and with every fault of its
    rows (params: `row`) where a cell cannot be read: whoever corrects the sheet does it once."""
    sheet = sheets.read(content, COLUMNS)
    if sheet.faults:
        raise Invalid(faults=sheet.faults + sheet_faults(map(_line, sheet.good)))
    return [_line(row) for row in sheet.rows]


def _line(row: sheets.SheetRow) -> NewVehicle:
    size = row.values["size_class"]
    return NewVehicle(row.values["plate"], _SIZES_READ.get(size, size), row.values["brand_model"], row.number)

"""Writing sheets: templates to fill in, exports, files of errors. As a stream, so that long lists need no memory.

Whatever a value looks like, a spreadsheet program shows it and never runs it: every xlsx cell is a string by its
type, and a CSV value that begins like a formula is led by an apostrophe, which `sheet_csv` takes away again.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from webapp.domain.files.sheets import Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

#: First characters that make a spreadsheet program calculate or call, with their full-width twins.
ACTING = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Bytes gathered before the stream gives them on.
PIECE = 64 * 1024

_DOCUMENT = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
#: What XML cannot carry.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: `_x0041_` in a cell would be read as the letter A.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>',
    # Format 49 is "@", text; the second style is the bold one of the head.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="12"/><name val="Calibri"/></font>'
    '<font><b/><sz val="12"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill '
    'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border>'
    "<left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" "
    'fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" '
    'borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}  # fmt: skip


def template(title: str, columns: Sequence[Column]) -> bytes:
    """An empty sheet whose columns are text, so that a spreadsheet program turns no number into another one."""
    return b"".join(xlsx(title, [column.head for column in columns], ()))


def xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], above: Sequence[str] = ()) -> Iterator[bytes]:
    """A workbook of one sheet in pieces; lines `above` stand one each over the column names."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in _PARTS.items():
            archive.writestr(name, _DOCUMENT + part)
        archive.writestr("xl/workbook.xml", _DOCUMENT + _workbook(title))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write((_DOCUMENT + _sheet_start(heads, len(above) + 1)).encode())
            lines = [(line,) for line in above]
            for number, row in enumerate(_styled(lines, heads, rows), start=1):
                sheet.write(_row(number, *row).encode())
                if pipe.waiting > PIECE:
                    yield pipe.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield pipe.taken()


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[str]], above: Sequence[str] = ()) -> Iterator[bytes]:
    """The same as CSV: UTF-8 with its mark, so that spreadsheet programs know it."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\r\n")
    yield codecs.BOM_UTF8
    for row in itertools.chain(((text,) for text in above), (heads,), rows):
        writer.writerow([_still(value) for value in row])
        if line.tell() > PIECE:
            yield _emptied(line)
    yield _emptied(line)


def _emptied(line: io.StringIO) -> bytes:
    piece = line.getvalue().encode("utf-8", "replace")
    line.seek(0)
    line.truncate()
    return piece


def _still(value: str) -> str:
    return f"'{value}" if value.startswith(ACTING) else value


class _Pipe(io.RawIOBase):
    """Takes what the archive writes and gives it on in pieces. It cannot be gone back in, and the archive knows."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.waiting = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._pieces.append(bytes(piece))
        self.waiting += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        piece, self._pieces, self.waiting = b"".join(self._pieces), [], 0
        return piece


#: Places in cellXfs of the styles.
_TEXT, _HEAD = 1, 2


def _styled(
    above: Iterable[Sequence[str]], heads: Sequence[str], rows: Iterable[Sequence[str]]
) -> Iterator[tuple[Sequence[str], int]]:
    yield from ((line, _TEXT) for line in above)
    yield heads, _HEAD
    yield from ((row, _TEXT) for row in rows)


def _workbook(title: str) -> str:
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets><sheet name="{_attribute(title)}" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>'
    )


def _sheet_start(heads: Sequence[str], head_row: int) -> str:
    below = f"A{head_row + 1}"
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{max(12, 2 * len(head) + 4)}" style="{_TEXT}" customWidth="1"/>'
        for place, head in enumerate(heads, start=1)
    )
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="{head_row}" '
        f'topLeftCell="{below}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def _row(number: int, values: Sequence[str], style: int) -> str:
    cells = "".join(
        f'<c r="{_letters(place)}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_said(value)}</t>'
        "</is></c>"
        for place, value in enumerate(values, start=1)
        if value
    )
    return f'<row r="{number}">{cells}</row>'


def _letters(place: int) -> str:
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _said(value: str) -> str:
    return escape(_LOOKS_ESCAPED.sub("_x005F_", _UNWRITABLE.sub("", value)))


def _attribute(title: str) -> str:
    """A name a sheet may have: 31 characters, none of those the format forbids."""
    return escape(_UNWRITABLE.sub("", re.sub(r"[\[\]:*?/\\]", " ", title))[:31], {'"': "&quot;"})

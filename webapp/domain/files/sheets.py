"""Sheets that people fill in and send: xlsx or CSV, read by declared columns and never trusted.

Whoever reads one declares its columns and gets rows with their numbers and every fault by its row, so that the sheet
is corrected once. What is no such sheet at all raises Invalid beside `file`. The program for xlsx is loaded when
such a file comes: a web process that reads none stays small.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from webapp.domain.files import sheet_csv
from webapp.domain.files.sheet_cells import DATE, NUMBER, TEXT, WORDS, shown, text
from webapp.errors import Fault, Invalid
from webapp.values.folding import fold
from webapp.values.normalising import CAP

__all__ = ["DATE", "NUMBER", "TEXT", "WORDS", "Column", "Sheet", "SheetRow", "configure", "limits", "read"]

#: A title may stand above the row with the column names.
HEAD_ROWS = sheet_csv.HEAD_ROWS
#: Empty rows between filled ones are passed over, but not for ever: so many for each row a sheet may have.
EMPTY_ROWS = 4
#: So many sheets of a workbook are named where none has the columns.
TITLES_NAMED = 5

_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Limits:
    """What one sheet may hold: settings IMPORT_MEGABYTES and IMPORT_ROWS."""

    megabytes: int = 2
    rows: int = 5000

    @property
    def size(self) -> int:
        return self.megabytes * 1024 * 1024


_limits = Limits()


def configure(megabytes: int, rows: int) -> None:
    global _limits
    _limits = Limits(megabytes, rows)


def limits() -> Limits:
    return _limits


@dataclass(frozen=True)
class Column:
    """A column as its reader declares it. Its name, its head and other `words` for it are found in either script."""

    name: str
    head: str  # what a template writes above it
    kind: str = TEXT
    required: bool = False  # the column must be there, and a row that leaves it empty is named
    words: tuple[str, ...] = ()
    longest: int = CAP

    def heads(self) -> Iterator[str]:
        return map(fold, (self.name, self.head, *self.words))


@dataclass(frozen=True)
class SheetRow:
    """One filled row: its number as the spreadsheet program shows it, a text for every declared column, and what stands
    in its cells whether or not it can be taken."""

    number: int
    values: dict[str, str]
    shown: dict[str, str] = field(default_factory=dict)


@dataclass
class Sheet:
    """What was read. `faults` carry `row` in their params; a row that has one is in `rows` as far as it was read."""

    columns: tuple[Column, ...]
    rows: list[SheetRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def faulty(self) -> set[int]:
        """Numbers of the rows that cannot be taken as they are."""
        return {fault.params["row"] for fault in self.faults}

    @property
    def good(self) -> list[SheetRow]:
        faulty = self.faulty
        return [row for row in self.rows if row.number not in faulty]


def read(content: bytes, columns: Sequence[Column]) -> Sheet:
    """The filled rows below the column names; of a workbook, those of the first shown sheet that has the columns.

    Raises Invalid beside `file`: file_empty, file_too_large, sheet_kind, sheet_old, sheet_locked, sheet_broken,
    sheet_unpacks, sheet_encoding, sheet_heads, sheet_heads_nowhere, sheet_head_twice, sheet_too_many_rows, sheet_empty.
    Row faults are missing, too_long and those of `sheet_cells.text`.
    """
    _openable(content)
    names = {word: column.name for column in columns for word in column.heads()}
    source = enumerate(_rows(content, columns, names), start=1)
    places = _places(source, columns, names)
    sheet = Sheet(tuple(columns))
    for number, row in source:
        if number > _last_row():
            raise Invalid("sheet_too_many_rows", field="file", rows=_limits.rows)
        cells = {name: row[place] if place < len(row) else None for name, place in places.items()}
        if not all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells.values()):
            if len(sheet.rows) >= _limits.rows:
                raise Invalid("sheet_too_many_rows", field="file", rows=_limits.rows)
            _take(sheet, number, cells)
    if not sheet.rows:
        raise Invalid("sheet_empty", field="file")
    return sheet


def _openable(content: bytes) -> None:
    if not content:
        raise Invalid("file_empty", field="file")
    if len(content) > _limits.size:
        raise Invalid("file_too_large", field="file", megabytes=_limits.megabytes)
    if content.startswith(_OLE):
        # A workbook with a password is kept in the container of the old format.
        raise Invalid("sheet_locked" if _LOCKED in content else "sheet_old", field="file")


def _last_row() -> int:
    return EMPTY_ROWS * _limits.rows


def _rows(content: bytes, columns: Sequence[Column], names: dict[str, str]) -> Iterator[list[Any]]:
    if not content.startswith(_ZIP):
        return sheet_csv.rows(content, lambda row: len(_named(row, names)))
    from webapp.domain.files import sheet_xlsx

    book = sheet_xlsx.Book(content)
    lacking: list[list[str]] = []
    for number in range(len(book.titles)):
        missing = _missing(book.rows(number, HEAD_ROWS), columns, names)
        if not missing:
            return iter(book.rows(number, _last_row() + 1))
        lacking.append(missing)
    nearest = min(lacking, key=len)
    heads = "、".join(nearest)
    if len(lacking) == 1:
        raise Invalid("sheet_heads", field="file", heads=heads)
    looked_at = "、".join(f"“{title}”" for title in book.titles[:TITLES_NAMED])
    more = "……" if len(book.titles) > TITLES_NAMED else ""
    raise Invalid("sheet_heads_nowhere", field="file", heads=heads, sheets=looked_at + more)


def _missing(rows: Iterable[Sequence[Any]], columns: Sequence[Column], names: dict[str, str]) -> list[str]:
    """Heads of the required columns that the row which names most of them leaves out."""
    required = {column.name: column.head for column in columns if column.required}
    named = [{name for name, _place in _named(row, names)} & set(required) for row in rows]
    nearest = max(named, key=len, default=set())
    return [head for name, head in required.items() if name not in nearest]


def _named(row: Sequence[Any], names: dict[str, str]) -> list[tuple[str, int]]:
    """The columns a row names, with their places."""
    found = ((names.get(fold(cell)), place) for place, cell in enumerate(row) if isinstance(cell, str))
    return [(name, place) for name, place in found if name]


def _places(
    source: Iterator[tuple[int, list[Any]]], columns: Sequence[Column], names: dict[str, str]
) -> dict[str, int]:
    """Where each column stands, by the first row that names all that are required; the source is read up to it."""
    required = {column.name for column in columns if column.required}
    head_rows = []
    for _number, row in itertools.islice(source, HEAD_ROWS):
        named = _named(row, names)
        places = dict(reversed(named))
        if required <= set(places):
            twice = next((name for name, place in named if places[name] != place), None)
            if twice is not None:
                head = next(column.head for column in columns if column.name == twice)
                raise Invalid("sheet_head_twice", field="file", head=head)
            return places
        head_rows.append(row)
    raise Invalid("sheet_heads", field="file", heads="、".join(_missing(head_rows, columns, names)))


def _take(sheet: Sheet, number: int, cells: dict[str, Any]) -> None:
    values: dict[str, str] = {}
    for column in sheet.columns:
        values[column.name], code = text(column.kind, cells.get(column.name))
        if code:
            sheet.faults.append(Fault(column.name, code, {"row": number}))
        elif column.required and not values[column.name]:
            sheet.faults.append(Fault(column.name, "missing", {"row": number}))
        elif len(values[column.name]) > column.longest:
            sheet.faults.append(Fault(column.name, "too_long", {"row": number, "maximum": column.longest}))
    sheet.rows.append(SheetRow(number, values, {name: shown(cell) for name, cell in cells.items()}))

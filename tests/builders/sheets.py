"""Sheets as strangers send them."""

import io
import zipfile

import openpyxl


def workbook(*rows, heads=()) -> bytes:
    """An xlsx file of these rows, made by a program that is not ours."""
    book = openpyxl.Workbook()
    for row in (heads, *rows) if heads else rows:
        book.active.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def book(*sheets, hidden=()) -> bytes:
    """An xlsx file of several sheets, each a title and its rows; those in `hidden` are not shown."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
        for row in rows:
            sheet.append(row)
    output = io.BytesIO()
    made.save(output)
    return output.getvalue()


def rewritten(good: bytes, part: str, text: bytes) -> bytes:
    """A good workbook with one part replaced."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            target.writestr(name, text if name == part else source.read(name))
    return output.getvalue()


def bomb() -> bytes:
    """A few kilobytes that unpack to sixty megabytes."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
    return output.getvalue()


def crowded() -> bytes:
    """A workbook of more parts than any has, each of them small."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        for number in range(200):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"0")
    return output.getvalue()


def old_format(holds: bytes = b"Workbook") -> bytes:
    """The beginning of a file in the container that xls and encrypted workbooks share."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + holds

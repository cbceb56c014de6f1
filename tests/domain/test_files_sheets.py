"""Sheets of strangers: every kind of file, cell and encoding gets rows or a clear refusal, and nothing else."""

import csv
import io
import subprocess
import sys
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.sheets import bomb, book, crowded, old_format, rewritten, workbook
from webapp.domain.files import sheet_writing, sheets
from webapp.domain.files.sheets import DATE, NUMBER, WORDS, Column
from webapp.errors import Invalid

COLUMNS = (
    Column("full_name", "姓名", WORDS, required=True, words=("名字",)),
    Column("id_number", "證件號碼"),
    Column("count", "數目", NUMBER),
    Column("begun", "入職日期", DATE),
)
HEADS = ("姓名", "證件號碼", "數目", "入職日期")
GOOD = workbook(("陳大文", "0123", 7, date(2026, 3, 1)), heads=HEADS)


def values(content: bytes) -> list[tuple]:
    return [(row.number, *row.values.values()) for row in sheets.read(content, COLUMNS).rows]


def faults(content: bytes) -> list[tuple]:
    return [(one.params["row"], one.field, one.code) for one in sheets.read(content, COLUMNS).faults]


def refusal(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        sheets.read(content, COLUMNS)
    assert [one.field for one in refused.value.faults] == ["file"]
    return refused.value.code


def written(*rows, heads=HEADS, encoding="utf-8", separator=",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([heads, *rows])
    return text.getvalue().encode(encoding)


def test_workbook_is_read_by_its_column_names():
    content = workbook(
        ("單位職員名單",),
        ("证件号码", "备注", "姓 名", "入职日期"),
        ("0123", "x", "陳大文", "2026年3月1日"),
        (None, None, None, None),
        (" M1234567 ", None, "阿依古麗·買買提", datetime(2026, 3, 2)),
    )

    rows = sheets.read(content, COLUMNS).rows

    assert [(row.number, row.values) for row in rows] == [
        (3, {"full_name": "陳大文", "id_number": "0123", "count": "", "begun": "2026-03-01"}),
        (5, {"full_name": "阿依古麗·買買提", "id_number": "M1234567", "count": "", "begun": "2026-03-02"}),
    ]
    assert (rows[0].shown["begun"], rows[1].shown["id_number"]) == ("2026年3月1日", " M1234567 ")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("id_number", 440402199001011234, "row_digits_lost"),
        ("id_number", 4.40402199001011e17, "row_digits_lost"),
        ("id_number", "440402199001011000", "row_digits_lost"),
        ("id_number", 123, "row_number"),
        ("id_number", True, "row_number"),
        ("id_number", "=A1", "row_formula"),
        ("id_number", date(2026, 1, 2), "row_turned_date"),
        ("id_number", "#N/A", "row_error"),
        ("full_name", "=cmd|' /C calc'!A0", "row_formula"),
        ("full_name", None, "missing"),
        ("full_name", "長" * 400, "too_long"),
        ("count", 2.5, "row_whole_number"),
        ("count", "many", "row_whole_number"),
        ("begun", 46000, "bad_date"),
        ("begun", "2026-02-30", "bad_date"),
    ],
)
def test_cell_that_cannot_be_taken_is_named_by_its_row(column, value, code):
    line = dict(zip(("full_name", "id_number", "count", "begun"), ("陳大文", "0123", 1, None), strict=True))
    line[column] = value

    assert faults(workbook(("李小明", "99", 1, None), tuple(line.values()), heads=HEADS)) == [(3, column, code)]


def test_a_number_that_ends_in_zeros_of_its_own_is_taken():
    assert values(workbook(("陳大文", "440402199001190000", 1, None), heads=HEADS))[0][2] == "440402199001190000"


def test_numbers_are_taken_where_only_their_digits_count():
    content = workbook((66123456, "0123", 3.0, None), (2.5, None, None, None), heads=HEADS)

    assert values(content) == [(2, "66123456", "0123", "3", ""), (3, "2.5", "", "", "")]


def test_the_first_shown_sheet_that_has_the_columns_is_read():
    explained = ("說明", [("請在第二張工作表填寫。",), ("姓名要與證件相同",)])
    filled = ("名單", [HEADS, ("陳大文", "0123", 7, None)])
    later = ("去年", [HEADS, ("李小明", "99", 1, None)])
    hidden = ("舊", [HEADS, ("黃堃", "55", 1, None)])

    assert values(book(explained, filled, later)) == [(2, "陳大文", "0123", "7", "")]
    assert values(book(explained, hidden, filled, hidden=("舊",))) == [(2, "陳大文", "0123", "7", "")]


def test_where_no_sheet_has_the_columns_the_sheets_looked_at_are_named():
    columns = (*COLUMNS, Column("phone", "電話", required=True))
    content = book(("說明", [("請填寫",)]), ("名單", [HEADS]), ("舊", [(*HEADS, "電話")]), hidden=("舊",))

    with pytest.raises(Invalid) as refused:
        sheets.read(content, columns)

    (fault,) = refused.value.faults
    assert (fault.code, fault.params) == ("sheet_heads_nowhere", {"heads": "電話", "sheets": "“說明”、“名單”"})
    many = book(*((f"表{n}", [("甚麼",)]) for n in range(9)))
    with pytest.raises(Invalid) as refused:
        sheets.read(many, COLUMNS)
    assert refused.value.faults[0].params["sheets"] == "“表0”、“表1”、“表2”、“表3”、“表4”……"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_of_every_encoding(encoding, separator):
    content = written(
        ("陳大文", "0123", "7", "2026/3/1"), encoding=encoding, separator=separator, heads=("名字", *HEADS[1:])
    )

    assert values(content) == [(2, "陳大文", "0123", "7", "2026-03-01")]


def test_csv_cells_that_a_spreadsheet_program_spoiled_or_would_run():
    content = written(
        ("陳大文", '="0123"', "", ""), ("李", "4.40402E+17", "", ""), ("=1+1", "1", "", ""), ("'=李", "1", "", "")
    )

    assert values(content)[0] == (2, "陳大文", "0123", "", "")
    assert values(content)[3][:2] == (5, "=李")
    assert faults(content) == [(3, "id_number", "row_digits_lost"), (4, "full_name", "row_formula")]


def test_undecodable_character_is_named_by_its_row():
    content = written(("陳大文", "1"), encoding="gb18030") + b"\xff\xff,2\r\n"

    assert faults(content) == [(3, "full_name", "row_characters")]


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>"""
FAR = """<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row><row r="1048576">
<c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>""".encode()
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"x" * (2 * 1024 * 1024 + 1), "file_too_large"),
        (b"%PDF-1.7\n\x00\x01\x02\xff\xfe", "sheet_kind"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "sheet_kind"),
        (b"PK\x03\x04" + b"0" * 50, "sheet_kind"),
        (old_format(), "sheet_old"),
        (old_format("EncryptedPackage".encode("utf-16-le")), "sheet_locked"),
        (bomb(), "sheet_unpacks"),
        (crowded(), "sheet_unpacks"),
        (rewritten(GOOD, SHEET, LAUGHS), "sheet_broken"),
        (rewritten(GOOD, SHEET, FAR), "sheet_too_many_rows"),
        (rewritten(GOOD, SHEET, b"<broken"), "sheet_broken"),
        (rewritten(GOOD, "xl/workbook.xml", b"<workbook/>"), "sheet_broken"),
        (rewritten(GOOD, "[Content_Types].xml", b""), "sheet_broken"),
        (workbook(("甚麼",), ("陳大文",)), "sheet_heads"),
        (b"a,b\r\n1,2\r\n", "sheet_heads"),
        ("甚麼,名\r\n陳,大文\r\n".encode("big5"), "sheet_encoding"),
        (workbook(("陳大文", "1", "x"), heads=("姓名", "證件號碼", "证件号码")), "sheet_head_twice"),
        (workbook(heads=HEADS), "sheet_empty"),
        (written(), "sheet_empty"),
    ],
)
def test_hostile_and_wrong_files_are_refused(content, code):
    assert refusal(content) == code


def test_5000_rows_are_read_and_one_more_refused():
    rows = [(f"陳{n}", str(n)) for n in range(5001)]

    assert len(sheets.read(workbook(*rows[:5000], heads=HEADS[:2]), COLUMNS).rows) == 5000
    assert refusal(workbook(*rows, heads=HEADS[:2])) == "sheet_too_many_rows"
    assert refusal(written(*rows)) == "sheet_too_many_rows"


def test_limits_are_settings():
    sheets.configure(1, 2)
    try:
        assert refusal(b"x" * (1024 * 1024 + 1)) == "file_too_large"
        assert refusal(written(*[("陳", "")] * 3)) == "sheet_too_many_rows"
    finally:
        sheets.configure(2, 5000)


def fields_refused(content: bytes) -> list[str]:
    """Empty where it was read; any other error than a refusal fails the test."""
    try:
        sheets.read(content, COLUMNS)
    except Invalid as refused:
        return [one.field for one in refused.faults]
    return []


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_junk_is_refused_or_read(junk):
    for content in (junk, b"PK\x03\x04" + junk, written() + junk, "姓名\r\n".encode("gb18030") + junk):
        assert fields_refused(content) in ([], ["file"])


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_damaged_workbook_is_refused_or_read(place, damage):
    assert fields_refused(GOOD[:place] + damage + GOOD[place + len(damage) :]) in ([], ["file"])


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_text_and_reads_back(rows):
    columns = (Column("first", "甲欄", WORDS), Column("second", "乙欄", WORDS))
    rows = [("有", first, second) for first, second in rows]
    columns = (Column("sure", "丙欄", WORDS, required=True), *columns)
    heads = [column.head for column in columns]
    book = b"".join(sheet_writing.xlsx("名單", heads, rows, above=["甲乙丙丁"]))
    text = b"".join(sheet_writing.csv_text(heads, rows))

    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(book)).active for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    first_signs = [value[:1] for row in csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")) for value in row]
    assert not {sign for sign in first_signs if sign} & set(sheet_writing.ACTING)
    expected = [
        [sheets.text(WORDS, sheet_writing._UNWRITABLE.sub("", value))[0] for value in row]
        for row in rows
        if not any("\N{REPLACEMENT CHARACTER}" in value for value in row)
    ]
    assert [list(row.values.values()) for row in sheets.read(book, columns).good] == expected


def test_csv_protection_is_taken_away_again():
    rows = [("+853 6612 3456", "=1+1"), ("-x", "@y"), ("＝全", "\tz")]
    text = b"".join(sheet_writing.csv_text(("姓名", "證件號碼"), rows))

    assert text.startswith("\ufeff姓名,證件號碼\r\n'+853 6612 3456,'=1+1\r\n".encode())
    read = [tuple(row.values.values())[:2] for row in sheets.read(text, COLUMNS).rows]
    assert read == [("+853 6612 3456", "=1+1"), ("-x", "@y"), ("＝全", "z")]


def test_template_has_text_columns_and_is_read_when_filled():
    book = openpyxl.load_workbook(io.BytesIO(sheet_writing.template("職員", COLUMNS)))
    sheet = book.active
    assert [cell.value for cell in sheet[1]] == list(HEADS)
    assert {sheet.column_dimensions[letter].number_format for letter in "ABCD"} == {"@"}
    assert sheet.freeze_panes == "A2"
    sheet["A2"], sheet["B2"] = "陳大文", "0123"
    output = io.BytesIO()
    book.save(output)

    assert values(output.getvalue()) == [(2, "陳大文", "0123", "", "")]


def test_long_sheet_comes_in_pieces():
    rows = ([f"{n}", "陳大文" * 10] for n in range(60_000))
    pieces = list(sheet_writing.xlsx("名單", ("甲", "乙"), rows))

    assert max(map(len, pieces)) < 4 * sheet_writing.PIECE
    assert len(pieces) > 3


def test_web_process_does_not_load_the_spreadsheet_program(tmp_path):
    script = "import sys; from webapp import create_app; create_app(); sys.exit('openpyxl' in sys.modules)"
    environment = {"WEBAPP_ENV": "development", "DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"}

    assert subprocess.run([sys.executable, "-c", script], env=environment, check=False).returncode == 0

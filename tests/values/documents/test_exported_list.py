"""The exported list: who took it away on every page and in no structure, one table, masked or full."""

import io
import subprocess
from dataclasses import replace

import pikepdf
import pypdf
import pytest

from tests.values.documents import samples
from tests.values.documents.test_annex import heights
from tests.values.documents.test_pdf import squeezed
from webapp.documents.annex import EXPORTED, row_height, write_annex
from webapp.documents.pdf import lay_out
from webapp.documents.render import environment, html

HANT = "zh_Hant_MO"


def written(count: int, purpose: str = "") -> bytes:
    output = io.BytesIO()
    rows = samples.list_rows(count, full=bool(purpose))
    document = replace(samples.exported_list(purpose), filings=count)
    write_annex(document, rows, output, lambda *_step: None, locale=HANT)
    return output.getvalue()


def pages_of(content: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_every_page_says_who_took_it_away_and_when_and_no_reader_hears_it(tmp_path):
    content = written(60)
    pages = pages_of(content)

    assert len(pages) > 3
    # In the watermark and in the foot.
    assert [page.count("何嘉欣") for page in pages[1:]] == [2] * (len(pages) - 1)
    assert all(page.count("2026年11月20日09:42") == 2 for page in pages[1:])
    with pikepdf.open(io.BytesIO(content)) as made:
        document = made.Root.StructTreeRoot.K[0]
        head, body = document.K[-1].K
        assert [str(cell.A.Scope) for cell in head.K[0].K] == ["/Column"] * 7
        assert len(body.K) == 60
    (tmp_path / "tree.pdf").write_bytes(content)
    heard = subprocess.run(
        ["pdfinfo", "-struct-text", "tree.pdf"], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    # Once, among the facts of the first page.
    assert heard.count("何嘉欣") == 1
    assert heard.count("粤C·00007") == 1


@pytest.mark.parametrize(("purpose", "number"), [("", "尾號"), ("authority", "主管部門要求")])
def test_full_numbers_only_with_their_purpose(purpose, number):
    whole = "".join(pages_of(written(3, purpose)))

    assert ("440400199001010000" in whole) == bool(purpose)
    assert number in whole
    for words in ("陳嘉嘉00000", "粤C·00001", "自用，車主", "暫停", "2026-11-20"):
        assert words in whole


def test_list_without_a_line_is_one_page_that_says_so():
    (page,) = pages_of(written(0))

    assert "0項" in page


def test_no_line_is_higher_than_planned():
    rows = [
        replace(row, name=name, plates=plates)
        for row in samples.list_rows(1, full=True)
        for name in ("陳嘉敏𠮷·" * 12, "W" * 40, "Maria João de Sousa Albuquerque")
        for plates in ((), ("粤C·D12345", "粤Z·8K26澳"))
    ]
    template = environment(HANT, paper=True).get_template("documents/exported_part.html")
    text = template.render(document=samples.exported_list("authority"), rows=rows, first=1, heads=set(), total_pages=9)

    drawn = [height for page in lay_out(text).pages for height in heights(page._page_box)]

    assert len(drawn) == len(rows)
    assert [row.name for row, height in zip(rows, drawn, strict=True) if height > row_height(row, EXPORTED)] == []


def test_twin_says_whose_it_is_and_no_line():
    twin = str(html(samples.exported_list("authority"), locale=HANT))

    assert "何嘉欣" in twin
    assert "SHA-256" not in twin
    assert "<table" not in twin

"""Annexes of any length: planned pages, every row once, one table."""

import io
import re
import subprocess
import sys
from dataclasses import replace

import pikepdf
import pypdf

from tests.values.documents import samples
from webapp.documents.annex import ROWS_PER_SLICE, plan, row_height, write_annex
from webapp.documents.models import AnnexRow
from webapp.documents.pdf import lay_out, pdf
from webapp.documents.render import environment

HANT = "zh_Hant_MO"


def written(rows, **values) -> tuple[bytes, list[tuple[int, int]]]:
    output, steps = io.BytesIO(), []
    write_annex(samples.unit_pledge(len(rows)), rows, output, lambda *step: steps.append(step), locale=HANT, **values)
    return output.getvalue(), steps


def content_of(element) -> list:
    kids = element.get("/K", [])
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]


def kids_of(element) -> list:
    return [kid for kid in content_of(element) if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]


def elements(element):
    yield element
    for kid in kids_of(element):
        yield from elements(kid)


def test_annex_of_a_thousand_rows_names_everyone_once_on_numbered_pages_in_one_table():
    rows = samples.annex_rows(1000)

    content, steps = written(rows, workers=2)

    reader = pypdf.PdfReader(io.BytesIO(content))
    pages = [page.extract_text().replace("\u2009", "").replace("\n", "") for page in reader.pages]
    whole = "".join(pages).replace(" ", "")
    assert [row.name for row in rows if whole.count(row.name.replace(" ", "")) != 1] == []
    total = len(pages)
    numbered = [re.findall(r"第(\d+)頁，共(\d+)頁", page.replace(" ", "")) for page in pages]
    assert numbered == [[(str(number), str(total))] for number in range(1, total + 1)]
    assert steps[0] == (0, 1000)
    assert steps[-1] == (1000, 1000)
    assert [done for done, _total in steps] == sorted(done for done, _total in steps)


def test_annex_tree_is_whole():
    rows = samples.annex_rows(520)

    content, _steps = written(rows)

    with pikepdf.open(io.BytesIO(content)) as made:
        root = made.Root.StructTreeRoot
        document = root.K[0]
        found = list(elements(document))
        assert [str(kid.S) for kid in document.K][-3:] == ["/H2", "/P", "/Table"]
        head, body = document.K[-1].K
        assert [str(cell.A.Scope) for cell in head.K[0].K] == ["/Column"] * 6
        assert len(body.K) == 520
        assert {tuple(str(cell.S) for cell in row.K) for row in body.K} == {("/TD", "/TH", "/TD", "/TD", "/TD", "/TD")}
        assert all(kid.P.objgen == element.objgen for element in found for kid in kids_of(element))
        numbers = root.ParentTree.Nums
        assert [int(key) for key in list(numbers)[::2]] == list(range(len(made.pages)))
        assert [int(page.StructParents) for page in made.pages] == list(range(len(made.pages)))
        owned = sum(1 for entry in list(numbers)[1::2] for owner in entry if owner is not None)
        held = sum(isinstance(kid, int) for element in found for kid in content_of(element))
        assert owned == held


def test_memory_of_the_joining_process_grows_by_structure_only():
    def peak_megabytes(count: int) -> int:
        program = (
            "import io\n"
            "from tests.values.documents import samples\n"
            "from webapp.documents.annex import write_annex\n"
            "if __name__ == '__main__':\n"
            f"    pledge, rows = samples.unit_pledge(), samples.annex_rows({count})\n"
            "    write_annex(pledge, rows, io.BytesIO(), lambda *_: None, locale='zh_Hant_MO', workers=2)\n"
            "    print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
        )
        answer = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
        return int(answer.stdout) // 1024

    # Four slices against two: laid out in one piece, 1,000 rows more would take some 80 MB.
    assert peak_megabytes(1520) - peak_megabytes(520) < 25


def test_annex_is_the_same_bytes_again():
    rows = samples.annex_rows(30)

    assert written(rows)[0] == written(rows)[0]


def test_plan_keeps_every_row_in_order_and_slices_near_their_size():
    rows = samples.annex_rows(2000)

    parts = list(plan(rows))

    assert [row for part in parts for row in part.rows] == rows
    assert [part.first for part in parts] == [
        1 + sum(len(p.rows) for p in parts[:index]) for index in range(len(parts))
    ]
    assert all(ROWS_PER_SLICE <= len(part.rows) < ROWS_PER_SLICE + 30 for part in parts[:-1])
    assert all(min(part.heads) == 0 and max(part.heads) < len(part.rows) for part in parts)


NASTY_NAMES = (
    "陳嘉敏𠮷·" * 12,
    "M" * 100,
    "Maria João de Sousa e Albuquerque " * 3,
    "\U0002ebf0" * 20,
    "ﷺ" * 8,
    "Ω" * 40,
    "ص" * 30,
    "👍" * 10,
    "한국" * 20,
    "กขค" * 20,
    "⸻" * 9,
    "a\u0301" * 30,
    "\u2028" * 5,
    samples.RARE_CHARACTERS * 6,
)
NASTY_PLATES = ((), ("粤C·D12345",), ("粤C·D12345", "粤Z·8K26澳", "MX-12-34"), ("WWWWWWWW",) * 2)


def heights(box):
    """Millimetres of every row that has a row header, in order."""
    if getattr(box, "element_tag", "") == "tr" and box.children[0].element_tag == "td":
        yield box.height * 25.4 / 96
    for child in getattr(box, "children", ()):
        yield from heights(child)


def test_no_row_is_higher_than_planned():
    rows = [
        AnnexRow(name=name, id_type="foreign_pr", id_tail="(00000)", plates=plates, use="unit", role="")
        for name in NASTY_NAMES
        for plates in NASTY_PLATES
    ]
    template = environment(HANT, paper=True).get_template("documents/annex_part.html")
    text = template.render(document=samples.unit_pledge(), rows=rows, first=1, heads=set(), total_pages=9)

    drawn = [height for page in lay_out(text).pages for height in heights(page._page_box)]

    assert len(drawn) == len(rows)
    assert [row.name for row, height in zip(rows, drawn, strict=True) if height > row_height(row)] == []


def test_short_annex_stands_with_its_pledge():
    rows = tuple(samples.annex_rows(40))

    content = pdf(replace(samples.unit_pledge(40), rows=rows), locale=HANT)

    with pikepdf.open(io.BytesIO(content)) as made:
        tables = [element for element in elements(made.Root.StructTreeRoot.K[0]) if element.S == "/Table"]
        assert [len(table.K[-1].K) for table in tables] == [40]

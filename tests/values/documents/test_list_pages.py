"""Long lists put together row by row look as the engine lays them out, and leave to it what they cannot do."""

import re
import subprocess
from dataclasses import replace

import pytest
from PIL import Image, ImageChops

from tests.values.documents import samples
from webapp.documents import annex
from webapp.documents.annex import EXPORTED, PLEDGED, Slice, _draw, _Task, plan
from webapp.documents.list_pages import sheet
from webapp.documents.models import AnnexRow

NAMES = (
    "陳嘉敏",
    "歐陽" * 12,
    "Maria João de Sousa e Albuquerque",
    "Ana-Maria d’Almeida-Conceição e Silva (née Ávila)",
    "阿布都拉·买买提·吐尔逊·艾合买提江·木合塔尔",
    "AVATAR Tolkien Wu LT.",
    "O'Neill & <i>Jones</i>",
    samples.RARE_CHARACTERS * 3,
    "한국" * 20,
    "กขค" * 9,
    "ص" * 30,
    "M" * 60,
)
PLATES = ((), ("粤C·D12345",), ("粤C·D12345", "粤Z·8K26澳"), ("LTAVAT·粤ZZZZZZZZZZZZ",))
#: What HTML changes or draws otherwise.
ODD_NAMES = ("陳  嘉敏", " 陳嘉敏", "陳\n嘉敏", "a\u00adb" * 30, "\u202e陳嘉敏", "\U0002ebf0")


def rows() -> list[AnnexRow]:
    return [
        AnnexRow(name=name, id_type="passport", id_tail="(0000)", plates=PLATES[number % 4], use="unit", role="")
        for number, name in enumerate((*NAMES, *reversed(NAMES), *NAMES))
    ]


def task(document, part: Slice, locale: str) -> _Task:
    return _Task(document, part, locale, 7, 1200)


def pictures(content: bytes, folder, name: str) -> tuple[list[Image.Image], list[str]]:
    """Every page as a picture, and every word with its place."""
    path = folder / f"{name}.pdf"
    path.write_bytes(content)
    subprocess.run(["pdftoppm", "-r", "72", str(path), str(folder / name)], check=True)
    said = subprocess.run(["pdftotext", "-bbox", str(path), "-"], check=True, capture_output=True, text=True).stdout
    found = [Image.open(page) for page in sorted(folder.glob(f"{name}-*.ppm"))]
    return found, sorted(re.findall("<word.*", said))


@pytest.mark.parametrize(
    ("document", "part", "locale", "tone"),
    [
        (samples.unit_pledge(36), next(plan(rows(), PLEDGED)), "zh_Hant_MO", 0),
        (samples.unit_pledge(36), replace(next(plan(rows(), PLEDGED)), first=501), "pt_MO", 0),
        # Its watermark lies below the rows, and above them where a page is laid out.
        (samples.exported_list("authority"), next(plan(samples.list_rows(40, full=True), EXPORTED)), "zh_Hans_CN", 40),
    ],
)
def test_pages_look_as_if_laid_out(document, part, locale, tone, tmp_path, monkeypatch):
    drawn, words = pictures(_draw(task(document, part, locale)), tmp_path, "drawn")
    used = []
    monkeypatch.setattr(annex, "sheet", lambda *_arguments, **_titled: used.append(1))
    laid, expected = pictures(_draw(task(document, part, locale)), tmp_path, "laid")

    assert used, "the pages were not put together"
    assert words == expected
    assert len(drawn) == len(laid) > 1
    differences = [ImageChops.difference(*pair).getextrema() for pair in zip(drawn, laid, strict=True)]
    assert max(most for page in differences for _least, most in page) <= tone


def test_pages_put_together_never_ask_the_engine_for_a_table(monkeypatch):
    monkeypatch.setattr(annex, "render_page", None)

    assert _draw(task(samples.unit_pledge(36), next(plan(rows())), "zh_Hant_MO")).startswith(b"%PDF")


@pytest.mark.parametrize("name", ODD_NAMES)
def test_what_html_would_change_is_left_to_the_engine(name):
    (row,) = (replace(samples.annex_rows(1)[0], name=name),)
    text = annex._part_page(task(samples.unit_pledge(1), Slice((row,), 1, frozenset({0})), "zh_Hant_MO"))

    assert sheet(text, titled=True) is None


def test_page_without_room_is_left_to_the_engine(tmp_path):
    part = Slice(tuple(samples.annex_rows(40)), 1, frozenset({0}))

    with pytest.raises(RuntimeError, match="pages where 1 were planned"):
        _draw(task(samples.unit_pledge(40), part, "zh_Hant_MO"))

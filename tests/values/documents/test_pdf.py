"""PDFs say what was put in, on real glyphs, in a tree a screen reader can follow."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy
import pypdf
import pytest
import zxingcpp
from PIL import Image

from tests.values.documents import samples
from webapp.documents.libraries import check_rendering_libraries
from webapp.documents.models import Document
from webapp.documents.pdf import ClosedFetcher, pdf
from webapp.documents.render import html

HANT, HANS = "zh_Hant_MO", "zh_Hans_CN"


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def text_of(content: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(content))
    return squeezed("".join(page.extract_text() for page in reader.pages))


def picture(content: bytes, folder: Path, dpi: int, page: int = 1) -> Image.Image:
    (folder / "page.pdf").write_bytes(content)
    subprocess.run(
        ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-singlefile", "-gray", "page.pdf", "page"],
        cwd=folder,
        check=True,
    )
    return Image.open(folder / "page.pgm")


def codes_in(image: Image.Image) -> list[str]:
    return sorted(code.text for code in zxingcpp.read_barcodes(image))


def structure(content: bytes, folder: Path) -> list[str]:
    (folder / "tree.pdf").write_bytes(content)
    answer = subprocess.run(["pdfinfo", "-struct", "tree.pdf"], cwd=folder, check=True, capture_output=True, text=True)
    return [line.split(" (")[0].rstrip(":") for line in answer.stdout.splitlines() if not line.strip().startswith("/")]


def test_rendering_libraries_are_all_here():
    assert check_rendering_libraries() == []


def numbered(clauses: tuple[str, ...]) -> str:
    return "".join(f"{number}、{clause}" for number, clause in zip("一二三四五六七八", clauses, strict=True))


def test_personal_pledge_text_equals_what_was_put_in():
    document = samples.personal_pledge()

    text = text_of(pdf(document, locale=HANT))

    assert text[: text.index("列入名單不等於免檢")] == squeezed(
        f"{document.text.title}（示範文本，非官方附件原文）"
        "本人自願申報橫琴粵澳深度合作區“二線”通道信用通行名單，並作出以下承諾："
        + numbered(document.text.clauses)
        + "申報人和車輛"
        "姓名陳嘉敏CHANKAMAN證件澳門居民身份證，尾號456(7)單位橫琴海韻社區居民委員會"
        "車輛粤C·D12345MX-12-34自用，車主本人小型承諾人簽署日期2026年11月20日09:42手寫圖像，經短訊驗證碼確認"
    )


def test_simplified_pledge_keeps_the_name_and_says_the_clauses_that_are_signed():
    document = samples.personal_pledge(language=HANS)

    text = text_of(pdf(document, locale=HANS))

    assert text.startswith("个人信用承诺")
    assert text.count(squeezed(numbered(document.text.clauses))) == 1
    assert text.count("陳嘉敏CHANKAMAN") == 1


def test_same_document_gives_the_same_bytes_and_prints_the_digest_it_was_given():
    document = samples.personal_pledge()

    first, second = pdf(document, locale=HANT), pdf(document, locale=HANT)

    assert first == second
    assert f"{samples.DIGEST[:8]}…{samples.DIGEST[-8:]}" in text_of(first)


def test_metadata_names_title_language_and_variant():
    reader = pypdf.PdfReader(io.BytesIO(pdf(samples.personal_pledge(), locale=HANT)))

    catalog = reader.trailer["/Root"]
    assert reader.metadata.title == "個人信用承諾 F7K2-93QD"
    assert catalog["/Lang"] == "zh-Hant-MO"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert b'pdfuaid:part="1"' in catalog["/Metadata"].get_data()


def test_only_our_faces_are_used_for_ordinary_names(tmp_path):
    (tmp_path / "plain.pdf").write_bytes(pdf(samples.personal_pledge("黃鑫玥"), locale=HANT))

    listed = subprocess.run(["pdffonts", tmp_path / "plain.pdf"], check=True, capture_output=True, text=True)

    families = {line.split()[0].split("+")[1].removesuffix("-Bold") for line in listed.stdout.splitlines()[2:]}
    assert families == {"Passlist-Song", "Passlist-Hei", "Passlist-Names", "Passlist-Plate"}


def test_rare_characters_are_really_drawn(tmp_path):
    name = f"陳{samples.RARE_CHARACTERS}"
    content = pdf(replace(samples.personal_pledge(name=name), latin_name="", signature=None), locale=HANT)
    (tmp_path / "name.pdf").write_bytes(content)
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "name.pdf", "-"], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    found = re.search(rf'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">{name}<', boxes)
    left, top, right, bottom = (float(edge) * 300 / 72 for edge in found.groups())
    pixels = numpy.asarray(picture(content, tmp_path, 300)) < 128
    side = (right - left) / len(name)
    cells = [
        pixels[int(top) : int(bottom), int(left + side * place) : int(left + side * place) + int(side)]
        for place in range(1, len(name))
    ]

    # Nothing at all has no ink, and the box of a missing glyph none in its middle; and no two are alike.
    for cell in cells:
        height, width = cell.shape
        assert 0.04 < cell.mean() < 0.6
        assert cell[height * 2 // 5 : height * 3 // 5, width // 4 : width * 3 // 4].any()
    for one, other in combinations(cells, 2):
        assert (one != other).mean() > 0.03


def test_character_in_no_font_is_printed_as_its_code():
    text = text_of(pdf(samples.personal_pledge(name="陳\U0002ebf0\ue000"), locale=HANT))

    assert "姓名陳〔U+2EBF0〕〔U+E000〕CHAN" in text


def test_lone_surrogate_and_control_character_do_not_stop_a_document():
    text = text_of(pdf(samples.personal_pledge(name="陳\ud800\x00"), locale=HANT))

    assert "姓名陳〔U+D800〕〔U+0000〕" in text


@pytest.mark.parametrize("size, dpi", [("a4", 60), ("a4", 150), ("a6", 96), ("a6", 200)])
def test_enrolment_code_decodes_from_the_rendered_sheet(size, dpi, tmp_path):
    document = samples.poster(size)

    image = picture(pdf(document, locale=HANT), tmp_path, dpi)

    assert codes_in(image) == [document.url]


def test_poster_is_one_a4_sheet_and_its_dark_square_is_105_mm_wide(tmp_path):
    content = pdf(samples.poster(), locale=HANT)

    page = pypdf.PdfReader(io.BytesIO(content)).pages
    assert len(page) == 1
    assert [round(float(edge) / 72 * 25.4) for edge in page[0].mediabox[2:]] == [210, 297]
    image = picture(content, tmp_path, 254)
    corners = zxingcpp.read_barcodes(image)[0].position
    assert (corners.top_right.x - corners.top_left.x) / 10 == pytest.approx(105, abs=0.5)
    # Four modules of white on every side (33 modules make 105 mm).
    pixels, quiet = numpy.asarray(image), round(4 * 1050 / 33) - 12
    left, top, right, bottom = (
        corners.top_left.x, corners.top_left.y, corners.bottom_right.x, corners.bottom_right.y,
    )  # fmt: skip
    around = pixels[top - quiet : bottom + quiet, left - quiet : right + quiet].copy()
    around[quiet - 6 : -quiet + 6, quiet - 6 : -quiet + 6] = 255
    assert around.min() == 255


def test_poster_names_address_unit_version_and_day():
    text = text_of(pdf(samples.poster(), locale=HANT))

    for said in (
        "掃碼申報", "扫码申报", "DeclaraçãoporcódigoQR", "Scantofile", "橫琴海韻社區居民委員會",
        "erxian.example/q/DEMQ0001",
        "打開的網址須以https://erxian.example/開頭；編號DEMQ-0001", "1掃碼，核對單位名稱", "4等單位驗核，收通知",
        "職員可以協助你填寫", "星期一至五09:00–17:30，電話0756-0000000", "第2版，2026年9月1日", "列入名單不等於免檢",
    ):  # fmt: skip
        assert text.count(said) == 1, said


@pytest.mark.parametrize("length", [8, 20, 40])
def test_poster_of_any_unit_name_stays_on_one_sheet(length):
    for size in ("a4", "a6"):
        document = replace(samples.poster(size), unit_name="橫琴鑫" + "韻" * (length - 3))

        assert len(pypdf.PdfReader(io.BytesIO(pdf(document, locale=HANT))).pages) == 1


def lettering(content: bytes) -> list[tuple[str, float, float]]:
    """Every piece of text on the first page: (text, its size, its height over the foot of the sheet), in points."""
    found: list[tuple[str, float, float]] = []

    def visit(text: str, around: list[float], own: list[float], _font: object, size: float) -> None:
        if text.strip():
            down = around[3] * own[3] * size
            found.append((text.strip(), abs(down), around[3] * own[5] + around[5]))

    pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text(visitor_text=visit)
    return found


def test_what_is_read_on_the_desk_card_is_at_least_nine_points_high():
    found = lettering(pdf(samples.poster("a6"), locale=HANT))

    for words in (
        "核對單位名稱",
        "填寫個人和車輛資料",
        "作出信用承諾",
        "收通知",
        "職員可以協助你填寫",
        "星期一至五",
        "只供",
    ):
        assert min(size for text, size, _ in found if words in text) >= 9, words


@pytest.mark.parametrize("length, hours", [(8, 0), (40, 0), (60, 20), (120, 60)])
def test_steps_of_the_desk_card_stand_clear_of_its_foot(length, hours):
    card = replace(samples.poster("a6"), unit_name="韻" * length, help_hours="時" * hours or "星期一至五")

    found = lettering(pdf(card, locale=HANT))

    last_step, foot = (next(at for text, _, at in found if words in text) for words in ("收通知", "職員可以協助"))
    assert last_step - foot >= 12


def test_genuine_address_decodes_from_the_pledge(tmp_path):
    document = samples.personal_pledge()

    assert codes_in(picture(pdf(document, locale=HANT), tmp_path, 200)) == [document.stamp.genuine_url]


def test_receipt_carries_private_link_and_genuine_address(tmp_path):
    document = samples.receipt()

    found = codes_in(picture(pdf(document, locale=HANT), tmp_path, 200))

    assert found == [document.stamp.genuine_url, document.status_url]


@pytest.mark.parametrize(
    "document",
    [samples.personal_pledge(), samples.unit_pledge(), samples.receipt(), samples.listing_confirmation()],
    ids=lambda document: type(document).__name__,
)
def test_twin_says_what_the_paper_says(document: Document):
    paper = text_of(pdf(document, locale=HANT))
    twin = re.sub(r"<svg.*?</svg>|<footer.*", "", str(html(document, locale=HANT)), flags=re.S)

    said = [squeezed(piece) for piece in re.split(r"<[^>]+>", twin) if piece.strip()]

    assert [piece for piece in said if piece.replace("&#34;", '"') not in paper and "用下面的網址" not in piece] == []
    assert document.stamp.digest.upper()[:8] in str(html(document, locale=HANT))


def test_unsigned_unit_pledge_leaves_room_for_pen_and_seal_on_one_page():
    content = pdf(replace(samples.unit_pledge(), signature=None), locale=HANT)

    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1
    assert "單位印章負責人簽署日期" in text_of(content)


def test_structure_has_headings_lists_of_pairs_and_nothing_of_the_margins(tmp_path):
    lines = structure(pdf(samples.listing_confirmation(), locale=HANT), tmp_path)

    item = ["    LI", "      Lbl", "      LBody"]
    head = ["      TR", "        TH", "        TH"]
    row = ["      TR", "        TH", "        TD"]
    assert lines == [
        "Document", "  H1", "  P", "    Figure", "  L", *item * 5, "  H2", "  Table", "    THead", *head,
        "    TBody", *row * 4, "  H2", "  L", *item * 4,
    ]  # fmt: skip


def test_documents_reach_neither_network_nor_disk():
    fetcher = ClosedFetcher()

    for address in ("https://erxian.example/", "file:///etc/passwd", "https://fonts.invalid/../setup.cfg"):
        with pytest.raises(ValueError):
            fetcher.fetch(address)


def test_what_the_web_imports_does_not_load_the_pdf_engine():
    program = (
        "import sys\n"
        "from webapp.documents import fonts, models, qr, render\n"
        "from tests.values.documents import samples\n"
        "render.html(samples.personal_pledge(), locale='zh_Hant_MO')\n"
        "fonts.missing_characters('陳𠮷')\n"
        "print(sorted(name for name in sys.modules if name in ('weasyprint', 'fontTools', 'pikepdf')))"
    )

    answer = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert answer.stdout == "[]\n"


def test_code_of_a_missing_character_stays_inside_an_attribute():
    twin = str(html(samples.personal_pledge(name='陳\U0002ebf0"'), locale=HANT))

    assert re.findall(r'alt="([^"]*)"', twin) == ["陳〔U+2EBF0〕&#34; 的手寫簽名"]

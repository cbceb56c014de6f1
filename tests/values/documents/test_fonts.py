"""The gate before signing: which characters our paper can show."""

import hashlib
import re

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from tests.values.documents import samples
from webapp.documents.fonts import FACE_FILES, FONT_FOLDER, missing_characters, printable
from webapp.documents.words import DOCUMENT_KINDS


@pytest.mark.parametrize(
    "text",
    [
        "陳嘉敏", "阿依古麗·買買提", "João da Conceição", "João", "Łukasz Żółć", "Nguyễn Thị", "O’Neill-Smith",
        samples.RARE_CHARACTERS, "葛\U000e0100城", "橫琴粵澳深度合作區", "",
    ],
)  # fmt: skip
def test_name_that_can_be_printed_is_not_stopped(text):
    assert missing_characters(text) == []


@pytest.mark.parametrize(
    "text, missing",
    [
        ("陳\U0002ebf0", ["\U0002ebf0"]),
        ("\U00032000\U0002ebf0\U00032000", ["\U00032000", "\U0002ebf0"]),
        ("\ue000", ["\ue000"]),
        ("\ud800", ["\ud800"]),
        ("a\x00b", ["\x00"]),
    ],
)
def test_character_without_glyph_is_named_once(text, missing):
    assert missing_characters(text) == missing


def test_missing_character_is_shown_by_its_code_and_the_rest_escaped():
    assert printable("<陳\U0002ebf0>") == '&lt;陳<span class="no-glyph">〔U+2EBF0〕</span>&gt;'


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_printing_never_raises_and_leaves_nothing_missing(text):
    shown = re.sub(r"<[^>]+>", "", str(printable(text)))

    assert missing_characters(shown) == []


def test_every_face_has_every_character_of_the_sample_pledges():
    needed = {
        ord(character)
        for language in ("zh_Hant_MO", "zh_Hans_CN", "pt", "en")
        for kind in ("personal", "unit")
        for character in "".join(samples.pledge_text(kind, language).clauses)
    } | {ord(character) for character in "".join(DOCUMENT_KINDS.values())}

    for name in FACE_FILES[:4]:
        assert needed - set(TTFont(FONT_FOLDER / name, lazy=True).getBestCmap()) == set(), name


def test_faces_are_those_the_readme_names():
    listed = dict(
        reversed(line.split("  "))
        for line in (FONT_FOLDER / "README.md").read_text("utf-8").splitlines()
        if re.fullmatch(r"[0-9a-f]{64}  passlist-\S+|[0-9a-f]{64}  coverage.txt", line)
    )

    found = {
        name: hashlib.sha256((FONT_FOLDER / name).read_bytes()).hexdigest() for name in (*FACE_FILES, "coverage.txt")
    }
    assert found == listed

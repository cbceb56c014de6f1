"""Which characters our paper can show. A character without a glyph must be found before a person signs.

Text extracted from a PDF proves nothing here: the renderer keeps the character for copying even where the page shows an
empty box or nothing at all. So the question is put to the fonts' own tables, gathered by ``build_fonts`` into
``static/fonts/coverage.txt``; the worker checks at its start that the fonts named there are installed.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markupsafe import Markup

FONT_FOLDER = Path(__file__).resolve().parents[2] / "static" / "fonts"
COVERAGE_FILE = FONT_FOLDER / "coverage.txt"

# Our own faces, made by ``build_fonts``.
FACE_FILES = (
    "passlist-song-regular.ttf",
    "passlist-song-bold.ttf",
    "passlist-hei-regular.ttf",
    "passlist-hei-bold.ttf",
    "passlist-names-regular.ttf",
    "passlist-plate-bold.ttf",
)

# What our own faces lack falls through to these, in this order; Debian packages fonts-hanazono, fonts-babelstone-han,
# fonts-noto-cjk and fonts-dejavu-core (for Latin letters of central Europe).
SYSTEM_FAMILIES = ("HanaMinA", "HanaMinB", "BabelStone Han", "Noto Serif CJK HK", "Noto Sans CJK HK", "DejaVu Sans")

# Variation selectors and joiners choose a form of their neighbour and have no glyph of their own.
_WITHOUT_GLYPH = re.compile("[\t\n\r\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")


@cache
def _covered() -> bytes:
    """One bit for each code point; 136 KB, read once."""
    bits = bytearray(0x110000 // 8)
    for line in COVERAGE_FILE.read_text("ascii").splitlines():
        if line.startswith("#"):
            continue
        first, _, last = line.partition("-")
        for code_point in range(int(first, 16), int(last or first, 16) + 1):
            bits[code_point >> 3] |= 1 << (code_point & 7)
    return bytes(bits)


def has_glyph(character: str) -> bool:
    """True where ``character`` prints as itself, or needs no glyph (joiners, variation selectors)."""
    code_point = ord(character)
    return bool(_covered()[code_point >> 3] >> (code_point & 7) & 1) or bool(_WITHOUT_GLYPH.match(character))


def missing_characters(text: str) -> list[str]:
    """Characters of ``text`` that no font of ours can print, once each, in order of appearance.

    Private-use characters and lone surrogates count as missing: no two machines agree on what they look like. Composed
    forms are looked up (NFC), because the shaper composes them too.
    """
    if text.isascii() and text.isprintable():
        return []
    composed = unicodedata.normalize("NFC", text)
    return [character for character in dict.fromkeys(composed) if not has_glyph(character)]


def code_form(character: str) -> str:
    """How a character without a glyph is named on paper: ``〔U+2EBF0〕``."""
    return f"〔U+{ord(character):04X}〕"


def plain(text: str) -> Markup:
    """``text`` for an attribute or a title, where no box can be drawn: the code alone."""
    missing = set(missing_characters(text))
    if not missing:
        return Markup.escape(text)
    composed = unicodedata.normalize("NFC", text)
    return Markup.escape("".join(code_form(each) if each in missing else each for each in composed))


def _pieces(text: str, missing: set[str]) -> Iterator[Markup]:
    for character in unicodedata.normalize("NFC", text):
        if character in missing:
            yield Markup('<span class="no-glyph">{}</span>').format(code_form(character))
        else:
            yield Markup.escape(character)


def printable(text: str) -> Markup:
    """``text`` for a template; a character without a glyph becomes its code in a box, so that nothing vanishes."""
    missing = missing_characters(text)
    if not missing:
        return Markup.escape(text)
    return Markup("").join(_pieces(text, set(missing)))

"""Make the pre-subset TrueType faces of the documents: ``python -m webapp.documents.build_fonts``.

A face of 65,535 glyphs costs about 30 ms each time a PDF takes even one character from it, because the subsetter walks
the whole file. So the faces the documents use are cut beforehand to the characters that people really write, with
TrueType outlines (smaller in the PDF than CFF). What they lack falls through to the system fonts named in ``fonts.py``.

One face serves both scripts: it holds the Hong Kong forms (Macao writes with them) and, through the ``locl`` feature,
the mainland forms wherever the text is marked ``lang="zh-Hans"``.

Runs on a machine with Debian's ``fonts-noto-cjk`` installed; its products are kept under ``static/fonts``.
"""

import hashlib
import subprocess
import sys
import unicodedata
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable

from webapp.documents.fonts import COVERAGE_FILE, FONT_FOLDER, SYSTEM_FAMILIES

SOURCE_FOLDER = Path("/usr/share/fonts/opentype/noto")

# Curves may stray by this much from the source, in units of 1/1000 em: invisible in print at any size we use.
CURVE_ERROR = 1.0


@dataclass(frozen=True)
class Face:
    """One face to make: which collection and family it comes from, and which characters it keeps."""

    file_name: str
    family: str
    bold: bool
    source_file: str
    source_family: str
    characters: frozenset[int]


def _decoded(encoding: str, rows: range, cells: tuple[range, ...]) -> set[int]:
    """Code points of a two-byte character set: every (row, cell) that ``encoding`` can decode."""
    found = set()
    for row in rows:
        for cell_range in cells:
            for cell in cell_range:
                text = bytes((row, cell)).decode(encoding, errors="ignore")
                if len(text) == 1:
                    found.add(ord(text))
    return found


BIG5_CELLS = (range(0x40, 0x7F), range(0xA1, 0xFF))
GB_CELLS = (range(0xA1, 0xFF),)


def writing_characters() -> frozenset[int]:
    """Latin, punctuation, Big5 level 1 and GB 2312 level 1, and the letters of plates and Cantonese names."""
    latin = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180)) | set(range(0x1EA0, 0x1EFA)) | {0x300, 0x301, 0x303}
    punctuation = set(range(0x2010, 0x2028)) | {0x2030, 0x2032, 0x2033, 0x203B, 0x20AC, 0x2103, 0x2116, 0x2192}
    punctuation |= set(range(0x2460, 0x2474)) | set(range(0x3000, 0x3020)) | set(range(0xFF01, 0xFF5F))
    big5 = _decoded("big5", range(0xA4, 0xC7), BIG5_CELLS)
    gb2312 = _decoded("gb2312", range(0xB0, 0xD8), GB_CELLS)
    extra = {ord(character) for character in "澳粵粤邨滙啓裏着衞峯嘅佢冇咗氹鏡琴埗嚿滘涌"}
    return frozenset(latin | punctuation | big5 | gb2312 | extra)


def name_characters() -> frozenset[int]:
    """Big5 level 2 and GB 2312 level 2: seldom in sentences, often in names of people and companies (鑫, 堃, 玥)."""
    big5 = _decoded("big5", range(0xC9, 0xFA), BIG5_CELLS)
    gb2312 = _decoded("gb2312", range(0xD8, 0xF8), GB_CELLS)
    extra = {ord(character) for character in "堃喆玥昇焗淼垚犇骉贇翀甯嫚珺瑋瑀瑄璟煒"}
    return frozenset((big5 | gb2312 | extra) - writing_characters())


def plate_characters() -> frozenset[int]:
    """Latin letters, digits and the dot of a plate, from the Japanese family: the Chinese dot is full width."""
    return frozenset(set(range(0x20, 0x7F)) | {0xB7, 0x2022, 0x2013})


def faces() -> tuple[Face, ...]:
    """Every face the documents use."""
    writing, names, plates = writing_characters(), name_characters(), plate_characters()
    song, song_bold = "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"
    hei, hei_bold = "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"
    return (
        Face("passlist-song-regular.ttf", "Passlist Song", False, song, "Noto Serif CJK HK", writing),
        Face("passlist-song-bold.ttf", "Passlist Song", True, song_bold, "Noto Serif CJK HK", writing),
        Face("passlist-hei-regular.ttf", "Passlist Hei", False, hei, "Noto Sans CJK HK", writing),
        Face("passlist-hei-bold.ttf", "Passlist Hei", True, hei_bold, "Noto Sans CJK HK", writing),
        Face("passlist-names-regular.ttf", "Passlist Names", False, hei, "Noto Sans CJK HK", names),
        Face("passlist-plate-bold.ttf", "Passlist Plate", True, hei_bold, "Noto Sans CJK JP", plates),
    )


def _source(face: Face) -> TTFont:
    collection = TTCollection(SOURCE_FOLDER / face.source_file, lazy=True)
    for font in collection.fonts:
        if font["name"].getDebugName(1) == face.source_family:
            return font
    raise LookupError(f"{face.source_family} is not in {face.source_file}")


def _cut(font: TTFont, characters: frozenset[int]) -> None:
    options = Options()
    options.layout_features = ["ccmp", "kern", "locl", "mark"]
    options.layout_scripts = [
        f"{script}.{language}" for script in ("DFLT", "hani", "kana", "latn") for language in ("dflt", "ZHS ")
    ]
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)


def _to_truetype(font: TTFont) -> None:
    """Replace the cubic CFF outlines by quadratic ``glyf`` ones."""
    glyph_set, glyph_order, glyphs = font.getGlyphSet(), font.getGlyphOrder(), {}
    for name in glyph_order:
        pen = TTGlyphPen(glyph_set)
        glyph_set[name].draw(Cu2QuPen(pen, CURVE_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    for tag in ("CFF ", "VORG", "vhea", "vmtx"):
        if tag in font:
            del font[tag]
    font["loca"] = newTable("loca")
    font["glyf"] = table = newTable("glyf")
    table.glyphOrder, table.glyphs = glyph_order, glyphs
    for name in glyph_order:
        glyphs[name].recalcBounds(table)
        advance, _bearing = font["hmtx"][name]
        font["hmtx"][name] = (advance, getattr(glyphs[name], "xMin", 0))
    maximum = font["maxp"]
    maximum.tableVersion = 0x00010000
    maximum.maxZones, maximum.maxTwilightPoints, maximum.maxStorage = 1, 0, 0
    maximum.maxFunctionDefs = maximum.maxInstructionDefs = maximum.maxStackElements = 0
    maximum.maxSizeOfInstructions = maximum.maxComponentElements = 0
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"


def _rename(font: TTFont, face: Face) -> None:
    """Give the face a family of its own: the licence keeps no name for it, and it must not shadow the system's."""
    style = "Bold" if face.bold else "Regular"
    names = {1: face.family, 2: style, 3: f"{face.family} {style}", 4: f"{face.family} {style}"}
    names[6] = f"{face.family.replace(' ', '')}-{style}"
    for name_id, text in names.items():
        font["name"].removeNames(nameID=name_id)
        font["name"].setName(text, name_id, 3, 1, 0x409)


def build(face: Face) -> str:
    """Write one face under ``static/fonts``; return its file name, size in bytes and SHA-256 in one line."""
    font = _source(face)
    _cut(font, face.characters)
    _to_truetype(font)
    _rename(font, face)
    path = FONT_FOLDER / face.file_name
    font.recalcTimestamp = False
    font.save(path)
    content = path.read_bytes()
    return f"{hashlib.sha256(content).hexdigest()}  {face.file_name}  {len(content)}"


def _system_font(family: str) -> TTFont:
    """The installed font of one family, as fontconfig finds it."""
    pattern = "--format=%{family[0]}\n%{file}\n%{index}"
    answer = subprocess.run(  # noqa: S603
        ["fc-match", pattern, f"{family}:style=Regular"],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    )
    found, path, index = answer.stdout.split("\n")
    if found != family:
        raise LookupError(f"{family} is not installed")
    return TTFont(path, fontNumber=int(index) & 0xFFFF, lazy=True)


def _draws(font: TTFont, code_point: int, glyph: str) -> bool:
    """False for what a font maps without drawing it: private use, line separators, empty glyphs that are no spaces."""
    category = unicodedata.category(chr(code_point))
    if category in ("Co", "Cs", "Cc", "Zl", "Zp"):
        return False
    if "glyf" not in font or category.startswith("Z") or category == "Cf":
        return True
    return font["glyf"][glyph].numberOfContours != 0


def write_coverage() -> str:
    """Write the ranges of code points that some font of the stack draws; return a line that sums it up."""
    fonts = [TTFont(FONT_FOLDER / face.file_name, lazy=True) for face in faces()]
    fonts += [_system_font(family) for family in SYSTEM_FAMILIES]
    drawn = {code for font in fonts for code, glyph in font.getBestCmap().items() if _draws(font, code, glyph)}
    ranges: list[list[int]] = []
    for code_point in sorted(drawn):
        if ranges and ranges[-1][1] == code_point - 1:
            ranges[-1][1] = code_point
        else:
            ranges.append([code_point, code_point])
    lines = [f"# Code points drawn by our faces and {', '.join(SYSTEM_FAMILIES)}; made by build_fonts."]
    lines += [f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in ranges]
    COVERAGE_FILE.write_text("\n".join(lines) + "\n", "ascii")
    return f"{len(drawn)} characters in {len(ranges)} ranges"


def main() -> None:
    """Build every face and the coverage list, and print the lines of ``static/fonts/README.md``."""
    with ProcessPoolExecutor() as pool:
        for line in pool.map(build, faces()):
            sys.stdout.write(line + "\n")
    sys.stdout.write(write_coverage() + "\n")


if __name__ == "__main__":
    main()

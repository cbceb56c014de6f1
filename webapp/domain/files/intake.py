"""Judging a file that somebody uploads, by its content alone: PDF, JPEG or PNG, nothing that acts or hides.

Images are drawn anew, so that positions, thumbnails and anything behind the picture are gone. A PDF is kept as it
came (it is evidence), after it was opened and found without encryption, scripts and attachments.
"""

from __future__ import annotations

import io
import re
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from webapp.domain.files.pictures import whole
from webapp.errors import Invalid

LARGEST = 8 * 1024 * 1024
LARGEST_PIXELS = 60_000_000  # phones of today; a scanned A3 page at 600 dpi does not pass and needs none of it
LONGEST_SIDE = 4000  # what is kept: A4 at more than 300 dpi
MOST_PAGES = 200
MOST_OBJECTS = 100_000
#: What the compressed object tables of one PDF may unpack to, before anything reads them.
LARGEST_TABLES = 64 * 1024 * 1024

_JPEG, _PNG, _PDF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"
_ACTING = {"/JavaScript", "/Launch", "/ImportData", "/Rendition", "/RichMediaExecute", "/GoToE"}
_TABLE = re.compile(rb"/Type\s*/(?:ObjStm|XRef)\b")
_DATA = re.compile(rb"stream\r?\n")


@dataclass(frozen=True)
class Accepted:
    """A file as it may be kept."""

    content: bytes
    media_type: str
    name: str  # as its sender called it, without a path


def check(content: bytes, name: str, field: str) -> Accepted:
    """Raises Invalid beside `field`: file_empty, file_too_large, file_kind, file_broken, file_locked, file_acts,
    file_too_long, image_too_large."""
    if not content:
        raise Invalid("file_empty", field=field)
    if len(content) > LARGEST:
        raise Invalid("file_too_large", field=field, megabytes=LARGEST // (1024 * 1024))
    called = re.split(r"[/\\]", name)[-1][:120]
    if content.startswith((_JPEG, _PNG)):
        return Accepted(*_redrawn(content, field), called)
    if _PDF in content[:1024]:
        _inspect(content, field)
        return Accepted(content, "application/pdf", called)
    raise Invalid("file_kind", field=field)


def _redrawn(content: bytes, field: str) -> tuple[bytes, str]:
    kind = "JPEG" if content.startswith(_JPEG) else "PNG"
    try:
        with warnings.catch_warnings(), whole():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind]) as opened:
                if opened.width * opened.height > LARGEST_PIXELS:
                    raise Invalid("image_too_large", field=field)
                opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(opened)
                picture = upright.convert("RGB" if kind == "JPEG" or not _has_few_colours(upright) else "P")
    except Image.DecompressionBombError:
        raise Invalid("image_too_large", field=field) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, MemoryError):
        raise Invalid("file_broken", field=field) from None
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    picture.info.clear()
    output = io.BytesIO()
    picture.save(output, kind, **({"quality": 85} if kind == "JPEG" else {"optimize": False}))
    return output.getvalue(), f"image/{kind.lower()}"


def _has_few_colours(picture: Image.Image) -> bool:
    return picture.mode == "P" and "transparency" not in picture.info


def _inspect(content: bytes, field: str) -> None:
    if not _tables_bounded(content):
        raise Invalid("file_broken", field=field)
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if document.is_encrypted:
                raise Invalid("file_locked", field=field)
            if not 1 <= len(document.pages) <= MOST_PAGES or len(document.objects) > MOST_OBJECTS:
                raise Invalid("file_too_long", field=field, pages=MOST_PAGES)
            if any(_acts(one) for one in _parts(document)):
                raise Invalid("file_acts", field=field)
    except pikepdf.PasswordError:
        raise Invalid("file_locked", field=field) from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, RecursionError, NotImplementedError):
        raise Invalid("file_broken", field=field) from None


def _tables_bounded(content: bytes) -> bool:
    """Whether the compressed object tables stay small when unpacked: the reader would unpack them whole."""
    total = 0
    for found in _TABLE.finditer(content):
        data = _DATA.search(content, found.end(), found.end() + 4096)
        if data is None:
            continue
        try:
            total += len(zlib.decompressobj().decompress(content[data.end() :], LARGEST_TABLES - total + 1))
        except zlib.error:
            continue
        if total > LARGEST_TABLES:
            return False
    return True


def _parts(document: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of a document, those written inside others too; each stored object once."""
    waiting: list[Any] = [document.trailer, *document.objects]
    seen = 0
    while waiting:
        one = waiting.pop()
        seen += 1
        if seen > 10 * MOST_OBJECTS:
            raise ValueError("endless")
        if isinstance(one, pikepdf.Array):
            waiting += [inner for inner in one if _inside(inner)]
        elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            waiting += [inner for _key, inner in one.items() if _inside(inner)]


def _inside(value: Any) -> bool:
    return isinstance(value, pikepdf.Array | pikepdf.Dictionary) and not value.is_indirect


def _acts(one: Any) -> bool:
    return (
        str(one.get("/S", "")) in _ACTING
        or "/JS" in one
        or "/EF" in one
        or "/EmbeddedFiles" in one
        or "/XFA" in one
        or "/RichMediaContent" in one
        or str(one.get("/Type", "")) == "/EmbeddedFile"
        or str(one.get("/Subtype", "")) in ("/RichMedia", "/Movie", "/Sound", "/3D", "/Screen", "/FileAttachment")
    )

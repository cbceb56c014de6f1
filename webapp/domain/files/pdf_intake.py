"""Judging a PDF that somebody uploads: pages and objects bounded, no lock, nothing that acts. Loads pikepdf: imported
only where a PDF comes (files.intake)."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pikepdf
from pikepdf.settings import set_qpdf_limits

from webapp.errors import Invalid

MOST_PAGES = 200
MOST_OBJECTS = 100_000
#: What the compressed object tables of one PDF may unpack to, before anything reads them, and what one of them may.
LARGEST_TABLES = 64 * 1024 * 1024
LARGEST_TABLE = 16 * 1024 * 1024
PIECE = 16 * 1024

# The reader takes any stream for a table that the file says is one, whatever it is called: it unpacks itself no
# further, and none that is packed twice.
set_qpdf_limits(
    flate_max_memory=LARGEST_TABLE,
    run_length_max_memory=LARGEST_TABLE,
    png_max_memory=LARGEST_TABLE,
    tiff_max_memory=LARGEST_TABLE,
    max_stream_filters=1,
)

_ACTING = {
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/Rendition",
    "/RichMediaExecute",
    "/GoToE",
    "/GoToR",
    "/SubmitForm",
    "/Thread",
}
#: Where a dictionary says what happens by itself: when it is opened, when its page is.
_BY_ITSELF = ("/OpenAction", "/O", "/PO", "/PV")


def _spelled(name: bytes, ends: bytes = rb"(?=[\0\s/<>\[\]()%])") -> bytes:
    """A pattern for a name, each sign of which may be written as its number."""
    return b"/" + b"".join(b"(?:%c|#(?i:%02x))" % (sign, sign) for sign in name) + ends


_TABLE = re.compile(_spelled(b"ObjStm") + b"|" + _spelled(b"XRef"))
#: LZW, which the reader unpacks without end, and a filter that is named elsewhere, where it could be called so.
_ENDLESS = re.compile(
    b"|".join(
        (
            _spelled(b"LZW"),
            _spelled(b"LZWDecode"),
            _spelled(b"Filter") + rb"(?![\0\s\[]{0,20}(?:/|\]|null))",
        )
    )
)
_DATA = re.compile(rb"stream\r?\n")


def inspect(content: bytes, field: str) -> None:
    """Raises Invalid beside `field`: file_broken, file_locked, file_acts, file_too_long."""
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
            if any("limit" in str(one) for one in document.get_warnings()):
                raise Invalid("file_broken", field=field)
    except pikepdf.PasswordError:
        raise Invalid("file_locked", field=field) from None
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, RecursionError, NotImplementedError):
        raise Invalid("file_broken", field=field) from None


def _tables_bounded(content: bytes) -> bool:
    """Whether the compressed object tables stay small when unpacked: the reader would unpack them whole."""
    if _TABLE.search(content) and _ENDLESS.search(content):
        return False
    total, begun = 0, set()
    for count, found in enumerate(_TABLE.finditer(content)):
        if count >= MOST_OBJECTS:
            return False
        data = _DATA.search(content, found.end(), found.end() + 4096)
        if data is None or data.end() in begun:
            continue
        begun.add(data.end())
        total += _unpacked(content, data.end(), LARGEST_TABLES - total)
        if total > LARGEST_TABLES:
            return False
    return True


def _unpacked(content: bytes, begin: int, most: int) -> int:
    """How far a stream unpacks, looked at no further than one beyond `most`. Piece by piece: the rest of the file is
    not copied for each."""
    packed, size = zlib.decompressobj(), 0
    with suppress(zlib.error):
        for place in range(begin, len(content), PIECE):
            size += len(packed.decompress(content[place : place + PIECE], most - size + 1))
            if packed.eof or size > most:
                break
    return size


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
        or (isinstance(one, pikepdf.Stream) and ("/F" in one or "/Ref" in one))  # what is drawn lies elsewhere
        or any(isinstance(act := one.get(name), pikepdf.Dictionary) and "/URI" in act for name in _BY_ITSELF)
        or "/JS" in one
        or "/EF" in one
        or "/EmbeddedFiles" in one
        or "/XFA" in one
        or "/RichMediaContent" in one
        or str(one.get("/Type", "")) == "/EmbeddedFile"
        or str(one.get("/Subtype", "")) in ("/RichMedia", "/Movie", "/Sound", "/3D", "/Screen", "/FileAttachment")
    )

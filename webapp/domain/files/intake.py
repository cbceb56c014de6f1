"""Judging a file that somebody uploads, by its content alone: PDF, JPEG or PNG, nothing that acts or hides.

Images are drawn anew, so that positions, thumbnails and anything behind the picture are gone. A PDF is kept as it
came (it is evidence, and a signature within it would not outlive being written anew), after it was opened and found
without encryption, scripts and attachments, with nothing before and behind it, and no other kind of file at the same
time.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.domain.files.pictures import whole
from webapp.errors import Invalid

if TYPE_CHECKING:
    from PIL import Image

LARGEST = 8 * 1024 * 1024
LARGEST_PIXELS = 60_000_000  # phones of today; a scanned A3 page at 600 dpi does not pass and needs none of it
LONGEST_SIDE = 4000  # what is kept: A4 at more than 300 dpi

_JPEG, _PNG, _PDF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"
_BOM = b"\xef\xbb\xbf"
_BLANK = b"\0\t\n\f\r \x1a"
#: An end of a PDF, and what may follow it: the next section, or the end of the data it stands in.
_END = re.compile(rb"%%EOF[\0\s]*")
_GOES_ON = re.compile(rb"%%EOF|\d{1,10}\s{1,9}\d{1,5}\s{1,9}obj\b|(?:start)?xref\b|trailer\b|endstream\b")
#: Archives are found by these wherever they stand in a file. Six bytes and more: elsewhere they are no chance.
_ARCHIVES = re.compile(rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|MSCF\0\0\0\0|\xfd7zXZ\0")


@dataclass(frozen=True)
class Accepted:
    """A file as it may be kept."""

    content: bytes
    media_type: str
    name: str  # as its sender called it, without a path


def check(content: bytes, name: str, field: str) -> Accepted:
    """Raises Invalid beside `field`: file_empty, file_too_large, file_kind, file_more, file_broken, file_locked,
    file_acts, file_too_long, image_too_large."""
    if not content:
        raise Invalid("file_empty", field=field)
    if len(content) > LARGEST:
        raise Invalid("file_too_large", field=field, megabytes=LARGEST // (1024 * 1024))
    called = re.split(r"[/\\]", name)[-1][:120]
    if content.startswith((_JPEG, _PNG)):
        return Accepted(*_redrawn(content, field), called)
    if _PDF in content[:1024]:  # so far readers of PDFs look for the beginning
        if not _is_pdf_alone(content):
            raise Invalid("file_more", field=field)
        if not _END.search(content):
            raise Invalid("file_broken", field=field)
        from webapp.domain.files import pdf_intake  # loads a library that few requests need

        pdf_intake.inspect(content, field)
        return Accepted(content, "application/pdf", called)
    raise Invalid("file_kind", field=field)


def _is_pdf_alone(content: bytes) -> bool:
    """Whether a PDF begins where the file does and ends where it ends, and no archive is within.

    Readers of PDFs pass over what stands before, between and behind: a page with a script, or an archive, would be
    kept with it, and other programs see theirs.
    """
    if not content.removeprefix(_BOM).lstrip().startswith(_PDF) or zipfile.is_zipfile(io.BytesIO(content)):
        return False
    last = len(content.rstrip(_BLANK))
    ends = [found.end() for found in _END.finditer(content)]
    if ends and ends[-1] < last:
        return False
    return all(end >= last or _GOES_ON.match(content, end) for end in ends) and not _ARCHIVES.search(content)


def _redrawn(content: bytes, field: str) -> tuple[bytes, str]:
    from PIL import Image, ImageOps, UnidentifiedImageError  # late: a web process starts without Pillow

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

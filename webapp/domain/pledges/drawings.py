"""Drawn signatures: a PNG from outside, read hard and drawn anew, so that nothing but the picture is kept, and the
strokes it was drawn with."""

from __future__ import annotations

import base64
import binascii
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.domain.files.pictures import whole
from webapp.domain.pledges import strokes as stroking
from webapp.domain.pledges.strokes import Strokes
from webapp.errors import Invalid

if TYPE_CHECKING:
    from PIL import Image

PREFIX = "data:image/png;base64,"
#: Characters of the data address: a pad of 390 CSS pixels at three device pixels each makes about 60,000.
LONGEST = 1_500_000
LARGEST = 4_000_000  # pixels
WIDTH, HEIGHT = 900, 300
#: Dark pixels below which nobody has signed: a dot is not a signature.
LEAST_INK = 60


@dataclass(frozen=True)
class Drawing:
    """`picture`: PNG of at most 900 x 300, black on white. `strokes`: None where the browser sent the picture alone."""

    picture: bytes
    strokes: Strokes | None = None


def read(data_address: str, strokes: str = "") -> Drawing:
    """A signature as the pad sent it. Raises Invalid("bad_drawing" | "empty_drawing")."""
    return Drawing(_drawn_anew(_decoded(data_address)), stroking.read(strokes))


def _drawn_anew(picture: Image.Image) -> bytes:
    from PIL import Image  # late: a web process starts without Pillow

    # Whatever is transparent is paper.
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    grey = paper.convert("L")
    if sum(grey.histogram()[:160]) < LEAST_INK:
        raise Invalid("empty_drawing", field="signature")
    grey.thumbnail((WIDTH, HEIGHT))
    kept = io.BytesIO()
    grey.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _decoded(data_address: str) -> Image.Image:
    from PIL import Image  # late: a web process starts without Pillow

    if not data_address.startswith(PREFIX) or len(data_address) > LONGEST:
        raise Invalid("bad_drawing", field="signature")
    try:
        content = base64.b64decode(data_address.removeprefix(PREFIX), validate=True)
        with warnings.catch_warnings(), whole():
            warnings.simplefilter("error")
            picture = Image.open(io.BytesIO(content), formats=["PNG"])
            if picture.width * picture.height > LARGEST or min(picture.size) < 20:
                raise Invalid("bad_drawing", field="signature")
            return picture.convert("RGBA")
    except (binascii.Error, ValueError, OSError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise Invalid("bad_drawing", field="signature") from error

"""Reading pictures that people send."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def whole() -> Iterator[None]:
    """Refuse pictures that end early. Loading WeasyPrint makes Pillow fill them up with grey, in the whole process."""
    from PIL import ImageFile  # late: a web process starts without Pillow

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before

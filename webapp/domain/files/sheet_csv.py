"""The rows of a CSV file in whatever encoding a spreadsheet program of the region saved it."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from webapp.domain.files.sheet_cells import Unreadable
from webapp.domain.files.sheet_writing import ACTING
from webapp.errors import Invalid

#: Bytes of the one read as the other without an error and give rubbish: only known column names tell them apart.
LEGACY = ("gb18030", "big5hkscs")
SEPARATORS = (",", "\t", ";")
HEAD_ROWS = 10

_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
#: How people keep leading zeros in a CSV file: ="00123".
_QUOTED = re.compile(r'="([^"]*)"')

Score = Callable[[Sequence[Any]], int]


def rows(content: bytes, score: Score) -> Iterator[list[Any]]:
    """Each row as a list of cells; `score` counts the column names a row holds.

    Raises Invalid beside `file`: sheet_kind for what is no text, sheet_encoding, sheet_broken.
    """
    text, separator = _text(content, score)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield [_cell(value) for value in row]
    except csv.Error:
        raise Invalid("sheet_broken", field="file") from None


def _text(content: bytes, score: Score) -> tuple[str, str]:
    """The decoded text and the separator that makes most sense of its first rows."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    elif _decodes(content, "utf-8-sig"):
        candidates = ("utf-8-sig",)
    else:
        candidates = LEGACY
    texts = [content.decode(encoding, "replace") for encoding in candidates]
    if all(_BINARY.search(text) for text in texts):
        raise Invalid("sheet_kind", field="file")
    best, text, separator = max(
        ((_head_score(text, separator, score), text, separator) for text in texts for separator in SEPARATORS),
        key=lambda found: found[0],
    )
    if not best and candidates == LEGACY:
        raise Invalid("sheet_encoding", field="file")
    return text, separator


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _head_score(text: str, separator: str, score: Score) -> int:
    first = io.StringIO(text[:20_000], newline="")
    try:
        return max(map(score, itertools.islice(csv.reader(first, delimiter=separator), HEAD_ROWS)), default=0)
    except csv.Error:
        return 0


def _cell(value: str) -> Any:
    quoted = _QUOTED.fullmatch(value)
    if quoted:
        return quoted[1]
    if value.startswith("="):
        return Unreadable("row_formula")
    # What our own files protect against being run is given back as it was.
    return value[1:] if value.startswith("'") and value[1:2] in ACTING else value

"""Unit pledges with annexes of any length, and exported lists: slices laid out one by one, joined into one PDF.

Laid out at once, 10,000 rows take a gigabyte. Here the pages are planned before the first is drawn, from upper bounds
of what each row can need: so every slice knows its page numbers and the total, slices do not wait for each other, and
none ends on a half-empty page. Reasons and figures: docs/decisions/0005-annex.md. Only the worker imports this.
"""

import gc
import io
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO

import pikepdf

from webapp.documents.fonts import code_form, has_glyph
from webapp.documents.list_pages import TooLargeError, sheet
from webapp.documents.models import AnnexRow, ExportedList, ListRow, UnitPledge
from webapp.documents.pdf import render_list, render_page
from webapp.documents.render import environment, page
from webapp.processes import die_with_parent

# More rows in a slice save a little time and cost memory in proportion.
ROWS_PER_SLICE = 500

# Millimetres, from paper.css: the room between running head and foot, and what stands in it beside the rows. The tests
# compare these bounds with the pages really drawn.
PAGE_HEIGHT = 233.0
TABLE_HEAD_HEIGHT = 9.0
TITLE_HEIGHT = 26.0
ROW_HEIGHT = 9.2
LINE_HEIGHT = 4.75
PLATE_HEIGHT = 5.95
PLATE_LINE_HEIGHT = 4.6
RULE = 0.35
EM = 3.352
# Plates are spaced by a twentieth.
PLATE_WIDTH_EM = 22.2 / EM / 1.05

# A slice that needs more pages than planned, which no name we know of does, is drawn again in smaller type.
SMALL_TYPE = ".hq-annex { font-size: 7.5pt; line-height: 1.15 }"

# Scripts people write names in, none of whose characters is wider than a square: to Hangul and the ideographs.
SQUARE_SCRIPTS = (
    (0x80, 0x590),
    (0x1E00, 0x2000),
    (0x2E80, 0xD7B0),
    (0xF900, 0xFB00),
    (0xFF00, 0xFFF0),
    (0x20000, 0x40000),
)


Row = AnnexRow | ListRow
Long = UnitPledge | ExportedList


@dataclass(frozen=True)
class Columns:
    """How one kind of list is drawn: the template of a slice, and the columns whose text may wrap, in em."""

    template: str
    name: float
    document: float


PLEDGED = Columns("documents/annex_part.html", 38.0 / EM, 32.0 / EM)
EXPORTED = Columns("documents/exported_part.html", 40.0 / EM, 38.0 / EM)
_COLUMNS: dict[type[Long], Columns] = {UnitPledge: PLEDGED, ExportedList: EXPORTED}


@dataclass(frozen=True)
class Slice:
    """Some whole pages of the annex. ``first`` is the number of its first row, ``heads`` where its pages begin."""

    rows: tuple[Row, ...]
    first: int
    heads: frozenset[int]

    @property
    def pages(self) -> int:
        """How many pages the slice fills."""
        return len(self.heads)


@dataclass(frozen=True)
class _Task:
    """What a process needs to draw one slice."""

    document: Long
    part: Slice
    locale: str
    first_page: int
    total_pages: int


def _width(character: str) -> float:
    """Upper bound of a character's advance in em: Latin is narrower than a square, a few signs are much wider."""
    if not has_glyph(character):
        return 0.6 * len(code_form(character)) + 1
    if not character.isascii():
        code_point = ord(character)
        return 1.0 if any(first <= code_point < end for first, end in SQUARE_SCRIPTS) else 4.0
    if character in "MWmw@%":
        return 1.0
    return 0.75 if character.isupper() else 0.62


def _lines(text: str, width: float) -> int:
    """Upper bound of the lines ``text`` takes in a column of ``width`` em, words kept whole where they fit."""
    lines, used = 1, 0.0
    for word in text.split(" "):
        widths = [_width(character) for character in word]
        needed = sum(widths) + (0.3 if used else 0)
        if used + needed > width and used:
            lines, used = lines + 1, 0.0
        for advance in widths:
            if used + advance > width:
                lines, used = lines + 1, 0.0
            used += advance
        used += 0.3
    return lines


def row_height(row: Row, columns: Columns = PLEDGED) -> float:
    """Upper bound in millimetres of the height of one row on paper."""
    texts = max(_lines(row.name, columns.name), _lines(f"居民身份證 {row.number}", columns.document)) * LINE_HEIGHT
    # The dot of a plate is narrow in its face.
    lines = [_lines(plate.replace("·", "."), PLATE_WIDTH_EM) for plate in row.plates]
    plates = sum(PLATE_HEIGHT + (count - 1) * PLATE_LINE_HEIGHT for count in lines)
    return max(ROW_HEIGHT, texts + RULE, plates + RULE)


def plan(rows: Iterable[Row], columns: Columns = PLEDGED) -> Iterator[Slice]:
    """Cut ``rows`` into slices of whole pages, at most about ``ROWS_PER_SLICE`` rows each."""
    left = PAGE_HEIGHT - TABLE_HEAD_HEIGHT - TITLE_HEIGHT
    held: list[Row] = []
    heads, first = {0}, 1
    for row in rows:
        height = row_height(row, columns)
        if height > left and held:
            left = PAGE_HEIGHT - TABLE_HEAD_HEIGHT
            if len(held) >= ROWS_PER_SLICE:
                yield Slice(tuple(held), first, frozenset(heads))
                first, held, heads = first + len(held), [], set()
            heads.add(len(held))
        held.append(row)
        left -= height
    if held:
        yield Slice(tuple(held), first, frozenset(heads))


def _draw(task: _Task) -> bytes:
    """PDF of one slice. RuntimeError where a row needed more room than its bound, which would falsify page numbers."""
    style = f"@page :first {{ counter-reset: page {task.first_page} }}"
    text, continued = _part_page(task), task.part.first > 1
    # Layout makes some hundred thousand objects and frees none: without the collector it takes two thirds of the time.
    gc.disable()
    try:
        drawn = sheet(text, titled=not continued)
        if drawn is not None:
            with suppress(TooLargeError):
                return render_list(drawn, sorted(task.part.heads), extra_css=style, continued=continued)[0]
        content, pages = render_page(text, extra_css=style, continued=continued)
        if pages != task.part.pages:
            content, pages = render_page(text, extra_css=style + SMALL_TYPE, continued=continued)
    finally:
        gc.enable()
        gc.collect()
    if pages != task.part.pages:
        raise RuntimeError(f"{pages} pages where {task.part.pages} were planned, rows from {task.part.first}")
    return content


def _part_page(task: _Task) -> str:
    document, part = task.document, task.part
    template = environment(task.locale, paper=True).get_template(_COLUMNS[type(document)].template)
    return template.render(
        document=document, rows=part.rows, first=part.first, heads=part.heads - {0}, total_pages=task.total_pages
    )


def _bare(document: Long) -> Long:
    """The document without its rows, which are drawn in slices."""
    if isinstance(document, UnitPledge):
        return replace(document, rows=())
    return replace(document, rows=())


def _front(document: Long, locale: str, annex_pages: int) -> tuple[bytes, int]:
    """The document's own pages, told the total; drawn again only where it takes more than the usual one page."""
    content, pages = render_page(page(document, locale=locale, total_pages=annex_pages + 1))
    if pages > 1:
        content, pages = render_page(page(document, locale=locale, total_pages=annex_pages + pages))
    return content, pages


def _drawn(tasks: list[_Task], workers: int) -> Iterator[bytes]:
    """The slices in order, drawn by processes that end with the annex and take their memory with them.

    They run only a few slices ahead of what is joined. A single slice is not worth a process.
    """
    if len(tasks) == 1:
        yield _draw(tasks[0])
        return
    waiting = iter(tasks)
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=die_with_parent, initargs=(os.getpid(),)
    ) as pool:
        running = [pool.submit(_draw, task) for task in islice(waiting, workers + 1)]
        while running:
            content = running.pop(0).result()
            running += [pool.submit(_draw, task) for task in islice(waiting, 1)]
            yield content


def write_annex(
    document: Long,
    rows: Iterable[Row],
    target: Path | BinaryIO,
    progress: Callable[[int, int], None],
    *,
    locale: str,
    workers: int = 1,
) -> int:
    """Write the document and its list of ``rows`` as one PDF to ``target``; return the number of pages.

    ``progress(done, total)`` is called after every slice with rows drawn and all rows. Memory does not grow
    with the rows beyond the rows themselves, the drawn slices and their structure elements. ``workers`` processes draw
    side by side (only a single slice is drawn here). ``document.rows`` is ignored. RuntimeError where a page could not
    be drawn.
    """
    document = _bare(document)
    parts = list(plan(rows, _COLUMNS[type(document)]))
    content, front_pages = _front(document, locale, sum(part.pages for part in parts))
    total = front_pages + sum(part.pages for part in parts)
    tasks, first_page = [], front_pages + 1
    for part in parts:
        tasks.append(_Task(document, part, locale, first_page, total))
        first_page += part.pages
    done, every = 0, sum(len(part.rows) for part in parts)
    progress(done, every)
    with _Joined(content) as joined:
        for part, content in zip(parts, _drawn(tasks, workers), strict=True):
            joined.add(content)
            done += len(part.rows)
            progress(done, every)
        joined.save(target)
    return total


class _Joined:
    """The PDF that grows by slices: pages, the map from content to structure, and one table under one heading."""

    def __init__(self, front: bytes) -> None:
        self.whole = pikepdf.open(io.BytesIO(front))
        root = self.whole.Root.StructTreeRoot
        self.document = root.K[0]
        self.numbers = root.ParentTree.Nums
        self.body: pikepdf.Object | None = None

    def __enter__(self) -> "_Joined":
        return self

    def __exit__(self, *_error: object) -> None:
        self.whole.close()

    def add(self, content: bytes) -> None:
        """Append the pages of one slice and hang its rows under the table of the first."""
        with pikepdf.open(io.BytesIO(content)) as part:
            before = len(self.whole.pages)
            self.whole.pages.extend(part.pages)
            root = self.whole.copy_foreign(part.Root.StructTreeRoot)
        numbers = root.ParentTree.Nums
        for position in range(0, len(numbers), 2):
            key = before + int(numbers[position])
            self.numbers.append(key)
            self.numbers.append(numbers[position + 1])
            self.whole.pages[key].StructParents = key
        self._hang(list(root.K[0].K))

    def _hang(self, elements: list[pikepdf.Object]) -> None:
        body = elements[-1].K[-1]
        if self.body is None:
            self.body = body
            for element in elements:
                element.P = self.document
                self.document.K.append(element)
            return
        for row in body.K:
            row.P = self.body
            self.body.K.append(row)

    def save(self, target: Path | BinaryIO) -> None:
        """Write the whole, structure compressed, with an identifier that follows from the content."""
        self.whole.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)

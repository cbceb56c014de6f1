"""Pages of a long list, much faster than laid out: WeasyPrint lays out head, foot and one row, and shapes every text;
the rows are put below each other here.

Laid out as a table, a row costs its cascade, boxes, borders and tags: many times its texts. Here a slice is laid out
with a sample row, whose boxes say where everything stands and how it looks: the style sheet stays the only one that
decides. What stands in the cells is read from the same template. Slices with anything else than text and plates in a
cell, or with more on a page than fits, are left to the engine; a test compares what both draw. Only the worker imports
this.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from weasyprint.document import Document as LaidOut
from weasyprint.document import Page
from weasyprint.draw.border import draw_border, draw_line
from weasyprint.formatting_structure import boxes
from weasyprint.pdf.stream import Stream

from webapp.documents.lettering import Lettering, Line, captured
from webapp.documents.structure import TaggedRow

_BODY = re.compile(r"(?<=<tbody>\n).*(?=</tbody>)", re.DOTALL)
_ROW = re.compile(r"<tr[^>]*>(.*?)</tr>\n", re.DOTALL)
_CELL = re.compile(r"<(t[dh])[^>]*>(.*?)</\1>", re.DOTALL)
_PLATE = re.compile(r'<div class="hq-plate"[^>]*>([^<]*)</div>')

# White space that HTML would change, and what steers direction or breaks a line by itself.
_UNUSUAL = re.compile("[\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]|^ | $|  ")

#: A text, or plates.
Cell = str | tuple[str, ...]
#: A line, how it is set, and where its text begins.
Placed = tuple[Lettering, Line, float, float]


class TooLargeError(Exception):
    """The rows of a page need more room than it has."""


@dataclass(frozen=True)
class Sheet:
    """A slice: its page of HTML with a sample row in place of all (two where the first page has a title above), and
    what stands in the cells."""

    text: str
    rows: tuple[tuple[Cell, ...], ...]
    titled: bool


def sheet(text: str, *, titled: bool) -> Sheet | None:
    """The slice that ``text`` is the page of, or None where something in a cell has to be laid out as HTML."""
    body = _BODY.search(text)
    lines = _ROW.findall(body[0]) if body else []
    if body is None or not lines:
        return None
    try:
        rows = tuple(tuple(_cell(content) for _tag, content in _CELL.findall(line)) for line in lines)
    except ValueError:
        return None
    sample = next((line for line in lines if "hq-plate" in line), lines[0])
    again = f'<tr class="hq-page">{sample}</tr>\n' if titled else ""
    return Sheet(f"{text[: body.start()]}<tr>{sample}</tr>\n{again}{text[body.end() :]}", rows, titled)


def _cell(content: str) -> Cell:
    """What stands in a cell. ValueError where that is more than text or plates: such as the box around the code of a
    character that no face has."""
    plates = _PLATE.findall(content)
    texts = tuple(html.unescape(text) for text in plates or [content])
    if "<" in (_PLATE.sub("", content) if plates else content) or any(map(_UNUSUAL.search, texts)):
        raise ValueError("not only text")
    return texts if plates else texts[0]


def _descendants(box: Any) -> Iterator[Any]:
    """``box`` and every box inside it."""
    yield box
    for child in getattr(box, "children", ()):
        yield from _descendants(child)


def _below(box: Any, tag: str) -> Iterator[Any]:
    """Every box of one HTML element or pseudo-element inside ``box``."""
    return (found for found in _descendants(box) if getattr(found, "element_tag", None) == tag)


class _Column:
    """Where the texts of one column stand and how they look, as the sample row has it."""

    def __init__(self, cell: Any, scratch: Stream) -> None:
        self.header = cell.element_tag == "th"
        self.left, self.width = cell.content_box_x(), cell.width
        self.lettering = Lettering(cell.style, cell.width, scratch)
        plate = next((child for child in cell.children if child.element_tag == "div"), None)
        self.plates = None if plate is None else _Plates(plate, scratch)

    def height(self, cell: Cell) -> float:
        """Of what stands in the cell."""
        if isinstance(cell, str):
            return self.lettering.set(cell).height
        assert self.plates is not None
        return self.plates.height(cell)

    def placed(self, cell: Cell, top: float, frames: list[bytes]) -> Iterator[Placed]:
        """The lines of a cell that begins at ``top``, with the place their text is set from; frames around them are
        added to ``frames``."""
        if not isinstance(cell, str):
            assert self.plates is not None
            yield from self.plates.placed(cell, top, frames)
            return
        for line in self.lettering.set(cell).lines:
            yield self.lettering, line, self.left, top


class _Plates:
    """Framed plates below each other."""

    def __init__(self, box: Any, scratch: Stream) -> None:
        self.left, self.inner, self.width = box.border_box_x(), box.content_box_x(), box.width
        self.gap = box.margin_top
        self.edge, self.edges = box.border_top_width, box.border_top_width + box.border_bottom_width
        self.lettering = Lettering(box.style, box.width, scratch)
        self._box, self._scratch = box, scratch
        self._frames: dict[float, bytes] = {}

    def height(self, plates: tuple[str, ...]) -> float:
        """Of all, with the gaps above, between and below."""
        return self.gap + sum(self.lettering.set(plate).height + self.edges + self.gap for plate in plates)

    def placed(self, plates: tuple[str, ...], top: float, frames: list[bytes]) -> Iterator[Placed]:
        """The same for plates: each in the middle of its frame."""
        top += self.gap
        for plate in plates:
            text = self.lettering.set(plate)
            frames.append(b"q 1 0 0 1 %.6f %.6f cm %b Q" % (self.left, top, self.frame(text.height)))
            for line in text.lines:
                yield self.lettering, line, self.inner + (self.width - line.width) / 2, top + self.edge
            top += text.height + self.edges + self.gap

    def frame(self, height: float) -> bytes:
        """A frame around ``height``, its outer corner at the origin."""
        if height not in self._frames:
            box = self._box.copy()
            box.height, box.position_x, box.position_y = height, -box.margin_left, -box.margin_top
            self._frames[height] = captured(self._scratch, partial(draw_border, self._scratch, box))
        return self._frames[height]


class _Table:
    """Everything the sample rows say, taken from their boxes; afterwards the sample rows are gone from their pages."""

    def __init__(self, pages: list[Page], scratch: Stream) -> None:
        self.tops: list[float] = []
        self.numbers: list[_PageNumber] = []
        self.first_edge = 0.0
        for page in pages:
            (wrapper,) = (box for box in _below(page._page_box, "table") if isinstance(box, boxes.TableBox))
            head, body = wrapper.children
            (row,) = body.children
            self.tops.append(row.position_y)
            body.children = []
            self.numbers.append(_PageNumber(page, scratch))
            # Only right below the head that its own row has; repeated heads are thinner where they touch.
            self.first_edge = self.first_edge or row.children[0].border_top_width
        self.columns = [_Column(cell, scratch) for cell in row.children]
        self.edge = row.children[0].border_bottom_width
        self.left = wrapper.column_positions[0]
        self.right = wrapper.column_positions[-1] + wrapper.column_widths[-1]
        self.least_height = max(cell.computed_height for cell in row.children)
        self.bottom = pages[0]._page_box.content_box_y() + pages[0]._page_box.height
        _score, self._rule = wrapper.collapsed_border_grid[1][len(head.children) + 1][0]
        self._scratch = scratch

    def rule_at(self, y: float) -> bytes:
        """The rule below a row."""
        style, width, color = self._rule
        return captured(
            self._scratch, lambda: draw_line(self._scratch, self.left, y, self.right, y, width, style, color)
        )


class _PageNumber:
    """The line of the foot that says the page; taken out of the page, to be written on each with its own number."""

    def __init__(self, page: Page, scratch: Stream) -> None:
        (paragraph,) = (box for box in _below(page._page_box, "p") if isinstance(box, boxes.BlockBox) and _counts(box))
        (line,) = paragraph.children
        self.right = paragraph.content_box_x() + paragraph.width
        self.baseline = line.position_y + line.baseline
        texts = [box for box in _descendants(line) if isinstance(box, boxes.TextBox)]
        (number,) = _counts(paragraph)
        self.number = int(number.text)
        at = texts.index(number)
        self.before, self.after = ("".join(box.text for box in part) for part in (texts[:at], texts[at + 1 :]))
        self.lettering = Lettering(paragraph.style, float("inf"), scratch)
        for parent in _descendants(page._page_box):
            if any(child is paragraph for child in getattr(parent, "children", ())):
                parent.children = [child for child in parent.children if child is not paragraph]

    def draw(self, number: int) -> bytes:
        """The line with ``number``, where it ends at the right."""
        lines = [line for text in (self.before, str(number), self.after) for line in self.lettering.set(text).lines]
        left, drawn = self.right - sum(line.width for line in lines), [self.lettering.colour]
        for line in lines:
            drawn.append(_put(line.content, left, self.baseline))
            left += line.width
        return b"\n".join(drawn)


def _counts(box: Any) -> list[Any]:
    """The texts in ``box`` that a counter made."""
    return [found for found in _below(box, "span::before") if isinstance(found, boxes.TextBox)]


def _put(content: bytes, x: float, y: float) -> bytes:
    return b"BT 1 0 0 -1 %.6f %.6f Tm %b ET" % (x, y, content)


class Slice:
    """The pages of one slice, for WeasyPrint to write in place of those it laid out. ``heads`` are the rows that begin
    them. ``tagged``, one list a page, is complete once ``document`` is written."""

    def __init__(self, made: LaidOut, drawn: Sheet, heads: list[int]) -> None:
        self._samples, self._rows = made.pages, drawn.rows
        self._table: _Table | None = None
        self._form = b""
        self.tagged: list[list[TaggedRow]] = []
        pages = [_ListPage(self, made.pages[0], *span) for span in pairwise([*heads, len(drawn.rows)])]
        self.document = made.copy(pages)

    def paint(self, page: "_ListPage", stream: Stream, scale: float) -> None:
        """Draw one page: the first with the tags of its title and head, the others the same around their rows."""
        if self._table is None:
            self._table = _Table(self._samples, stream.clone(tags=None))
        number = len(self.tagged)
        if number == 0:
            self._samples[0].paint(stream, scale)
        else:
            stream.stream += [b"/Artifact BMC", self._decoration(stream, scale), b"EMC"]
        matrix = b"q %.6f 0 0 %.6f 0 0 cm" % (scale, scale)
        stream.stream += [matrix, *self._foot(number), *self._drawn(page, number, len(stream._tags)), b"Q"]

    def _decoration(self, stream: Stream, scale: float) -> bytes:
        """Everything around the rows of a page that is not the first: written once, for all of them."""
        if not self._form:
            sample = self._samples[-1]
            form = stream.add_group(0, 0, sample.width * scale, sample.height * scale)
            del form.extra["Group"]
            form._tags = None
            sample.paint(form, scale)
            self._form = b"/%b Do" % form.id.encode("ascii")
        return self._form

    def _foot(self, number: int) -> list[bytes]:
        assert self._table is not None
        first = self._table.numbers[0]
        place = self._table.numbers[min(number, len(self._samples) - 1)]
        return [b"/Artifact BMC", place.draw(first.number + number), b"EMC"]

    def _drawn(self, page: "_ListPage", number: int, marks: int) -> Iterator[bytes]:
        """The rows of a page: first rules and frames, which nobody hears, then texts, each marked."""
        assert self._table is not None
        table = self._table
        top, edge = table.tops[min(number, len(table.tops) - 1)], table.edge if number else table.first_edge
        frames: list[bytes] = []
        texts, tagged, colour = [], [], b""
        for cells in self._rows[page.first : page.end]:
            heights = [column.height(cell) for column, cell in zip(table.columns, cells, strict=True)]
            inner = max(max(heights), table.least_height)
            row = []
            for column, cell, height in zip(table.columns, cells, heights, strict=True):
                marked = []
                for lettering, line, x, y in column.placed(cell, top + edge + (inner - height) / 2, frames):
                    if lettering.colour != colour:
                        colour = lettering.colour
                        texts.append(colour)
                    texts.append(b"/Span <</MCID %d>> BDC %b EMC" % (marks, _put(line.content, x, y + line.baseline)))
                    marked.append(marks)
                    marks += 1
                row.append((column.header, marked))
            tagged.append(row)
            top, edge = top + edge + inner + table.edge, table.edge
            frames.append(table.rule_at(top))
        if top > table.bottom + 0.01:
            raise TooLargeError(f"rows from {page.first} end at {top:.1f}, below {table.bottom:.1f}")
        self.tagged.append(tagged)
        yield from (b"/Artifact BMC", *frames, b"EMC", *texts)


class _ListPage:
    """What WeasyPrint asks of a page, drawn by its slice. Tags, links and anchors are those of the first sample."""

    def __init__(self, drawn: Slice, sample: Page, first: int, end: int) -> None:
        self._slice, self.first, self.end = drawn, first, end
        self.width, self.height, self.bleed = sample.width, sample.height, sample.bleed
        titled = first == 0
        self.bookmarks: list[Any] = sample.bookmarks if titled else []
        self.anchors: dict[str, Any] = sample.anchors if titled else {}
        self.links: list[Any] = []
        self.forms: dict[Any, Any] = {None: []}
        self._page_box = sample._page_box if titled else sample._page_box.copy_with_children([])

    def paint(self, stream: Stream, scale: float = 1) -> None:
        """Draw head, foot and rows."""
        self._slice.paint(self, stream, scale)

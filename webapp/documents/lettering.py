"""Texts of one style, shaped and broken by the engine, as operators that can be put anywhere on a page.

Pango chooses the faces and WeasyPrint's own code writes the glyphs, so that a text looks as it does in a page laid out
whole. Only the worker imports this: it loads WeasyPrint.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from weasyprint.draw.text import draw_first_line
from weasyprint.matrix import Matrix
from weasyprint.pdf.stream import Stream
from weasyprint.text.ffi import FROM_UNITS, pango
from weasyprint.text.line_break import Layout, line_size, split_first_line, strut


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: its operators without its place, its width, and its baseline below the top of the text."""

    content: bytes
    width: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Text:
    """The lines of a text and the height of all."""

    lines: tuple[Line, ...]
    height: float


class Lettering:
    """Sets texts of one style in lines of one width (CSS pixels). ``scratch`` is a stream of the document that nobody
    else writes to. What was set once is kept: half the cells of a list say the same."""

    def __init__(self, style: Any, width: float, scratch: Stream) -> None:
        self.style, self.width = style, width
        self.colour = captured(scratch, lambda: scratch.set_color(style["color"]))
        self._scratch = scratch
        self._wraps = style["white_space"] != "nowrap"
        self._line_height, self._strut = strut(style)
        self._known: dict[str, Text] = {}
        # What the engine's drawing asks of a box of text.
        self.pango_layout = Layout(style)
        self.text, self.baseline = "", 0.0

    def set(self, text: str) -> Text:
        """``text`` in lines, broken where a page laid out whole breaks them."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._set(text)
        return known

    def _set(self, text: str) -> Text:
        lines, top = [], 0.0
        for part in self._parts(text):
            width, baseline = self._measured(part)
            # A face from further down the list may stand higher or lower than the one the line is made for.
            highest, lowest = max(self._strut, baseline), min(self._strut, baseline)
            lines.append(Line(self._drawn(), width, top + highest))
            top += self._line_height + highest - lowest
        return Text(tuple(lines), top)

    def _parts(self, text: str) -> Iterator[str]:
        if text and (not self._wraps or self._measured(text)[0] <= self.width):
            yield text
            return
        while text:
            layout, _length, resume, *_sizes = split_first_line(text, self.style, None, self.width, 0)
            yield layout.text
            text = text.encode()[resume:].decode().lstrip(" ") if resume else ""

    def _measured(self, text: str) -> tuple[float, float]:
        self.text = text
        self.pango_layout.set_text(text)
        line, _next = self.pango_layout.get_first_line()
        width, height = line_size(line, self.style)
        baseline = pango.pango_layout_get_baseline(self.pango_layout.layout) * FROM_UNITS
        return width, baseline + (self._line_height - height) / 2

    def _drawn(self) -> bytes:
        """Operators of the text last measured, without the matrix they begin with."""
        matrix = Matrix(d=-1)
        whole = captured(self._scratch, lambda: draw_first_line(self._scratch, self, "clip", "none", matrix))
        return whole.partition(b" Tm ")[2]


def captured(scratch: Stream, draw: Callable[[], object]) -> bytes:
    """The operators that ``draw`` writes to ``scratch``, whatever colour and face were chosen before."""
    scratch.stream.clear()
    scratch._current_font = scratch._current_color = scratch._current_color_stroke = None
    scratch._current_alpha = scratch._current_alpha_stroke = None
    draw()
    return b" ".join(item if isinstance(item, bytes) else str(item).encode("ascii") for item in scratch.stream)

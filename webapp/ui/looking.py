"""A search in a long list, which looks at so many cards at a time (domain.registry.looking): it goes on by itself until
the page is full or all were looked at, and without script by a link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from webapp.domain.registry.looking import Place
from webapp.ui import htmx
from webapp.ui.words import gettext as _
from webapp.values.numbers import whole_number

#: The line below the rows; further rows and the next line come in its place.
PART = "look"


@dataclass(frozen=True)
class Line:
    """`nothing`: there is nothing in the whole list. `step_url` brings what comes in the place of the line, `on_url`
    the same as a page of its own, `next_url` the page after a full one."""

    text: str
    said: str
    nothing: bool
    first_url: str
    step_url: str
    on_url: str
    next_url: str


@dataclass(frozen=True)
class Request:
    """What an address asks for: rows of a page of this size that begins at `start`; or where `going_on`, what the page
    that stands, with so many `found`, has from `place` on."""

    size: int
    start: Place | None
    place: Place | None
    found: int = 0
    going_on: bool = False

    @classmethod
    def read(cls, args: MultiDict[str, str], size: int) -> Request:
        start, on = (Place.read(args.get(name, "")) for name in ("after", "on"))
        found = whole_number(args.get("found"), digits=3) or 0
        if on is None or not htmx.is_fragment(PART):
            return cls(size, start, start)
        return cls(size, start, on, min(found, size - 1), going_on=True)

    @property
    def left(self) -> int:
        """So many rows fill the page."""
        return self.size - self.found

    def line(self, page: Any, to: Callable[..., str]) -> Line | None:
        """The line below the rows of a page of the domain (rows, next, of); None where all were looked at at once.
        `to`: the address of the list with these places in it."""
        if not page.of:
            return None
        found = self.found + len(page.rows)
        first = to() if self.start else ""
        if page.next is None:
            said = _("本頁%(n)s個結果，全部已找過", n=found)
            return Line(said, said, found == 0 and not self.start, first, "", "", "")
        looked = page.next.looked
        text = _("本頁%(n)s個結果，已找過%(looked)s項，共約%(of)s項", n=found, looked=looked, of=max(page.of, looked))
        onward = to(after=page.next)
        if found == self.size:
            return Line(text, text, False, first, "", "", onward)
        said = "" if self.going_on else _("找到%(n)s個，仍在找", n=found)
        start = {"after": self.start} if self.start else {}
        return Line(text, said, False, first, to(**start, on=page.next, found=found), onward, "")

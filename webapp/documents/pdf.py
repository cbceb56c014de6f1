"""Documents as tagged PDF (PDF/UA-1). Only the worker imports this module: it loads WeasyPrint."""

import threading
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from weasyprint import CSS, HTML
from weasyprint.css.counters import CounterStyle
from weasyprint.document import Document as LaidOut
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from webapp.documents.fonts import FACE_FILES, FONT_FOLDER
from webapp.documents.list_pages import Sheet, Slice
from webapp.documents.models import Document, Poster
from webapp.documents.render import TEMPLATES, page
from webapp.documents.structure import add_rows, mend
from webapp.documents.words import SCAN_TO_FILE

# PDF/UA and not PDF/A: what we keep as evidence is the frozen values and their digest, and a PDF can be made again
# from them at any time; what people need of the file is that a screen reader can read it.
VARIANT = "pdf/ua-1"

# A name that leads nowhere (RFC 6761); relative addresses of the style sheet reach the fetcher below through it.
FONT_BASE = "https://fonts.invalid/"

# Width of the dark square of an enrolment code; with the quiet zone about 130 mm and 58 mm.
CODE_WIDTHS_MM = {"a4": 105.0, "a6": 47.0}

# Pango and fontconfig keep state for the process; one document is laid out at a time.
_rendering = threading.Lock()


class ClosedFetcher(URLFetcher):
    """Fetches our own fonts and ``data:`` images; a document can never reach the network or the disk."""

    def __init__(self) -> None:
        # A font or picture that cannot be had stops the document: better none than one with holes.
        super().__init__(allowed_protocols=("data",), fail_on_errors=True)

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The font file or the decoded data; ValueError for anything else."""
        if not url.startswith(FONT_BASE):
            return super().fetch(url, headers)
        name = urlsplit(url).path.lstrip("/")
        if name not in FACE_FILES:
            raise ValueError("not one of our fonts")
        return URLFetcherResponse(url, (FONT_FOLDER / name).read_bytes(), {"Content-Type": "font/ttf"})


@cache
def _shared() -> tuple[FontConfiguration, CounterStyle, CSS, ClosedFetcher]:
    """One font configuration and one style sheet for the process: anew for each document costs twice the memory."""
    fetcher, fonts, counters = ClosedFetcher(), FontConfiguration(), CounterStyle()
    text = (TEMPLATES / "documents" / "paper.css").read_text("utf-8")
    style = CSS(string=text, font_config=fonts, counter_style=counters, url_fetcher=fetcher, base_url=FONT_BASE)
    return fonts, counters, style, fetcher


def lay_out(text: str, *, extra_css: str = "") -> LaidOut:
    """One whole HTML page laid out in our style; ``extra_css`` is added after it.

    RuntimeError where a font or a picture could not be had.
    """
    fonts, counters, style, fetcher = _shared()
    sheets = [style]
    if extra_css:
        sheets.append(CSS(string=extra_css, font_config=fonts, counter_style=counters, url_fetcher=fetcher))
    try:
        # about:blank: relative addresses lead nowhere.
        html = HTML(string=text, base_url="about:blank", url_fetcher=fetcher)
        return html.render(font_config=fonts, counter_style=counters, stylesheets=sheets)
    except FatalURLFetchingError as error:
        raise RuntimeError("a font or a picture of the document could not be read") from error


def render_page(text: str, *, extra_css: str = "", continued: bool = False) -> tuple[bytes, int]:
    """PDF of one whole HTML page and its number of pages. ``continued``: its table goes on from an earlier file."""
    with _rendering:
        made = lay_out(text, extra_css=extra_css)
        content = made.write_pdf(pdf_variant=VARIANT, finisher=lambda _made, file: mend(file, continued=continued))
        return content, len(made.pages)


def render_list(drawn: Sheet, heads: list[int], *, extra_css: str = "", continued: bool = False) -> tuple[bytes, int]:
    """PDF of one slice of a list, whose pages begin with the rows ``heads``, and its number of pages. TooLargeError
    where a page has not the room its rows need."""
    with _rendering:
        slice_ = Slice(lay_out(drawn.text, extra_css=extra_css), drawn, heads)

        def finish(_made: LaidOut, file: Any) -> None:
            mend(file, continued=continued)
            add_rows(file, slice_.tagged)

        return slice_.document.write_pdf(pdf_variant=VARIANT, finisher=finish), len(heads)


def poster_values(poster: Poster, locale: str) -> dict[str, Any]:
    """What a poster's page needs beside its data: its titles, its own language first, and the width of its code."""
    own = "zh-Hans" if "Hans" in locale else locale.split("_")[0] if not locale.startswith("zh") else "zh-Hant"
    titles = sorted(SCAN_TO_FILE, key=lambda title: title[0] != own)
    return {"titles": titles, "dark_mm": CODE_WIDTHS_MM[poster.size]}


def pdf(document: Document, *, locale: str) -> bytes:
    """PDF of ``document`` with labels in ``locale``; the same document gives the same bytes."""
    values = poster_values(document, locale) if isinstance(document, Poster) else {"total_pages": None}
    return render_page(page(document, locale=locale, **values))[0]

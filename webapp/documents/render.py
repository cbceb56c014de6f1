"""Documents as HTML: the twin that a web page wraps, and the whole page that the worker turns into a PDF.

One Jinja environment for each locale and medium, apart from the web's: strict about undefined names, escaping, and with
the locale as an argument, because a document is made in the language its person chose, not in the reader's.
"""

import base64
import gettext
import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from webapp.documents import copy_words, qr, words
from webapp.documents.fonts import plain, printable
from webapp.documents.models import (
    DataCopy,
    Document,
    ErasureCertificate,
    ExportedList,
    ListingConfirmation,
    PersonalPledge,
    Poster,
    Receipt,
    UnitPledge,
)

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
TRANSLATIONS = ROOT / "webapp" / "translations"

TEMPLATE_NAMES = {
    PersonalPledge: "personal_pledge",
    UnitPledge: "unit_pledge",
    ExportedList: "exported_list",
    Receipt: "receipt",
    ListingConfirmation: "listing_confirmation",
    Poster: "poster",
    ErasureCertificate: "erasure_certificate",
    DataCopy: "data_copy",
}

_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_BESIDE_LATIN = re.compile(f"(?<=[{_HAN}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[{_HAN}])")


def language_tag(locale: str) -> str:
    """BCP 47 tag of a locale name: ``zh_Hant_MO`` → ``zh-Hant-MO``."""
    return locale.replace("_", "-")


def spaced(text: str) -> Markup:
    """Running text with a thin space between Han and Latin or digits, which the PDF engine does not add by itself.

    Never for data: a copied name or number must be what was filed.
    """
    return Markup(_HAN_BESIDE_LATIN.sub("\u2009", str(printable(text))))  # noqa: S704 (escaped by printable)


def grouped(text: str, size: int = 8) -> str:
    """A long digest in groups, upper case, so that two people can compare it aloud."""
    return " ".join(text[start : start + size] for start in range(0, len(text), size)).upper()


def short_digest(digest: str) -> str:
    """The two ends of a digest, for the foot of a page."""
    return f"{digest[:8]}…{digest[-8:]}"


def bare_address(url: str) -> str:
    """An address as people type it, without its scheme."""
    return url.split("://", 1)[-1]


def host_of(url: str) -> str:
    """Scheme and host of an address, with the closing slash: how a true address begins."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.split('/', 1)[0]}/"


def png_data(content: bytes) -> str:
    """A PNG as a ``data:`` address, the only kind of image a document may hold."""
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")


@lru_cache(maxsize=16)
def _translations(locale: str) -> gettext.NullTranslations:
    """The catalogue of ``locale``, or the source language where there is none."""
    return Translations.load(str(TRANSLATIONS), [locale])


def _say(text: str | Markup) -> Markup:
    return text if isinstance(text, Markup) else printable(text)


@lru_cache(maxsize=32)
def environment(locale: str, *, paper: bool) -> Environment:
    """The Jinja environment of documents in ``locale``; ``paper`` for the PDF, otherwise for the twin on screen."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
        extensions=["jinja2.ext.i18n"],
    )
    translations = _translations(locale)
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]

    def long_date(value: date) -> str:
        return format_date(value, "long", locale=locale)

    def long_time(value: datetime) -> str:
        return f"{long_date(value.date())} {value:%H:%M}"

    def short_date(value: date) -> str:
        return format_date(value, "MMMd" if not locale.startswith("zh") else "M月d日", locale=locale)

    made.filters.update(
        plain=plain,
        printable=printable,
        running=spaced if paper else _say,
        grouped=grouped,
        short_digest=short_digest,
        bare_address=bare_address,
        host_of=host_of,
        png_data=png_data,
        language_tag=language_tag,
        long_date=long_date,
        long_time=long_time,
        short_date=short_date,
        say=translations.gettext,
    )
    made.globals.update(
        paper=paper, language=language_tag(locale), words=words, copy_words=copy_words, qr_svg=qr.svg, qr_png=qr.png
    )
    return made


def template_name(document: Document) -> str:
    """Base name of the templates of a document."""
    return TEMPLATE_NAMES[type(document)]


def html(document: Document, *, locale: str) -> Markup:
    """The HTML twin of ``document``: its body with one ``h1``, for a web page to wrap in its own layout.

    Says what the PDF says, from the same template. A poster has no twin.
    """
    template = environment(locale, paper=False).get_template(f"documents/_{template_name(document)}.html")
    return Markup(template.render(document=document))  # noqa: S704 (the template escapes)


def page(document: Document, *, locale: str, **values: Any) -> str:
    """The whole HTML page of ``document`` as the PDF engine reads it."""
    template = environment(locale, paper=True).get_template(f"documents/{template_name(document)}.html")
    return template.render(document=document, **values)

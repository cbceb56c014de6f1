"""The words of notices: one file for each kind and language, shown in inboxes and on status pages and sent by mail.

A file's first line is the title (the mail's subject), the rest the body. Texts for phones are one sentence around the
title, except where a kind has a text of its own (`<kind>.sms.txt`). Undefined names are errors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from webapp import clock

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "notices"
SOURCE = "zh_Hant_MO"
#: Characters of one part of a text message with Chinese in it.
SMS_PART = 70


@dataclass(frozen=True)
class Wording:
    title: str
    body: str


def notice(kind: str, locale: str, params: Mapping[str, Any] | None = None) -> Wording:
    """What a notice says to its reader, in a language."""
    words = _on_one_line(params or {}) | {"language": locale}
    text = _environment(_locale(locale)).get_template(f"{kind}.txt").render(**words)
    title, _, body = text.strip().partition("\n")
    return Wording(" ".join(title.split()), body.strip())


def mail(kind: str, locale: str, params: Mapping[str, Any], link: str) -> Wording:
    """Subject and text of a mail. `link` leads to where the reader acts; "" where there is nothing to do."""
    words = notice(kind, locale, params)
    frame = _environment(_locale(locale)).get_template("_mail.txt")
    return Wording(words.title, frame.render(body=words.body, link=link).strip() + "\n")


def sms(kind: str, locale: str, params: Mapping[str, Any]) -> str:
    """A text message: nothing personal, no link, one part."""
    environment = _environment(_locale(locale))
    own = f"{kind}.sms.txt"
    if (FOLDER / _locale(locale) / own).is_file():
        return environment.get_template(own).render(**params).strip()
    title = notice(kind, locale, params).title
    return environment.get_template("_sms.txt").render(title=title, **params).strip()


def _on_one_line(params: Mapping[str, Any]) -> dict[str, Any]:
    """A line break in a name would end the title early."""
    return {name: " ".join(value.splitlines()) if isinstance(value, str) else value for name, value in params.items()}


def _locale(locale: str) -> str:
    return locale if (FOLDER / locale).is_dir() else SOURCE


@cache
def _environment(locale: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / locale),
        autoescape=False,  # noqa: S701 - plain text; pages escape it when they print it
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = lambda value: _day(value, locale)
    return made


def _day(value: str | date, locale: str) -> str:
    """A date (or the day of an instant in the zone), from ISO text as parameters carry it."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = clock.local_date(value)
    return format_date(value, "long", locale=locale)

"""Languages: which there are, which one a request gets, and what the page head shows of them.

Accept-Language is read by script (Traditional or Simplified), because a plain prefix match gives mainland readers
Traditional and Taiwan and Macao readers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import g, request
from werkzeug.wrappers import Response

from webapp.ui.words import choose_anew

SOURCE = "zh_Hant_MO"

NAMES = {"zh_Hant_MO": "繁體", "zh_Hans_CN": "简体", "pt": "Português", "en": "English"}
"""Locale → its own name, in the order of the page head."""

TRANSLATIONS = Path(__file__).parents[1] / "translations"

LANGUAGE_COOKIE = "lang"
TEXT_COOKIE = "text"
TEXT_SIZES = ("large", "normal")
_YEAR = 365 * 24 * 3600

_CHINESE = {"zh", "yue", "cmn", "nan", "hak", "lzh", "wuu", "gan", "hsn"}
_TRADITIONAL_BY_LANGUAGE = {"yue", "nan", "hak", "lzh"}
_TRADITIONAL_REGIONS = {"tw", "hk", "mo"}
_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")
_WEIGHT = re.compile(r"(0(\.[0-9]{0,3})?|1(\.0{0,3})?)")


def lang_tag(locale: str) -> str:
    """`zh_Hant_MO` → `zh-Hant-MO`, the value of an HTML lang attribute."""
    return locale.replace("_", "-")


def match(tag: str) -> str | None:
    """The locale a language tag asks for (`zh-TW`, `zh_Hans`, `pt-BR`, …), or None."""
    parts = tag.strip().lower().replace("_", "-").split("-")
    if not _TAG.fullmatch("-".join(parts)):
        return None
    language, rest = parts[0], set(parts[1:])
    if language in ("pt", "en"):
        return language
    if language not in _CHINESE:
        return None
    if rest & {"hant", "hans"}:
        traditional = "hant" in rest
    elif rest & (_TRADITIONAL_REGIONS | {"cn", "sg", "my"}):
        traditional = bool(rest & _TRADITIONAL_REGIONS)
    else:
        traditional = bool({language, *rest} & _TRADITIONAL_BY_LANGUAGE)
    return "zh_Hant_MO" if traditional else "zh_Hans_CN"


def _weighted(header: str) -> list[str]:
    found = []
    for position, part in enumerate(header.split(",")[:50]):
        tag, *parameters = part.split(";")
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "q":
                weight = float(value) if _WEIGHT.fullmatch(value := value.strip()) else 0.0
        if weight > 0:
            found.append((-weight, position, tag))
    return [tag for _, _, tag in sorted(found)]


def pick(header: str | None, offered: Iterable[str] = tuple(NAMES)) -> str:
    """The best of `offered` for an Accept-Language header; the source language when none fits. Never raises."""
    offered = set(offered)
    for tag in _weighted(header or ""):
        locale = match(tag)
        if locale in offered:
            return locale
    return SOURCE


def choose(wishes: Iterable[str | None], header: str | None, offered: Iterable[str]) -> str:
    """The first wish that is offered (address, cookie, account, unit, in this order), else by the header."""
    offered = set(offered)
    for wish in wishes:
        locale = match(wish) if wish else None
        if locale in offered:
            return locale
    return pick(header, offered)


@cache
def offered_in(folder: Path) -> tuple[str, ...]:
    """Locales that can be offered: the source, and those with a compiled catalogue under `folder`."""
    return tuple(
        locale for locale in NAMES if locale == SOURCE or (folder / locale / "LC_MESSAGES" / "messages.mo").is_file()
    )


def offered() -> tuple[str, ...]:
    return offered_in(TRANSLATIONS)


def select() -> str:
    """The locale of this request, for Flask-Babel.

    `g.preferred_locale` may hold the account's, `g.unit_locale` the unit's.
    """
    wishes = (
        g.get("switched_locale"),
        request.args.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        g.get("preferred_locale"),
        g.get("unit_locale"),
    )
    return choose(wishes, request.headers.get("Accept-Language"), offered())


@dataclass(frozen=True)
class Switch:
    """What a person asked of the page head while filling in a form: another language, or another size of text."""

    locale: str | None = None
    large_text: bool | None = None


def switch_requested() -> Switch | None:
    """The switch sent with this form, or None. The page saves what was typed and shows itself again with `remember`."""
    locale = match(request.form.get("switch_language", ""))
    if locale in offered():
        g.switched_locale = locale  # a page drawn in answer to this request is in the new language already
        choose_anew()
        return Switch(locale=locale)
    size = request.form.get("switch_text")
    if size not in TEXT_SIZES:
        return None
    g.switched_text = size
    return Switch(large_text=size == "large")


def answered(response: Response) -> Response:
    """The answer of a form page without a draft: a switch asked for is remembered, the page itself is drawn again."""
    switch = switch_requested()
    return remember(response, switch) if switch else response


def remember(response: Response, switch: Switch) -> Response:
    """Put the switch into cookies, without anything about the person."""
    options: dict[str, Any] = {
        "max_age": _YEAR,
        "httponly": True,
        "samesite": "Lax",
        "secure": request.is_secure,
    }
    if switch.locale:
        response.set_cookie(LANGUAGE_COOKIE, lang_tag(switch.locale), **options)
    if switch.large_text is not None:
        response.set_cookie(TEXT_COOKIE, "large" if switch.large_text else "normal", **options)
    return response


def finish(response: Response) -> Response:
    """After every request: name the language, and keep what `?lang=` asked for."""
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", lang_tag(select()))
    asked = match(request.args.get("lang", ""))
    if asked in offered():
        remember(response, Switch(locale=asked))
    return response


def template_context() -> dict[str, Any]:
    """For a context processor: `html_lang`, `languages`, `large_text`, `here` (this page, for the way back)."""
    current = select()
    others = {name: values for name, values in request.args.lists() if name != "lang"}
    languages = [
        {
            "locale": locale,
            "tag": lang_tag(locale),
            "name": NAMES[locale],
            "current": locale == current,
            "href": "?" + urlencode({**others, "lang": lang_tag(locale)}, doseq=True),
        }
        for locale in offered()
    ]
    here = request.path + ("?" + urlencode(others, doseq=True) if others else "")
    return {
        "html_lang": lang_tag(current),
        "languages": languages,
        "large_text": g.get("switched_text", request.cookies.get(TEXT_COOKIE)) == "large",
        "here": here,
    }

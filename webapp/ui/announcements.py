"""Announcements in words, and as public pages show them."""

from __future__ import annotations

from typing import Any

from flask import Flask

from webapp.domain.announcements import queries
from webapp.ui import locales
from webapp.ui.presenters import UNIT_CLASSES
from webapp.ui.words import lazy_gettext as _l

AUDIENCES: dict[str, Any] = {
    "everybody": _l("所有人：全部單位，並在首頁和申報進度頁顯示"),
    "units": _l("全部單位"),
    **UNIT_CLASSES,
}
#: state -> look of a chip and its word.
STATES: dict[str, tuple[str, Any]] = {
    "drafted": ("waiting", _l("草稿")),
    "scheduled": ("waiting", _l("等發送")),
    "sending": ("verified", _l("發送中")),
    "sent": ("listed", _l("已發送")),
    "dropped": ("removed", _l("已放棄")),
    "recalled": ("removed", _l("已收回")),
}


def install(app: Flask) -> None:
    app.jinja_env.globals["public_announcements"] = public_announcements


def public_announcements() -> list[dict[str, str]]:
    """Title and paragraphs in the reader's language, with the language they are in."""
    found = []
    for row in queries.public():
        locale = locales.select() if locales.select() in row.texts else locales.SOURCE
        found.append(said(row.texts, locale))
    return found


def said(texts: dict[str, dict[str, str]], locale: str) -> dict[str, Any]:
    text = texts[locale]
    lines = [line for line in text["body"].splitlines() if line.strip()]
    return {"title": text["title"], "paragraphs": lines, "lang": locales.lang_tag(locale)}

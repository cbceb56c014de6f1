"""Addresses that come from outside, where a form or a link may lead back to; and those we give to others."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app


def local_path(target: str | None) -> str:
    """A path on this site, or '' for anything that could lead a browser elsewhere."""
    text = target or ""
    if not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc else text


def public_url(path: str) -> str:
    """The whole address of one of our paths, to be sent or scanned."""
    return f"{current_app.config['SETTINGS'].public_url}{path}"

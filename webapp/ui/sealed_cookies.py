"""Cookies that only the server can read: what somebody has proved, for one thing (webapp.ui.cookies) and a short time.

Sealed as stored values are, and bound to their kind and thing: a cookie that was altered, or given another's name, is
none. Nothing personal is put into them all the same.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from werkzeug.wrappers import Response

from webapp import crypto
from webapp.ui import cookies


def put(response: Response, kind: str, thing: str, value: dict[str, Any]) -> None:
    """Set the cookie until the browser is closed; when it runs out, the value says."""
    sealed = crypto.seal(value, "cookie", kind, thing)
    cookies.give(response, kind, thing, base64.urlsafe_b64encode(sealed).decode().rstrip("="))


def read(kind: str, thing: str) -> dict[str, Any]:
    """What the cookie holds, {} where there is none of ours."""
    text = cookies.given(kind, thing)
    try:
        sealed = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        value = crypto.unseal(sealed, "cookie", kind, thing)
    except (binascii.Error, ValueError, crypto.Unreadable):
        return {}
    return value if isinstance(value, dict) else {}


def drop(response: Response, kind: str, thing: str) -> None:
    cookies.take_back(response, kind, thing)

"""Cookies that only the server can read: what somebody has proved, for one address and a short time.

Sealed as stored values are, and bound to their name and path: a cookie that was altered, or taken to another page, is
none. Nothing personal is put into them all the same.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask import current_app, request
from werkzeug.wrappers import Response

from webapp import crypto


def put(response: Response, name: str, path: str, value: dict[str, Any]) -> None:
    """Set the cookie for the pages under `path`, until the browser is closed; when it runs out, the value says."""
    sealed = crypto.seal(value, "cookie", name, path)
    response.set_cookie(
        name,
        base64.urlsafe_b64encode(sealed).decode().rstrip("="),
        path=path,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )


def read(name: str, path: str) -> dict[str, Any]:
    """What the cookie holds, {} where there is none of ours."""
    text = request.cookies.get(name, "")
    try:
        sealed = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        value = crypto.unseal(sealed, "cookie", name, path)
    except (binascii.Error, ValueError, crypto.Unreadable):
        return {}
    return value if isinstance(value, dict) else {}


def drop(response: Response, name: str, path: str) -> None:
    response.delete_cookie(name, path=path)

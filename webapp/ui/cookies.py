"""Cookies of ours that are each of one thing: a draft, a private page, a client's new key.

Every cookie is of the whole site, because in production its name begins with `__Host-` (webapp.ui.cookie_prefixes),
which browsers allow to no other: a neighbour under the same domain can then not plant one, as he could with a path.
Which thing a cookie is of stands in its name instead, as a hash. A browser at a counter or in a library opens many
things; beyond MOST the oldest go, or the header would outgrow what servers take (8 KB).
"""

from __future__ import annotations

import hashlib
import re

from flask import request
from werkzeug.wrappers import Response

#: As many as a household's five people have with a draft and a page of their own each, and two more.
MOST = 12
_OF_ONE_THING = re.compile(r"[a-z_-]+-[0-9a-f]{16}")


def give(response: Response, kind: str, thing: str, value: str, *, seconds: int | None = None) -> None:
    """Let this browser bring `value` along, for so many seconds, or until it is closed. `thing` is the path of what the
    cookie is of, "" where a browser has one of that kind."""
    name = name_of(kind, thing)
    others = [other for other in request.cookies if other != name and _OF_ONE_THING.fullmatch(other)]
    for oldest in others[: len(others) - MOST + 1] if len(others) >= MOST else []:  # browsers send the oldest first
        _take_away(response, oldest)
    if seconds and name in request.cookies:  # a draft resumed: only overwritten, it would stay among the oldest
        _take_away(response, name)
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )


def given(kind: str, thing: str) -> str:
    """What this browser brings along for that thing, "" for nothing."""
    return request.cookies.get(name_of(kind, thing), "")


def take_back(response: Response, kind: str, thing: str) -> None:
    _take_away(response, name_of(kind, thing))


def _take_away(response: Response, name: str) -> None:
    response.delete_cookie(name, httponly=True, samesite="Lax", secure=request.is_secure)


def name_of(kind: str, thing: str) -> str:
    return f"{kind}-{hashlib.sha256(thing.encode()).hexdigest()[:16]}" if thing else kind

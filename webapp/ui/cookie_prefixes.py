"""In production every cookie's name begins with `__Host-`, which browsers take from this host alone, over TLS, and for
the whole site.

Views and libraries keep the plain names: what comes without its prefix is not seen by them, so that no neighbour under
the same domain can plant one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

PREFIX = "__Host-"
Wsgi = Callable[..., Iterable[bytes]]


def install(wsgi: Wsgi) -> Wsgi:
    def prefixed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["HTTP_COOKIE"] = "; ".join(_ours(environ.get("HTTP_COOKIE", "")))

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            named = [(name, _named(value) if name.lower() == "set-cookie" else value) for name, value in headers]
            return start_response(status, named, *more)

        return wsgi(environ, start)

    return prefixed


def _ours(header: str) -> Iterable[str]:
    for pair in header.split(";"):
        text = pair.strip(" \t")  # no other space: to a browser it is the first letter of another name
        if text.startswith(PREFIX):
            yield text.removeprefix(PREFIX)


def _named(cookie: str) -> str:
    attributes = [part.strip().lower() for part in cookie.split(";")[1:]]
    secure = cookie if "secure" in attributes else f"{cookie}; Secure"
    return PREFIX + secure

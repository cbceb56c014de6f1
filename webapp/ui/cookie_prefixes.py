"""In production every cookie's name begins as browsers demand of one that only this host, over TLS, may have set.

`__Host-` for cookies of the whole site, `__Secure-` for those of one path. Views and libraries keep the plain names:
what comes without its prefix is not seen by them, so that no neighbour under the same domain can plant one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

HOST, SECURE = "__Host-", "__Secure-"
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
        text = pair.strip()
        for prefix in (HOST, SECURE):
            if text.startswith(prefix):
                yield text.removeprefix(prefix)


def _named(cookie: str) -> str:
    attributes = [part.strip().lower() for part in cookie.split(";")[1:]]
    secure = cookie if "secure" in attributes else f"{cookie}; Secure"
    return (HOST if "path=/" in attributes else SECURE) + secure

"""Static files: served by WhiteNoise, compressed beforehand, cached for a year under addresses that carry a hash."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from webapp.ui import requests

_YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    folder = Path(app.static_folder or "")
    keep = _YEAR if not app.debug else 0
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=folder,
        prefix="static/",
        max_age=keep,
        autorefresh=app.debug,
        allow_all_origins=False,
        mimetypes={".svg": "image/svg+xml; charset=utf-8"},  # of texts it says the charset by itself
        add_headers_function=_add_headers(requests.headers(app.config["SETTINGS"].production)),
    )

    @app.url_defaults
    def add_hash(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = _digest(folder / values["filename"])


def _add_headers(wanted: dict[str, str]) -> Callable[[Headers, str, str], None]:
    def add(headers: Headers, _path: str, _url: str) -> None:
        for name, value in wanted.items():
            headers[name] = value

    return add


def compress(folder: Path) -> None:
    """Lay compressed copies beside style and script, before WhiteNoise looks which there are. The server does it at
    each start, so that none is older than its file; where the folder may not be written, a build does it."""
    if not os.access(folder, os.W_OK):
        return
    compressor = Compressor(quiet=True)
    for path in [*folder.rglob("*.css"), *folder.rglob("*.js")]:
        list(compressor.compress(str(path)))


@cache
def _digest(path: Path) -> str:
    """Eight characters that change with the file; a file that is not there is somebody's mistake in a template."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]

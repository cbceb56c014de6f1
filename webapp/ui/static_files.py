"""Static files: served by WhiteNoise, compressed beforehand, cached for a year under addresses that carry a hash."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

_YEAR = 365 * 24 * 3600


def install(app: Flask) -> None:
    folder = Path(app.static_folder or "")
    keep = _YEAR if not app.debug else 0
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=folder, prefix="static/", max_age=keep, autorefresh=app.debug
    )

    @app.url_defaults
    def add_hash(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = _digest(folder / values["filename"])


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

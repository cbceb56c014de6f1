"""Static files: served by WhiteNoise, compressed beforehand, cached for a year under addresses that carry a hash."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

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


@cache
def _digest(path: Path) -> str:
    """Eight characters that change with the file; a file that is not there is somebody's mistake in a template."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]

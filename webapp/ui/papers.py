"""A stored paper (proof, letter) as a download that no browser opens as a page."""

from __future__ import annotations

from flask import make_response
from werkzeug.wrappers import Response

from webapp.domain.files import actions as files
from webapp.domain.files.models import StoredFile

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def download(file: StoredFile, called: str) -> Response:
    response = make_response(files.read(file))
    response.mimetype = file.media_type
    response.headers["Content-Disposition"] = f'attachment; filename="{called}.{ENDINGS[file.media_type]}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response

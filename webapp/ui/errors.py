"""Refusals and failures as pages of ours: one place maps them to status codes, as page or as part."""

from __future__ import annotations

import peewee
import structlog
from flask import Flask, g, render_template, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from webapp import errors
from webapp.ui import sentences
from webapp.ui.htmx import from_htmx, hx_response

STATUS = {
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.TooMany: 429,
}

log = structlog.get_logger()


def install(app: Flask) -> None:
    for refusal in STATUS:
        app.register_error_handler(refusal, _refused)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(peewee.OperationalError, _unavailable)
    app.register_error_handler(Exception, _failed)


def page(status: int, sentence: str | None = None) -> Response:
    """Our own page for a status code; for a part it is a note to put where the answer was to go."""
    title, explanation = sentences.for_status(status)
    template = "errors/_note.html" if from_htmx() else "layouts/error.html"
    number = g.get("request_id", "") if status >= 500 else ""
    way = {"url": url_for("staff.begin" if g.get("staff") else "public.home"), "label": _("返回首頁")}
    body = render_template(template, title=title, message=sentence or explanation, number=number, way=way)
    return hx_response(body, status)


def _refused(refusal: errors.Refusal) -> Response:
    response = page(STATUS[type(refusal)], sentences.of(refusal.faults[0]))
    if isinstance(refusal, errors.TooMany):
        response.headers["Retry-After"] = str(refusal.params.get("seconds", 60))
    return response


def _expired(_error: CSRFError) -> Response:
    return page(400, sentences.form_expired())


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    response = page(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _unavailable(error: peewee.OperationalError) -> Response:
    log.error("database unavailable", kind=type(error).__name__)
    response = page(503)
    response.headers["Retry-After"] = "10"
    return response


def _failed(error: Exception) -> Response:
    # The text of an exception may quote what somebody typed; its kind and place say enough.
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""
    log.error("request failed", kind=type(error).__name__, place=place)
    return page(500)

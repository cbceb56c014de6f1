"""Refusals and failures as pages of ours: one place maps them to status codes, as page or as part."""

from __future__ import annotations

from typing import Any

import peewee
import structlog
from flask import Flask, current_app, g, jsonify, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from webapp import crypto, errors
from webapp.domain.audit.acts import record_refusal
from webapp.ui import sentences
from webapp.ui.addresses import local_path
from webapp.ui.htmx import from_htmx, hx_response
from webapp.ui.requests import OPEN, staff_actor
from webapp.ui.words import gettext as _

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


#: Below this machines ask: they are answered in JSON.
FOR_MACHINES = "/api/"
#: Ends of the names of fields that are not shown again: the token that expired, and passwords.
NOT_REPEATED = ("csrf_token", "password")
#: What machines are told where no refusal of ours says more.
CODES = {400: "bad_request", 401: "key_unknown", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def page(status: int, sentence: str | None = None) -> Response:
    """Our own page for a status code; for a part it is a note to put where the answer was to go; for a machine JSON."""
    if request.path.startswith(FOR_MACHINES):
        response = jsonify(error=CODES.get(status, "unavailable" if status == 503 else "failed"))
        response.status_code = status
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        return response
    if status >= 500:
        _ask_nobody()
    title, explanation = sentences.for_status(status)
    template = "errors/_note.html" if from_htmx() else "layouts/error.html"
    number = g.get("request_id", "") if status >= 500 else ""
    way = {"url": url_for("staff.begin" if g.get("staff") else "public.home"), "label": _("返回首頁")}
    body = render_template(template, title=title, message=sentence or explanation, number=number, way=way)
    return hx_response(body, status)


def _ask_nobody() -> None:
    """Where it failed before it was known who asks, the page is nobody's: asking the database once more, as Flask-Login
    does for each template, would fail as well, and there would be no page."""
    if "_login_user" not in g:
        g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]


def for_machines(refusal: errors.Refusal) -> dict[str, Any]:
    """A refusal as machines read it: its code, the field it is about, its parameters."""
    fault = refusal.faults[0]
    return {"error": fault.code, **({"field": fault.field} if fault.field else {}), **fault.params}


def retry_after(refusal: errors.Refusal) -> list[tuple[str, str]]:
    """The header that says when to try again, where a limit is used up."""
    if not isinstance(refusal, errors.TooMany):
        return []
    return [("Retry-After", str(refusal.params.get("seconds", 60)))]


def _refused(refusal: errors.Refusal) -> Response:
    status = STATUS[type(refusal)]
    if g.get("staff") and isinstance(refusal, (errors.NotAllowed, errors.NotFound)) and not refusal.on_record:
        record_refusal(staff_actor(), OPEN, crypto.random_token(), refusal)
    if request.path.startswith(FOR_MACHINES):
        response: Response = jsonify(for_machines(refusal))
        response.status_code = status
    else:
        response = page(status, sentences.of(refusal.faults[0]))
    for name, value in retry_after(refusal):
        response.headers[name] = value
    return response


def _expired(_error: CSRFError) -> Response:
    """The page was open too long or its session changed: what was typed is sent again with one press.

    Only where the browser says that the form came from a page of ours; another site's form gets no second try.
    """
    log.warning("form without its token", kind=request.headers.get("Sec-Fetch-Site", "")[:20])
    if from_htmx() or request.headers.get("Sec-Fetch-Site") != "same-origin":
        return page(400, sentences.form_expired())
    typed = [(name, value) for name, value in request.form.items(multi=True) if not name.endswith(NOT_REPEATED)]
    body = render_template(
        "errors/expired.html", title=sentences.for_status(400)[0], typed=typed, again=local_path(request.full_path)
    )
    return hx_response(body, 400)


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    response = page(error.code, _too_large() if error.code == 413 else None)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _too_large() -> str:
    """Which limit it was: of the whole request, whose length the browser says before it sends, else of a form."""
    limits, mebi = current_app.config, 1024 * 1024
    whole: int = limits["MAX_CONTENT_LENGTH"]
    if request.content_length is None or request.content_length > whole:
        return sentences.too_large(whole // mebi)
    return sentences.form_too_long(limits["MAX_FORM_PARTS"], limits["MAX_FORM_MEMORY_SIZE"] // mebi)


def _unavailable(error: peewee.OperationalError) -> Response:
    log.error("database unavailable", kind=type(error).__name__)
    response = page(503)
    response.headers["Retry-After"] = "10"
    return response


def place_of(error: BaseException) -> str:
    """Where an exception was raised. Its text may quote what somebody typed; its kind and place say enough."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    return f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""


def _failed(error: Exception) -> Response:
    log.error("request failed", kind=type(error).__name__, place=place_of(error))
    return page(500)

"""The short way for the one question gates ask all day: `GET /api/lane/v1/check`, answered before Flask is asked.

It does what `machines.check` does, through the same functions; only routing, sessions, locales and hooks, which a gate
has no use for, are left out (docs/decisions/0008: measured).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

import peewee
import structlog
from werkzeug.exceptions import Unauthorized

from webapp import database, deadlines
from webapp.blueprints.lane import asking
from webapp.errors import Refusal
from webapp.settings import Settings
from webapp.ui import errors, requests

PATH = "/api/lane/v1/check"
_OURS = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]

#: The first line of an answer: naming a status takes as long as sealing a plate.
_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

log = structlog.get_logger()
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def install(application: Application, settings: Settings) -> Application:
    """The application with the short way before it."""
    fixed = [*_OURS, *requests.headers(settings.production).items()]

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "GET":
            return application(environ, start_response)
        status, body, more = _respond(environ, settings.answer_seconds)
        content = json.dumps(body).encode() + b"\n"
        headers = [*fixed, *more, ("Content-Length", str(len(content))), ("X-Request-Id", os.urandom(8).hex())]
        start_response(_LINES[status], headers)
        return [content]

    return answer


def _query(text: str) -> dict[str, str]:
    """The first value of each name. WSGI hands bytes on as latin-1; letters may come unescaped."""
    values: dict[str, str] = {}
    for part in text.encode("latin-1").split(b"&"):
        name, _, value = part.partition(b"=")
        values.setdefault(name.decode("utf-8", "replace"), _unquoted(value))
    return values


def _unquoted(value: bytes) -> str:
    plain = value.replace(b"+", b" ")
    return (unquote_to_bytes(plain) if b"%" in plain else plain).decode("utf-8", "replace")


def _respond(environ: dict[str, Any], seconds: float) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
    try:
        database.connect()
        deadlines.begin(seconds)
        who = asking.admit(environ.get("HTTP_AUTHORIZATION", ""))
        query = _query(environ.get("QUERY_STRING", ""))
        return 200, asking.single(who, query.get("plate", ""), query.get("channel", "")), []
    except Unauthorized:
        return 401, {"error": "key_unknown"}, [("WWW-Authenticate", "Bearer")]
    except Refusal as refusal:
        return errors.STATUS[type(refusal)], errors.for_machines(refusal), errors.retry_after(refusal)
    except (peewee.OperationalError, OSError) as error:
        # Nothing is answered that could not be kept.
        log.error("lane check unavailable", kind=type(error).__name__)
        return 503, {"error": "unavailable"}, [("Retry-After", "10")]
    except Exception as error:
        log.error("lane check failed", kind=type(error).__name__, place=errors.place_of(error))
        return 500, {"error": "failed"}, []
    finally:
        deadlines.end()

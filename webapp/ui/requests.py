"""What every request begins and ends with: an id, a database connection, the actor, and safe headers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import Flask, Response, current_app, g, request
from flask_login import current_user

from webapp import database, deadlines
from webapp.actors import ACCOUNT, FILER, GATE, VISITOR, Actor
from webapp.domain.units.models import Unit
from webapp.errors import NotFound
from webapp.ui import guards, htmx
from webapp.values.numbers import ROW_ID_DIGITS, whole_number

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
#: What a browser can do and no page of ours asks it to. A photo is taken by the phone's own file chooser.
UNUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def headers(production: bool) -> dict[str, str]:
    """What every answer carries, a file of ours as well as a page."""
    return HEADERS | ({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if production else {})


@dataclass(frozen=True)
class Staff:
    """The signed-in member of staff, as every view and template sees him (`g.staff`)."""

    account_id: int
    account_ref: str
    name: str
    platform_roles: frozenset[str]
    unit: Unit | None
    unit_role: str | None
    session_ref: str
    language: str | None
    session_ends: datetime  # without another request
    session_ends_at_last: datetime


#: What is answered while the database is away: files of ours, and that the process lives.
WITHOUT_DATABASE = ("static", "public.health")
#: Verb of what somebody's role does not open, or of a thing that is not there for him (webapp.ui.errors).
OPEN = "page:open"


def install(app: Flask) -> None:
    app.before_request(_begin)
    app.before_request(_guard)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id, endpoint=request.endpoint)
    g.staff = g.held = None
    if request.endpoint in WITHOUT_DATABASE:
        return
    database.connect()
    deadlines.begin(current_app.config["SETTINGS"].answer_seconds)
    if current_user.is_authenticated:
        g.staff, g.held = current_user.staff, current_user.held
    if "\0" in request.path or b"%00" in request.query_string:
        # No address of ours holds one, and PostgreSQL takes none in a text.
        raise NotFound("not_found")


def _guard() -> Response | None:
    """Let nobody past who is not of the view's audience."""
    return guards.check()  # type: ignore[return-value]


def _end(response: Response) -> Response:
    deadlines.end()  # a long list is sent as it is read, and may take its time
    for name, value in headers(current_app.config["SETTINGS"].production).items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = g.get("request_id", "")
    # Whatever does not say how long it keeps is kept nowhere.
    response.headers.setdefault("Cache-Control", "no-store")
    return htmx.finish(response)


def _forget(_error: BaseException | None) -> None:
    deadlines.end()
    structlog.contextvars.clear_contextvars()


def number_asked(name: str, digits: int = ROW_ID_DIGITS) -> int | None:
    """The number the address asks for, such as the place in a list to go on from; anything else counts as none."""
    return whole_number(request.args.get(name), digits)


def staff_actor() -> Actor:
    """The signed-in member of staff as the actor of an act, in the name of the unit he works for."""
    staff = g.staff
    return Actor(
        ACCOUNT,
        staff.account_ref,
        unit_id=staff.unit.id if staff.unit else None,
        account_id=staff.account_id,
        request_id=g.request_id,
        address=request.remote_addr or "",
        session_ref=staff.session_ref,
    )


def filer_actor(ref: str, unit_id: int) -> Actor:
    """The person on a draft or submission, by its ref."""
    return Actor(
        FILER,
        ref,
        unit_id=unit_id,
        request_id=g.request_id,
        address=request.remote_addr or "",
    )


def gate_actor(ref: str) -> Actor:
    """A machine at a channel, by its client's ref."""
    return Actor(GATE, ref, request_id=g.request_id, address=request.remote_addr or "")


def visitor_actor() -> Actor:
    """Somebody nobody knows yet. Acts of visitors are told apart by their submission key."""
    return Actor(VISITOR, "web", request_id=g.request_id, address=request.remote_addr or "")

"""Who may open a private status page: the link, the end of the document number, and for the rest a code to the phone.

What was proved stands in a sealed cookie for this one link, until the page is closed, nothing was asked for half an
hour, or twelve hours are over; a proved code counts for a quarter of an hour. The browser keeps nothing personal.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp import clock, crypto
from webapp.actors import Actor
from webapp.columns import from_micros, to_micros
from webapp.domain.filings import following
from webapp.domain.filings import queries as filings
from webapp.ui import sealed_cookies
from webapp.ui.requests import filer_actor

COOKIE = "status"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
FULL = timedelta(minutes=15)
NEVER = from_micros(0)
Answer = Any


def mark(phone: str) -> str:
    """What a phone is told by here; says nothing about it."""
    return crypto.index("phone", phone).hex()


@dataclass
class Access:
    """An opened status page: its submission, and what its reader has proved."""

    token: str
    submission: Any
    opened_at: datetime
    proved: str = ""  # mark of the phone whose code was proved last
    proved_until: datetime = NEVER
    code: str = ""  # ref of the one-time code that was sent last, when, and the mark of the phone it went to
    code_at: datetime = NEVER
    code_to: str = ""

    @property
    def full(self) -> bool:
        """Whether what this submission holds may be changed and shown in full."""
        return self.has_proved(following.phone(self.submission))

    def has_proved(self, phone: str) -> bool:
        """Whether a code to this phone was proved a short while ago."""
        return clock.now() < self.proved_until and self.proved == mark(phone)

    @property
    def actor(self) -> Actor:
        return filer_actor(self.submission.ref, self.submission.unit_id)

    def url(self, endpoint: str, **values: Any) -> str:
        return url_for(f"filer.{endpoint}", token=self.token, **values)


def begun(token: str, submission: Any) -> Access:
    """The page is opened for whoever has just shown that he may."""
    return Access(token, submission, clock.now())


def opened(token: str) -> Access | None:
    """The page as it was opened in this browser; None says nothing about why not."""
    submission = filings.submission_by_token(token)
    if submission is None:
        return None
    value = sealed_cookies.read(COOKIE, _path(token))
    if value.get("submission") != submission.ref or value.get("link") != submission.link_version:
        return None
    begun_at, now = from_micros(value.get("opened", 0)), clock.now()
    if now >= from_micros(value["seen"]) + IDLE or now >= begun_at + LONGEST:
        return None
    if submission.closed_at is not None and begun_at <= submission.closed_at:
        return None
    return Access(
        token,
        submission,
        begun_at,
        value["proved"],
        from_micros(value["proved_until"]),
        value["code"],
        from_micros(value["code_at"]),
        value["code_to"],
    )


def keep(response: Response, access: Access) -> Response:
    """Let this browser go on, from now."""
    value = {
        "submission": access.submission.ref,
        "link": access.submission.link_version,
        "opened": to_micros(access.opened_at),
        "seen": to_micros(clock.now()),
        "proved": access.proved,
        "proved_until": to_micros(access.proved_until),
        "code": access.code,
        "code_at": to_micros(access.code_at),
        "code_to": access.code_to,
    }
    sealed_cookies.put(response, COOKIE, _path(access.token), value)
    response.headers["Cache-Control"] = "no-store"
    return response


def close(response: Response, token: str) -> Response:
    sealed_cookies.drop(response, COOKIE, _path(token))
    return response


def _path(token: str) -> str:
    return url_for("filer.status", token=token)


def with_status(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Give the view the opened page instead of the link; whoever has not opened it is led to where he can."""

    @functools.wraps(view)
    def open_first(token: str, **values: Any) -> Answer:
        access = opened(token)
        if access is None:
            return redirect(url_for("filer.status", token=token), 303)
        g.preferred_locale, g.private_page = access.submission.language, access
        return keep(make_response(view(access, **values)), access)

    return open_first


def phone_for(access: Access, page: str) -> str:
    """The phone that must be proved for a page behind the code: for what one answers as a person, the one on file."""
    as_person = page.startswith(("owner/", "drivers/", "release/", "invited"))
    return following.phone_on_file(access.submission) if as_person else following.phone(access.submission)


def with_full(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """As `with_status`, for what changes something or shows it in full: asks for the code first."""

    @functools.wraps(view)
    def prove_first(access: Access, **values: Any) -> Answer:
        page = request.path.removeprefix(_path(access.token)).strip("/")
        if not access.has_proved(phone_for(access, page)):
            return redirect(access.url("status_code", to=page), 303)
        return view(access, **values)

    return with_status(prove_first)

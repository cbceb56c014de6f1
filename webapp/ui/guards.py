"""Who may open a route. Every view carries exactly one audience mark; a view without one is closed to everybody.

`public` needs nobody. `draft` and `status` are for people without an account: the view itself opens the draft or
status page by its secret (blueprints.filer); `lane` is for gate machines, admitted by their key (blueprints.lane).
`arriving(step)` is for somebody who has given his password and has this step before him; `signed_in`,
`unit(permission)` and `platform(permission)` are for staff.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.accounts.roles import permissions
from webapp.domain.accounts.rules import may_work_from
from webapp.errors import NotAllowed
from webapp.ui.addresses import local_path

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC, DRAFT, STATUS, LANE, ARRIVING, SIGNED_IN, UNIT, PLATFORM = (
    "public",
    "draft",
    "status",
    "lane",
    "arriving",
    "signed_in",
    "unit",
    "platform",
)


@dataclass(frozen=True)
class Audience:
    kind: str
    permission: str = ""


def _mark(audience: Audience) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        if hasattr(view, "audience"):
            raise TypeError(f"{view.__name__} has two audiences")
        view.audience = audience  # type: ignore[attr-defined]
        return view

    return decorate


public = _mark(Audience(PUBLIC))
draft = _mark(Audience(DRAFT))
status = _mark(Audience(STATUS))
lane = _mark(Audience(LANE))
signed_in = _mark(Audience(SIGNED_IN))


def arriving(step: str) -> Callable[[View], View]:
    """For somebody on the way in, at this step."""
    return _mark(Audience(ARRIVING, step))


def unit(permission: str) -> Callable[[View], View]:
    """For staff working for a unit whose role there has the permission."""
    return _mark(Audience(UNIT, permission))


def platform(permission: str) -> Callable[[View], View]:
    """For staff of the platform whose roles have the permission."""
    return _mark(Audience(PLATFORM, permission))


def check() -> Response | None:
    """before_request: let nobody past who is not of the view's audience."""
    if request.endpoint is None:
        return None
    audience = getattr(current_app.view_functions[request.endpoint], "audience", None)
    if audience is None:
        raise NotAllowed("not_allowed")
    if audience.kind in (PUBLIC, DRAFT, STATUS, LANE):
        return None
    if g.staff is None and g.held is None:
        return _to("staff.sign_in")
    if audience.kind == ARRIVING:
        return _step(audience.permission)
    if g.held is not None:
        return _to(f"staff.step_{g.held.step}")
    if not may_work_from(request.remote_addr or "", g.staff.platform_roles):
        raise NotAllowed("outside_network")
    if audience.kind == SIGNED_IN:
        return None
    if not may(audience.kind, audience.permission):
        raise NotAllowed("not_allowed")
    return None


def may(kind: str, permission: str) -> bool:
    """Whether whoever is signed in has this permission of his unit or of the platform. Templates ask too."""
    if g.staff is None:
        return False
    # A unit's permission counts only while the person works for a unit, a platform permission only by a role there.
    unit_role = g.staff.unit_role if kind == UNIT else None
    roles = frozenset() if kind == UNIT else g.staff.platform_roles
    return permission in permissions(unit_role, roles)


def _step(step: str) -> Response | None:
    """Nobody does a step that is not before him."""
    if g.held is None:
        return redirect(url_for("staff.begin"), code=303)
    if not may_work_from(request.remote_addr or "", g.held.roles):
        raise NotAllowed("outside_network")
    if g.held.step != step:
        return redirect(url_for(f"staff.step_{g.held.step}", next=local_path(request.args.get("next")) or None), 303)
    return None


def _to(endpoint: str) -> Response:
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for(endpoint, next=target), code=303)

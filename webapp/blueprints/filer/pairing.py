"""The invitation whose link was opened in this browser: kept in a sealed cookie, so that the unit's QR code or
one's own status page, opened next, goes on with it."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from webapp.domain.filings import answering, invitations
from webapp.domain.filings.invitations import Look
from webapp.ui import sealed_cookies

COOKIE = "invitation"


def keep(response: Response, token: str) -> Response:
    sealed_cookies.put(response, COOKIE, "", {"token": token})
    return response


def drop(response: Response) -> Response:
    sealed_cookies.drop(response, COOKIE, "")
    return response


def token() -> str:
    return str(sealed_cookies.read(COOKIE, "").get("token", ""))


def shown() -> Look | None:
    """What the link shows, while it can be answered."""
    request = invitations.by_token(token()) if token() else None
    look = invitations.look(request) if request else None
    return look if look and not look.over else None


def question_ref() -> str:
    """Ref of a second driver's question, "" where the link was another's."""
    look = shown()
    return look.ref if look and look.made_by == "second" else ""


def answers() -> dict[str, Any]:
    """What a draft begins with: the owner's car, where he invited whoever files."""
    look = shown()
    return invitations.prefilled(look.ref) if look and look.made_by == "owner" else {}


def of_page(opened: Any, page: str, fixed: bool) -> Look | None:
    """The owner's invitation this vehicle is filed with; a `fixed` one is filed already.
    One that is over leaves the page, with all it filled in."""
    ref = answering.page_of(opened.answers, page).get("invitation")
    if not ref:
        return None
    look = invitations.usable(ref, filed=fixed)
    if look is None:
        leave(opened, page, fixed)
    return look


def leave(opened: Any, page: str, fixed: bool) -> None:
    """File this vehicle without the invitation, and without what it told of the car; a `fixed` car is his to see."""
    typed = answering.page_of(opened.answers, page)
    kept = {item: value for item, value in typed.items() if item != "invitation"} if fixed else {"add_another": "no"}
    opened.save(answering.with_page(opened.answers, page, kept))

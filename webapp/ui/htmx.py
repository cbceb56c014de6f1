"""Page or part: what htmx asked for, and the headers of an answer to it.

Adds to htmx-flask what that package lacks for htmx 4: the form `tag#id` of targets, request types, reselect,
morph swaps.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import htmx_flask
from flask import Response, make_response, request
from werkzeug.urls import iri_to_uri

_VARY = ("HX-Request", "HX-Request-Type", "HX-Target", "Cookie", "Accept-Language")
_REDIRECTS = {301, 302, 303, 307, 308}


def _id_of(header: str) -> str:
    value = request.headers.get(header, "")
    return unquote(value.partition("#")[2] if "#" in value else value)


def target_id() -> str:
    """Id of the element the answer goes into; '' without htmx."""
    return _id_of("HX-Target")


def source_id() -> str:
    """Id of the element that sent the request; '' without htmx."""
    return _id_of("HX-Source")


def from_htmx() -> bool:
    """Whether htmx sent the request, be it for a part or for a page."""
    return request.headers.get("HX-Request", "").lower() == "true"


def is_fragment(*targets: str) -> bool:
    """Whether to answer with a part: htmx asks for one, into one of `targets` (ids), and nobody restores history.

    A header alone never decides: a restored page carries HX-Request too and must get the page.
    """
    asked = htmx_flask.request.htmx
    return bool(
        asked
        and not asked.boosted
        and not asked.history_restore_request
        and request.headers.get("HX-Request-Type") != "full"
        and target_id() in targets
    )


def template(page: str, **parts: str) -> str:
    """The template of the part that htmx asks for, each named by the id it goes into, else that of the page."""
    return next((part for target, part in parts.items() if is_fragment(target)), page)


def hx_response(
    body: Any = "",
    status: int = 200,
    *,
    reswap: str = "",
    retarget: str = "",
    reselect: str = "",
    push_url: str | bool | None = None,
    replace_url: str | bool | None = None,
    events: dict[str, Any] | None = None,
) -> Response:
    """A part with htmx headers. `events` are a dict: a header cannot hold raw Chinese, and JSON escapes it."""
    response = make_response(body, status)
    texts = {"HX-Reswap": reswap, "HX-Retarget": retarget, "HX-Reselect": reselect}
    for name, value in texts.items():
        if value:
            response.headers[name] = value
    for name, address in (("HX-Push-Url", push_url), ("HX-Replace-Url", replace_url)):
        if address is not None:
            response.headers[name] = iri_to_uri(address) if isinstance(address, str) else str(address).lower()
    if events:
        response.headers["HX-Trigger"] = json.dumps(events)
    return response


def finish(response: Response) -> Response:
    """After every request: Vary, no-store for pages, and redirects that htmx carries out as page loads.

    A browser follows a redirect of a fetch by itself, and a sign-in page would land inside a list.
    """
    if from_htmx() and response.status_code in _REDIRECTS and "Location" in response.headers:
        response.headers["HX-Redirect"] = iri_to_uri(response.headers.pop("Location"))
        response.status_code = 200
        response.set_data(b"")
    if response.mimetype == "text/html":
        response.vary.update(_VARY)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
    return response

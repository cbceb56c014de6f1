"""The verification list as a browser meets it: what a form of it sends, and what its answer shows."""

from __future__ import annotations

import re
import secrets
from typing import Any

from werkzeug.test import TestResponse

from tests.builders.browser import Browser
from webapp.domain.filings.models import Filing

MANAGER = "manager@unit.example"


def htmx(target: str, kind: str = "partial", **more: str) -> dict[str, str]:
    """Headers of a request that wants this part."""
    return {"HX-Request": "true", "HX-Request-Type": kind, "HX-Target": f"div#{target}", **more}


def post(
    browser: Browser,
    path: str,
    fields: dict[str, Any],
    page: str = "/unit/filings",
    headers: dict[str, str] | None = None,
) -> TestResponse:
    """POST what the page at `page` holds hidden, with these fields."""
    token = re.search(r'<meta name="csrf-token" content="([^"]+)">', browser.open(page).text)[1]
    kept = {"csrf_token": token, "submission_key": secrets.token_urlsafe(12)}
    return browser.client.post(path, data=kept | fields, headers=headers)


def rows(response: TestResponse) -> list[str]:
    """The names on the list."""
    return re.findall(r'<a class="hq-work-name"[^>]*>([^<]+)</a>', response.text)


def state_of(filing: Filing) -> str:
    return Filing.get_by_id(filing.id).state


def page_of(filing: Filing) -> str:
    return f"/unit/filings/{filing.ref}"


def hidden(response: TestResponse) -> dict[str, list[str]]:
    """Every hidden field of the confirming form, as a browser would send it."""
    form = re.search(r'<form class="hq-sheet".*?</form>', response.text, re.S)[0]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        fields.setdefault(name, []).append(value)
    return fields

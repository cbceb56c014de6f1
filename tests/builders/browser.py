"""A person at a browser without script: opens pages, sends forms with what the page holds hidden."""

from __future__ import annotations

import re
import secrets
from typing import Any

from flask import g, session
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import authenticator
from tests.builders.units import PASSWORD
from webapp.domain.accounts import queries, second_factor
from webapp.domain.units import queries as units
from webapp.ui import staff_session

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')
_VERSION = re.compile(r'<input type="hidden" name="version" value="([0-9]+)">')


class Browser:
    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, path: str) -> TestResponse:
        return self.client.get(path)

    def send(self, path: str, fields: dict[str, Any] | None = None, *, page: str = "") -> TestResponse:
        """POST a form as the page at `page` (the same address) would: with its token, row version and a fresh key."""
        seen = self.client.get(page or path).text
        hidden: dict[str, Any] = {"csrf_token": _TOKEN.search(seen)[1], "submission_key": secrets.token_urlsafe(12)}  # type: ignore[index]
        if found := _VERSION.search(seen):
            hidden["version"] = found[1]
        return self.client.post(path, data=hidden | (fields or {}))

    def come_as(self, email: str) -> None:
        """Signed in, both factors shown and an authenticator enrolled, as after `sign_in`, without its pages: for
        tests of what comes after."""
        account = queries.by_email(email)
        assert account is not None
        if second_factor.of_account(account.id) is None:
            authenticator.enrol(account)
        own = [unit for unit, _role in units.of_account(account.id)]
        app = self.client.application
        with self.client.session_transaction() as cookie, app.test_request_context():
            g.request_id = "test"
            staff_session.check_network(queries.roles_of(account.id))
            staff_session.complete(account, unit_id=own[0].id if len(own) == 1 else None)
            cookie.clear()
            cookie.update(session)

    def sign_in(self, email: str, password: str = PASSWORD, target: str = "") -> TestResponse:
        """Password, then the code of the account's authenticator; the answer to whichever came last."""
        answer = self.send("/signin", {"email": email, "password": password, "next": target})
        if answer.status_code != 303 or not answer.headers["Location"].startswith("/signin/"):
            return answer
        return self.show_code(email, target)

    def show_code(self, email: str, target: str = "") -> TestResponse:
        """The second step of signing in, with an authenticator enrolled behind the pages where there is none yet."""
        return self.send("/signin/code", {"code": authenticator.code(email), "next": target})


def heading(response: TestResponse) -> str:
    """The one h1 of a page, as text."""
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", response.text, re.S)
    assert len(found) == 1
    return re.sub(r"<[^>]+>", "", found[0]).strip()


def errors(response: TestResponse) -> list[str]:
    """The sentences of the error summary."""
    found = re.search(r'id="error-summary".*?</div>', response.text, re.S)
    lines = re.findall(r"<li>(.*?)</li>", found[0], re.S) if found else []
    return [re.sub(r"<[^>]+>", "", line).strip() for line in lines]

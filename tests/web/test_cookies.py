"""Cookies: who may have set one, and what a sealed one is worth under another name, altered, or read by its holder."""

import base64
import dataclasses
import re
from http.cookies import SimpleCookie

import pytest
from werkzeug.wrappers import Response

from tests.builders import units
from tests.builders.browser import Browser
from tests.builders.questionnaire import draft_cookie
from webapp import create_app, database
from webapp.ui import cookies, sealed_cookies

HERE = ("status", "/s/one")
HELD = {"proved": "a phone"}


@pytest.fixture
def value(app, db) -> str:
    response = Response()
    with app.test_request_context():
        sealed_cookies.put(response, *HERE, HELD)
    (cookie,) = SimpleCookie(response.headers["Set-Cookie"]).values()
    return cookie.value


def read(app, value: str, kind: str, thing: str) -> dict[str, str]:
    with app.test_request_context(headers={"Cookie": f"{cookies.name_of(kind, thing)}={value}"}):
        return sealed_cookies.read(kind, thing)


def test_it_opens_for_its_kind_and_thing_alone(app, value):
    assert read(app, value, *HERE) == HELD
    for other in (("status", "/s/two"), ("not-me", "/s/one"), ("status", ""), ("find", "")):
        assert read(app, value, *other) == {}, other


def test_it_is_read_by_the_server_alone_and_none_when_altered(app, value):
    sealed = base64.urlsafe_b64decode(value + "==")

    assert b"proved" not in sealed
    for place in (0, 1, 5, len(sealed) - 1):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        assert read(app, base64.urlsafe_b64encode(altered).decode(), *HERE) == {}, place
    assert read(app, base64.urlsafe_b64encode(b'{"proved":"a phone"}').decode(), *HERE) == {}


def test_cookies_of_production_are_bound_to_host_and_tls(db):
    built = units.certified_unit()
    app = create_app(dataclasses.replace(db, mode="production"))
    database.connect()
    client = app.test_client()
    begun = Browser(client)
    first = client.get("/signin")
    draft = begun.send(f"/q/{built.code}")
    sent = [*first.headers.getlist("Set-Cookie"), *draft.headers.getlist("Set-Cookie")]
    sent += client.get("/?lang=zh-Hans-CN").headers.getlist("Set-Cookie")

    of_draft = draft_cookie(draft.location.split("/")[2])
    assert {cookie.split("=")[0] for cookie in sent} == {
        "__Host-hq",
        "__Host-invitation",
        f"__Host-{of_draft}",
        "__Host-lang",
    }
    for cookie in (cookie for cookie in sent if "Max-Age=0" not in cookie):  # not those that are taken away
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "Domain" not in cookie
    assert client.get(draft.location).status_code in (200, 303), "the draft is known by its cookie again"
    planted = app.test_client()
    planted.set_cookie(of_draft, client.get_cookie(f"__Host-{of_draft}").value)
    assert planted.get(draft.location).status_code in (403, 404)
    # What Python takes for a space and a browser for the first letter of another name.
    for before in ("\x85", "\xa0", "\x1c", "\x0b", "_"):
        header = f"{before}__Host-{of_draft}={client.get_cookie(f'__Host-{of_draft}').value}"
        answer = app.test_client(use_cookies=False).get(draft.location, environ_overrides={"HTTP_COOKIE": header})
        assert answer.status_code in (403, 404), before
    for path in ("/", "/static/css/site.css", "/api/lane/v1/check"):
        assert client.get(path).headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_cookies_and_tokens_are_signed_by_sha256(client, db):
    """43 signs of base64 are 256 bits; SHA-1, which Flask and its forms take by themselves, has 27."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/signin").text)[1]

    assert [len(signed.rpartition(".")[2]) for signed in (token, client.get_cookie("hq").value)] == [43, 43]

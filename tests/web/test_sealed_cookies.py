"""What a sealed cookie is worth under another name, altered, or read by whoever holds it."""

import base64
from http.cookies import SimpleCookie

import pytest
from werkzeug.wrappers import Response

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

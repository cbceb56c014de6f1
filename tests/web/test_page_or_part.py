"""Page or part, and the headers that keep a part from being shown as a page."""

import json

import htmx_flask
import pytest
from flask import Flask, make_response, redirect

from webapp.ui import htmx

PART = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "ul#rows", "HX-Source": "form#bulk"}


@pytest.fixture
def client():
    app = Flask(__name__)
    htmx_flask.Htmx(app)
    app.after_request(htmx.finish)

    @app.get("/rows")
    def rows():
        return "part" if htmx.is_fragment("rows") else "page"

    @app.get("/moved")
    def moved():
        response = redirect("/登入", 303)
        response.set_cookie("seen", "1")
        return response

    @app.get("/event")
    def event():
        return htmx.hx_response("已驗核", reswap="innerHTML show:top", push_url="/名單", events={"hq:say": "已驗核"})

    @app.get("/kept")
    def kept():
        response = make_response("x")
        response.headers["Cache-Control"] = "max-age=60"
        return response

    return app.test_client()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "part"),
        ({"HX-Target": "rows"}, "part"),
        ({"HX-Target": "div#other"}, "page"),
        ({"HX-Target": ""}, "page"),
        ({"HX-Request": "false"}, "page"),
        ({"HX-Request-Type": "full"}, "page"),
        ({"HX-Boosted": "true"}, "page"),
        ({"HX-History-Restore-Request": "true"}, "page"),
    ],
)
def test_a_part_goes_only_where_it_was_asked_for(client, changed, expected):
    assert client.get("/rows", headers={**PART, **changed}).text == expected


def test_pages_are_not_stored_and_vary(client):
    answer = client.get("/rows")

    assert answer.headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "HX-Target", "Cookie", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))
    assert client.get("/kept").headers["Cache-Control"] == "max-age=60"


def test_a_redirect_becomes_a_page_load_for_htmx_only(client):
    plain, part = client.get("/moved"), client.get("/moved", headers=PART)

    assert (plain.status_code, "HX-Redirect" in plain.headers) == (303, False)
    assert (part.status_code, part.headers["HX-Redirect"], part.data) == (200, plain.headers["Location"], b"")
    assert (part.headers["Set-Cookie"], "Location" in part.headers) == ("seen=1; Path=/", False)


def test_headers_carry_no_raw_chinese(client):
    headers = client.get("/event").headers

    assert json.loads(headers["HX-Trigger"]) == {"hq:say": "已驗核"}
    assert (headers["HX-Trigger"].isascii(), headers["HX-Push-Url"].isascii()) == (True, True)
    assert headers["HX-Reswap"] == "innerHTML show:top"

"""The edge, asked of every address: what each answer carries, whom it believes, and that failures tell nothing.

Asked through the URL map, so that a new route is asked too; what stands in the world is of tests/structure/test_routes.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from structlog.testing import capture_logs
from werkzeug.routing import Rule

from tests.builders import accounts, units
from tests.builders.browser import Browser, heading
from tests.structure.test_routes import World, _session_cookie, address, engine, method, rules, world  # noqa: F401
from webapp import database
from webapp.domain.accounts.models import Session
from webapp.domain.audit.models import Act
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers
from webapp.domain.units.models import Unit
from webapp.ui.requests import HEADERS

#: Ends the visit that asks.
LEAVING = ("staff.sign_out", "staff.session_end", "staff.switch_unit")
#: Answered to anybody, without a word about anybody: may be kept by a browser.
KEPT_BY_BROWSERS = {"static", "lane_api.openapi_document", "lane_api.signing_key"}
EVIL = "evil.example"
_LEADS_AWAY = re.compile(rb'(?:href|action|src|content|hx-[a-z-]+)="(?:https?:)?//evil')


def visit(app: Flask, world: World, actor: str):  # noqa: F811
    client = app.test_client()
    if actor != "visitor":
        _session_cookie(app, client, world.mailboxes[actor])
    return client


def asked(app: Flask, world: World) -> list[tuple[Rule, str]]:  # noqa: F811
    return [(rule, address(app, rule, world)) for rule in rules(app) if rule.endpoint not in LEAVING]


# What every answer carries ----------------------------------------------------------------------------------------


def test_policy_of_pages_has_no_exception():
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))

    assert not re.search(r"unsafe|\*|https?:|nonce|strict-dynamic", HEADERS["Content-Security-Policy"])
    closed = ("default-src", "object-src", "base-uri", "frame-ancestors")
    assert [policy.get(name) for name in closed] == ["'none'"] * 4
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    told = ("X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options", "Cross-Origin-Opener-Policy")
    assert [HEADERS[name] for name in told] == ["nosniff", "no-referrer", "DENY", "same-origin"]


@pytest.mark.parametrize("actor", ["visitor", "manager", "platform_officer"])
def test_every_answer_is_guarded_and_no_page_is_kept(app, world, actor):  # noqa: F811
    """Own policy headers, a type with its charset, no-store, no whole number of anybody, a way to sign out on each page
    of staff, no page that writes script or style into its markup; and whoever names another host or another site to go
    to is not believed."""
    app.config["WTF_CSRF_ENABLED"] = False
    client, wrong, whole = visit(app, world, actor), [], whole_numbers()
    for rule, url in asked(app, world):
        answer = client.open(
            url + ("&" if "?" in url else "?") + urlencode(dict.fromkeys(("next", "here", "back", "to"), f"//{EVIL}/")),
            method=method(rule),
            headers={"Host": EVIL, "X-Forwarded-Host": EVIL, "Origin": f"https://{EVIL}"},
        )
        wrong += [(rule.endpoint, name) for name, value in HEADERS.items() if answer.headers.get(name) != value]
        if rule.endpoint not in KEPT_BY_BROWSERS and "no-store" not in answer.headers.get("Cache-Control", ""):
            wrong.append((rule.endpoint, "kept", answer.headers.get("Cache-Control")))
        if answer.mimetype.startswith("text/") and "utf-8" not in answer.headers["Content-Type"]:
            wrong.append((rule.endpoint, answer.headers["Content-Type"]))
        if "Access-Control-Allow-Origin" in answer.headers or "Server" in answer.headers:
            wrong.append((rule.endpoint, "tells or allows too much"))
        if answer.mimetype == "text/html":
            wrong += [
                (rule.endpoint, inline)
                for inline in re.findall(
                    r"<script(?![^>]* src=)|<style|<[^>]* (?:style|on[a-z]+)=|javascript:", answer.text
                )
            ]
        told = re.sub(r"[\s()-]", "", answer.text) if answer.mimetype.startswith(("text/", "application/json")) else ""
        wrong += [(rule.endpoint, "a whole number", number) for number in whole if number in told]
        if actor != "visitor" and 'id="session-end"' in answer.text and 'action="/signout"' not in answer.text:
            wrong.append((rule.endpoint, "no way to sign out"))
        target = answer.headers.get("Location", "/")
        if _LEADS_AWAY.search(answer.data) or not target.startswith("/") or target.startswith("//"):
            wrong.append((rule.endpoint, "believes", target))

    assert wrong == []


def whole_numbers() -> set[str]:
    """Documents and phones of everybody in the world, as they would stand on a page that masks nothing."""
    opened = [registry.open_answers(row) for row in Answers.select()]
    found = {one["person"]["id_number"] for one in opened} | {one["contact"]["phone"].lstrip("+") for one in opened}
    assert len(found) > 4
    return {re.sub(r"[\s()-]", "", number) for number in found}


def test_every_file_of_ours_says_its_type_and_charset(app, client):
    files = [path for path in Path(app.static_folder).rglob("*") if path.suffix in (".css", ".js", ".svg", ".txt")]

    types = {
        path.suffix: client.get(f"/static/{path.relative_to(app.static_folder)}").headers["Content-Type"]
        for path in files
    }

    assert {suffix: kind.replace('"', "") for suffix, kind in types.items()} == {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".svg": "image/svg+xml; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
    }


def test_no_address_is_put_right_by_a_redirect(app, client):
    """Such a redirect repeats the host that was asked for."""
    assert [rule.rule for rule in rules(app) if rule.rule != "/" and rule.rule.endswith("/")] == []
    for path in (
        "//",
        "/unit//filings",
        "//unit/filings",
        "/unit/filings/",
        "/static//css/site.css",
        "/static/../wsgi.py",
    ):
        answer = client.get("/", headers={"Host": EVIL}, environ_overrides={"PATH_INFO": path})
        assert answer.status_code in (200, 303, 404), path
        assert EVIL not in answer.headers.get("Location", ""), path


def test_no_address_answers_trace(app, world):  # noqa: F811
    """It would show a script what the browser sent along."""
    assert {app.test_client().open(url, method="TRACE").status_code for _rule, url in asked(app, world)} == {405}


# What is believed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ["manager", "platform_officer"])
def test_no_unsafe_method_goes_without_its_token(app, world, actor):  # noqa: F811
    """Neither without one nor with another session's; nothing is done meanwhile."""
    client, done, stranger = visit(app, world, actor), Act.select().where(Act.outcome == "done"), app.test_client()
    other = re.search(r'name="csrf-token" content="([^"]+)"', stranger.get("/signin").text)[1]
    app.config["WTF_CSRF_ENABLED"] = True
    before, let_in = done.count(), []
    for rule, url in asked(app, world):
        unsafe = sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"})
        # Machines come with a key or a signature of their own and no cookie; steps of arriving are behind these actors.
        if (
            not unsafe
            or rule.endpoint.startswith(("lane_api.", "staff.step_"))
            or rule.endpoint == "public.sms_receipts"
        ):
            continue
        for fields in ({}, {"csrf_token": other}):
            answer = client.open(url, method=unsafe[0], data=fields)
            if answer.status_code not in (400, 403) and "/signin" not in answer.headers.get("Location", ""):
                let_in.append((rule.endpoint, answer.status_code))

    assert let_in == []
    assert done.count() == before


def test_what_was_typed_into_a_page_that_expired_is_sent_again_with_one_press(app, client, db):
    fields = {"name": "甲 <b>&", "reason": ["a", "b"], "csrf_token": "old", "password": "never again"}

    answer = client.post("/find?lang=pt", data=fields, headers={"Sec-Fetch-Site": "same-origin"})

    assert (answer.status_code, heading(answer)) == (400, "這次提交沒有成功")
    assert answer.text.count('name="reason"') == 2
    assert 'value="甲 &lt;b&gt;&amp;"' in answer.text
    assert "never again" not in answer.text
    assert '<form method="post" action="/find?lang=pt">' in answer.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)[1]
    assert client.post("/find", data={**fields, "csrf_token": token}).status_code == 422, "asked for what is missing"
    for header in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}):
        assert "甲" not in client.post("/find", data=fields, headers=header).text, "nothing is offered to another site"


def test_fields_nobody_asked_for_change_nothing(app, db):
    """Mass assignment: what a form does not have is not read, whatever it is called."""
    more = {
        "state": "certified",
        "id": "1",
        "unit_id": "1",
        "role": "platform_officer",
        "certified_at": "1",
        "version": "9",
    }
    built = units.certified_unit(email="home@unit.example")
    before = Unit.get_by_id(built.unit.id).__data__
    browser = Browser(app.test_client())
    browser.come_as("home@unit.example")
    contact = browser.send(
        "/unit/standing/contact", {**more, "public_phone": "+853 2800 0000", "public_hours": "九時至五時"}
    )
    invited = browser.send("/unit/team/invite", {**more, "email": "new@unit.example"})

    after = Unit.get_by_id(built.unit.id).__data__
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"public_phone", "public_hours", "version", "contact"}
    assert after["state"] == "certified"
    assert contact.status_code in (303, 409, 422)
    assert invited.status_code == 422, "a role of the platform is none of a unit"


# Limits ------------------------------------------------------------------------------------------------------------


def test_limits_have_pages_of_our_own(app, client, db):
    def page(answer, status: int, title: str, sentence: str = "") -> None:
        assert (answer.status_code, heading(answer), sentence in answer.text) == (status, title, True)
        assert "<!doctype html>" in answer.text[:40].lower()
        assert not re.search(r"Traceback|werkzeug|peewee|SELECT |File \"", answer.text)

    page(client.post("/find", data={"name": "x" * (19 * 1024 * 1024)}), 413, "送出的內容太大", "一次最多送出18 MB")
    page(
        client.post("/find", data={f"f{n}": "1" for n in range(1001)}, content_type="multipart/form-data"),
        413,
        "送出的內容太大",
        "一次最多送出1,000項，文字合計最多2 MB",
    )
    page(
        client.post("/find", data={"name": "x" * (3 * 1024 * 1024)}, content_type="multipart/form-data"),
        413,
        "送出的內容太大",
        "一次最多送出1,000項，文字合計最多2 MB",
    )
    for _ in range(121):
        last = client.get("/genuine/ABCDEFGHJKMN")
    page(last, 429, "請稍候再試")
    assert int(last.headers["Retry-After"]) > 0


def test_a_limit_used_up_and_a_form_without_its_token_are_logged(client, db):
    with capture_logs() as logged:
        for _ in range(121):
            client.get("/genuine/ABCDEFGHJKMN")
        client.post("/find", data={"id_number": "A1234567"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert [(line["event"], line.get("rule") or line["kind"]) for line in logged] == [
        ("limit used up", "genuine-address"),
        ("form without its token", "cross-site"),
    ]
    assert "A1234567" not in str(logged)


# Failures ----------------------------------------------------------------------------------------------------------


def test_a_failure_tells_nothing_and_is_logged_by_its_kind_and_place(app, client, db, monkeypatch):
    def breaks():
        raise ValueError("陳嘉敏 440402199001010011 SELECT * FROM account")

    for endpoint in ("public.help_people", "lane_api.openapi_document"):
        breaks.audience = app.view_functions[endpoint].audience
        monkeypatch.setitem(app.view_functions, endpoint, breaks)
    with capture_logs() as logged:
        page = client.get("/help")
        part = client.get("/help", headers={"HX-Request": "true"})
        machine = client.get("/api/lane/v1/openapi.json")

    assert [answer.status_code for answer in (page, part, machine)] == [500] * 3
    assert page.headers["X-Request-Id"] in page.text
    assert machine.json == {"error": "failed"}
    told = "".join([page.text, part.text, machine.text, str(logged)])
    assert re.findall(r"Traceback|ValueError: |陳嘉敏|4404021990|SELECT ", told) == []
    assert [(line["event"], line["kind"]) for line in logged] == [("request failed", "ValueError")] * 3
    assert all(line["place"].partition(":")[0] == __file__ for line in logged)


def test_a_broken_limiter_lets_nobody_try(app, client, db):
    accounts.platform_staff(email="an.lei@staff.example")
    app.config["WTF_CSRF_ENABLED"] = False
    database.database.execute_sql("DROP TABLE bucket")

    answer = client.post("/signin", data={"email": "an.lei@staff.example", "password": units.PASSWORD})

    assert answer.status_code in (500, 503)
    assert Session.select().count() == 0

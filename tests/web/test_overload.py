"""More ask than there is room for: they are told so by a page of ours, in their language, and when to come again."""

from __future__ import annotations

import contextlib
import fcntl
import re
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import peewee
import psycopg
import pytest

from tests.builders import lanes, units
from tests.builders.browser import Browser, heading
from webapp import database, writers_queue
from webapp.domain.accounts import sessions
from webapp.domain.filings.models import Draft
from webapp.settings import Settings


@contextlib.contextmanager
def overloaded(settings: Settings) -> Iterator[None]:
    """More ask than the database has room for: no connection is free, or the one writer never comes to an end."""
    if database.is_sqlite():
        writer = sqlite3.connect(database.database.obj.database, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        yield
        writer.close()
        return
    with psycopg.connect(settings.database_url, autocommit=True) as owner:
        owner.execute("DROP ROLE IF EXISTS passlist_crowd")
        owner.execute("CREATE ROLE passlist_crowd LOGIN CONNECTION LIMIT 0")
        database.configure(settings.database_url.replace("tests@", "passlist_crowd@"))
        yield
        database.configure(settings.database_url)
        owner.execute("DROP ROLE passlist_crowd")


def test_overload_has_a_page_of_our_own_in_the_persons_language(app, client, db):
    """And says when to come again; a part gets its note and a machine its JSON. What was sent then works afterwards."""
    address = "/genuine/ABCDEFGHJKM8"
    app.config["SETTINGS"] = replace(db, answer_seconds=1)
    with overloaded(db):
        chosen = app.test_client()
        chosen.set_cookie("lang", "zh_Hans_CN")
        answers = {
            "zh-Hant": client.get(address, headers={"Accept-Language": "en-GB"}),
            "zh-Hans": client.get(address, headers={"Accept-Language": "zh-CN, zh-HK;q=0.5"}),
            "zh-Hans chosen": chosen.get(address, headers={"Accept-Language": "zh-HK"}),
            "part": client.get(address, headers={"HX-Request": "true"}),
        }
        machine = client.get("/api/lane/v1/snapshot", headers={"Authorization": "Bearer x"})
        alive = client.get("/healthz")
    after = client.get(address)

    for answer in answers.values():
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert answer.headers["Cache-Control"] == "no-store"
        assert not re.search(r"Traceback|peewee|psycopg|sqlite|locked|passlist_crowd|SELECT ", answer.text)
    assert heading(answers["zh-Hant"]) == "系統暫時不能使用"
    assert heading(answers["zh-Hans"]) == heading(answers["zh-Hans chosen"]) == "系统暂时不能使用"
    assert "系統暫時不能使用" in answers["part"].text
    assert "<html" not in answers["part"].text
    if not database.is_sqlite():  # there readers go on beside a writer
        assert (machine.status_code, machine.headers["Retry-After"]) == (503, "10")
        assert machine.json == {"error": "unavailable"}
    assert alive.status_code == 200
    assert after.status_code in (200, 422)


def test_staff_are_told_too_where_the_database_goes_while_it_is_asked_who_they_are(app, db, monkeypatch):
    """The page that says so asks nothing of the database, not even who reads it."""
    units.certified_unit(email="home@unit.example")
    who = Browser(app.test_client())
    who.come_as("home@unit.example")

    def gone(_token: str) -> None:
        raise peewee.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(sessions, "current", gone)
    for headers in ({}, {"HX-Request": "true"}):
        answer = who.client.get("/unit/filings", headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert "系統暫時不能使用" in answer.text
        assert "Content-Security-Policy" in answer.headers


def test_staff_are_told_too_where_no_connection_is_free(app, db):
    units.certified_unit(email="home@unit.example")
    who = Browser(app.test_client())
    who.come_as("home@unit.example")
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["SETTINGS"] = replace(db, answer_seconds=1)

    with overloaded(db):
        answer = who.client.post("/unit/team/invite", data={"email": "x@unit.example", "role": "verifier"})

    assert (answer.status_code, heading(answer)) == (503, "系統暫時不能使用")


@contextlib.contextmanager
def busy(seconds: float) -> Iterator[None]:
    """Somebody has the writers' queue of the embedded database to himself, so long at most."""
    with Path(database.database.obj.database + ".writers").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        end = threading.Timer(seconds, lambda: fcntl.flock(handle, fcntl.LOCK_UN))
        end.start()
        yield
        end.cancel()


def test_whoever_waits_too_long_to_write_reads_our_page_and_sends_again(app, db):
    """As on PostgreSQL, where tests/journeys/test_slow_database.py shows it."""
    if not database.is_sqlite():
        pytest.skip("nobody queues there")
    built, browser = units.certified_unit(), Browser(app.test_client())
    page = f"/q/{built.code}"
    app.config["SETTINGS"] = replace(db, answer_seconds=1)

    with busy(6):
        refused = browser.send(page, {}, page=page)
    unsent = Draft.select().count()
    with busy(0.5):
        accepted = browser.send(page, {}, page=page)

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert heading(refused) == "系統暫時不能使用"
    assert unsent == 0
    assert (accepted.status_code, Draft.select().count()) == (303, 1)


def test_place_in_the_queue_that_was_given_up_holds_up_nobody(db):
    if not database.is_sqlite():
        pytest.skip("nobody queues there")
    writers_queue.wait_until(0)

    with busy(6), pytest.raises(database.peewee.OperationalError, match="queue"), database.transaction():
        pass
    writers_queue.wait_until(None)

    with database.transaction():
        assert Draft.select().count() == 0


def test_a_gate_whose_question_meets_a_connection_that_died_is_told_to_ask_again(app, db):
    if database.is_sqlite():
        pytest.skip("nothing ends its connections")
    _ref, key = lanes.client()
    ask = partial(
        app.test_client().get, "/api/lane/v1/check?plate=MX-12-34", headers={"Authorization": f"Bearer {key}"}
    )
    answered = ask()
    number = database.database.connection().info.backend_pid
    with psycopg.connect(db.database_url, autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", (number,))

    died, again = ask(), ask()

    assert (answered.status_code, died.status_code, again.status_code) == (200, 503, 200)
    assert (died.json, died.headers["Retry-After"]) == ({"error": "unavailable"}, "10")

"""The database answers, but not in time: people read a page of ours instead of waiting, nothing acknowledged is lost or
doubled, and the worker goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.builders.slow_way import SlowWay
from tests.journeys.test_faults import PATIENCE, PEOPLE, Crowd, answer, counted, prepared, running, waiting, works_again
from tests.journeys.test_kill import wait_for
from webapp import clock, database

#: Seconds a request waits here; in life it is longer.
SECONDS = "2"


@contextmanager
def silent(way: SlowWay, _url: str) -> Iterator[None]:
    """Whatever is asked gets no answer."""
    way.hold()
    yield
    way.let_go()


@contextmanager
def locked(_way: SlowWay, url: str) -> Iterator[None]:
    """Somebody keeps a table that everybody who files needs to himself."""
    with psycopg.connect(url) as keeper:
        keeper.execute("LOCK TABLE draft IN ACCESS EXCLUSIVE MODE")
        yield
        keeper.rollback()


@pytest.fixture
def url() -> Iterator[str]:
    with postgres.server(durable=True) as server:
        with psycopg.connect(server + "/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE passlist")
        yield f"{server}/passlist"
        database.disconnect()


@pytest.mark.parametrize("slow", [silent, locked], ids=["silent", "locked"])
def test_database_that_is_slow_makes_nobody_wait_and_loses_nothing(url: str, tmp_path: Path, slow: Callable):
    settings = prepared(tmp_path, url)
    people = waiting(PEOPLE)
    way = SlowWay(url)
    system = running(settings, tmp_path / "serve.log", DATABASE_URL=way.url, ANSWER_SECONDS=SECONDS)
    try:
        crowd = Crowd(system, people)
        crowd.wait_until(PEOPLE // 3)
        with slow(way, url):
            pages = [answer(system.address + path) for path in (f"/d/{people[-1][0]}", "/healthz")]
        back = clock.now()
        crowd.wait_until(PEOPLE)
        done = wait_for(lambda: works_again(back), PATIENCE)
    finally:
        system.stop()
        way.close()
    row = counted(f"database slow ({slow.__name__})", PEOPLE, crowd.acknowledged)
    (status, page, retry), (alive, _, _) = pages
    assert (status, retry, alive) == (503, "10", 200)
    assert "</html>" in page
    assert row == (PEOPLE, PEOPLE, PEOPLE, 0)
    assert done

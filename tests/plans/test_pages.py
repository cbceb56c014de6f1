"""What a page reads does not grow with what there is behind it: by steps of SQLite, by blocks of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.bench.measuring import effort, statements
from webapp import clock
from webapp.columns import to_micros
from webapp.database import database, is_sqlite
from webapp.domain.audit import queries as record
from webapp.domain.audit.models import Act


def read(work: Callable[[], object]) -> int:
    """What the database does for it."""
    return sum(effort(sql, params) for sql, params in statements(work))


def known(*tables: str) -> None:
    """PostgreSQL counts its tables, as it does by itself some time after they grew."""
    if not is_sqlite():
        for table in tables:
            database.execute_sql(f"ANALYZE {table}")


def acts(verb: str, number: int, outcome: str = "done", days_ago: int = 0) -> None:
    at = to_micros(clock.now() - timedelta(days=days_ago))
    row = {"actor_kind": "account", "actor_ref": "somebody", "request_id": "r", "session_ref": "", "address": ""}
    rows: list[Any] = [
        row
        | {"verb": verb, "key": f"{verb}-{one}", "outcome": outcome, "at": at, "account_id": 1 if verb == "a" else 2}
        for one in range(number)
    ]
    for begin in range(0, number, 500):
        Act.insert_many(rows[begin : begin + 500]).execute()


@pytest.mark.parametrize("wanted", [record.Filter(verb="a"), record.Filter(account_id=1)], ids=["verb", "account"])
def test_what_many_did_and_nobody_lately_is_found_in_the_record_at_once(db, wanted):
    acts("a", 3000)
    acts("b", 3000)
    known("act")
    newest = record.acts(wanted, limit=5)
    assert [act.verb for act in newest] == ["a"] * 5
    lower = record.acts(wanted, before=newest[-1].id, limit=5)
    assert [act.id for act in lower] == [newest[-1].id - one for one in range(1, 6)]
    assert read(lambda: record.acts(wanted, limit=5)) <= read(lambda: record.acts(record.Filter(), limit=5)) + 5


def test_a_day_of_long_ago_is_found_in_the_record_at_once(db):
    acts("a", 30, days_ago=100)
    acts("b", 3000)
    known("act")
    day = clock.today() - timedelta(days=100)
    wanted = record.Filter(since=day, until=day)
    newest = record.acts(wanted, limit=5)
    lower = record.acts(wanted, before=newest[-1].id, limit=5)
    assert [act.id for act in newest + lower] == [newest[0].id - one for one in range(10)]
    assert {act.verb for act in newest + lower} == {"a"}
    least = read(lambda: record.acts(record.Filter(), limit=5))
    assert read(lambda: record.acts(wanted, limit=5)) <= least + 10
    assert read(lambda: record.acts(wanted, before=newest[-1].id, limit=5)) <= least + 10


def test_what_was_refused_is_found_among_what_was_done(db):
    acts("a", 10, "refused")
    acts("b", 5000)
    known("act")
    wanted = record.Filter(outcome="refused")
    assert len(record.acts(wanted)) == 10
    assert read(lambda: record.acts(wanted)) <= read(lambda: record.acts(record.Filter(), limit=10)) + 10

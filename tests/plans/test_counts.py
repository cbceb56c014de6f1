"""What pages count and look up costs what they show, not what there is."""

from __future__ import annotations

import json

import pytest

from tests.builders import units as build
from tests.plans.listening import listening
from webapp.database import among, counts, database, is_sqlite
from webapp.domain.passlist import queries
from webapp.domain.units import queries as units
from webapp.domain.units import vehicles
from webapp.domain.units.models import Unit
from webapp.domain.units.vehicles import NewVehicle


def explained(sql: str, params: tuple) -> dict:
    (plan,) = database.execute_sql("EXPLAIN (FORMAT JSON) " + sql, params).fetchone()
    return (plan if not isinstance(plan, str) else json.loads(plan))[0]["Plan"]


def steps(sql: str, params: tuple) -> list[str]:
    return [row[3] for row in database.execute_sql("EXPLAIN QUERY PLAN " + sql, params).fetchall()]


def nodes(plan: dict) -> list[dict]:
    return [plan, *(found for below in plan.get("Plans", ()) for found in nodes(below))]


@pytest.mark.parametrize("engine", ["postgresql"])
@pytest.mark.parametrize("size", [0, 3, 4000])
def test_the_server_sees_how_many_are_looked_for(db, size):
    """Of a set it knew nothing of it supposed a hundred, and read all units to find three."""
    sql, params = Unit.select().where(Unit.id << among(range(size))).sql()
    sets = [node for node in nodes(explained(sql, params)) if node["Node Type"] == "Function Scan"]
    assert [node["Plan Rows"] for node in sets] in ([max(1, size)], [] if size == 0 else None)


@pytest.mark.parametrize("engine", ["postgresql"])
def test_no_page_starts_processes_of_the_server(db):
    """They take longer to start (40 ms) than the flags of a page take to be found (1 ms)."""
    assert database.execute_sql("SHOW max_parallel_workers_per_gather").fetchone() == ("0",)


def test_the_register_is_counted_as_it_is_kept(db):
    home = build.certified_unit()
    vehicles.add(home.actor, home.unit.id, NewVehicle("粵C·D12345", "small"))
    with listening() as heard:
        assert vehicles.count(home.unit.id) == 1
    assert [sql for sql in heard if "register_vehicle" in sql] == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_units_that_wait_are_found_without_those_that_do_not(db):
    with listening() as heard:
        assert counts([units.waiting()]) == [0]
    ((sql, params),) = heard.items()
    assert [step for step in steps(sql, params) if "unit" in step and "state=?" not in step] == []


def test_what_ends_soon_is_counted_beside_a_list_no_further_than_it_says(db, monkeypatch):
    monkeypatch.setattr(queries, "MOST", 2)
    with listening() as heard:
        assert queries.expiring_count(1) == 0
    ((sql, params),) = heard.items()
    assert "state" not in sql
    assert 3 in params
    if is_sqlite():
        assert any("COVERING INDEX entry_expiry_unit_id_last_day_entry_id" in step for step in steps(sql, params))

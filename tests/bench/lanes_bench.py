"""What a lane check costs, in process: `python -m tests.bench.lanes_bench [cars]`, on SQLite and PostgreSQL.

The check with key, limit and record, against a Flask view that does nothing plus one bare query of the driver; ratios
within one run. The plates asked for differ from question to question.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

from tests import postgres
from tests.bench.measuring import by_turns
from tests.builders import lanes
from tests.builders.filings import vehicle
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from tests.conftest import make_settings, seed_constants
from webapp import create_app, database, schema
from webapp.domain.lanes import keys
from webapp.domain.registry.queries import plate_indexes

RAW = "SELECT e.state FROM plate p JOIN entry e ON e.vehicle_id = p.vehicle_id WHERE p.plate_index = {} LIMIT 1"


def called(app: Any, environ: dict[str, Any]) -> None:
    answer = app(dict(environ), lambda status, headers, trouble=None: None)
    b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()


def nothing() -> tuple[Flask, dict[str, Any]]:
    app = Flask("nothing")
    app.add_url_rule("/", "nothing", lambda: "ok")
    return app, EnvironBuilder(path="/").get_environ()


def measure(name: str, url: str, folder: Path, cars: int) -> None:
    app = create_app(make_settings(folder, url))
    database.connect()
    schema.upgrade()
    seed_constants()
    unit = certified_unit()
    plates = [f"粤CE{number:04d}" for number in range(cars)]
    for plate in plates:
        listed(unit, vehicles=[vehicle(plate=plate)])
    _ref, key = lanes.client(per_minute=60_000)
    questions = itertools.cycle(_environs(plates, key))
    asked = itertools.count()
    bare, empty = nothing()
    cursor = database.database.connection().cursor()
    sql = RAW.format("?" if database.is_sqlite() else "%s")
    indexes = itertools.cycle(plate_indexes(plates))

    def ask() -> None:
        called(app, next(questions))
        keys.forget_known() if next(asked) % 1000 == 0 else None

    def query() -> None:
        cursor.execute(sql, (next(indexes),))
        cursor.fetchone()

    works = ask, lambda: called(bare, empty), query
    check, view, raw = (1000 * one for one in by_turns(*works, times=25, calls=200, clock=time.perf_counter))
    print(
        f"{name}: check {check:.0f} µs, view {view:.0f} µs, query {raw:.0f} µs; ratio {check / (view + raw):.2f} (1.5)"
    )
    database.disconnect()


def _environs(plates: list[str], key: str) -> Iterator[dict[str, Any]]:
    for plate in plates:
        yield EnvironBuilder(
            path="/api/lane/v1/check",
            query_string={"plate": plate, "channel": "shenjing"},
            headers={"Authorization": f"Bearer {key}"},
        ).get_environ()


def main(cars: int = 200) -> None:
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/bench.db", Path(folder), cars)
    with postgres.server() as url, tempfile.TemporaryDirectory() as folder:
        measure("PostgreSQL", url + "/postgres", Path(folder), cars)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

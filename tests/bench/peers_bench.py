"""Lane check and verification list beside their twin on Django: `python -m tests.bench.peers_bench [entries]`.

Both over the same SQLite file in this process, asked in turn; medians of processor time of one question.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

from werkzeug.test import EnvironBuilder

from tests.bench import twin
from tests.bench.measuring import say
from tests.bench.worlds import MANAGER, World, application
from tests.builders import lanes
from tests.builders.browser import Browser
from tests.conftest import make_settings, seed_constants
from webapp import clock, configure_core, database, schema
from webapp.cli.synth import filling, inventing
from webapp.domain.lanes import keys
from webapp.domain.units.models import Unit

ROUNDS, ASKED = 15, 40


def called(app: Any, environ: dict[str, Any]) -> bytes:
    seen: list[str] = []
    answer = app(dict(environ), lambda status, headers, trouble=None: seen.append(status))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    assert seen[0].startswith("200"), (seen, body[:200])
    return body


def in_turn(**works: Callable[[], Any]) -> dict[str, float]:
    """Microseconds of each, median over rounds."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            begun = time.process_time()
            for _ in range(ASKED):
                work()
            spent[name].append((time.process_time() - begun) / ASKED * 1e6)
    return {name: statistics.median(times[1:]) for name, times in spent.items()}


def main(entries: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(Path(folder), f"sqlite:///{folder}/bench.db", "demo")
        configure_core(settings)
        database.connect()
        schema.upgrade()
        seed_constants()
        filling.fill(settings, entries, seed=1, today=clock.today(), processes=1)
        _ref, key = lanes.client(per_minute=keys.MOST_PER_MINUTE)
        unit = Unit.select().order_by(Unit.id).first()
        ours = application(World(folder, f"sqlite:///{folder}/bench.db", entries))
        theirs = twin.application(Path(folder) / "bench.db", Path(folder) / "journal")
        plates = cycle([inventing.plates(number)[0] for number in range(1, 300)])
        head = {"Authorization": f"Bearer {key}"}

        def question(place: str) -> dict[str, Any]:
            values = {"plate": next(plates), "channel": "shenjing"}
            return EnvironBuilder(path=place, query_string=values, headers=head).get_environ()

        found = in_turn(
            ours=lambda: called(ours, question("/api/lane/v1/check")),
            django=lambda: called(theirs, question("/check")),
        )
        print(f"lane check: {found['ours']:.0f} µs, on Django {found['django']:.0f} µs")
        say("lane check on Django against ours", found["django"] / found["ours"], "–")
        browser = Browser(ours.test_client())
        browser.sign_in(MANAGER, filling.PASSWORD)
        cookie = "; ".join(f"{one.key}={one.value}" for one in browser.client._cookies.values())
        page = EnvironBuilder(path="/unit/filings", headers={"Cookie": cookie}).get_environ()
        other = EnvironBuilder(path=f"/filings/{unit.id}").get_environ()
        sizes = len(called(ours, page)), len(called(theirs, other))
        found = in_turn(ours=lambda: called(ours, page), django=lambda: called(theirs, other))
        for name, size in zip(("ours", "django"), sizes, strict=True):
            print(f"verification list, {name}: {found[name] / 1000:.1f} ms, {size / 1024:.0f} KB of HTML")
        say("verification list on Django against ours", found["django"] / found["ours"], "–")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)

"""The lane while people file: `python -m tests.bench.lane_load_bench [rounds]`.

A server as in life (two processes) on an invented list in SQLite; a gate asks thirty times a second, in turn while it
is quiet and while twenty filings a second arrive, each a whole submission through the actions in another process.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import quote

from tests.bench.measuring import say
from tests.builders import filings as build
from tests.builders import lanes
from tests.builders import units as build_units
from tests.conftest import environment, make_settings, seed_constants
from tests.postgres import free_port
from webapp import clock, configure_core, database, schema
from webapp.cli.synth import filling, inventing
from webapp.domain.units.models import Unit
from webapp.settings import Settings

ENTRIES, A_SECOND, ASKED, ROUND = 2000, 20, 30, 6


def arrive(settings: Settings, unit_id: int, busy: Event, counted: Event, sent: object) -> None:
    """Submissions at their pace while `busy` is set."""
    configure_core(settings)
    database.connect()
    unit = Unit.get_by_id(unit_id)
    counted.set()
    while True:
        busy.wait()
        begun = time.perf_counter()
        build.filed(unit)
        sent.value += 1  # type: ignore[attr-defined]
        time.sleep(max(0.0, 1 / A_SECOND - (time.perf_counter() - begun)))


def ask(port: int, key: str, seconds: float, plates: list[str]) -> list[float]:
    """Milliseconds of each answer, asked at a steady pace."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    taken, begun, number = [], time.perf_counter(), 0
    while (now := time.perf_counter()) - begun < seconds:
        path = f"/api/lane/v1/check?plate={quote(plates[number % len(plates)])}&channel=shenjing"
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        taken.append((time.perf_counter() - now) * 1000)
        number += 1
        time.sleep(max(0.0, begun + number / ASKED - time.perf_counter()))
    return taken


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(Path(folder), f"sqlite:///{folder}/bench.db", "development")
        configure_core(settings)
        database.connect()
        schema.upgrade()
        seed_constants()
        filling.fill(settings, ENTRIES, seed=1, today=clock.today())
        unit_id = build_units.certified_unit().unit.id
        _ref, key = lanes.client(per_minute=60_000)
        database.disconnect()
        port = free_port()
        known = os.environ | environment(Path(folder), settings.database_url) | {"PORT": str(port)}
        server = subprocess.Popen([sys.executable, "-m", "webapp.cli.server"], env=known)
        context = multiprocessing.get_context("spawn")
        busy, ready, sent = context.Event(), context.Event(), context.Value("i", 0)
        filer = context.Process(target=arrive, args=(settings, unit_id, busy, ready, sent), daemon=True)
        filer.start()
        try:
            ready.wait()
            wait_for(port)
            plates = [inventing.plates(number)[0] for number in range(1, 400)]
            ask(port, key, 2, plates)
            quiet: list[float] = []
            loaded: list[float] = []
            for _ in range(rounds):
                quiet += ask(port, key, ROUND, plates)
                busy.set()
                loaded += ask(port, key, ROUND, plates)
                busy.clear()
                time.sleep(0.5)
        finally:
            filer.kill()
            server.send_signal(signal.SIGTERM)
            server.wait()
        calm, full = (statistics.quantiles(times, n=100)[98] for times in (quiet, loaded))
        print(f"{len(quiet)} and {len(loaded)} questions; {sent.value / rounds / ROUND:.0f} filings/s arrived")
        say(f"lane check p99 while people file ({full:.1f} ms) against quiet", full / calm, "≤ 3")
        say("lane check p99 while people file", full, "≤ 25", " ms")


def wait_for(port: int) -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4)

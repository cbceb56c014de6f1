"""A day's work at once for a long while: filings, lists and lane checks through the served product, with flat memory.

`SOAK_MINUTES=30 make soak TESTS=tests/journeys/test_soak.py` prints what was done each minute, and what each process
holds. Figures in docs/operations.md come from it.
"""

from __future__ import annotations

import http.client
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.builders import filings, lanes, units
from tests.journeys.test_kill import EMAIL, Person, System, durable, sign_in, submit
from webapp import database
from webapp.domain.filings import drafts
from webapp.domain.filings.models import Filing
from webapp.domain.jobs.models import DOCUMENTS, FAILED, FINISHED, Job
from webapp.domain.units import codes
from webapp.settings import Settings

__all__ = ["durable"]

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
LANE_CHECKS_A_SECOND = 30
#: Part of the time after which everything a process keeps is there.
WARM = 0.25
IS_DONE = Job.state == FINISHED
#: What a process may hold at the end against what it held when it was warm.
GROWTH = 1.1


class Work:
    """One kind of work done again and again in a thread of its own, and how often it was done."""

    def __init__(self, settings: Settings, done: Counter[str], until: float) -> None:
        self.settings, self.done, self.until = settings, done, until
        self.failed: list[BaseException] = []
        self._threads: list[threading.Thread] = []

    def begin(self, name: str, rounds: Callable[[], Iterator[None]]) -> None:
        def work() -> None:
            try:
                database.connect()
                for _ in rounds():
                    self.done[name] += 1
                    if time.monotonic() > self.until or self.failed:
                        break
                database.disconnect()
            except BaseException as error:  # a thread's failure is the test's
                self.failed.append(error)

        self._threads.append(threading.Thread(target=work))
        self._threads[-1].start()

    def end(self) -> None:
        for thread in self._threads:
            thread.join()


def filing(address: str, unit: units.BuiltUnit, until: float) -> Iterator[None]:
    while True:
        draft = filings.draft(unit)
        name = drafts.answers_of(draft)["person"]["full_name"]
        submit(Person(address, until + 60), drafts.resume_token(draft.ref), draft.ref, name)
        yield


def reading_lists(address: str, until: float) -> Iterator[None]:
    clerk = Person(address, until + 60)
    sign_in(clerk)
    while True:
        for path in ("/unit/filings", "/unit/filings?state=submitted", "/unit/list"):
            assert clerk.ask(path)[0] == path.partition("?")[0]
            yield


def checking_lanes(port: int, key: str) -> Iterator[None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while True:
        path = f"/api/lane/v1/check?plate={quote(filings.plate())}&channel=shenjing"
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        yield
        time.sleep(1 / LANE_CHECKS_A_SECOND)


def megabytes(process: int) -> float:
    """What a process holds (RSS)."""
    said = Path(f"/proc/{process}/status").read_text()
    return int(said.partition("VmRSS:")[2].split()[0]) / 1024


@pytest.mark.soak
def test_memory_stays_flat_while_people_file_staff_read_and_gates_ask(durable, tmp_path):
    unit = units.certified_unit(email=EMAIL)
    codes.set_ceiling(unit.actor, unit.unit.id, codes.HIGHEST_CEILING)
    _, key = lanes.client(per_minute=60_000)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    system = System(
        {
            **environment,
            "WEBAPP_ENV": "demo",
            "DATA_DIR": str(tmp_path),
            "DATABASE_URL": durable.database_url,
            "PORT": str(durable.port),
        },
        tmp_path / "serve.log",
    )
    try:
        Person(system.address, time.monotonic() + 60).ask("/")
        kept, done = soaked(system, durable, unit, key)
        made, wait = (Job.select().where(Job.queue == DOCUMENTS, state).count() for state in (IS_DONE, ~IS_DONE))
        print(f"documents made {made}, waiting {wait}")
    finally:
        system.stop()
    assert Filing.select().count() == done["filings"]
    assert not Job.select().where(Job.state == FAILED).exists()
    for process, held in kept.items():
        assert held[-1] < GROWTH * held[int(len(held) * WARM)], process


def soaked(
    system: System, settings: Settings, unit: units.BuiltUnit, key: str
) -> tuple[dict[str, list[float]], Counter[str]]:
    """Work for SOAK_MINUTES; what each process held at each look, and what was done."""
    begun = time.monotonic()
    until = begun + 60 * MINUTES
    done: Counter[str] = Counter()
    work = Work(settings, done, until)
    work.begin("filings", lambda: filing(system.address, unit, until))
    work.begin("lists", lambda: reading_lists(system.address, until))
    work.begin("lane checks", lambda: checking_lanes(settings.port, key))
    processes = {f"server {pid}": pid for pid in system.children("webapp.cli.server")}
    processes |= {f"worker {pid}": pid for pid in system.children("jobs run")}
    kept: dict[str, list[float]] = {name: [] for name in processes}
    print("\nminute  filings  lists  lane checks  " + "  ".join(processes) + "  (MB)")
    while time.monotonic() < until and not work.failed:
        time.sleep(min(30.0, max(0.0, until - time.monotonic())))
        for name, pid in processes.items():
            kept[name].append(megabytes(pid))
        said = "  ".join(f"{held[-1]:.0f}" for held in kept.values())
        minute = (time.monotonic() - begun) / 60
        print(f"{minute:.1f}  {done['filings']}  {done['lists']}  {done['lane checks']}  {said}", flush=True)
    work.end()
    assert work.failed == []
    return kept, done

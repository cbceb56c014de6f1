"""What goes through the whole list, on both databases: `python -m tests.bench.streams_bench [entries [engine …]]`.

The export of the largest unit, the snapshot of the gates, the proof of the record, and searches by name, by document
and in the largest unit. Each in a process of its own, so that its memory is its own; lists as in
tests.bench.scale_bench.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask

from tests.bench.measuring import peak_megabytes, say
from tests.bench.worlds import ENGINES, MANAGER, Asked, worlds
from tests.builders import lanes
from tests.builders.browser import Browser
from webapp.cli.synth import filling
from webapp.domain.audit import verifying
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers

SMALL = 1000
#: How often a search is made; the quickest counts.
TIMES = 5


@dataclass(frozen=True)
class Streamed:
    rows: int
    seconds: float
    processor: float
    before: int  # megabytes, at the most
    after: int


def _streamed(work: Callable[[], int]) -> Streamed:
    before, begun, spent = peak_megabytes(), time.perf_counter(), time.process_time()
    rows = work()
    return Streamed(rows, time.perf_counter() - begun, time.process_time() - spent, before, peak_megabytes())


def export(app: Flask) -> Streamed:
    manager = Browser(app.test_client())
    manager.sign_in(MANAGER, filling.PASSWORD)
    manager.open("/unit/list/export")

    def work() -> int:
        answer = manager.send("/unit/list/export", {"format": "csv", "detail": "masked"})
        return sum(piece.count(b"\n") for piece in answer.response)

    return _streamed(work)


def snapshot(app: Flask) -> Streamed:
    _ref, key = lanes.client()
    client, head = app.test_client(), {"Authorization": f"Bearer {key}"}

    def work() -> int:
        answer = client.get("/api/lane/v1/snapshot", headers=head)
        assert answer.status_code == 200, answer.status
        for _ in answer.response:
            pass
        return int(Entry.select(Entry.vehicle).distinct().count())

    return _streamed(work)


def prove(_app: Flask) -> Streamed:
    def work() -> int:
        report = verifying.verify()
        assert report.faults == [], report.faults[:3]
        return report.acts + report.lines

    return _streamed(work)


STREAMS: dict[str, Callable[[Flask], Streamed]] = {
    "export of the largest unit": export,
    "snapshot of the gates, cars": snapshot,
    "proof of the record, rows": prove,
}


def search(app: Flask) -> dict[str, float]:
    """Milliseconds of each kind of search, from sending to the page of what was found."""
    officer, manager = Browser(app.test_client()), Browser(app.test_client())
    officer.sign_in("platform_officer@staff.example")
    manager.sign_in(MANAGER, filling.PASSWORD)
    entry = Entry.select().where(Entry.state == "listed").order_by(Entry.id.desc()).first()
    declared = registry.open_answers(Answers.get_by_id(entry.answers_id))
    found: dict[str, float] = {}
    for kind, words in (("name", declared["person"]["full_name"]), ("document", declared["person"]["id_number"])):
        found[f"whole list, by {kind}"] = _quickest(lambda k=kind, w=words: _asks(officer, k, w))  # type: ignore[misc]
    for label, words in (("that many have", "陳"), ("that nobody has", "lzqx")):
        found[f"largest unit, a page by a name {label}"] = _quickest(lambda w=words: manager.open(f"/unit/list?q={w}"))  # type: ignore[misc]
    return found


def _asks(officer: Browser, kind: str, words: str) -> None:
    answer = officer.send("/platform/search", {"kind": kind, "words": words, "reason": "來電查詢"})
    assert answer.status_code == 303, answer.status
    assert officer.open(answer.headers["Location"]).status_code == 200


def _quickest(work: Callable[[], Any]) -> float:
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return min(taken)


def measure(engine: str, entries: int) -> None:
    with worlds(engine, SMALL, entries) as made:
        for name, stream in STREAMS.items():
            few, many = (_alone(made[size][0], stream) for size in (SMALL, entries))
            print(f"{engine}: {name}: {many.rows:,} in {many.seconds:.1f} s, {many.processor:.1f} s of the processor")
            say(f"   most memory, {entries:,} against {SMALL:,}", many.after / few.after, "≤ 1.2")
            print(f"   {few.before} → {few.after} MB and {many.before} → {many.after} MB", flush=True)
        few_ms, many_ms = (_alone(made[size][0], search) for size in (SMALL, entries))
        for name, taken in many_ms.items():
            say(f"{engine}: search, {name} ({few_ms[name]:.0f} ms of {SMALL:,})", taken, "≤ 1000", " ms")


def _alone(world: Any, work: Callable[[Flask], Any]) -> Any:
    asked = Asked(world)
    try:
        return asked.ask(work)
    finally:
        asked.end()


def main(entries: int, engines: tuple[str, ...] = ENGINES) -> None:
    for engine in engines:
        measure(engine, entries)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, tuple(sys.argv[2:]) or ENGINES)

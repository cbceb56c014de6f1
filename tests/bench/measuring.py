"""What all benches share: times, memory, statements, and how a figure is said beside its goal."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from webapp import database


def milliseconds(work: Callable[[], object], times: int = 25) -> float:
    """Median of the processor's time, so that other work on the machine counts little."""
    return by_turns(work, times=times)[0]


def by_turns(
    *works: Callable[[], object], times: int = 25, calls: int = 1, clock: Callable[[], float] = time.process_time
) -> list[float]:
    """Milliseconds of one call of each: the median of so many times so many calls, the works in turns, so that what
    else runs on the machine meets them all."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for kept, work in zip(taken, works, strict=True):
            begun = clock()
            for _ in range(calls):
                work()
            kept.append((clock() - begun) * 1000 / calls)
    return [statistics.median(kept) for kept in taken]


def processors() -> float:
    """Seconds of the processors' time that this process took, and those it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def peak_megabytes() -> int:
    """Most memory this process ever held. Not from getrusage, which counts what its parent held when it forked."""
    return _megabytes("VmHWM")


def held_megabytes() -> int:
    """Memory this process holds now."""
    return _megabytes("VmRSS")


def forget_peak() -> None:
    """The peak is counted from now on, from what is held now."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def _megabytes(name: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith(name))
    return int(line.split()[1]) // 1024


def statements(work: Callable[[], object]) -> list[tuple[str, Any]]:
    """Every statement `work` sends to the database, with its values."""
    heard: list[tuple[str, Any]] = []
    real = database.database.obj.execute_sql

    def hearing(sql: str, params: Any = None, *args: Any, **kwargs: Any) -> Any:
        heard.append((sql, params))
        return real(sql, params, *args, **kwargs)

    database.database.obj.execute_sql = hearing
    try:
        work()
    finally:
        database.database.obj.execute_sql = real
    return heard


def effort(sql: str, params: Any) -> int:
    """What the database does for a statement, by no clock: hundreds of steps of SQLite's machine, or blocks of
    PostgreSQL's that were read, cached or not. Other work on the machine does not count."""
    if not database.is_sqlite():
        plan = database.database.execute_sql(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", params)
        (found,) = plan.fetchone()
        top = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
        return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = database.database.connection()
    connection.set_progress_handler(step, 100)
    try:
        database.database.execute_sql(sql, params).fetchall()
    finally:
        connection.set_progress_handler(None, 0)
    return steps


def say(name: str, figure: float, goal: str, unit: str = "") -> None:
    print(f"{name:<70}{figure:>9.2f}{unit:<4} goal {goal}", flush=True)

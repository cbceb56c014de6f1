"""What all benches share: times, memory, statements, and how a figure is said beside its goal."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from webapp import database


def milliseconds(work: Callable[[], object], times: int = 25) -> float:
    """Median of the processor's time, so that other work on the machine counts little."""
    taken = []
    for _ in range(times):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) * 1000)
    return statistics.median(taken)


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


def say(name: str, figure: float, goal: str, unit: str = "") -> None:
    print(f"{name:<70}{figure:>9.2f}{unit:<4} goal {goal}", flush=True)

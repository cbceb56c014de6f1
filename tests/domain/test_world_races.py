"""Several processes live in one world at once: no rule of the list breaks, nothing fails but by one of the refusals.

`make soak` runs WORLD_STEPS (100,000) steps by eight processes on each database.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.domain.test_world import MOVES
from tests.domain.world import rules, setting
from webapp import configure_core, database
from webapp.domain.audit.models import Act
from webapp.errors import Refusal
from webapp.settings import Settings

PROCESSES = 8
NAMES = [name for name, (_move, weight) in MOVES.items() for _ in range(weight)]


def live(config: Settings, world: setting.World, seed: int, steps: int, seconds: float, report: Path) -> None:
    """Take steps until their number or the time is over; write what came of them."""
    configure_core(config)
    database.connect()
    until = time.monotonic() + seconds
    world.chance = random.Random(seed)
    outcome: Counter[str] = Counter()
    trouble: list[str] = []
    while outcome["steps"] < steps and time.monotonic() < until:
        name = world.chance.choice(NAMES)
        outcome["steps"] += 1
        try:
            MOVES[name][0](world)
            outcome[f"done {name}"] += 1
        except setting.Nothing:
            outcome["nothing to do"] += 1
        except Refusal as refusal:
            outcome[f"refused {type(refusal).__name__}"] += 1
        except Exception:
            trouble.append(f"{name}: {traceback.format_exc()}")
            database.disconnect()
            database.connect()
    report.write_text(json.dumps({"outcome": outcome, "trouble": trouble[:5]}))
    database.disconnect()


def together(config: Settings, folder: Path, *, steps: int, seconds: float) -> Counter[str]:
    """Eight processes in one world; looks at the rules while they live and after. Returns what came of their steps."""
    worlds = [setting.built() for _ in range(2)]
    # No connection may be open when a process is forked.
    database.disconnect()
    context = multiprocessing.get_context("fork")
    reports = [folder / f"{number}.json" for number in range(PROCESSES)]
    living = [
        context.Process(target=live, args=(config, worlds[n % 2], n, steps // PROCESSES, seconds, reports[n]))
        for n in range(PROCESSES)
    ]
    for one in living:
        one.start()
    database.connect()
    broken: list[str] = []
    while any(one.is_alive() for one in living) and not broken:
        time.sleep(2)
        broken = rules.broken()
    for one in living:
        one.join()
    outcome: Counter[str] = Counter()
    trouble: list[str] = []
    for report in reports:
        found: dict[str, Any] = json.loads(report.read_text())
        outcome.update(found["outcome"])
        trouble += found["trouble"]
    assert not trouble, "\n".join(trouble)
    assert (broken or rules.broken()) == []
    assert {one.exitcode for one in living} == {0}
    return outcome


def test_eight_processes_break_no_rule(db, tmp_path):
    outcome = together(db, tmp_path, steps=100_000, seconds=10)

    assert outcome["done file"] > 0
    assert Act.select().where(Act.outcome == "done").count() > 20


@pytest.mark.soak
def test_eight_processes_break_no_rule_for_long(db, tmp_path):
    steps = int(os.environ.get("WORLD_STEPS", "100000"))
    outcome = together(db, tmp_path, steps=steps, seconds=60 * int(os.environ.get("SOAK_MINUTES", "60")))

    print(json.dumps(dict(sorted(outcome.items())), indent=1))
    assert outcome["steps"] >= steps

"""Thirty-two writers on SQLite for a minute: `python -m tests.bench.writers_bench [seconds [writers]]`.

Each process verifies a filing of its own and takes it back, through the actions, as fast as it can. None may fail, and
none may wait much longer than the others.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from tests.bench.measuring import say
from tests.conftest import make_settings, seed_constants
from webapp import clock, configure_core, database, schema
from webapp.actors import Actor
from webapp.cli.synth import filling
from webapp.domain.accounts.models import Account
from webapp.domain.filings import verifying
from webapp.domain.filings.models import Filing
from webapp.domain.units.models import Unit
from webapp.settings import Settings


def write(settings: Settings, pipe: Connection, actor: Actor, ref: str, version: int, until: float) -> None:
    configure_core(settings)
    database.connect()
    taken, failed = [], 0
    while time.time() < until:
        for undone in (True, False):
            begun = time.perf_counter()
            try:
                if undone:
                    verifying.undo(actor, actor.unit_id or 0, ref, version, ["filing:by_mistake"])
                else:
                    verifying.verify(actor, actor.unit_id or 0, ref, version)
                version += 1
            except Exception as error:
                failed += 1
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
            taken.append((time.perf_counter() - begun) * 1000)
    database.disconnect()
    pipe.send((taken, failed))


def main(seconds: int, writers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = make_settings(Path(folder), f"sqlite:///{folder}/bench.db", "demo")
        configure_core(settings)
        database.connect()
        schema.upgrade()
        seed_constants()
        filling.fill(settings, 300, seed=1, today=clock.today(), waiting=writers, processes=1)
        unit, account = Unit.select().order_by(Unit.id).first(), Account.select().order_by(Account.id).first()
        actor = Actor("account", account.ref, unit_id=unit.id, account_id=account.id, request_id="b", session_ref="b")
        mine = list(Filing.select().where(Filing.unit == unit.id, Filing.state == "verified").limit(writers))
        database.disconnect()
        until, running = time.time() + seconds, []
        for filing in mine:
            here, there = multiprocessing.Pipe()
            arguments = (settings, there, actor, filing.ref, filing.version, until)
            process = multiprocessing.get_context("fork").Process(target=write, args=arguments)
            process.start()
            running.append((process, here))
        taken: list[float] = []
        failed = 0
        for process, here in running:
            times, wrong = here.recv()
            taken += times
            failed += wrong
            process.join()
    p50, p99 = statistics.median(taken), statistics.quantiles(taken, n=100)[98]
    print(f"{writers} writers, {seconds} s: {len(taken)} acts, p50 {p50:.0f} ms, p99 {p99:.0f}, most {max(taken):.0f}")
    say("acts that failed", failed, "0")
    say("p99 against p50", p99 / p50, "≤ 4")


if __name__ == "__main__":
    main(*(int(one) for one in [*sys.argv[1:], *["60", "32"][len(sys.argv) - 1 :]]))

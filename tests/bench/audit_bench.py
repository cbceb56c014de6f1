"""What the proof of the record costs a submission: `python -m tests.bench.audit_bench [submissions a round]`.

Eight processes submit drafts on PostgreSQL (durable commits): once with the record as it is, a MAC on each row and
everything there is sealed every three seconds beside them, once with the same rows written plain and nobody sealing.
Short rounds of both take turns (plain, sealed, sealed, plain), so that whatever else the machine does falls on both
alike; the figure is the median of the ratios of five such turns. What a submission and its seal cost in processor time
stands beside it. Then the whole record is proved once: rows a second and memory.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier, Semaphore
from pathlib import Path
from typing import Any

from tests import postgres
from tests.builders import filings, units
from tests.conftest import make_settings, seed_constants
from webapp import configure_core, crypto, database, schema
from webapp.delivery import timers, worker
from webapp.domain.audit import proof, sealing, verifying
from webapp.domain.filings import submitting
from webapp.domain.filings.models import Draft
from webapp.settings import Settings

CLIENTS, GOAL = 8, 0.85
#: Whether the record is plain, round by round.
TURN = (True, False, False, True)
TURNS = 5
#: Seconds of processor time: of clients by whether the record is plain, of the sealing.
SEALING = 2
Sink = Any
PROOFS: tuple[Callable[..., Any], ...] = (crypto.mac, proof.act, proof.lines)


def write_proofs(plain: bool) -> None:
    nothing = (lambda content: b"\0", lambda row: b"", lambda act_id, at, rest: (b"" for _ in rest))
    crypto.mac, proof.act, proof.lines = nothing if plain else PROOFS


def submit(
    settings: Settings, rounds: list[tuple[bool, list[str]]], ready: Barrier, done: Semaphore, busy: Sink
) -> None:
    """One client: its part of every round."""
    configure_core(settings)
    database.connect()
    for plain, refs in rounds:
        write_proofs(plain)
        given = [(of, filings.signing(of)) for of in Draft.select().where(Draft.ref << refs)]
        ready.wait()
        begun = time.process_time()
        for of, signed in given:
            submitting.submit(filings.filer(of), of.ref, signed, key=of.ref)
        with busy.get_lock():
            busy[plain] += time.process_time() - begun
        done.release()


def seconds_of(plain: bool, ready: Barrier, done: Semaphore, busy: Sink) -> float:
    """How long the clients take for a round. Sealed here, in a process beside them as the worker is: at first what
    rounds before left, plain ones too, then every three seconds."""
    ready.wait()
    begun, waited_for, next_pass = time.perf_counter(), CLIENTS, 0.0
    while waited_for:
        now = time.perf_counter() - begun
        if not plain and now >= next_pass:
            spent = time.process_time()
            sealing.seal_committed()
            with busy.get_lock():
                busy[SEALING] += time.process_time() - spent
            next_pass = now + timers.SEAL_BEATS * worker.BEAT
        if done.acquire(timeout=max(0.0, next_pass - now) if not plain else None):
            waited_for -= 1
    return time.perf_counter() - begun


def drafted(size: int) -> list[str]:
    """Drafts of a unit of their own, ready to submit; what is not measured need not be durable."""
    unit = units.certified_unit()
    return [filings.draft(unit, filings.answers(unit.unit.unit_class)).ref for _ in range(size)]


def main(size: int) -> None:
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - heads of seals go to the log, as in life
    with postgres.server(durable=True) as url, tempfile.TemporaryDirectory() as folder:
        settings = make_settings(Path(folder), f"{url}/postgres")
        configure_core(settings)
        database.connect()
        schema.upgrade()
        seed_constants()
        database.database.execute_sql("SET synchronous_commit = off")
        kinds = [True, *TURN * TURNS]  # the first is for warming up
        rounds = [(plain, drafted(size)) for plain in kinds]
        database.database.execute_sql("SET synchronous_commit = on")
        context = multiprocessing.get_context("spawn")
        ready, done, busy = context.Barrier(CLIENTS + 1), context.Semaphore(0), context.Array("d", 3)
        clients = [
            context.Process(
                target=submit,
                args=(settings, [(plain, refs[n::CLIENTS]) for plain, refs in rounds], ready, done, busy),
            )
            for n in range(CLIENTS)
        ]
        for process in clients:
            process.start()
        spent = [seconds_of(plain, ready, done, busy) for plain in kinds][1:]
        for process in clients:
            process.join()
        _tell(size, spent, list(busy))
        _prove()


def _tell(size: int, spent: list[float], busy: list[float]) -> None:
    turns = [spent[n : n + len(TURN)] for n in range(0, len(spent), len(TURN))]
    plain = [sum(took for took, kind in zip(turn, TURN, strict=True) if kind) for turn in turns]
    sealed = [sum(turn) - of_plain for turn, of_plain in zip(turns, plain, strict=True)]
    ratios = [one / other for one, other in zip(plain, sealed, strict=True)]
    rates = [2 * size / statistics.median(took) for took in (plain, sealed)]
    print(
        f"submission, PostgreSQL, {CLIENTS} clients: plain {rates[0]:.0f}/s, with MACs and seals {rates[1]:.0f}/s;"
        f" ratio {statistics.median(ratios):.2f} (goal ≥ {GOAL}; turns {', '.join(f'{one:.2f}' for one in ratios)})"
    )
    counts = {False: 2 * TURNS * size, True: (2 * TURNS + 1) * size}  # the round that warms up is plain
    plainly, proved = (1000 * busy[kind] / counts[kind] for kind in (True, False))
    print(
        f"   of processor time a submission: plain {plainly:.1f} ms, with MACs {proved:.1f} ms,"
        f" its seal {1000 * busy[SEALING] / sum(counts.values()):.2f} ms"
    )


def _prove() -> None:
    sealing.seal_committed()
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    report = verifying.verify()
    spent, rows = time.perf_counter() - begun, report.acts + report.lines
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"audit verify: {rows} rows in {spent:.1f} s, {rows / spent:.0f}/s, {grown:.0f} MB more")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 80)

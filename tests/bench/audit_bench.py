"""What the proof of the record costs a submission: `python -m tests.bench.audit_bench [submissions a round]`.

Eight processes submit drafts on PostgreSQL (durable commits): once with the record as it is, a MAC on each row and the
worker's sealing beside them, once with the same rows written plain and nobody sealing. Rounds of both alternate; the
figure is the median of the ratios of five pairs. Then the whole record is proved once: rows a second and memory.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from multiprocessing.synchronize import Event
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

CLIENTS, PAIRS, GOAL = 8, 5, 0.85


def submit(settings: Settings, refs: list[str], plain: bool, ready: Any, done: Any) -> None:
    configure_core(settings)
    database.connect()
    if plain:
        crypto.mac = lambda content: b"\0"
        proof.act = proof.line = lambda row: b""
    given = [(of, filings.signing(of)) for of in Draft.select().where(Draft.ref << refs)]
    ready.wait()
    for of, signed in given:
        submitting.submit(filings.filer(of), of.ref, signed, key=of.ref)
    done.wait()


def seal(settings: Settings, over: Event) -> None:
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - heads go to the log, as in life
    configure_core(settings)
    database.connect()
    while not over.wait(timers.SEAL_BEATS * worker.BEAT):
        sealing.seal_committed()


def round_of(settings: Settings, refs: list[str], plain: bool) -> float:
    """Submissions a second of all clients together."""
    context = multiprocessing.get_context("spawn")
    ready, done, over = context.Barrier(CLIENTS + 1), context.Barrier(CLIENTS + 1), context.Event()
    clients = [
        context.Process(target=submit, args=(settings, refs[n::CLIENTS], plain, ready, done)) for n in range(CLIENTS)
    ]
    beside = [] if plain else [context.Process(target=seal, args=(settings, over))]
    for process in (*clients, *beside):
        process.start()
    ready.wait()
    begun = time.perf_counter()
    done.wait()
    spent = time.perf_counter() - begun
    over.set()
    for process in (*clients, *beside):
        process.join()
    return len(refs) / spent


def drafted(size: int) -> list[str]:
    """Drafts of a unit of their own, ready to submit; what is not measured need not be durable."""
    database.database.execute_sql("SET synchronous_commit = off")
    unit = units.certified_unit()
    return [filings.draft(unit, filings.answers(unit.unit.unit_class)).ref for _ in range(size)]


def main(size: int) -> None:
    with postgres.server(durable=True) as url, tempfile.TemporaryDirectory() as folder:
        settings = make_settings(Path(folder), f"{url}/postgres")
        configure_core(settings)
        database.connect()
        schema.upgrade()
        seed_constants()
        rates: dict[bool, list[float]] = {True: [], False: []}
        for number in range(2 * PAIRS):
            plain = number % 4 in (0, 3)  # the order turns, so that neither is always first
            rates[plain].append(round_of(settings, drafted(size), plain))
        ratios = [sealed / plain for sealed, plain in zip(rates[False], rates[True], strict=True)]
        ratio = statistics.median(ratios)
        print(
            f"submission, PostgreSQL, {CLIENTS} clients: plain {statistics.median(rates[True]):.0f}/s, with MACs and"
            f" seals {statistics.median(rates[False]):.0f}/s; ratio {ratio:.2f} (goal ≥ {GOAL}; pairs"
            f" {', '.join(f'{one:.2f}' for one in ratios)})"
        )
        _prove()


def _prove() -> None:
    sealing.seal_committed()
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    report = verifying.verify()
    spent, rows = time.perf_counter() - begun, report.acts + report.lines
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"audit verify: {rows} rows in {spent:.1f} s, {rows / spent:.0f}/s, {grown:.0f} MB more")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 480)

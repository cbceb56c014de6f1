"""Figures of deregistering a large unit: `python -m tests.bench.closings_bench [people]`, on both databases in
temporary folders. The facts change in one transaction; then a worker tells everybody, is killed (SIGKILL) in the
middle, and another goes on. At the end: each told once, nothing of the unit in force, an audit line for each thing.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests import postgres
from tests.builders.accounts import actor_of, platform_staff
from tests.builders.delivery import drain
from tests.builders.many import fill
from tests.builders.units import certified_unit
from tests.conftest import make_settings, seed_constants
from tests.domain.test_filings_verifying import statements
from webapp import configure_core, database, schema
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.closings import deregistering, reach
from webapp.domain.filings.models import Filing
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import RECORDS, Job
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.models import Entry
from webapp.domain.units import proposals, queries
from webapp.settings import Settings


def tell(settings: Settings) -> None:
    """A worker of its own, as far as it comes."""
    configure_core(settings)
    database.connect()
    drain(settings, RECORDS)
    database.disconnect()


def job() -> Job:
    return Job.select().where(Job.kind == "tell-ended").order_by(Job.id.desc()).get()


def killed_in_the_middle(settings: Settings, people: int) -> int:
    """Start a worker, kill it once a third was told; returns how many were told by then."""
    worker = multiprocessing.get_context("spawn").Process(target=tell, args=(settings,))
    worker.start()
    while job().progress < people // 3 and worker.is_alive():
        time.sleep(0.01)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    return job().progress


def deregistered(people: int) -> tuple[int, float, float]:
    """(statements, seconds of the act, seconds of the preview) for a unit of so many people, a tenth in motion."""
    here = certified_unit()
    fill(here, people - people // 10, people // 10)
    began = time.perf_counter()
    reached = reach.of(queries.by_id(here.unit.id))
    preview = time.perf_counter() - began
    assert reached.people == people
    one, other = actor_of(platform_staff()), actor_of(platform_staff())
    made = deregistering.propose(one, here.unit.id, ["unit:dissolved"], "")
    row = proposals.one(made["proposal"])
    began = time.perf_counter()
    sent = statements(lambda: deregistering.confirm(other, row.ref, row.version))
    return sent, time.perf_counter() - began, preview


def check(people: int) -> None:
    act = Act.select().where(Act.verb == "unit:deregister").order_by(Act.id.desc()).get()
    told = Notice.select().where(Notice.kind == "unit-closed", Notice.act_id == act.id)
    assert told.count() == len({one.audience_ref for one in told}) == people
    unit = act.result["unit"]
    unit_id = queries.one(unit).id
    assert Entry.select().where(Entry.unit == unit_id, Entry.state != "removed").count() == 0
    assert Filing.select().where(Filing.unit == unit_id, Filing.state << ("submitted", "verified")).count() == 0
    lines = AuditLine.select().where(AuditLine.act == act.id, AuditLine.tag << ("entry:removed", "filing:closed"))
    assert lines.count() == people


def measure(name: str, settings: Settings, people: int) -> None:
    configure_core(settings)
    database.connect()
    schema.upgrade()
    seed_constants()
    few, _, _ = deregistered(10)
    drain(settings, RECORDS)
    sent, seconds, preview = deregistered(people)
    by_then = killed_in_the_middle(settings, people)
    database.connect()
    jobs.take_back(lambda _owner: True)
    began = time.perf_counter()
    drain(settings, RECORDS)
    rest = time.perf_counter() - began
    check(people)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{name}: {people} people; preview {preview:.2f} s; act {seconds:.2f} s, {sent} statements (10 people: {few});"
        f" killed after {by_then} told; the rest in {rest:.1f} s; each told once; peak {memory} MB"
    )
    database.disconnect()


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", make_settings(Path(folder), f"sqlite:///{folder}/bench.db"), people)
    with tempfile.TemporaryDirectory() as folder, postgres.server() as url:
        with psycopg.connect(url + "/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        measure("PostgreSQL", make_settings(Path(folder), f"{url}/bench"), people)


if __name__ == "__main__":
    main()

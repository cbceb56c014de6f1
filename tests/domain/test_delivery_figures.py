"""Figures of the worker, by `make bench`: printed for comparison; the gates are generous, because machines differ."""

from __future__ import annotations

import resource
import time

import pytest

from tests.builders import filings, units
from tests.builders.delivery import drain
from webapp import database
from webapp.delivery.handlers import HANDLERS
from webapp.delivery.timers import Clockwork
from webapp.delivery.worker import RUNNERS, Worker
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import DOCUMENTS, RECORDS, Job

pytestmark = pytest.mark.bench


def measured(work) -> tuple[float, float]:
    """Seconds on the wall and on the processor."""
    wall, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    work()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter() - wall, after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime


def test_idle_worker_costs_nothing_to_speak_of(db, engine):
    worker, clockwork = Worker(db, HANDLERS), Clockwork()
    clockwork.tick()
    drain(db)

    def one_second() -> None:
        for queues in RUNNERS * 4:
            worker.work_once("w", queues)
        clockwork.tick()

    _, used = measured(lambda: [one_second() for _ in range(20)])

    print(f"{engine}: idle worker uses {used / 20:.2%} of a processor")
    assert used / 20 < 0.1


def test_claiming_and_finishing(db, engine):
    with database.transaction():
        jobs.enqueue_each(None, "nothing", [str(number) for number in range(2000)])
    worker = Worker(db, {"nothing": lambda work: None})

    def all_of_them() -> None:
        while worker.work_once("w", (RECORDS,)):
            pass

    wall, _ = measured(all_of_them)

    print(f"{engine}: {2000 / wall:.0f} empty jobs a second")
    assert Job.select().where(Job.state == "finished").count() == 2000


def test_rendering_pledges(db, engine):
    built = units.certified_unit()
    for _ in range(20):
        filings.filed(built)
    drain(db, RECORDS)
    worker = Worker(db, HANDLERS)
    worker.work_once("w", (DOCUMENTS,))  # fonts

    def all_of_them() -> None:
        while worker.work_once("w", (DOCUMENTS,)):
            pass

    papers = Job.select().where(Job.queue == DOCUMENTS, Job.state == "queued").count()
    wall, _ = measured(all_of_them)

    print(f"{engine}: {wall / papers * 1000:.0f} ms a document")
    assert papers > 20

"""The worker's loop: stops when asked, gives back what it holds, keeps going when a handler fails."""

from __future__ import annotations

import os
import threading
import time

from structlog.testing import capture_logs

from webapp import database
from webapp.delivery import worker as worker_module
from webapp.delivery.work import GiveUp, Work
from webapp.delivery.worker import Worker
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import QUEUES, Job


def owe(kind: str, count: int = 1) -> None:
    with database.transaction():
        jobs.enqueue_each(None, kind, [str(number) for number in range(count)])


def state(kind: str) -> list[tuple[str, str | None, int]]:
    rows = Job.select(Job.state, Job.error, Job.attempts).where(Job.kind == kind).order_by(Job.id)
    return list(rows.tuples())


def test_failing_handler_ends_neither_worker_nor_other_work(db):
    def breaks(_work: Work) -> None:
        raise ValueError("陳嘉敏 440402199001010011")

    def refuses(_work: Work) -> None:
        raise GiveUp

    worker = Worker(db, {"breaks": breaks, "refuses": refuses, "works": lambda work: None})
    for kind in ("breaks", "refuses", "works", "unheard-of"):
        owe(kind)

    while worker.work_once("w", QUEUES):
        pass

    assert state("breaks") == [("queued", "ValueError", 1)]
    assert state("refuses") == [("failed", "GiveUp", 1)]
    assert state("works") == [("finished", None, 1)]
    assert state("unheard-of") == [("queued", "KeyError", 1)]


def test_failure_is_logged_by_kind_and_place_only(db):
    def breaks(_work: Work) -> None:
        raise ValueError("陳嘉敏 440402199001010011")

    owe("breaks")
    with capture_logs() as logged:
        Worker(db, {"breaks": breaks}).work_once("w", QUEUES)

    (line,) = logged
    place = line.pop("place")
    assert line == {"event": "job failed", "kind": "ValueError", "attempt": 1, "log_level": "error"}
    assert place.partition(":")[0] == __file__


def test_stopping_gives_long_work_back_where_it_is(db):
    def long(work: Work) -> None:
        for number in range(work.job.cursor, 5):
            with work.slice():
                work.advance(number + 1, 1)
            if number == 2:
                work.stopping.set()

    owe("long")
    stopped = Worker(db, {"long": long})
    stopped.work_once("w", QUEUES)

    job = Job.get()
    assert (job.state, job.cursor, job.progress) == ("queued", 3, 3)

    Worker(db, {"long": long}).work_once("w", QUEUES)

    job = Job.get()
    assert (job.state, job.cursor, job.progress) == ("finished", 5, 5)


def test_lease_of_work_under_way_is_lengthened(db):
    renewed: list[bool] = []

    def slow(work: Work) -> None:
        before = Job.get().lease_until
        worker.renew_leases()
        renewed.append(Job.get().lease_until > before)

    worker = Worker(db, {"slow": slow})
    owe("slow")
    worker.work_once("w", QUEUES)

    assert renewed == [True]


def test_threads_do_everything_and_stop_when_asked(db, monkeypatch):
    # Signals belong to the main thread of a process; here the worker is in another.
    monkeypatch.setattr("signal.signal", lambda *_: None)
    done: list[str] = []
    guard = threading.Lock()

    def note(work: Work) -> None:
        with guard:
            done.append(work.job.subject)

    owe("note", 20)
    worker = Worker(db, {"note": note} | {kind: note for kind in ("waiting-digest",)})
    thread = threading.Thread(target=worker.run)
    thread.start()
    until = time.monotonic() + 30
    while Job.select().where(Job.kind == "note", Job.state == "finished").count() < 20 and time.monotonic() < until:
        time.sleep(0.05)
    worker.stop()
    thread.join(30)

    assert not thread.is_alive()
    assert sorted(subject for subject in done if subject.isdecimal() and int(subject) < 20) == sorted(
        str(number) for number in range(20)
    )


def test_only_processes_of_this_host_are_known_to_be_dead(db):
    worker = Worker(db, {})

    verdicts = {
        f"{worker.host}:{os.getppid()}:0": False,
        f"{worker.host}:{2**22 + 1}:0": True,
        f"{worker.host}:{os.getpid()}:3": True,
        f"elsewhere:{2**22 + 1}:0": False,
        "nonsense": False,
    }

    assert {owner: worker._is_dead(owner) for owner in verdicts} == verdicts


def test_nothing_that_a_beat_raises_ends_the_worker_or_its_leases(db, monkeypatch):
    monkeypatch.setattr(worker_module, "BEAT", 0.01)
    monkeypatch.setattr(worker_module, "RENEW_EVERY", 0.0)
    beats, renewed = [], []

    def breaks(_clockwork) -> None:
        beats.append(1)
        raise ValueError("a line that nobody can read")

    monkeypatch.setattr(worker_module.timers.Clockwork, "tick", breaks)
    worker = Worker(db, {})
    monkeypatch.setattr(worker, "renew_leases", lambda: renewed.append(1) or (len(renewed) >= 3 and worker.stop()))

    worker._beat()

    assert (len(beats), len(renewed)) == (3, 3)


def test_runner_goes_on_after_a_failure_that_is_not_the_databases(db, monkeypatch):
    """A full disk, say, when a job is claimed."""
    monkeypatch.setattr(worker_module, "POLL", 0.01)
    worker, tries = Worker(db, {}), []

    def work_once(_owner, _queues) -> bool:
        tries.append(1)
        if len(tries) < 3:
            raise OSError(28, "No space left on device")
        worker.stop()
        return False

    monkeypatch.setattr(worker, "work_once", work_once)
    for called in worker._called:
        called.set()
    monkeypatch.setattr(threading.Event, "clear", lambda _event: None)

    worker._runner("w", QUEUES, worker._called[0])

    assert len(tries) == 3

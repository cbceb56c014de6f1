"""The worker: a plain loop over the job table (docs/decisions/0004-worker.md).

Each runner is a thread with queues of its own, so that work that hangs (a mail server, a long annex) holds up nothing
else. One thread looks out for all of them and calls those with something to do. The main thread lengthens the leases of
what is under way, owes the recurring work and numbers the record. Any number may run, on any number of hosts.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

import peewee
import structlog

from webapp import database
from webapp.delivery import figures, timers
from webapp.delivery.work import GiveUp, Handler, Stopping, Work
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import BULK, DOCUMENTS, MESSAGES, RECORDS, RUNNING, URGENT, Job
from webapp.settings import Settings

RUNNERS: tuple[tuple[str, ...], ...] = ((URGENT,), (RECORDS,), (MESSAGES, URGENT), (DOCUMENTS, BULK))
#: How often an idle worker looks for something to do.
POLL = 0.25
#: How long it waits at most while there is no database.
LONGEST_PAUSE = 15.0
BEAT = 1.0
RENEW_EVERY = jobs.LEASE.total_seconds() / 3
#: A handler that takes longer than this in one go hangs; its lease is no longer lengthened.
LONGEST_STEP = 30 * 60.0
#: How long work under way may take to end after SIGTERM, before it is given back.
GRACE = 10.0

log = structlog.get_logger()


class Worker:
    def __init__(
        self,
        settings: Settings,
        handlers: Mapping[str, Handler],
        runners: Sequence[tuple[str, ...]] = RUNNERS,
    ) -> None:
        self.settings = settings
        self.handlers = handlers
        self.runners = runners
        self.host = socket.gethostname()
        self.name = f"{self.host}:{os.getpid()}"
        self.stopping = threading.Event()
        self._called = [threading.Event() for _ in runners]
        self._under_way: dict[str, tuple[Job, float]] = {}
        self._guard = threading.Lock()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, then give back what does not end in time."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        threads = [
            threading.Thread(target=self._runner, args=(f"{self.name}:{index}", queues, called), daemon=True)
            for index, (queues, called) in enumerate(zip(self.runners, self._called, strict=True))
        ]
        self._take_back()
        figures.serve(self.settings)
        for thread in (*threads, threading.Thread(target=self._look_out, daemon=True)):
            thread.start()
        log.info("worker ready", worker=os.getpid())
        self._beat()
        until = time.monotonic() + GRACE
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._give_back()

    def stop(self) -> None:
        self.stopping.set()
        for called in self._called:
            called.set()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()

    # The runners ----------------------------------------------------------------------------------------------

    def _look_out(self) -> None:
        """Call the runners whose queues have something: one look for all of them."""

        def look() -> None:
            database.connect()
            waiting = jobs.waiting()
            for queues, called in zip(self.runners, self._called, strict=True):
                if not waiting.isdisjoint(queues):
                    called.set()

        self._while_there_is_a_database(look, "nobody looks out: no database")

    def _runner(self, owner: str, queues: tuple[str, ...], called: threading.Event) -> None:
        def work() -> None:
            called.wait()
            called.clear()
            database.connect()
            while not self.stopping.is_set() and self.work_once(owner, queues):
                pass

        self._while_there_is_a_database(work, "runner has no database", 0.0)

    def _while_there_is_a_database(self, step: Callable[[], None], trouble: str, pause: float = POLL) -> None:
        """Do a step again and again until the worker stops. While the database is away wait longer each time, and lose
        nothing meanwhile."""
        away = POLL
        while not self.stopping.is_set():
            try:
                step()
            except peewee.DatabaseError as error:
                _report(trouble, error)
            except Exception as error:  # a full disk, say: a thread that ended would leave its queues to nobody
                _report("step failed", error)
            else:
                away = POLL
                self.stopping.wait(pause)
                continue
            _drop_connection()
            away = min(away * 2, LONGEST_PAUSE)
            self.stopping.wait(away)
        _drop_connection()

    def work_once(self, owner: str, queues: Sequence[str]) -> bool:
        """Claim one job and do it. False when there is none."""
        job = jobs.claim(owner, queues)
        if job is None:
            return False
        with self._guard:
            self._under_way[job.ref] = (job, time.monotonic())
        try:
            self._do(job)
        finally:
            with self._guard:
                self._under_way.pop(job.ref, None)
        return True

    def _do(self, job: Job) -> None:
        structlog.contextvars.bind_contextvars(job_kind=job.kind, ref=job.ref)
        try:
            self.handlers[job.kind](Work(job, self.settings, self.stopping))
            if job.state == RUNNING:  # a handler may have ended it with its last change
                jobs.finish(job)
        except Stopping:
            jobs.release(job)
        except jobs.LostLease:
            log.warning("lease lost")
        except peewee.OperationalError:
            raise  # no database, so nothing can be said of the job either: its lease runs out
        except Exception as error:  # whatever a handler raises must not end the runner
            _report("job failed", error, attempt=job.attempts)
            _fail(job, error)
        finally:
            structlog.contextvars.unbind_contextvars("job_kind", "ref")

    def _take_back(self) -> None:
        """What a worker of this host left when it was killed goes on at once."""
        try:
            database.connect()
            taken = jobs.take_back(self._is_dead)
        except peewee.DatabaseError as error:
            _report("worker has no database", error)
            return
        if taken:
            log.warning("took over from a worker that ended", count=taken)

    def _is_dead(self, owner: str) -> bool:
        """Whether a lease belongs to a process of this host that is gone; of other hosts nothing is known."""
        host, _, process = owner.rpartition(":")[0].rpartition(":")
        if host != self.host or not process.isdecimal():
            return False
        # A worker that has not begun holds no lease, so one under its own number is somebody's who had it before.
        return int(process) == os.getpid() or not _is_alive(int(process))

    # The main thread ------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        clockwork = timers.Clockwork()
        renewed = time.monotonic()
        while not self.stopping.wait(BEAT):
            self._go_on(clockwork.tick)
            if time.monotonic() - renewed >= RENEW_EVERY:
                renewed = time.monotonic()
                self._go_on(self.renew_leases)

    def _go_on(self, step: Callable[[], None]) -> None:
        """One step of the beat. Whatever it raises must not end the worker, nor keep leases from being lengthened."""
        try:
            database.connect()
            step()
        except peewee.DatabaseError as error:
            _report("beat has no database", error)
            _drop_connection()
        except Exception as error:
            _report("beat failed", error)
            _drop_connection()

    def renew_leases(self) -> None:
        """Lengthen the lease of everything under way that is not hanging."""
        with self._guard:
            under_way = list(self._under_way.values())
        for job, since in under_way:
            if time.monotonic() - since > LONGEST_STEP:
                log.error("step hangs", job_kind=job.kind, ref=job.ref)
                continue
            try:
                jobs.renew(job)
            except jobs.LostLease:
                continue  # it ended this moment, or the runner will notice by itself

    def _give_back(self) -> None:
        with self._guard:
            left = [job for job, _ in self._under_way.values()]
        for job in left:
            try:
                database.connect()
                jobs.release(job)
            except (jobs.LostLease, peewee.DatabaseError) as error:
                _report("not given back", error)
        _drop_connection()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's process, so a process
    return True


def _fail(job: Job, error: Exception) -> None:
    try:
        jobs.fail(job, error, final=isinstance(error, GiveUp), after=getattr(error, "after", None))
    except jobs.LostLease:
        log.warning("lease lost")


def _drop_connection() -> None:
    try:
        database.disconnect()
    except peewee.DatabaseError as error:
        _report("connection", error)


def _report(event: str, error: Exception, **facts: int) -> None:
    """The kind and place of an error, never its text: that may quote personal data."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""
    log.error(event, kind=type(error).__name__, place=place, **facts)

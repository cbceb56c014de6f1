"""A piece of work in the hands of a worker: what a handler is given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from webapp.database import transaction
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import Job
from webapp.settings import Settings


class Stopping(Exception):
    """The worker was asked to stop: the job goes back to the queue as far as it has come."""


class GiveUp(Exception):
    """Trying again cannot help."""


class TryLater(Exception):
    """Somebody else's server did not take it this time. A code only, no address; `after`: how long it asks us to
    wait."""

    def __init__(self, code: str, *, after: timedelta | None = None) -> None:
        super().__init__(code)
        self.after = after


@dataclass(frozen=True)
class Work:
    job: Job
    settings: Settings
    stopping: threading.Event

    @contextmanager
    def slice(self) -> Iterator[None]:
        """One slice of long work in one transaction. Call `advance` at its end. Raises Stopping between slices."""
        self.breathe()
        with transaction():
            yield

    def advance(self, cursor: int, done: int, total: int | None = None) -> None:
        """Inside a slice: remember how far it has come, so that whoever takes over begins here."""
        jobs.advance(self.job, cursor=cursor, progress=self.job.progress + done, total=total)

    def breathe(self) -> None:
        """Between two steps of long work."""
        if self.stopping.is_set():
            raise Stopping


Handler = Callable[[Work], None]

"""Whoever writes to the embedded database stands in a queue: a lock of the kernel, taken before BEGIN IMMEDIATE, so
that writers follow each other fairly instead of starving (docs/decisions/0002-two-databases.md). On PostgreSQL nobody
queues.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import OperationalError

#: So long a writer waits for those who write without standing in the queue, such as a copy being made.
BUSY_SECONDS = 30


class Handle:
    """The lock's file, open for one thread; closed when the thread has another or is over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = open(path, "a")  # noqa: SIM115

    def fileno(self) -> int:
        return self.file.fileno()

    def __del__(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


_lock_path: Path | None = None
_held = threading.local()


def stand_at(path: Path | None) -> None:
    """The file whose lock this process queues for from now on; None: nobody queues."""
    global _lock_path
    _lock_path = path


def wait_until(moment: float | None) -> None:
    """How long this thread may stand in the writers' queue and wait for the embedded database: to a moment of the
    monotonic clock, or as long as it takes. Afterwards OperationalError, as if the database were away."""
    _held.until = moment


@contextmanager
def turn(connection: Callable[[], Any]) -> Iterator[None]:
    """Stand in the queue, and be the one who writes. Raises OperationalError where this thread's time is over."""
    if _lock_path is None:
        yield
        return
    until = getattr(_held, "until", None)
    handle = _handle(_lock_path)
    if until is None:
        fcntl.flock(handle, fcntl.LOCK_EX)
    else:
        handle = _queued(handle, until)
    try:
        _wait_at_most(connection(), BUSY_SECONDS if until is None else until - time.monotonic())
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)
        # Whoever waits was just woken and has to run to take the lock: kernels from 6.6 on would let this one go on for
        # milliseconds and take it again and again.
        os.sched_yield()


def _handle(path: Path) -> Handle:
    """This thread's handle, kept for its life. One from before a fork is the parent's: its lock would be shared with
    him and with every other child."""
    whose = (path, os.getpid())
    if getattr(_held, "whose", None) != whose:
        _held.handle, _held.whose = Handle(path), whose
    handle: Handle = _held.handle
    return handle


def _wait_at_most(connection: Any, seconds: float) -> None:
    milliseconds = max(1, round(seconds * 1000))
    if getattr(_held, "patience", None) != (connection, milliseconds):
        connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
        _held.patience = connection, milliseconds


def _queued(handle: Handle, until: float) -> Handle:
    """A handle that holds the lock. Where somebody has it, a thread stands in the queue for this one, since the kernel
    knows no end of waiting; it lets go at once of what comes too late. Raises OperationalError."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return handle
    except BlockingIOError:
        pass
    mine = Handle(handle.path)
    guard, come = threading.Lock(), threading.Event()
    given_up = False

    def stand() -> None:
        fcntl.flock(mine, fcntl.LOCK_EX)
        with guard:
            if given_up:
                mine.file.close()
            come.set()

    threading.Thread(target=stand, daemon=True).start()
    if not come.wait(max(0.0, until - time.monotonic())):
        with guard:
            given_up = not come.is_set()
        if given_up:
            raise OperationalError("the writers' queue is too long")
    _held.handle = mine
    return mine

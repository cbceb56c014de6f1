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
    """The files of the lock and of its gate, open for one thread; closed when the thread has others or is over.

    Whoever comes passes the gate, waits for the lock and only then opens the gate. So one who wrote and comes again at
    once, before the one he woke is running, stands behind him: the lock alone he would take again and again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = open(path, "a")  # noqa: SIM115
        self.gate = open(f"{path}-gate", "a")  # noqa: SIM115

    def take(self) -> None:
        """Wait for the lock, however long."""
        fcntl.flock(self.gate, fcntl.LOCK_EX)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX)
        finally:
            fcntl.flock(self.gate, fcntl.LOCK_UN)

    def take_at_once(self) -> bool:
        """Take the lock where nobody has it or waits for it."""
        try:
            fcntl.flock(self.gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(self.gate, fcntl.LOCK_UN)
        return True

    def let_go(self) -> None:
        fcntl.flock(self.file, fcntl.LOCK_UN)

    def close(self) -> None:
        self.file.close()
        self.gate.close()

    def __del__(self) -> None:
        if hasattr(self, "gate"):
            self.close()


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
        handle.take()
    else:
        handle = _queued(handle, until)
    try:
        _wait_at_most(connection(), BUSY_SECONDS if until is None else until - time.monotonic())
        yield
    finally:
        handle.let_go()


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
    if handle.take_at_once():
        return handle
    mine = Handle(handle.path)
    guard, come = threading.Lock(), threading.Event()
    given_up = False

    def stand() -> None:
        mine.take()
        with guard:
            if given_up:
                mine.close()
            come.set()

    threading.Thread(target=stand, daemon=True).start()
    if not come.wait(max(0.0, until - time.monotonic())):
        with guard:
            given_up = not come.is_set()
        if given_up:
            raise OperationalError("the writers' queue is too long")
    _held.handle = mine
    return mine

"""Processes that must not outlive whoever started them, and what a process does with its memory."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int | None = None, number: int = signal.SIGKILL) -> None:
    """Let the kernel send this process a signal when its parent ends, however that happens (Linux; elsewhere nothing).

    `parent` is the process that must still be alive: it may have ended before we asked.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), number)


@contextmanager
def collecting_later() -> Iterator[None]:
    """Whatever is made meanwhile is alive until the end: the collector would walk ten thousand rows again and again
    and find nothing. Collects as ever afterwards; whoever is inside already keeps it off."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()

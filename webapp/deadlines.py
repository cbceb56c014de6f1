"""No request waits for a slow database without end: when its time is over its connection is cut, and whatever waits
there fails as if the database had gone. The embedded one is not reached over a network: there the writers' queue, the
only place to wait, is left when the time is over.

What was under way rolls back, or was committed unseen: forms carry keys, so that sending again does nothing twice.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import Any

from webapp.database import database, is_sqlite
from webapp.writers_queue import wait_until

#: How often the watchman of a process looks.
TICK = 0.25

_guard = threading.Lock()
#: Thread → when its time is over, and its connection.
_waiting: dict[int, tuple[float, Any]] = {}
#: The process that has a watchman: threads do not survive a fork.
_watched_in = 0


def begin(seconds: float) -> None:
    """This thread's connection may be waited for so long."""
    global _watched_in
    if is_sqlite():
        wait_until(time.monotonic() + seconds)
        return
    with _guard:
        _waiting[threading.get_ident()] = (time.monotonic() + seconds, database.connection())
        if _watched_in != os.getpid():
            _watched_in = os.getpid()
            threading.Thread(target=_watch, daemon=True).start()


def end() -> None:
    """This thread has its answer."""
    wait_until(None)
    with _guard:
        _waiting.pop(threading.get_ident(), None)


def _watch() -> None:
    while True:
        time.sleep(TICK)
        now = time.monotonic()
        with _guard:
            over = [thread for thread, (until, _) in _waiting.items() if now >= until]
            for thread in over:
                _cut(_waiting.pop(thread)[1])


def _cut(connection: Any) -> None:
    """Whoever waits at the other end of this process reads that there is no more to come."""
    if connection.closed:
        return
    with socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)

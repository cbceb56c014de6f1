"""Locking tables while others serve: PostgreSQL lets nobody past who waits for a table's lock, so whoever changes its
shape waits a moment only, lets go, and tries again (decision 24)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import peewee

from webapp.database import database, is_sqlite, worth_retrying

#: How long others may have to wait behind us, each time; how long they then have before we come again; how often.
LONGEST_WAIT = "1s"
PAUSE = 0.5
TRIES = 60
#: PostgreSQL: lock_not_available.
WAITED_LONG_ENOUGH = "55P03"


@contextmanager
def short_waits() -> Iterator[None]:
    """On this connection nobody waits long for a lock. SQLite has one writer anyway."""
    if is_sqlite():
        yield
        return
    database.execute_sql(f"SET lock_timeout = '{LONGEST_WAIT}'")
    try:
        yield
    finally:
        database.execute_sql("RESET lock_timeout")


def patiently(step: Callable[[], object]) -> None:
    """Do a step, a transaction of its own, as often as it takes to get its locks; so too where the database broke a
    deadlock against it."""
    for attempt in range(TRIES):
        try:
            step()
            return
        except peewee.OperationalError as error:
            if attempt == TRIES - 1 or not _gave_way(error):
                raise
            time.sleep(PAUSE)


def _gave_way(error: peewee.OperationalError) -> bool:
    return worth_retrying(error) or getattr(getattr(error, "orig", None), "sqlstate", None) == WAITED_LONG_ENOUGH

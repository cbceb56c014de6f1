"""Hashing of passwords with argon2id. Costly on purpose, so only a few at a time."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from webapp.values.passwords import LONGEST

#: OWASP's first choice for argon2id: 46 MiB, one pass, one lane.
_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
#: Each takes 46 MiB and a core for its time; a flood of sign-ins must not take the memory of the host.
_slots = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    with _slots:
        return _hasher.hash(password)


def matches(password: str, known: str | None) -> bool:
    """Whether this is the password. Without a known hash it costs the same time and is never right."""
    with _slots:
        try:
            return _hasher.verify(known or _nobodys(), password[: LONGEST + 1]) and known is not None
        except (Argon2Error, InvalidHashError):
            return False


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")

"""Hashing of passwords with argon2id. Costly on purpose, so only a few at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from webapp.domain.accounts.models import Account, PastPassword
from webapp.domain.accounts.rules import PASSWORDS_BARRED
from webapp.values.passwords import LONGEST

_hasher = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
#: Each takes its memory and a core for its time; a flood of sign-ins must not take the memory of the host.
_slots = threading.BoundedSemaphore(2)


def configure(mebibytes: int) -> None:
    """What hashing costs from now on: argon2id in one pass and one lane over this much memory (PASSWORD_MEMORY)."""
    global _hasher
    _hasher = PasswordHasher(time_cost=1, memory_cost=mebibytes * 1024, parallelism=1)
    _nobodys.cache_clear()


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


def of_past(password: str, hashes: Iterable[str]) -> bool:
    """Whether the password is one of these. Each costs as much as a sign-in; call it outside a transaction."""
    return any([matches(password, known) for known in hashes])


def barred(account: Account) -> list[str]:
    """Hashes of the passwords the account may not choose: the present one and the last before it."""
    past = (
        PastPassword.select(PastPassword.password_hash)
        .where(PastPassword.account == account.id)
        .order_by(PastPassword.id.desc())
        .limit(PASSWORDS_BARRED - 1)
    )
    return [account.password_hash, *(row.password_hash for row in past)]


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")

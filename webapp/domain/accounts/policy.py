"""The house rules of signing in, as the settings give them. The figures here are what assessors of level-3 systems
usually expect (GB/T 22239-2019 names none)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network


@dataclass(frozen=True)
class Policy:
    second_factor: bool = True
    #: A session ends without a request for `idle`, and in any case after `absolute`.
    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    #: Wrong passwords or codes in a row before the account is locked, and for how long.
    failures: int = 5
    lock: timedelta = timedelta(minutes=30)
    #: After so long a password must be changed, an unused account is disabled; None: never.
    password_age: timedelta | None = timedelta(days=90)
    unused: timedelta | None = timedelta(days=90)
    #: Where administrators may work from; empty: anywhere.
    networks: tuple[IPv4Network | IPv6Network, ...] = ()


_policy = Policy()


def configure(policy: Policy) -> None:
    global _policy
    _policy = policy


def current() -> Policy:
    return _policy

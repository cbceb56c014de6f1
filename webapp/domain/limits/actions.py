"""Taking an attempt. Attempts are taken before the thing tried is checked, in a transaction of their own.

A broken limiter refuses: what it guards (codes, passwords, drafts) is worth more than the moment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from peewee import Case

from webapp import clock, crypto
from webapp.database import is_sqlite, retrying, transaction
from webapp.domain.limits.models import Bucket
from webapp.errors import TooMany
from webapp.values import addresses


@dataclass(frozen=True)
class Rule:
    """`size` attempts at once, refilled evenly over `seconds`."""

    size: int
    seconds: int


RULES = {
    "sign-in-address": Rule(30, 15 * 60),
    "sign-in-account": Rule(10, 15 * 60),
    "code-phone": Rule(5, 60 * 60),
    "code-email": Rule(5, 60 * 60),
    "code-phone-day": Rule(15, 24 * 60 * 60),
    "code-email-day": Rule(15, 24 * 60 * 60),
    "code-address": Rule(60, 60 * 60),
    "code-address-day": Rule(300, 24 * 60 * 60),
    "draft-address": Rule(120, 60 * 60),
    "register-address": Rule(20, 60 * 60),
    "status-link": Rule(10, 15 * 60),
    "find-address": Rule(20, 60 * 60),
    "find-document": Rule(5, 60 * 60),
    "genuine-address": Rule(120, 60 * 60),
    "genuine-file-address": Rule(30, 60 * 60),
    "enrolment-code-address": Rule(120, 60 * 60),
    "password-link": Rule(5, 60 * 60),
    "invitation-submission": Rule(10, 24 * 60 * 60),
    "invitation-address": Rule(120, 60 * 60),
    "lane-officer": Rule(1200, 60 * 60),
    "number-read": Rule(300, 60 * 60),
}

log = structlog.get_logger()


def take(rule_name: str, subject: str) -> None:
    """Take one attempt of `subject` (an address, phone, account…). Raises TooMany(seconds=…)."""
    rule = RULES[rule_name]
    key = _whose(rule_name, subject)
    rate = rule.size / rule.seconds

    def once() -> float:
        with transaction():
            now = clock.now()
            found = Bucket.select().where(Bucket.rule == rule_name, Bucket.subject == key)
            row = (found if is_sqlite() else found.for_update()).first()
            if row is None:
                Bucket.create(rule=rule_name, subject=key, tokens=rule.size - 1.0, filled_at=now)
                return 1.0
            grown = min(
                float(rule.size),
                row.tokens + max(0.0, (now - row.filled_at).total_seconds()) * rate,
            )
            left = grown - 1.0 if grown >= 1.0 else grown
            Bucket.update(tokens=left, filled_at=now).where(Bucket.id == row.id).execute()
            return grown

    grown = retrying(once)
    if grown < 1.0:
        log.warning("limit used up", rule=rule_name)
        raise TooMany("too_many", seconds=max(1, math.ceil((1.0 - grown) / rate)))


def strike(rule_name: str, subject: str, most: int, rest: timedelta) -> bool:
    """Count a failure of a subject that has no row of its own, as an account counts its own: after `most` it rests,
    then counts anew. Whether it was this one that began the rest. `tokens` counts, `filled_at` ends the rest."""
    key = crypto.index("limit:" + rule_name, subject)

    def once() -> bool:
        with transaction():
            now = clock.now()
            found = Bucket.select().where(Bucket.rule == rule_name, Bucket.subject == key)
            row = (found if is_sqlite() else found.for_update()).first()
            if row is None:
                Bucket.create(rule=rule_name, subject=key, tokens=1.0, filled_at=now + rest * (most == 1))
                return most == 1
            resting = row.tokens >= most and row.filled_at > now
            count = row.tokens if resting else 1.0 if row.tokens >= most else row.tokens + 1.0
            begins = not resting and count >= most
            until = row.filled_at if resting else now + rest * begins
            Bucket.update(tokens=count, filled_at=until).where(Bucket.id == row.id).execute()
            return bool(begins)

    return retrying(once)


def write_as_often(rule_name: str, subject: str, times: int) -> None:
    """Write so many rows in one transaction and change nothing: what a subject without a row owes to the clock of
    whoever measures."""
    key = crypto.index("limit:" + rule_name, subject)

    def once() -> None:
        with transaction():
            for _ in range(times):
                Bucket.update(tokens=Bucket.tokens).where(Bucket.rule == rule_name, Bucket.subject == key).execute()

    retrying(once)


def give_back(rule_name: str, subject: str) -> None:
    """Return an attempt that turned out right, where a limit is meant for wrong ones only."""
    size = float(RULES[rule_name].size)
    with transaction():
        grown = Bucket.tokens + 1.0
        Bucket.update(tokens=Case(None, [(grown > size, size)], grown)).where(
            Bucket.rule == rule_name, Bucket.subject == _whose(rule_name, subject)
        ).execute()


def _whose(rule_name: str, subject: str) -> bytes:
    """A rule by network address counts a line: whoever has one of IPv6 changes his address as often as he likes."""
    return crypto.index("limit:" + rule_name, addresses.line(subject) if "-address" in rule_name else subject)


def forget(before: datetime) -> int:
    """Delete buckets untouched since `before`, when every rule's is full again: no bucket says the same."""
    with transaction():
        return Bucket.delete().where(Bucket.filled_at < before).execute()

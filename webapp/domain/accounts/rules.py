"""Figures and predicates of accounts. The figures are what assessors of level-3 systems usually expect."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from webapp.domain.accounts.models import PLATFORM_ROLES, Account, Session
from webapp.errors import Fault
from webapp.values import emails, passwords
from webapp.values.findings import Finding

#: Wrong passwords in a row before the account is locked, and for how long.
FAILURES_BEFORE_LOCK = 5
LOCK = timedelta(minutes=30)

#: A session ends without a request for IDLE, and in any case after ABSOLUTE.
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: How often a session's last use is written down.
SEEN_EVERY = timedelta(minutes=1)

INVITATION_LIFE = timedelta(hours=72)
PASSWORD_LINK_LIFE = timedelta(hours=1)

CODE_FIGURES = 6
CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
#: A code that was right is right again for this long: a double click, or another fault on the same page.
CODE_REPEAT = timedelta(minutes=5)

#: Nobody holds two of these, and none of them with another role: they run the system and see no filing.
ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})

NAME_LONGEST = 60


def is_locked(account: Account, now: datetime) -> bool:
    return account.locked_until is not None and account.locked_until > now


def is_open(session: Session, now: datetime) -> bool:
    return session.ended_at is None and now < session.seen_at + IDLE and now < session.started_at + ABSOLUTE


def roles_fit(roles: Iterable[str]) -> bool:
    """Whether one account may hold these platform roles together."""
    held = set(roles)
    return held <= set(PLATFORM_ROLES) and (not held & ADMINISTRATORS or len(held) == 1)


def faults(field: str, findings: Iterable[Finding]) -> list[Fault]:
    return [Fault(field, found.code, dict(found.params), found.warning) for found in findings]


def email_faults(email: str, field: str = "email") -> list[Fault]:
    return faults(field, emails.check(email).errors)


def password_faults(password: str, name: str, email: str, field: str = "password") -> list[Fault]:
    """Everything wrong with a new password at once."""
    return faults(field, passwords.check(password, name, email))


def name_faults(name: str, field: str = "full_name") -> list[Fault]:
    """A member of staff is called as he writes it; only nothing and too much are wrong."""
    if not name.strip():
        return [Fault(field, "missing")]
    return [Fault(field, "too_long", {"maximum": NAME_LONGEST})] if len(name) > NAME_LONGEST else []

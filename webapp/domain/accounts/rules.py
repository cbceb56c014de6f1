"""Figures and predicates of accounts. The figures are what assessors of level-3 systems usually expect."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from ipaddress import ip_address

from webapp.domain.accounts import policy
from webapp.domain.accounts.models import ACTIVE, PLATFORM_ROLES, Account, Session
from webapp.errors import Fault
from webapp.values import emails, passwords
from webapp.values.findings import Finding

#: How often a session's last use is written down.
SEEN_EVERY = timedelta(minutes=1)
#: So long somebody may take from the password to the second factor.
HELD = timedelta(minutes=15)
#: The present password and the ones before it that may not be chosen again.
PASSWORDS_BARRED = 5

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
    if session.proved_at is None and now >= session.started_at + HELD:
        return False
    idle, absolute = policy.current().idle, policy.current().absolute
    return session.ended_at is None and now < session.seen_at + idle and now < session.started_at + absolute


def ends_at(session: Session, now: datetime) -> tuple[datetime, datetime]:
    """When a session used now ends without another request, and when it ends in any case."""
    last = session.started_at + policy.current().absolute
    return min(now + policy.current().idle, last), last


def may_enter(account: Account, today: date) -> bool:
    """Whether somebody may work with this account at all: in use, and not past its last day."""
    return account.state == ACTIVE and (account.ends_on is None or account.ends_on >= today)


def password_due(account: Account, now: datetime) -> bool:
    """Whether the password has to be changed before anything else: too old, or the administrator asked for it."""
    age = policy.current().password_age
    return account.password_at is None or (age is not None and now >= account.password_at + age)


def may_work_from(address: str, roles: frozenset[str]) -> bool:
    """Administrators work from the networks of the settings alone."""
    networks = policy.current().networks
    if not networks or not roles & ADMINISTRATORS:
        return True
    try:
        asked = ip_address(address)
    except ValueError:
        return False
    return any(asked in network for network in networks)


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

"""Staff of the platform, built by invitation as in life. All names and addresses are invented."""

from __future__ import annotations

import itertools

from tests.builders.units import PASSWORD
from webapp.actors import ACCOUNT, VISITOR, Actor, system
from webapp.domain.accounts import links, platform, queries
from webapp.domain.accounts.models import Account

LOCALE = "zh_Hant_MO"

_numbers = itertools.count(1)


def visitor(address: str = "192.0.2.1") -> Actor:
    return Actor(VISITOR, "web", request_id="test", address=address)


def invited(role: str, email: str = "") -> tuple[str, str]:
    """An open invitation to the platform: (mailbox, token)."""
    address = email or f"platform{next(_numbers)}@staff.example"
    return address, links.token(platform.invite(system("test"), address, role, LOCALE)["link"])


def platform_staff(role: str = "platform_officer", *, email: str = "", name: str = "馮曉嵐") -> Account:
    """Somebody of the platform with this role and the builders' password."""
    _address, token = invited(role, email)
    return queries.by_ref(platform.join(visitor(), token, None, name, PASSWORD, LOCALE)["account"])


def also(account: Account, role: str) -> None:
    """Somebody who has an account is invited to another role and says yes."""
    _address, token = invited(role, queries.email_of(account))
    platform.join(actor_of(account), token, account.id, "", "", LOCALE)


def actor_of(account: Account, unit_id: int | None = None) -> Actor:
    return Actor(ACCOUNT, account.ref, unit_id=unit_id, account_id=account.id, request_id="test", session_ref="test")

"""The stage on which the demo is told: what has been made so far, when, and by whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from webapp import clock
from webapp.actors import ACCOUNT, Actor, system
from webapp.domain.accounts.models import Account
from webapp.domain.filings.models import Filing
from webapp.domain.units.models import Unit


@dataclass
class Stage:
    """What has been made so far, by the keys of the cast."""

    units: dict[str, Unit] = field(default_factory=dict)
    managers: dict[str, Actor] = field(default_factory=dict)
    officer: Actor = field(default_factory=lambda: system("demo"))
    sent: dict[str, list[Filing]] = field(default_factory=dict)  # by name of the person


def days_ago(days: float) -> Any:
    return clock.travel(timedelta(days=-days))


def actor(account: Account, unit: Unit | None = None) -> Actor:
    return Actor(ACCOUNT, account.ref, unit_id=unit.id if unit else None, account_id=account.id, request_id="demo")

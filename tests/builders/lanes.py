"""Clients of the lane service, made by the actions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta

from webapp import clock
from webapp.actors import system
from webapp.domain.audit import sequencer
from webapp.domain.audit.models import LIST_STREAM
from webapp.domain.lanes import answers, keys
from webapp.domain.passlist.models import EntryStep
from webapp.domain.privacy import assessments

_numbers = itertools.count(1)


def client(channels: Sequence[str] = (), per_minute: int = keys.PER_MINUTE) -> tuple[str, str]:
    """A gate: (ref of the client, its key)."""
    key = f"key-of-gate-{next(_numbers):04d}"
    return keys.create(system("test"), "示範閘口", list(channels), per_minute, key, assessment())["client"], key


def assessment(**changes: str) -> str:
    """An impact assessment of giving, valid for a year: its ref."""
    today = clock.today()
    values = {
        "kind": "giving",
        "about": "通道查驗",
        "author": "何慎行",
        "made_on": today.isoformat(),
        "result": "acceptable",
        "findings": "只回答車牌是否在名單內。",
        "valid_until": (today + timedelta(days=365)).isoformat(),
    }
    return assessments.enter(system("test"), assessments.Written(**values | changes))["assessment"]


def fresh() -> None:
    """What processes keep for a few seconds is read anew, as if these had passed."""
    keys.forget_known()
    answers.forget_kept()


def number_changes() -> int:
    """What the worker does each second: numbers for committed changes of the list."""
    return sequencer.number_committed(LIST_STREAM, EntryStep)

"""Sanctions built through the actions. All authorities, people and numbers are invented."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from tests.builders.accounts import actor_of, platform_staff
from webapp.actors import Actor
from webapp.domain.closings import sanctioning
from webapp.domain.sanctions import proposing
from webapp.domain.sanctions.models import Sanction
from webapp.domain.sanctions.proposing import Which

_numbers = itertools.count(1)


def officers() -> tuple[Actor, Actor]:
    """Two officers of the platform, since one alone can do nothing."""
    first, second = platform_staff(name="馮曉嵐"), platform_staff(name="黎子軒")
    return actor_of(first), actor_of(second)


def typed(**changes: str) -> dict[str, str]:
    """What an officer types: a decision; whom it names is given by `changes`."""
    n = next(_numbers)
    return {
        "authority": "示範市社會信用辦公室",
        "decision_number": f"示失信〔2026〕{n}號",
        "decided_on": "2026-05-20",
        "ground": "走私少量受限物品",
        "until": "",
        "appeal_route": "六十日內向示範市政府申請行政復議",
        "contact": "示範市社會信用辦公室，0756 000 0000",
    } | changes


def of_person(answers: Mapping[str, Any]) -> dict[str, str]:
    """The fields that name a person by the document he filed with."""
    who = answers["person"]
    return {name: who[name] for name in ("id_type", "id_number", "id_country")}


def staged(officer: Actor, **changes: str) -> Sanction:
    return Sanction.get(Sanction.ref == proposing.stage(officer, typed(**changes))["sanction"])


def which(sanction: Sanction) -> Which:
    now = Sanction.get_by_id(sanction.id)
    return Which(ref=now.ref, version=now.version)


def proposed(officer: Actor, **changes: str) -> Sanction:
    sanction = staged(officer, **changes)
    proposing.propose(officer, which(sanction))
    return Sanction.get_by_id(sanction.id)


def confirmed(first: Actor, second: Actor, **changes: str) -> Sanction:
    sanction = proposed(first, **changes)
    sanctioning.confirm(second, which(sanction))
    return Sanction.get_by_id(sanction.id)

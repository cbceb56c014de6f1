"""Editions drafted, published and confirmed through the actions."""

from __future__ import annotations

import copy
from typing import Any

from tests.builders import accounts
from webapp import clock
from webapp.actors import Actor
from webapp.domain.editions import queries
from webapp.domain.editions.models import LEGAL, Edition
from webapp.domain.publishing import actions


def officer() -> Actor:
    return accounts.actor_of(accounts.platform_staff("platform_officer"))


def wording(subject: str, **changes: str) -> dict[str, Any]:
    """The texts that come next, with another first clause in every language."""
    content = copy.deepcopy(actions.upcoming(subject))
    for locale, text in content["texts"].items():
        text["clauses"][0] = changes.get(locale, f"{text['clauses'][0]}（{queries.next_number(subject)}）")
    return content


def draft(actor: Actor, subject: str, content: Any, day: str = "", source: str = "") -> Edition:
    newest = queries.newest_confirmed(subject)
    base = newest.number if newest else 0
    made = actions.draft(actor, subject, content, day or clock.today().isoformat(), "", base, source)
    return queries.one(made["edition"])


def published(subject: str, content: Any, day: str = "") -> Edition:
    """In force, or from its day on: proposed and confirmed by two officers where the text is a legal one."""
    first = officer()
    row = draft(first, subject, content, day)
    if subject in LEGAL:
        actions.propose(first, row.ref, row.version)
        actions.confirm(officer(), row.ref, row.version + 1)
    else:
        actions.publish(first, row.ref, row.version)
    return queries.one(row.ref)

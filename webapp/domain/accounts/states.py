"""The life of an account: one table."""

from __future__ import annotations

from webapp.domain.accounts.models import ACTIVE, DISABLED
from webapp.errors import Conflict

TRANSITIONS = {
    (ACTIVE, "disable"): DISABLED,
    (DISABLED, "enable"): ACTIVE,
}


def next_state(state: str, action: str) -> str:
    """Raises Conflict when an account in this state cannot take the action."""
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        raise Conflict("account_state") from None

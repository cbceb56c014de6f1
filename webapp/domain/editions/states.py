"""The life of an edition. Legal texts are proposed by one officer and confirmed by another; the rest is published by
whoever drafted it."""

from __future__ import annotations

from webapp.domain.editions.models import CONFIRMED, DRAFTED, OPEN
from webapp.errors import Conflict

DRAFT, PROPOSE, PUBLISH, CONFIRM = "draft", "propose", "publish", "confirm"
REJECT, WITHDRAW, DROP, CANCEL = "reject", "withdraw", "drop", "cancel"
ACTIONS = (DRAFT, PROPOSE, PUBLISH, CONFIRM, REJECT, WITHDRAW, DROP, CANCEL)

#: (state, action) -> next state. This table is all there is; the state before the first is "".
TRANSITIONS: dict[tuple[str, str], str] = {
    ("", DRAFT): DRAFTED,
    (DRAFTED, PROPOSE): OPEN,
    (DRAFTED, PUBLISH): CONFIRMED,
    (DRAFTED, DROP): "dropped",
    (OPEN, CONFIRM): CONFIRMED,
    (OPEN, REJECT): "rejected",
    (OPEN, WITHDRAW): "withdrawn",
    (CONFIRMED, CANCEL): "cancelled",  # as long as it is not in force
}


def next_state(state: str, action_name: str) -> str:
    """The state after `action_name`. Raises Conflict(`edition_over`) where the table has none."""
    if (state, action_name) not in TRANSITIONS:
        raise Conflict("edition_over", state=state, action=action_name)
    return TRANSITIONS[state, action_name]

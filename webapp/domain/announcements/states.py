"""The life of an announcement. It can be recalled until the first message is made."""

from __future__ import annotations

from webapp.domain.announcements.models import DRAFTED, SCHEDULED, SENDING, SENT
from webapp.errors import Conflict

DRAFT, SEND, DROP, RECALL, BEGIN, FINISH, HIDE = "draft", "send", "drop", "recall", "begin", "finish", "hide"
ACTIONS = (DRAFT, SEND, DROP, RECALL, BEGIN, FINISH, HIDE)

#: (state, action) -> next state. This table is all there is; the state before the first is "".
TRANSITIONS: dict[tuple[str, str], str] = {
    ("", DRAFT): DRAFTED,
    (DRAFTED, SEND): SCHEDULED,
    (DRAFTED, DROP): "dropped",
    (SCHEDULED, RECALL): "recalled",
    (SCHEDULED, BEGIN): SENDING,
    (SENDING, FINISH): SENT,
    (SENDING, HIDE): SENDING,
    (SENT, HIDE): SENT,
}


def next_state(state: str, action_name: str) -> str:
    """The state after `action_name`. Raises Conflict(`announcement_over`) where the table has none."""
    if (state, action_name) not in TRANSITIONS:
        raise Conflict("announcement_over", state=state, action=action_name)
    return TRANSITIONS[state, action_name]

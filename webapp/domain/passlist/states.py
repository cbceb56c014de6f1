"""The life of an entry (design 6). This table is all there is; whatever is not in it is refused.

A release leads back to `listed` only when no other hold is open: the table says where it leads with none left.
"""

from __future__ import annotations

from webapp.domain.passlist.models import LISTED, REMOVED, SUSPENDED
from webapp.errors import Conflict

#: Before the first act there is no entry.
NONE = ""

TRANSITIONS: dict[tuple[str, str], str] = {
    (NONE, "list"): LISTED,
    (LISTED, "hold"): SUSPENDED,
    (SUSPENDED, "hold"): SUSPENDED,
    (SUSPENDED, "release"): LISTED,
    (LISTED, "remove"): REMOVED,
    (SUSPENDED, "remove"): REMOVED,
    (LISTED, "supersede"): REMOVED,
    (SUSPENDED, "supersede"): REMOVED,
}
ACTIONS = tuple(dict.fromkeys(action for _state, action in TRANSITIONS))


def next_state(state: str, action: str, *, holds_left: int = 0) -> str:
    """The state after `action`; `holds_left` counts the holds still open after a release.
    Raises Conflict("entry_state")."""
    after = TRANSITIONS.get((state, action))
    if after is None:
        raise Conflict("entry_state", state=state, action=action)
    return SUSPENDED if action == "release" and holds_left else after


def states_for(action: str) -> tuple[str, ...]:
    """The states in which `action` is possible, for set-based updates."""
    return tuple(state for state, name in TRANSITIONS if name == action)


#: Listed or suspended: the entry holds its driver slot and its place on the list.
IN_FORCE = states_for("remove")

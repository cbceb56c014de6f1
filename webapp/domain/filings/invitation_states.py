"""The life of an invitation (design 6). This table is all there is; whatever is not in it is refused.

Letting a second driver go later is no state of it: what was accepted was accepted (`releasing`).
"""

from __future__ import annotations

from webapp.errors import Conflict

OPEN, ACCEPTED, DECLINED, EXPIRED, REVOKED = "open", "accepted", "declined", "expired", "revoked"
#: Before the first act there is no invitation.
NONE = ""

TRANSITIONS: dict[tuple[str, str], str] = {
    (NONE, "make"): OPEN,
    (OPEN, "accept"): ACCEPTED,
    (OPEN, "decline"): DECLINED,
    (OPEN, "expire"): EXPIRED,
    (OPEN, "revoke"): REVOKED,
}
ACTIONS = tuple(dict.fromkeys(action for _state, action in TRANSITIONS))


def next_state(state: str, action: str) -> str:
    """The state after `action`. Raises Conflict("request_over") where the table has none."""
    try:
        return TRANSITIONS[(state, action)]
    except KeyError:
        raise Conflict("request_over", state=state, action=action) from None

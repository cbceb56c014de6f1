"""The life of a case (design 6). This table is all there is; whatever is not in it is refused."""

from __future__ import annotations

from webapp.errors import Conflict

OPEN, UPHELD, DISMISSED, WITHDRAWN = "open", "upheld", "dismissed", "withdrawn"
#: Before the first act there is no case.
NONE = ""

TRANSITIONS: dict[tuple[str, str], str] = {
    (NONE, "open"): OPEN,
    (OPEN, "answer"): OPEN,
    (OPEN, "add_evidence"): OPEN,
    (OPEN, "escalate"): OPEN,
    (OPEN, "uphold"): UPHELD,
    (OPEN, "dismiss"): DISMISSED,
    (OPEN, "withdraw"): WITHDRAWN,
}
ACTIONS = tuple(dict.fromkeys(action for _state, action in TRANSITIONS))


def next_state(state: str, action: str) -> str:
    """The state after `action`. Raises Conflict("case_closed") where the table has none."""
    try:
        return TRANSITIONS[(state, action)]
    except KeyError:
        raise Conflict("case_closed", state=state, action=action) from None

"""The life of a campaign. This table is all there is; whatever is not in it is refused."""

from __future__ import annotations

from webapp.domain.campaigns.models import CANCELLED, ENDED, HOLDING, RUNNING
from webapp.errors import Conflict

NONE = ""

TRANSITIONS: dict[tuple[str, str], str] = {
    (NONE, "start"): RUNNING,
    (NONE, "take-over"): HOLDING,  # a successor's, of those whom the former unit had not confirmed
    (RUNNING, "confirm"): RUNNING,
    (HOLDING, "confirm"): HOLDING,
    (RUNNING, "fall-due"): HOLDING,
    (RUNNING, "end"): ENDED,
    (HOLDING, "end"): ENDED,
    (RUNNING, "cancel"): CANCELLED,
    (HOLDING, "cancel"): CANCELLED,
}
ACTIONS = tuple(dict.fromkeys(action for _state, action in TRANSITIONS))
OPEN = tuple(dict.fromkeys(state for state, action in TRANSITIONS if action == "confirm"))


def next_state(state: str, action: str) -> str:
    """Raises Conflict("campaign_state")."""
    after = TRANSITIONS.get((state, action))
    if after is None:
        raise Conflict("campaign_state", state=state, action=action)
    return after

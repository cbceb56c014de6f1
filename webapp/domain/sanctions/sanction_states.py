"""The life of a sanction (design 6). This table is all there is; whatever is not in it is refused.

A staged one was typed in or read from a file and only looked at; dropping it leaves nothing behind.
"""

from __future__ import annotations

from webapp.domain.sanctions.models import CONFIRMED, ENDED, PROPOSED, REJECTED, RETRACTED, STAGED
from webapp.errors import Conflict

#: Before the first act, and after a staged one is dropped, there is none.
NONE = ""
STAGE, DROP, PROPOSE, CONFIRM, REJECT, WITHDRAW = "stage", "drop", "propose", "confirm", "reject", "withdraw"
REPAIR, EXPIRE = "repair", "expire"
PROPOSE_STRIKE, KEEP, STRIKE = "propose-strike", "keep", "strike"

TRANSITIONS: dict[tuple[str, str], str] = {
    (NONE, STAGE): STAGED,
    (STAGED, DROP): NONE,
    (STAGED, PROPOSE): PROPOSED,
    (PROPOSED, CONFIRM): CONFIRMED,
    (PROPOSED, REJECT): REJECTED,
    (PROPOSED, WITHDRAW): RETRACTED,
    (CONFIRMED, REPAIR): ENDED,
    (CONFIRMED, EXPIRE): ENDED,
    # Striking is two people's too: proposed by one, done or kept by another.
    (CONFIRMED, PROPOSE_STRIKE): CONFIRMED,
    (CONFIRMED, KEEP): CONFIRMED,
    (CONFIRMED, STRIKE): ENDED,
}
ACTIONS = tuple(dict.fromkeys(action for _state, action in TRANSITIONS))


def next_state(state: str, action: str) -> str:
    """The state after `action`. Raises Conflict("sanction_state") where the table has none."""
    if (state, action) not in TRANSITIONS:
        raise Conflict("sanction_state", state=state, action=action)
    return TRANSITIONS[state, action]

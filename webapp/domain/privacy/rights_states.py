"""The life of a request about one's data, and the terms of the desk (PIPL 50)."""

from __future__ import annotations

from webapp.domain.privacy.models import GRANTED, OPEN, REFUSED, TAKEN_BACK
from webapp.errors import Conflict

NONE = ""
ASK, GRANT, REFUSE, TAKE_BACK, ESCALATE = ACTIONS = ("ask", "grant", "refuse", "take_back", "escalate")
#: Working days until the answer, as a rule of the house; the law says "in time".
DUE_DAYS = 15
WORDS_LONGEST = 1000
NAME_LONGEST = 100
#: Why something is not done; at least one, and words beside it.
REASONS = ("not_identified", "law_requires", "case_open", "not_held", "others_rights", "repeated", "no_relation")

#: (state, action) -> next state. This table is all there is.
TRANSITIONS: dict[tuple[str, str], str] = {
    (NONE, ASK): OPEN,
    (OPEN, GRANT): GRANTED,
    (OPEN, REFUSE): REFUSED,
    (OPEN, TAKE_BACK): TAKEN_BACK,
    (OPEN, ESCALATE): OPEN,
}


def next_state(state: str, action: str) -> str:
    """Raises Conflict("rights_over") where the table has none."""
    if (state, action) not in TRANSITIONS:
        raise Conflict("rights_over")
    return TRANSITIONS[state, action]

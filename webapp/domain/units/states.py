"""The unit's life cycle as one table (design 6). What is not here is refused."""

from __future__ import annotations

from webapp.errors import Conflict

REGISTER, RESUBMIT = "register", "resubmit"
CERTIFY, RETURN, REFUSE, WITHDRAW = "certify", "return", "refuse", "withdraw"
SUSPEND, REINSTATE, DEREGISTER = "suspend", "reinstate", "deregister"
ACTIONS = (REGISTER, RESUBMIT, CERTIFY, RETURN, REFUSE, WITHDRAW, SUSPEND, REINSTATE, DEREGISTER)

#: (state, action) -> next state. The state before the first is "".
TRANSITIONS: dict[tuple[str, str], str] = {
    ("", REGISTER): "pending",
    ("pending", CERTIFY): "certified",
    ("pending", RETURN): "returned",
    ("pending", REFUSE): "refused",
    ("pending", WITHDRAW): "withdrawn",
    ("returned", RESUBMIT): "pending",
    # A unit that will not correct what was faulted must be able to leave: its registration number is held meanwhile.
    ("returned", WITHDRAW): "withdrawn",
    ("certified", SUSPEND): "suspended",
    ("suspended", REINSTATE): "certified",
    ("certified", DEREGISTER): "deregistered",
    ("suspended", DEREGISTER): "deregistered",
}


def next_state(state: str, action: str) -> str:
    """The state after `action`. Raises Conflict(`unit_state`) where the table has none."""
    if (state, action) not in TRANSITIONS:
        raise Conflict("unit_state", state=state, action=action)
    return TRANSITIONS[state, action]


def possible(state: str) -> frozenset[str]:
    """What may be done in a state."""
    return frozenset(action for (before, action) in TRANSITIONS if before == state)

"""The life of a filing (design 6). This table is all there is; whatever is not in it is refused."""

from __future__ import annotations

from webapp.errors import Conflict

SUBMITTED, RETURNED, VERIFIED, UPLOADED, REFUSED, WITHDRAWN, CLOSED = (
    "submitted",
    "returned",
    "verified",
    "uploaded",
    "refused",
    "withdrawn",
    "closed",
)
#: Before the first act there is no filing.
NONE = ""

TRANSITIONS: dict[tuple[str, str], str] = {
    (NONE, "submit"): SUBMITTED,
    (NONE, "assign-driver"): VERIFIED,  # by the unit, on the pledge that stands (filings.assigning_drivers)
    (SUBMITTED, "verify"): VERIFIED,
    (SUBMITTED, "return"): RETURNED,
    (SUBMITTED, "refuse"): REFUSED,
    (SUBMITTED, "withdraw"): WITHDRAWN,
    (SUBMITTED, "close"): CLOSED,
    (RETURNED, "resubmit"): SUBMITTED,
    (RETURNED, "refuse"): REFUSED,
    (RETURNED, "withdraw"): WITHDRAWN,
    (RETURNED, "close"): CLOSED,
    (VERIFIED, "undo"): SUBMITTED,
    (VERIFIED, "withdraw"): WITHDRAWN,
    (VERIFIED, "upload"): UPLOADED,
    (VERIFIED, "close"): CLOSED,
}
ACTIONS = tuple(dict.fromkeys(action for _state, action in TRANSITIONS))


def next_state(state: str, action: str) -> str:
    """The state after `action`. Raises Conflict("wrong_state") where the table has none."""
    try:
        return TRANSITIONS[(state, action)]
    except KeyError:
        raise Conflict("wrong_state", state=state, action=action) from None


def states_for(action: str) -> tuple[str, ...]:
    """The states in which `action` is possible, for set-based updates."""
    return tuple(state for state, name in TRANSITIONS if name == action)

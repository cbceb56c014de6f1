"""The life of a filing: every state with every action (design 6)."""

import pytest

from webapp.domain.filings import states
from webapp.domain.filings.models import FILING_STATES
from webapp.errors import Conflict

ALLOWED = {
    ("", "submit"): "submitted",
    ("", "assign-driver"): "verified",
    ("submitted", "verify"): "verified",
    ("submitted", "return"): "returned",
    ("returned", "resubmit"): "submitted",
    ("submitted", "refuse"): "refused",
    ("returned", "refuse"): "refused",
    ("submitted", "withdraw"): "withdrawn",
    ("returned", "withdraw"): "withdrawn",
    ("verified", "withdraw"): "withdrawn",
    ("verified", "undo"): "submitted",
    ("verified", "upload"): "uploaded",
    ("submitted", "close"): "closed",
    ("returned", "close"): "closed",
    ("verified", "close"): "closed",
}


@pytest.mark.parametrize("state", ("", *FILING_STATES))
@pytest.mark.parametrize("action", states.ACTIONS)
def test_state_and_action(state, action):
    if (state, action) in ALLOWED:
        assert states.next_state(state, action) == ALLOWED[(state, action)]
        return

    with pytest.raises(Conflict) as refused:
        states.next_state(state, action)
    assert refused.value.code == "wrong_state"


def test_states_for_an_action():
    assert states.states_for("withdraw") == ("submitted", "returned", "verified")

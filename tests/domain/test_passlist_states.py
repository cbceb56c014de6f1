"""The life of an entry: every state and action is in the table, or refused."""

import pytest

from webapp.domain.passlist import states
from webapp.errors import Conflict

ALLOWED = {
    ("", "list"): "listed",
    ("listed", "hold"): "suspended",
    ("suspended", "hold"): "suspended",
    ("suspended", "release"): "listed",
    ("listed", "remove"): "removed",
    ("suspended", "remove"): "removed",
    ("listed", "supersede"): "removed",
    ("suspended", "supersede"): "removed",
}


@pytest.mark.parametrize("state", ["", "listed", "suspended", "removed"])
@pytest.mark.parametrize("name", ["list", "hold", "release", "remove", "supersede"])
def test_every_state_and_action(state, name):
    if (state, name) in ALLOWED:
        assert states.next_state(state, name) == ALLOWED[state, name]
        return
    with pytest.raises(Conflict) as refused:
        states.next_state(state, name)
    assert refused.value.code == "entry_state"


def test_a_release_leads_back_only_when_no_hold_is_left():
    assert states.next_state("suspended", "release", holds_left=1) == "suspended"


def test_in_force_is_listed_or_suspended():
    assert states.IN_FORCE == ("listed", "suspended")

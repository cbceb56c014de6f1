"""Every state × action pair of a case, and the pure rules of its decisions."""

import pytest

from webapp.domain.sanctions import cases_rules, cases_states
from webapp.domain.sanctions.models import CASE_STATES, DISPUTES, OBJECTIONS
from webapp.errors import Conflict

ALLOWED = {
    ("", "open"): "open",
    ("open", "answer"): "open",
    ("open", "add_evidence"): "open",
    ("open", "escalate"): "open",
    ("open", "uphold"): "upheld",
    ("open", "dismiss"): "dismissed",
    ("open", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("state", ("", *CASE_STATES))
@pytest.mark.parametrize("action", cases_states.ACTIONS)
def test_every_pair(state, action):
    if (state, action) in ALLOWED:
        assert cases_states.next_state(state, action) == ALLOWED[state, action]
        return
    with pytest.raises(Conflict) as refused:
        cases_states.next_state(state, action)
    assert refused.value.code == "case_closed"


def test_every_topic_has_a_kind_and_a_remedy():
    assert {topic: cases_rules.kind_of(topic) for topic in OBJECTIONS} == dict.fromkeys(OBJECTIONS, "objection")
    assert {topic: cases_rules.kind_of(topic) for topic in DISPUTES} == dict.fromkeys(DISPUTES, "dispute")
    assert set(cases_rules.REMEDIES) == {*OBJECTIONS, *DISPUTES}


def test_silence_is_a_reason_only_where_there_is_silence():
    assert cases_rules.SILENT in cases_rules.reasons_for("uphold", silent=True)
    assert cases_rules.SILENT not in cases_rules.reasons_for("uphold", silent=False)
    assert cases_rules.SILENT not in cases_rules.reasons_for("dismiss", silent=True)

"""Every state × action pair of a unit: in the table, or refused."""

from __future__ import annotations

import pytest

from tests.builders import units as build
from webapp.domain.units import deciding, queries, registering, states
from webapp.domain.units.models import STATES, Unit, UnitStep
from webapp.errors import Conflict

ALLOWED = {
    ("", "register"): "pending",
    ("pending", "certify"): "certified",
    ("pending", "return"): "returned",
    ("pending", "refuse"): "refused",
    ("pending", "withdraw"): "withdrawn",
    ("returned", "resubmit"): "pending",
    ("returned", "withdraw"): "withdrawn",
    ("certified", "suspend"): "suspended",
    ("suspended", "reinstate"): "certified",
    ("certified", "deregister"): "deregistered",
    ("suspended", "deregister"): "deregistered",
}


@pytest.mark.parametrize("state", ["", *STATES])
@pytest.mark.parametrize("action", states.ACTIONS)
def test_every_pair_is_in_the_table_or_refused(state, action):
    if (state, action) in ALLOWED:
        assert states.next_state(state, action) == ALLOWED[state, action]
        return
    with pytest.raises(Conflict) as refused:
        states.next_state(state, action)
    assert (refused.value.code, refused.value.params) == ("unit_state", {"state": state, "action": action})


DEEDS = {
    "certify": lambda unit: deciding.certify(build.platform_actor(), unit.id, unit.version),
    "return": lambda unit: deciding.return_(build.platform_actor(), unit.id, ["proof:expired"], "", unit.version),
    "refuse": lambda unit: deciding.refuse(build.platform_actor(), unit.id, ["unit:duplicate"], "", unit.version),
    "suspend": lambda unit: deciding.suspend(build.platform_actor(), unit.id, ["unit:misuse"], "", unit.version),
    "reinstate": lambda unit: deciding.reinstate(build.platform_actor(), unit.id, "查明無誤", unit.version),
    "resubmit": lambda unit: registering.resubmit(build.platform_actor(), unit.id, build.typed(), {}, unit.version),
    "withdraw": lambda unit: registering.withdraw(build.platform_actor(), unit.id, unit.version),
}


def in_state(state: str) -> Unit:
    """A unit brought there by actions."""
    unit = build.pending_unit().unit
    way = {
        "pending": [],
        "returned": ["return"],
        "refused": ["refuse"],
        "withdrawn": ["withdraw"],
        "certified": ["certify"],
        "suspended": ["certify", "suspend"],
    }
    for deed in way[state]:
        DEEDS[deed](unit)
        unit = queries.by_id(unit.id)
    return unit


@pytest.mark.parametrize("state", ["pending", "returned", "refused", "withdrawn", "certified", "suspended"])
def test_each_action_follows_the_table(db, state):
    for deed, perform in DEEDS.items():
        unit = in_state(state)
        steps = UnitStep.select().where(UnitStep.unit == unit.id).count()
        if (state, deed) in ALLOWED:
            perform(unit)
            after = queries.by_id(unit.id)
            assert (deed, after.state, after.version) == (deed, ALLOWED[state, deed], unit.version + 1)
            assert UnitStep.select().where(UnitStep.unit == unit.id).count() == steps + 1
        else:
            with pytest.raises(Conflict) as refused:
                perform(unit)
            assert (deed, refused.value.code) == (deed, "unit_state")
            assert queries.by_id(unit.id).version == unit.version


@pytest.mark.parametrize("deed", ["certify", "return", "refuse", "withdraw"])
def test_stale_version_is_refused(db, deed):
    unit = in_state("pending")
    unit.version += 1

    with pytest.raises(Conflict) as refused:
        DEEDS[deed](unit)

    assert refused.value.code == "stale"

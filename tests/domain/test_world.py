"""People, units and officers take every action of the list at random; after each step every rule of the list holds.

`make soak` lets it run long. A failure prints the moves that led to it.
"""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.domain.world import counter, people, platform, privacy, rules, setting, staff
from webapp.errors import Refusal

MOVES = {**people.MOVES, **staff.MOVES, **counter.MOVES, **platform.MOVES, **privacy.MOVES}


class Life(RuleBasedStateMachine):
    """One rule for each move; a move that a rule of the system refuses is part of life, anything else is not."""

    world: setting.World

    @initialize()
    def begin(self) -> None:
        self.world = setting.built()

    @invariant()
    def every_rule_holds(self) -> None:
        assert rules.broken() == []


def _rule(name: str):
    move, _weight = MOVES[name]

    def step(self: Life, seed: int) -> None:
        self.world.chance = random.Random(seed)
        with suppress(Refusal, setting.Nothing):
            move(self.world)

    step.__name__ = name.replace(" ", "_")
    return rule(seed=st.integers(0, 10**6))(step)


for _name, (_move, _weight) in MOVES.items():
    # A move of more weight is taken more often: hypothesis chooses among rules alike.
    for _turn in range(max(1, _weight // 3)):
        setattr(Life, f"{_name.replace(' ', '_')}_{_turn}", _rule(_name))


def live(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_no_order_of_moves_breaks_a_rule(db):
    live(examples=4, steps=50)


@pytest.mark.soak
def test_no_order_of_moves_breaks_a_rule_for_long(db):
    live(examples=200, steps=200)

"""Somebody confirms a sanction while another act has begun that would bring whom it means onto the list, or on the way
to it: whatever makes a filing or an entry, or gives a vehicle a plate, waits at the gate and sees it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.builders import cases
from tests.builders.sanctions import of_person, officers, proposed
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from tests.domain.test_closings_deregistering import proposed as closing_proposed
from webapp import clock, database
from webapp.actors import Actor
from webapp.database import pass_gate
from webapp.domain.audit.acts import ACTIONS, Act, action
from webapp.domain.closings import deregistering, fleet, sanctioning
from webapp.domain.filings import assigning_drivers
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry import queries as registry
from webapp.domain.sanctions import cases_rules, matching, proposing, sanction_states
from webapp.domain.sanctions.models import CONFIRMED, Sanction
from webapp.domain.units import vehicles
from webapp.errors import Conflict


@contextmanager
def confirming(second: Actor, sanction: Sanction) -> Iterator[None]:
    """Somebody confirms this and takes his time over the end; nobody sees it before."""
    took_effect, real = threading.Event(), ACTIONS["sanction:confirm"]

    @action("sanction:confirm")
    def slowly(act: Act) -> dict[str, int]:
        pass_gate(matching.GATE, alone=True)
        chosen = Sanction.id == sanction.id
        proposing.move(act, chosen, sanction_states.CONFIRM, CONFIRMED, confirmed_by=act.actor.account_id)
        done = sanctioning.take_effect(act, chosen)
        took_effect.set()
        time.sleep(0.5)  # meanwhile the other begins, and waits
        return done

    ACTIONS["sanction:confirm"] = real  # its name was lent

    def confirm() -> None:
        database.connect()
        try:
            slowly(second)
        finally:
            took_effect.set()
            database.disconnect()

    thread = threading.Thread(target=confirm)
    thread.start()
    took_effect.wait()
    try:
        yield
    finally:
        thread.join()
    assert Sanction.get_by_id(sanction.id).state == CONFIRMED


def test_a_vehicle_is_not_assigned_to_whom_a_sanction_just_meets(db):
    first, second = officers()
    unit = certified_unit()
    entry = listed(unit)
    sanction = proposed(first, **of_person(registry.answers(entry.answers_id)))
    ref = vehicles.add(unit.actor, unit.unit.id, vehicles.NewVehicle("粤C·12345", "medium"))["vehicle"]

    with confirming(second, sanction):
        done = assigning_drivers.assign_drivers(
            unit.actor, unit.unit.id, ref, Chosen(rows=((entry.ref, entry.version),))
        )

    assert done["assigned"] == 0
    assert Filing.select().where(Filing.state << OPEN_FILING_STATES).count() == 0


def test_a_plate_that_a_sanction_just_met_is_given_to_no_vehicle(db):
    first, second = officers()
    unit = certified_unit()
    ref = vehicles.add(unit.actor, unit.unit.id, vehicles.NewVehicle("粤C·12345", "medium"))["vehicle"]
    sanction = proposed(first, plates="粤C·54321")

    with confirming(second, sanction), pytest.raises(Conflict, match="plate_in_use"):
        fleet.change_plate(unit.actor, unit.unit.id, ref, "粤C·54321")


def test_a_refused_filing_is_not_made_anew_for_whom_a_sanction_just_meets(db):
    first, second = officers()
    unit = certified_unit()
    sent = cases.refused(unit)
    case = cases.objection(sent, cases_rules.REFUSAL, sent.filing.ref)
    sanction = proposed(first, **of_person(sent.answers))

    with clock.travel(case.answer_until - clock.now()), confirming(second, sanction):
        decided = cases.decide(second, case)

    assert decided["outcome"] == ["not:sanctioned"]
    assert Filing.select().where(Filing.state << OPEN_FILING_STATES).count() == 0


def test_a_successor_takes_nobody_over_whom_a_sanction_just_meets(db):
    first, second = officers()
    unit, successor = certified_unit(), certified_unit()
    entry = listed(unit)
    sanction = proposed(first, **of_person(registry.answers(entry.answers_id)))
    closing = closing_proposed(first, unit, successor)

    with confirming(second, sanction):
        deregistering.confirm(second, closing.ref, closing.version)

    assert Entry.select().where(Entry.state != "removed").count() == 0

"""Counts of the record are those of its rows, whatever was counted before and whatever waits."""

from collections import Counter
from datetime import timedelta

import pytest

from webapp import clock
from webapp.actors import Actor
from webapp.domain.audit import counting, figures, purging, readings, sealing
from webapp.domain.audit.acts import action
from webapp.domain.audit.models import DEEDS, READINGS, ActFigure, RecordCounted
from webapp.errors import Invalid

ONE, OTHER = (Actor("account", f"somebody{n}", account_id=n, request_id="r", address="192.0.2.1") for n in (3, 4))


@action("test:read")
def read(act, refs: list[str], how: str) -> dict:
    readings.note(act, how, refs)
    return {}


@action("test:refused")
def refused(act) -> dict:
    raise Invalid("required", field="plate")


def busy(number: int) -> None:
    """Somebody reads two people, somebody else is refused."""
    read(ONE, ["a", "b"], readings.PAGE_READ, key=f"read-{number}")
    read(OTHER, ["a"], readings.NUMBERS_READ, key=f"numbers-{number}")
    with pytest.raises(Invalid):
        refused(OTHER, key=f"no-{number}")


def told() -> Counter:
    return Counter({key[1:]: numbers for key, numbers in counting.numbers(clock.today()).items()})


def expected(times: int) -> dict:
    return {
        (DEEDS, "test:read"): (2 * times, 0),
        (DEEDS, "test:refused"): (times, times),
        (READINGS, "3"): (2 * times, 0),
        (READINGS, "4"): (times, times),
    }


def test_an_act_is_counted_once_whether_it_waits_is_sealed_or_counted(db, monkeypatch):
    monkeypatch.setattr(counting, "SLICE", 2)
    assert told() == {}
    busy(1)
    assert told() == expected(1), "neither sealed nor counted"
    sealing.seal_committed()
    assert told() == expected(1), "sealed"
    assert counting.count_sealed() == 3
    assert told() == expected(1), "counted"
    busy(2)
    sealing.seal_committed()
    busy(3)
    assert told() == expected(3), "one of each"
    assert (counting.count_sealed(), counting.count_sealed()) == (3, 0)
    sealing.seal_committed()
    counting.count_sealed()
    assert told() == expected(3)
    assert RecordCounted.select().count() == 1


def test_figures_say_days_deeds_and_readers(db):
    busy(1)
    sealing.seal_committed()
    counting.count_sealed()
    found = figures.figures(10, 30)
    assert [(day.done, day.refused) for day in found.days] == [(0, 0)] * 9 + [(2, 1)]
    assert found.days[-1].day == clock.today()
    assert found.verbs == [("test:read", 2, 0), ("test:refused", 1, 1)]
    assert found.readers == [(3, 2, 0), (4, 1, 1)]


def test_counts_go_with_the_record(db):
    with clock.travel(timedelta(days=-900)):
        busy(1)
        sealing.seal_committed()
    counting.count_sealed()
    busy(2)
    sealing.seal_committed()
    assert ActFigure.select(ActFigure.day).distinct().count() == 1
    assert purging.purge(timedelta(days=400)) == 3
    assert ActFigure.select().count() == 0
    sealing.seal_committed()
    counting.count_sealed()
    assert told()[DEEDS, "test:read"] == (2, 0), "counting goes on behind what was purged"

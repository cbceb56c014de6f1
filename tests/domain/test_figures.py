"""Kept figures: counted from the steps, the same each time, and hidden where small."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import accounts, filings
from tests.builders import units as build
from tests.builders.uploads import listed
from webapp import clock
from webapp.domain.accounts import platform
from webapp.domain.accounts import queries as account_queries
from webapp.domain.figures import counting, queries
from webapp.domain.figures.models import ENTRIES, FILINGS, PEOPLE, STEPS, UNITS, VEHICLES, Figure, FigureDay
from webapp.domain.figures.queries import CLASSES, Scope
from webapp.domain.filings import verifying
from webapp.domain.passlist import removals
from webapp.domain.passlist.selection import Chosen
from webapp.errors import Conflict, Invalid, NotAllowed

ALL = Scope(CLASSES, whole=True)
FEW = Scope(("enterprise",), whole=False)


def rows():
    found = Figure.select(Figure.day, Figure.unit_class, Figure.measure, Figure.state, Figure.count).tuples()
    return sorted(found)


@pytest.fixture
def life(db):
    """Two on the list yesterday, one of them removed today; one verified after two days, one waiting, one refused."""
    with clock.travel(timedelta(days=-3)):
        home = build.certified_unit()
        _stays, goes = listed(home), listed(home)
    with clock.travel(timedelta(days=-2)):
        slow, _waits, refused = (filings.filed(home) for _ in range(3))
    verifying.verify(home.actor, home.unit.id, slow.filing.ref, 1)
    verifying.refuse(home.actor, home.unit.id, refused.filing.ref, 1, ["unit_relation:not_ours"], "")
    removals.remove(home.actor, home.unit.id, Chosen(rows=((goes.ref, goes.version),)), "left_unit")
    return home


def test_a_day_is_counted_from_the_steps_and_again_the_same(life):
    assert counting.keep() == 4
    before = rows()
    stocks = queries.stocks(ALL)["enterprise"]
    assert stocks[UNITS] == {"certified": 1}
    assert stocks[ENTRIES] == {"listed": 1}
    assert (stocks[PEOPLE], stocks[VEHICLES]) == ({"in_force": 1}, {"in_force": 1})
    assert stocks[FILINGS] == {"submitted": 1, "verified": 1}
    assert queries.waits(ALL)["enterprise"] == {0: 2, 2: 2}
    happened = queries.happened(ALL, clock.today())
    assert happened[clock.today(), STEPS, "verify"] == 1
    assert happened[clock.today(), "changes", "removed"] == 1
    assert sum(filed for _, filed, _ in queries.weeks(ALL)) == 5

    # Today once more, the days that are over no more; and from nothing the same.
    assert counting.keep() == 1
    assert rows() == before
    Figure.delete().execute()
    FigureDay.delete().execute()
    assert len(list(counting.rebuild())) == 4
    assert rows() == before


def test_a_past_day_is_counted_as_it_was(life):
    counting.keep()
    past = {
        (row.measure, row.state): row.count
        for row in Figure.select().where(Figure.day == clock.today() - timedelta(days=1))
    }
    assert (past[ENTRIES, "listed"], past[PEOPLE, "in_force"], past[FILINGS, "submitted"]) == (2, 2, 3)
    assert (FILINGS, "verified") not in past


def test_yesterday_is_counted_once_more_after_its_end(life):
    counting.keep()
    with clock.travel(timedelta(days=2)):
        assert counting.keep() == 3
        assert counting.keep() == 1
    assert list(counting.rebuild(clock.today())) == [clock.today()]


def test_slowest_units_and_their_medians(life):
    counting.keep()
    (unit, figure), *rest = queries.slowest(ALL)
    assert (unit.id, figure.waiting, figure.decided, figure.median_days, rest) == (life.unit.id, 1, 4, 0, [])
    assert (clock.now() - figure.oldest_at).days == 2
    assert queries.slowest(FEW) == []
    assert queries.slowest(Scope(("organ",), whole=True)) == []


def test_small_numbers_are_hidden_and_cannot_be_worked_out():
    assert [FEW.shown(count) for count in (0, 1, 4, 5)] == [0, None, None, 5]
    assert ALL.shown(3) == 3
    assert FEW.group({"listed": 90, "suspended": 3, "removed": 7}) == {"listed": 90, "suspended": None, "removed": None}
    assert FEW.group({"listed": 90, "suspended": 0}) == {"listed": 90, "suspended": 0}
    assert FEW.group({"a": 2, "b": 3, "c": 9}) == {"a": None, "b": None, "c": 9}
    # In a table no line and no column has one hidden number alone, where it has another at all.
    assert FEW.table([[9, 3, 0, 7], [8, 0, 6, 0], [0, 0, 0, 0]], [2, 2]) == [
        [None, None, 0, 7],
        [None, 0, 6, 0],
        [0, 0, 0, 0],
    ]
    assert ALL.table([[3]], [1]) == [[3]]
    # A sum of which one part alone is hidden elsewhere would tell it.
    assert [FEW.total(one) for one in ([10, 7], [10, 3], [10, 3, 2], [10, 0], [])] == [17, None, 15, 10, 0]
    assert ALL.total([10, 3]) == 13
    assert queries.median({0: 2, 3: 2}, FEW) is None
    assert queries.median({0: 2, 3: 4, 9: 1}, FEW) == 3
    assert queries.median({}, ALL) is None


def test_a_slow_unit_does_not_tell_a_small_one_beside_it(db):
    many, few = build.certified_unit(), build.certified_unit()
    for _ in range(5):
        filings.filed(many)
    filings.filed(few)
    counting.keep()
    assert queries.slowest(FEW) == []
    for _ in range(4):
        filings.filed(few)
    counting.keep()
    assert {unit.id for unit, _ in queries.slowest(FEW)} == {many.unit.id, few.unit.id}


def test_classes_are_granted_to_supervisors_by_another(db):
    keeper = accounts.actor_of(accounts.platform_staff("system_admin"))
    watcher = accounts.platform_staff("supervisor")
    platform.set_classes(keeper, watcher.ref, ["organ", "social"], 1)
    assert account_queries.classes_of(watcher.id) == {"organ", "social"}
    assert queries.scope_of(watcher.id, whole=False).classes == ("organ", "social")
    with pytest.raises(Conflict, match="stale"):
        platform.set_classes(keeper, watcher.ref, ["organ"], 1)
    platform.set_classes(keeper, watcher.ref, ["organ"], 2)
    assert account_queries.classes_of(watcher.id) == {"organ"}
    with pytest.raises(NotAllowed):
        platform.set_classes(accounts.actor_of(watcher), watcher.ref, ["organ"], 3)
    officer = accounts.platform_staff("platform_officer")
    with pytest.raises(Invalid, match="not_supervisor"):
        platform.set_classes(keeper, officer.ref, ["organ"], 1)
    with pytest.raises(Invalid, match="choice_unknown"):
        platform.set_classes(keeper, watcher.ref, ["god"], 3)
    assert account_queries.classes_of(watcher.id) == {"organ"}
    platform.keep_roles(keeper, watcher.ref, [], 3, accounts.LOCALE)
    assert account_queries.classes_of(watcher.id) == frozenset()

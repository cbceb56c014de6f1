"""Who lives in the world, and how a move picks what it is about. What moves change is read from the database: several
processes may live in the same world."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from tests.builders import editions
from tests.builders import filings as build
from tests.builders import sanctions as build_sanctions
from tests.builders.units import BuiltUnit, certified_unit
from webapp.actors import FILER, Actor
from webapp.domain.filings.models import Filing, Submission
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.pledges import policy
from webapp.domain.publishing import actions
from webapp.domain.units import codes
from webapp.domain.units.models import Unit

CLASSES = ("enterprise", "enterprise", "resident", "other")
PEOPLE, CARS, FLEET = 8, 5, 3


@dataclass
class World:
    """`people` are what eight people type about themselves, with a phone each; `cars` and `fleet` are plates."""

    units: list[BuiltUnit]
    officers: tuple[Actor, Actor]
    people: list[dict[str, Any]]
    phones: list[str]
    cars: list[str]
    fleet: list[str]
    chance: random.Random = field(default_factory=random.Random)

    def unit(self) -> BuiltUnit:
        return self.chance.choice(self.units)

    def unit_with(self, model: Any, *states: str) -> BuiltUnit:
        """Mostly a unit that has rows of these states; now and then any."""
        having = set(model.select(model.unit).where(model.state << states).distinct().tuples())
        busy = [one for one in self.units if (one.unit.id,) in having]
        return self.chance.choice(busy) if busy and self.chance.random() < 0.9 else self.unit()

    def officer(self) -> Actor:
        return self.chance.choice(self.officers)

    def filing(self, *states: str, unit: BuiltUnit | None = None) -> Filing:
        """Any filing of the world, mostly one in these states."""
        return self._one(Filing, Filing.state, states, unit)

    def entry(self, *states: str, unit: BuiltUnit | None = None) -> Entry:
        return self._one(Entry, Entry.state, states, unit)

    def submission(self) -> Submission:
        return self._one(Submission, None, (), None)

    def _one(self, model: Any, column: Any, states: tuple[str, ...], unit: BuiltUnit | None) -> Any:
        owners = [unit.unit.id] if unit else [one.unit.id for one in self.units]
        query = model.select().where(model.unit << owners)
        # Now and then something that does not fit: refusing is part of the life.
        if states and self.chance.random() < 0.9:
            query = query.where(column << states)
        count = query.count()
        if not count:
            raise Nothing
        found = query.order_by(model.id).offset(self.chance.randrange(count)).limit(1).first()
        if found is None:  # somebody else moved it meanwhile
            raise Nothing
        return found

    def some(self, rows: list[Any]) -> Chosen:
        """Some of these rows as a clerk ticks them."""
        if not rows:
            raise Nothing
        picked = self.chance.sample(rows, self.chance.randint(1, min(5, len(rows))))
        return Chosen(rows=tuple((row.ref, row.version) for row in picked))

    def pick(self, rows: list[Any]) -> Any:
        if not rows:
            raise Nothing
        return self.chance.choice(rows)


class Nothing(Exception):
    """There is nothing of the kind a move needs."""


def person_of(row: Filing | Entry | Submission) -> Actor:
    """The person on the status page that tells of this."""
    return Actor(FILER, submission_of(row).ref, unit_id=row.unit_id, request_id="world")


def submission_of(row: Filing | Entry | Submission) -> Submission:
    if isinstance(row, Submission):
        return row
    if isinstance(row, Filing):
        return Submission.get_by_id(row.submission_id)
    return Submission.get(Submission.ref == row.submission_ref)


def built(chance: random.Random | None = None) -> World:
    """A fresh world of its own units and people, where units vouch for the households of their owners."""
    if not policy.current().household_driver:
        editions.published("policy", actions.upcoming("policy") | {"household_driver": True})
    units = [certified_unit(unit_class) for unit_class in CLASSES]
    for one in units:
        codes.set_ceiling(one.actor, one.unit.id, codes.HIGHEST_CEILING)
    people = [build.person() for _ in range(PEOPLE)]
    return World(
        units=units,
        officers=build_sanctions.officers(),
        people=people,
        phones=[build.answers(who=person)["contact"]["phone"] for person in people],
        cars=[build.plate() for _ in range(CARS)],
        fleet=[build.plate() for _ in range(FLEET)],
        chance=chance or random.Random(),
    )


def fresh(one: BuiltUnit) -> Unit:
    return Unit.get_by_id(one.unit.id)

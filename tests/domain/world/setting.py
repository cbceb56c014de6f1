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
from webapp import crypto
from webapp.actors import ACCOUNT, FILER, VISITOR, Actor, system
from webapp.domain.accounts.models import Account
from webapp.domain.filings.models import Filing, Submission
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.pledges import policy
from webapp.domain.publishing import actions
from webapp.domain.units import codes
from webapp.domain.units.models import EnrolmentCode, Membership, Unit

CLASSES = ("enterprise", "enterprise", "resident", "other")
UNITS, PEOPLE, CARS, FLEET = len(CLASSES), 8, 5, 3


@dataclass
class World:
    """`people` are what eight people type about themselves, with a phone each; `cars` and `fleet` are plates; the names
    of its units begin with `name`."""

    name: str
    officers: tuple[Actor, Actor]
    people: list[dict[str, Any]]
    phones: list[str]
    cars: list[str]
    fleet: list[str]
    chance: random.Random = field(default_factory=random.Random)
    managers: dict[int, Account] = field(default_factory=dict)

    @property
    def units(self) -> list[BuiltUnit]:
        """Its units as they are now, whoever registered them: the newest last, of closed ones the last few."""
        rows = list(Unit.select().where(Unit.id << self.unit_ids).order_by(Unit.id))
        active = EnrolmentCode.select().where(EnrolmentCode.unit << rows, EnrolmentCode.state == "active")
        known = {code.unit_id: code.code for code in active}
        return [self._built(row, known.get(row.id, "")) for row in rows]

    @property
    def unit_ids(self) -> list[int]:
        rows = Unit.select(Unit.id).where(Unit.name.startswith(self.name)).order_by(Unit.id.desc()).limit(UNITS + 2)
        return [found for (found,) in rows.tuples()]

    def _built(self, unit: Unit, code: str) -> BuiltUnit:
        if unit.id not in self.managers:
            held = Membership.get(Membership.unit == unit.id, Membership.role == "manager")
            self.managers[unit.id] = Account.get_by_id(held.account_id)
        manager = self.managers[unit.id]
        actor = Actor(ACCOUNT, manager.ref, unit_id=unit.id, account_id=manager.id, request_id="world")
        return BuiltUnit(unit, code, manager, actor)

    def found(self, unit_class: str) -> None:
        """Register one more unit, certified, which lets many file in a day."""
        one = certified_unit(unit_class, unit_name=self.name + crypto.new_ref())
        codes.set_ceiling(one.actor, one.unit.id, codes.HIGHEST_CEILING)

    def unit(self) -> BuiltUnit:
        """Any of its units, mostly one that is open."""
        open_ones = [one for one in self.units if one.unit.state != "deregistered"]
        return self.chance.choice(open_ones if self.chance.random() < 0.9 else self.units)

    def unit_with(self, model: Any, *states: str) -> BuiltUnit:
        """Mostly a unit that has rows of these states; now and then any."""
        having = set(model.select(model.unit).where(model.state << states).distinct().tuples())
        busy = [one for one in self.units if (one.unit.id,) in having]
        return self.chance.choice(busy) if busy and self.chance.random() < 0.9 else self.unit()

    def officer(self) -> Actor:
        return self.chance.choice(self.officers)

    def system(self) -> Actor:
        return system("world")

    def stranger(self) -> Actor:
        return Actor(VISITOR, "web", request_id="world", address="192.0.2.1")

    def filing(self, *states: str, unit: BuiltUnit | None = None) -> Filing:
        """Any filing of the world, mostly one in these states."""
        return self._one(Filing, Filing.state, states, unit)

    def entry(self, *states: str, unit: BuiltUnit | None = None) -> Entry:
        return self._one(Entry, Entry.state, states, unit)

    def submission(self) -> Submission:
        return self._one(Submission, None, (), None)

    def _one(self, model: Any, column: Any, states: tuple[str, ...], unit: BuiltUnit | None) -> Any:
        owners = [unit.unit.id] if unit else self.unit_ids
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
    people = [build.person() for _ in range(PEOPLE)]
    world = World(
        name=f"世界{crypto.new_ref()}",
        officers=build_sanctions.officers(),
        people=people,
        phones=[build.answers(who=person)["contact"]["phone"] for person in people],
        cars=[build.plate() for _ in range(CARS)],
        fleet=[build.plate() for _ in range(FLEET)],
        chance=chance or random.Random(),
    )
    for unit_class in CLASSES:
        world.found(unit_class)
    return world


def fresh(one: BuiltUnit) -> Unit:
    return Unit.get_by_id(one.unit.id)

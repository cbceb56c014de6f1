"""Owner, second driver, joint owner and buyer of one car, through two units, in every order of events.

`seats` tells the rules a second time and yields orders that between them take every event in every state it can be
thought of in. Each order is a car of its own; all cars move one event at a time, together, through the real actions,
and after each round what the system holds of every car is compared: slots, holds, entries, filings, open invitations,
and who was told.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from tests.builders import units as unit_builders
from tests.builders.accounts import actor_of, platform_staff
from tests.builders.filings import answers, filed, person, vehicle
from tests.builders.uploads import chosen, signature
from tests.domain import seats
from tests.domain.seats import Car, Outcome
from webapp import clock, crypto
from webapp.actors import FILER, Actor
from webapp.database import among, transaction
from webapp.domain.audit.acts import Act, action
from webapp.domain.closings import deregistering
from webapp.domain.filings import (
    asking,
    colliding,
    declaring,
    invitation_terms,
    inviting,
    making,
    owners,
    releasing,
    uploads,
    verifying,
    withdrawing,
)
from webapp.domain.filings.colliding import Claim, Filer
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Invitation, Submission
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import REMOVED, DriverSlot, Entry, EntryHold, EntryStep
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Person
from webapp.domain.units import proposals
from webapp.errors import Refusal

#: What the orders are about; that something was submitted, verified or asked is told elsewhere.
NEWS = (
    "owner-accepted", "owner-declined", "owner-silent", "owner-released", "owner-changed", "owner-now",
    "invitation-accepted", "invitation-expired",
)  # fmt: skip


@action("test:file-cars")
def _file(act: Act, of: Submission, declared: dict, filer: Filer, unit) -> dict[str, list]:
    """File these cars in one act, as `submitting` does for the cars of one draft; those that collide are left out."""
    frozen = registering.freeze_answers(act, filer.person, declared, 1)
    Submission.update(answers=frozen.id).where(Submission.id == of.id).execute()
    of = Submission.get_by_id(of.id)
    made = []
    for number, said in enumerate(declared["vehicles"], start=1):
        found = registry.vehicles_of(said["plates"], said["vin"])
        claim = Claim(number, said, found[0] if found else None)
        faults = colliding.collisions(filer, unit, claim)
        made.append(making.filing(act, unit, filer.person, of, declared, claim, False, []).id if not faults else None)
    return {"filings": made}


class Crowd:
    """O and B through one unit, S through another; one car for each order. P is O where he files with the unit of S."""

    def __init__(self, orders: list[tuple[str, ...]], *, joint: bool) -> None:
        self.orders, self.joint = orders, joint
        here, there = unit_builders.certified_unit(), unit_builders.certified_unit("organ")
        self.units = {"O": here, "B": here, "S": there, "P": there}
        self.typed = {who: answers(self.units[who].unit.unit_class, who=person("cn_id")) for who in "OBS"}
        mine = self.typed["O"]
        self.typed["P"] = answers("organ", who=mine["person"], phone=mine["contact"]["phone"])
        self.sent = {who: filed(self.units[who], given).submission for who, given in self.typed.items()}
        self.people = {who: Person.get_by_id(one.person_id) for who, one in self.sent.items()}
        self.letters = {self.people[who].id: who for who in "OBS"}
        self.plates = [vehicle()["plate"] for _ in orders]
        self.vehicles: list[int | None] = [None] * len(orders)
        self.cars = [Car(joint=joint) for _ in orders]
        self.seen: list[Counter] = [Counter() for _ in orders]
        self.steps: list[list[str]] = [[] for _ in orders]
        self.acts = {who: Actor(FILER, one.ref, unit_id=one.unit_id, request_id="t") for who, one in self.sent.items()}

    def round(self, at: int) -> None:
        """The event of this place in every order that is as long."""
        due: dict[str, list[int]] = defaultdict(list)
        for number, order in enumerate(self.orders):
            if at < len(order):
                due[order[at]].append(number)
        for event, numbers in due.items():
            self.happen(event, numbers)
        self.compare(at)

    def lose_unit(self) -> None:
        """At the end of every order, the unit of O and B is removed."""
        first, second = actor_of(platform_staff()), actor_of(platform_staff())
        unit_id = self.units["O"].unit.id
        made = deregistering.propose(first, unit_id, ["unit:dissolved"], "公司已解散", None)
        row = proposals.one(made["proposal"])
        deregistering.confirm(second, row.ref, row.version)
        for number, car in enumerate(self.cars):
            self.expect(number, seats.unit_gone(car))
        self.compare(-1)

    def happen(self, event: str, numbers: list[int]) -> None:
        wanted = {number: seats.after(self.cars[number], event) for number in numbers}
        refused = self.deed(event, numbers)
        for number, outcome in wanted.items():
            assert outcome is not None
            said = (self.orders[number], event, self.cars[number])
            assert (number in refused) == outcome.refused, said
            self.expect(number, outcome)

    def expect(self, number: int, outcome: Outcome) -> None:
        self.cars[number] = outcome.car
        self.steps[number] += outcome.steps
        self.seen[number].update(kind for kind in outcome.told if kind in NEWS)

    def deed(self, event: str, numbers: list[int]) -> set[int]:
        """Do it; returns the orders in which it was refused or fell out."""
        who, _, what = event.partition(" ")
        if event == "invitations expire":
            return self.expire(numbers)
        if event == "the term runs out":
            return self.run_out(numbers)
        if what in ("files", "asks"):
            return self.file(who, numbers)
        if what == "lists" and who in "OS":
            return self.list(who, numbers)
        if what in ("lists", "lists there", "buys"):
            who = "P" if what == "lists there" else who
            unfiled = self.file(who, numbers, owns=True)
            return unfiled | self.list(who, [one for one in numbers if one not in unfiled])
        if what in ("leaves", "leaves there"):
            return self.leave("P" if what == "leaves there" else who, numbers)
        if what == "takes":
            asking_ = [one for one in numbers if self.cars[one].filing]
            fresh = [one for one in numbers if not self.cars[one].filing]
            return self.each(self.take, who, asking_) | (self.file("S", fresh, invited=True) if fresh else set())
        single = {
            "invites": self.invite, "revokes": self.revoke, "accepts": self.accept, "declines": self.decline,
            "releases": self.release, "withdraws": self.withdraw,
        }  # fmt: skip
        return self.each(single[what], who, numbers)

    def each(self, deed, who: str, numbers: list[int]) -> set[int]:
        refused = set()
        for number in numbers:
            try:
                deed(who, number)
            except Refusal:
                refused.add(number)
        return refused

    # Events --------------------------------------------------------------------------------------------------

    def file(self, who: str, numbers: list[int], *, invited: bool = False, owns: bool = False) -> set[int]:
        if not numbers:
            return set()
        cars = [self.car("" if owns else who, number, invited) for number in numbers]
        built = self.units[who]
        declared = declaring.declare(self.typed[who] | {"vehicles": cars}, built.unit, "zh_Hant_MO")
        filer = Filer(self.people[who], crypto.index("phone", declared["contact"]["phone"]), "T")
        made = _file(self.acts[who], self.sent[who], declared, filer, built.unit)["filings"]
        for number, filing in zip(numbers, made, strict=True):
            if filing is not None:
                self.vehicles[number] = Filing.get_by_id(filing).vehicle_id
        return {number for number, filing in zip(numbers, made, strict=True) if filing is None}

    def car(self, who: str, number: int, invited: bool) -> dict:
        tail = self.typed["O"]["person"]["id_number"][-4:]
        said = {} if who != "S" else {"is_owner": "no", "owner_name": "容家豪", "owner_id_tail": tail}
        if who == "S" and self.joint:
            said["joint_owner"] = True
        if invited:
            said["invitation"] = self.invitation(number).ref
        return vehicle(plate=self.plates[number], **said)

    def list(self, who: str, numbers: list[int]) -> set[int]:
        if not numbers:
            return set()
        built = self.units[who]
        filings = {number: self.filing(who, number) for number in numbers}
        fresh = [one for one in filings.values() if one.state == "submitted"]
        if fresh:
            verifying.verify_all(built.actor, built.unit.id, chosen(fresh))
        now = [Filing.get_by_id(one.id) for one in filings.values()]
        for one in now:
            if one.state == "submitted":  # a question for a human: somebody else says the car is his as well
                verifying.verify(built.actor, built.unit.id, one.ref, one.version)
        now = [Filing.get_by_id(one.id) for one in now]
        try:
            made = uploads.prepare(built.actor, built.unit.id, chosen(now))
            uploads.upload(built.actor, built.unit.id, made["upload"], signature())
        except Refusal:
            pass  # not one of them has a place
        return {number for number, one in filings.items() if Filing.get_by_id(one.id).state != "uploaded"}

    def leave(self, who: str, numbers: list[int]) -> set[int]:
        built = self.units[who]
        rows = [self.entry(who, number) for number in numbers]
        removals.remove(
            built.actor, built.unit.id, Chosen(rows=tuple((row.ref, row.version) for row in rows)), "left_unit"
        )
        return set()

    def invite(self, who: str, number: int) -> None:
        who = self.voice(who, number)
        inviting.invite(self.acts[who], self.sent[who].ref, self.newest(who, number).ref, joint=self.joint)

    def revoke(self, who: str, number: int) -> None:
        inviting.revoke(self.acts[who], self.sent[who].ref, self.invitation(number).ref)

    def take(self, who: str, number: int) -> None:
        inviting.accept(self.acts["S"], self.sent["S"].ref, asking.token(self.invitation(number).ref))

    def accept(self, who: str, number: int) -> None:
        who = self.voice(who, number)
        question = self.question(number)
        owners.accept(self.acts[who], self.sent[who].ref, question.ref, question.ref)

    def decline(self, who: str, number: int) -> None:
        question = self.question(number)
        owners.decline(self.acts[who], self.sent[who].ref, question.ref, question.ref)

    def release(self, who: str, number: int) -> None:
        who = self.voice(who, number)
        releasing.release(self.acts[who], self.sent[who].ref, self.newest(who, number).ref)

    def withdraw(self, who: str, number: int) -> None:
        withdrawing.withdraw(self.acts["S"], self.sent["S"].ref, self.filing("S", number).ref, None)

    def expire(self, numbers: list[int]) -> set[int]:
        cars = [self.vehicles[number] for number in numbers]
        with transaction():
            Invitation.update(until=clock.now()).where(
                Invitation.vehicle << among(cars), Invitation.state == "open"
            ).execute()
        invitation_terms.tend(clock.now())
        return set()

    def run_out(self, numbers: list[int]) -> set[int]:
        entries = [self.entry("S", number).id for number in numbers]
        with transaction():
            EntryHold.update(until=clock.now()).where(EntryHold.entry << among(entries)).execute()
        removals.finish_due()
        return set()

    # What there is ---------------------------------------------------------------------------------------------

    def voice(self, who: str, number: int) -> str:
        """Whose private page the owner speaks from."""
        car = self.cars[number]
        return "P" if who == "O" and car.places == seats.THERE and "O" not in car.papers else who

    def filing(self, who: str, number: int) -> Filing:
        return self.newest(who, number, OPEN_FILING_STATES)

    def newest(self, who: str, number: int, states: tuple[str, ...] = ()) -> Filing:
        found = Filing.select().where(
            Filing.person == self.people[who].id,
            Filing.unit == self.units[who].unit.id,
            Filing.vehicle == self.vehicles[number],
        )
        return (found.where(Filing.state << states) if states else found).order_by(Filing.id.desc()).get()

    def entry(self, who: str, number: int) -> Entry:
        return Entry.get(
            Entry.person == self.people[who].id,
            Entry.unit == self.units[who].unit.id,
            Entry.vehicle == self.vehicles[number],
            Entry.state != REMOVED,
        )

    def invitation(self, number: int) -> Invitation:
        return self.open(number, "owner")

    def question(self, number: int) -> Invitation:
        return self.open(number, "second")

    def open(self, number: int, made_by: str) -> Invitation:
        return Invitation.get(
            Invitation.vehicle == self.vehicles[number], Invitation.made_by == made_by, Invitation.state == "open"
        )

    def compare(self, at: int) -> None:
        held = dict(EntryHold.select(EntryHold.entry, EntryHold.kind).where(EntryHold.released_at.is_null()).tuples())
        slots, entries, filings, invitations = (defaultdict(list) for _ in range(4))
        for model, found in ((DriverSlot, slots), (Entry, entries), (Filing, filings), (Invitation, invitations)):
            for row in model.select().order_by(model.id):
                found[row.vehicle_id].append(row)
        history = self.history()
        told = Counter(Notice.select(Notice.subject, Notice.kind).where(Notice.kind << NEWS).tuples())
        for number, vehicle_id in enumerate(self.vehicles):
            if vehicle_id is None:
                continue
            car, said = self.cars[number], (at, self.orders[number], self.cars[number])
            sitting = {row.slot: (self.letters[row.person_id], row.in_force) for row in slots[vehicle_id]}
            assert sitting == _slots(car), said
            mine = [one for one in entries[vehicle_id] if one.state != REMOVED]
            there = self.units["S"].unit.id
            places = ["there" if one.unit_id == there else "here" for one in mine]
            standing = {
                (self.letters[one.person_id], place): one.state for one, place in zip(mine, places, strict=True)
            }
            assert standing == _entries(car), said
            assert {held[one.id] for one in mine if one.id in held} == _holds(car), said
            open_ = [one for one in filings[vehicle_id] if one.state in OPEN_FILING_STATES]
            papers = {(self.letters[one.person_id], one.waiting) for one in open_}
            assert papers == _papers(car), said
            links = sorted(one.made_by for one in invitations[vehicle_id] if one.state == "open")
            assert links == ["owner"] * car.link + ["second"] * (car.filing == "waiting"), said
            assert history[vehicle_id] == self.steps[number], said
            refs = {row.ref for rows in (entries, filings, invitations) for row in rows[vehicle_id]}
            news = Counter({kind: 0 for kind in NEWS})
            for (subject, kind), count in told.items():
                news[kind] += count if subject in refs else 0
            assert +news == self.seen[number], said

    def history(self) -> dict[int, list[str]]:
        """Vehicle → what S's entries on it went through, and why."""
        found: dict[int, list[str]] = defaultdict(list)
        rows = (
            EntryStep.select(Entry.vehicle, EntryStep.change, EntryStep.reason)
            .join(Entry, on=(EntryStep.entry == Entry.id))
            .where(Entry.person == self.people["S"].id)
            .order_by(EntryStep.id)
        )
        for vehicle_id, change, reason in rows.tuples():
            found[vehicle_id].append(f"{change}:{reason}" if reason else change)
        return found


def _slots(car: Car) -> dict:
    owner = {"owner": (car.owner, car.owner_in)} if car.owner else {}
    return owner | ({"second": ("S", car.second == "listed")} if car.second else {})


def _entries(car: Car) -> dict:
    owner = {(car.owner, place): "listed" for place in car.places}
    return owner | ({("S", "there"): "listed" if car.second == "listed" else "suspended"} if car.second else {})


def _holds(car: Car) -> set:
    return {"owner_missing"} if car.second == "held" else set()


def _papers(car: Car) -> set:
    return {(who, False) for who in car.papers} | ({("S", car.filing == "waiting")} if car.filing else set())


@pytest.mark.parametrize(
    ("joint", "events"),
    [(False, seats.EVENTS), (True, seats.EVENTS), (False, seats.TWO_PLACES)],
    ids=["second driver", "joint owner", "owner in both units"],
)
def test_every_order(db, joint, events):
    crowd = Crowd(seats.orders(joint, events), joint=joint)
    for at in range(max(map(len, crowd.orders))):
        crowd.round(at)
    crowd.lose_unit()

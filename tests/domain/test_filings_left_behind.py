"""What an owner reads of his second driver before he leaves is what becomes of him when he has left."""

from __future__ import annotations

import pytest

from tests.builders import editions
from tests.builders.filings import Filed, answers, draft, filed, person, send
from tests.builders.status import actor
from tests.builders.units import BuiltUnit, certified_unit
from tests.builders.uploads import entry_of, owner_and_second, second_filed, uploaded, verified
from webapp.domain.filings import invitations, inviting, leaving, left_behind
from webapp.domain.filings.models import UploadLine
from webapp.domain.passlist import queries
from webapp.domain.passlist.models import Entry
from webapp.domain.publishing import actions as publishing


class Car:
    """An owner on the list, perhaps through two units, and whoever may drive beside him."""

    def __init__(self, *, twice: bool = False) -> None:
        self.here, self.there, self.third = certified_unit(), certified_unit(), certified_unit()
        self.typed, self.seconds_typed = owner_and_second()
        who = person()
        self.owner = self._list(self.here, filed(self.here, who=who, vehicles=[self.typed], phone="13800000003"))
        if twice:
            self._list(self.third, filed(self.third, who=who, vehicles=[self.typed], phone="13800000003"))

    def _list(self, built: BuiltUnit, sent: Filed) -> Filed:
        uploaded(built, verified(built, sent))
        return sent

    def invite(self, *, joint: bool) -> str:
        made = inviting.invite(actor(self.owner), self.owner.submission.ref, self.owner.filing.ref, joint=joint)
        return str(made["invitation"])

    def second(self, *, joint: bool = False, listed: bool = True) -> Filed:
        invited = invitations.prefilled(self.invite(joint=joint))["vehicles"]
        sent = send(draft(self.there, answers() | {"vehicles": invited}))
        return self._list(self.there, sent) if listed else sent

    def household(self) -> Filed:
        editions.published("policy", publishing.upcoming("policy") | {"household_driver": True}, "")
        return self._list(self.here, second_filed(self.here, self.seconds_typed, relation="household"))

    def fate(self) -> str:
        return left_behind.fates([entry_of(self.owner)]).get(entry_of(self.owner).id, "")

    def leave(self) -> None:
        leaving.withdraw_consent(actor(self.owner), self.owner.submission.ref)


def became(sent: Filed) -> tuple[str, list[str], str]:
    """State, holds and place of the second driver's entry by now."""
    entry = Entry.get_by_id(entry_of(sent).id)
    kinds = [hold.kind for hold in queries.holds([entry]).get(entry.id, [])]
    return entry.state, kinds, queries.slots([entry]).get(entry.id, "")


HELD = ("suspended", ["owner_missing"], "second")


@pytest.mark.parametrize(
    ("joint", "household", "twice", "fate", "after"),
    [
        (False, False, False, left_behind.HELD, HELD),
        (True, False, False, left_behind.OWNS, ("listed", [], "owner")),
        (False, False, True, left_behind.STAYS, ("listed", [], "second")),
        (True, False, True, left_behind.STAYS, ("listed", [], "second")),
        (False, True, False, left_behind.HELD_HERE, HELD),
        (False, True, True, left_behind.HELD_HERE, HELD),
    ],
)
def test_whoever_is_listed_beside_the_owner(db, joint, household, twice, fate, after):
    car = Car(twice=twice)
    second = car.household() if household else car.second(joint=joint)
    assert car.fate() == fate

    car.leave()

    assert became(second) == after


@pytest.mark.parametrize(
    ("joint", "fate", "fallen"), [(False, left_behind.WAITS, "owner_not_listed"), (True, left_behind.COMES, None)]
)
def test_whoever_is_on_his_way(db, joint, fate, fallen):
    car = Car()
    second = car.second(joint=joint, listed=False)
    assert car.fate() == fate

    car.leave()

    uploaded(car.there, verified(car.there, second, filed(car.there)))
    assert UploadLine.get(UploadLine.filing == second.filing.id).fallen_reason == fallen


def test_whoever_is_only_invited(db):
    car = Car()
    link = invitations.by_ref(car.invite(joint=False))
    assert (car.fate(), invitations.look(link).over) == (left_behind.INVITED, False)

    car.leave()

    assert invitations.look(link).over


def test_nobody_and_whoever_became_the_owner(db):
    alone, car = Car(), Car()
    second = car.second(joint=True)
    assert (alone.fate(), left_behind.fates([entry_of(second)])) == ("", {})

    car.leave()

    assert left_behind.fates([entry_of(second)]) == {}
    inviting.invite(actor(second), second.submission.ref, second.filing.ref)
    assert left_behind.fates([entry_of(second)]) == {entry_of(second).id: left_behind.INVITED}

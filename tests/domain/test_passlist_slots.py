"""Owner and second driver of one car, over several units, in every order (design 7, rules 1 to 4)."""

from __future__ import annotations

from datetime import timedelta

import peewee
import pytest

from tests.builders.filings import Filed, answers, filed, person, vehicle
from tests.builders.units import BuiltUnit, certified_unit
from tests.builders.uploads import entry_of, owner_and_second, second_filed, uploaded, verified
from webapp import clock
from webapp.database import database, is_sqlite, transaction
from webapp.domain.audit.models import AuditLine
from webapp.domain.jobs.models import Job
from webapp.domain.notices import queries as notices
from webapp.domain.passlist import queries, removals
from webapp.domain.passlist.models import DriverSlot, Entry, EntryStep
from webapp.domain.passlist.selection import Chosen


def leave(built: BuiltUnit, entry: Entry, cause: str = "left_unit") -> None:
    entry = Entry.get_by_id(entry.id)
    removals.remove(built.actor, built.unit.id, Chosen(rows=((entry.ref, entry.version),)), cause)


def slots_of(entry: Entry) -> list[tuple[str, int, bool]]:
    rows = DriverSlot.select().where(DriverSlot.vehicle == entry.vehicle_id).order_by(DriverSlot.slot)
    return [(slot.slot, slot.person_id, slot.in_force) for slot in rows]


def state(entry: Entry) -> tuple[str, str | None]:
    fresh = Entry.get_by_id(entry.id)
    return fresh.state, fresh.cause


def holds(entry: Entry) -> list[str]:
    return [hold.kind for hold in queries.holds([entry]).get(entry.id, [])]


def steps(entry: Entry) -> list[tuple[str, str | None]]:
    return [(step.change, step.reason) for step in queries.steps(entry)]


class Pair:
    """Owner through one unit, second driver through another, both listed."""

    def __init__(self) -> None:
        self.here, self.there = certified_unit(), certified_unit("organ")
        self.owner_person = person()
        self.owner_car, second_car = owner_and_second()
        self.owner_sent = self.file_owner()
        self.second_sent = second_filed(self.there, second_car)
        uploaded(self.here, verified(self.here, self.owner_sent))
        uploaded(self.there, verified(self.there, self.second_sent))
        self.owner, self.second = entry_of(self.owner_sent), entry_of(self.second_sent)

    def file_owner(self, **changes: object) -> Filed:
        return filed(self.here, who=self.owner_person | changes, vehicles=[self.owner_car], phone="13800000001")


def test_owner_and_second_stand_on_their_slots(db):
    pair = Pair()

    assert slots_of(pair.owner) == [
        ("owner", pair.owner.person_id, True),
        ("second", pair.second.person_id, True),
    ]
    assert [queries.slots([pair.owner, pair.second])[one.id] for one in (pair.owner, pair.second)] == [
        "owner",
        "second",
    ]


def test_the_second_driver_is_held_when_the_owner_leaves_and_told(db):
    pair = Pair()

    leave(pair.here, pair.owner)

    assert state(pair.owner) == ("removed", "left_unit")
    assert state(pair.second) == ("suspended", None)
    assert holds(pair.second) == ["owner_missing"]
    assert slots_of(pair.second) == [
        ("owner", pair.owner.person_id, False),
        ("second", pair.second.person_id, False),
    ]
    act_id = Entry.get_by_id(pair.second.id).act_id
    told = {job.params["kind"] for job in Job.select().where(Job.act_id == act_id, Job.kind == "tell")}
    assert told == {"entry-removed", "entry-held"}
    lines = AuditLine.select().where(AuditLine.act == act_id).order_by(AuditLine.id)
    assert [(line.tag, line.object_ref, line.unit_id) for line in lines] == [
        ("entry:removed", pair.owner.ref, pair.here.unit.id),
        ("entry:held", pair.second.ref, pair.there.unit.id),
    ]


def test_the_same_owner_within_the_term_releases_the_second_driver(db):
    pair = Pair()
    leave(pair.here, pair.owner)

    with clock.travel(timedelta(days=29)):
        again = pair.file_owner()
        uploaded(pair.here, verified(pair.here, again))

        assert removals.finish_due() == 0
    assert state(pair.second) == ("listed", None)
    assert steps(pair.second) == [("listed", None), ("held", "owner_missing"), ("released", "owner_missing")]
    assert slots_of(pair.second) == [
        ("owner", pair.owner.person_id, True),
        ("second", pair.second.person_id, True),
    ]


def test_after_the_term_the_second_driver_is_ended_and_the_car_is_free(db):
    pair = Pair()
    leave(pair.here, pair.owner)

    with clock.travel(timedelta(days=30, minutes=1)):
        assert removals.finish_due() == 1
        assert removals.finish_due() == 0

    assert state(pair.second) == ("removed", "basis_ended")
    assert slots_of(pair.second) == []
    notice = notices.inbox("unit", pair.there.unit.ref)[0]
    assert (notice.kind, notice.params["cause"]) == ("entry-removed", "basis_ended")


def test_a_new_owner_ends_the_waiting_second_driver(db):
    pair = Pair()
    leave(pair.here, pair.owner)

    new = filed(pair.here, vehicles=[pair.owner_car])
    uploaded(pair.here, verified(pair.here, new))

    assert state(pair.second) == ("removed", "basis_ended")
    assert slots_of(pair.second) == [("owner", entry_of(new).person_id, True)]
    notice = notices.inbox("unit", pair.there.unit.ref)[0]
    assert (notice.kind, notice.params["cause"]) == ("entry-removed", "basis_ended")


def test_the_waiting_second_driver_may_become_the_owner(db):
    pair = Pair()
    leave(pair.here, pair.owner)

    with_him = filed(pair.here, who=pair.second_sent.answers["person"], vehicles=[pair.owner_car], phone="13800000002")
    uploaded(pair.here, verified(pair.here, with_him))

    assert state(pair.second) == ("listed", None)
    assert slots_of(pair.second) == [("owner", pair.second.person_id, True)]


def test_the_owner_listed_by_two_units_ends_with_the_last(db):
    pair = Pair()
    also = filed(pair.there, who=pair.owner_person, vehicles=[pair.owner_car], phone="13800000001")
    uploaded(pair.there, verified(pair.there, also))

    leave(pair.here, pair.owner)
    assert state(pair.second) == ("listed", None)

    leave(pair.there, entry_of(also))
    assert state(pair.second) == ("suspended", None)


def test_nothing_is_left_when_both_leave(db):
    pair = Pair()

    leave(pair.there, pair.second)
    leave(pair.here, pair.owner)

    assert slots_of(pair.owner) == []
    assert holds(pair.second) == []


def test_both_leave_in_one_act(db):
    here = certified_unit()
    owner_car, second_car = owner_and_second()
    owner, second = filed(here, vehicles=[owner_car]), second_filed(here, second_car)
    uploaded(here, verified(here, second, owner))
    entries = [entry_of(owner), entry_of(second)]

    result = removals.remove(
        here.actor, here.unit.id, Chosen(everything=True, state="listed", expected=2), "vehicle_retired"
    )

    assert result["changed"] == 2
    assert [state(entry) for entry in entries] == [("removed", "vehicle_retired")] * 2
    assert slots_of(entries[0]) == []
    assert EntryStep.select().where(EntryStep.change == "held").count() == 0


def refused(statement: str, *values: object) -> None:
    marked = statement if is_sqlite() else statement.replace("?", "%s")
    with pytest.raises(peewee.IntegrityError), transaction():
        database.execute_sql(marked, values)


def test_the_database_itself_refuses(db):
    pair = Pair()
    owner, second = pair.owner, pair.second
    third = person()
    other = filed(pair.here, who=third, vehicles=[vehicle()])

    # rule 1: two drivers, whatever code runs
    refused(
        "INSERT INTO driver_slot (vehicle_id, slot, person_id, in_force) VALUES (?, 'second', ?, ?)",
        owner.vehicle_id,
        other.submission.person_id,
        True,
    )
    # rule 2: no second in force without an owner in force
    refused("UPDATE driver_slot SET in_force = ? WHERE slot = 'owner'", False)
    refused("DELETE FROM driver_slot WHERE slot = 'owner'")
    # an entry in force stands on its person's slot
    refused("UPDATE entry SET slot_id = NULL WHERE id = ?", second.id)
    # rule 4: one use at a time
    refused("UPDATE entry SET vehicle_use = 'unit' WHERE id = ?", second.id)
    refused("UPDATE vehicle SET vehicle_use = 'unit' WHERE id = ?", owner.vehicle_id)
    # rule 7: one entry per person, vehicle and unit
    columns = ", ".join(
        f'"{field.column_name}"' for field in Entry._meta.sorted_fields if field.name not in ("id", "ref")
    )
    refused(f"INSERT INTO entry (ref, {columns}) SELECT 'twice', {columns} FROM entry WHERE id = ?", owner.id)

    assert slots_of(owner) == [("owner", owner.person_id, True), ("second", second.person_id, True)]


def test_a_vehicle_changes_its_use_once_nobody_is_listed_with_it(db):
    here = certified_unit()
    car = vehicle()
    entry_sent = filed(here, vehicles=[car])
    uploaded(here, verified(here, entry_sent))
    leave(here, entry_of(entry_sent))

    given = answers("enterprise", vehicles=[car | {"vehicle_use": "unit", "is_owner": ""}])
    as_unit = filed(here, given)
    uploaded(here, verified(here, as_unit))

    entry = entry_of(as_unit)
    assert (entry.vehicle_use, entry.slot_id, entry.vehicle_id) == ("unit", None, entry_of(entry_sent).vehicle_id)

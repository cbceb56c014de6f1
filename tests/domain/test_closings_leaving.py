"""Leavers: what ends and what stays, one person or a list, every exit."""

from __future__ import annotations

import pytest

from tests.builders import meanwhile
from tests.builders import rosters as build
from tests.builders.delivery import drain
from tests.builders.filings import filed, person, vehicle
from tests.builders.units import certified_unit, pending_unit, platform_actor
from tests.builders.uploads import entry_of, listed, owner_and_second, second_filed, uploaded, verified
from tests.domain.test_filings_verifying import statements
from webapp.domain.closings import leaving
from webapp.domain.filings.models import Filing
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.units import deciding, staff_sheets, vehicles
from webapp.domain.units.models import Unit
from webapp.domain.units.vehicles import NewVehicle
from webapp.errors import Conflict, NotFound


@pytest.fixture
def unit(db):
    return certified_unit()


def state_of(entry) -> tuple[str, str | None]:
    row = Entry.get_by_id(entry.id)
    return row.state, row.cause


def test_everything_here_ends_and_nothing_elsewhere(db, unit):
    there = certified_unit()
    who, phone = person(), "13900000001"
    first = filed(unit, who=who, phone=phone)
    uploaded(unit, verified(unit, first))
    waits = filed(unit, who=who, phone=phone, vehicles=[vehicle()])
    elsewhere = filed(there, who=who, phone=phone, vehicles=[vehicle()])
    uploaded(there, verified(there, elsewhere))
    other = listed(unit)
    drain(db)

    assert leaving.leave(unit.actor, unit.unit.id, entry_of(first).ref) == {
        "entries": 1,
        "filings": 1,
        "people": 1,
        "held": 0,
    }
    drain(db)

    assert state_of(entry_of(first)) == ("removed", "left_unit")
    closed = Filing.get_by_id(waits.filing.id)
    assert (closed.state, closed.reasons) == ("closed", ["person:left_unit"])
    assert (state_of(entry_of(elsewhere)), state_of(other)) == (("listed", None), ("listed", None))
    told = list(Notice.select().where(Notice.kind == "unit-left"))
    assert [(one.audience_ref, one.params["entries"], one.params["filings"]) for one in told] == [
        (waits.submission.ref, 1, 1)
    ]


def test_unit_vehicle_stays_for_its_other_driver(db, unit):
    vehicles.add(unit.actor, unit.unit.id, NewVehicle("粤C·12345", "small"))
    drivers = [
        filed(unit, relation="unit_driver", vehicles=[vehicle("unit", plate="粤C·12345")], phone=f"1390000010{n}")
        for n in range(2)
    ]
    uploaded(unit, verified(unit, *drivers))

    leaving.leave(unit.actor, unit.unit.id, entry_of(drivers[0]).ref)

    assert [state_of(entry_of(one))[0] for one in drivers] == ["removed", "listed"]
    assert vehicles.count(unit.unit.id) == 1


def test_slots_are_settled(db, unit):
    mine, his = owner_and_second()
    owner = filed(unit, vehicles=[mine])
    uploaded(unit, verified(unit, owner))
    second = second_filed(unit, his)
    uploaded(unit, verified(unit, second))

    assert leaving.leave(unit.actor, unit.unit.id, entry_of(owner).ref)["held"] == 1
    assert state_of(entry_of(second)) == ("suspended", None)

    leaving.leave(unit.actor, unit.unit.id, entry_of(second).ref)
    assert DriverSlot.select().count() == 0


def test_one_person_every_refusal(db, unit):
    entry, other, waits = listed(unit), certified_unit(), pending_unit()
    with pytest.raises(NotFound):
        leaving.leave(other.actor, other.unit.id, entry.ref)
    with pytest.raises(Conflict) as refused:
        leaving.leave(waits.actor, waits.unit.id, entry.ref)
    assert refused.value.code == "unit_not_active"

    deciding.suspend(platform_actor(), unit.unit.id, ["unit:misuse"], "", Unit.get_by_id(unit.unit.id).version)
    leaving.leave(unit.actor, unit.unit.id, entry.ref)  # a suspended unit may still remove its people
    with pytest.raises(Conflict) as refused:
        leaving.leave(unit.actor, unit.unit.id, entry.ref)
    assert refused.value.code == "nothing_to_end"


def test_repeat_of_the_same_key_ends_once(db, unit):
    entry = listed(unit)

    first, again = (leaving.leave(unit.actor, unit.unit.id, entry.ref, key="the-same-key") for _ in range(2))

    assert first == again


def test_list_ends_exact_ones_and_those_that_were_looked_at(db, unit):
    exact, likely, unlooked, stays = (
        filed(unit, who=person(full_name=name)) for name in ("甲一", "乙二", "丙三", "丁四")
    )
    uploaded(unit, verified(unit, exact, likely))
    sheet = build.sent(
        db,
        unit,
        "leavers",
        build.people(
            build.line_of(exact),
            build.line_of(likely, tail="0000"),
            build.line_of(unlooked, tail="0001"),
            build.line_of(stays, tail="0002", phone=""),
            ("沒有此人", "1234", "", ""),
            ("錯行", "", "", ""),
        ),
    )

    meant = leaving.found(unit.unit.id, sheet)
    assert [(one.number, one.fit, one.entries, one.filings) for one in meant] == [
        (2, "exact", 1, 0),
        (3, "likely", 1, 0),
        (4, "likely", 0, 1),
        (5, "name", 0, 1),
        (6, "none", 0, 0),
    ]
    also = [meant[1].person_ref, "nobody"]
    done = leaving.leave_listed(unit.actor, unit.unit.id, sheet.ref, also, leaving.digest(meant))

    assert (done["entries"], done["filings"]) == (2, 0)
    assert [Filing.get_by_id(one.filing.id).state for one in (unlooked, stays)] == ["submitted", "submitted"]
    assert staff_sheets.one(unit.unit.id, sheet.ref).state == "confirmed"


def test_somebody_files_while_a_list_is_compared(db, unit, monkeypatch):
    filed(unit)
    sheet = build.sent(db, unit, "leavers", build.people(build.line_of(filed(unit))))
    meanwhile.after_read(monkeypatch, "filing", lambda: filed(unit))

    assert [one.fit for one in leaving.found(unit.unit.id, sheet)] == ["exact"]


def test_list_every_refusal(db, unit):
    entry = filed(unit)
    sheet = build.sent(db, unit, "leavers", build.people(build.line_of(entry)))
    seen = leaving.digest(leaving.found(unit.unit.id, sheet))
    other = certified_unit()

    def refused(built=unit, ref=sheet.ref, digest=seen):
        with pytest.raises((Conflict, NotFound)) as raised:
            leaving.leave_listed(built.actor, built.unit.id, ref, [], digest)
        return raised.value.code

    assert refused(other) == "not_found"
    assert refused(digest="another") == "leavers_changed"
    roster = build.sent(db, unit, "roster", build.people(build.line_of(entry)))
    assert refused(ref=roster.ref) == "not_found"
    leaving.leave_listed(unit.actor, unit.unit.id, sheet.ref, [], seen)
    assert refused() == "sheet_state"
    again = build.sent(db, unit, "leavers", build.people(build.line_of(entry)))
    assert refused(ref=again.ref, digest=leaving.digest(leaving.found(unit.unit.id, again))) == "nothing_to_end"


def test_two_people_of_one_line_are_for_a_human(db, unit):
    for n in ("1000", "2000"):
        filed(unit, who=person("passport", full_name="孖生", id_number=f"E{n}1233"))
    sheet = build.sent(db, unit, "leavers", build.people(("孖生", "1233", "", "")))

    assert [one.fit for one in leaving.found(unit.unit.id, sheet)] == ["likely"]


def test_statements_do_not_depend_on_how_many_leave(db):
    counts = []
    for people in (2, 12):
        here = certified_unit()
        sent = [filed(here) for _ in range(people)]
        uploaded(here, verified(here, *sent))
        sheet = build.sent(db, here, "leavers", build.people(*map(build.line_of, sent)))
        seen = leaving.digest(leaving.found(here.unit.id, sheet))
        counts.append(
            statements(
                lambda here=here, sheet=sheet, seen=seen: leaving.leave_listed(
                    here.actor, here.unit.id, sheet.ref, [], seen
                )
            )
        )

    assert counts[0] == counts[1]

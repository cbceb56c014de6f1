"""Vehicles of the register assigned to people the unit vouches for already: every exit, and its life to the list."""

from __future__ import annotations

import pytest

from tests.builders import sanctions
from tests.builders.delivery import drain
from tests.builders.filings import filed, vehicle
from tests.builders.status import actor
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, listed, uploaded, verified
from tests.domain.test_filings_verifying import statements
from webapp import schema
from webapp.domain.audit.models import AuditLine
from webapp.domain.closings import fleet
from webapp.domain.filings import assigning_drivers, following, queries, upload_lists, verifying, withdrawing
from webapp.domain.filings.models import Filing
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry.cards import open_card
from webapp.domain.units import vehicles
from webapp.domain.units.vehicles import NewVehicle
from webapp.errors import Conflict, NotFound

PLATE, OTHER = "粤C·12345", "粤C·54321"


@pytest.fixture
def unit(db):
    return certified_unit()


def register(built, plate=PLATE) -> str:
    return vehicles.add(built.actor, built.unit.id, NewVehicle(plate, "medium", "宇通"))["vehicle"]


def row_of(built, ref):
    return vehicles.one(built.unit.id, ref)


def driver(built, plate="") -> Entry:
    typed = vehicle("unit", plate=plate) if plate else vehicle("unit", plate="", unit_assigns=True, size_class="")
    return listed(built, relation="unit_driver", vehicles=[typed])


def ticked(*entries: Entry) -> Chosen:
    return Chosen(rows=tuple((one.ref, Entry.get_by_id(one.id).version) for one in entries))


def assign(built, ref, *entries: Entry):
    return assigning_drivers.assign_drivers(built.actor, built.unit.id, ref, ticked(*entries))


def made(built) -> list[Filing]:
    return list(Filing.select().where(Filing.unit == built.unit.id, Filing.assigned).order_by(Filing.id))


def fresh(row):
    return type(row).get_by_id(row.id)


def test_several_drivers_of_one_vehicle_are_listed_by_the_next_upload(db, unit):
    ref = register(unit)
    staff, drives = listed(unit), listed(unit, relation="unit_driver", vehicles=[vehicle("unit", plate="粤C·77777")])
    assert [one.id for one in assigning_drivers.people(unit.unit.id, row_of(unit, ref)).rows] == [drives.id, staff.id]

    assert assign(unit, ref, staff, drives) == {"assigned": 2, "skipped": {}}
    drain(db)

    filings = made(unit)
    assert [(one.state, one.person_id, one.pledge_id, open_card(one).plate) for one in filings] == [
        ("verified", one.person_id, one.pledge_id, "粤C12345") for one in (staff, drives)
    ]
    assert [step.action for step in queries.steps_of(filings[0])] == ["assign-driver"]
    assert Notice.select().where(Notice.kind == "driver-assigned").count() == 2
    assert AuditLine.select().where(AuditLine.tag == "filing:driver-assigned").count() == 2
    assert assigning_drivers.people_count(unit.unit.id, row_of(unit, ref)) == 0
    assert upload_lists.verified_days(filings).keys() == {one.id for one in filings}

    done = uploaded(unit, filings)

    assert (done["covered"], done["fallen"]) == (2, 0)
    on_it = fleet.drivers(unit.unit.id, row_of(unit, ref))
    assert {one.person_id for one in on_it} == {staff.person_id, drives.person_id}
    assert {(one.state, one.vehicle_use, one.size_class, one.slot_id) for one in on_it} == {
        ("listed", "unit", "medium", None)
    }
    # What each had stays, and the person sees both on the page he knows.
    assert [fresh(one).state for one in (staff, drives)] == ["listed", "listed"]
    journeys = following.journeys(queries.submission(staff.submission_ref))
    assert [(one.entry.id, one.card.plate) for one in journeys if one.entry] == [
        (staff.id, open_card(staff).plate),
        (next(one.id for one in on_it if one.person_id == staff.person_id), "粤C12345"),
    ]


def test_of_very_many_people_no_more_are_counted_than_one_may_choose_unseen(db, unit, monkeypatch):
    row = row_of(unit, register(unit))
    several = listed(unit, vehicles=[vehicle("own"), vehicle("own")])
    listed(unit)
    listed(unit)
    newest = Entry.select().where(Entry.person == several.person_id).order_by(Entry.id.desc()).first()
    found = assigning_drivers.people(unit.unit.id, row).rows
    assert [one.id for one in found if one.person_id == newest.person_id] == [newest.id], "each of them once"
    name = open_card(several).name
    assert (assigning_drivers.people_count(unit.unit.id, row), len(found)) == (3, 3)
    assert assigning_drivers.people_count(unit.unit.id, row, name) == len(
        assigning_drivers.people(unit.unit.id, row, name).rows
    )
    monkeypatch.setattr(assigning_drivers, "MOST", 1)
    assert assigning_drivers.people_count(unit.unit.id, row) == 2
    assert assigning_drivers.people_count(unit.unit.id, row, name) <= 2


def test_several_vehicles_of_one_driver(db, unit):
    refs = [register(unit), register(unit, OTHER)]
    basis = listed(unit)
    gone = register(unit, "粤C·88888")
    fleet.retire(unit.actor, unit.unit.id, gone)
    assert [one.ref for one in assigning_drivers.vehicles_for(basis)] == refs[::-1]

    done = assigning_drivers.assign_vehicles(unit.actor, unit.unit.id, basis.ref, [*refs, gone, "nothing"])

    assert done == {"assigned": 2, "skipped": {"vehicle_gone": 2}}
    assert assigning_drivers.vehicles_for(basis) == []
    again = assigning_drivers.assign_vehicles(unit.actor, unit.unit.id, basis.ref, refs)
    assert again == {"assigned": 0, "skipped": {"assigned_already": 2}}
    uploaded(unit, made(unit))
    assert Entry.select().where(Entry.person == basis.person_id, Entry.state == "listed").count() == 3
    # A second vehicle stands on the newest entry, whichever page it was begun from.
    assert assigning_drivers.basis_of(unit.unit.id, basis.ref).id != basis.id


def test_everybody_the_filter_finds_and_a_count_that_changed(db, unit):
    ref = register(unit)
    people = [listed(unit) for _ in range(3)]

    with pytest.raises(Conflict) as refused:
        assigning_drivers.assign_drivers(unit.actor, unit.unit.id, ref, Chosen(everything=True, expected=2))
    assert refused.value.code == "count_changed"
    name = open_card(people[0]).name
    found = assigning_drivers.people_count(unit.unit.id, row_of(unit, ref), name)
    chosen = Chosen(everything=True, words=name, expected=found)
    assert assigning_drivers.assign_drivers(unit.actor, unit.unit.id, ref, chosen)["assigned"] == found


def test_who_is_left_out_and_why(db, unit):
    ref = register(unit)
    stale, leaving, drives, away = (listed(unit) for _ in range(4))
    chosen = ticked(stale, leaving, drives, away)
    Entry.update(version=Entry.version + 1).where(Entry.id == stale.id).execute()
    removals.request_removal(unit.actor, leaving.submission_ref, leaving.ref)
    assign(unit, ref, drives)
    removals.remove(unit.actor, unit.unit.id, ticked(away), "left_unit")
    other = listed(certified_unit())
    chosen = Chosen(rows=(*chosen.rows, (other.ref, other.version)))

    done = assigning_drivers.assign_drivers(unit.actor, unit.unit.id, ref, chosen)

    assert done == {"assigned": 0, "skipped": {"not_found": 3, "stale": 1, "assigned_already": 1}}


def test_a_plate_that_somebody_drives_as_his_own_and_a_vehicle_under_sanction(db, unit):
    taken = listed(certified_unit(), vehicles=[vehicle(plate=OTHER)])
    own, barred, basis = register(unit, OTHER), register(unit), listed(unit)
    sanctions.confirmed(*sanctions.officers(), plates=PLATE)

    done = assigning_drivers.assign_vehicles(unit.actor, unit.unit.id, basis.ref, [own, barred])

    assert done == {"assigned": 0, "skipped": {"plate_in_use": 1, "sanctioned": 1}}
    assert (fresh(taken).state, made(unit)) == ("listed", [])


def test_every_refusal(db, unit):
    ref, basis, other, committee = register(unit), listed(unit), certified_unit(), certified_unit("resident")
    with pytest.raises(NotFound):
        assign(other, ref, basis)
    with pytest.raises(NotFound):
        assigning_drivers.assign_vehicles(other.actor, other.unit.id, basis.ref, [ref])
    with pytest.raises(Conflict) as refused:
        assign(committee, ref)
    assert refused.value.code == "no_unit_vehicles"
    removals.request_removal(unit.actor, basis.submission_ref, basis.ref)
    with pytest.raises(Conflict) as refused:
        assigning_drivers.assign_vehicles(unit.actor, unit.unit.id, basis.ref, [ref])
    assert refused.value.code == "not_assignable"
    type(unit.unit).update(state="suspended").where(type(unit.unit).id == unit.unit.id).execute()
    for act in (
        lambda: assign(unit, ref, basis),
        lambda: assigning_drivers.assign_vehicles(unit.actor, unit.unit.id, basis.ref, [ref]),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "unit_suspended"


def test_the_unit_ends_it_by_unassigning_and_by_nothing_else(db, unit):
    ref, basis = register(unit), listed(unit)
    assign(unit, ref, basis)
    filing = made(unit)[0]
    with pytest.raises(Conflict) as refused:
        verifying.undo(unit.actor, unit.unit.id, filing.ref, filing.version, ["filing:by_mistake"])
    assert refused.value.code == "assigned_by_unit"

    assert fleet.unassign(unit.actor, unit.unit.id, ref, filing.ref, filing.version) == {"entries": 0, "filings": 1}
    assert (fresh(filing).state, fresh(filing).reasons) == ("closed", ["vehicle:unassigned"])
    with pytest.raises(NotFound):
        fleet.unassign(unit.actor, unit.unit.id, ref, filing.ref, filing.version)

    assign(unit, ref, basis)
    uploaded(unit, made(unit)[1:])
    entry = fleet.drivers(unit.unit.id, row_of(unit, ref))[0]
    with pytest.raises(Conflict) as refused:
        fleet.unassign(unit.actor, unit.unit.id, ref, entry.ref, entry.version + 1)
    assert refused.value.code == "stale"
    stranger = certified_unit()
    with pytest.raises(NotFound):
        fleet.unassign(stranger.actor, stranger.unit.id, ref, entry.ref, entry.version)
    assert fleet.unassign(unit.actor, unit.unit.id, ref, entry.ref, entry.version) == {"entries": 1, "filings": 0}
    drain(db)
    assert (fresh(entry).state, fresh(entry).cause, fresh(basis).state) == ("removed", "basis_ended", "listed")
    assert Notice.select().where(Notice.kind == "driver-unassigned").count() == 2


def test_a_filing_of_the_persons_own_is_not_unassigned(db, unit):
    ref = register(unit)
    own = filed(unit, relation="unit_driver", vehicles=[vehicle("unit", plate=PLATE)])
    with pytest.raises(NotFound):
        fleet.unassign(unit.actor, unit.unit.id, ref, own.filing.ref, own.filing.version)


def test_the_driver_takes_it_back_before_the_upload(db, unit):
    ref = register(unit)
    sent = filed(unit)
    uploaded(unit, verified(unit, sent))
    assign(unit, ref, entry_of(sent))
    filing = made(unit)[0]

    withdrawing.withdraw(actor(sent), sent.submission.ref, filing.ref, filing.version)

    assert fresh(filing).state == "withdrawn"
    assert [one.person_id for one in assigning_drivers.people(unit.unit.id, row_of(unit, ref)).rows] == [
        entry_of(sent).person_id
    ]


def test_statements_do_not_depend_on_how_many_are_assigned(db):
    counts = []
    for people in (1, 6):
        here = certified_unit()
        ref = register(here, f"粤C·6{people}777")
        chosen = ticked(*(listed(here) for _ in range(people)))
        args = (here.actor, here.unit.id, ref, chosen)
        counts.append(statements(lambda args=args: assigning_drivers.assign_drivers(*args)))

    assert counts[0] == counts[1]


def test_what_was_filed_survives_the_migration_down_and_up(db, unit):
    ref, basis = register(unit), listed(unit)
    assign(unit, ref, basis)
    before = [one.ref for one in Filing.select().order_by(Filing.id)]

    schema.runner().down("0015_assigned_filings")
    schema.upgrade()

    after = list(Filing.select().order_by(Filing.id))
    assert [one.ref for one in after] == before
    assert not any(one.assigned for one in after)

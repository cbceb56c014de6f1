"""A unit's vehicles: retired, or given another plate, for all who drive them; every exit."""

from __future__ import annotations

import pytest

from tests.builders.delivery import drain
from tests.builders.filings import filed, vehicle
from tests.builders.units import certified_unit, pending_unit
from tests.builders.uploads import entry_of, listed, uploaded, verified
from tests.domain.test_filings_verifying import statements
from webapp import crypto
from webapp.domain.audit.models import AuditLine
from webapp.domain.closings import fleet
from webapp.domain.filings import assigning_drivers, following, standing
from webapp.domain.filings.models import Filing
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Plate, Vehicle
from webapp.domain.units import vehicles
from webapp.domain.units.vehicles import NewVehicle
from webapp.errors import Conflict, Invalid, NotFound

PLATE, NEW = "粤C·12345", "粤C·54321"


@pytest.fixture
def unit(db):
    return certified_unit()


def register(built, plate=PLATE) -> str:
    return vehicles.add(built.actor, built.unit.id, NewVehicle(plate, "small"))["vehicle"]


def driver(built, plate=PLATE):
    return filed(built, relation="unit_driver", vehicles=[vehicle("unit", plate=plate)])


def fresh(entry: Entry) -> Entry:
    return Entry.get_by_id(entry.id)


def test_retired_vehicle_ends_its_drivers_entries_here_and_nothing_else(db, unit):
    ref, other_ref = register(unit), register(unit, "粤C·99999")
    drivers, other = [driver(unit), driver(unit)], driver(unit, "粤C·99999")
    waits = driver(unit)
    uploaded(unit, verified(unit, *drivers, other))
    own = listed(unit)
    drain(db)

    assert fleet.retire(unit.actor, unit.unit.id, ref) == {"entries": 2, "people": 2}
    drain(db)

    assert [fresh(entry_of(one)).cause for one in drivers] == ["vehicle_retired"] * 2
    assert [fresh(one).state for one in (entry_of(other), own)] == ["listed", "listed"]
    assert Filing.get_by_id(waits.filing.id).state == "submitted"
    assert Notice.select().where(Notice.kind == "vehicle-retired").count() == 2
    assert [row.ref for row in vehicles.listed(unit.unit.id)] == [other_ref]


def test_retiring_every_refusal(db, unit):
    ref, other, waits = register(unit), certified_unit(), pending_unit()
    with pytest.raises(NotFound):
        fleet.retire(other.actor, other.unit.id, ref)
    with pytest.raises(Conflict) as refused:
        fleet.retire(waits.actor, waits.unit.id, ref)
    assert refused.value.code == "unit_not_active"
    assert fleet.retire(unit.actor, unit.unit.id, ref) == {"entries": 0, "people": 0}
    with pytest.raises(NotFound):
        fleet.retire(unit.actor, unit.unit.id, ref)


def test_new_plate_for_all_who_drive_it(db, unit):
    ref = register(unit)
    drivers, waits = [driver(unit), driver(unit)], driver(unit)
    uploaded(unit, verified(unit, *drivers))
    before = [entry_of(one) for one in drivers]
    drain(db)

    assert fleet.change_plate(unit.actor, unit.unit.id, ref, NEW) == {"entries": 2, "filings": 1}

    row = vehicles.one(unit.unit.id, ref)
    assert vehicles.plate_of(row) == NEW
    after = [fresh(one) for one in before]
    assert [(open_card(one).plate, one.state, one.version) for one in after] == [
        ("粤C54321", "listed", one.version + 1) for one in before
    ]
    assert {one.vehicle_id for one in after} == {before[0].vehicle_id}
    assert open_card(Filing.get_by_id(waits.filing.id)).plate == "粤C54321"
    leads = {bytes(p.plate_index): p.ended_at for p in Plate.select().where(Plate.vehicle == before[0].vehicle_id)}
    assert leads[crypto.index("plate", "粤C54321")] is None
    assert leads[crypto.index("plate", "粤C12345")] is not None
    assert Notice.select().where(Notice.kind == "unit-plate-changed").count() == 3
    assert AuditLine.select().where(AuditLine.tag == "entry:plate-changed").count() == 2
    # Their own pages say so, and what they change next begins with it.
    [journey] = following.journeys(drivers[0].submission)
    assert journey.card.plate == "粤C54321"
    [mine] = standing.of(drivers[0].submission)
    assert mine.declared["vehicle"]["plates"] == ["粤C54321"]
    # Who waited is uploaded with the new plate.
    uploaded(unit, verified(unit, waits))
    assert open_card(entry_of(waits)).plate == "粤C54321"


def test_somebodys_own_car_keeps_the_plate_that_a_unit_wrote_down(db, unit):
    own = listed(certified_unit(), vehicles=[vehicle(plate=PLATE)])
    ref = register(unit)

    assert fleet.change_plate(unit.actor, unit.unit.id, ref, NEW) == {"entries": 0, "filings": 0}

    (plate,) = Plate.select().where(Plate.vehicle == own.vehicle_id)
    assert (bytes(plate.plate_index), plate.ended_at) == (crypto.index("plate", "粤C12345"), None)


def test_an_own_car_of_the_units_own_people_keeps_its_plate_too(db, unit):
    own, ref = listed(unit, vehicles=[vehicle(plate=PLATE)]), register(unit)

    assert fleet.change_plate(unit.actor, unit.unit.id, ref, NEW) == {"entries": 0, "filings": 0}
    assert (fresh(own).version, open_card(fresh(own)).plate) == (own.version, "粤C12345")


def test_a_unit_knows_the_own_cars_of_its_own_people_and_nobody_elses(db, unit):
    index = vehicles.plate_index(PLATE)
    listed(certified_unit(), vehicles=[vehicle(plate=PLATE)])
    driver(unit, "粤C·99999")
    asked = [index, vehicles.plate_index("粤C·99999"), vehicles.plate_index(NEW)]
    assert fleet.own_cars(unit.unit.id, asked) == {}

    waits = filed(unit, vehicles=[vehicle(plate=NEW)])
    name = open_card(waits.filing).name
    assert fleet.own_cars(unit.unit.id, asked) == {vehicles.plate_index(NEW): name}
    uploaded(unit, verified(unit, waits))
    assert fleet.own_cars(unit.unit.id, asked) == {vehicles.plate_index(NEW): name}

    entry = entry_of(waits)
    removals.remove(unit.actor, unit.unit.id, Chosen(rows=((entry.ref, entry.version),)), "left_unit")
    assert fleet.own_cars(unit.unit.id, asked) == {}


def test_what_another_units_people_drive_keeps_its_plate(db, unit):
    other = certified_unit()
    theirs = driver(other)
    ref = register(unit)

    assert fleet.change_plate(unit.actor, unit.unit.id, ref, NEW) == {"entries": 0, "filings": 0}

    (plate,) = Plate.select().where(Plate.vehicle == theirs.filing.vehicle_id)
    assert (bytes(plate.plate_index), plate.ended_at) == (crypto.index("plate", "粤C12345"), None)


@pytest.mark.parametrize("uploaded_before", [True, False])
def test_new_plate_reaches_gate_and_list_though_somebody_elsewhere_filed_the_old_one(db, unit, uploaded_before):
    theirs, staff = driver(certified_unit()), listed(unit)
    ref = register(unit)
    assigning_drivers.assign_drivers(unit.actor, unit.unit.id, ref, Chosen(rows=((staff.ref, staff.version),)))
    assigned = Filing.get(Filing.assigned)
    if uploaded_before:
        uploaded(unit, [assigned])

    fleet.change_plate(unit.actor, unit.unit.id, ref, NEW)

    if not uploaded_before:
        uploaded(unit, [Filing.get_by_id(assigned.id)])
    [mine] = Entry.select().where(Entry.vehicle_use == "unit", Entry.state == "listed")
    assert open_card(mine).plate == "粤C54321"
    assert [car.id for car in registry.vehicles_of(["粤C54321"])] == [mine.vehicle_id]
    # Nothing of the other unit's filing goes along: its plate leads to its own vehicle, or to none by now.
    assert registry.vehicles_of(["粤C12345"]) == (
        [] if uploaded_before else [Vehicle.get_by_id(theirs.filing.vehicle_id)]
    )


def test_new_plate_every_refusal(db, unit):
    ref, other = register(unit), certified_unit()
    register(unit, "粤C·11111")
    register(other, "粤C·22222")
    listed(other, vehicles=[vehicle(plate="粤C·33333")])

    def refused(kind, plate, built=unit) -> str:
        with pytest.raises(kind) as raised:
            fleet.change_plate(built.actor, built.unit.id, ref, plate)
        return raised.value.code

    assert refused(NotFound, NEW, other) == "not_found"
    assert refused(Invalid, "") == "missing"
    assert refused(Invalid, "粤CIO123") == "letter_i_or_o"
    assert refused(Invalid, "粵C12345") == "plate_same"
    assert refused(Invalid, "粤C11111") == "plate_here"
    assert refused(Conflict, "粤C22222") == "plate_elsewhere"
    assert refused(Conflict, "粤C33333") == "plate_in_use"
    assert refused(Conflict, NEW, pending_unit()) == "unit_not_active"
    assert vehicles.plate_of(vehicles.one(unit.unit.id, ref)) == PLATE


def test_statements_do_not_depend_on_how_many_drive_it(db):
    counts = []
    for people in (1, 8):
        here = certified_unit()
        plate, new = (f"粤C·{n}{people}777" for n in (6, 7))
        ref = register(here, plate)
        uploaded(here, verified(here, *(driver(here, plate) for _ in range(people))))
        counts.append(
            statements(lambda here=here, ref=ref, new=new: fleet.change_plate(here.actor, here.unit.id, ref, new))
        )

    assert counts[0] == counts[1]

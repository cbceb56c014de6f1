"""A confirmation of what is in force says how its driver drives, and with which plate. When that changes while the
entry stays it is made anew, and the old paper says that it was replaced."""

from __future__ import annotations

import pytest

from tests.builders.changing import change, in_force, send, upload
from tests.builders.delivery import drain
from tests.builders.filings import filed, plate, vehicle
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, uploaded, verified
from tests.domain.test_filings_inviting import invite, invited
from webapp.database import transaction
from webapp.delivery import contents
from webapp.domain.closings import fleet
from webapp.domain.files import documents
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import attesting
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import vehicles
from webapp.domain.units.vehicles import NewVehicle
from webapp.values import plates

KIND = "listing_confirmation"


class Couple:
    """An owner and a driver beside him, through two units, with their papers."""

    def __init__(self, db, *, joint: bool) -> None:
        self.here, self.there = certified_unit(), certified_unit()
        self.owner = filed(self.here)
        uploaded(self.here, verified(self.here, self.owner))
        self.second = invited(self.there, invite(self.owner, joint=joint))
        uploaded(self.there, verified(self.there, self.second))
        drain(db)

    def owner_leaves(self) -> None:
        gone = entry_of(self.owner)
        removals.remove(self.here.actor, self.here.unit.id, Chosen(rows=((gone.ref, gone.version),)), "left_unit")


def paper(entry: Entry) -> IssuedDocument:
    found = documents.of_subject(KIND, entry.ref)
    assert found is not None
    return found


def said(entry: Entry) -> tuple[str, tuple[str, ...]]:
    """Role and plates on the newest paper."""
    vehicle_ = contents.values_for(paper(entry), "http://x.test").vehicle
    return vehicle_.role, tuple(plates.fold(one) for one in vehicle_.plates)


def replaced(db, entry: Entry, old: IssuedDocument) -> None:
    """The old code still answers, and as what it is; the new paper is made and stands."""
    drain(db)
    new = paper(entry)
    assert new.code != old.code
    assert (new.locale, new.unit_id, new.file_id is not None) == (old.locale, old.unit_id, True)
    assert attesting.attest(new.code).standing == attesting.ON_LIST
    attested = attesting.attest(old.code)
    assert (attested.standing, attested.since) == (attesting.CONFIRMED_ANEW, new.issued_at)
    # What was handed out as a file is known by its bytes.
    assert documents.file_of(old) is not None


def test_joint_owner_who_took_the_owners_place(db):
    couple = Couple(db, joint=True)
    entry = entry_of(couple.second)
    old = paper(entry)
    assert said(entry)[0] == "second"

    couple.owner_leaves()

    assert said(entry)[0] == "owner"
    replaced(db, entry, old)
    # Once he is off the list that is what both papers say.
    new, leaver = paper(entry), Entry.get_by_id(entry.id)
    chosen = Chosen(rows=((leaver.ref, leaver.version),))
    removals.remove(couple.there.actor, couple.there.unit.id, chosen, "left_unit")
    assert {attesting.attest(one.code).standing for one in (old, new)} == {attesting.GONE}


def test_second_driver_whose_car_got_another_plate(db):
    couple, new = Couple(db, joint=False), plate()
    entry = entry_of(couple.second)
    old = paper(entry)

    upload(couple.here, send(change(couple.owner, in_force(couple.owner), vehicle_1={"plate": new}), signed=True))

    assert said(entry) == ("second", (plates.fold(new),))
    replaced(db, entry, old)


def test_drivers_of_a_unit_vehicle_that_got_another_plate(db):
    built = certified_unit()
    ref = vehicles.add(built.actor, built.unit.id, NewVehicle("粤C·12345", "small"))["vehicle"]
    sent = [filed(built, relation="unit_driver", vehicles=[vehicle("unit", plate="粤C·12345")]) for _ in range(2)]
    uploaded(built, verified(built, *sent))
    drain(db)
    before = [paper(entry_of(one)) for one in sent]

    fleet.change_plate(built.actor, built.unit.id, ref, "粤C·54321")

    for one, old in zip(sent, before, strict=True):
        assert said(entry_of(one)) == ("", ("粤C54321",))
        replaced(db, entry_of(one), old)


@pytest.mark.parametrize("joint", [False, True])
def test_a_paper_that_was_never_made_is_not_made_for_what_is_over(db, joint):
    """The worker comes to the old paper after it was replaced, or never had to make one."""
    couple = Couple(db, joint=joint)
    entry = entry_of(couple.second)
    old = paper(entry)
    with transaction():
        IssuedDocument.update(file=None).where(IssuedDocument.id == old.id).execute()

    couple.owner_leaves()
    drain(db)

    again = IssuedDocument.get_by_id(old.id)
    assert (again.file_id, again.replaced_at is not None) == (None, joint)
    assert (paper(entry).id != old.id) is joint

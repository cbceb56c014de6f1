"""A second driver of the owner's household, for whom the owner's unit vouches where the policy lets it (design 4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import changing, editions
from tests.builders.filings import Filed, answers, draft, filed, person, send
from tests.builders.rosters import entered, line_of
from tests.builders.status import actor, correction, resend, return_
from tests.builders.units import BuiltUnit, certified_unit
from tests.builders.uploads import chosen, entry_of, owner_and_second, say_yes, uploaded, verified, verify
from webapp import clock
from webapp.domain.filings import (
    assigning_drivers,
    flags,
    invitations,
    inviting,
    lines,
    rostering,
    upload_lists,
    uploads,
    verifying,
)
from webapp.domain.filings.models import Filing, Upload
from webapp.domain.passlist import queries, removals
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.publishing import actions
from webapp.domain.units import vehicles
from webapp.errors import Conflict, Invalid


def switch(on: bool, day: str = "") -> None:
    editions.published("policy", actions.upcoming("policy") | {"household_driver": on}, day)


class Home:
    """An owner and a member of his household, of one unit; both filed, the owner said yes."""

    def __init__(self, unit_class: str = "enterprise") -> None:
        self.unit = certified_unit(unit_class)
        self.owner_person = person()
        self.owner_car, self.second_car = owner_and_second()
        self.owner = self.file_owner(self.unit)
        self.member = filed(self.unit, vehicles=[self.second_car], relation="household")
        say_yes(self.unit, self.member.filings)

    def file_owner(self, unit: BuiltUnit) -> Filed:
        return filed(unit, who=self.owner_person, vehicles=[self.owner_car], phone="13800000002")

    def list_both(self) -> None:
        uploaded(self.unit, verified(self.unit, self.owner, self.member))


def now(sent: Filed) -> Filing:
    return Filing.get_by_id(sent.filing.id)


def codes(unit: BuiltUnit, sent: Filed) -> set[str]:
    read = lines.read(unit.unit.id, [sent.filing.id])
    return {flag.code for flag in flags.of(read, unit.unit, flags.viewer(unit.unit.id, unit.actor.account_id))[
        sent.filing.id
    ]}  # fmt: skip


def state(entry: Entry) -> tuple[str, str | None, list[str]]:
    row = Entry.get_by_id(entry.id)
    return row.state, row.cause, [hold.kind for hold in queries.holds([row]).get(row.id, [])]


def leave(unit: BuiltUnit, entry: Entry) -> None:
    row = Entry.get_by_id(entry.id)
    removals.remove(unit.actor, unit.unit.id, Chosen(rows=((row.ref, row.version),)), "left_unit")


@pytest.mark.parametrize("unit_class", ["enterprise", "resident", "other"])
def test_off_nobody_files_as_household(db, unit_class):
    with pytest.raises(Invalid, match="not_open"):
        filed(certified_unit(unit_class), vehicles=[owner_and_second()[1]], relation="household")
    switch(True)
    if unit_class == "other":  # it has no own-use cars to drive
        with pytest.raises(Invalid, match="not_open"):
            filed(certified_unit(unit_class), vehicles=[owner_and_second()[1]], relation="household")
    else:
        assert filed(certified_unit(unit_class), vehicles=[owner_and_second()[1]], relation="household").filing.waiting


def test_on_he_drives_the_owners_car_and_nothing_else(db):
    switch(True)
    unit = certified_unit()
    with pytest.raises(Invalid, match="household_second"):
        filed(unit, relation="household")
    with pytest.raises(Invalid, match="not_open"):
        filed(unit, vehicles=[owner_and_second()[1] | {"vehicle_use": "unit", "is_owner": ""}], relation="household")


def test_verified_after_the_owner_and_listed_with_him(db):
    switch(True)
    home = Home()
    unit, member = home.unit, home.member
    assert codes(unit, member) >= {"household", "household_owner"}
    with pytest.raises(Conflict, match="household_owner"):
        verifying.verify(unit.actor, unit.unit.id, now(member).ref, now(member).version)

    verify(unit, home.owner.filings)
    assert codes(unit, member) == {"household"}
    # Whether he lives with the owner nobody confirms unseen.
    assert verifying.verify_all(unit.actor, unit.unit.id, chosen([now(member)]))["skipped"] == {"needs_look": 1}
    verify(unit, member.filings)
    done = uploaded(unit, [now(member), now(home.owner)])

    assert (done["covered"], done["fallen"]) == (2, 0)
    upload = Upload.get(Upload.ref == done["upload"])
    printed = {upload_lists.open_line(upload, line)["role"] for line in upload_lists.covered_lines(upload)}
    assert printed == {"owner", "household"}
    entry = entry_of(member)
    assert (entry.household, entry_of(home.owner).household) == (True, False)

    # No roster knows him and none of the unit's vehicles is for him.
    entered(db, unit, line_of(home.owner))
    assert rostering.left(unit.unit.id) == []
    ref = vehicles.add(unit.actor, unit.unit.id, vehicles.NewVehicle("粵C·F0007", "small"), ("plate",))
    row = vehicles.one(unit.unit.id, ref["vehicle"])
    assert [one.person_id for one in assigning_drivers.people(unit.unit.id, row).rows] == [
        home.owner.submission.person_id
    ]
    with pytest.raises(Conflict, match="not_assignable"):
        assigning_drivers.assign_vehicles(unit.actor, unit.unit.id, entry.ref, [row.ref])


def test_not_listed_where_the_owner_stands_through_another_unit(db):
    switch(True)
    home, other = Home(), certified_unit("organ")
    verified(home.unit, home.owner, home.member)
    ref = uploads.prepare(home.unit.actor, home.unit.unit.id, chosen([now(home.member), now(home.owner)]))["upload"]
    moved = home.file_owner(other)
    uploaded(other, verified(other, moved))
    filing = now(home.owner)
    verifying.undo(home.unit.actor, home.unit.unit.id, filing.ref, filing.version, ["filing:by_mistake"])

    decision = upload_lists.preview(home.unit.unit, Upload.get(Upload.ref == ref))

    assert decision.reasons == {home.owner.filing.id: "not_verified", home.member.filing.id: "household_owner"}


def test_whom_the_owner_invited_reads_at_once_that_it_is_another_unit(db):
    switch(True)
    here, there = certified_unit(), certified_unit("organ")
    owner = filed(here)
    uploaded(here, verified(here, owner))
    made = inviting.invite(actor(owner), owner.submission.ref, owner.filing.ref)
    car = invitations.prefilled(made["invitation"])["vehicles"]
    with pytest.raises(Conflict, match="household_elsewhere"):
        send(draft(there, answers("organ", relation="household") | {"vehicles": car}))
    # Without his link nothing says whose people he is of: the filing waits, and this unit cannot verify it.
    stranger = [owner.answers["vehicles"][0] | {"is_owner": "no", "owner_name": "陳嘉敏", "owner_id_tail": "0000"}]
    blind = filed(there, vehicles=stranger, relation="household")
    assert (blind.filing.waiting, codes(there, blind)) == (True, {"household", "household_owner", "waiting_owner"})

    member = send(draft(here, answers("enterprise", relation="household") | {"vehicles": car}))
    assert (member.filing.waiting, member.filing.household) == (False, True)


def test_stands_on_the_owners_entry_of_the_unit(db):
    """The owner leaves the unit and stays on the list through another: the household is held, comes back with him, and
    ends after the term."""
    switch(True)
    home, other = Home(), certified_unit("organ")
    home.list_both()
    second = entry_of(home.member)
    elsewhere = home.file_owner(other)
    uploaded(other, verified(other, elsewhere))
    assert state(second) == ("listed", None, [])

    leave(home.unit, entry_of(home.owner))
    assert state(second) == ("suspended", None, ["owner_missing"])
    seats = {slot.slot: slot.in_force for slot in DriverSlot.select().where(DriverSlot.vehicle == second.vehicle_id)}
    assert seats == {"owner": True, "second": True}

    with clock.travel(timedelta(days=29)):
        uploaded(home.unit, verified(home.unit, home.file_owner(home.unit)))
        assert state(second) == ("listed", None, [])
        back = Entry.select().where(Entry.unit == home.unit.unit.id).order_by(Entry.id.desc()).first()
        leave(home.unit, back)
        with clock.travel(timedelta(days=31)):
            assert removals.finish_due() == 1
    assert state(second)[:2] == ("removed", "basis_ended")


def test_owner_gone_everywhere_and_back_through_another_unit(db):
    switch(True)
    home, other = Home("resident"), certified_unit("organ")
    home.list_both()
    second = entry_of(home.member)
    leave(home.unit, entry_of(home.owner))
    assert state(second) == ("suspended", None, ["owner_missing"])

    uploaded(other, verified(other, home.file_owner(other)))
    assert state(second) == ("suspended", None, ["owner_missing"])


def test_switched_off_again_only_new_ones_are_refused(db):
    switch(True)
    home = Home()
    switch(False)
    home.list_both()
    assert entry_of(home.member).state == "listed"
    with pytest.raises(Invalid, match="not_open"):
        filed(home.unit, vehicles=[owner_and_second()[1]], relation="household")


def test_switched_off_he_still_changes_and_corrects_what_is_his_and_nobody_becomes_one(db):
    switch(True)
    home = Home()
    home.list_both()
    entry, staff = entry_of(home.member), entry_of(home.owner)
    waiting = filed(home.unit, vehicles=[owner_and_second()[1]], relation="household")
    return_(home.unit, waiting.filing, reasons=("address:wrong",))
    switch(False)

    moved = changing.change(home.member, [entry], belonging={"address": "橫琴海韻路20號1座"})
    changed = changing.send(moved)
    changing.upload(home.unit, changed)
    (now_,) = changing.in_force(home.member)
    assert (now_.household, now_.answers_id) == (True, changed.answers_id)

    resent = resend(correction(waiting, belonging={"address": "橫琴海韻路20號2座"}))
    assert [filing.state for filing in changing.filings_of(resent)] == ["submitted"]

    with pytest.raises(Invalid, match="not_open"):
        changing.send(changing.change(home.owner, [staff], belonging={"unit_relation": "household", "address": "x"}))

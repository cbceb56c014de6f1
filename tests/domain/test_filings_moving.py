"""To another unit, and out of one: what ends, what stays, who is told."""

from datetime import timedelta

import pytest

from tests.builders.changing import again, in_force
from tests.builders.delivery import drain
from tests.builders.filings import filed, vehicle
from tests.builders.filings import send as submit
from tests.builders.status import actor, couple, now
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, say_yes, uploaded, verified
from webapp import clock
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import changing, drafts, leaving
from webapp.domain.filings.models import Draft
from webapp.domain.notices import queries as notices
from webapp.domain.passlist import expiries, removals
from webapp.domain.passlist.models import DriverSlot, Entry, EntryHold
from webapp.domain.passlist.selection import Chosen
from webapp.errors import Conflict, Invalid

STAFF = {"unit_relation": "staff", "staff_number": ""}
RESIDENT = {"unit_relation": "resident_register", "address": "橫琴海韻路18號3座"}


def listed(built, **choices):
    sent = filed(built, **choices)
    uploaded(built, verified(built, sent))
    return sent


def moving(sent, there, *, belonging=STAFF, entries=None):
    """What was filed with the new unit."""
    wanted = [entry.ref for entry in (in_force(sent) if entries is None else entries)]
    made = changing.begin_move(again(sent), there.unit, wanted)
    drafts.save(made, drafts.answers_of(made) | {"belonging": belonging})
    return submit(Draft.get_by_id(made.id))


def test_entry_ends_when_the_new_unit_uploads(db):
    here, there = certified_unit(), certified_unit("resident")
    sent = listed(here)
    [before] = in_force(sent)

    moved = moving(sent, there, belonging=RESIDENT)

    assert in_force(sent) == [before]
    assert (moved.submission.unit_id, moved.filing.changes_id) == (there.unit.id, before.id)
    uploaded(there, verified(there, moved))
    [after] = in_force(sent)
    assert (after.unit_id, after.vehicle_id, after.slot_id) == (there.unit.id, before.vehicle_id, before.slot_id)
    assert (Entry.get_by_id(before.id).cause, after.pledge_id) == ("superseded", moved.submission.pledge_id)
    told = notices.inbox("unit", here.unit.ref)[0]
    assert (told.kind, told.params) == ("people-moved", {"count": 1})


def test_what_moves_while_it_is_held_is_one_piece_of_news(db):
    here, there = certified_unit(), certified_unit()
    sent = listed(here)
    moved = moving(sent, there)
    passed = verified(there, moved)
    with clock.travel(timedelta(days=3650)):
        # What was valid when it was verified has run out by now: the entry is held from the start.
        expiries.hold_due()
        uploaded(there, passed)
        drain(db)

    [after] = in_force(sent)
    assert (after.unit_id, after.state) == (there.unit.id, "suspended")
    kinds = [one.kind for one in notices.inbox("submission", moved.submission.ref)]
    assert (kinds.count("entry-listed"), kinds.count("entry-held")) == (0, 1)
    assert IssuedDocument.select().where(IssuedDocument.subject == after.ref).count() == 1


def test_second_driver_is_not_held_by_the_owners_move(db):
    here, there, seconds = certified_unit(), certified_unit(), certified_unit()
    owner, second = couple(here, seconds)
    say_yes(seconds, second.filings)
    uploaded(here, verified(here, owner))
    uploaded(seconds, verified(seconds, second))

    moved = moving(owner, there)
    uploaded(there, verified(there, moved))

    assert entry_of(second).state == "listed"
    assert EntryHold.select().count() == 0
    assert {slot.slot: slot.in_force for slot in DriverSlot.select()} == {"owner": True, "second": True}


def test_second_driver_moves_without_a_new_yes(db):
    here, there, owners = certified_unit(), certified_unit(), certified_unit()
    owner, second = couple(owners, here)
    say_yes(here, second.filings)
    uploaded(owners, verified(owners, owner))
    uploaded(here, verified(here, second))

    moved = moving(second, there)

    assert (moved.filing.slot, moved.filing.waiting) == ("second", False)
    uploaded(there, verified(there, moved))
    assert [entry.unit_id for entry in in_force(second)] == [there.unit.id]


def test_only_chosen_cars_move(db):
    here, there = certified_unit(), certified_unit()
    sent = listed(here, vehicles=[vehicle(add_another="yes"), vehicle()])
    first, second = in_force(sent)

    moved = moving(sent, there, entries=[second])
    uploaded(there, verified(there, moved))

    assert {(entry.unit_id, entry.vehicle_id) for entry in in_force(sent)} == {
        (here.unit.id, first.vehicle_id),
        (there.unit.id, second.vehicle_id),
    }


def test_entry_that_ended_meanwhile_is_filed_anew(db):
    here, there = certified_unit(), certified_unit()
    sent = listed(here)
    made = changing.begin_move(again(sent), there.unit, [entry_of(sent).ref])
    drafts.save(made, drafts.answers_of(made) | {"belonging": STAFF})
    entry = entry_of(sent)
    removals.remove(here.actor, here.unit.id, Chosen(rows=((entry.ref, entry.version),)), "left_unit")

    moved = submit(Draft.get_by_id(made.id))

    assert (moved.filing.changes_id, moved.filing.vehicle_id) == (None, entry.vehicle_id)


def test_who_asked_to_leave_still_moves(db):
    here, there = certified_unit(), certified_unit()
    sent = listed(here)
    removals.request_removal(actor(sent), sent.submission.ref, entry_of(sent).ref)

    moved = moving(sent, there)
    uploaded(there, verified(there, moved))

    [after] = in_force(sent)
    assert (after.unit_id, after.state) == (there.unit.id, "listed")


def test_where_nothing_is_left_the_car_is_filed_without_retyping(db):
    here, there = certified_unit(), certified_unit()
    sent = listed(here)
    leaving.withdraw_consent(actor(sent), sent.submission.ref)

    moved = moving(sent, there, entries=[])

    assert (moved.filing.changes_id, moved.filing.state) == (None, "submitted")


@pytest.mark.parametrize(("refs", "code"), [([], "choose"), (["nobody"], "entry_ended")])
def test_nothing_chosen_and_unknown_entries(db, refs, code):
    here, there = certified_unit(), certified_unit()

    with pytest.raises((Conflict, Invalid)) as refused:
        changing.begin_move(listed(here).submission, there.unit, refs)

    assert refused.value.code == code


def test_same_unit_is_no_move(db):
    here = certified_unit()
    sent = listed(here)

    with pytest.raises(Conflict) as refused:
        changing.begin_move(sent.submission, here.unit, [entry_of(sent).ref])

    assert refused.value.code == "same_unit"


# Leaving ---------------------------------------------------------------------------------------------------------


def test_leaving_holds_everything_and_takes_back_what_is_on_its_way(db):
    here = certified_unit()
    sent = listed(here, vehicles=[vehicle(add_another="yes"), vehicle()])
    more = filed(here, who=sent.answers["person"], phone=sent.answers["contact"]["phone"])

    done = leaving.leave(actor(sent), sent.submission.ref)

    assert (done["held"], done["withdrawn"]) == (2, 1)
    assert {entry.state for entry in in_force(sent)} == {"suspended"}
    assert now(more).state == "withdrawn"
    assert notices.inbox("unit", here.unit.ref)[0].kind == "person-leaving"


def test_withdrawn_consent_ends_entries_filings_and_drafts(db):
    here, other = certified_unit(), certified_unit()
    sent = listed(here)
    more = filed(here, who=sent.answers["person"], phone=sent.answers["contact"]["phone"])
    elsewhere = listed(other, who=sent.answers["person"], phone=sent.answers["contact"]["phone"])
    changing.begin(sent.submission, ["contact"])

    done = leaving.withdraw_consent(actor(sent), sent.submission.ref)

    # Both purposes of what was filed here twice; what another unit vouches for stands.
    assert done == {"ended": 1, "withdrawn": 1, "consents": 4}
    assert (entry_of(sent).state, entry_of(sent).cause, now(more).state) == ("removed", "requested", "withdrawn")
    assert in_force(sent) == [entry_of(elsewhere)]
    assert Draft.select().where(Draft.submission_ref.is_null()).count() == 0
    notice = notices.inbox("unit", here.unit.ref)[0]
    assert (notice.kind, notice.params["cause"]) == ("entry-removed", "requested")


@pytest.mark.parametrize("act", [leaving.leave, leaving.withdraw_consent])
def test_nothing_to_leave_is_said(db, act):
    here = certified_unit()
    sent = listed(here)
    leaving.withdraw_consent(actor(sent), sent.submission.ref)

    with pytest.raises(Conflict) as refused:
        act(actor(sent), sent.submission.ref, key="again")

    assert refused.value.code == "nothing_to_leave"

"""Invitations: their states, who may make, take back and accept one, their term, and plates that change under them."""

from __future__ import annotations

from datetime import timedelta

import peewee
import pytest

from tests.builders.changing import change, filings_of, in_force, send, upload
from tests.builders.filings import answers, draft, filed, id_number, plate
from tests.builders.filings import send as submit
from tests.builders.status import actor, correction, couple, now, resend, return_
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, uploaded, verified, verify
from webapp import clock, crypto
from webapp.database import transaction
from webapp.domain.filings import (
    asking,
    drafts,
    following,
    invitation_states,
    invitation_terms,
    invitations,
    inviting,
    owners,
    releasing,
    upload_lists,
)
from webapp.domain.filings.invitation_states import ACTIONS, TRANSITIONS
from webapp.domain.filings.models import INVITATION_STATES, Invitation
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import JointOwner
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.errors import Conflict, NotFound, TooMany
from webapp.values import plates


def invite(owner, **choices):
    made = inviting.invite(actor(owner), owner.submission.ref, owner.filing.ref, **choices)
    return Invitation.get(Invitation.ref == made["invitation"])


def invited(built, request, **changes):
    """Somebody's filing with this invitation."""
    typed = invitations.prefilled(request.ref)["vehicles"][0] | changes
    return submit(draft(built, answers(built.unit.unit_class) | {"vehicles": [typed]}))


def told(sent, kind):
    return Notice.select().where(Notice.kind == kind, Notice.audience_ref == sent.submission.ref).count()


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", [invitation_states.NONE, *INVITATION_STATES])
def test_every_state_and_action(state, action):
    if (state, action) in TRANSITIONS:
        assert invitation_states.next_state(state, action) in INVITATION_STATES
    else:
        with pytest.raises(Conflict) as refused:
            invitation_states.next_state(state, action)
        assert refused.value.code == "request_over"


def test_token_is_kept_hashed_only(db):
    request = invite(filed(certified_unit()))

    assert bytes(request.token_hash) == crypto.token_hash(asking.token(request.ref))
    assert invitations.by_token(asking.token(request.ref)) == request
    assert invitations.by_token(request.ref) is None


def test_one_open_invitation_for_a_car_also_in_the_database(db):
    owner = filed(certified_unit())
    request = invite(owner)

    with pytest.raises(Conflict) as refused:
        invite(owner)
    assert refused.value.code == "already_invited"
    again = {
        name: getattr(request, name)
        for name in ("made_by", "submission_id", "vehicle_id", "owner_id", "state", "made_at", "until", "act_id")
    }
    with pytest.raises(peewee.IntegrityError), transaction():
        Invitation.create(ref=crypto.new_ref(), token_hash=b"other", **again)


def test_no_invitation_where_the_place_is_taken_or_the_car_anothers(db):
    owner, second = couple(certified_unit(), certified_unit())
    owners.accept(actor(owner), owner.submission.ref, owners.questions(owner.submission)[0].ref)

    for who, code in ((owner, "second_taken"), (second, "not_the_owner")):
        with pytest.raises(Conflict) as refused:
            invite(who)
        assert refused.value.code == code


def test_an_invitation_is_for_one(db):
    here = certified_unit()
    request = invite(filed(here))
    first = invited(certified_unit(), request)

    with pytest.raises(Conflict) as refused:
        invited(certified_unit(), request)

    assert {fault.code for fault in refused.value.faults} <= {"invitation_over", "third_driver"}
    assert now(first).waiting is False


def test_a_token_of_another_car_lends_no_yes(db):
    """Whoever tampers with the plates of an invited draft has no invitation for them."""
    here = certified_unit()
    request, other = invite(filed(here)), filed(here)

    with pytest.raises(Conflict) as refused:
        invited(certified_unit(), request, plate=other.answers["vehicles"][0]["plate"])

    assert refused.value.code == "invitation_over"


def test_only_its_maker_takes_it_back(db):
    owner, stranger = filed(certified_unit()), filed(certified_unit())
    request = invite(owner)

    with pytest.raises(NotFound):
        inviting.revoke(actor(stranger), stranger.submission.ref, request.ref)
    inviting.revoke(actor(owner), owner.submission.ref, request.ref)
    with pytest.raises(Conflict):
        inviting.revoke(actor(owner), owner.submission.ref, request.ref)


def test_the_link_serves_nobody_who_does_not_wait_for_that_car(db):
    owner, stranger = filed(certified_unit()), filed(certified_unit())
    token = asking.token(invite(owner).ref)

    for deed in (inviting.accept, inviting.decline):
        with pytest.raises(NotFound):
            deed(actor(stranger), stranger.submission.ref, token)
        with pytest.raises(NotFound):
            deed(actor(owner), owner.submission.ref, token)


def test_declined_is_told_and_leaves_the_filing(db):
    owner, second = couple(certified_unit(), certified_unit())
    token = asking.token(invite(owner).ref)

    inviting.decline(actor(second), second.submission.ref, token)

    assert told(owner, "invitation-declined") == 1
    assert (now(second).state, now(second).waiting) == ("submitted", True)


def test_reminded_once_and_ended_on_its_day(db):
    owner = filed(certified_unit())
    pair = couple(certified_unit(), certified_unit())
    invite(owner)

    with clock.travel(timedelta(days=12)):
        assert invitation_terms.tend(clock.now()) == 2
        assert invitation_terms.tend(clock.now()) == 0
    assert (told(owner, "invitation-expiring"), told(pair[1], "invitation-expiring")) == (1, 1)
    assert told(pair[0], "owner-asked") == 2  # asked, and reminded
    with clock.travel(timedelta(days=14, seconds=1)):
        assert invitation_terms.tend(clock.now()) == 2
    assert (told(owner, "invitation-expired"), told(pair[1], "owner-silent")) == (1, 1)
    assert {one.state for one in Invitation.select()} == {"expired"}


def test_invitations_are_limited(db):
    owner = filed(certified_unit())
    with pytest.raises(TooMany):
        for _ in range(11):
            inviting.limit(owner.submission)


def test_an_invited_driver_who_mistyped_his_document_is_the_invited_one_still(db):
    here, there = certified_unit(), certified_unit()
    owner = filed(here)
    uploaded(here, verified(here, owner))
    second = invited(there, invite(owner))
    return_(there, now(second), reasons=("id_number:differs",))

    resent = resend(correction(second, person={"id_number": id_number("cn_id")}))
    uploaded(there, verify(there, filings_of(resent)))

    assert now(second).state == "uploaded"


def test_the_owner_is_asked_about_who_mistyped_his_document_as_before(db):
    here, there = certified_unit(), certified_unit()
    owner, second = couple(here, there)
    uploaded(here, verified(here, owner))
    return_(there, now(second), reasons=("id_number:differs",))

    resend(correction(second, person={"id_number": id_number("cn_id")}))
    invitation_terms.tend(clock.now())

    [question] = owners.questions(owner.submission)
    owners.accept(actor(owner), owner.submission.ref, question.ref)
    uploaded(there, verify(there, [now(second)]))
    assert now(second).state == "uploaded"


def test_owner_let_go_ends_entries_in_every_unit_and_tells_them(db):
    here, there, third = certified_unit(), certified_unit("organ"), certified_unit()
    owner = filed(here)
    uploaded(here, verified(here, owner))
    second = invited(there, invite(owner))
    uploaded(there, verify(there, [now(second)]))
    also = filed(third, who=second.answers["person"], vehicles=[second.answers["vehicles"][0]])
    uploaded(third, verified(third, also))

    result = releasing.release(actor(owner), owner.submission.ref, owner.filing.ref)

    assert result == {"entries": 2, "filings": 0}
    assert [entry_of(one).cause for one in (second, also)] == ["basis_ended"] * 2
    units = {one.audience_ref for one in Notice.select().where(Notice.kind == "entry-removed")}
    assert units == {there.unit.ref, third.unit.ref}
    with pytest.raises(Conflict) as refused:
        releasing.release(actor(owner), owner.submission.ref, owner.filing.ref)
    assert refused.value.code == "no_second"


def test_an_owner_beside_the_owner_is_not_let_go(db):
    here, there = certified_unit(), certified_unit()
    owner = filed(here)
    uploaded(here, verified(here, owner))
    second = invited(there, invite(owner, joint=True))
    uploaded(there, verify(there, [now(second)]))

    assert JointOwner.get().person_id == second.submission.person_id
    with pytest.raises(Conflict) as refused:
        releasing.release(actor(owner), owner.submission.ref, owner.filing.ref)
    assert refused.value.code == "joint_owner"


def test_an_owner_beside_the_owner_takes_his_place_and_is_the_owner_in_all_that_follows(db):
    here, there = certified_unit(), certified_unit()
    owner = filed(here)
    uploaded(here, verified(here, owner))
    second = invited(there, invite(owner, joint=True))
    late = verify(there, [now(second)])
    gone = entry_of(owner)
    # He is still on his way when the owner leaves: the line of the upload, and its annex, name him the owner.
    removals.remove(here.actor, here.unit.id, Chosen(rows=((gone.ref, gone.version),)), "left_unit")
    upload_ref = uploaded(there, late)["upload"]
    row = upload_lists.by_ref(upload_ref)
    assert [upload_lists.open_line(row, line)["role"] for line in upload_lists.covered_lines(row)] == ["owner"]
    [journey] = following.journeys(second.submission)
    assert journey.slot == "owner"

    # A change of his own waits for nobody's yes, and the plate is his to change.
    renewed = send(change(second, in_force(second), licence={"licence_expiry": "2039-01-01"}))
    assert [(one.slot, one.waiting) for one in filings_of(renewed)] == [("owner", False)]
    upload(there, renewed)
    new = plate()
    upload(there, send(change(second, in_force(second), vehicle_1={"plate": new}), signed=True))
    [entry] = in_force(second)
    assert (entry.state, open_card(entry).plates) == ("listed", [plates.fold(new)])


def test_an_invited_driver_changes_his_licence_without_a_new_yes(db):
    here, there = certified_unit(), certified_unit()
    owner = filed(here)
    uploaded(here, verified(here, owner))
    second = invited(there, invite(owner))
    uploaded(there, verify(there, [now(second)]))

    upload(there, send(change(second, in_force(second), licence={"licence_expiry": "2039-01-01"})))

    assert [entry.state for entry in in_force(second)] == ["listed"]


def test_the_owners_new_plate_carries_the_second_driver_along(db):
    here, there = certified_unit(), certified_unit()
    owner = filed(here)
    uploaded(here, verified(here, owner))
    second = invited(there, invite(owner))
    uploaded(there, verify(there, [now(second)]))
    new = plate()
    begun = change(second, in_force(second), licence={"licence_expiry": "2038-01-01"})

    upload(here, send(change(owner, in_force(owner), vehicle_1={"plate": new}), signed=True))

    [entry] = in_force(second)
    assert open_card(entry).plates == [plates.fold(new)]
    assert (entry.state, told(second, "plate-changed"), told(owner, "plate-changed")) == ("listed", 1, 0)
    # His own page says so, and what he changes next begins with it and keeps it.
    [journey] = following.journeys(second.submission)
    assert journey.card.plates == [plates.fold(new)]
    with pytest.raises(Conflict, match="owner_changes_plate"):
        send(begun)  # it holds the former plate
    later = change(second, in_force(second), licence={"licence_expiry": "2039-01-01"})
    assert drafts.answers_of(later)["vehicles"][0]["plate"] == plates.display(plates.fold(new))
    upload(there, send(later))
    [entry] = in_force(second)
    assert open_card(entry).plates == [plates.fold(new)]
    assert [vehicle.id for vehicle in registry.vehicles_of([plates.fold(new)], "")] == [entry.vehicle_id]


def test_the_new_plate_stands_in_what_a_second_driver_is_to_correct(db):
    here, there = certified_unit(), certified_unit()
    owner = filed(here)
    uploaded(here, verified(here, owner))
    second = invited(there, invite(owner))
    return_(there, now(second), reasons=("licence_expiry:past",))
    new = plate()
    upload(here, send(change(owner, in_force(owner), vehicle_1={"plate": new}), signed=True))

    resent = resend(correction(second, licence={"licence_expiry": "2039-01-01"}))
    uploaded(there, verify(there, filings_of(resent)))

    [entry], [mine] = in_force(second), in_force(owner)
    assert (entry.vehicle_id, open_card(entry).plates) == (mine.vehicle_id, [plates.fold(new)])


def test_the_new_plate_reaches_a_second_driver_still_on_his_way(db):
    here, there = certified_unit(), certified_unit()
    owner = filed(here)
    uploaded(here, verified(here, owner))
    second = invited(there, invite(owner))

    upload(here, send(change(owner, in_force(owner), vehicle_1={"plate": plate()}), signed=True))
    uploaded(there, verify(there, [now(second)]))

    assert now(second).state == "uploaded"
    assert told(second, "plate-changed") == 1

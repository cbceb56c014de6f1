"""What is sent, changed or ended between a case and its decision takes nothing out of it."""

import pytest

from tests.builders import cases as made
from tests.builders import changing, filings, sanctions, status, units, uploads
from tests.builders.cases import uphold
from tests.domain.test_cases_remedies import sold_car
from tests.domain.test_cases_two_vehicles import torn
from webapp.domain.filings import invitations, inviting, leaving, objecting, verifying, withdrawing
from webapp.domain.filings.models import Draft, Filing
from webapp.domain.passlist.models import DriverSlot
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Vehicle
from webapp.domain.sanctions import cases_queries
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.values import plates


def without(page):
    """A page as it was typed, no warning confirmed."""
    return {name: value for name, value in page.items() if name != "confirmed"}


def test_upheld_refusal_of_a_change_is_that_change_again(db):
    built = units.certified_unit()
    sent, new = made.listed(built), filings.plate()
    entry = uploads.entry_of(sent)
    change = changing.send(changing.change(sent, [entry], vehicle_1={"plate": new}), signed=True)
    [refused] = changing.filings_of(change)
    verifying.refuse(built.actor, built.unit.id, refused.ref, refused.version, ["unit_relation:not_ours"])
    case = made.opened(
        objecting.object_to(status.actor(sent), change.ref, "refusal", refused.ref, made.WORDS, Handed())
    )

    assert uphold(case)["outcome"] == ["done:reopen"]

    again = changing.filings_of(change)[-1]
    assert (again.changes_id, again.vehicle_id, again.state) == (entry.id, entry.vehicle_id, "submitted")
    assert Vehicle.select().count() == 1
    uploads.uploaded(built, uploads.verify(built, [again]))
    assert [open_card(one).plates for one in changing.in_force(sent)] == [[plates.fold(new)]]


@pytest.mark.parametrize("anew", [False, True])
def test_what_the_seller_sends_meanwhile_takes_nothing_out_of_the_case(db, anew):
    sellers, _buyers, seller, _stopped, case = sold_car()
    if anew:
        made.removed(sellers, seller)
        who, car = (seller.answers["person"], seller.answers["vehicles"][0])
        phone = seller.answers["contact"]["phone"]
        made.listed(sellers, who=without(who), vehicles=[without(car)], phone=phone)
    else:
        renewed = changing.change(seller, changing.in_force(seller), licence={"licence_expiry": "2039-01-01"})
        changing.upload(sellers, changing.send(renewed))

    assert uphold(case, "end_sold")["outcome"] == ["done:ended_entries"]
    assert changing.in_force(seller) == []


def test_whoever_else_drives_a_car_is_not_asked_about_a_plate_that_a_stranger_added(db):
    victim, other = made.listed(units.certified_unit()), filings.plate("macao_cross_border")
    mine = without(victim.answers["vehicles"][0])
    said = mine | {"second_plate": other, "is_owner": "no", "owner_name": "容家豪", "owner_id_tail": "1234"}
    stranger = filings.filed(units.certified_unit(), vehicles=[said])
    built = units.certified_unit()
    stopped, case = made.dispute(built, filings.answers(vehicles=[filings.vehicle(plate=other)]), made.handed())
    asked = {one.party_ref for one in cases_queries.parties(case) if one.kind == "submission"}
    assert asked == {stranger.submission.ref}

    assert uphold(case, "end_wrong")["outcome"] == ["done:ended_filings"]

    assert uploads.entry_of(victim).state == "listed"
    filings.send(Draft.get_by_id(stopped.id))


def test_identity_that_was_not_me_ends_by_whatever_change_it_goes_on(db):
    built = units.certified_unit()
    false = made.listed(built, phone="13900139777")
    given = filings.answers(who=without(false.answers["person"]), vehicles=[without(false.answers["vehicles"][0])])
    _stopped, case = made.dispute(built, given, made.handed())
    renewed = changing.change(false, changing.in_force(false), licence={"licence_expiry": "2039-01-01"})
    changing.upload(built, changing.send(renewed))
    again = changing.change(false, changing.in_force(false), licence={"licence_expiry": "2040-01-01"})
    [coming] = changing.filings_of(changing.send(again))

    assert uphold(case)["outcome"] == ["done:ended_entries", "done:ended_filings", "done:phone_freed"]
    assert (changing.in_force(false), Filing.get_by_id(coming.id).state) == ([], "closed")


@pytest.mark.parametrize("how", ["leaves", "consent", "refused", "closed"])
def test_case_about_two_vehicles_lapses_with_its_filing_however_that_ends(db, how):
    built = units.certified_unit()
    _lower, _upper, sent, case = torn(built)
    actor, ref = status.actor(sent), sent.submission.ref
    if how == "leaves":
        leaving.leave(actor, ref)
    elif how == "consent":
        leaving.withdraw_consent(actor, ref)
    elif how == "refused":
        codes = ["unit_relation:not_ours"]
        verifying.refuse(built.actor, built.unit.id, sent.filing.ref, status.now(sent).version, codes)
    else:
        sanctions.confirmed(*sanctions.officers(), **sanctions.of_person(sent.answers))

    assert made.now(case).state == "withdrawn"


def test_joint_owner_is_so_after_the_merge(db):
    built, there = units.certified_unit(), units.certified_unit()
    _lower, upper, sent, case = torn(built, other_listed=True)
    invited = inviting.invite(status.actor(upper), upper.submission.ref, upper.filing.ref, joint=True)["invitation"]
    joint = filings.send(filings.draft(there, filings.answers() | invitations.prefilled(invited)))
    uploads.uploaded(there, uploads.verified(there, joint))

    assert uphold(case, "merge")["outcome"] == ["done:merge", "done:goes_on"]
    withdrawing.withdraw(status.actor(sent), sent.submission.ref, sent.filing.ref, status.now(sent).version)
    made.removed(built, upper)

    entry = uploads.entry_of(joint)
    assert (entry.state, DriverSlot.get_by_id(entry.slot_id).slot) == ("listed", "owner")

"""A returned filing corrected and signed anew; what was signed before stays as it was."""

import pytest

from tests.builders.filings import filed, filer, id_number, person, plate, signing, vehicle
from tests.builders.status import actor, correction, couple, now, resend, return_
from tests.builders.units import certified_unit
from tests.builders.uploads import verified
from webapp.domain.files import documents
from webapp.domain.filings import attesting, correcting, drafts, following, owners, resubmitting, withdrawing
from webapp.domain.filings.models import Draft, FilingStep, Invitation, Submission
from webapp.domain.pledges import actions as pledges
from webapp.domain.registry import queries as registry
from webapp.errors import Conflict, Invalid


def returned(built=None, *, reasons=("plate:differs",), **choices):
    built = built or certified_unit()
    sent = filed(built, **choices)
    return_(built, *sent.filings, reasons=reasons)
    return built, sent


def test_draft_holds_what_was_declared(db):
    _built, sent = returned()

    made = correcting.begin(sent.submission)

    answers = drafts.answers_of(made)
    assert answers["person"]["full_name"] == sent.answers["person"]["full_name"]
    assert answers["vehicles"][0]["is_owner"] == "yes"
    assert made.corrects == sent.submission.id


def test_correction_begun_twice_is_the_same_draft(db):
    _built, sent = returned()

    assert correcting.begin(sent.submission).id == correcting.begin(sent.submission).id


def test_faulted_items_are_marked_on_their_pages(db):
    _built, sent = returned(
        reasons=("full_name:differs", "licence_expiry:expired", "plate:differs", "signed_name:differs")
    )

    marks = correcting.marks(correcting.begin(sent.submission))

    assert marks == {
        "person": ["full_name:differs"],
        "licence": ["licence_expiry:expired"],
        "vehicle-1": ["plate:differs"],
        "": ["signed_name:differs"],
    }


def test_only_returned_cars_are_corrected(db):
    built = certified_unit()
    sent = filed(built, vehicles=[vehicle(add_another="yes"), vehicle()])
    verified(built)
    return_(built, sent.filings[1])

    made = correction(sent, vehicle_1={"plate": plate()})
    resend(made)

    first, second = now(sent, 0), now(sent, 1)
    assert (first.state, first.answers_id, first.position) == ("submitted", sent.filing.answers_id, 1)
    assert (second.state, second.answers_id == first.answers_id, second.position) == ("submitted", False, 1)


def test_resubmission_freezes_anew_and_keeps_the_old(db):
    _built, sent = returned()
    new_plate = plate()

    resend(correction(sent, vehicle_1={"plate": new_plate}))

    after = now(sent)
    old, new = registry.answers(sent.filing.answers_id), registry.answers(after.answers_id)
    assert (after.state, after.reasons, after.version) == ("submitted", None, 3)
    assert new["vehicles"][0]["plates"] != old["vehicles"][0]["plates"]
    steps = FilingStep.select().where(FilingStep.filing == after.id).order_by(FilingStep.id)
    assert [step.action for step in steps] == ["submit", "return", "resubmit"]
    signed = following.pledges(Submission.get_by_id(sent.submission.id))
    assert [one.id for one in signed] == [after.pledge_id, sent.filing.pledge_id]
    assert pledges.content_of(signed[1])["declared"] == old


def test_old_pledge_is_genuine_and_replaced(db):
    _built, sent = returned()
    old = documents.of_subject("personal_pledge", following.pledge(sent.submission).ref)

    resend(correction(sent))

    new = documents.of_subject("personal_pledge", following.pledge(Submission.get_by_id(sent.submission.id)).ref)
    replaced, current = attesting.attest(old.code), attesting.attest(new.code)
    assert (replaced.standing, current.standing) == (attesting.REPLACED, attesting.IN_MOTION)
    assert replaced.number == current.number == sent.submission.number


def test_repeat_of_a_resubmission_answers_the_same(db):
    _built, sent = returned()
    made = correction(sent)
    resend(made)

    again = resubmitting.resubmit(filer(made), made.ref, signing(made), key="another-key")

    assert again["number"] == sent.submission.number
    assert len(following.pledges(sent.submission)) == 2


def test_nothing_to_correct_is_said(db):
    sent = filed(certified_unit())

    with pytest.raises(Conflict) as refused:
        correcting.begin(sent.submission)

    assert refused.value.code == "nothing_returned"


def test_correction_of_what_was_withdrawn_meanwhile_is_over(db):
    _built, sent = returned()
    made = correction(sent)
    withdrawing.withdraw(actor(sent), sent.submission.ref, sent.filing.ref, None)

    with pytest.raises(Conflict) as refused:
        resend(made)

    assert refused.value.code == "correction_over"
    assert now(sent).state == "withdrawn"


def test_vehicles_cannot_be_added_by_a_correction(db):
    _built, sent = returned()
    made = correction(sent)
    answers = drafts.answers_of(made)
    drafts.save(made, {**answers, "vehicles": [*answers["vehicles"], vehicle()]})

    with pytest.raises(Conflict) as refused:
        resend(Draft.get_by_id(made.id))

    assert refused.value.code == "correction_over"


def test_mistyped_number_makes_another_person(db):
    _built, sent = returned(who=person("mo_bir"), reasons=("id_number:differs",))

    resend(correction(sent, person={"id_number": id_number("mo_bir")}))

    after, submission = now(sent), Submission.get_by_id(sent.submission.id)
    assert after.person_id == submission.person_id != sent.filing.person_id
    assert registry.phone_on_file(after.person_id) is not None


def test_number_does_not_change_under_another_car_of_the_submission(db):
    built = certified_unit()
    sent = filed(built, who=person("mo_bir"), vehicles=[vehicle(add_another="yes"), vehicle()])
    return_(built, sent.filings[0], reasons=("id_number:differs",))

    with pytest.raises(Invalid) as refused:
        resend(correction(sent, person={"id_number": id_number("mo_bir")}))

    assert refused.value.code == "identity_differs"


def test_mistyped_plate_is_free_for_its_true_vehicle(db):
    slip, vin = plate(), "LGXC16AF1P0000017"
    _built, sent = returned(vehicles=[vehicle(plate=slip, vin=vin)])

    resend(correction(sent, vehicle_1={"plate": plate()}))
    other = filed(certified_unit(), vehicles=[vehicle(plate=slip)])

    assert other.filing.vehicle_id != now(sent).vehicle_id
    assert now(sent).vehicle_id == sent.filing.vehicle_id


def test_corrected_second_driver_keeps_the_owners_yes(db):
    mine, other = certified_unit(), certified_unit()
    owner, second = couple(mine, other)
    owners.accept(actor(owner), owner.submission.ref, owners.questions(owner.submission)[0].ref)
    return_(other, second.filing, reasons=("brand_model:differs",))

    resend(correction(second, vehicle_1={"brand_model": "豐田卡羅拉"}))

    assert now(second).waiting is False


def test_second_driver_who_waits_asks_no_second_time(db):
    mine, other = certified_unit(), certified_unit()
    _owner, second = couple(mine, other)
    before = Invitation.get(Invitation.filing == second.filing.id)
    return_(other, second.filing)

    resend(correction(second))

    assert (now(second).waiting, Invitation.get(Invitation.filing == second.filing.id).ref) == (True, before.ref)


def test_another_owner_is_asked_anew(db):
    mine, other = certified_unit(), certified_unit()
    owner, second = couple(mine, other)
    return_(other, second.filing, reasons=("owner_name:differs",))

    resend(correction(second, vehicle_1={"owner_id_tail": "0000"}))

    assert owners.questions(owner.submission) == []
    assert now(second).waiting is True


def test_car_found_to_be_ones_own_waits_for_nobody(db):
    other = certified_unit()
    sent = filed(other, vehicles=[vehicle(is_owner="no", owner_name="容家豪", owner_id_tail="1234")])
    return_(other, sent.filing, reasons=("is_owner:wrong",))

    resend(correction(sent, vehicle_1={"is_owner": "yes"}))

    assert (now(sent).slot, now(sent).waiting) == ("owner", False)
    assert Invitation.get(Invitation.filing == sent.filing.id).state == "revoked"

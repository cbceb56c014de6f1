"""The owner's answer to a second driver, whoever files first."""

from datetime import timedelta

import pytest

from tests.builders.filings import filed, person, vehicle
from tests.builders.status import actor, couple, now
from tests.builders.units import certified_unit
from tests.builders.uploads import uploaded, verify
from webapp import clock
from webapp.domain.filings import invitation_terms, owners
from webapp.domain.filings.models import FilingStep, Invitation, Submission
from webapp.domain.notices import queries as notices
from webapp.domain.notices.models import SUBMISSION
from webapp.errors import Conflict, NotFound

BOTH_ORDERS = pytest.mark.parametrize("owner_first", (True, False), ids=("owner files first", "second files first"))


def asked(owner):
    """The open questions on the owner's page, as it is now."""
    return owners.questions(Submission.get_by_id(owner.submission.id))


def kinds(sent):
    return [notice.kind for notice in notices.inbox(SUBMISSION, sent.submission.ref)]


@BOTH_ORDERS
def test_owner_is_asked_who_wants_to_drive_which_car(db, owner_first):
    owner, second = couple(certified_unit(), certified_unit(), owner_first=owner_first)

    questions = asked(owner)

    assert [one.name for one in questions] == [second.answers["person"]["full_name"]]
    assert len(questions[0].plates) == 1
    assert now(second).waiting is True
    assert kinds(owner).count("owner-asked") == 1


@BOTH_ORDERS
def test_yes_lets_the_second_driver_go_on(db, owner_first):
    owner, second = couple(certified_unit(), certified_unit(), owner_first=owner_first)

    owners.accept(actor(owner), owner.submission.ref, asked(owner)[0].ref)

    assert (now(second).waiting, now(second).state) == (False, "submitted")
    request = Invitation.get(Invitation.filing == second.filing.id)
    assert (request.state, request.owner_id) == ("accepted", owner.submission.person_id)
    assert asked(owner) == []
    assert kinds(second) == ["owner-accepted"]


@BOTH_ORDERS
def test_no_closes_the_filing_and_tells_its_person(db, owner_first):
    owner, second = couple(certified_unit(), certified_unit(), owner_first=owner_first)

    owners.decline(actor(owner), owner.submission.ref, asked(owner)[0].ref)

    assert (now(second).state, now(second).reasons) == ("closed", ["owner:declined"])
    last = FilingStep.select().where(FilingStep.filing == second.filing.id).order_by(FilingStep.id.desc()).first()
    assert (last.action, last.reasons) == ("close", ["owner:declined"])
    assert kinds(second) == ["owner-declined"]
    assert now(owner).state == "submitted"


@BOTH_ORDERS
def test_silence_ends_it_after_the_term(db, owner_first):
    owner, second = couple(certified_unit(), certified_unit(), owner_first=owner_first)
    request = asked(owner)[0].ref

    with clock.travel(timedelta(days=14, seconds=1)):
        ended = invitation_terms.tend(clock.now())
        with pytest.raises((Conflict, NotFound)):
            owners.accept(actor(owner), owner.submission.ref, request)

    assert ended == 1
    assert (now(second).state, now(second).reasons) == ("closed", ["owner:silent"])


def test_yes_after_the_unit_verified_lets_the_upload_take_both(db):
    mine, other = certified_unit(), certified_unit()
    owner, second = couple(mine, other)
    passed = verify(other, [now(second)])
    owners.accept(actor(owner), owner.submission.ref, asked(owner)[0].ref)
    uploaded(mine, verify(mine, [now(owner)]))

    uploaded(other, [now(second)])

    assert passed[0].waiting is True
    assert (now(owner).state, now(second).state) == ("uploaded", "uploaded")


def test_owner_of_another_car_is_not_asked(db):
    built = certified_unit()
    owner, _second = couple(built, certified_unit())
    stranger = filed(built)

    assert asked(stranger) == []
    with pytest.raises(NotFound):
        owners.accept(actor(stranger), stranger.submission.ref, asked(owner)[0].ref)


def test_owner_whose_number_ends_otherwise_is_not_asked(db):
    built, other = certified_unit(), certified_unit()
    car = vehicle()
    filed(other, vehicles=[vehicle(plate=car["plate"], is_owner="no", owner_name="容家豪", owner_id_tail="0000")])

    owner = filed(built, who=person("hk_id"), vehicles=[car])

    assert asked(owner) == []


def test_who_only_claims_the_owners_identity_keeps_no_question_from_him(db):
    mine, other = certified_unit(), certified_unit()
    owner, second = couple(mine, other)
    impostor = filed(
        other, who=owner.answers["person"], vehicles=[vehicle(plate=owner.answers["vehicles"][0]["plate"])]
    )

    assert impostor.submission.person_id == owner.submission.person_id
    assert [one.name for one in asked(owner)] == [second.answers["person"]["full_name"]]
    # He may see that there is a question; who asks, and the answer, take a code to the phone on file.
    assert [one.ref for one in asked(impostor)] == [one.ref for one in asked(owner)]


def test_second_driver_cannot_answer_for_the_owner(db):
    owner, second = couple(certified_unit(), certified_unit())

    with pytest.raises(NotFound):
        owners.accept(actor(second), second.submission.ref, asked(owner)[0].ref)

    assert now(second).waiting is True


def test_answer_stands(db):
    owner, second = couple(certified_unit(), certified_unit())
    request = asked(owner)[0].ref
    owners.decline(actor(owner), owner.submission.ref, request)

    with pytest.raises(Conflict) as refused:
        owners.accept(actor(owner), owner.submission.ref, request)

    assert refused.value.code == "request_over"
    assert now(second).state == "closed"


def test_owner_says_yes_to_one_second_driver_only(db):
    mine, other = certified_unit(), certified_unit()
    owner, _second = couple(mine, other)
    car = owner.answers["vehicles"][0]["plate"]
    number = owner.answers["person"]["id_number"]
    third = filed(other, vehicles=[vehicle(plate=car, is_owner="no", owner_name="容家豪", owner_id_tail=number[-4:])])
    first, later = asked(owner)
    owners.accept(actor(owner), owner.submission.ref, first.ref)

    with pytest.raises(Conflict) as refused:
        owners.accept(actor(owner), owner.submission.ref, later.ref)

    assert refused.value.code == "second_taken"
    assert now(third).waiting is True

"""A second driver files: the owner is asked, and who may sit on the car beside him."""

from datetime import timedelta

from tests.builders import filings, units
from tests.builders.filings import refusal
from webapp import database
from webapp.domain.filings import asking
from webapp.domain.filings.models import Filing, Invitation
from webapp.domain.notices.models import Notice


def owner_and_second(built, other):
    plate = filings.plate()
    owner = filings.filed(built, who=filings.person("hk_id"), vehicles=[filings.vehicle(plate=plate)])
    tail = owner.answers["person"]["id_number"].replace("(", "").replace(")", "")[-4:]
    second = filings.filed(other, vehicles=[second_vehicle(plate, tail)])
    return plate, tail, owner, second


def second_vehicle(plate, tail):
    return filings.vehicle(plate=plate, is_owner="no", owner_name="何大文", owner_id_tail=tail)


def test_second_driver_waits_and_the_owner_is_asked(db):
    _plate, _tail, owner, second = owner_and_second(units.certified_unit(), units.certified_unit("resident"))

    assert (second.filing.slot, second.filing.waiting) == ("second", True)
    assert second.filing.vehicle_id == owner.filing.vehicle_id
    request = Invitation.get(Invitation.filing == second.filing.id)
    assert (request.state, request.until - request.made_at) == ("open", timedelta(days=14))
    asked = Notice.get(Notice.kind == "owner-asked")
    assert (asked.audience_ref, asked.subject) == (owner.submission.ref, request.ref)
    assert [one.id for one in asking.requests_to(owner.submission)] == [request.id]
    assert asking.requests_to(second.submission) == []


def test_only_the_owner_who_is_meant_is_asked(db):
    built = units.certified_unit()
    plate = filings.plate()
    owner = filings.filed(built, vehicles=[filings.vehicle(plate=plate)])
    filings.filed(built, vehicles=[second_vehicle(plate, "ZZZZ")])

    assert Notice.select().where(Notice.kind == "owner-asked").count() == 0
    assert asking.requests_to(owner.submission) == []


def test_owner_may_file_after_the_second_driver(db):
    built = units.certified_unit()
    plate, who = filings.plate(), filings.person("mo_bir")
    second = filings.filed(built, vehicles=[second_vehicle(plate, who["id_number"][-5:-1])])
    owner = filings.filed(built, who=who, vehicles=[filings.vehicle(plate=plate)])

    assert Notice.get(Notice.kind == "owner-asked").audience_ref == owner.submission.ref
    assert [one.filing_id for one in asking.requests_to(owner.submission)] == [second.filing.id]


def test_third_driver_is_refused_once_the_owner_said_yes(db):
    built = units.certified_unit()
    plate, tail, _owner, second = owner_and_second(built, built)
    third = filings.answers(vehicles=[second_vehicle(plate, tail)])

    with database.transaction():
        Filing.update(waiting=False).where(Filing.id == second.filing.id).execute()

    assert refusal(filings.draft(built, third)) == [("vehicle-1", "third_driver")]


def test_second_owner_is_refused_once_the_first_is_verified(db):
    built = units.certified_unit()
    plate = filings.plate()
    first = filings.filed(built, vehicles=[filings.vehicle(plate=plate)])
    claimed = filings.answers(vehicles=[filings.vehicle(plate=plate)])
    with database.transaction():
        Filing.update(state="verified").where(Filing.id == first.filing.id).execute()

    assert refusal(filings.draft(built, claimed)) == [("vehicle-1", "owner_taken")]

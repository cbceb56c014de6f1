"""Filings that meet what is there already: the same filing, document or phone, or another use; and disputing it."""

import threading

import pytest

from tests.builders import filings, units
from tests.builders.filings import refusal, same_person
from webapp import crypto, database
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.filings import disputing
from webapp.domain.filings.models import Draft, Filing
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Person, PersonPhone, Vehicle
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.models import Case
from webapp.errors import Conflict


def test_two_drafts_of_one_person_and_car_at_once_make_one(db):
    built = units.certified_unit()
    given = filings.answers()
    begun = [filings.draft(built, given) for _ in range(4)]
    sent, refused, start = [], [], threading.Barrier(4)

    def send(one: Draft) -> None:
        database.connect()
        start.wait()
        try:
            sent.append(filings.send(one).submission.ref)
        except Conflict as conflict:
            refused.append(conflict.code)
        database.disconnect()

    threads = [threading.Thread(target=send, args=(one,)) for one in begun]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(sent), refused) == (1, ["already_in_motion"] * 3)
    assert (Filing.select().count(), Person.select().count(), Vehicle.select().count()) == (1, 1, 1)


def test_renewed_permit_is_the_same_person(db):
    built, other = units.certified_unit(), units.certified_unit()
    phone = "13800138001"
    number = filings.id_number("home_return")
    one = filings.filed(built, who=filings.person("home_return", id_number=number), phone=phone)
    two = filings.filed(other, who=filings.person("home_return", id_number=number + "02"), phone=phone)

    assert one.submission.person_id == two.submission.person_id
    assert Person.select().count() == 1


def test_same_filing_again_names_the_one_in_motion(db):
    built = units.certified_unit()
    one = filings.filed(built)

    with pytest.raises(Conflict) as refused:
        filings.filed(built, one.answers)

    fault = refused.value.faults[0]
    assert (fault.field, fault.code, fault.params["number"]) == (
        "vehicle-1",
        "already_in_motion",
        one.submission.number,
    )


def test_stranger_learns_nothing_of_an_identity(db):
    built = units.certified_unit()
    one = filings.filed(built)
    stranger = same_person(one.answers, vehicles=[one.answers["vehicles"][0]], phone="13900139001")

    with pytest.raises(Conflict) as refused:
        filings.filed(built, stranger)

    assert [fault.code for fault in refused.value.faults] == ["cannot_accept"]
    assert set(refused.value.params) == {"plate", "reference"}
    assert Act.select().where(Act.request_id.startswith(refused.value.params["reference"].lower())).count() == 1


def test_withdrawn_filing_stands_in_nobodys_way(db):
    built = units.certified_unit()
    one = filings.filed(built)
    with database.transaction():
        Filing.update(state="withdrawn").where(Filing.id == one.filing.id).execute()

    assert filings.filed(built, one.answers).filing.state == "submitted"


def test_assigned_vehicles_once_per_unit(db):
    built = units.certified_unit()
    assigned = filings.vehicle("unit", unit_assigns=True, plate="", size_class="")
    one = filings.filed(built, relation="unit_driver", vehicles=[assigned])

    assert (one.filing.vehicle_id, one.filing.size_class) == (None, None)
    assert refusal(filings.draft(built, one.answers)) == [("vehicle-1", "already_in_motion")]


def test_one_use_at_a_time(db):
    built = units.certified_unit()
    own = filings.filed(built)
    plate = own.answers["vehicles"][0]["plate"]

    claimed = filings.answers(vehicles=[filings.vehicle("unit", plate=plate)])
    assert refusal(filings.draft(built, claimed)) == [("vehicle-1", "is_own_use")]

    with database.transaction():
        Filing.update(state="withdrawn").where(Filing.id == own.filing.id).execute()
    sent = filings.filed(built, claimed)
    assert Vehicle.get_by_id(sent.filing.vehicle_id).vehicle_use == "unit"


def test_unit_vehicle_belongs_to_one_unit(db):
    built, other = units.certified_unit(), units.certified_unit()
    plate = filings.plate()
    filings.filed(built, vehicles=[filings.vehicle("unit", plate=plate)])

    claimed = filings.answers(vehicles=[filings.vehicle("unit", plate=plate)])
    assert refusal(filings.draft(other, claimed)) == [("vehicle-1", "of_another_unit")]
    assert filings.filed(built, claimed).filing.state == "submitted"


def test_phone_serves_five_people(db):
    built = units.certified_unit()
    for _ in range(5):
        filings.filed(built, phone="13800138002")

    assert refusal(filings.draft(built, filings.answers(phone="13800138002"))) == [("phone", "phone_full")]
    assert PersonPhone.select().where(PersonPhone.ended_at.is_null()).count() == 5


def test_phone_serves_five_people_also_where_it_is_on_nobodys_file(db):
    built, other = units.certified_unit(), units.certified_unit()
    known = [filings.filed(built) for _ in range(6)]
    for one in known[:5]:
        filings.filed(other, same_person(one.answers, phone="13900139009"))

    sixth = filings.draft(other, same_person(known[5].answers, phone="13900139009"))
    again = filings.draft(built, same_person(known[0].answers, phone="13900139009"))

    assert refusal(sixth) == [("phone", "phone_full")]
    assert filings.send(again).submission.person_id == known[0].submission.person_id


def test_another_phone_does_not_take_over_an_identity(db):
    built, other = units.certified_unit(), units.certified_unit()
    one = filings.filed(built)
    two = filings.filed(other, same_person(one.answers, phone="13900139002"))

    assert one.submission.person_id == two.submission.person_id
    on_file = registry.phone_on_file(one.submission.person_id)
    assert registry.phone_number(on_file) == "+86" + one.answers["contact"]["phone"]
    assert bytes(two.submission.phone_index) == crypto.index("phone", "+8613900139002")


def test_phone_follows_when_nothing_is_left_to_guard(db):
    built = units.certified_unit()
    one = filings.filed(built)
    with database.transaction():
        Filing.update(state="withdrawn").where(Filing.id == one.filing.id).execute()
    filings.filed(built, same_person(one.answers, phone="13900139003"))

    on_file = registry.phone_on_file(one.submission.person_id)
    assert registry.phone_number(on_file) == "+8613900139003"
    assert PersonPhone.select().count() == 2


def test_dispute_is_recorded_and_put_before_the_platform(db):
    built = units.certified_unit()
    one = filings.filed(built)
    begun = filings.draft(built, one.answers)
    assert refusal(begun) == [("vehicle-1", "already_in_motion")]

    made = disputing.dispute(filings.filer(begun), begun.ref, "不是我", Handed(), key="dispute-1")

    case = Case.get(Case.ref == made["cases"][0])
    assert (case.subject, case.topic) == (one.filing.ref, "identity")
    tags = {
        (line.tag, line.object_ref)
        for line in AuditLine.select().where(AuditLine.tag << ["draft:disputed", "case:opened"])
    }
    assert tags == {("draft:disputed", begun.ref), ("case:opened", case.ref)}
    kept = Filing.get_by_id(one.filing.id)
    assert (kept.state, kept.disputed, kept.version) == ("submitted", False, 1)


def test_nothing_to_dispute(db):
    begun = filings.draft(units.certified_unit())

    with pytest.raises(Conflict) as refused:
        disputing.dispute(filings.filer(begun), begun.ref, "不是我", Handed())
    assert refused.value.code == "nothing_disputed"

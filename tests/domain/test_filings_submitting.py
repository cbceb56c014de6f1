"""Submitting a draft: what it makes, every way it is refused, collisions, repeats and races."""

import threading
import time
from datetime import timedelta

import pytest

from tests.builders import filings, status, units, uploads
from webapp import clock, crypto, database
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import asking, disputing, drafts, leaving, queries, submitting, withdrawing
from webapp.domain.filings.models import Draft, Filing, FilingStep, Invitation, Submission
from webapp.domain.jobs.models import Job
from webapp.domain.notices.models import Notice
from webapp.domain.passlist.models import Entry
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import Pledge
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Person, PersonPhone, Plate, Vehicle
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.models import Case
from webapp.errors import Conflict, Invalid, NotFound
from webapp.values import plates
from webapp.values.codes import has_valid_check


def refusal(of, **changes):
    with pytest.raises((Invalid, Conflict)) as refused:
        filings.send(of, **changes)
    return [(fault.field, fault.code) for fault in refused.value.faults]


def test_submission_with_all_it_owes(db):
    built = units.certified_unit()
    vehicles = [filings.vehicle(second_plate=filings.plate("macao")), filings.vehicle("unit")]
    given = filings.answers(
        who=filings.person("mo_bir", full_name="陳嘉敏"), vehicles=vehicles, email="chan@mail.example"
    )

    sent = filings.filed(built, given)

    submission = sent.submission
    assert submission.number.startswith("HQ-")
    assert has_valid_check(submission.number[3:].replace("-", ""))
    assert [(f.position, f.vehicle_use, f.slot, f.state, f.waiting, f.disputed) for f in sent.filings] == [
        (1, "own", "owner", "submitted", False, False),
        (2, "unit", None, "submitted", False, False),
    ]
    card = open_card(sent.filing)
    assert (card.name, card.id_type, card.tail) == ("陳嘉敏", "mo_bir", given["person"]["id_number"][-4:])
    assert len(card.plates) == 2
    assert "cjm" in card.keys
    assert sent.filing.warnings == []
    assert registry.answers(submission.answers_id)["contact"]["email"] == "chan@mail.example"
    pledge = Pledge.get_by_id(submission.pledge_id)
    content = pledges.content_of(pledge)
    assert (pledge.subject, pledge.method, content["signed_name"]) == (submission.number, "typed", "陳嘉敏")
    assert content["declared"] == registry.answers(submission.answers_id)
    assert FilingStep.select().count() == 2
    tags = [line.tag for line in AuditLine.select().where(AuditLine.act == submission.act_id)]
    assert sorted(tags) == ["consent:given"] * 2 + ["filing:submitted"] * 2 + ["submission:made"]
    issued = [(d.kind, d.subject) for d in IssuedDocument.select().where(IssuedDocument.unit_id == built.unit.id)]
    assert ("personal_pledge", pledge.ref) in issued
    assert ("receipt", submission.ref) in issued
    assert Job.select().where(Job.kind == "tell", Job.subject == str(submission.act_id)).count() == 1


def test_a_verifier_reads_of_papers_that_run_out_soon(db):
    built = units.certified_unit("resident")
    soon = (clock.today() + timedelta(days=9)).isoformat()
    given = filings.answers("resident", relation="resident_permit")
    given["belonging"] |= {"residence_permit_expiry": soon, "confirmed": {"residence_permit_expiry": soon}}
    given["licence"] |= {"licence_expiry": soon, "confirmed": {"licence_expiry": soon}}
    given["person"] |= {"id_expiry": soon, "confirmed": {"id_expiry": soon}}

    sent = filings.filed(built, given)

    assert sent.filing.warnings == [
        "id_expiry:expires_soon",
        "residence_permit_expiry:expires_soon",
        "licence_expiry:expires_soon",
    ]


def test_cars_of_macao_and_hong_kong_with_the_same_letters_and_digits_are_two(db):
    built = units.certified_unit()
    macao = filings.vehicle(plate="MX-12-34", second_plate=filings.plate("macao_cross_border"))
    hong_kong = filings.vehicle(plate="MX 1234", second_plate=filings.plate("hong_kong_cross_border"))

    first = filings.filed(built, filings.answers(vehicles=[macao]))
    second = filings.filed(built, filings.answers(vehicles=[hong_kong]))

    assert [first.filing.disputed, second.filing.disputed] == [False, False]
    assert first.filing.vehicle_id != second.filing.vehicle_id
    assert {found.id for found in registry.vehicles_of(plates.candidates("MX1234"))} == {
        first.filing.vehicle_id,
        second.filing.vehicle_id,
    }


def test_draft_keeps_nothing_once_sent(db):
    built = units.certified_unit()
    begun = filings.draft(built)
    sent = filings.send(begun)

    kept = Draft.get_by_id(begun.id)
    assert (kept.submission_ref, drafts.answers_of(kept)) == (sent.submission.ref, {})


def test_private_link_finds_its_submission_and_no_other(db):
    built = units.certified_unit()
    one, two = filings.filed(built), filings.filed(built)

    assert queries.submission_by_token(one.token).id == one.submission.id
    for wrong in ("", one.token[:-1], one.submission.ref + two.token[20:], one.token + "a", "é" * 36):
        assert queries.submission_by_token(wrong) is None

    with database.transaction():
        Submission.update(link_version=2).where(Submission.id == one.submission.id).execute()
    assert queries.submission_by_token(one.token) is None


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"consent_processing": False}, [("consent_processing", "missing")]),
        (
            {"consent_sharing": False, "pledge_agreed": False},
            [("consent_sharing", "missing"), ("pledge_agreed", "missing")],
        ),
        ({"method": ""}, [("signature_method", "missing")]),
        ({"method": "stamp"}, [("signature_method", "missing")]),
        ({"method": "drawn"}, [("signature", "missing")]),
        ({"signed_name": " "}, [("signed_name", "missing")]),
        ({"signed_name": "別人"}, [("signed_name", "not_the_name")]),
        ({"draft_version": 1}, [("", "draft_changed")]),
        ({"draft_version": None}, [("", "draft_changed")]),
        ({"text_digest": "0" * 64}, [("", "text_changed")]),
    ],
)
def test_signature_is_refused(db, changes, faults):
    built = units.certified_unit()

    assert refusal(filings.draft(built), **changes) == faults
    assert Submission.select().count() == Person.select().count() == 0


def test_typed_name_may_differ_in_script_width_and_spaces(db):
    built = units.certified_unit()
    begun = filings.draft(built, filings.answers(who=filings.person(full_name="陳嘉敏", latin_name="CHAN Ka Man")))

    assert filings.send(begun, signed_name="陈嘉敏").filing.state == "submitted"
    begun = filings.draft(built, filings.answers(who=filings.person(full_name="陳嘉敏", latin_name="CHAN Ka Man")))
    assert filings.send(begun, signed_name="chan ka man").filing.state == "submitted"


def test_simplified_readers_sign_the_simplified_text(db):
    built = units.certified_unit()
    sent = filings.send(filings.draft(built), language="zh_Hans_CN")

    issued = IssuedDocument.get(IssuedDocument.kind == "personal_pledge")
    assert (issued.locale, Pledge.get_by_id(sent.submission.pledge_id).ref) == ("zh_Hans_CN", issued.subject)


def test_wrong_answers_are_all_refused(db):
    built = units.certified_unit()
    given = filings.answers()
    given["person"]["full_name"] = ""
    given["vehicles"][0]["plate"] = ""

    assert refusal(filings.draft(built, given)) == [("person", "missing"), ("vehicle-1", "missing")]


def test_unproved_phone_is_refused(db):
    built = units.certified_unit()
    given = filings.answers()
    given["contact"]["phone"] = "13900139000"

    assert refusal(filings.draft(built, given)) == [("phone", "missing")]


def test_draft_that_is_gone_is_not_found(db):
    built = units.certified_unit()
    begun = filings.draft(built)

    with clock.travel(timedelta(days=8)), pytest.raises(NotFound):
        filings.send(begun)


def test_repeats_answer_the_first_result(db):
    built = units.certified_unit()
    begun = filings.draft(built)
    signed, actor = filings.signing(begun), filings.filer(begun)

    first = submitting.submit(actor, begun.ref, signed, key=begun.ref)

    assert submitting.submit(actor, begun.ref, signed, key=begun.ref) == first
    assert submitting.submit(actor, begun.ref, signed, key="another-key") == first
    assert Submission.select().count() == Filing.select().count() == 1


def test_two_identical_submits_at_once_make_one(db):
    built = units.certified_unit()
    begun = filings.draft(built)
    signed, actor = filings.signing(begun), filings.filer(begun)
    results, start = [], threading.Barrier(2)

    def send() -> None:
        database.connect()
        start.wait()
        results.append(submitting.submit(actor, begun.ref, signed, key=begun.ref))
        database.disconnect()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 2
    assert results[0] == results[1]
    assert Submission.select().count() == Filing.select().count() == Person.select().count() == 1


def test_a_draft_that_ends_while_it_is_sent_is_not_there(db):
    draft = filings.draft(units.certified_unit())
    gone = threading.Event()

    def end():
        database.connect()
        with database.transaction():
            Draft.delete().where(Draft.id == draft.id).execute()
            gone.set()
            time.sleep(0.5)  # meanwhile the other reaches the row and waits for it
        database.disconnect()

    ending = threading.Thread(target=end)
    signed = filings.signing(draft)
    ending.start()
    gone.wait()
    with pytest.raises(NotFound):
        submitting.submit(filings.filer(draft), draft.ref, signed)
    ending.join()


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


def test_plates_lead_to_one_vehicle(db):
    built, other = units.certified_unit(), units.certified_unit()
    home, cross = filings.plate(), filings.plate("macao_cross_border")
    given = filings.answers(vehicles=[filings.vehicle(plate=home)])
    one = filings.filed(built, given)
    again = filings.answers(
        who={k: v for k, v in given["person"].items() if k != "confirmed"},
        vehicles=[filings.vehicle(plate=home.lower(), second_plate=cross)],
        phone=given["contact"]["phone"],
    )
    two = filings.filed(other, again)

    assert one.filing.vehicle_id == two.filing.vehicle_id
    assert Plate.select().where(Plate.vehicle == one.filing.vehicle_id).count() == 2


def same_person(given, **choices):
    """Answers of the same person with another vehicle or phone."""
    who = {key: value for key, value in given["person"].items() if key != "confirmed"}
    return filings.answers(who=who, **{"phone": given["contact"]["phone"], **choices})


def test_plates_of_two_vehicles_wait_for_a_human(db):
    built = units.certified_unit()
    first, second = filings.plate(), filings.plate()
    filings.filed(built, vehicles=[filings.vehicle(plate=first)])
    filings.filed(built, vehicles=[filings.vehicle(plate=second)])

    torn = filings.filed(built, vehicles=[filings.vehicle(plate=first, second_plate=second)])

    assert torn.filing.disputed
    assert "plate:two_vehicles" in torn.filing.warnings
    case = Case.get(Case.subject == torn.filing.ref)
    assert Notice.select().where(Notice.kind == "case-raised", Notice.subject == case.ref).count() == 1
    assert Vehicle.select().count() == 2


def withdraw(sent):
    for filing in sent.filings:
        withdrawing.withdraw(status.actor(sent), sent.submission.ref, filing.ref, filing.version)


def test_plates_once_typed_as_two_vehicles_are_one_once_both_are_taken_back(db):
    built = units.certified_unit()
    first, second = filings.plate(), filings.plate("macao_cross_border")
    apart = filings.filed(built, vehicles=[filings.vehicle(plate=first), filings.vehicle(plate=second)])
    withdraw(apart)

    car = filings.vehicle(plate=first, second_plate=second, vin="LSVAA49J132047371")
    again = filings.filed(built, same_person(apart.answers, vehicles=[car]))

    assert (again.filing.disputed, again.filing.warnings) == (False, [])
    assert {plate.vehicle_id for plate in Plate.select().where(Plate.ended_at.is_null())} == {again.filing.vehicle_id}


def test_plate_claimed_for_another_car_is_free_once_the_claim_is_taken_back(db):
    built = units.certified_unit()
    plate, foreign = filings.plate(), filings.plate("macao_cross_border")
    owner = filings.filed(built, vehicles=[filings.vehicle(plate=plate)])
    uploads.verify(built, owner.filings)
    second = {"is_owner": "no", "owner_name": "陳嘉敏", "owner_id_tail": "1234"}
    claim = filings.filed(built, vehicles=[filings.vehicle(plate=plate, second_plate=foreign, **second)])
    with pytest.raises(Conflict) as refused:
        filings.filed(built, vehicles=[filings.vehicle(plate=foreign)])
    withdraw(claim)

    true_owner = filings.filed(built, vehicles=[filings.vehicle(plate=foreign)])

    assert refused.value.code == "owner_taken"
    assert true_owner.filing.vehicle_id != owner.filing.vehicle_id
    assert len(registry.vehicles_of([plates.fold(plate), plates.fold(foreign)])) == 2


def test_plates_that_were_in_force_lead_to_their_vehicle_for_ever(db):
    built = units.certified_unit()
    plate, other = filings.plate(), filings.plate("macao_cross_border")
    entry = uploads.listed(built, vehicles=[filings.vehicle(plate=plate, second_plate=other)])
    leaving.withdraw_consent(built.actor, entry.submission_ref)
    assert Entry.get_by_id(entry.id).state == "removed"

    assert filings.filed(built, vehicles=[filings.vehicle(plate=other)]).filing.vehicle_id == entry.vehicle_id


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


def test_refusals_are_recorded_without_values(db):
    built = units.certified_unit()
    given = filings.answers()
    given["person"]["id_number"] = "44040219900101001"
    refusal(filings.draft(built, given))

    act = Act.get(Act.verb == "filing:submit", Act.outcome == "refused")
    assert act.codes == [["person", "wrong_length"]]

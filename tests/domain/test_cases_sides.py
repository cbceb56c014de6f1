"""Opening a case and what its sides do: objections, disputes, answers, evidence, taking back, deadlines."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import cases as made
from tests.builders import delivery, filings, status, units
from webapp import clock, crypto
from webapp.database import transaction
from webapp.domain.audit.models import AuditLine
from webapp.domain.filings import claiming, disputing, objecting, withdrawing
from webapp.domain.filings.models import Draft, Filing
from webapp.domain.jobs.models import Holiday
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.sanctions import cases, cases_deadlines, cases_evidence, cases_queries
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.models import Case, CaseEvidence, CaseParty, CaseStep
from webapp.domain.units import vehicles
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound


def told(kind):
    """(audience, ref) of whoever was told by a notice of this kind."""
    return {(one.audience, one.audience_ref) for one in Notice.select().where(Notice.kind == kind)}


def sides(case):
    return {(one.side, one.kind, one.party_ref) for one in cases_queries.parties(case)}


def test_objection_to_a_refusal(db):
    built = units.certified_unit()
    sent = made.refused(built)

    case = made.objection(sent, "refusal", sent.filing.ref, made.handed())
    delivery.drain(db)

    assert (case.kind, case.topic, case.state) == ("objection", "refusal", "open")
    assert case.contested_account == built.actor.account_id
    assert sides(case) == {
        ("claimant", "submission", sent.submission.ref),
        ("holder", "unit", built.unit.ref),
    }
    assert case.answer_until < case.decide_until
    claimant = cases_queries.parties(case)[0]
    assert cases_evidence.words_of(case, claimant) == made.WORDS
    assert made.WORDS.encode() not in bytes(claimant.words)
    assert told("case-raised") == {("platform", "platform")}
    assert told("case-received") == {("submission", sent.submission.ref)}
    assert told("case-answer-wanted") == {("unit", built.unit.ref)}
    assert [line.object_ref for line in AuditLine.select().where(AuditLine.tag == "case:opened")] == [case.ref]


def test_objection_needs_words_and_consent_for_files(db):
    sent = made.refused(units.certified_unit())
    act = status.actor(sent)
    where = (sent.submission.ref, "refusal", sent.filing.ref)

    with pytest.raises(Invalid) as wordless:
        objecting.object_to(act, *where, "  ", Handed())
    with pytest.raises(Invalid) as unasked:
        objecting.object_to(act, *where, "說明", made.handed(consent=False))
    with pytest.raises(Invalid) as long:
        objecting.object_to(act, *where, "長" * 1001, Handed())
    with pytest.raises(Invalid) as many:
        objecting.object_to(act, *where, "說明", made.handed(files=6))

    assert [(one.value.faults[0].field, one.value.code) for one in (wordless, unasked, long, many)] == [
        ("words", "missing"),
        ("consent_evidence", "consent_needed"),
        ("words", "too_long"),
        ("evidence", "too_many_files"),
    ]
    assert Case.select().count() == CaseEvidence.select().count() == 0


def test_same_thing_is_heard_once(db):
    sent = made.refused(units.certified_unit())
    case = made.objection(sent, "refusal", sent.filing.ref)

    with pytest.raises(Conflict) as twice:
        made.objection(sent, "refusal", sent.filing.ref)
    objecting.withdraw(status.actor(sent), "submission", sent.submission.ref, case.ref)
    again = made.objection(sent, "refusal", sent.filing.ref)
    made.decide(made.officer(), again, "dismiss")
    with pytest.raises(Conflict) as decided:
        made.objection(sent, "refusal", sent.filing.ref)

    assert (twice.value.code, twice.value.params["number"]) == ("case_open", case.number)
    assert (decided.value.code, decided.value.params["number"]) == ("case_decided", again.number)


def test_what_may_be_objected_to(db):
    built = units.certified_unit()
    going, listed, other = filings.filed(built), made.listed(built), made.refused(built)
    entry = made.uploads.entry_of(listed)

    def refused(sent, topic, subject, error=Conflict):
        with pytest.raises(error) as caught:
            made.objection(sent, topic, subject)
        return caught.value.code

    assert refused(going, "refusal", going.filing.ref) == "not_contestable"
    assert refused(listed, "removal", entry.ref) == "not_contestable"
    assert refused(listed, "hold", entry.ref) == "not_contestable"
    assert refused(going, "refusal", other.filing.ref, NotFound) == "not_found"
    assert refused(going, "removal", entry.ref, NotFound) == "not_found"
    made.removed(built, listed, "deceased")
    assert refused(listed, "removal", entry.ref) == "not_contestable"


def test_dispute_from_a_stopped_draft_about_a_sold_car(db):
    sellers, buyers = units.certified_unit(), units.certified_unit()
    car = filings.vehicle()
    seller = made.listed(sellers, vehicles=[car])

    stopped, case = made.dispute(
        buyers, filings.answers(vehicles=[filings.vehicle(plate=car["plate"])], email="buyer@people.example")
    )
    delivery.drain(db)

    assert (case.kind, case.topic, case.ground, case.vehicle_id) == (
        "dispute",
        "plate",
        "owner_taken",
        seller.filing.vehicle_id,
    )
    assert sides(case) == {
        ("claimant", "draft", stopped.ref),
        ("holder", "submission", seller.submission.ref),
        ("holder", "unit", sellers.unit.ref),
    }
    assert told("case-answer-wanted") == {("submission", seller.submission.ref), ("unit", sellers.unit.ref)}
    assert told("case-received") == {("address", stopped.ref)}
    assert told("case-raised") == {("platform", "platform"), ("unit", buyers.unit.ref)}
    assert Draft.get_by_id(stopped.id).expires_at >= case.decide_until
    # The seller's unit and the buyer's learn nothing of each other.
    holder = Notice.get(Notice.kind == "case-answer-wanted", Notice.audience == "unit")
    assert holder.params["number"] == seller.submission.number
    assert Filing.get_by_id(seller.filing.id).disputed is False


def test_dispute_about_an_identity_asks_whoever_filed_under_it(db):
    built = units.certified_unit()
    one = filings.filed(built)
    who = {key: value for key, value in one.answers["person"].items() if key != "confirmed"}
    car = {key: value for key, value in one.answers["vehicles"][0].items() if key != "confirmed"}

    _stopped, case = made.dispute(built, filings.answers(who=who, vehicles=[car]))

    assert (case.topic, case.subject, case.subject_number) == ("identity", one.filing.ref, one.submission.number)
    assert ("holder", "submission", one.submission.ref) in sides(case)


def test_a_draft_that_is_sent_takes_its_case_along(db):
    built = units.certified_unit()
    car = filings.vehicle()
    other = made.listed(built, vehicles=[car])
    stopped, case = made.dispute(built, filings.answers(vehicles=[filings.vehicle(plate=car["plate"])]), made.handed())
    made.removed(built, other)

    sent = filings.send(Draft.get_by_id(stopped.id))

    assert (made.now(case).opened_by, made.now(case).opener_ref) == ("submission", sent.submission.ref)
    mine = CaseParty.get(CaseParty.case == case.id, CaseParty.side == "claimant")
    assert (mine.kind, mine.party_ref, mine.contact) == ("submission", sent.submission.ref, None)
    assert cases_evidence.words_of(case, mine) == "車輛是我的"


def test_filing_disowned_opens_a_case_that_taking_back_ends(db):
    built = units.certified_unit()
    sent = filings.filed(built)

    result = withdrawing.disown(status.actor(sent), sent.submission.ref, sent.filing.ref, 1, "", made.handed())
    case = made.opened(result)
    assert (case.topic, case.ground, status.now(sent).disputed) == ("identity", "disowned", True)

    objecting.withdraw(status.actor(sent), "submission", sent.submission.ref, case.ref)

    assert (made.now(case).state, status.now(sent).disputed) == ("withdrawn", False)
    assert ("unit", built.unit.ref) in told("case-withdrawn")


def test_torn_plates_open_a_case_of_the_system_that_lapses_with_the_filing(db):
    built = units.certified_unit()
    first, second = filings.plate(), filings.plate()
    filings.filed(built, vehicles=[filings.vehicle(plate=first)])
    one = made.listed(built, vehicles=[filings.vehicle(plate=second)])

    torn = filings.filed(built, vehicles=[filings.vehicle(plate=first, second_plate=second)])
    case = Case.get(Case.subject == torn.filing.ref)

    assert (case.topic, case.opened_by, case.ground) == ("vehicle", "system", "plate:two_vehicles")
    assert case.vehicle_id != case.other_vehicle_id
    assert ("claimant", "submission", torn.submission.ref) in sides(case)
    assert ("holder", "submission", one.submission.ref) in sides(case)
    with pytest.raises(NotAllowed):
        objecting.withdraw(status.actor(torn), "submission", torn.submission.ref, case.ref)

    withdrawing.withdraw(status.actor(torn), torn.submission.ref, torn.filing.ref, None)
    assert made.now(case).state == "withdrawn"


def test_unit_claims_a_plate_and_learns_nothing_of_who_holds_it(db):
    built, other = units.certified_unit(), units.certified_unit()
    car = filings.vehicle()
    sent = made.listed(other, vehicles=[car])

    case = made.opened(claiming.claim_plate(built.actor, built.unit.id, car["plate"], "是本單位的車", made.handed()))

    assert (case.topic, case.unit_id, case.subject_number) == ("plate", built.unit.id, "")
    assert ("holder", "submission", sent.submission.ref) in sides(case)
    own = cases_queries.of_unit(built.unit.id, built.unit.ref)
    assert [(one.ref, party.number) for one, party in own] == [(case.ref, case.number)]
    with pytest.raises(Conflict) as free:
        claiming.claim_plate(built.actor, built.unit.id, filings.plate(), "說明", Handed())
    with pytest.raises(Invalid):
        claiming.claim_plate(built.actor, built.unit.id, "?", "說明", Handed())
    assert free.value.code == "nothing_disputed_plate"


def test_plate_of_a_register_is_disputed_with_its_unit(db):
    built, other = units.certified_unit(), units.certified_unit()
    plate = filings.plate()
    vehicles.add(other.actor, other.unit.id, vehicles.NewVehicle(plate, "small"), ())

    _stopped, case = made.dispute(built, filings.answers(vehicles=[filings.vehicle(plate=plate)]))

    assert (case.vehicle_id, case.ground) == (None, "is_unit_vehicle")
    assert ("holder", "unit", other.unit.ref) in sides(case)


def test_other_side_answers_once_and_shows_more(db):
    built = units.certified_unit()
    sent = made.refused(built)
    case = made.objection(sent, "refusal", sent.filing.ref)
    unit = ("unit", built.unit.ref, case.ref)

    with pytest.raises(NotAllowed):
        cases.answer(status.actor(sent), "submission", sent.submission.ref, case.ref, "我", Handed())
    with pytest.raises(Invalid):
        cases.answer(built.actor, *unit, " ", Handed())
    cases.answer(built.actor, *unit, "此人已離職", made.handed())
    with pytest.raises(Conflict) as twice:
        cases.answer(built.actor, *unit, "再說一次", Handed())
    cases.add_evidence(built.actor, *unit, made.handed())
    with pytest.raises(Invalid) as none:
        cases.add_evidence(built.actor, *unit, Handed((), True))
    with pytest.raises(Invalid) as many:
        cases.add_evidence(built.actor, *unit, made.handed(files=4))
    other = units.certified_unit()
    with pytest.raises(NotFound):
        cases.answer(other.actor, "unit", other.unit.ref, case.ref, "我", Handed())

    assert (twice.value.code, none.value.code, many.value.code) == ("case_answered", "file_missing", "too_many_files")
    assert [step.action for step in CaseStep.select().order_by(CaseStep.id)] == ["open", "answer", "add_evidence"]
    assert told("case-answered") == {("platform", "platform")}


def test_nothing_is_done_in_a_closed_case(db):
    built = units.certified_unit()
    sent = made.refused(built)
    case = made.objection(sent, "refusal", sent.filing.ref)
    made.decide(made.officer(), case, "dismiss")

    deeds = (
        lambda: cases.answer(built.actor, "unit", built.unit.ref, case.ref, "答", Handed()),
        lambda: cases.add_evidence(built.actor, "unit", built.unit.ref, case.ref, made.handed()),
        lambda: objecting.withdraw(status.actor(sent), "submission", sent.submission.ref, case.ref),
        lambda: made.decide(made.officer("何嘉欣"), case, "dismiss"),
    )
    for deed in deeds:
        with pytest.raises(Conflict) as refused:
            deed()
        assert refused.value.code == "case_closed"


def test_evidence_is_sealed_and_opening_it_is_recorded(db):
    sent = made.refused(units.certified_unit())
    case = made.objection(sent, "refusal", sent.filing.ref, made.handed())
    (row, file), *_ = cases_queries.evidence(case)

    cases.read_evidence(made.officer(), case.ref, row.ref)
    with pytest.raises(NotFound):
        cases.read_evidence(made.officer(), case.ref, crypto.new_ref())

    assert (file.media_type, row.consented_at is not None) == ("image/png", True)
    assert AuditLine.select().where(AuditLine.tag == "case-evidence:read", AuditLine.object_ref == row.ref).count() == 1


def test_terms_are_working_days_and_holidays_do_not_count(db):
    with transaction():
        for day in (date(2027, 2, 8), date(2027, 2, 9)):
            Holiday.create(day=day, name="春節")
    friday = datetime(2027, 2, 5, 3, 0, tzinfo=UTC)
    with clock.travel(friday - clock.now()):
        sent = made.refused(units.certified_unit())
        case = made.objection(sent, "refusal", sent.filing.ref)

    # Monday 8 and Tuesday 9 are holidays: five working days end with Tuesday 16, fifteen with Tuesday 2 March.
    assert case.answer_until == clock.start_of_day(date(2027, 2, 17))
    assert case.decide_until == clock.start_of_day(date(2027, 3, 3))


def test_undecided_in_time_escalates_once(db):
    sent = made.refused(units.certified_unit())
    late = made.objection(sent, "refusal", sent.filing.ref)
    with clock.travel(late.decide_until - clock.now() - timedelta(minutes=1)):
        assert cases_deadlines.escalate_due() == 0
    with clock.travel(late.decide_until - clock.now()):
        other = made.refused(units.certified_unit())
        fresh = made.objection(other, "refusal", other.filing.ref)
        assert (cases_deadlines.escalate_due(), cases_deadlines.escalate_due()) == (1, 0)
        delivery.drain(db)

    assert made.now(late).overdue_at is not None
    assert told("case-overdue") == {("platform", "platform"), ("submission", sent.submission.ref)}
    assert [one.ref for one in cases_queries.listed("open").rows] == [late.ref, fresh.ref]
    assert [one.ref for one in cases_queries.listed("overdue").rows] == [late.ref]
    assert cases_queries.counts() == {"open": 2, "overdue": 1, "closed": 0}


def test_the_list_turns_its_pages(db, monkeypatch):
    monkeypatch.setattr(cases_queries, "PAGE", 1)
    built = units.certified_unit()
    found = []
    for _ in range(3):
        sent = made.refused(built)
        found.append(made.objection(sent, "refusal", sent.filing.ref))

    seen, place = [], None
    for _ in range(3):
        page = cases_queries.listed("open", "objection", after=place)
        seen += [one.ref for one in page.rows]
        place = page.next and cases_queries.Place.read(str(page.next))

    assert (seen, place) == ([one.ref for one in found], None)
    assert cases_queries.listed("open", "dispute").rows == []


def test_stopped_person_is_told_at_his_proved_phone(db):
    built = units.certified_unit()
    car = filings.vehicle()
    made.listed(built, vehicles=[car])
    stopped, case = made.dispute(built, filings.answers(vehicles=[filings.vehicle(plate=car["plate"])]))
    made.decide(made.officer(), case, "dismiss")
    delivery.drain(db)

    sent = [
        (notice.kind, one.channel)
        for one in Delivery.select().order_by(Delivery.id)
        for notice in [Notice.get_by_id(one.notice_id)]
        if notice.audience == "address" and notice.audience_ref == stopped.ref
    ]
    assert sent == [("case-received", "sms"), ("case-decided", "sms")]


def test_disputing_without_collision_and_twice(db):
    built = units.certified_unit()
    begun = filings.draft(built)
    with pytest.raises(Conflict) as nothing:
        disputing.dispute(filings.filer(begun), begun.ref, "說明", Handed())
    with pytest.raises(NotFound):
        disputing.dispute(filings.filer(begun), crypto.new_ref(), "說明", Handed())
    car = filings.vehicle()
    made.listed(built, vehicles=[car])
    stopped, _case = made.dispute(built, filings.answers(vehicles=[filings.vehicle(plate=car["plate"])]))
    with pytest.raises(Conflict) as twice:
        disputing.dispute(filings.filer(stopped), stopped.ref, "說明", Handed())
    with pytest.raises(Invalid) as wordless:
        disputing.dispute(filings.filer(stopped), stopped.ref, "", Handed())

    assert (nothing.value.code, twice.value.code, wordless.value.code) == ("nothing_disputed", "case_open", "missing")

"""Deciding: on what it must rest, and what an upheld case changes. Every remedy in its exits."""

import pytest

from tests.builders import accounts, delivery, filings, sanctions, status, units, uploads
from tests.builders import cases as made
from tests.domain.world import rules
from webapp import clock, crypto
from webapp.database import transaction
from webapp.domain.audit.acts import action
from webapp.domain.audit.models import AuditLine
from webapp.domain.closings import cases as deciding
from webapp.domain.closings import sanction_ending
from webapp.domain.filings import claiming, following, withdrawing
from webapp.domain.filings.models import Draft, Filing
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import holds
from webapp.domain.passlist.models import DriverSlot, Entry, EntryStep
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Plate, Vehicle
from webapp.domain.sanctions import cases, cases_opening, cases_queries
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.sanctions.models import Case
from webapp.domain.units import deciding as unit_deciding
from webapp.domain.units import vehicles
from webapp.domain.units.queries import by_id
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound


def waited(case):
    """The moment at which the other side's term is over."""
    return clock.travel(case.answer_until - clock.now())


def uphold(case, remedy="", by=None):
    """Upheld once the other side was silent long enough."""
    judge = by or made.officer()
    with waited(made.now(case)):
        return made.decide(judge, case, remedy=remedy)


def refusal(built=None):
    built = built or units.certified_unit()
    sent = made.refused(built)
    return built, sent, made.objection(sent, "refusal", sent.filing.ref)


# What a decision rests on ---------------------------------------------------------------------------------------


def test_decision_needs_choice_reason_and_words(db):
    _built, _sent, case = refusal()
    judge = made.officer()

    def faults(*args, **changes):
        with pytest.raises(Invalid) as refused:
            made.decide(judge, case, *args, **changes)
        return [(one.field, one.code) for one in refused.value.faults]

    assert faults("perhaps") == [("decision", "missing")]
    assert faults("dismiss", reasons=[]) == [("reason", "case_reason_needed")]
    assert faults("dismiss", "case:records_confirm") == [("reason", "case_reason_needed")]
    assert faults("dismiss", words="  ") == [("words", "missing")]
    assert faults("dismiss", words="長" * 1001) == [("words", "too_long")]
    assert made.now(case).state == "open"


def test_decision_is_about_the_case_as_it_is(db):
    _built, _sent, case = refusal()
    judge = made.officer()

    with pytest.raises(Conflict) as stale:
        made.decide(judge, case, "dismiss", version=made.now(case).version - 1)
    with pytest.raises(Conflict) as nothing:
        made.decide(judge, case, "dismiss", version=None)
    with pytest.raises(NotFound):
        deciding.decide(judge, crypto.new_ref(), "dismiss", ["case:no_evidence"], "", "說明", 1)

    assert (stale.value.code, nothing.value.code) == ("stale", "stale")


def test_other_side_is_heard_first(db):
    built, _sent, case = refusal()
    judge = made.officer()
    with pytest.raises(Conflict) as early:
        made.decide(judge, case)
    cases.answer(built.actor, "unit", built.unit.ref, case.ref, "他已離職", Handed())

    assert early.value.code == "answer_awaited"
    assert made.decide(judge, case, "uphold", "case:act_unfounded")["state"] == "upheld"


def test_silence_decides_only_beside_evidence(db):
    _built, sent, case = refusal()
    other = refusal()[2]
    judge = made.officer()
    cases.add_evidence(status.actor(sent), "submission", sent.submission.ref, case.ref, made.handed())

    with pytest.raises(Invalid) as early:
        made.decide(judge, case, "uphold", "case:holder_silent")
    with waited(made.now(other)):
        with pytest.raises(Invalid) as bare:
            made.decide(judge, other, "uphold", "case:holder_silent")
        assert made.decide(judge, case, "uphold", "case:holder_silent")["state"] == "upheld"

    assert (early.value.code, bare.value.code) == ("silence_needs_evidence", "silence_needs_evidence")


def test_whoever_did_it_does_not_judge_it_where_another_can(db):
    built, _sent, case = refusal()
    himself = accounts.platform_staff("platform_officer")
    with transaction():
        Case.update(contested_account=himself.id).where(Case.id == case.id).execute()

    assert made.decide(accounts.actor_of(himself), case, "dismiss")["state"] == "dismissed"

    second = refusal(built)[2]
    with transaction():
        Case.update(contested_account=himself.id).where(Case.id == second.id).execute()
    another = made.officer("何嘉欣")
    with pytest.raises(NotAllowed) as refused:
        made.decide(accounts.actor_of(himself), second, "dismiss")
    assert refused.value.code == "decided_it_yourself"
    assert made.decide(another, second, "dismiss")["state"] == "dismissed"


def test_everybody_learns_the_decision_and_its_words_are_sealed(db):
    built, sent, case = refusal()
    made.decide(made.officer(), case, "dismiss")
    delivery.drain(db)

    told = {
        (one.audience, one.audience_ref): one.params for one in Notice.select().where(Notice.kind == "case-decided")
    }
    assert set(told) == {
        ("platform", "platform"),
        ("unit", built.unit.ref),
        ("submission", sent.submission.ref),
    }
    assert told["submission", sent.submission.ref] == {
        "number": sent.submission.number,
        "case": case.number,
        "decision": "dismissed",
    }
    decided = made.now(case)
    assert decided.reasons == ["case:no_evidence"]
    assert (cases_queries.decision_words(decided), "已核對記錄".encode() in bytes(decided.words)) == (
        "已核對記錄",
        False,
    )
    assert AuditLine.select().where(AuditLine.tag == "case:dismissed", AuditLine.object_ref == case.ref).count() == 1


# Objections -----------------------------------------------------------------------------------------------------


def test_upheld_refusal_is_before_the_unit_again(db):
    built, sent, case = refusal()

    assert uphold(case)["outcome"] == ["done:reopen"]

    old, new = Filing.select().where(Filing.submission == sent.submission.id).order_by(Filing.id)
    assert (old.state, new.state, new.disputed) == ("refused", "submitted", False)
    assert (new.answers_id, new.pledge_id, new.position) == (old.answers_id, old.pledge_id, old.position)
    uploads.uploaded(built, uploads.verify(built, [new]))
    told = following.journeys(sent.submission)
    assert [one.entry is not None for one in told] == [False, True]


def test_upheld_refusal_says_what_stands_in_the_way(db):
    built, sent, case = refusal()
    again = filings.filed(
        built,
        who={key: value for key, value in sent.answers["person"].items() if key != "confirmed"},
        vehicles=[{key: value for key, value in sent.answers["vehicles"][0].items() if key != "confirmed"}],
        phone=sent.answers["contact"]["phone"],
    )
    _other, _sent, closed = refusal()
    suspended = by_id(_other.unit.id)
    unit_deciding.suspend(made.officer(), suspended.id, [], "查核", suspended.version)

    assert uphold(case)["outcome"] == ["not:already_in_motion"]
    assert uphold(closed)["outcome"] == ["not:unit_closed"]
    assert status.now(again).state == "submitted"


def test_upheld_removal_makes_the_entry_anew(db):
    built = units.certified_unit()
    sent = made.listed(built)
    entry = made.removed(built, sent)
    case = made.objection(sent, "removal", entry.ref)

    assert uphold(case)["outcome"] == ["done:relist"]
    with waited(case):
        delivery.drain(db)

    new = uploads.entry_of(sent)
    assert (new.id != entry.id, new.state, Entry.get_by_id(entry.id).state) == (True, "listed", "removed")
    assert DriverSlot.get(DriverSlot.id == new.slot_id).slot == "owner"
    assert Notice.select().where(Notice.kind == "entry-listed", Notice.audience_ref == sent.submission.ref).count() == 2
    journey = following.journeys(sent.submission)[0]
    assert (journey.entry.id, [step.change for step in journey.entry_steps]) == (
        new.id,
        ["listed", "removed", "listed"],
    )


def test_upheld_removal_says_why_the_entry_does_not_come_back(db):
    built, other = units.certified_unit(), units.certified_unit()
    car = filings.vehicle()
    sold, gone, back = made.listed(built, vehicles=[car]), made.listed(other), made.listed(built)
    cases_ = {}
    for name, unit, sent in (("sold", built, sold), ("gone", other, gone), ("back", built, back)):
        entry = made.removed(unit, sent)
        cases_[name] = made.objection(sent, "removal", entry.ref)
    made.listed(built, vehicles=[filings.vehicle(plate=car["plate"])])
    made.listed(
        built,
        who={key: value for key, value in back.answers["person"].items() if key != "confirmed"},
        vehicles=[{key: value for key, value in back.answers["vehicles"][0].items() if key != "confirmed"}],
        phone=back.answers["contact"]["phone"],
    )
    suspended = by_id(other.unit.id)
    unit_deciding.suspend(made.officer(), suspended.id, [], "查核", suspended.version)

    assert {name: uphold(case)["outcome"] for name, case in cases_.items()} == {
        "sold": ["not:slot_taken"],
        "gone": ["not:unit_closed"],
        "back": ["not:already_listed"],
    }


@action("test:hold")
def hold(act, entry_id, kind):
    holds.hold(act, [entry_id], kind, None)
    return {}


def test_upheld_hold_is_released(db):
    built = units.certified_unit()
    sent = made.listed(built)
    entry = uploads.entry_of(sent)
    hold(built.actor, entry.id, "not_confirmed")
    case = made.objection(sent, "hold", entry.ref)

    assert (case.ground, uphold(case)["outcome"]) == ("not_confirmed", ["done:release"])
    assert Entry.get_by_id(entry.id).state == "listed"


def test_hold_that_is_over_or_waits_for_an_owner_stays(db):
    built = units.certified_unit()
    mine, other = uploads.owner_and_second()
    owner = made.listed(built, vehicles=[mine])
    second = uploads.second_filed(built, other)
    uploads.uploaded(built, uploads.verified(built, second))
    made.removed(built, owner)
    entry = uploads.entry_of(second)
    case = made.objection(second, "hold", entry.ref)
    assert (case.ground, uphold(case)["outcome"]) == ("owner_missing", ["not:owner_not_listed"])

    sent = made.listed(built)
    over = uploads.entry_of(sent)
    hold(built.actor, over.id, "not_confirmed")
    late = made.objection(sent, "hold", over.ref)
    made.removed(built, sent)
    assert uphold(late)["outcome"] == ["not:hold_over"]


def test_upheld_objection_to_a_sanction_proposes_to_strike_it(db):
    built = units.certified_unit()
    sent, stranger = made.listed(built), made.listed(built)
    first, second = sanctions.officers()
    sanction = sanctions.confirmed(first, second, **sanctions.of_person(sent.answers))
    entry = uploads.entry_of(sent)
    with pytest.raises(Conflict) as removal:
        made.objection(sent, "removal", entry.ref)
    with pytest.raises(NotFound):
        made.objection(stranger, "sanction", sanction.ref)

    case = made.objection(sent, "sanction", sanction.ref)

    assert (removal.value.code, case.answer_until, case.ground) == ("not_contestable", None, sanction.number)
    with pytest.raises(NotAllowed) as own:
        made.decide(second, case)
    assert own.value.code == "decided_it_yourself"
    assert made.decide(first, case)["outcome"] == ["done:strike_proposed"]
    sanction_ending.strike(second, sanctions.which(sanction))
    assert uploads.entry_of(sent).state == "listed"


def test_sanction_that_is_over_is_not_struck(db):
    built = units.certified_unit()
    sent = made.listed(built)
    first, second = sanctions.officers()
    sanction = sanctions.confirmed(first, second, **sanctions.of_person(sent.answers))
    case = made.objection(sent, "sanction", sanction.ref)
    sanction_ending.repair(first, sanctions.which(sanction), clock.today().isoformat(), "已修復")

    assert made.decide(first, case)["outcome"] == ["not:sanction_over"]


# Disputes -------------------------------------------------------------------------------------------------------


def sold_car():
    sellers, buyers = units.certified_unit(), units.certified_unit()
    car = filings.vehicle()
    seller = made.listed(sellers, vehicles=[car])
    given = filings.answers(vehicles=[filings.vehicle(plate=car["plate"])])
    stopped, case = made.dispute(buyers, given, made.handed())
    return sellers, buyers, seller, stopped, case


def test_sold_car_passes_to_its_buyer(db):
    _sellers, buyers, seller, stopped, case = sold_car()
    with waited(made.now(case)), pytest.raises(Invalid) as unchosen:
        made.decide(made.officer(), case)
    assert (unchosen.value.faults[0].field, unchosen.value.code) == ("remedy", "choose")

    assert uphold(case, "end_sold")["outcome"] == ["done:ended_entries"]
    delivery.drain(db)

    ended = uploads.entry_of(seller)
    assert (ended.state, ended.cause) == ("removed", "basis_ended")
    bought = filings.send(Draft.get_by_id(stopped.id))
    uploads.uploaded(buyers, uploads.verified(buyers, bought))
    assert uploads.entry_of(bought).state == "listed"


def test_dismissed_dispute_changes_nothing(db):
    _sellers, _buyers, seller, stopped, case = sold_car()

    assert made.decide(made.officer(), case, "dismiss")["outcome"] == []

    assert uploads.entry_of(seller).state == "listed"
    assert Draft.get_by_id(stopped.id).expires_at > clock.now()


def test_wrongly_claimed_plate_is_freed_of_its_holder_and_register(db):
    built, other = units.certified_unit(), units.certified_unit()
    plate = filings.plate()
    vehicles.add(other.actor, other.unit.id, vehicles.NewVehicle(plate, "small"), ())
    case = made.opened(claiming.claim_plate(built.actor, built.unit.id, plate, "是本單位的車", made.handed()))
    again = made.opened(
        claiming.claim_plate(units.certified_unit().actor, units.certified_unit().unit.id, plate, "我的", Handed())
    )

    assert uphold(case, "end_wrong")["outcome"] == ["done:ended_register"]
    assert vehicles.found(other.unit.id, plate) == []
    assert uphold(again, "end_wrong")["outcome"] == ["not:nothing_left"]


def test_identity_that_was_not_me_ends_and_its_phone_is_freed(db):
    built = units.certified_unit()
    false = made.listed(built, phone="13900139777")
    person = false.submission.person_id
    who = {key: value for key, value in false.answers["person"].items() if key != "confirmed"}
    car = {key: value for key, value in false.answers["vehicles"][0].items() if key != "confirmed"}
    _stopped, case = made.dispute(built, filings.answers(who=who, vehicles=[car]), made.handed())
    assert case.ground == "cannot_accept"

    assert uphold(case)["outcome"] == ["done:ended_entries", "done:phone_freed"]

    entry = uploads.entry_of(false)
    assert (entry.state, entry.cause, registry.phone_on_file(person)) == ("removed", "entered_in_error", None)


def test_disowned_filing_is_closed_when_upheld_and_goes_on_when_not(db):
    built = units.certified_unit()
    mine, other = filings.filed(built), filings.filed(built)
    judge = made.officer()
    opened = {}
    for sent in (mine, other):
        result = withdrawing.disown(status.actor(sent), sent.submission.ref, sent.filing.ref, 1)
        opened[sent.filing.ref] = made.opened(result)

    assert uphold(opened[mine.filing.ref], by=judge)["outcome"] == ["done:ended_filings", "done:phone_freed"]
    assert made.decide(judge, opened[other.filing.ref], "dismiss")["outcome"] == ["done:goes_on"]

    assert (status.now(mine).state, status.now(mine).reasons) == ("closed", ["case:upheld"])
    assert (status.now(other).state, status.now(other).disputed) == ("submitted", False)


# Two vehicles ---------------------------------------------------------------------------------------------------


def torn(built, *, other_listed=False, same_person=False):
    """A filing whose plates lead to two vehicles, the lower of which nobody is listed on, and its case."""
    first, second = filings.plate(), filings.plate()
    given = filings.answers(vehicles=[filings.vehicle(plate=first)])
    lower = filings.filed(built, given)
    bring = made.listed if other_listed else filings.filed
    upper = bring(built, vehicles=[filings.vehicle(plate=second)])
    choices = {}
    sent = filings.filed(
        built if not same_person else units.certified_unit(),
        vehicles=[filings.vehicle(plate=first, second_plate=second)],
        **choices,
    )
    return lower, upper, sent, Case.get(Case.subject == sent.filing.ref)


def test_two_vehicles_that_are_one_are_merged(db):
    built = units.certified_unit()
    _lower, upper, sent, case = torn(built, other_listed=True)
    gone = upper.filing.vehicle_id

    assert uphold(case, "merge")["outcome"] == ["done:merge", "done:goes_on"]

    entry, filing = uploads.entry_of(upper), status.now(sent)
    assert (entry.vehicle_id, entry.state, filing.vehicle_id) == (case.vehicle_id, "listed", case.vehicle_id)
    assert (filing.disputed, filing.warnings) == (False, [])
    told = EntryStep.select(EntryStep.change).where(EntryStep.entry == entry.id).order_by(EntryStep.id.desc())
    assert told.limit(1).scalar() == "replated"  # gates knew the car by the vehicle that is no more
    assert rules.broken() == []  # and the record tells of that step as of any other
    assert Plate.select().where(Plate.vehicle == gone, Plate.ended_at.is_null()).count() == 0
    assert DriverSlot.get(DriverSlot.id == entry.slot_id).vehicle_id == case.vehicle_id
    assert {row.vehicle_id for row in Filing.select()} == {case.vehicle_id}


def test_merge_that_would_seat_too_many_is_refused_naming_them(db):
    built = units.certified_unit()
    lower, upper, _sent, case = torn(built, other_listed=True)
    uploads.uploaded(built, uploads.verified(built, lower))

    with pytest.raises(Conflict) as surplus:
        uphold(case, "merge")

    assert surplus.value.code == "merge_surplus"
    assert set(surplus.value.params["numbers"].split("、")) == {lower.submission.number, upper.submission.number}
    assert (made.now(case).state, Vehicle.select().count()) == ("open", 2)


def test_same_owner_on_both_halves_stands_once_after_the_merge(db):
    built, other = units.certified_unit(), units.certified_unit()
    first, second = filings.plate(), filings.plate()
    given = filings.answers(vehicles=[filings.vehicle(plate=first)])
    who = {key: value for key, value in given["person"].items() if key != "confirmed"}
    phone = given["contact"]["phone"]
    half = made.listed(built, given=given)
    double = made.listed(built, who=who, phone=phone, vehicles=[filings.vehicle(plate=second)])
    elsewhere = made.listed(other, who=who, phone=phone, vehicles=[filings.vehicle(plate=second)])
    mine, seconds = uploads.owner_and_second(second)
    assert mine["plate"] == second
    driver = uploads.second_filed(other, seconds)
    uploads.uploaded(other, uploads.verified(other, driver))
    sent = filings.filed(
        units.certified_unit(), who=who, phone=phone, vehicles=[filings.vehicle(plate=first, second_plate=second)]
    )
    case = Case.get(Case.subject == sent.filing.ref)
    keep = case.vehicle_id

    outcome = uphold(case, "merge")["outcome"]

    assert outcome == ["done:merge", "done:goes_on"]
    states = [uploads.entry_of(one) for one in (half, double, elsewhere, driver)]
    assert [(one.state, one.cause) for one in states] == [
        ("listed", None),
        ("removed", "superseded"),
        ("listed", None),
        ("listed", None),
    ]
    assert {one.vehicle_id for one in states} == {keep}
    slots = {(one.slot, one.person_id, one.in_force) for one in DriverSlot.select().where(DriverSlot.vehicle == keep)}
    assert slots == {
        ("owner", half.submission.person_id, True),
        ("second", driver.submission.person_id, True),
    }
    assert DriverSlot.select().count() == 2


def test_two_vehicles_are_separated_where_nobody_stands_on_the_other(db):
    built = units.certified_unit()
    _lower, upper, sent, case = torn(built)

    assert uphold(case, "separate")["outcome"] == ["done:separate", "done:goes_on"]

    assert status.now(sent).disputed is False
    assert Plate.select().where(Plate.vehicle == case.vehicle_id, Plate.ended_at.is_null()).count() == 2
    assert Plate.select().where(Plate.vehicle == upper.filing.vehicle_id, Plate.ended_at.is_null()).count() == 0


def test_plates_in_use_are_not_taken_and_the_filing_ends_when_dismissed(db):
    built = units.certified_unit()
    _lower, upper, sent, case = torn(built, other_listed=True)

    with pytest.raises(Conflict) as used:
        uphold(case, "separate")
    assert (used.value.code, used.value.params) == ("separate_in_use", {"numbers": upper.submission.number})

    assert made.decide(made.officer(), case, "dismiss")["outcome"] == ["done:closed"]
    assert (status.now(sent).state, status.now(sent).reasons) == ("closed", ["case:dismissed"])
    assert uploads.entry_of(upper).state == "listed"


def test_three_vehicles_take_two_looks(db):
    built = units.certified_unit()
    plates = [filings.plate(), filings.plate("macao_cross_border"), filings.plate("macao")]
    for plate in plates:
        filings.filed(built, vehicles=[filings.vehicle(plate=plate)])
    sent = filings.filed(
        built, vehicles=[filings.vehicle(plate=plates[0], second_plate=plates[1], third_plate=plates[2])]
    )
    case = Case.get(Case.subject == sent.filing.ref)
    judge = made.officer()

    assert uphold(case, "merge", judge)["outcome"] == ["done:merge", "not:another_vehicle"]
    again = Case.get(Case.subject == sent.filing.ref, Case.state == "open")
    assert (status.now(sent).disputed, uphold(again, "merge", judge)["outcome"]) == (
        True,
        ["done:merge", "done:goes_on"],
    )


def test_unit_that_confirmed_nobody_is_reminded_and_no_entry_touched(db):
    built = units.certified_unit()
    entry = uploads.entry_of(made.listed(built))

    @action("test:unconfirmed")
    def unconfirmed(act):
        case = cases_opening.against_unit(act, built.unit)
        return {"case": case.ref}

    case = made.opened(unconfirmed(made.officer()))
    assert (case.topic, case.opened_by, case.unit_id) == ("unconfirmed", "system", built.unit.id)
    assert uphold(case)["outcome"] == ["done:remind"]
    assert Entry.get_by_id(entry.id).state == "listed"

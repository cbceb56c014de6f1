"""What an upheld objection or dispute brings about."""

import pytest

from tests.builders import cases as made
from tests.builders import delivery, filings, sanctions, status, units, uploads
from tests.builders.cases import refusal, uphold, waited
from webapp import clock
from webapp.domain.audit.acts import action
from webapp.domain.audit.models import AuditLine
from webapp.domain.closings import sanction_ending
from webapp.domain.filings import claiming, following, withdrawing
from webapp.domain.filings.models import Draft, Filing
from webapp.domain.notices.models import Notice
from webapp.domain.passlist import holds
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.registry import queries as registry
from webapp.domain.sanctions.cases_evidence import Handed
from webapp.domain.units import deciding as unit_deciding
from webapp.domain.units import vehicles
from webapp.domain.units.queries import by_id
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound

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
    assert AuditLine.select().where(AuditLine.tag == "register-vehicle:ended").count() == 1
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

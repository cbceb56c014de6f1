"""A lost phone at the counter, and two documents of one person."""

from datetime import timedelta

import peewee
import pytest

from tests.builders.changing import again, change, in_force, send
from tests.builders.filings import answers, draft, filed, id_number, person, proved, vehicle
from tests.builders.filings import send as send_draft
from tests.builders.status import actor, newest_code, now, tail
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, owner_and_second, second_filed, uploaded, verified
from webapp import clock
from webapp.database import transaction
from webapp.domain.filings import (
    changing,
    following,
    identities,
    invitations,
    inviting,
    leaving,
    queries,
    releasing,
    replacing_phones,
    withdrawing,
)
from webapp.domain.filings.models import Submission
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.passlist import removals
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers, Consent, NameToken, Person, PersonDocument, PersonPhone
from webapp.errors import Conflict, Invalid, NotFound

NEW = "+85362345678"


def listed(built, **choices):
    sent = filed(built, **choices)
    uploaded(built, verified(built, sent))
    return sent


def replaced(built, sent):
    return replacing_phones.replace(built.actor, built.unit.id, sent.submission.ref, NEW)


# Phone -----------------------------------------------------------------------------------------------------------


def test_new_phone_is_on_file_and_old_links_end(db):
    built = certified_unit()
    sent = listed(built)
    token = sent.token

    replaced(built, sent)

    after = again(sent)
    assert following.phone(after) == following.phone_on_file(after) == NEW
    assert queries.submission_by_token(token) is None
    assert Notice.select().where(Notice.kind == "phone-changed").count() == 1
    assert Delivery.select().where(Delivery.channel == "sms").count() >= 2
    assert PersonPhone.select().where(PersonPhone.ended_at.is_null()).count() == 1


def test_other_submissions_with_the_lost_phone_follow(db):
    built, other = certified_unit(), certified_unit()
    sent = listed(built)
    more = listed(other, who=sent.answers["person"], phone=sent.answers["contact"]["phone"], email="a@b.example")

    replaced(built, sent)

    assert following.phone(again(more)) == NEW
    assert registry.answers(again(more).answers_id)["contact"]["email"] == "a@b.example"
    assert registry.answers(entry_of(more).answers_id)["contact"]["phone"] == NEW


GUARDED = {
    "removal": lambda sent: removals.request_removal(actor(sent), sent.submission.ref, entry_of(sent).ref),
    "leaving": lambda sent: leaving.leave(actor(sent), sent.submission.ref),
    "consent": lambda sent: leaving.withdraw_consent(actor(sent), sent.submission.ref),
    "export": lambda sent: following.check_export(again(sent)),
    "move": lambda sent: changing.begin_move(again(sent), certified_unit().unit, [entry_of(sent).ref]),
}


def test_a_guard_is_not_shaken_off_by_changing_the_number_once_more(db):
    built = certified_unit()
    sent = listed(built)
    replaced(built, sent)

    send(change(sent, contact={"phone_region": "853", "phone": "62345670"}))

    assert following.phone_on_file(again(sent)) == "+85362345670"
    with pytest.raises(Conflict) as refused:
        leaving.withdraw_consent(actor(sent), sent.submission.ref)
    assert refused.value.code == "phone_new"


def test_the_second_driver_is_not_let_go_for_a_day(db):
    built = certified_unit()
    mine, others = owner_and_second()
    owner, second = listed(built, vehicles=[mine]), second_filed(built, others)
    uploaded(built, verified(built, second))
    replaced(built, owner)

    with pytest.raises(Conflict) as refused:
        releasing.release(actor(owner), owner.submission.ref, owner.filing.ref)

    assert (refused.value.code, entry_of(second).state) == ("phone_new", "listed")


@pytest.mark.parametrize("deed", GUARDED)
def test_nothing_is_removed_or_exported_for_a_day(db, monkeypatch, deed):
    built = certified_unit()
    sent = listed(built)
    replaced(built, sent)

    with pytest.raises(Conflict) as refused:
        GUARDED[deed](sent)
    assert refused.value.code == "phone_new"

    later = clock.now() + timedelta(hours=24, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    GUARDED[deed](sent)


def test_what_is_on_its_way_is_not_withdrawn_for_a_day(db):
    built = certified_unit()
    sent = filed(built)
    replaced(built, sent)

    with pytest.raises(Conflict) as refused:
        withdrawing.withdraw(actor(sent), sent.submission.ref, sent.filing.ref, None)

    assert refused.value.code == "phone_new"
    assert now(sent).state == "submitted"


def test_own_change_of_phone_is_not_guarded(db):
    built = certified_unit()
    sent = listed(built)

    send(change(sent, contact={"phone_region": "853", "phone": "62345678"}))

    following.check_export(again(sent))
    assert following.phone_on_file(again(sent)) == NEW


@pytest.mark.parametrize(
    ("region", "number", "end", "field"),
    [
        ("", "62345678", None, "phone_region"),
        ("853", "1", None, "phone"),
        ("853", "62345678", "0000", "id_tail"),
    ],
)
def test_what_is_wrong_at_the_counter_is_said(db, region, number, end, field):
    built = certified_unit()
    sent = listed(built)

    with pytest.raises(Invalid) as refused:
        replacing_phones.ask(
            built.actor, built.unit.id, sent.submission.ref, region, number, end or tail(sent), "zh_Hant_MO"
        )

    assert refused.value.faults[0].field == field


def test_code_goes_to_the_new_phone(db):
    built = certified_unit()
    sent = listed(built)

    ref = replacing_phones.ask(
        built.actor, built.unit.id, sent.submission.ref, "853", "62345678", tail(sent), "zh_Hant_MO"
    )

    kept = replacing_phones.asked(built.unit.id, sent.submission.ref, ref)
    assert kept["phone"] == NEW
    assert newest_code()


def test_phone_of_five_takes_no_sixth(db):
    built = certified_unit()
    for _ in range(5):
        filed(built, phone="13800000001")
    sent = listed(built)

    with pytest.raises(Invalid) as refused:
        replacing_phones.replace(built.actor, built.unit.id, sent.submission.ref, "+8613800000001")

    assert refused.value.code == "phone_full"


def test_people_of_other_units_are_not_found(db):
    sent, other = listed(certified_unit()), certified_unit()

    with pytest.raises(NotFound):
        replaced(other, sent)


def test_a_unit_that_has_no_more_of_a_person_sets_no_phone_and_links_nobody(db):
    here, there = certified_unit(), certified_unit()
    gone, helper = filed(there), listed(there)
    withdrawing.withdraw(actor(gone), gone.submission.ref, gone.filing.ref, now(gone).version)
    assert replaced(there, gone)  # he has nothing anywhere: the unit that knows him helps
    phone = following.phone(again(gone)).removeprefix("+853")
    who = {name: value for name, value in gone.answers["person"].items() if name != "confirmed"}
    given = answers(who=who)
    given["contact"] |= {"phone_region": "853", "phone": phone}
    mine = send_draft(draft(here, proved(given)))
    uploaded(here, verified(here, mine))

    with pytest.raises(NotFound):
        replacing_phones.opened(there.actor, there.unit.id, gone.submission.ref)
    with pytest.raises(NotFound):
        replacing_phones.replace(there.actor, there.unit.id, gone.submission.ref, "+85362345679")
    with pytest.raises(NotFound):
        identities.link(there.actor, there.unit.id, gone.submission.ref, helper.submission.ref)


# Documents -------------------------------------------------------------------------------------------------------


def two_records(built):
    """One human by an old and by a new passport: (first, second)."""
    return listed(built, who=person("passport")), listed(built, who=person("passport", id_number=id_number("passport")))


def test_two_documents_become_one_person(db):
    built = certified_unit()
    first, second = two_records(built)

    identities.link(built.actor, built.unit.id, second.submission.ref, first.submission.ref)

    assert {row.person_id for row in PersonDocument.select()} == {first.submission.person_id}
    assert {entry.person_id for entry in Entry.select()} == {first.submission.person_id}
    assert len(in_force(first)) == 2
    assert PersonPhone.select().where(PersonPhone.ended_at.is_null()).count() == 1
    assert Person.select().count() == 2  # the record of the second document stands empty
    assert {row.person_id for model in (Answers, Consent, NameToken) for row in model.select()} == {
        first.submission.person_id
    }


def test_what_was_signed_stays_with_whom_a_document_leads_to(db):
    signed = listed(certified_unit())
    elsewhere = Person.create(ref="nobody", created_at=clock.now())

    with pytest.raises(peewee.IntegrityError), transaction():
        Answers.update(person=elsewhere.id).where(Answers.person == signed.submission.person_id).execute()


def test_an_owner_beside_the_owner_is_so_by_both_his_documents(db):
    here, there = certified_unit(), certified_unit()
    owner, older = listed(here), listed(there, who=person("passport"))
    typed = invitations.prefilled(
        inviting.invite(actor(owner), owner.submission.ref, owner.filing.ref, joint=True)["invitation"]
    )
    joint = send_draft(draft(there, answers(who=person("passport")) | typed))
    uploaded(there, verified(there, joint))

    identities.link(there.actor, there.unit.id, joint.submission.ref, older.submission.ref)
    gone = entry_of(owner)
    removals.remove(here.actor, here.unit.id, Chosen(rows=((gone.ref, gone.version),)), "left_unit")

    entry = entry_of(joint)
    assert (entry.state, DriverSlot.get_by_id(entry.slot_id).slot) == ("listed", "owner")


def test_same_car_twice_is_surplus(db):
    built = certified_unit()
    first = listed(built)
    car = first.answers["vehicles"][0]["plate"]
    second = filed(built, vehicles=[vehicle(plate=car, is_owner="no", owner_name="容家豪", owner_id_tail=tail(first))])

    with pytest.raises(Conflict) as refused:
        identities.link(built.actor, built.unit.id, second.submission.ref, first.submission.ref)

    assert refused.value.code == "linked_twice"


def test_one_person_is_not_linked_again(db):
    built = certified_unit()
    first, second = two_records(built)
    identities.link(built.actor, built.unit.id, second.submission.ref, first.submission.ref)

    with pytest.raises(Conflict) as refused:
        identities.link(built.actor, built.unit.id, second.submission.ref, first.submission.ref)

    assert refused.value.code == "same_person_already"


def test_other_filing_is_named_by_its_number(db):
    built, elsewhere = certified_unit(), certified_unit()
    first, second = two_records(built)
    foreign = listed(elsewhere)

    assert identities.named(
        built.unit.id, first.submission, f" {second.submission.number.lower()}"
    ) == Submission.get_by_id(second.submission.id)
    for number, code in (
        (foreign.submission.number, "not_of_this_unit"),
        ("HQ-1", "not_of_this_unit"),
        ("", "missing"),
    ):
        with pytest.raises(Invalid) as refused:
            identities.named(built.unit.id, first.submission, number)
        assert refused.value.code == code

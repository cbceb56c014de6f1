"""Changes of what is listed: what each item needs, and from the page to the list."""

import pytest

from tests.builders.changing import change, filings_of, in_force, listed, send, upload, upload_fallen
from tests.builders.filings import eighteen, filed, id_number, person, plate, vehicle
from tests.builders.filings import send as submit
from tests.builders.status import couple
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, say_yes, uploaded, verified, verify
from webapp.domain.filings import changes, changing, drafts, leaving
from webapp.domain.filings.items import ITEMS
from webapp.domain.filings.models import Draft, Filing
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Person, PersonDocument, Vehicle
from webapp.domain.units import vehicles
from webapp.domain.units.vehicles import NewVehicle
from webapp.errors import Conflict, Invalid
from webapp.values import plates

NEEDS = {
    "id_type": "pledge", "id_country": "pledge", "id_number": "pledge", "full_name": "pledge", "latin_name": "pledge",
    "id_expiry": "verify", "id_long_term": "verify", "birth_date": "verify",
    "phone": "at_once", "email": "at_once", "language": "at_once",
    "unit_relation": "pledge", "staff_number": "verify", "address": "verify", "residence_permit_number": "verify",
    "residence_permit_expiry": "verify",
    "licence_number": "verify", "licence_class": "verify", "licence_expiry": "verify", "licence_long_term": "verify",
    "vehicle_use": "pledge", "unit_assigns": "pledge", "plates": "pledge", "is_owner": "pledge",
    "owner_name": "pledge", "owner_id_tail": "pledge",
    "joint_owner": "pledge", "size_class": "verify", "brand_model": "verify",
    "vin": "verify", "colour": "at_once",
}  # fmt: skip


def declared(**changed):
    """A declaration with one value in every item, `changed` in some."""
    said = {block: dict.fromkeys(table, "a") for block, table in changes.NEEDS.items()}
    said["person"] |= {"id_type": "passport", "id_country": "PT", "id_number": "E10000001"}
    for item, value in changed.items():
        said[changes.block_of(item)][item] = value
    return said


# The table -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("item", "need"), NEEDS.items())
def test_each_item_needs_what_the_rule_says(item, need):
    assert changes.changed(declared(), declared(**{item: "hk_id" if item == "id_type" else "b"})) == {item: need}


def test_every_item_of_the_questionnaire_stands_in_the_table():
    asked = {item.name for item in ITEMS} - {"phone_region", "phone_code", "add_another"}
    asked = asked - {"plate", "second_plate", "third_plate"} | {"plates", "joint_owner"}

    assert {item for table in changes.NEEDS.values() for item in table} == asked


def test_renewal_with_the_same_key_needs_no_pledge():
    before = declared(id_type="home_return", id_number="H1234567801")
    after = declared(id_type="home_return", id_number="H1234567802")

    assert changes.changed(before, after) == {"id_number": "verify"}


def test_need_of_several_is_the_heaviest():
    assert changes.need(["at_once", "pledge", "verify"]) == "pledge"
    assert changes.need([]) == ""


# From the page to the list -------------------------------------------------------------------------------------


def test_renewed_licence_keeps_the_pledge_and_the_entry_until_it_is_uploaded(db):
    built, sent = listed()
    before = entry_of(sent)

    made = send(change(sent, licence={"licence_expiry": "2039-01-01"}))

    assert in_force(sent) == [before]
    filing = filings_of(made)[0]
    assert (filing.changes_id, filing.state, filing.pledge_id) == (before.id, "submitted", before.pledge_id)
    upload(built, made)
    [now] = in_force(sent)
    assert (now.pledge_id, now.number, now.slot_id) == (before.pledge_id, made.number, before.slot_id)
    assert registry.answers(now.answers_id)["licence"]["licence_expiry"] == "2039-01-01"
    old = Entry.get_by_id(before.id)
    assert (old.state, old.cause) == ("removed", "superseded")
    assert registry.answers(old.answers_id)["licence"]["licence_expiry"] == "2032-05-20"


def test_one_renewal_covers_every_car_in_the_unit(db):
    built, sent = listed(vehicles=[vehicle(add_another="yes"), vehicle()])
    more = filed(built, who=sent.answers["person"], phone=sent.answers["contact"]["phone"], vehicles=[vehicle()])
    uploaded(built, verified(built, more))

    made = send(change(sent, licence={"licence_expiry": "2039-01-01"}))

    assert [filing.position for filing in filings_of(made)] == [1, 2, 3]
    upload(built, made)
    assert len(in_force(sent)) == 3
    assert {entry.number for entry in in_force(sent)} == {made.number}


def test_new_name_needs_a_new_pledge(db):
    built, sent = listed()
    made = change(sent, person={"full_name": "陳嘉文"})

    with pytest.raises(Invalid) as refused:
        send(made)
    assert refused.value.faults[0].field == "pledge_agreed"

    new = send(made, signed=True)
    upload(built, new)
    [now] = in_force(sent)
    assert now.pledge_id == new.pledge_id != sent.submission.pledge_id


def test_new_name_of_one_car_is_not_signed_for_another(db):
    built, sent = listed(vehicles=[vehicle(add_another="yes"), vehicle()])
    first, second = in_force(sent)

    new = send(change(sent, [second], vehicle_1={"plate": plate()}), signed=True)

    assert [filing.changes_id for filing in filings_of(new)] == [second.id]
    assert len(registry.answers(new.answers_id)["vehicles"]) == 1
    upload(built, new)
    assert first in in_force(sent)


def test_plate_change_keeps_the_vehicle(db):
    built, sent = listed()
    [before] = in_force(sent)
    old, new_plate = sent.answers["vehicles"][0]["plate"], plate()

    new = send(change(sent, [before], vehicle_1={"plate": new_plate}), signed=True)

    assert [one.id for one in registry.vehicles_of([plates.fold(old)])] == [before.vehicle_id]
    assert registry.vehicles_of([plates.fold(new_plate)]) == []
    upload(built, new)
    [now] = in_force(sent)
    assert (now.vehicle_id, now.slot_id) == (before.vehicle_id, before.slot_id)
    assert [one.id for one in registry.vehicles_of([plates.fold(new_plate)])] == [before.vehicle_id]
    assert registry.vehicles_of([plates.fold(old)]) == []


def test_plate_change_leaves_the_second_driver_on_the_car(db):
    built, there = certified_unit(), certified_unit()
    owner, second = couple(built, there)
    say_yes(there, second.filings)
    uploaded(built, verified(built, owner))
    uploaded(there, verified(there, second))
    [mine], [other] = in_force(owner), in_force(second)

    upload(built, send(change(owner, [mine], vehicle_1={"plate": plate()}), signed=True))

    assert in_force(second) == [other]
    assert in_force(owner)[0].vehicle_id == other.vehicle_id
    assert Entry.get_by_id(other.id).state == "listed"


def test_plate_change_reaches_what_the_owner_has_on_the_car_through_another_unit(db):
    built, there, third = certified_unit(), certified_unit(), certified_unit()
    sent = filed(built)
    who, car = (
        {name: value for name, value in page.items() if name != "confirmed"}
        for page in (sent.answers["person"], sent.answers["vehicles"][0])
    )
    same = {"who": who, "vehicles": [car], "phone": sent.answers["contact"]["phone"]}
    also, coming = filed(there, **same), filed(third, **same)
    uploaded(built, verified(built, sent))
    uploaded(there, verified(there, also))
    new, newest = plate(), plate()

    upload(built, send(change(sent, [entry_of(sent)], vehicle_1={"plate": new}), signed=True))

    assert open_card(entry_of(also)).plates == [plates.fold(new)]
    uploaded(third, verified(third, coming))
    assert open_card(entry_of(coming)).plates == [plates.fold(new)]
    # And the next change, there, leaves the car with the newest plate alone.
    upload(there, send(change(also, [entry_of(also)], vehicle_1={"plate": newest}), signed=True))
    assert registry.plates_on(entry_of(also).vehicle_id) == registry.plate_indexes([plates.fold(newest)])


def test_a_unit_that_writes_down_somebodys_plate_keeps_him_from_no_change(db):
    built, sent = listed()
    there, new = certified_unit(), plate()
    vehicles.add(there.actor, there.unit.id, NewVehicle(sent.answers["vehicles"][0]["plate"], "small"))

    upload(built, send(change(sent, in_force(sent), licence={"licence_expiry": "2039-01-01"})))

    [entry] = in_force(sent)
    assert entry.submission_ref != sent.submission.ref
    # A plate that is new to the car is another matter, also where it is written down before the upload.
    waits = send(change(sent, [entry], vehicle_1={"plate": new}), signed=True)
    vehicles.add(there.actor, there.unit.id, NewVehicle(new, "small"))
    ready = verify(built, filings_of(waits))
    with pytest.raises(Conflict, match="nothing_to_upload"):
        uploaded(built, ready)


def test_plate_of_another_car_in_use_is_for_a_human(db):
    _built, sent = listed()
    _there, another = listed()

    new = send(change(sent, in_force(sent), vehicle_1={"plate": another.answers["vehicles"][0]["plate"]}), signed=True)

    assert filings_of(new)[0].disputed


def test_plate_of_a_car_nobody_drives_any_more_moves(db):
    built, sent = listed()
    _there, another = listed()
    taken = another.answers["vehicles"][0]["plate"]
    left = entry_of(another)
    leaving.withdraw_consent(built.actor, left.submission_ref)

    upload(built, send(change(sent, in_force(sent), vehicle_1={"plate": taken}), signed=True))

    assert [one.id for one in registry.vehicles_of([plates.fold(taken)])] == [in_force(sent)[0].vehicle_id]


def test_new_document_leads_to_the_same_person_once_uploaded(db):
    built, sent = listed(who=person("passport"))
    new_key = id_number("passport")

    new = send(change(sent, person={"id_number": new_key}), signed=True)

    assert PersonDocument.select().count() == 1
    upload(built, new)
    assert PersonDocument.select().count() == 2
    assert {row.person_id for row in PersonDocument.select()} == {sent.submission.person_id}
    assert len(in_force(sent)) == 1


def test_document_of_somebody_else_cannot_be_taken(db):
    _built, sent = listed()
    _there, another = listed()

    with pytest.raises(Conflict) as refused:
        send(change(sent, person={"id_number": another.answers["person"]["id_number"]}), signed=True)

    assert refused.value.code == "document_elsewhere"
    assert Person.select().count() == 2


def test_document_that_became_somebody_elses_falls_out(db):
    built, sent = listed()
    number = eighteen("440402", "19910101", 7)
    new = send(change(sent, person={"id_number": number}), signed=True)
    filed(certified_unit(), who=person("cn_id", id_number=number))

    made = upload_fallen(built, new)

    assert made.fallen_reason == "document_taken"


def test_size_and_vin_change_under_the_pledge_that_stands(db):
    built, sent = listed()
    [before] = in_force(sent)

    new = send(change(sent, [before], vehicle_1={"size_class": "medium", "vin": "LSVAU2A37N2183940"}))

    upload(built, new)
    [now] = in_force(sent)
    assert (now.size_class, now.pledge_id) == ("medium", before.pledge_id)
    assert Vehicle.get_by_id(now.vehicle_id).vin_index is not None


def test_colour_changes_at_once(db):
    _built, sent = listed()
    [before] = in_force(sent)

    same = send(change(sent, [before], vehicle_1={"colour": "銀色"}))

    assert same == sent.submission
    assert Filing.select().count() == 1
    [now] = in_force(sent)
    assert (now.id, now.version) == (before.id, before.version)
    assert registry.answers(now.answers_id)["vehicles"][0]["colour"] == "銀色"
    assert registry.answers(before.answers_id)["vehicles"][0]["colour"] == ""


def test_nothing_changed_is_said(db):
    _built, sent = listed()

    with pytest.raises(Invalid) as refused:
        send(change(sent, licence={}))

    assert refused.value.code == "nothing_changed"


def test_use_changes_with_a_pledge(db):
    built, sent = listed()
    [before] = in_force(sent)

    new = send(change(sent, [before], vehicle_1={"vehicle_use": "unit", "is_owner": ""}), signed=True)

    assert filings_of(new)[0].slot is None
    upload(built, new)
    [now] = in_force(sent)
    assert (now.vehicle_use, now.slot_id, now.vehicle_id) == ("unit", None, before.vehicle_id)


def test_plate_of_a_unit_vehicle_is_the_units_to_change(db):
    _built, sent = listed(unit_class="other")

    with pytest.raises(Conflict) as refused:
        send(change(sent, in_force(sent), vehicle_1={"plate": plate()}), signed=True)

    assert refused.value.code == "unit_changes_plate"


def test_owner_does_not_become_his_own_second(db):
    _built, sent = listed()
    typed = {"is_owner": "no", "owner_name": "容家豪", "owner_id_tail": "1234"}

    with pytest.raises(Conflict) as refused:
        send(change(sent, in_force(sent), vehicle_1=typed), signed=True)

    assert refused.value.code == "owner_leaves_first"


# Another vehicle -------------------------------------------------------------------------------------------------


def test_another_vehicle_needs_the_vehicle_alone(db):
    built, sent = listed()
    made = changing.begin_addition(sent.submission)
    typed = drafts.answers_of(made)
    assert (typed["vehicles"], typed["asked"]) == ([], ["vehicle-1"])
    drafts.save(made, typed | {"vehicles": [vehicle()]})

    new = submit(Draft.get_by_id(made.id))

    assert new.submission.person_id == sent.submission.person_id
    assert (new.filing.changes_id, new.filing.slot) == (None, "owner")
    uploaded(built, verified(built, new))
    assert len(in_force(sent)) == 2

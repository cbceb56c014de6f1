"""What confirming a sanction does: to owners, second drivers, unit vehicles, filings, units; and who is told."""

from __future__ import annotations

import peewee
import pytest

from tests.builders.delivery import drain
from tests.builders.filings import filed, person, plate, vehicle
from tests.builders.sanctions import confirmed, of_person, officers, proposed, staged, which
from tests.builders.units import certified_unit
from tests.builders.uploads import (
    entry_of,
    listed,
    owner_and_second,
    prepared,
    second_filed,
    signature,
    uploaded,
    verified,
)
from webapp.database import transaction
from webapp.domain.closings import sanction_preview, sanction_telling, sanctioning
from webapp.domain.filings import uploads
from webapp.domain.filings.models import Filing
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.passlist.models import Entry, EntryHold
from webapp.domain.sanctions.models import Sanction, SanctionEffect
from webapp.domain.units import codes
from webapp.domain.units import queries as units
from webapp.errors import Conflict


def now(entry: Entry) -> tuple[str, str | None]:
    fresh = Entry.get_by_id(entry.id)
    return fresh.state, fresh.cause


def test_a_persons_entries_end_everywhere_and_his_filings_close(db):
    first, second = officers()
    here, there = certified_unit(), certified_unit()
    who = person()
    mine = filed(here, who=who, phone="13800001111")
    uploaded(here, verified(here, mine))
    elsewhere = filed(there, who=who, phone="13800001111")
    uploaded(there, verified(there, elsewhere))
    moving = filed(here, who=who, phone="13800001111")
    other = listed(here)

    sanction = confirmed(first, second, **of_person(mine.answers))

    assert (now(entry_of(mine)), now(entry_of(elsewhere))) == (("removed", "sanctioned"),) * 2
    closed = Filing.get_by_id(moving.filing.id)
    assert (closed.state, closed.reasons) == ("closed", ["filing:not_accepted"])
    assert now(other) == ("listed", None)
    effects = SanctionEffect.select().where(SanctionEffect.sanction == sanction.id)
    assert sorted((one.kind, one.slot) for one in effects) == [
        ("entry", "owner"),
        ("entry", "owner"),
        ("filing", "owner"),
    ]


def test_the_second_driver_of_a_sanctioned_owner_is_held_and_not_the_other_way_round(db):
    first, second = officers()
    here, there = certified_unit(), certified_unit()
    mine, other = owner_and_second()
    owner = filed(here, vehicles=[mine])
    uploaded(here, verified(here, owner))
    guest = second_filed(there, other)
    uploaded(there, verified(there, guest))
    mine2, other2 = owner_and_second()
    owner2 = filed(here, vehicles=[mine2])
    uploaded(here, verified(here, owner2))
    guest2 = second_filed(there, other2)
    uploaded(there, verified(there, guest2))

    seen = sanction_preview.of_one(staged(first, **of_person(owner.answers), decision_number="預覽"))
    assert (seen.entries, seen.held, [hit.ref for hit in seen.rows[0].held]) == (1, 1, [entry_of(guest).ref])
    assert sanction_preview.of_one(staged(first, **of_person(guest2.answers), decision_number="預覽")).held == 0

    confirmed(first, second, **of_person(owner.answers))
    confirmed(first, second, **of_person(guest2.answers))

    assert (now(entry_of(owner)), now(entry_of(guest))) == (("removed", "sanctioned"), ("suspended", None))
    assert EntryHold.get(EntryHold.entry == entry_of(guest).id).kind == "owner_missing"
    assert (now(entry_of(owner2)), now(entry_of(guest2))) == (("listed", None), ("removed", "sanctioned"))


def test_a_sanctioned_vehicle_ends_for_all_its_drivers(db):
    first, second = officers()
    here = certified_unit()
    mine, other = owner_and_second()
    owner = filed(here, vehicles=[mine])
    uploaded(here, verified(here, owner))
    guest = second_filed(here, other)
    uploaded(here, verified(here, guest))

    confirmed(first, second, plates=mine["plate"])

    assert {now(entry_of(owner)), now(entry_of(guest))} == {("removed", "sanctioned")}
    with pytest.raises(Conflict) as refused:
        filed(here, vehicles=[mine])
    assert refused.value.code == "cannot_accept"


def test_a_plate_that_a_stranger_named_beside_somebodys_own_means_the_stranger_alone(db):
    first, second = officers()
    mine, other = owner_and_second()
    owner, plate_named = listed(certified_unit(), vehicles=[mine]), plate("macao_cross_border")
    stranger = filed(certified_unit(), vehicles=[other | {"second_plate": plate_named}])

    confirmed(first, second, plates=plate_named)
    sanctioning.sweep()

    assert now(owner) == ("listed", None)
    assert Filing.get_by_id(stranger.filing.id).state == "closed"


def test_a_unit_vehicle_stays_for_its_other_drivers(db):
    first, second = officers()
    here = certified_unit()
    car = vehicle("unit")
    one, two = filed(here, vehicles=[car]), filed(here, vehicles=[car])
    uploaded(here, verified(here, one, two))

    confirmed(first, second, **of_person(one.answers))

    assert (now(entry_of(one)), now(entry_of(two))) == (("removed", "sanctioned"), ("listed", None))


def test_a_sanctioned_unit_loses_its_code_at_once_and_its_people_nothing(db):
    first, second = officers()
    here = certified_unit()
    entry, waiting = listed(here), filed(here)
    number = units.by_id(here.unit.id).registration_number

    confirmed(first, second, registration_place="cn", registration_number=number)

    assert units.active_code(here.unit.id) is None
    assert units.by_code(here.code).standing == units.REVOKED
    with pytest.raises(Conflict) as refused:
        codes.rotate(here.actor, here.unit.id, "")
    assert refused.value.code == "code_barred"
    assert (now(entry), Filing.get_by_id(waiting.filing.id).state) == (("listed", None), "submitted")
    assert {row.audience for row in Notice.select().where(Notice.kind == "unit-sanctioned")} == {"unit", "platform"}
    effect = SanctionEffect.get(SanctionEffect.unit == here.unit.id)
    assert [line["channel"] for line in sanction_telling.pushes([effect])[effect.id]["unit"]] == ["page", "email"]


def test_new_filings_are_refused_and_only_the_proved_person_reads_why(db):
    first, second = officers()
    here = certified_unit()
    who = person()
    sent = filed(here, who=who, phone="13800002222")
    sanction = confirmed(first, second, **of_person(sent.answers))

    with pytest.raises(Conflict) as own:
        filed(here, who=who, phone="13800002222")
    with pytest.raises(Conflict) as stranger:
        filed(here, who=who, phone="13800003333")

    assert (own.value.code, own.value.params["number"]) == ("sanctioned", sanction.number)
    assert (stranger.value.code, set(stranger.value.params)) == ("cannot_accept", {"plate", "reference"})


def test_a_document_sanctioned_before_anybody_filed_with_it_is_refused(db):
    first, second = officers()
    here = certified_unit()
    who = person()
    confirmed(first, second, **of_person({"person": who}))

    with pytest.raises(Conflict) as refused:
        filed(here, who=who)

    assert refused.value.code == "cannot_accept"


def test_the_upload_looks_again_inside(db):
    """A filing that slipped by (as through a plate that came to the car later) falls out, and the sweep closes it."""
    first, second = officers()
    here = certified_unit()
    slipped, fine = filed(here), filed(here)
    ready = verified(here, slipped, fine)
    confirmed(first, second, **of_person(slipped.answers))
    with_state = Filing.update(state="verified", version=ready[0].version).where(Filing.id == slipped.filing.id)
    with transaction():
        with_state.execute()
    upload = prepared(here, ready)
    with transaction():
        Filing.update(version=ready[0].version).where(Filing.id == slipped.filing.id).execute()

    result = uploads.upload(here.actor, here.unit.id, upload, signature())

    assert result["covered"] == 1
    assert Filing.get_by_id(slipped.filing.id).fallen_reason in ("sanctioned", None)
    assert sanctioning.sweep() == 1
    assert Filing.get_by_id(slipped.filing.id).state == "closed"
    assert sanctioning.sweep() == 0


def test_both_sides_are_told_with_ground_and_the_states_of_both_pushes_are_known(db):
    first, second = officers()
    here = certified_unit()
    sent = filed(here, email="driver@person.example")
    uploaded(here, verified(here, sent))

    sanction = confirmed(first, second, **of_person(sent.answers))
    drain(db, "records")

    notice = Notice.get(Notice.kind == "sanctioned")
    assert (notice.audience_ref, notice.params["sanction"]) == (sent.submission.ref, sanction.number)
    assert "走私" not in str(notice.params)
    told = Notice.get(Notice.kind == "list-sanctioned")
    assert (told.audience_ref, told.params["count"]) == (here.unit.ref, 1)
    assert Delivery.select().where(Delivery.notice == notice.id).count() == 1
    assert Notice.select().where(Notice.kind == "entry-removed").count() == 0
    effects = list(SanctionEffect.select().where(SanctionEffect.sanction == sanction.id))
    states = sanction_telling.pushes(effects)[effects[0].id]
    assert [line["channel"] for line in states["person"]] == ["page", "email"]
    assert [line["channel"] for line in states["unit"]] == ["page", "email"]


def test_whoever_did_not_prove_the_phone_on_file_learns_no_ground(db):
    first, second = officers()
    here, there = certified_unit(), certified_unit()
    who = person()
    mine = filed(here, who=who, phone="13800004444")
    uploaded(here, verified(here, mine))
    stranger = filed(there, who=who, phone="13800005555")

    confirmed(first, second, **of_person(mine.answers))
    drain(db, "records")

    kinds = {
        row.audience_ref: row.kind
        for row in Notice.select().where(Notice.kind << ("sanctioned", "filing-not-accepted"))
    }
    assert kinds == {mine.submission.ref: "sanctioned", stranger.submission.ref: "filing-not-accepted"}


def test_its_proposer_cannot_confirm_it_and_the_database_agrees(db):
    first, _second = officers()
    sanction = proposed(first, plates="粤C12345")

    with pytest.raises(Conflict) as refused:
        sanctioning.confirm(first, which(sanction))
    assert refused.value.code == "own_proposal"
    for confirmer in (first.account_id, None):
        with pytest.raises(peewee.IntegrityError), transaction():
            Sanction.update(state="confirmed", confirmed_by=confirmer).where(Sanction.id == sanction.id).execute()
    with pytest.raises(peewee.IntegrityError), transaction():
        Sanction.update(proposed_by=_second.account_id).where(Sanction.id == sanction.id).execute()

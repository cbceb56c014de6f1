"""The rights of people over their data: consents, the copy of it, and the desk that answers requests."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta

import jsonschema
import peewee
import pytest

from tests.builders import editions, lanes, rights, status
from tests.builders.delivery import drain
from tests.builders.filings import draft, filed, person, send
from tests.builders.rights import read_numbers
from tests.builders.units import certified_unit
from tests.builders.uploads import listed
from webapp import clock, crypto, database
from webapp.actors import FILER, Actor
from webapp.domain.audit.models import AuditLine
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import agreeing, leaving, withdrawing
from webapp.domain.filings.models import Submission
from webapp.domain.lanes.models import LaneCheck
from webapp.domain.notices.models import Notice
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges import privacy_text
from webapp.domain.pledges.models import Pledge
from webapp.domain.privacy import (
    copying,
    erasing,
    my_data,
    my_data_shape,
    rights_deadlines,
    rights_desk,
    rights_states,
    rights_words,
)
from webapp.domain.privacy.models import DataCopy, RightsRequest
from webapp.domain.registry import consents
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Consent, Person
from webapp.errors import Conflict, Invalid, NotFound

# Consents -------------------------------------------------------------------------------------------------------


def test_consents_are_kept_with_the_edition_that_was_shown_and_asked_again_by_the_next(db):
    built = certified_unit()
    sent = filed(built)
    given = consents.of([sent.submission.ref])
    assert [(one.purpose, one.edition, one.ended_at) for one in given] == [
        ("processing", 0, None),
        ("sharing", 0, None),
    ]
    assert {one.digest for one in given} == {privacy_text.current("zh_Hant_MO").digest}
    assert pledges.content_of(Pledge.get_by_id(sent.submission.pledge_id))["privacy"] == given[0].digest

    # Whoever read the older text is shown the new one before anything is sent.
    old = privacy_text.current("zh_Hant_MO").digest
    number = rights.new_text()
    begun = draft(built)
    with pytest.raises(Conflict, match="privacy_changed"):
        send(begun, privacy_digest=old)
    assert consents.is_asked_again(sent.submission.ref)
    who, text = status.actor(sent), privacy_text.current("zh_Hant_MO")
    with pytest.raises(Invalid, match="consent_sharing"):
        agreeing.give_again(who, sent.submission.ref, text.digest, "zh_Hant_MO", (True, False))
    with pytest.raises(Conflict, match="privacy_changed"):
        agreeing.give_again(who, sent.submission.ref, old, "zh_Hant_MO", (True, True))
    agreeing.give_again(who, sent.submission.ref, text.digest, "zh_Hant_MO", (True, True))
    assert not consents.is_asked_again(sent.submission.ref)
    assert [one.edition for one in consents.live([sent.submission.ref])] == [number, number]
    # A mere change of words asks nobody.
    rights.new_text(asks_again=False, line="只改文字。")
    assert not consents.is_asked_again(sent.submission.ref)


def test_either_consent_taken_back_ends_the_entry_and_stays_on_record(db):
    built = certified_unit()
    entry = listed(built)
    submission = Submission.get(Submission.ref == entry.submission_ref)
    who = Actor(FILER, submission.ref, unit_id=submission.unit_id, request_id="test")

    done = leaving.withdraw_consent(who, submission.ref, ("sharing",))

    assert (done["ended"], done["consents"]) == (1, 1)
    assert [(one.purpose, one.ended_at is None) for one in consents.of([submission.ref])] == [
        ("processing", True),
        ("sharing", False),
    ]
    # What is left of the consents can still be taken back, though nothing stands on the list any more.
    assert leaving.withdraw_consent(who, submission.ref)["consents"] == 1
    with pytest.raises(Conflict, match="nothing_to_leave"):
        leaving.withdraw_consent(who, submission.ref)


# My data --------------------------------------------------------------------------------------------------------


def test_copy_holds_what_the_database_holds_and_fits_the_published_schema(db):
    built = certified_unit()
    who = person(full_name="歐陽慧心")
    entry = listed(built, who=who)
    submission = Submission.get(Submission.ref == entry.submission_ref)
    read_numbers(built.actor, submission.ref)
    lanes.client()
    other = filed(built, who=person(full_name="另一個人"))
    rights_desk.ask(status.actor(other), other.submission.ref, "explain", "別人的問題")

    data = my_data.gather(submission)

    jsonschema.validate(json.loads(copying.as_json(data, "https://x.example/s")), my_data_shape.schema("https://x/s"))
    declared = registry.answers(submission.answers_id)
    (answers,) = data["answers"]
    for page in ("person", "contact", "belonging", "licence"):
        assert {name: answers[name] for name in declared[page]} == declared[page]
    (vehicle,) = data["vehicles"]
    assert vehicle["plates"] == declared["vehicles"][0]["plates"]
    (row,) = data["entries"]
    assert (row["submission"], row["unit"], row["state"]) == (submission.number, built.unit.name, "listed")
    assert row["listed_at"] == entry.listed_at.isoformat()
    assert [one["kind"] for one in data["notices"]] == [
        one.kind for one in Notice.select().where(Notice.audience_ref == submission.ref).order_by(Notice.id)
    ]
    assert len(data["consents"]) == Consent.select().where(Consent.submission_ref == submission.ref).count() == 2
    newest = data["readings"][0]
    assert (newest["how"], newest["items"], newest["by"]) == ("numbers-read", ["id_number"], built.unit.name)
    assert [(one["kind"], one["name"]) for one in data["recipients"]] == [
        ("unit", built.unit.name),
        ("lane", "示範閘口"),
    ]
    assert "另一個人" not in json.dumps(data, ensure_ascii=False)
    assert data["requests"] == []
    with zipfile.ZipFile(io.BytesIO(copying.as_csv(data))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("answers.csv").decode("utf-8-sig"))))
        assert {name.removesuffix(".csv") for name in archive.namelist()} == set(my_data_shape.TABLES)
    assert rows[0]["id_number"] == declared["person"]["id_number"]


def test_what_channels_asked_of_a_car_stays_with_its_owner_after_it_left_the_list(db):
    entry = listed(certified_unit())
    submission = Submission.get(Submission.ref == entry.submission_ref)
    (plate, *_) = open_card(entry).plates
    who = Actor(FILER, submission.ref, unit_id=submission.unit_id, request_id="test")
    _asked_at_the_channel(plate)
    with clock.travel(timedelta(days=1)):
        leaving.withdraw_consent(who, submission.ref)
    with clock.travel(timedelta(days=2)):
        _asked_at_the_channel(plate)

    (check,) = my_data.gather(submission)["lane_checks"]

    assert (check["plate"], check["channel"], check["result"]) == (plate, "shenjing", "listed")


def _asked_at_the_channel(plate: str) -> None:
    LaneCheck.create(
        key=crypto.new_ref(),
        kind="plate",
        asked_at=clock.now(),
        channel="shenjing",
        plate_index=registry.plate_indexes([plate])[0],
        result="listed",
        reason="",
        taken_in_at=clock.now(),
    )


def test_whoever_filed_with_another_phone_sees_nothing_of_the_person_on_file(db):
    built, elsewhere = certified_unit(), certified_unit()
    who = person()
    mine = filed(built, who=who)
    stranger = filed(elsewhere, who=who)

    data = my_data.gather(stranger.submission)

    assert [one["submission"] for one in data["submissions"]] == [stranger.submission.number]
    assert (data["phones"], data["person"]) == ([], [])
    assert mine.submission.number not in json.dumps(data, ensure_ascii=False)
    assert my_data.gather(mine.submission)["phones"][0]["phone"] == mine.answers["phone_proof"]["phone"]


def test_copies_are_on_record_blocked_after_a_lost_phone_and_the_pdf_is_gone_after_a_day(db):
    built = certified_unit()
    sent = filed(built)
    ref, who = sent.submission.ref, status.actor(sent)
    with pytest.raises(Invalid, match="form"):
        copying.take(who, ref, "docx", "zh_Hant_MO")
    copying.take(who, ref, "json", "zh_Hant_MO")
    made = copying.take(who, ref, "pdf", "zh_Hant_MO")["copy"]
    assert AuditLine.select().where(AuditLine.tag == "my-data:copied", AuditLine.object_ref == ref).count() == 2
    drain(db)
    assert copying.own(ref, made).form == "pdf"
    with pytest.raises(NotFound):
        copying.own("another-submission00", made)

    with clock.travel(timedelta(hours=25)):
        assert copying.purge() == 1
        with pytest.raises(NotFound):
            copying.own(ref, made)
        assert DataCopy.get(DataCopy.ref == made).ended_at is not None

    # As a unit leaves it that has replaced a lost phone.
    with database.transaction():
        row = registry.phone_on_file(sent.submission.person_id)
        row.guarded_until = clock.now() + timedelta(hours=24)
        row.save()
    with pytest.raises(Conflict, match="phone_new"):
        copying.take(who, ref, "json", "zh_Hant_MO")


# The request desk -----------------------------------------------------------------------------------------------


def test_request_is_told_to_both_sides_answered_in_time_and_refused_only_with_reasons(db):
    sent = filed(certified_unit())
    row = rights.asked(sent, "erase", "")
    officer = editions.officer()
    assert (clock.last_date(row.due_at) - clock.today()).days >= 19
    assert {one.kind for one in Notice.select() if one.params and one.params.get("request") == row.number} == {
        "request-raised",
        "request-received",
    }
    with pytest.raises(Conflict, match="rights_open"):
        rights.asked(sent, "erase", "")

    with pytest.raises(Invalid) as refused:
        rights_desk.answer(officer, row.ref, False, [], "", row.version)
    assert [(one.field, one.code) for one in refused.value.faults] == [
        ("reason", "rights_reason"),
        ("words", "missing"),
    ]
    with pytest.raises(peewee.IntegrityError), database.transaction():
        RightsRequest.update(state="refused").where(RightsRequest.id == row.id).execute()
    with pytest.raises(Conflict, match="stale"):
        rights_desk.answer(officer, row.ref, True, [], "已辦", row.version + 5)

    rights_desk.answer(officer, row.ref, False, ["case_open"], "個案未完結", row.version)

    row = rights_desk.one(row.ref)
    assert (row.state, row.reasons) == ("refused", ["request:case_open"])
    assert Notice.select().where(Notice.kind == "request-answered").get().params["answer"] == "refused"
    with pytest.raises(Conflict, match="rights_over"):
        rights_desk.take_back(status.actor(sent), sent.submission.ref, row.ref)
    data = my_data.gather(sent.submission)["requests"]
    assert [(one["kind"], one["answer"]) for one in data] == [("erase", "個案未完結")]


def test_nobody_answered_in_time(db):
    row = rights.asked(filed(certified_unit()))
    late = row.due_at - clock.now() + timedelta(minutes=1)
    assert rights_deadlines.escalate_due() == 0
    with clock.travel(late):
        assert (rights_deadlines.escalate_due(), rights_deadlines.escalate_due()) == (1, 0)
    assert Notice.select().where(Notice.kind == "request-overdue").count() == 2
    assert rights_desk.counts() == {"open": 1, "overdue": 1, "closed": 0}


def test_letters_are_entered_by_an_officer_relatives_with_their_relation(db):
    officer, sent = editions.officer(), filed(certified_unit())
    asker = {"words": "想查閱先父的資料", "asked_by": "梁美玲", "contact": "0756 000 0001", "relation": ""}
    with pytest.raises(Invalid) as refused:
        rights_desk.enter(officer, "relative", "online", "HQ-0000-0000", asker)
    assert {one.field for one in refused.value.faults} == {"way", "relation", "number"}

    made = rights_desk.enter(officer, "relative", "letter", sent.submission.number, asker | {"relation": "女兒"})

    row = rights_desk.one(made["request"])
    assert (row.person_id, row.opened_account) == (sent.submission.person_id, officer.account_id)
    # Nothing is sent to the phone of somebody who has died.
    assert (
        Notice.select().where(Notice.audience_ref == sent.submission.ref, Notice.kind == "request-received").count()
        == 0
    )


def test_every_state_and_action_of_a_request():
    for state in ("", "open", "granted", "refused", "taken_back"):
        for deed in rights_states.ACTIONS:
            if (state, deed) in rights_states.TRANSITIONS:
                assert rights_states.next_state(state, deed) == rights_states.TRANSITIONS[state, deed]
            else:
                with pytest.raises(Conflict, match="rights_over"):
                    rights_states.next_state(state, deed)


def test_request_to_be_erased_is_done_with_the_erasure(db):
    sent = filed(certified_unit())
    withdrawing.withdraw(status.actor(sent), sent.submission.ref, sent.filing.ref, sent.filing.version)
    row = rights.asked(sent, "erase", "請刪除")
    copying.take(status.actor(sent), sent.submission.ref, "pdf", "zh_Hant_MO")
    drain(db)
    person_ref = Person.get_by_id(sent.submission.person_id).ref

    proposed = erasing.propose(editions.officer(), person_ref)["erasure"]
    erasing.confirm(editions.officer(), proposed)

    row = rights_desk.one(row.ref)
    assert (row.state, rights_words.asked(row)["words"]) == ("granted", "")
    assert IssuedDocument.get(IssuedDocument.kind == "data_copy").file_id is None

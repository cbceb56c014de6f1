"""People's rights (PIPL): consents and their editions, copies, the request desk, incidents, impact assessments."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta

import jsonschema
import peewee
import pytest

from tests.builders import cases, editions, lanes, rights, status
from tests.builders.delivery import drain, mails
from tests.builders.filings import draft, filed, person, send
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, listed, uploaded, verified
from webapp import clock, crypto, database
from webapp.actors import FILER, Actor
from webapp.domain.accounts import queries as accounts
from webapp.domain.audit import readings
from webapp.domain.audit.acts import Act, action
from webapp.domain.audit.models import AuditLine
from webapp.domain.editions import queries
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import agreeing, leaving, telling, withdrawing
from webapp.domain.filings.models import Submission
from webapp.domain.lanes import keys
from webapp.domain.lanes.models import LaneCheck
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges import privacy_text
from webapp.domain.pledges.models import Pledge
from webapp.domain.privacy import (
    assessments,
    copying,
    erasing,
    incident_reach,
    incident_records,
    incidents,
    my_data,
    my_data_shape,
    rights_deadlines,
    rights_desk,
    rights_states,
    rights_words,
)
from webapp.domain.privacy.models import Assessment, DataCopy, Incident, IncidentSubmission, RightsRequest
from webapp.domain.publishing import actions as publishing
from webapp.domain.registry import consents
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Consent, Person
from webapp.domain.sanctions import cases_queries
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound


@action("test:read")
def _read(act: Act, ref: str) -> dict[str, str]:
    readings.note(act, readings.NUMBERS_READ, [ref], items=["id_number"])
    return {}


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
    _read(built.actor, submission.ref)
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


# Incidents ------------------------------------------------------------------------------------------------------


def touched(row: Incident) -> set[str]:
    return {number for _ref, _person, number in incident_reach.listed(row)}


def test_incident_finds_exactly_those_it_touches(db):
    home, other = certified_unit(), certified_unit()
    officer = editions.officer()
    ours = [filed(home), filed(home)]
    moved = filed(other)
    uploaded(other, verified(other, moved))
    _read(home.actor, ours[0].submission.ref)
    account = accounts.by_ids([home.actor.account_id])[home.actor.account_id]
    numbers = [one.submission.number for one in ours]

    assert touched(rights.noted(officer, "unit", home.unit.ref)) == set(numbers)
    assert touched(rights.noted(officer, "account", account.ref)) == {numbers[0]}
    by_reference = rights.noted(officer, "numbers", numbers[1], entry_of(moved).ref)
    assert touched(by_reference) == {numbers[1], moved.submission.number}
    drawn = Pledge.get_by_id(moved.submission.pledge_id)
    assert touched(rights.noted(officer, "numbers", drawn.ref)) == {moved.submission.number}
    assert touched(rights.noted(officer, "everybody")) == {*numbers, moved.submission.number}
    refused = cases.refused(other)
    case = cases.objection(refused, "refusal", refused.filing.ref, cases.handed())
    evidence = cases_queries.evidence(case)[0][1]
    assert touched(rights.noted(officer, "numbers", evidence.ref)) == {refused.submission.number}
    with clock.travel(timedelta(days=2)):
        later = filed(home)
    assert later.submission.number not in touched(rights.noted(officer, "unit", home.unit.ref))
    with pytest.raises(Invalid, match="incident_unknown"):
        rights.noted(officer, "numbers", "HQ-0000-0000")


def test_everybody_concerned_is_told_of_a_new_privacy_text_once_when_it_begins(db, monkeypatch):
    """On the list or on the way to it; a text to the phone where it asks to agree anew; in slices; not what was
    cancelled before its day."""
    monkeypatch.setattr(telling, "SLICE", 1)
    built = certified_unit()
    on_list, moving, mailed = filed(built), filed(built), filed(built, email="mail@person.example")
    uploaded(built, verified(built, on_list))
    over = filed(built)
    withdrawing.withdraw(status.actor(over), over.submission.ref, over.filing.ref, over.filing.version)
    drain(db)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    rights.new_text(day=tomorrow)
    drain(db)

    assert Notice.select().where(Notice.kind == "privacy-asked").count() == 0
    with clock.travel(timedelta(days=1)):
        drain(db)
        drain(db)
        told = Notice.select().where(Notice.kind == "privacy-asked")
        assert sorted(one.audience_ref for one in told) == sorted(
            one.submission.ref for one in (on_list, moving, mailed)
        )
        channels = Delivery.select(Delivery.channel).join(Notice, on=(Delivery.notice == Notice.id))
        sent = channels.where(Notice.kind == "privacy-asked").tuples()
        assert sorted(channel for (channel,) in sent) == ["email", "sms", "sms"]
        rights.new_text(asks_again=False, line="只改文字。")
        drain(db)
        assert Notice.select().where(Notice.kind == "privacy-changed").count() == 3
    with clock.travel(timedelta(days=2)):
        number = rights.new_text(day=(clock.today() + timedelta(days=1)).isoformat(), line="又改。")
        row = queries.numbered("privacy", number)
        publishing.cancel(editions.officer(), row.ref, row.version)
    with clock.travel(timedelta(days=4)):
        drain(db)
        assert Notice.select().where(Notice.kind == "privacy-asked").count() == 3


def test_letters_are_released_by_a_second_officer_and_reach_everybody_once(db):
    home = certified_unit()
    sent = [filed(home), filed(home, email="mail@person.example")]
    filed(certified_unit())
    row = rights.noted(editions.officer(), "unit", home.unit.ref)
    first = editions.officer()
    with pytest.raises(Invalid):
        incidents.propose(first, row.ref, {"texts": {}, "contact": ""}, row.version)
    incidents.propose(first, row.ref, rights.LETTER, row.version)
    with pytest.raises(NotAllowed, match="proposed_it_yourself"):
        incidents.release(first, row.ref, row.version + 1, "", "zh_Hant_MO")
    with pytest.raises(peewee.IntegrityError), database.transaction():
        Incident.update(state="released", released_by_id=first.account_id).where(Incident.id == row.id).execute()

    incidents.release(editions.officer(), row.ref, row.version + 1, "authority@zone.example", "zh_Hant_MO")
    drain(db)
    drain(db)

    told = Notice.select().where(Notice.kind == "incident-told")
    assert {one.audience_ref for one in told} == {one.submission.ref for one in sent}
    assert told.count() == IncidentSubmission.select().count() == 2
    letters = {(one["To"], one["Subject"]): one for one in mails(db)}
    report = letters["authority@zone.example", f"個人信息事件報告{row.number}"].get_content()
    assert [part for part in ("受影響的人數：2", "姓名和證件、電話和電郵", "何慎行") if part not in report] == []
    letter = letters["mail@person.example", "你的個人信息受一宗事件影響"].get_content()
    for part in ("被不應看到的人看到或取得", "可能被人冒用身份", "已停用帳號", "請提防陌生來電", "0756 000 0052"):
        assert part in letter
    record = incident_records.whole(incident_records.one(row.ref))
    assert record["affected"] == sorted(one.submission.number for one in sent)
    assert [one["number"] for one in my_data.gather(sent[0].submission)["incidents"]] == [row.number]


# Assessments ----------------------------------------------------------------------------------------------------


def test_nobody_new_is_told_of_the_list_without_a_valid_assessment(db):
    who = editions.officer()
    for ref in (
        "",
        "nothing-of-the-kind",
        lanes.assessment(result="not_acceptable"),
        lanes.assessment(kind="sensitive"),
    ):
        with pytest.raises(Conflict, match="assessment_needed"):
            keys.create(who, "新閘口", [], 60, "key-one", ref)
    good = lanes.assessment()
    with clock.travel(timedelta(days=400)), pytest.raises(Conflict, match="assessment_needed"):
        keys.create(who, "新閘口", [], 60, "key-two", good)
    assert keys.one(keys.create(who, "新閘口", [], 60, "key-three", good)["client"]).assessment_ref == good


def test_assessment_is_kept_three_years_at_least_and_changed_by_nobody(db):
    row = assessments.one(lanes.assessment())
    assert row.kept_until >= assessments.kept_until(row.made_on)
    for statement in (Assessment.delete(), Assessment.update(result="acceptable")):
        with pytest.raises(peewee.DatabaseError), database.transaction():
            statement.execute()
    with pytest.raises(Invalid) as refused:
        lanes.assessment(made_on="2099-01-01", valid_until="2020-01-01", author="", kind="x")
    assert {one.field for one in refused.value.faults} == {"kind", "author", "made_on", "valid_until"}

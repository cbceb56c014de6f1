"""Incidents of data: whom one touches, who is told and by whose word; new privacy texts; assessments."""

from __future__ import annotations

from datetime import timedelta

import peewee
import pytest

from tests.builders import cases, editions, lanes, rights, status
from tests.builders.delivery import drain, mails
from tests.builders.filings import filed
from tests.builders.rights import read_numbers
from tests.builders.units import certified_unit
from tests.builders.uploads import entry_of, uploaded, verified
from webapp import clock, database
from webapp.domain.accounts import queries as accounts
from webapp.domain.editions import queries
from webapp.domain.filings import telling, withdrawing
from webapp.domain.lanes import keys
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.pledges.models import Pledge
from webapp.domain.privacy import assessments, incident_reach, incident_records, incidents, my_data
from webapp.domain.privacy.models import Assessment, Incident, IncidentSubmission
from webapp.domain.publishing import actions as publishing
from webapp.domain.sanctions import cases_queries
from webapp.errors import Conflict, Invalid, NotAllowed

# Incidents ------------------------------------------------------------------------------------------------------


def touched(row: Incident) -> set[str]:
    return {number for _ref, _person, number in incident_reach.listed(row)}


def test_incident_finds_exactly_those_it_touches(db):
    home, other = certified_unit(), certified_unit()
    officer = editions.officer()
    ours = [filed(home), filed(home)]
    moved = filed(other)
    uploaded(other, verified(other, moved))
    read_numbers(home.actor, ours[0].submission.ref)
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

"""Editions of texts, policy, channels and holidays: their life, and when each takes effect."""

from __future__ import annotations

import copy
from datetime import date, timedelta

import peewee
import pytest

from tests.builders import editions, filings, uploads
from tests.builders import units as build
from webapp import clock
from webapp.database import transaction
from webapp.domain.editions import queries, states
from webapp.domain.editions.models import LEGAL, STATES, SUBJECTS, Edition
from webapp.domain.filings import queries as sent
from webapp.domain.jobs import calendar
from webapp.domain.lanes import answers
from webapp.domain.passlist import channels
from webapp.domain.pledges import leaving, policy, texts
from webapp.domain.pledges.models import ItemPolicy, Pledge, PledgeText
from webapp.domain.publishing import actions, contents, differences
from webapp.domain.registry.models import Answers
from webapp.errors import Conflict, Invalid, NotAllowed, Refusal


def codes(refused: pytest.ExceptionInfo) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in refused.value.faults}


def later(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


# Life ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ("", *STATES))
@pytest.mark.parametrize("action", states.ACTIONS)
def test_every_state_and_action(state, action):
    if (state, action) in states.TRANSITIONS:
        assert states.next_state(state, action) in STATES
    else:
        with pytest.raises(Conflict, match="edition_over"):
            states.next_state(state, action)


def test_legal_text_needs_two_and_the_database_says_so(db):
    proposer = editions.officer()
    row = editions.draft(proposer, "personal", editions.wording("personal"))
    with pytest.raises(NotAllowed, match="same_person"):
        actions.publish(proposer, row.ref, 1)
    with pytest.raises(NotAllowed, match="not_yours"):
        actions.propose(editions.officer(), row.ref, 1)
    actions.propose(proposer, row.ref, 1)
    with pytest.raises(NotAllowed, match="same_person"):
        actions.confirm(proposer, row.ref, 2)
    with pytest.raises(Conflict, match="stale"):
        actions.confirm(editions.officer(), row.ref, 1)
    with pytest.raises(peewee.IntegrityError), transaction():
        Edition.update(state="confirmed", confirmed_by_id=Edition.proposed_by_id).where(Edition.id == row.id).execute()
    with pytest.raises(peewee.DatabaseError, match="edition_as_drafted"), transaction():
        Edition.update(content={"sample": False}).where(Edition.id == row.id).execute()
    assert texts.current("personal", "zh_Hant_MO").version == "P-2026-1"

    second = editions.officer()
    actions.confirm(second, row.ref, 2)

    text = texts.current("personal", "zh_Hant_MO")
    assert (text.version, text.signable) == (f"P-{clock.today().year}-2", True)
    wordings = {one.language: one for one in (text, *texts.readings(text))}
    assert set(wordings) == set(contents.LOCALES)
    assert [wordings[one].signable for one in contents.LOCALES] == [True, True, False, False]
    assert len({one.digest for one in wordings.values()}) == 4


def test_rejected_withdrawn_dropped_and_one_at_a_time(db):
    mine, other = editions.officer(), editions.officer()
    row = editions.draft(mine, "unit", editions.wording("unit"))
    rival = editions.draft(other, "unit", editions.wording("unit"))
    actions.propose(mine, row.ref, 1)
    with pytest.raises(Conflict, match="edition_waits"):
        actions.propose(other, rival.ref, 1)
    with pytest.raises(NotAllowed, match="not_yours"):
        actions.withdraw(other, row.ref, 2)
    with pytest.raises(Invalid, match="reason_needed"):
        actions.reject(other, row.ref, " ", 2)
    with pytest.raises(NotAllowed, match="same_person"):
        actions.reject(mine, row.ref, "改了主意", 2)
    actions.reject(other, row.ref, "第二條不清楚", 2)
    assert (queries.one(row.ref).state, queries.remark(queries.one(row.ref), "answer")) == ("rejected", "第二條不清楚")
    with pytest.raises(Conflict, match="edition_over"):
        actions.confirm(other, row.ref, 3)

    actions.propose(other, rival.ref, 1)
    actions.withdraw(other, rival.ref, 2)
    assert queries.open_of("unit") is None
    third = editions.draft(mine, "unit", editions.wording("unit"))
    fourth = editions.draft(mine, "unit", editions.wording("unit"), source=third.ref)
    assert queries.one(third.ref).state == "dropped"
    actions.drop(mine, fourth.ref, 1)
    assert queries.drafts("unit", mine.account_id) == []


def test_what_was_compared_is_what_is_replaced(db):
    first, second = editions.officer(), editions.officer()
    mine = editions.draft(first, "leaving", editions.wording("leaving"))
    editions.published("leaving", editions.wording("leaving"))
    with pytest.raises(Conflict, match="edition_outdated"):
        actions.propose(first, mine.ref, 1)
    with pytest.raises(Conflict, match="edition_outdated"):
        actions.draft(second, "leaving", editions.wording("leaving"), later(1), "", 0)
    with pytest.raises(Invalid, match="edition_unchanged"):
        editions.draft(second, "leaving", actions.upcoming("leaving"))
    for day in ("x", later(-1), later(800)):
        with pytest.raises(Invalid):
            editions.draft(second, "leaving", editions.wording("leaving"), day)


def test_cancelled_before_its_day_leaves_no_trace(db):
    text = editions.published("personal", editions.wording("personal"), later(5))
    rules = policy.first_rules()
    rules["organ"]["own"]["colour"] = "not_asked"
    levels = editions.published("policy", {"rules": rules}, later(5))
    with pytest.raises(Conflict, match="edition_before"):
        rules["organ"]["own"]["vin"] = "not_asked"
        editions.published("policy", {"rules": rules}, later(3))
    before = PledgeText.select().count()
    for row in (text, levels):
        actions.cancel(editions.officer(), row.ref, row.version)
    assert (PledgeText.select().count(), ItemPolicy.select().count()) == (before - 4, 1)

    now = editions.published("leaving", editions.wording("leaving"))
    with pytest.raises(Conflict, match="edition_in_force"):
        actions.cancel(editions.officer(), now.ref, now.version)


# What holds, and for whom -------------------------------------------------------------------------------------


def test_draft_in_flight_is_told_the_new_text_and_a_submission_keeps_its_own(db):
    home = build.certified_unit()
    done = filings.filed(home)
    under_way = filings.draft(home)
    read = filings.signing(under_way)
    editions.published("personal", editions.wording("personal"))

    with pytest.raises(Conflict, match="text_changed"):
        filings.submitting.submit(filings.filer(under_way), under_way.ref, read, key=under_way.ref)
    newer = filings.send(under_way)

    versions = [
        PledgeText.get_by_id(Pledge.get_by_id(one.submission.pledge_id).text_id).version for one in (done, newer)
    ]
    assert versions == ["P-2026-1", f"P-{clock.today().year}-2"]


def test_policy_counts_from_its_day_for_new_submissions_only(db):
    home = build.certified_unit()
    done = filings.filed(home)
    rules = policy.first_rules()
    rules["enterprise"]["own"]["staff_number"] = "required"
    editions.published("policy", {"rules": rules}, later(2))
    assert policy.current().version == 1

    with clock.travel(timedelta(days=2)):
        assert policy.current().version == 2
        with pytest.raises(Refusal):
            filings.filed(home)
        given = filings.answers()
        given["belonging"]["staff_number"] = "A12"
        newer = filings.filed(home, given)
        # What was sent before needs nothing of what is asked since.
        uploads.uploaded(home, uploads.verified(home, done))
    assert uploads.entry_of(done).state == "listed"
    assert [Answers.get_by_id(one.submission.answers_id).policy_version for one in (done, newer)] == [1, 2]
    assert len(sent.filings_of(done.submission)) == 1


@pytest.mark.parametrize(
    ("unit_class", "item", "level"),
    [
        ("organ", "licence_expiry", "optional"),
        ("other", "id_expiry", "not_asked"),
        ("resident", "address", "optional"),
        ("resident", "residence_permit_expiry", "not_asked"),
        ("duty", "second_plate", "not_asked"),
        ("duty", "colour", "maybe"),
        ("duty", "full_name", "optional"),
    ],
)
def test_policy_cannot_switch_off_what_the_list_stands_on(db, unit_class, item, level):
    rules = policy.first_rules()
    rules[unit_class]["own"][item] = level
    with pytest.raises(Invalid) as refused:
        editions.draft(editions.officer(), "policy", {"rules": rules})
    assert {code for _, code in codes(refused)} <= {"policy_fixed", "choose"}


def test_channels_change_at_their_moment_for_lanes_and_papers(db):
    content = copy.deepcopy(contents.current("channels"))
    content["channels"][0] |= {"opens": 7 * 60, "closes": 20 * 60, "size_classes": ["small", "lorry"]}
    content["channels"].pop()
    editions.published("channels", content, later(1))
    assert len(channels.all_channels()) == 4
    answers.forget_kept()
    assert answers.way_of("hengqin-bridge").opens == 0

    with clock.travel(timedelta(days=1)):
        answers.forget_kept()
        assert answers.way_of("hengqin-bridge").opens == 7 * 60
        with pytest.raises(Invalid):
            answers.way_of("shizimen-tunnel")
        assert [one.code for one in channels.fitting("lorry")] == ["hengqin-bridge", "hengqin-tunnel"]
        assert [one.position for one in channels.all_channels()] == [1, 2, 3]
    answers.forget_kept()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"opens": None}, "channel_hours"),
        ({"opens": 600, "closes": 600}, "channel_hours"),
        ({"size_classes": []}, "choose"),
        ({"code": "Nein!"}, "channel_code"),
        ({"code": "shenjing"}, "channel_code_taken"),
        ({"names": {"zh_Hant_MO": "橋"}}, "missing"),
    ],
)
def test_channel_faults(db, change, code):
    content = copy.deepcopy(contents.current("channels"))
    content["channels"][0] |= change
    assert code in {fault.code for fault in contents.faults("channels", content)}


def test_holidays_count_from_their_day(db):
    monday = date(2027, 3, 1)
    editions.published("holidays", {"days": [["2027-03-01", "校慶"]]}, later(3))
    assert calendar.is_working_day(monday)
    with clock.travel(timedelta(days=3)):
        assert not calendar.is_working_day(monday)
        assert calendar.nth_working_day(clock.start_of_day(date(2027, 2, 26)), 1) == date(2027, 3, 2)


@pytest.mark.parametrize(
    ("text", "days", "faults"),
    [
        ("2027-10-01 國慶節\n\n2027-01-01  元旦 ", [["2027-01-01", "元旦"], ["2027-10-01", "國慶節"]], []),
        ("2027-01-01", [], ["holiday_line"]),
        ("明天 假", [], ["holiday_line"]),
        ("2027-01-01 甲\n2027-01-01 乙", [["2027-01-01", "甲"]], ["holiday_twice"]),
    ],
)
def test_reading_holidays(text, days, faults):
    found, wrong = contents.read_holidays(text)
    assert (found, [one.code for one in wrong]) == (days, faults)


def test_text_faults_are_all_told(db):
    content = editions.wording("personal")
    content["texts"]["pt"]["clauses"].pop()
    content["texts"]["en"]["title"] = ""
    content["texts"]["zh_Hans_CN"]["clauses"] = []
    with pytest.raises(Invalid) as refused:
        editions.draft(editions.officer(), "personal", content)
    assert codes(refused) == {
        ("clauses_pt", "edition_clauses_differ"),
        ("title_en", "missing"),
        ("clauses_zh_Hans_CN", "missing"),
    }


def test_reader_gets_the_leaving_text_in_force(db):
    assert leaving.current("en")["title"] == leaving.FIRST["en"]["title"]
    editions.published("leaving", editions.wording("leaving", pt="Nova frase."))
    assert leaving.current("pt")["clauses"][0] == "Nova frase."
    assert leaving.current("xx") == leaving.current("zh_Hant_MO")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_nothing_differs_from_itself(db, subject):
    assert differences.between(subject, contents.first(subject), contents.first(subject)) == []
    assert contents.faults(subject, contents.first(subject)) == []
    assert (subject in LEGAL) == (subject in ("personal", "unit", "leaving", "privacy"))


def test_differences_name_their_places(db):
    before = contents.first("personal")
    after = copy.deepcopy(before)
    del after["texts"]["pt"]["clauses"][1]
    after["sample"] = False
    found = differences.between("personal", before, after)
    assert [one.place for one in found] == [("sample",), ("clause", "pt", "2")]
    assert (found[1].before, found[1].after) == (before["texts"]["pt"]["clauses"][1], None)

    old = contents.first("channels")
    new = copy.deepcopy(old)
    new["channels"][0]["closes"] = 1200
    new["channels"].pop()
    assert [one.place for one in differences.between("channels", old, new)] == [
        ("closes", "hengqin-bridge"),
        ("channel", "shizimen-tunnel"),
    ]
    assert [one.after for one in differences.between("holidays", {"days": []}, {"days": [["2027-01-01", "元旦"]]})] == [
        "元旦"
    ]

"""Announcements: their life, whom they reach, once each, and where they are shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import accounts
from tests.builders import units as build
from tests.builders.delivery import drain
from webapp import clock
from webapp.delivery import telling, wording
from webapp.domain.announcements import actions, queries, sending, states
from webapp.domain.announcements.models import STATES, Announcement
from webapp.domain.jobs.models import RECORDS, Job
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.units import deciding
from webapp.errors import Conflict, Invalid

TEXTS = {
    "zh_Hant_MO": {"title": "系統維護", "body": "星期六停止服務。\n星期日恢復。"},
    "zh_Hans_CN": {"title": "系统维护", "body": "星期六停止服务。"},
    "pt": {"title": "Manutenção", "body": "Sábado."},
    "en": {"title": "", "body": ""},
}


@pytest.fixture
def officer(db):
    return accounts.actor_of(accounts.platform_staff("platform_officer"))


def until(days: int = 5) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def drafted(officer, audience: str = "units", day: str = "", time: str = "") -> Announcement:
    made = actions.draft(officer, audience, TEXTS, day, time, until() if audience == "everybody" else "")
    return queries.one(made["announcement"])


@pytest.mark.parametrize("state", ("", *STATES))
@pytest.mark.parametrize("action", states.ACTIONS)
def test_every_state_and_action(state, action):
    if (state, action) in states.TRANSITIONS:
        assert states.next_state(state, action) in STATES
    else:
        with pytest.raises(Conflict, match="announcement_over"):
            states.next_state(state, action)


def test_reaches_units_of_the_class_once_each(db, officer, monkeypatch):
    firms = [build.certified_unit(), build.certified_unit()]
    build.member(firms[0])
    build.certified_unit("social")
    build.pending_unit()
    deciding.suspend(officer, firms[1].unit.id, ["unit:misuse"], "查核", firms[1].unit.version)
    monkeypatch.setattr(sending, "SLICE", 1)
    row = drafted(officer, "enterprise")
    actions.send(officer, row.ref, 1)
    drain(db, RECORDS)

    told = [notice for notice in Notice.select() if notice.kind == "announcement"]
    assert {one.audience_ref for one in told} == {firm.unit.ref for firm in firms}
    assert Delivery.select().where(Delivery.notice << [one.id for one in told]).count() == 3
    assert queries.one(row.ref).state == "sent"

    # A slice that is begun again, and the whole job after a kill, tell nobody twice.
    sending.tell_slice(row.ref, 0)
    Job.update(state="queued", cursor=0).where(Job.subject == row.ref).execute()
    drain(db, RECORDS)
    assert Notice.select().where(Notice.kind == "announcement").count() == 2


def test_scheduled_is_recalled_before_and_not_after(db, officer):
    build.certified_unit()
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    row, other = drafted(officer, day=tomorrow, time="09:00"), drafted(officer, day=tomorrow, time="09:00")
    for one in (row, other):
        actions.send(officer, one.ref, 1)
    drain(db, RECORDS)
    assert Notice.select().where(Notice.kind == "announcement").count() == 0
    with pytest.raises(Conflict, match="stale"):
        actions.recall(officer, row.ref, 1)
    actions.recall(officer, row.ref, 2)
    with clock.travel(timedelta(days=2)):
        drain(db, RECORDS)
        assert [one.subject for one in Notice.select() if one.kind == "announcement"] == [other.ref]
        with pytest.raises(Conflict, match="announcement_over"):
            actions.recall(officer, other.ref, queries.one(other.ref).version)
    assert queries.one(row.ref).state == "recalled"
    assert telling.announce.__doc__


def test_to_everybody_stands_on_public_pages_until_its_day(db, officer):
    row = drafted(officer, "everybody")
    assert queries.public() == []
    actions.send(officer, row.ref, 1)
    drain(db, RECORDS)
    assert [one.ref for one in queries.public()] == [row.ref]
    with clock.travel(timedelta(days=6)):
        assert queries.public() == []
    actions.hide(officer, row.ref, queries.one(row.ref).version)
    assert queries.public() == []
    units_only = drafted(officer)
    with pytest.raises(Conflict):
        actions.hide(officer, units_only.ref, 1)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"audience": "nobody"}, "audience:choose"),
        ({"texts": TEXTS | {"zh_Hans_CN": {"title": "", "body": "x"}}}, "title_zh_Hans_CN:missing"),
        ({"texts": TEXTS | {"en": {"title": "Only a title", "body": ""}}}, "body_en:missing"),
        ({"texts": TEXTS | {"pt": {"title": "x" * 70, "body": "y"}}}, "title_pt:too_long"),
        ({"send_on": "2020-01-01", "send_time": "09:00"}, "send_on:announcement_past"),
        ({"send_on": "2030-13-01", "send_time": "09:00"}, "send_on"),
        ({"send_on": "2027-01-01", "send_time": "25:00"}, "send_time:announcement_time"),
        ({"send_on": "2027-01-01", "send_time": ""}, "send_time:announcement_time"),
        ({"audience": "everybody", "shown_until": "2020-01-01"}, "shown_until:announcement_until"),
        ({"audience": "everybody", "shown_until": ""}, "shown_until"),
    ],
)
def test_refused(officer, change, fault):
    typed = {"audience": "units", "texts": TEXTS, "send_on": "", "send_time": "", "shown_until": ""} | change
    with pytest.raises(Invalid) as refused:
        actions.draft(officer, **typed)
    assert any(f"{one.field}:{one.code}".startswith(fault) for one in refused.value.faults)
    assert Announcement.select().count() == 0


@pytest.mark.parametrize(
    ("locale", "title"),
    [("zh_Hant_MO", "系統維護"), ("zh_Hans_CN", "系统维护"), ("pt", "Manutenção"), ("en", "系統維護")],
)
def test_each_reads_his_language(locale, title):
    texts = {name: text for name, text in TEXTS.items() if text["title"]}
    assert wording.notice("announcement", locale, {"texts": texts}).title == title

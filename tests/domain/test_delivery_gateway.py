"""Texts through a real gateway on loopback: what is tried again, what is not, and that nobody reads a message twice."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import filings, units, uploads
from tests.builders.delivery import drain
from tests.builders.gateway import Gateway
from tests.builders.production import production
from tests.builders.smtp import smtp_servers
from tests.builders.worker import killed_at_the_end
from webapp import clock, database
from webapp.delivery import sms, sms_http
from webapp.domain.filings import filters, lists
from webapp.domain.filings.flags import Viewer
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import Job
from webapp.domain.notices import actions as notices
from webapp.domain.notices import deliveries, queries
from webapp.domain.notices.models import Delivery, Unreached
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist import removals
from webapp.domain.passlist.selection import Chosen
from webapp.settings import SettingsError, from_environment

HELD = {"number": "HQ-7K2F-93QD", "hold": "licence_expired", "until": None}
QUICK = ("urgent", "records", "messages")
LOOK = Viewer(b"", "", alone=True)


@pytest.fixture
def open_gateway():
    opened: list[Gateway] = []

    def start(*script: str, **choices: str) -> Gateway:
        opened.append(Gateway(*script, **choices))
        return opened[-1]

    yield start
    for gateway in opened:
        gateway.stop()


def through(settings, url: str, **more: str):
    return dataclasses.replace(settings, sms_url=url, **more)


def owe_text(kind: str = "entry-removed", reader: str = "somebody") -> str:
    """One text about an entry, to a phone."""
    with database.transaction():
        params = {"number": "HQ-7K2F-93QD", "unit": "橫琴示範單位", "cause": "left_unit"}
        notice = notices.queue(None, kind, "submission", reader, params=params)
        notices.deliver(None, notice, "sms", "+85366123456", "zh_Hant_MO")
    return Delivery.select().order_by(Delivery.id.desc()).get().ref


def tries(settings, *seconds: float) -> None:
    for shift in seconds:
        with clock.travel(timedelta(seconds=shift)):
            drain(settings, *QUICK)


def state() -> tuple[str, str | None, int]:
    row = Delivery.get()
    return row.state, row.error, row.attempts


def test_text_is_handed_over_signed_and_once(db, open_gateway):
    gateway = open_gateway()
    ref = owe_text()

    tries(through(db, gateway.url), 0, 60)

    assert gateway.calls == [ref]
    assert gateway.taken[ref] == {
        "id": ref,
        "to": "+85366123456",
        "text": "【橫琴通行名單】登記已移出名單，編號HQ-7K2F-93QD。請用你的私人連結查看。",
    }
    assert state() == ("sent", None, 1)


@pytest.mark.parametrize("trouble", ["500", "503", "429", "401", "307", "drop", "half"])
def test_trouble_is_tried_again_and_the_phone_rings_once(db, open_gateway, trouble):
    """To be sent elsewhere is trouble too: nobody but the gateway of the settings is given a number."""
    gateway = open_gateway(trouble, trouble)
    ref = owe_text()

    tries(through(db, gateway.url), 0, 30, 90)

    assert gateway.calls == [ref, ref, ref]
    assert list(gateway.taken) == [ref]
    assert state() == ("sent", None, 3)


def test_silent_gateway_is_left_after_a_while_and_asked_again(db, open_gateway, monkeypatch):
    monkeypatch.setattr(sms_http, "READ_SECONDS", 0.3)
    gateway = open_gateway("silent")
    ref = owe_text()

    tries(through(db, gateway.url), 0)
    assert state() == ("queued", "timeout", 1)
    tries(through(db, gateway.url), 30)

    assert (gateway.calls, list(gateway.taken)) == ([ref, ref], [ref])
    assert state() == ("sent", None, 2)


def test_busy_gateway_is_left_alone_as_long_as_it_asks(db, open_gateway):
    gateway = open_gateway("429", retry_after="120")
    owe_text()

    tries(through(db, gateway.url), 0, 100)
    assert len(gateway.calls) == 1
    tries(through(db, gateway.url), 125)

    assert (len(gateway.calls), state()[0]) == (2, "sent")


@pytest.mark.parametrize("status", ["400", "410", "422"])
def test_number_that_is_refused_is_undeliverable_and_never_tried_again(db, open_gateway, status):
    gateway = open_gateway(status)
    owe_text()

    tries(through(db, gateway.url), 0, 3600)

    assert (len(gateway.calls), gateway.taken) == (1, {})
    assert state() == ("undeliverable", status, 1)


def test_gateway_that_is_away_for_long_ends_in_a_failure_on_record(db):
    owe_text()

    tries(through(db, "http://a:b@127.0.0.1:9/"), *(3600 * 3 * hours for hours in range(12)))

    assert state() == ("failed", "away", jobs.MAX_ATTEMPTS)
    assert queries.unreached_among(["somebody"]) == {"somebody"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("120", timedelta(seconds=120)),
        ("Thu, 04 Mar 2027 02:05:00 GMT", timedelta(minutes=5)),
        ("Thu, 04 Mar 2027 01:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("", None),
        ("9" * 40, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(header, expected):
    assert sms_http.pause(header, datetime(2027, 3, 4, 2, 0, tzinfo=UTC)) == expected


def test_no_gateway_makes_us_wait_for_ever(db, open_gateway):
    gateway = open_gateway("429", retry_after="99999999")
    owe_text()

    tries(through(db, gateway.url), 0)

    assert Job.get().not_before <= clock.now() + jobs.LONGEST_PAUSE


@pytest.mark.parametrize("engine", ["sqlite"])
def test_worker_killed_between_sending_and_recording_sends_again_and_the_phone_rings_once(db, open_gateway, engine):
    gateway = open_gateway("silent")
    ref = owe_text()
    with killed_at_the_end(db, SMS_URL=gateway.url):
        gateway.wait_for(1, 180)
    assert (Delivery.get().state, Job.get(Job.kind == "deliver").state) == ("queued", "running")

    jobs.take_back(lambda _owner: True)
    drain(through(db, gateway.url), "messages")

    assert gateway.calls == [ref, ref]
    assert list(gateway.taken) == [ref]
    assert Delivery.get().state == "sent"


def test_memory_keeps_what_was_sent_by_its_key(db):
    ref = owe_text()

    drain(through(db, "memory:"))
    sms.gateway("memory:").send(ref, "+85366123456", "again")

    assert [text.number for text in sms.gateway("memory:").texts.values() if text.ref == ref] == ["+85366123456"]


@pytest.mark.parametrize(
    "url", ["pigeon://roof", "https://gateway.example/x", "https://key@gateway.example/x", "http://k:s@gateway:x/"]
)
def test_system_does_not_start_with_a_gateway_that_cannot_be_used(tmp_path, url):
    with pytest.raises(SettingsError, match="SMS_URL"):
        from_environment({"DATA_DIR": str(tmp_path), "SMS_URL": url})


def test_phone_numbers_do_not_leave_production_in_the_open(tmp_path):
    environment = production(tmp_path)

    with pytest.raises(SettingsError, match="https"):
        from_environment(environment | {"SMS_URL": "http://k:s@gateway.example/"})
    assert from_environment(environment | {"SMS_URL": "https://k:s%2F@gateway.example/"}).sms_secret == "s/"
    assert "gateway.example" not in repr(from_environment(environment | {"SMS_URL": "https://k:s@gateway.example/"}))


# Who is reached --------------------------------------------------------------------------------------------------


@pytest.fixture
def unit(db):
    return units.certified_unit("enterprise")


def test_mail_that_cannot_arrive_becomes_a_text(db, unit, open_gateway):
    gateway = open_gateway()
    with smtp_servers() as start:
        _box, url = start(*["550 no such user"] * 9)
        sent = filings.filed(unit, email="gone@person.example")
        uploads.uploaded(unit, uploads.verified(unit, sent))
        tries(through(db, gateway.url, smtp_url=url), 0)

    ways = {(push.kind, push.channel, push.state) for push in queries.pushes(reader=sent.submission.ref)}
    assert {("entry-listed", "email", "undeliverable"), ("entry-listed", "sms", "sent")} < ways
    assert ("filing-verified", "email", "undeliverable") in ways
    assert ("filing-verified", "sms", "sent") not in ways  # not what people are texted
    assert len(gateway.taken) == 1


def test_person_who_is_not_reached_is_shown_until_a_message_arrives(db, unit, open_gateway):
    gateway = open_gateway("410")
    entry = uploads.listed(unit)
    drain(through(db, gateway.url), *QUICK)

    seen = lists.page(unit.unit, filters.Filter.read("all", "", "unreached"), LOOK)
    assert seen.rows == ()  # uploaded: the entry shows it
    assert [row.id for row in passlist.entries(unit.unit.id, "unreached").rows] == [entry.id]
    assert passlist.unreached_count(unit.unit.id) == 1

    with database.transaction():
        notice = notices.queue(None, "entry-held", "submission", entry.submission_ref, params=HELD)
        notices.deliver(None, notice, "sms", "+85366123456", "zh_Hant_MO")
    drain(db, *QUICK)
    assert passlist.unreached_count(unit.unit.id) == 0


def test_flag_on_a_filing_that_waits(db, unit, open_gateway):
    gateway = open_gateway("410")
    sent = filings.filed(unit)
    with database.transaction():
        params = {"number": sent.submission.number, "unit": "橫琴示範單位", "reasons": []}
        notice = notices.queue(None, "filing-returned", "submission", sent.submission.ref, params=params)
        notices.deliver(None, notice, "sms", "+85366123456", "zh_Hant_MO")
    drain(through(db, gateway.url), *QUICK)

    (row,) = lists.page(unit.unit, filters.Filter.read("waiting", "", "unreached"), LOOK).rows
    assert ([flag.code for flag in row.flags], row.next_act) == (["unreached"], "verify")


# What the gateway reports ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "report", "after"),
    [
        ("queued", "delivered", "delivered"),
        ("sent", "delivered", "delivered"),
        ("sent", "failed", "failed"),
        ("sent", "undeliverable", "undeliverable"),
        ("failed", "delivered", "delivered"),
        ("undeliverable", "delivered", "delivered"),
        ("delivered", "failed", "delivered"),
        ("delivered", "undeliverable", "delivered"),
        ("undeliverable", "failed", "undeliverable"),
    ],
)
def test_reports(db, before, report, after):
    ref = owe_text()
    with database.transaction():
        Delivery.update(state=before).execute()

    changed = deliveries.reported({ref: report, "unknown": "failed"})

    assert (Delivery.get().state, changed) == (after, int(before != after))
    lost = changed and after != "delivered"
    assert [row.audience_ref for row in Unreached.select()] == (["somebody"] if lost else [])
    assert deliveries.reported({ref: report}) == 0


def test_report_that_overtakes_our_record_is_not_undone_by_it(db):
    ref = owe_text()
    parcel = deliveries.parcel(ref)
    deliveries.reported({ref: "delivered"})

    with database.transaction():
        deliveries.sent(parcel)
    drain(db, *QUICK)

    assert Delivery.get().state == "delivered"


def test_pushes_of_a_subject_show_every_way(db, unit):
    entry = uploads.listed(unit)
    drain(db, *QUICK)
    row = passlist.one(unit.unit.id, entry.ref)
    removals.remove(unit.actor, unit.unit.id, Chosen(rows=((row.ref, row.version),)), "left_unit")
    drain(db, *QUICK)

    found = [push for push in queries.pushes(subjects=[entry.submission_ref]) if push.kind == "entry-removed"]
    assert [(push.audience, push.channel, push.state, push.attempts) for push in found] == [
        ("submission", "inbox", "unread", 0),
        ("submission", "sms", "sent", 1),
    ]

"""Clocks that jump, and mail server and gateway away for an hour: nothing is lost, nothing twice, nothing for ever."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from tests.builders.accounts import actor_of, platform_staff
from tests.builders.delivery import drain
from tests.builders.gateway import Gateway
from tests.builders.smtp import smtp_servers
from tests.postgres import free_port
from webapp import clock, database
from webapp.domain.accounts import sessions
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import FINISHED, QUEUED, Job
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import Delivery

PEOPLE = 6
HOUR = timedelta(hours=1)


def owe_messages() -> None:
    """To each person a mail and a text."""
    with database.transaction():
        for number in range(PEOPLE):
            params = {"number": "HQ-7K2F-93QD", "unit": "橫琴示範單位", "cause": "left_unit"}
            notice = notices.queue(None, "entry-removed", "submission", f"reader-{number}", params=params)
            notices.deliver(None, notice, "sms", f"+853661234{number:02}", "zh_Hant_MO")
            notices.deliver(None, notice, "email", f"p{number}@mail.example", "zh_Hant_MO")


def test_mail_server_and_gateway_away_for_an_hour(db):
    owe_messages()
    away = dataclasses.replace(
        db, smtp_url=f"smtp://127.0.0.1:{free_port()}", sms_url=f"http://k:s@127.0.0.1:{free_port()}/"
    )
    for minutes in (0, 1, 5, 15, 30, 59):
        with clock.travel(timedelta(minutes=minutes)):
            drain(away)
    assert Delivery.select().where(Delivery.state == "queued").count() == 2 * PEOPLE

    gateway = Gateway()
    with smtp_servers() as start:
        box, address = start()
        back = dataclasses.replace(db, smtp_url=address, sms_url=gateway.url)
        for hours in (2, 3, 4):
            with clock.travel(hours * HOUR):
                drain(back)
    gateway.stop()
    arrived = [*gateway.calls, *(mail["To"] for mail in box.taken)]
    print(f"\n| mail and gateway away for an hour | {2 * PEOPLE} | {2 * PEOPLE} | {len(set(arrived))} |", end="")
    print(f" {len(arrived) - len(set(arrived))} |")

    assert {delivery.state for delivery in Delivery.select()} == {"sent"}
    assert len(gateway.calls) == len(gateway.taken) == PEOPLE
    assert sorted(mail["To"] for mail in box.taken) == [f"p{number}@mail.example" for number in range(PEOPLE)]


def owed() -> Job:
    with database.transaction():
        jobs.enqueue(None, "test", "subject")
    return jobs.claim("first:1:0")


def test_clock_that_jumps_ahead_gives_a_lease_away_and_the_first_holder_changes_nothing(db):
    held = owed()

    with clock.travel(2 * HOUR):
        taken = jobs.claim("second:2:0")
        with pytest.raises(jobs.LostLease):
            jobs.finish(held)
        jobs.finish(taken)

    assert Job.get().state == FINISHED


def test_lease_of_a_dead_worker_from_a_clock_that_ran_ahead_is_not_kept_for_hours(db):
    with clock.travel(6 * HOUR):
        owed()

    assert jobs.claim("second:2:0") is not None


def test_living_worker_keeps_its_work_when_the_clock_is_put_right(db):
    with clock.travel(6 * HOUR):
        held = owed()

    jobs.renew(held)

    assert jobs.claim("second:2:0") is None
    jobs.finish(held)


def test_work_given_back_by_a_clock_that_ran_ahead_is_done_when_its_time_comes(db):
    with clock.travel(HOUR):
        jobs.release(owed())

    assert jobs.claim("second:2:0") is None
    with clock.travel(HOUR + timedelta(seconds=1)):
        assert jobs.claim("second:2:0").state != QUEUED


def test_session_survives_a_jump_that_is_put_right_and_no_jump_that_stays(db):
    account = platform_staff()
    token = sessions.begin(actor_of(account), account)

    with clock.travel(2 * HOUR):
        assert sessions.current(token) is None
    assert sessions.current(token) is not None
    with clock.travel(-2 * HOUR):
        assert sessions.current(token) is not None

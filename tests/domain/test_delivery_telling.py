"""Telling everybody an act touched, in slices that a killed worker's heir goes on with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.builders import filings, units, uploads
from tests.builders.delivery import drain, mails, texts
from webapp import clock, database
from webapp.actors import Actor
from webapp.delivery.handlers import HANDLERS
from webapp.delivery.worker import Worker
from webapp.domain.audit.acts import Act, action
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import telling
from webapp.domain.filings.models import Filing, FilingStep, Submission
from webapp.domain.jobs.models import RECORDS, Job
from webapp.domain.notices import queries as notices
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.passlist import removals
from webapp.domain.passlist.selection import Chosen
from webapp.domain.units import deciding
from webapp.domain.units import queries as unit_queries


@action("test:take-step")
def take_step(act: Act, submissions: list[int], name: str, state: str, kind: str, reasons: list[str]) -> dict:
    """The step a real act takes of every filing of these submissions, and the news it owes."""
    for filing in Filing.select().where(Filing.submission << submissions):
        FilingStep.create(filing=filing.id, act_id=act.id, at=act.now, action=name, state=state, reasons=reasons)
    telling.owe(act, kind)
    return {}


def verifier(built) -> Actor:
    return built.actor


def told(kind: str) -> list[Notice]:
    return list(Notice.select().where(Notice.kind == kind).order_by(Notice.id))


def test_each_person_is_told_once_on_the_page_and_by_mail(db):
    built = units.certified_unit()
    with_mail = filings.filed(built, email="person@mail.example", vehicles=[filings.vehicle(), filings.vehicle()])
    without = filings.filed(built)
    drain(db)

    take_step(
        verifier(built), [with_mail.submission.id, without.submission.id], "verify", "verified", "filing-verified", []
    )
    drain(db)

    page = notices.inbox("submission", with_mail.submission.ref)
    assert [notice.kind for notice in page] == ["filing-verified", "filing-submitted"]
    assert page[0].params == {"number": with_mail.submission.number, "unit": built.unit.name}
    (letter,) = [one for one in mails(db) if one["Subject"] == "單位已驗核"]
    assert letter["To"] == "person@mail.example"
    assert f"http://passlist.test/s/{with_mail.token}" in letter.get_content().splitlines()
    # Without a mailbox a person is texted only what he must act on.
    assert texts(db) == []


def test_what_must_be_put_right_reaches_a_person_without_a_mailbox(db):
    built = units.certified_unit()
    one = filings.filed(built, vehicles=[filings.vehicle(), filings.vehicle()])
    drain(db)

    take_step(verifier(built), [one.submission.id], "return", "returned", "filing-returned", ["plate:malformed"])
    drain(db)

    (text,) = texts(db)
    assert text["text"] == f"【橫琴通行名單】申報要補正，編號{one.submission.number}。請用你的私人連結查看。"
    assert [notice.params["reasons"] for notice in told("filing-returned")] == [["plate:malformed"]]


@pytest.mark.parametrize("slice_of", [1, 200])
def test_a_phone_is_texted_once_of_one_act(db, slice_of, monkeypatch):
    monkeypatch.setattr(telling, "SLICE", slice_of)
    built = units.certified_unit()
    who, phone = filings.person("cn_id"), "13812340987"
    entries = [uploads.listed(built, who=who, phone=phone) for _ in range(2)]
    drain(db)

    chosen = Chosen(tuple((entry.ref, entry.version) for entry in entries))
    removals.remove(built.actor, built.unit.id, chosen, "entered_in_error")
    drain(db)

    # Each page tells of its own; the phone rings once.
    assert len(told("entry-removed")) == 2
    (text,) = [one["text"] for one in texts(db) if "移出" in one["text"]]
    assert entries[0].number in text


def test_a_repeat_of_the_act_or_of_the_job_tells_nobody_twice(db):
    built = units.certified_unit()
    one = filings.filed(built, email="person@mail.example")
    take_step(verifier(built), [one.submission.id], "verify", "verified", "filing-verified", [], key="k")
    drain(db)

    take_step(verifier(built), [one.submission.id], "verify", "verified", "filing-verified", [], key="k")
    with database.transaction():
        Job.update(state="queued", cursor=0).where(Job.kind == "tell").execute()
    drain(db)

    assert len(told("filing-verified")) == 1
    assert (
        Delivery.select()
        .join(Notice, on=(Delivery.notice == Notice.id))
        .where(Notice.kind == "filing-verified")
        .count()
        == 1
    )


class Killed(BaseException):
    """Not an Exception: nothing in the worker may catch it, as nothing catches SIGKILL."""


@pytest.mark.parametrize(("people", "size", "slices_done"), [(30, 10, 0), (1000, 200, 2)])
def test_a_thousand_people_are_told_once_though_a_worker_dies_between(
    db, engine, monkeypatch, people, size, slices_done
):
    if engine == "postgresql" and people == 1000:
        people, size = 150, 30  # the same five slices: making a thousand people twice takes longer than telling them
    monkeypatch.setattr(telling, "SLICE", size)
    built = units.certified_unit()
    sent = [filings.filed(built) for _ in range(people)]
    drain(db, RECORDS)
    submissions = [one.submission.id for one in sent]
    take_step(verifier(built), submissions, "verify", "verified", "filing-verified", [])
    real, calls = telling.tell_slice, []

    def dies(act_id: int, kind: str, after: int) -> tuple[int, int]:
        answer = real(act_id, kind, after)
        calls.append(after)
        if len(calls) > slices_done:
            raise Killed
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(telling, "tell_slice", dies)
        with pytest.raises(Killed):
            Worker(db, HANDLERS).work_once("dies", (RECORDS,))
    assert len(told("filing-verified")) == slices_done * telling.SLICE

    with clock.travel(timedelta(minutes=2)):
        drain(db, RECORDS)

    assert sorted(n.audience_ref for n in told("filing-verified")) == sorted(one.submission.ref for one in sent)


def statements_of(work: Callable[[], object]) -> int:
    """How many statements a piece of work sends to the database."""
    obj, sent = database.database.obj, []
    real = obj.execute_sql
    obj.execute_sql = lambda sql, *args, **kwargs: (sent.append(sql), real(sql, *args, **kwargs))[1]
    try:
        work()
    finally:
        del obj.execute_sql
    return len(sent)


def test_number_of_statements_does_not_depend_on_the_number_of_people(db):
    built = units.certified_unit()
    counted = []
    for people in (2, 20):
        sent = [filings.filed(built, email=f"p{n}@mail.example").submission.id for n in range(people)]
        take_step(verifier(built), sent, "return", "returned", "filing-returned", ["plate:malformed"])
        act_id = int(Job.select().where(Job.kind == "tell").order_by(Job.id.desc()).get().subject)
        with database.transaction():
            counted.append(statements_of(lambda act_id=act_id: telling.tell_slice(act_id, "filing-returned", 0)))
    drain(db, RECORDS)

    assert counted[0] == counted[1]
    assert len(told("filing-returned")) == 22


def test_nothing_is_issued_for_news_that_is_not_a_listing(db):
    built = units.certified_unit()
    one = filings.filed(built)
    drain(db, RECORDS)
    papers = IssuedDocument.select().count()

    take_step(verifier(built), [one.submission.id], "verify", "verified", "filing-verified", [])
    drain(db, RECORDS)

    assert IssuedDocument.select().count() == papers
    assert Submission.select().count() == 1


def test_who_waits_with_a_unit_is_told_of_its_suspension_and_return(db):
    built = units.certified_unit()
    waiting = filings.filed(built, email="person@mail.example", vehicles=[filings.vehicle(), filings.vehicle()])
    phone_only = filings.filed(built)
    withdrawn = filings.filed(built)
    Filing.update(state="withdrawn").where(Filing.submission == withdrawn.submission.id).execute()
    elsewhere = filings.filed(units.certified_unit())
    drain(db)

    deciding.suspend(units.platform_actor(), built.unit.id, ["unit:outdated"], "", version(built))
    drain(db)

    assert [one.audience_ref for one in told("filing-paused")] == [waiting.submission.ref, phone_only.submission.ref]
    assert told("filing-paused")[0].params == {"number": waiting.submission.number, "unit": built.unit.name}
    assert [one["To"] for one in mails(db) if one["Subject"] == "單位暫停，申報要等"] == ["person@mail.example"]
    (text,) = texts(db)
    number = phone_only.submission.number
    assert text["text"] == f"【橫琴通行名單】單位暫停，申報要等，編號{number}。請用你的私人連結查看。"
    assert [one.kind for one in notices.inbox("submission", elsewhere.submission.ref)] == ["filing-submitted"]

    deciding.reinstate(units.platform_actor(), built.unit.id, "已更新", version(built))
    drain(db)

    assert [one.audience_ref for one in told("filing-resumed")] == [waiting.submission.ref, phone_only.submission.ref]


def test_nobody_is_told_of_a_suspension_that_is_over_by_then(db):
    built = units.certified_unit()
    filings.filed(built)
    deciding.suspend(units.platform_actor(), built.unit.id, ["unit:outdated"], "", version(built))
    deciding.reinstate(units.platform_actor(), built.unit.id, "已更新", version(built))
    drain(db)

    assert (told("filing-paused"), len(told("filing-resumed"))) == ([], 1)


def version(built) -> int:
    return unit_queries.by_id(built.unit.id).version

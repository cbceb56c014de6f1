"""A large unit deregistered: one transaction whatever its size, nobody told twice though the worker dies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders.delivery import drain
from tests.builders.many import fill
from tests.builders.units import certified_unit
from tests.domain.test_closings_deregistering import officers, proposed
from tests.domain.test_delivery_telling import Killed
from tests.domain.test_filings_verifying import statements
from webapp import clock
from webapp.delivery.handlers import HANDLERS
from webapp.delivery.worker import Worker
from webapp.domain.audit.models import Act, AuditLine
from webapp.domain.closings import deregistering, telling
from webapp.domain.filings.models import Filing
from webapp.domain.jobs.models import RECORDS, Job
from webapp.domain.notices.models import Delivery, Notice
from webapp.domain.passlist.models import Entry

__all__ = ["officers"]


def test_a_thousand_people_of_a_deregistered_unit_are_told_once_though_the_worker_dies(
    officers, db, engine, monkeypatch
):
    people = 1000 if engine == "sqlite" else 200
    counted = []
    for listed, filing in ((5, 5), (people - people // 10, people // 10)):
        here = certified_unit()
        fill(here, listed, filing)
        row = proposed(officers[0], here)
        counted.append(statements(lambda row=row: deregistering.confirm(officers[1], row.ref, row.version)))
    act = Act.select().where(Act.verb == "unit:deregister").order_by(Act.id.desc()).get()
    drain_first = Job.select().where(Job.kind == "tell-ended").order_by(Job.id).first()
    Job.delete().where(Job.id == drain_first.id).execute()
    Job.delete().where(Job.kind != "tell-ended").execute()

    real, calls = telling.tell_slice, []

    def dies(*given):
        answer = real(*given)
        calls.append(answer)
        if len(calls) == 2:
            raise Killed
        return answer

    monkeypatch.setattr(telling, "SLICE", people // 5)
    with monkeypatch.context() as patched:
        patched.setattr(telling, "tell_slice", dies)
        with pytest.raises(Killed):
            Worker(db, HANDLERS).work_once("dies", (RECORDS,))
    told = Notice.select().where(Notice.kind == "unit-closed", Notice.act_id == act.id)
    after_death = told.count()
    with clock.travel(timedelta(minutes=2)):
        drain(db, RECORDS)

    assert counted[0] == counted[1]
    assert after_death == people // 5
    assert len({one.audience_ref for one in told}) == told.count() == people
    assert Delivery.select().join(Notice).where(Notice.act_id == act.id, Notice.kind == "unit-closed").count() == people
    assert Entry.select().where(Entry.unit == here.unit.id, Entry.state != "removed").count() == 0
    assert Filing.select().where(Filing.unit == here.unit.id, Filing.state << ("submitted", "verified")).count() == 0
    lines = AuditLine.select().where(AuditLine.act == act.id)
    assert lines.where(AuditLine.tag == "entry:removed").count() == people - people // 10
    assert lines.where(AuditLine.tag == "filing:closed").count() == people // 10

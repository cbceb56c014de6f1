"""No page, search, export, digest or timer reads a table that grows with the list from end to end (issue of scale)."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.builders import accounts, lanes
from tests.builders.browser import Browser
from tests.plans.listening import full_scans, listening
from tests.plans.looking import ROLES, everywhere
from webapp import clock
from webapp.actors import ACCOUNT, Actor
from webapp.cli.synth import filling
from webapp.database import database
from webapp.delivery import handlers, timers
from webapp.domain.audit import sealing
from webapp.domain.filings import attesting, filters, flags, replacing_phones, upload_lists
from webapp.domain.filings.models import Filing
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.models import Entry
from webapp.domain.pledges.models import Pledge
from webapp.domain.registry.looking import Place

ENTRIES = 800
#: A part of the statement → why it may read everything.
ALLOWED = {
    '"held"."entry_id"': "the worker counts a whole day once, for the figures that are kept (figures.counting)",
    '("t1"."erased_at" IS NULL) AND ("t1"."created_at" <': "once a night: whose term is over is known only from"
    " what he no longer has (privacy.purging)",
    'DELETE FROM "draft" WHERE ((("draft"."begun_from"': "whoever has another phone loses the changes he had begun;"
    " drafts live seven days",
    '"t1"."begun_from" FROM "draft" AS "t1"': "an erasure opens the drafts of the last seven days: whose they are is"
    " written inside",
    '"t2"."key_index" IN (?, ?, ?': "a passport number whose country nobody said is looked for under every"
    " country there is; SQLite then prefers to read the index keys once. An officer's search, seldom made",
}


@pytest.fixture
def world(app, db):
    plan = filling.fill(db, ENTRIES, seed=3, today=clock.today(), processes=1)
    for role in ROLES:
        accounts.platform_staff(role, email=f"{role}@staff.example")
    return SimpleNamespace(app=app, plan=plan, settings=db)


def export(world) -> None:
    manager = Browser(world.app.test_client())
    manager.sign_in(world.plan.units[0].email, filling.PASSWORD)
    for kind in ("csv", "xlsx"):
        manager.send("/unit/list/export", {"format": kind, "detail": "masked"})


def ask_lanes(world) -> None:
    _ref, key = lanes.client()
    client, head = world.app.test_client(), {"Authorization": f"Bearer {key}"}
    for path in ("check?plate=粤SA0001&channel=shenjing", "snapshot", "changes?after=", "changes?after=0"):
        assert client.get(f"/api/lane/v1/{path}", headers=head).status_code < 500
    client.post("/api/lane/v1/checks", json={"plates": ["粤SA0001", "粤SA0002"], "channel": "shenjing"}, headers=head)
    pair = {"plate": "粤SA0001", "id_number": "H50000001"}
    client.post("/api/lane/v1/driver-checks", json={"checks": [pair]}, headers=head)


def ask_of_one(listed: Entry, waiting: Filing) -> None:
    """What is about one person alone: another phone, and what a pledge is worth."""
    manager = Actor(ACCOUNT, "manager", unit_id=listed.unit_id, request_id="test")
    replacing_phones.replace(manager, listed.unit_id, listed.submission_ref, "+8613800000009")
    for pledge in (listed.pledge_id, waiting.pledge_id):
        attesting._standing_of(Pledge.get_by_id(pledge))


def beat(world) -> None:
    """Every timer once, and whatever they owe."""
    timers.number_changes()
    sealing.seal_committed()
    timers.take_in_lane_checks()
    for timer in timers.TIMERS:
        period = timer.period(clock.now()) or clock.today().isoformat()
        job = SimpleNamespace(subject=period, cursor=0, params={}, act_id=None)
        work = SimpleNamespace(job=job, settings=world.settings, breathe=lambda: None)
        handlers.HANDLERS[timer.kind](work)


def test_nothing_reads_a_big_table_from_end_to_end(world):
    listed, waiting = Entry.get(Entry.state == "listed"), Filing.get(Filing.state == "submitted")
    with listening() as heard:
        opened = everywhere(world.app, world.plan.units[0].email)
        export(world)
        ask_lanes(world)
        ask_of_one(listed, waiting)
        beat(world)
    print(len(heard), "statements;", len(opened), "pages")
    scans = {sql: told for sql, told in full_scans(heard).items() if not any(part in sql for part in ALLOWED)}
    assert scans == {}, "\n\n".join(f"{told}\n    {sql[:1200]}" for sql, told in scans.items())


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_late_page_begins_where_it_is(world):
    """Not at the first row of the list: the last page of a hundred thousand reads as little as the first."""
    unit, late = world.plan.units[0].id, Place(clock.now(), 5)
    with listening() as heard:
        passlist.entries(unit, after=late)
        passlist.entries(unit, "removed", after=late)
        list(passlist.found_by(passlist._within(unit, ""), "陳"))
        passlist.entries(unit, "", "陳", after=replace(late, looked=1))
        upload_lists.verified(unit, after=late)
        for after, before in ((late, None), (None, late)):
            list(filters.window(unit, filters.Filter(filters.ALL), after, before).limit(31).tuples())
            list(filters.window(unit, filters.Filter(filters.WAITING), after, before).limit(31).tuples())
    beyond = r"_at\" [<>]=? .* OR |_at\", \S+\) [<>] \("
    pages = {sql: params for sql, params in heard.items() if re.search(beyond, sql)}
    begins = [
        [row[3] for row in database.execute_sql("EXPLAIN QUERY PLAN " + sql, params).fetchall()]
        for sql, params in pages.items()
    ]
    assert len(begins) >= 6
    assert [plan for plan in begins if not re.search(r"_at[<>]\?", " ".join(plan))] == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_has_to_do_with_a_filing_is_found_by_person_and_car(db):
    """Not among everything that waits in the unit: for ten thousand at once that is a hundred million rows."""
    text, values = flags._statement(True)
    plan = [row[3] for row in database.execute_sql("EXPLAIN QUERY PLAN " + text, values).fetchall()]
    assert any("person_id=?" in step for step in plan)
    assert [step for step in plan if "(unit_id=?" in step] == []

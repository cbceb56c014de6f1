"""No page, search, export, digest or timer reads a table that grows with the list from end to end (issue of scale)."""

from __future__ import annotations

import html
import re
from collections import Counter
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.builders import accounts, lanes
from tests.builders.browser import Browser
from tests.plans.listening import full_scans, listening
from webapp import clock
from webapp.cli.synth import filling
from webapp.delivery import handlers, timers
from webapp.domain.filings import queries
from webapp.domain.filings.models import Submission
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers

ENTRIES = 800
ROLES = ("platform_officer", "system_admin", "security_admin", "audit_admin", "supervisor", "lane_officer")
#: A part of the statement → why it may read everything.
ALLOWED = {
    '"held"."entry_id"': "the worker counts a whole day once, for the figures that are kept (figures.counting)",
    '"t2"."key_index" IN (?, ?, ?': "a passport number whose country nobody said is looked for under every"
    " country there is; SQLite then prefers to read the index keys once. An officer's search, seldom made",
}
#: How often each address is opened, apart for each set of parameters.
TIMES = 2


@pytest.fixture
def world(app, db):
    plan = filling.fill(db, ENTRIES, seed=3, today=clock.today(), processes=1)
    for role in ROLES:
        accounts.platform_staff(role, email=f"{role}@staff.example")
    return SimpleNamespace(app=app, plan=plan, settings=db)


def crawl(app, browser: Browser, *starts: str) -> Counter[str]:
    """Open every page that links lead to, each kind of page a few times. Returns how often which was opened."""
    adapter, opened = app.url_map.bind("passlist.test"), Counter[str]()
    waiting, seen = list(starts), set(starts)
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        try:
            endpoint, _values = adapter.match(parts.path, method="GET")
        except (HTTPException, RequestRedirect):  # a link that only posts, or leads elsewhere
            continue
        kind = f"{endpoint}?{'&'.join(sorted(re.findall(r'(?:^|&)([a-z_]+)=', parts.query)))}"
        if endpoint in ("static", "staff.sign_out") or opened[kind] >= TIMES:
            continue
        opened[kind] += 1
        answer = browser.client.get(address)
        assert answer.status_code != 500, address
        if "html" not in answer.content_type:
            continue
        for link in re.findall(r'href="(/[^"#]*)', answer.text):
            link = html.unescape(link)
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    return opened


def look_everywhere(world) -> Counter[str]:
    opened = Counter[str]()
    manager = Browser(world.app.test_client())
    manager.sign_in(world.plan.units[0].email, filling.PASSWORD)
    searches = ("/unit/filings?q=lzq", "/unit/list?q=lzq", "/unit/uploads/new?q=lzq", "/unit/vehicles?q=%E7%B2%A4")
    opened += crawl(world.app, manager, "/unit", *searches, "/unit/list/export", "/unit/campaigns/new")
    for kind in ("csv", "xlsx"):
        manager.send("/unit/list/export", {"format": kind, "detail": "masked"})
    for role in ROLES:
        browser = Browser(world.app.test_client())
        browser.sign_in(f"{role}@staff.example")
        opened += crawl(world.app, browser, "/begin")
        if role == "platform_officer":
            look_up(browser)
        if role == "lane_officer":
            browser.client.get("/lane?plate=粤SA0001&channel=shenjing")
    opened += filers(world)
    return opened


def look_up(officer: Browser) -> None:
    """Search the whole list, in every way there is."""
    entry = Entry.select().first()
    declared = registry.open_answers(Answers.get_by_id(entry.answers_id))
    for kind, words in (
        ("document", declared["person"]["id_number"]),
        ("plate", declared["vehicles"][0]["plates"][0]),
        ("name", declared["person"]["full_name"]),
        ("reference", entry.number),
        ("unit", "虛構1號"),
    ):
        answer = officer.send("/platform/search", {"kind": kind, "q": words, "words": words, "reason": "來電查詢"})
        if answer.status_code == 303:
            crawl(officer.client.application, officer, answer.headers["Location"])


def filers(world) -> Counter[str]:
    sent = Submission.select().order_by(Submission.id).first()
    declared = registry.open_answers(Answers.get_by_id(sent.answers_id))
    filer = Browser(world.app.test_client())
    page = f"/s/{queries.status_token(sent)}"
    filer.send(page, {"id_tail": declared["person"]["id_number"][-4:]})
    return crawl(world.app, filer, page, "/", "/committees", "/genuine/AAAAAAAAAAAA")


def ask_lanes(world) -> None:
    _ref, key = lanes.client()
    client, head = world.app.test_client(), {"Authorization": f"Bearer {key}"}
    for path in ("check?plate=粤SA0001&channel=shenjing", "snapshot", "changes?after=", "changes?after=0"):
        assert client.get(f"/api/lane/v1/{path}", headers=head).status_code < 500
    client.post("/api/lane/v1/checks", json={"plates": ["粤SA0001", "粤SA0002"], "channel": "shenjing"}, headers=head)
    pair = {"plate": "粤SA0001", "id_number": "H50000001"}
    client.post("/api/lane/v1/driver-checks", json={"checks": [pair]}, headers=head)


def beat(world) -> None:
    """Every timer once, and whatever they owe."""
    timers.number_records()
    timers.take_in_lane_checks()
    for timer in timers.TIMERS:
        period = timer.period(clock.now()) or clock.today().isoformat()
        job = SimpleNamespace(subject=period, cursor=0, params={}, act_id=None)
        work = SimpleNamespace(job=job, settings=world.settings, breathe=lambda: None)
        handlers.HANDLERS[timer.kind](work)


def test_nothing_reads_a_big_table_from_end_to_end(world):
    with listening() as heard:
        opened = look_everywhere(world)
        ask_lanes(world)
        beat(world)
    print(len(heard), "statements;", len(opened), "pages")
    scans = {sql: told for sql, told in full_scans(heard).items() if not any(part in sql for part in ALLOWED)}
    assert scans == {}, "\n\n".join(f"{told}\n    {sql[:1200]}" for sql, told in scans.items())

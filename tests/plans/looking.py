"""Opening every page there is: each kind of page that links lead to, for everybody who gets in, and every search."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.builders.browser import Browser
from webapp.cli.synth import filling
from webapp.domain.filings import queries
from webapp.domain.filings.models import Submission
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers

ROLES = ("platform_officer", "system_admin", "security_admin", "audit_admin", "supervisor", "lane_officer")
#: How often each address is opened, apart for each set of parameters.
TIMES = 2
#: (browser, kind of page, its address), of each page that was opened.
Visit = Callable[[Browser, str, str], None]


def crawl(app: Any, browser: Browser, *starts: str, visit: Visit | None = None) -> Counter[str]:
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
        # A search for what contains the words (registry.whole_words) is another kind than one for whole words.
        asked = re.findall(r"(?:^|&)([a-z_]+)=(%2A|\*)?", parts.query)
        kind = f"{endpoint}?{'&'.join(sorted(name + '*' * bool(wide) for name, wide in asked))}"
        if endpoint in ("static", "staff.sign_out") or opened[kind] >= TIMES:
            continue
        opened[kind] += 1
        answer = browser.client.get(address)
        assert answer.status_code != 500, address
        if visit is not None and answer.status_code == 200:
            visit(browser, kind, address)
        if "html" not in answer.content_type:
            continue
        for link in re.findall(r'href="(/[^"#]*)', answer.text):
            link = html.unescape(link)
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    return opened


def everywhere(app: Any, manager_email: str, visit: Visit | None = None) -> Counter[str]:
    """`manager_email`: of an invented unit. There is somebody for each of ROLES, at `<role>@staff.example`."""
    opened = Counter[str]()
    manager = Browser(app.test_client())
    manager.sign_in(manager_email, filling.PASSWORD)
    searches = ("/unit/filings?q=lzq", "/unit/list?q=lzq", "/unit/uploads/new?q=lzq", "/unit/vehicles?q=%E7%B2%A4")
    parts = ("/unit/filings?q=*lzq", "/unit/list?q=*lzq")
    starts = ("/unit", *searches, *parts, "/unit/list/export", "/unit/campaigns/new")
    opened += crawl(app, manager, *starts, visit=visit)
    for role in ROLES:
        browser = Browser(app.test_client())
        browser.sign_in(f"{role}@staff.example")
        lane = ("/lane?plate=粤SA0001&channel=shenjing",) if role == "lane_officer" else ()
        opened += crawl(app, browser, "/begin", *lane, visit=visit)
        if role == "platform_officer":
            opened += look_up(app, browser, visit)
    return opened + filers(app, visit)


def look_up(app: Any, officer: Browser, visit: Visit | None = None) -> Counter[str]:
    """Search the whole list, in every way there is."""
    opened = Counter[str]()
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
            found = answer.headers["Location"]
            opened += crawl(app, officer, found, visit=visit and named(kind, visit))
    return opened


def named(kind: str, visit: Visit) -> Visit:
    """The same, of pages that are told apart by what was searched by."""
    return lambda browser, page, address: visit(browser, f"{page} {kind}", address)


def filers(app: Any, visit: Visit | None = None) -> Counter[str]:
    """The status page of somebody, what it leads to, and what is open to all."""
    sent = Submission.select().order_by(Submission.id).first()
    declared = registry.open_answers(Answers.get_by_id(sent.answers_id))
    filer = Browser(app.test_client())
    page = f"/s/{queries.status_token(sent)}"
    filer.send(page, {"id_tail": declared["person"]["id_number"][-4:]})
    return crawl(app, filer, page, "/", "/committees", "/genuine/AAAAAAAAAAAA", visit=visit)

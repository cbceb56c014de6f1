"""Figures of the verification list: `python -m tests.bench.lists_bench [rows]`, on SQLite in a temporary folder.

Ratios within one run; the goal stands beside each.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.measuring import by_turns, milliseconds, say, statements
from tests.builders import filings as build
from tests.builders import units as build_units
from tests.builders.browser import Browser
from tests.conftest import make_settings, seed_constants
from webapp import clock, create_app, crypto, database, schema
from webapp.actors import Actor
from webapp.database import transaction
from webapp.domain.audit.models import AuditLine
from webapp.domain.filings import flags, lists, verifying
from webapp.domain.filings.filters import Filter
from webapp.domain.filings.models import Filing, FilingStep, Submission
from webapp.domain.passlist.selection import Chosen
from webapp.domain.registry.cards import Card, seal_card
from webapp.domain.registry.models import Person, Vehicle
from webapp.row_sets import insert_rows
from webapp.ui import guards
from webapp.values import people

SIGNS = "志強家豪慧心美儀國榮子軒俊傑文華明德永康安寧嘉欣偉明"
MANAGER = "bench@unit.example"
LONG = 50


def fill(template: build.Filed, number: int) -> None:
    """`number` filings like one that was really sent, each with a person and a car of its own."""
    row, sent = template.filing, template.submission
    now = clock.now()
    people_rows, cars, sent_rows, filing_rows = [], [], [], []
    first = {
        model: (model.select(model.id).order_by(model.id.desc()).scalar() or 0)
        for model in (Person, Vehicle, Submission)
    }
    for n in range(1, number + 1):
        name = f"李{SIGNS[n % 26]}{SIGNS[n // 26 % 26]}"
        plate = f"粤C{n:05d}"
        ref = crypto.new_ref()
        people_rows.append({"ref": crypto.new_ref(), "created_at": now})
        cars.append({"ref": crypto.new_ref(), "vehicle_use": "own", "vin_index": None, "created_at": now})
        sent_rows.append(
            {
                "ref": crypto.new_ref(),
                "number": crypto.new_ref(),
                "unit": row.unit_id,
                "person": first[Person] + n,
                "phone_index": sent.phone_index,
                "email_index": None,
                "language": sent.language,
                "link_version": 1,
                "answers": sent.answers_id,
                "pledge": sent.pledge_id,
                "filed_at": now,
                "act_id": sent.act_id,
            }
        )
        card = Card(name, "", "cn_id", f"{n % 10000:04d}", plate, people.search_keys(name))
        filing_rows.append(
            {
                "ref": ref,
                "submission": first[Submission] + n,
                "unit": row.unit_id,
                "person": first[Person] + n,
                "vehicle": first[Vehicle] + n,
                "position": 1,
                "vehicle_use": "own",
                "size_class": "small",
                "slot": "owner",
                "answers": row.answers_id,
                "pledge": row.pledge_id,
                "card": seal_card(ref, "filing", card),
                "warnings": [],
                "waiting": False,
                "disputed": False,
                "assigned": False,
                "household": False,
                "state": "submitted",
                "submitted_at": now,
                "act_id": row.act_id,
                "version": 1,
            }
        )
    with transaction():
        for model, rows in ((Person, people_rows), (Vehicle, cars), (Submission, sent_rows), (Filing, filing_rows)):
            insert_rows(model, rows)


def bulk(actor: Actor, unit_id: int) -> float:
    """Verify everything, in milliseconds; then everything waits again."""
    taken = milliseconds(lambda: verifying.verify_all(actor, unit_id, Chosen(everything=True)), 1)
    with transaction():
        Filing.update(state="submitted").where(Filing.unit == unit_id).execute()
    return taken


def row_loop(unit_id: int, act_id: int) -> float:
    """The same changes, steps and lines row by row, without looking at any flag."""
    begun = time.process_time()
    now = clock.now()
    with transaction():
        for row in list(Filing.select().where(Filing.unit == unit_id, Filing.state == "submitted")):
            row.state, row.act_id, row.version = "verified", act_id, row.version + 1
            row.save()
            FilingStep.create(filing=row.id, act_id=act_id, at=now, action="verify", state="verified")
            AuditLine.create(act=act_id, at=now, tag="filing:verified", object_ref=row.ref, unit_id=unit_id)
    return (time.process_time() - begun) * 1000


def pages(app: object, unit: build_units.BuiltUnit, rows: int) -> None:
    browser = Browser(app.test_client())  # type: ignore[attr-defined]
    browser.sign_in(MANAGER)
    part = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#list"}

    def page() -> object:
        return browser.open("/unit/filings")

    def fragment() -> Any:
        return browser.client.get("/unit/filings", headers=part)

    nothing = partial(browser.open, "/bench/nothing")
    ways = (nothing, page, fragment, partial(long, page), partial(long, fragment))
    bare, *as_they_are, long_page, long_fragment = by_turns(*ways, times=15, calls=10)
    search = milliseconds(lambda: browser.client.get("/unit/filings?q=lzq", headers=part), 5)
    who = flags.viewer(unit.unit.id, unit.manager.id)
    print(f"{rows:,} filings waiting; a view that does nothing for somebody signed in: {bare:.2f} ms")
    counted = [way().text.count('name="row"') for way in (fragment, partial(long, fragment))]
    for rows_shown, figures in zip(counted, (as_they_are, (long_page, long_fragment)), strict=True):
        for name, goal, figure in zip(("page", "part"), (15, 8), figures, strict=True):
            say(f"{name} of {rows_shown} rows against that view", figure / bare, f"≤ {goal}")
    say("statements of a page", len(statements(lambda: lists.page(unit.unit, Filter(), who))) + 1, "≤ 8")
    say("statements of the whole request", len(statements(lambda: browser.open("/unit/filings"))), "≤ 8")
    say(f"search of {rows:,} cards, part", search, "–", " ms")


def long(way: Callable[[], Any]) -> Any:
    """The same where a page has LONG rows, of which the contract of the benches speaks; ours has fewer."""
    shown, lists.PAGE = lists.PAGE, LONG
    try:
        return way()
    finally:
        lists.PAGE = shown


def opening(app: object) -> None:
    """A page of the list as it is, against the same page with every sealed value known beforehand; by turns."""
    browser = Browser(app.test_client())  # type: ignore[attr-defined]
    browser.sign_in(MANAGER)
    ring, known = crypto._keys(), {}
    real = ring.open

    def remembering(sealed: bytes, context: crypto.Context) -> bytes:
        known[bytes(sealed), context] = real(sealed, context)
        return known[bytes(sealed), context]

    def page() -> None:
        browser.open("/unit/filings")

    with_it, without = [], []
    ring.open = remembering  # type: ignore[method-assign]
    page()
    for _ in range(9):
        ring.open = real  # type: ignore[method-assign]
        with_it.append(milliseconds(page, 5))
        ring.open = lambda sealed, context: known[bytes(sealed), context]  # type: ignore[method-assign]
        without.append(milliseconds(page, 5))
    ring.open = real  # type: ignore[method-assign]
    ratio = statistics.median(with_it) / statistics.median(without)
    say(f"list page of {lists.PAGE} rows with decryption against without", ratio, "≤ 1.15")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(make_settings(Path(folder), f"sqlite:///{folder}/bench.db"))
        database.connect()
        schema.upgrade()
        seed_constants()
        app.add_url_rule("/bench/nothing", "bench", guards.signed_in(lambda: ""))
        small, large = build_units.certified_unit(), build_units.certified_unit(email=MANAGER)
        for unit, number in ((small, rows // 10), (large, rows)):
            fill(build.filed(unit), number)
        database.database.execute_sql("ANALYZE")
        pages(app, large, rows)
        opening(app)
        for_few = statistics.median(bulk(small.actor, small.unit.id) for _ in range(5))
        for_many = statistics.median(bulk(large.actor, large.unit.id) for _ in range(3))
        loop = row_loop(large.unit.id, 1)
        say(f"verify {rows:,} against {rows // 10:,}", for_many / for_few, "≤ 11")
        say(f"row by row against verify {rows:,} ({for_many:.0f} ms)", loop / for_many, "≥ 8")
        database.disconnect()


if __name__ == "__main__":
    main()

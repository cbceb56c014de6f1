"""A large list against one of a thousand: `python -m tests.bench.scale_bench [entries [engine]]`, on both databases.

How fast it is invented; every kind of page that links and searches lead to, asked in turn of two processes, one with
each list. BENCH_WORLDS keeps the lists (tests.bench.worlds). Names of pages that grow are printed, with the statement
that does. What streams: tests.bench.streams_bench.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from flask import Flask

from tests.bench.measuring import effort, peak_megabytes, say, statements
from tests.bench.worlds import ENGINES, MANAGER, SMALL, Asked, worlds
from tests.builders.browser import Browser
from tests.plans.looking import everywhere
from webapp import database
from webapp.domain.registry import looking

#: Pages that seem to grow are looked at so many times: what else runs on the machine counts least then.
ROUNDS = 7
#: Pages of which there is a goal of their own: lists.
LISTS = ("unit.filings", "unit.passlist", "unit.uploads", "unit.vehicles", "unit.notices")
GOAL, LIST_GOAL = 1.5, 1.3
#: Effort that is no growth: some half a millisecond on either database.
SPARE = 250
#: A search for a part of a name (`*` in its kind) goes through as many cards of a large unit as of one of a thousand.
#: The largest of the small list has fewer, and on PostgreSQL each card may lie in a block of its own.
OF_CARDS = looking.LOOK

_pages: dict[str, list[tuple[Browser, str]]] = defaultdict(list)


def look(app: Flask) -> list[str]:
    """Open everything once; the kinds of pages there are."""

    def visit(browser: Browser, kind: str, address: str) -> None:
        _pages[kind].append((browser, address))

    everywhere(app, MANAGER, visit)
    return sorted(_pages)


@dataclass(frozen=True)
class Cost:
    """Of one opening: milliseconds of the page, by the processor's time where other work shares the machine; of its
    queries, by the clock; what the database did (measuring.effort), and statements with their milliseconds."""

    page: float
    queries: float
    effort: int
    statements: dict[str, float]


def cost(_app: Flask, kind: str) -> Cost:
    """Of the dearest page of this kind, which is the one that is looked at from then on."""
    found = [(_cost(browser, address), browser, address) for browser, address in _pages[kind]]
    dearest, browser, address = max(found, key=lambda one: one[0].effort)
    _pages[kind] = [(browser, address)]
    return dearest


def _cost(browser: Browser, address: str) -> Cost:
    heard = statements(lambda: browser.open(address))
    begun = time.process_time()
    browser.open(address)
    page = (time.process_time() - begun) * 1000
    spent: dict[str, float] = defaultdict(float)
    done = 0
    for sql, params in heard:
        if sql.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            spent[sql] += _query(sql, params)
            done += effort(sql, params)
    queries = sum(spent.values())
    return Cost(page if database.is_sqlite() else page + queries, queries, done, dict(spent))


def _query(sql: str, params: Any) -> float:
    begun = time.perf_counter()
    database.database.execute_sql(sql, params).fetchall()
    return (time.perf_counter() - begun) * 1000


def cheapest(costs: list[Cost]) -> Cost:
    texts = {sql for one in costs for sql in one.statements}
    return Cost(
        min(one.page for one in costs),
        min(one.queries for one in costs),
        min(one.effort for one in costs),
        {sql: min(one.statements.get(sql, 0) for one in costs) for sql in texts},
    )


def memory(_app: Flask) -> tuple[int, bool]:
    return peak_megabytes(), "weasyprint" in sys.modules


def compare(engine: str, entries: int) -> None:
    with worlds(engine, SMALL, entries) as made:
        world, filled = made[entries]
        if filled.seconds:
            say(f"{engine}: synth of {entries:,}, entries a second", entries / filled.seconds, "≥ 5000")
            say("   its processor time an entry, of both cores", filled.processors / entries * 1e6, "≤ 400", " µs")
            say("   its most memory, writing process", filled.megabytes, "–", " MB")
        small, large = Asked(made[SMALL][0]), Asked(world)
        there = set(large.ask(look))
        kinds = [kind for kind in small.ask(look) if kind in there]
        # Before statements are asked again one by one, with all their rows in hand.
        (few, _), (many, loaded) = small.ask(memory), large.ask(memory)
        found: dict[str, tuple[list[Cost], list[Cost]]] = {kind: ([], []) for kind in kinds}
        for _ in range(ROUNDS):
            for kind, sides in found.items():
                if not sides[0] or grows(kind, *map(cheapest, sides)):
                    for side, asked in zip(sides, (small, large), strict=True):
                        side.append(asked.ask(cost, kind))
        report(engine, entries, {kind: (cheapest(few), cheapest(many)) for kind, (few, many) in found.items()})
        say(f"{engine}: memory of a web process that opened them all", many / few, "≤ 1.2")
        print(f"   WeasyPrint loaded in it: {'yes' if loaded else 'no'} (goal no)")
        small.end()
        large.end()


def goal(kind: str) -> float:
    return LIST_GOAL if kind.split("?")[0] in LISTS else GOAL


def grows(kind: str, few: Cost, many: Cost) -> bool:
    """Whether the page takes longer with the large list than it may, or the database does more for it, by more than
    half a millisecond or so."""
    spare = SPARE + OF_CARDS * ("*" in kind)
    return many.page > goal(kind) * few.page or many.effort > max(GOAL * few.effort, few.effort + spare)


def report(engine: str, entries: int, found: dict[str, tuple[Cost, Cost]]) -> None:
    print(f"{engine}: {len(found)} kinds of pages, {entries:,} entries against {SMALL:,}")
    within = 0
    for kind, (few, many) in sorted(found.items(), key=lambda one: -one[1][1].page / one[1][0].page):
        grown = grows(kind, few, many)
        within += not grown
        if kind.split("?")[0] in LISTS or grown:
            say(f"   {kind[:44]:<46} {few.page:6.1f} → {many.page:6.1f} ms", many.page / few.page, f"≤ {goal(kind)}")
        if grown:
            print(f"      queries {few.queries:.1f} → {many.queries:.1f} ms, {few.effort:,} → {many.effort:,} steps")
            for sql, spent in sorted(many.statements.items(), key=lambda one: -one[1])[:2]:
                print(f"      {few.statements.get(sql, 0):.2f} → {spent:.2f} ms {' '.join(sql.split())[:700]}")
    say(f"{engine}: kinds of pages within their goal, of {len(found)}", within, str(len(found)))


def main(entries: int, engines: tuple[str, ...] = ENGINES) -> None:
    for engine in engines:
        compare(engine, entries)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, tuple(sys.argv[2:]) or ENGINES)

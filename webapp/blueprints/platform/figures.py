"""Figures: the overview, and one class by state and day. Supervisors see their classes, and no small numbers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import g, render_template, url_for

from webapp import clock
from webapp.blueprints.platform import blueprint
from webapp.domain.figures import queries
from webapp.domain.figures.queries import CHANGES, ENTRIES, FILINGS, PEOPLE, STEPS, UNITS, VEHICLES, Scope, Shown
from webapp.errors import NotFound
from webapp.ui import guards
from webapp.ui.presenters import UNIT_CLASSES
from webapp.ui.words import gettext as _

#: Columns of the table of days: measure and state.
DAILY = (
    (STEPS, "submit"),
    (STEPS, "verify"),
    (STEPS, "return"),
    (STEPS, "refuse"),
    (STEPS, "upload"),
    (CHANGES, "listed"),
    (CHANGES, "removed"),
)
#: So many of them are steps of filings, so many changes of entries.
DAILY_PARTS = (5, 2)
DAYS, CHART_DAYS = 30, 10
#: Days waited, as the distribution groups them: first and last.
WAITED = ((0, 0), (1, 1), (2, 2), (3, 4), (5, 9), (10, 30))


@blueprint.get("/platform/figures")
@guards.platform("figures:read")
def figures() -> str:
    scope = _scope()
    stocks, waits = queries.stocks(scope), queries.waits(scope)
    return render_template(
        "platform/figures/overview.html",
        scope=scope,
        at=queries.counted_at(),
        flow=_flow(scope, stocks),
        weeks=[_bar(monday, filed, done) for monday, filed, done in queries.weeks(scope)],
        classes=[_class_row(scope, cls, stocks[cls], waits[cls]) for cls in scope.classes],
        slowest=queries.slowest(scope)[:5],
        said=said,
        now=clock.now(),
    )


@blueprint.get("/platform/figures/<unit_class>")
@guards.platform("figures:read")
def figures_class(unit_class: str) -> str:
    whole = _scope()
    if unit_class not in whole.classes:
        raise NotFound("not_found")
    scope = Scope((unit_class,), whole.whole)
    stocks, waits = queries.stocks(scope)[unit_class], queries.waits(scope)[unit_class]
    days = _days(scope)
    recent = [(day, counts[0], counts[4]) for day, counts in reversed(days[:CHART_DAYS])]
    return render_template(
        "platform/figures/class.html",
        unit_class=unit_class,
        at=queries.counted_at(),
        units=stocks[UNITS],
        people=stocks[PEOPLE].get("in_force", 0),
        vehicles=stocks[VEHICLES].get("in_force", 0),
        entries=scope.group(stocks[ENTRIES]),
        filings=scope.group(stocks[FILINGS]),
        days=[(day, counts) for day, counts in days if any(count != 0 for count in counts)],
        bars=[_bar(*one) for one in recent] if any(one[1:] != (0, 0) for one in recent) else [],
        decided=bool(sum(waits.values())),
        waited=_waited(scope, waits),
        median=queries.median(waits, scope),
        slowest=queries.slowest(scope),
        scope=scope,
        said=said,
        now=clock.now(),
    )


def _scope() -> Scope:
    return queries.scope_of(g.staff.account_id, whole=guards.may(guards.PLATFORM, "figures:whole"))


def said(count: int | None) -> str:
    """A count as it is read: 1,208, or that it is not shown: it, or one that it would tell, is too small."""
    return _("不顯示") if count is None else f"{count:,}"


def _bar(day: date, first: Shown, second: Shown) -> dict[str, Any]:
    row: dict[str, Any] = {"label": f"{day.month}/{day.day}"}
    for name, count in (("first", first), ("second", second)):
        row |= {name: count or 0, f"{name}_text": said(count)}
    return row


def _flow(scope: Scope, stocks: dict[str, dict[str, dict[str, int]]]) -> list[dict[str, Any]]:
    entries = queries.together(one[ENTRIES] for one in stocks.values())
    filings = queries.together(one[FILINGS] for one in stocks.values())
    month = clock.today().replace(day=1)
    removed = [
        count
        for (_day, measure, state), counts in queries.parts(scope, month).items()
        if (measure, state) == (CHANGES, "removed")
        for count in counts
    ]
    shown = scope.group({"submitted": filings.get("submitted", 0), "verified": filings.get("verified", 0)})
    held = scope.group({"listed": entries.get("listed", 0), "suspended": entries.get("suspended", 0)})
    for counts, measure in ((shown, FILINGS), (held, ENTRIES)):
        for name in counts:
            if scope.total(one[measure].get(name, 0) for one in stocks.values()) is None:
                counts[name] = None
    items = [
        ("waiting", shown["submitted"], _("待驗核"), False),
        ("verified", shown["verified"], _("已驗核，待上傳"), False),
        ("listed", held["listed"], _("名單內"), False),
        ("suspended", held["suspended"], _("暫停"), True),
        ("removed", scope.total(removed), _("本月移出"), True),
    ]
    return [
        {
            "look": look,
            "count": said(count),
            "label": label,
            "url": url_for("platform.figures") + "#classes",
            "off": off,
        }
        for look, count, label, off in items
    ]


def _class_row(scope: Scope, cls: str, stock: dict[str, dict[str, int]], waits: dict[int, int]) -> dict[str, Any]:
    """`progress`: of what this class has in hand, how much is past verification."""
    filings = scope.group({one: stock[FILINGS].get(one, 0) for one in ("submitted", "verified")})
    in_hand = sum(stock[FILINGS].get(one, 0) for one in ("submitted", "returned", "verified"))
    past = sum(stock[ENTRIES].values()) + stock[FILINGS].get("verified", 0)
    return {
        "code": cls,
        "name": str(UNIT_CLASSES[cls]),
        "units": stock[UNITS].get("certified", 0),
        "people": said(scope.shown(stock[PEOPLE].get("in_force", 0))),
        "vehicles": said(scope.shown(stock[VEHICLES].get("in_force", 0))),
        "waiting": said(filings["submitted"]),
        "median": queries.median(waits, scope),
        "progress": (past, past + in_hand - stock[FILINGS].get("verified", 0))
        if None not in filings.values()
        else None,
    }


def _days(scope: Scope) -> list[tuple[date, list[Shown]]]:
    """Newest first: a day and its counts in the order of DAILY."""
    days = [clock.today() - timedelta(days=back) for back in range(DAYS)]
    found = queries.happened(scope, days[-1])
    counts = [[found.get((day, measure, state), 0) for measure, state in DAILY] for day in days]
    return list(zip(days, scope.table(counts, DAILY_PARTS), strict=True))


def _waited(scope: Scope, waits: dict[int, int]) -> list[tuple[str, int | None, int]]:
    """Words of a span of days, decisions within it, and all of them (for the meter)."""
    spans = {span: sum(count for day, count in waits.items() if span[0] <= day <= span[1]) for span in WAITED}
    shown = scope.group({str(span): count for span, count in spans.items()})
    words = [_("當日"), _("1天"), _("2天"), _("3至4天"), _("5至9天"), _("10天或以上")]
    total = sum(spans.values())
    return [(word, shown[str(span)], total) for word, span in zip(words, WAITED, strict=True)]

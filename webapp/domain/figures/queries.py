"""Reading kept figures within a scope of classes. Nothing of the big tables is counted when a page is asked for.

Whoever has no right to whole figures (supervisors) never sees a number of fewer than five people: such a count is
hidden, and so is the next smallest beside it where the difference would tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from peewee import fn

from webapp import clock
from webapp.domain.accounts import queries as accounts
from webapp.domain.figures.models import (
    CHANGES,
    ENTRIES,
    FILINGS,
    PEOPLE,
    STEPS,
    UNITS,
    VEHICLES,
    WAITS,
    Figure,
    FigureDay,
    UnitFigure,
)
from webapp.domain.units.models import CLASSES, Unit

SMALLEST = 5
WEEKS, WINDOW_DAYS, SLOWEST = 8, 30, 20
__all__ = ["CHANGES", "CLASSES", "ENTRIES", "FILINGS", "PEOPLE", "STEPS", "UNITS", "VEHICLES", "WAITS"]

#: A count, or None where it is hidden.
Shown = int | None


@dataclass(frozen=True)
class Scope:
    """The classes whose figures somebody sees, and whether small numbers too."""

    classes: tuple[str, ...]
    whole: bool

    def shown(self, count: int) -> Shown:
        return count if self.whole or count == 0 or count >= SMALLEST else None

    def total(self, parts: Iterable[int]) -> Shown:
        """The sum of counts that are read one by one elsewhere: hidden too where one of them alone is hidden there, for
        the difference would tell."""
        counts = list(parts)
        hidden = [count for count in counts if self.shown(count) is None]
        return None if len(hidden) == 1 else self.shown(sum(counts))

    def group(self, counts: Mapping[str, int]) -> dict[str, Shown]:
        """Counts that stand beside each other: where one alone is hidden, the next smallest is too."""
        found: dict[str, Shown] = {name: self.shown(count) for name, count in counts.items()}
        if list(found.values()).count(None) == 1:
            rest = [name for name, count in found.items() if count]
            if rest:
                found[min(rest, key=lambda name: counts[name])] = None
        return found

    def table(self, rows: Sequence[Sequence[int]], widths: Sequence[int]) -> list[list[Shown]]:
        """Counts that stand beside and below each other, as `group` of each column and of each part of a row (so many
        columns wide): a difference of days, or a total, tells none."""
        found: list[list[Shown]] = [[self.shown(count) for count in row] for row in rows]
        ends = list(accumulate(widths))
        spans = [range(end - width, end) for end, width in zip(ends, widths, strict=True)]
        lines = [[(row, column) for column in span] for row in range(len(rows)) for span in spans]
        lines += [[(row, column) for row in range(len(rows))] for column in range(sum(widths))]
        again = True
        while again:
            again = False
            for line in lines:
                rest = [(rows[row][column], row, column) for row, column in line if found[row][column]]
                if rest and [found[row][column] for row, column in line].count(None) == 1:
                    _count, row, column = min(rest)
                    found[row][column], again = None, True
        return found


def scope_of(account_id: int, *, whole: bool) -> Scope:
    return Scope(CLASSES if whole else tuple(sorted(accounts.classes_of(account_id))), whole)


def counted_at() -> datetime | None:
    row = FigureDay.select().order_by(FigureDay.counted_at.desc()).first()
    return row.counted_at if row is not None else None


def latest_day() -> date | None:
    row = FigureDay.select().order_by(FigureDay.day.desc()).first()
    return row.day if row is not None else None


def stocks(scope: Scope) -> dict[str, dict[str, dict[str, int]]]:
    """{class: {measure: {state: count}}} of the last day counted; the true counts, for `Scope.group` to hide."""
    found: dict[str, dict[str, dict[str, int]]] = {
        cls: {measure: {} for measure in (UNITS, ENTRIES, PEOPLE, VEHICLES, FILINGS)} for cls in scope.classes
    }
    wanted = (Figure.day == latest_day()) & (Figure.measure << (UNITS, ENTRIES, PEOPLE, VEHICLES, FILINGS))
    for row in Figure.select().where(wanted, Figure.unit_class << list(scope.classes)):
        found[row.unit_class][row.measure][row.state] = row.count
    return found


def happened(scope: Scope, since: date) -> dict[tuple[date, str, str], int]:
    """{(day, measure, state): count} of steps and changes of the scope's classes together."""
    return {kind: sum(counts) for kind, counts in parts(scope, since).items()}


def parts(scope: Scope, since: date) -> dict[tuple[date, str, str], list[int]]:
    """The same, a count for each class."""
    rows: Any = Figure.select(Figure.day, Figure.measure, Figure.state, Figure.count).where(
        Figure.day >= since, Figure.measure << (STEPS, CHANGES), Figure.unit_class << list(scope.classes)
    )
    found: dict[tuple[date, str, str], list[int]] = {}
    for day, measure, state, count in rows.tuples():
        found.setdefault((day, measure, state), []).append(count)
    return found


def weeks(scope: Scope) -> list[tuple[date, Shown, Shown]]:
    """(Monday, filed, uploaded) of the last weeks, oldest first."""
    today = clock.today()
    first = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    found: dict[date, tuple[list[int], list[int]]] = {
        first + timedelta(days=7 * number): ([], []) for number in range(WEEKS)
    }
    for (day, measure, state), counts in parts(scope, first).items():
        week = found.get(day - timedelta(days=day.weekday()))
        if week is not None and measure == STEPS and state in ("submit", "upload"):
            week[0 if state == "submit" else 1].extend(counts)
    return [(monday, scope.total(filed), scope.total(uploaded)) for monday, (filed, uploaded) in found.items()]


def waits(scope: Scope) -> dict[str, dict[int, int]]:
    """{class: {whole days waited: decisions}} of the last thirty days."""
    rows: Any = (
        Figure.select(Figure.unit_class, Figure.state, fn.SUM(Figure.count))
        .where(
            Figure.day > clock.today() - timedelta(days=WINDOW_DAYS),
            Figure.measure == WAITS,
            Figure.unit_class << list(scope.classes),
        )
        .group_by(Figure.unit_class, Figure.state)
    )
    found: dict[str, dict[int, int]] = {cls: {} for cls in scope.classes}
    for cls, days, count in rows.tuples():
        found[cls][int(days)] = int(count)
    return found


def median(days: Mapping[int, int], scope: Scope) -> int | None:
    """The lower median of whole days waited; None where nothing, or too little to be shown, was decided."""
    total = sum(days.values())
    if not total or scope.shown(total) is None:
        return None
    seen = 0
    for day in sorted(days):
        seen += days[day]
        if seen * 2 >= total:
            return day
    return None


def slowest(scope: Scope) -> list[tuple[Unit, UnitFigure]]:
    """Units of the scope with filings waiting, longest first; those with few are left out for supervisors, and one more
    of a class where what the rest of it has would tell them."""
    least = 1 if scope.whole else SMALLEST
    rows = list(
        UnitFigure.select()
        .where(UnitFigure.waiting >= least, UnitFigure.unit_class << list(scope.classes))
        .order_by(UnitFigure.oldest_at, UnitFigure.unit)
        .limit(SLOWEST)
    )
    if not scope.whole:
        rows = _without_telling(scope, rows)
    units = {unit.id: unit for unit in Unit.select().where(Unit.id << [row.unit_id for row in rows])}
    return [(units[row.unit_id], row) for row in rows]


def _without_telling(scope: Scope, rows: list[UnitFigure]) -> list[UnitFigure]:
    waiting: Any = (
        UnitFigure.select(UnitFigure.unit_class, fn.SUM(UnitFigure.waiting))
        .where(UnitFigure.unit_class << list(scope.classes))
        .group_by(UnitFigure.unit_class)
    )
    for cls, total in waiting.tuples():
        of_class = [row for row in rows if row.unit_class == cls]
        if of_class and scope.shown(int(total) - sum(row.waiting for row in of_class)) is None:
            rows.remove(min(of_class, key=lambda row: row.waiting))
    return rows


def together(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts of several classes added up."""
    found: dict[str, int] = {}
    for one in counts:
        for state, count in one.items():
            found[state] = found.get(state, 0) + count
    return found

"""Counts over the record, for auditors: by day, by deed, by member of staff. Kept (audit.counting)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from webapp import clock
from webapp.domain.audit import counting
from webapp.domain.audit.models import DEEDS, READINGS

TOP = 12


@dataclass(frozen=True)
class Day:
    day: date
    done: int
    refused: int


@dataclass(frozen=True)
class Figures:
    """`days`: acts done and refused on each of the last days of the zone, the oldest first. Of a longer time, `verbs`:
    the deeds done or tried most, (verb, how often, of these refused); `readers`: members of staff who opened data of
    people most, (account id, people's data opened, of these full numbers)."""

    days: list[Day]
    verbs: list[tuple[str, int, int]]
    readers: list[tuple[int, int, int]]


def figures(days: int, longer: int) -> Figures:
    """Of the last so many days, and of so many more for what is done most."""
    today = clock.today()
    by_day: Counter[tuple[date, bool]] = Counter()
    most: dict[str, Counter[str]] = {measure: Counter() for measure in (DEEDS, READINGS)}
    parts: dict[str, Counter[str]] = {measure: Counter() for measure in (DEEDS, READINGS)}
    for (day, measure, name), (number, part) in counting.numbers(today - timedelta(days=longer - 1)).items():
        most[measure][name] += number
        parts[measure][name] += part
        if measure == DEEDS:
            by_day[day, True] += number - part
            by_day[day, False] += part
    verbs = sorted(most[DEEDS].items(), key=lambda one: (-one[1], one[0]))[:TOP]
    readers = sorted(most[READINGS].items(), key=lambda one: (-one[1], int(one[0])))[:TOP]
    return Figures(
        [
            Day(day, by_day[day, True], by_day[day, False])
            for day in (today - timedelta(n) for n in reversed(range(days)))
        ],
        [(name, number, parts[DEEDS][name]) for name, number in verbs],
        [(int(name), number, parts[READINGS][name]) for name, number in readers],
    )

"""Counts over the record, for auditors: by day, by deed, by member of staff. Each by one statement over the index of
moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from peewee import SQL, fn

from webapp import clock
from webapp.domain.audit.models import DONE, Act, AuditLine
from webapp.domain.audit.readings import TAGS

#: Microseconds of a day, and how far the zone is ahead of UTC.
_DAY, _AHEAD = 86_400_000_000, 28_800_000_000
TOP = 12


@dataclass(frozen=True)
class Day:
    day: date
    done: int
    refused: int


def by_day(days: int) -> list[Day]:
    """Acts done and refused on each of the last so many days of the zone, the oldest first."""
    today = clock.today()
    first = today - timedelta(days=days - 1)
    number = (Act.at + _AHEAD) / _DAY
    rows = Act.select(number, Act.outcome, fn.COUNT(Act.id)).where(Act.at >= clock.start_of_day(first))
    counted: dict[tuple[date, bool], int] = {}
    for place, outcome, count in rows.group_by(SQL("1"), Act.outcome).tuples():
        day = date(1970, 1, 1) + timedelta(days=int(place))
        counted[day, outcome == DONE] = counted.get((day, outcome == DONE), 0) + count
    return [
        Day(day, counted.get((day, True), 0), counted.get((day, False), 0))
        for day in (first + timedelta(days=n) for n in range(days))
    ]


def by_verb(since: datetime) -> list[tuple[str, int, int]]:
    """The deeds done or tried most: (verb, how often, of these refused)."""
    # Codes are a refusal's alone.
    rows = (
        Act.select(Act.verb, fn.COUNT(Act.id).alias("n"), fn.COUNT(Act.codes)).where(Act.at >= since).group_by(Act.verb)
    )
    return list(rows.order_by(SQL("n").desc(), Act.verb).limit(TOP).tuples())


def by_reader(since: datetime) -> list[tuple[int, int, int]]:
    """Members of staff who opened data of people most: (account id, people's data opened, of these full numbers)."""
    first = Act.select(fn.MIN(Act.id)).where(Act.at >= since).scalar()
    if first is None:
        return []
    numbers = fn.SUM((AuditLine.tag == "person:numbers-read").cast("int"))
    rows = (
        AuditLine.select(Act.account_id, fn.COUNT(AuditLine.id).alias("n"), numbers)
        .join(Act)
        .where(AuditLine.act >= first, AuditLine.tag << TAGS, Act.account_id.is_null(False))
        .group_by(Act.account_id)
    )
    return list(rows.order_by(SQL("n").desc(), Act.account_id).limit(TOP).tuples())

"""How many acts of each kind there were on each day, and who opened data of people, kept for the auditors' figures
(table `act_figure`): counting them took longer with every act of thirty days.

Numbers of committed acts have no gaps, so `record_counted.number` says exactly what was counted: the worker goes on
from there, and whoever reads adds the few acts behind it. A worker that stands still makes figures slower, never wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from peewee import EXCLUDED, SQL, Case, fn

from webapp import clock
from webapp.columns import to_micros
from webapp.database import among, is_sqlite, transaction
from webapp.domain.audit import sealing
from webapp.domain.audit.models import AUDIT_STREAM, DEEDS, READINGS, REFUSED, Act, ActFigure, AuditLine, RecordCounted
from webapp.domain.audit.models import Sequence as Place
from webapp.domain.audit.readings import NUMBERS_READ, TAGS

#: Acts counted by one transaction.
SLICE = 2000
#: Microseconds of a day, and how far the zone is ahead of UTC.
_DAY, _AHEAD = 86_400_000_000, 28_800_000_000

#: (day, measure, verb or id of an account) → how many, and of these refused (or: full numbers read).
Numbers = dict[tuple[date, str, str], tuple[int, int]]
#: What narrows a query over acts.
Narrowed = Callable[[Any], Any]


def count_sealed() -> int:
    """Count what is sealed and was not counted, by any number of workers. Returns how many acts were."""
    done = counted = _count_slice()
    while counted:
        counted = _count_slice()
        done += counted
    return done


def numbers(first: date) -> Numbers:
    """Everything from this day of the zone on: what is kept, and what is not counted yet."""
    found: Counter[tuple[date, str, str]] = Counter()
    parts: Counter[tuple[date, str, str]] = Counter()
    rows: Any = ActFigure.select(
        ActFigure.day, ActFigure.measure, ActFigure.name, fn.SUM(ActFigure.number), fn.SUM(ActFigure.part)
    ).where(ActFigure.day >= first)
    for day, measure, name, number, part in rows.group_by(ActFigure.day, ActFigure.measure, ActFigure.name).tuples():
        found[day, measure, name] += int(number)
        parts[day, measure, name] += int(part)
    begin, counted, sealed = to_micros(clock.start_of_day(first)), _counted(), sealing.newest_act()
    behind: tuple[Narrowed, ...] = (
        lambda acts: acts.join(Place, on=(Place.source_id == Act.id)).where(
            Place.stream == AUDIT_STREAM, Place.number > counted, Act.at >= begin
        ),
        lambda acts: acts.where(Act.id > sealed, Act.at >= begin),
    )
    for narrowed in behind:
        for key, (number, part) in _numbers(narrowed).items():
            found[key] += number
            parts[key] += part
    return {key: (number, parts[key]) for key, number in found.items()}


def _count_slice() -> int:
    with transaction():
        place: Any = RecordCounted.select()
        place = (place if is_sqlite() else place.for_update()).first()
        if place is None:
            place = RecordCounted.create(number=0)
        # What was purged before it was counted has no numbers any more.
        ids = Place.select(Place.number, Place.source_id).where(
            Place.stream == AUDIT_STREAM, Place.number > place.number
        )
        slice_ = list(ids.order_by(Place.number).limit(SLICE).tuples())
        if not slice_:
            return 0
        chosen = [act_id for _number, act_id in slice_]
        found = _numbers(lambda acts: acts.where(Act.id << among(chosen)))
        rows = [
            {"day": day, "measure": measure, "name": name, "number": number, "part": part}
            for (day, measure, name), (number, part) in sorted(found.items())
        ]
        if rows:
            ActFigure.insert_many(rows).on_conflict(
                conflict_target=[ActFigure.day, ActFigure.measure, ActFigure.name],
                update={
                    ActFigure.number: ActFigure.number + EXCLUDED.number,
                    ActFigure.part: ActFigure.part + EXCLUDED.part,
                },
            ).execute()
        RecordCounted.update(number=slice_[-1][0]).where(RecordCounted.id == place.id).execute()
    return len(slice_)


def _numbers(narrowed: Narrowed) -> Numbers:
    """The acts that `narrowed` leaves of all, counted."""
    day = (Act.at + _AHEAD) / _DAY
    refused = fn.SUM(Case(None, [(Act.outcome == REFUSED, 1)], 0))
    deeds = narrowed(Act.select(day, Act.verb, fn.COUNT(Act.id), refused)).group_by(SQL("1"), Act.verb)
    full = fn.SUM(Case(None, [(AuditLine.tag == f"person:{NUMBERS_READ}", 1)], 0))
    read = narrowed(
        Act.select(day, Act.account_id, fn.COUNT(AuditLine.id), full)
        .join(AuditLine, on=(AuditLine.act == Act.id))
        # The lines of these acts, not all lines of these tags.
        .where(fn.COALESCE(AuditLine.tag, "") << TAGS, Act.account_id.is_null(False))
        .switch(Act)
    ).group_by(SQL("1"), Act.account_id)
    found: Numbers = {}
    for measure, rows in ((DEEDS, deeds), (READINGS, read)):
        for place, name, number, part in rows.tuples():
            found[date(1970, 1, 1) + timedelta(days=int(place)), measure, str(name)] = (int(number), int(part))
    return found


def _counted() -> int:
    return RecordCounted.select(RecordCounted.number).scalar() or 0

"""Reading the record, for auditors. Newest first, by keyset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import SQL, Tuple, fn

from webapp import clock
from webapp.domain.audit.models import REFUSED, REFUSED_SQL, Act, AuditLine

PAGE = 50
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Filter:
    verb: str = ""
    outcome: str = ""
    account_id: int | None = None
    unit_id: int | None = None
    object_ref: str = ""
    since: date | None = None
    until: date | None = None


def acts(wanted: Filter, *, before: int | None = None, limit: int = PAGE) -> list[Act]:
    """Acts that match, newest first; `before` is the id the next page starts below."""
    query = _newest(wanted, before)
    for column, value in _indexed(wanted)[1:]:
        query = query.where(column == value)
    if wanted.outcome:
        query = query.where(SQL(REFUSED_SQL) if wanted.outcome == REFUSED else Act.outcome == wanted.outcome)
    if wanted.object_ref:
        query = query.where(Act.id << AuditLine.select(AuditLine.act).where(AuditLine.object_ref == wanted.object_ref))
    if wanted.since:
        query = query.where(Act.at >= clock.start_of_day(wanted.since))
    if wanted.until:
        query = query.where(Act.at < clock.start_of_day(wanted.until + timedelta(days=1)))
    return list(query.limit(limit))


def _indexed(wanted: Filter) -> list[tuple[Any, Any]]:
    """What is looked for and stands in an index before the id; whoever does least comes first."""
    columns = ((Act.account_id, wanted.account_id), (Act.unit_id, wanted.unit_id), (Act.verb, wanted.verb))
    return [(column, value) for column, value in columns if value]


def _newest(wanted: Filter, before: int | None) -> Any:
    """Acts in their order, by the one index that holds together what is looked for. Asked for a deed in the order of
    ids alone, PostgreSQL went through all acts backwards, sure of soon meeting what many did and nobody lately."""
    beyond: Any = LARGEST if before is None else before
    for column, value in _indexed(wanted)[:1]:
        within = (column >= value) & (Tuple(column, Act.id) < Tuple(value, beyond))
        return Act.select().where(within).order_by(column.desc(), Act.id.desc())
    if wanted.since or wanted.until:  # a day is found by its moments, which come in the order of ids or nearly so
        query = Act.select().order_by(Act.at.desc(), Act.id.desc())
        moment = Act.alias()
        last = moment.select(moment.at).where(moment.id == beyond)
        return query if before is None else query.where(Tuple(Act.at, Act.id) < Tuple(last, beyond))
    return Act.select().where(Act.id < beyond).order_by(Act.id.desc())


def one(act_id: int) -> Act | None:
    return Act.get_or_none(Act.id == act_id)


def last_acts(tags: Iterable[str], refs: Iterable[str]) -> dict[str, int]:
    """The last act that did one of these to each of these objects, by ref; those it was not done to are left out."""
    found = AuditLine.select(AuditLine.object_ref, fn.MAX(AuditLine.act)).where(
        AuditLine.tag << list(tags), AuditLine.object_ref << list(refs)
    )
    return dict(found.group_by(AuditLine.object_ref).tuples())


def lines(act_id: int, *, after: int = 0, limit: int = PAGE) -> list[AuditLine]:
    """Audit lines of one act, in order; `after` is the last id of the page before."""
    return list(
        AuditLine.select().where(AuditLine.act == act_id, AuditLine.id > after).order_by(AuditLine.id).limit(limit)
    )

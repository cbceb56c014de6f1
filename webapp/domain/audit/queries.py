"""Reading the record, for auditors. Newest first, by keyset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from peewee import fn

from webapp import clock
from webapp.domain.audit.models import Act, AuditLine

PAGE = 50


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
    query = Act.select().order_by(Act.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Act.id < before)
    if wanted.verb:
        query = query.where(Act.verb == wanted.verb)
    if wanted.outcome:
        query = query.where(Act.outcome == wanted.outcome)
    if wanted.account_id is not None:
        query = query.where(Act.account_id == wanted.account_id)
    if wanted.unit_id is not None:
        query = query.where(Act.unit_id == wanted.unit_id)
    if wanted.object_ref:
        query = query.where(Act.id << AuditLine.select(AuditLine.act).where(AuditLine.object_ref == wanted.object_ref))
    if wanted.since:
        query = query.where(Act.at >= clock.start_of_day(wanted.since))
    if wanted.until:
        query = query.where(Act.at < clock.start_of_day(wanted.until + timedelta(days=1)))
    return list(query)


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

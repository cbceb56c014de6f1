"""Inboxes, newest first, by keyset; and how far the messages of a notice have come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from webapp.domain.notices.models import QUEUED, SUBMISSION, Delivery, Notice, Unreached

PAGE = 30


def inbox(audience: str, audience_ref: str, *, before: int | None = None, limit: int = PAGE) -> list[Notice]:
    query = (
        Notice.select()
        .where(Notice.audience == audience, Notice.audience_ref == audience_ref)
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    return list(query.where(Notice.id < before) if before is not None else query)


def unread(audience: str, audience_ref: str) -> Any:
    """What a reader has not opened yet, to be counted."""
    return Notice.select().where(
        Notice.audience == audience, Notice.audience_ref == audience_ref, Notice.read_at.is_null()
    )


INBOX, UNREAD, READ = "inbox", "unread", "read"


@dataclass(frozen=True)
class Push:
    """One way on which a notice travels to its reader. `channel`: inbox (a person's status page is his), email, sms;
    `state`: of an inbox unread or read, else that of the delivery; `at`: since when."""

    kind: str
    audience: str
    audience_ref: str
    subject: str
    channel: str
    state: str
    attempts: int
    at: datetime


def pushes(*, subjects: Iterable[str] = (), act_id: int | None = None, reader: str = "") -> list[Push]:
    """How far the notices of these subjects, of an act, or to one person (`reader`: his submission) have come on each
    way, oldest first. One statement. The caller answers for the scope: what may be seen of whom."""
    if act_id is not None:
        wanted = Notice.act_id == act_id
    elif reader:
        wanted = (Notice.audience == SUBMISSION) & (Notice.audience_ref == reader)
    else:
        wanted = Notice.subject << list(subjects)
    rows = (
        Notice.select(Notice, Delivery)
        .join(Delivery, JOIN.LEFT_OUTER, on=(Delivery.notice == Notice.id), attr="way")
        .where(wanted)
        .order_by(Notice.id, Delivery.id)
    )
    found: list[Push] = []
    known: set[int] = set()
    for row in rows:
        if row.id not in known:
            known.add(row.id)
            found.append(_push(row, INBOX, READ if row.read_at else UNREAD, 0, row.read_at or row.created_at))
        way = getattr(row, "way", None)
        if way is not None and way.id is not None:
            at = way.created_at if way.state == QUEUED else way.ended_at or way.sent_at
            found.append(_push(row, way.channel, way.state, way.attempts, at))
    return found


def _push(notice: Notice, channel: str, state: str, attempts: int, at: datetime) -> Push:
    return Push(notice.kind, notice.audience, notice.audience_ref, notice.subject, channel, state, attempts, at)


def unreached() -> Any:
    """The submissions whose person could not be reached, for `<<` in another query."""
    return Unreached.select(Unreached.audience_ref)


def unreached_among(refs: Iterable[str]) -> set[str]:
    """Those of these submissions whose person could not be reached."""
    rows = Unreached.select(Unreached.audience_ref).where(Unreached.audience_ref << list(refs))
    return {ref for (ref,) in rows.tuples()}

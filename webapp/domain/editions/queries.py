"""Reading editions: what is in force, what will be, and what was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from peewee import fn

from webapp import clock, crypto
from webapp.domain.editions.models import CONFIRMED, DRAFTED, LEGAL, OPEN, SUBJECTS, Edition
from webapp.errors import NotFound

__all__ = [
    "LEGAL",
    "PAGE",
    "SUBJECTS",
    "coming",
    "count_open",
    "drafts",
    "in_force",
    "in_force_since",
    "newest_confirmed",
    "next_number",
]

PAGE = 30


def in_force(subject: str, at: datetime | None = None) -> Edition | None:
    """The edition in force at an instant (now), None while the first wording of the system still is. One statement."""
    moment = at or clock.now()
    return (
        Edition.select()
        .where(Edition.subject == subject, Edition.state == CONFIRMED, Edition.effective_from <= moment)
        .order_by(Edition.effective_from.desc(), Edition.number.desc())
        .first()
    )


def in_force_since(subject: str, number: int) -> list[Edition]:
    """The editions after this number that are or were in force, oldest first."""
    return list(
        Edition.select()
        .where(
            Edition.subject == subject,
            Edition.state == CONFIRMED,
            Edition.number > number,
            Edition.effective_from <= clock.now(),
        )
        .order_by(Edition.number)
    )


def coming(subject: str) -> list[Edition]:
    """Confirmed and not in force yet, soonest first."""
    return list(
        Edition.select()
        .where(Edition.subject == subject, Edition.state == CONFIRMED, Edition.effective_from > clock.now())
        .order_by(Edition.effective_from, Edition.number)
    )


def newest_confirmed(subject: str) -> Edition | None:
    """What the next edition builds on: the confirmed one that takes effect last."""
    return (
        Edition.select()
        .where(Edition.subject == subject, Edition.state == CONFIRMED)
        .order_by(Edition.effective_from.desc(), Edition.number.desc())
        .first()
    )


def one(ref: str) -> Edition:
    """Raises NotFound."""
    row = Edition.get_or_none(Edition.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def numbered(subject: str, number: int) -> Edition | None:
    return Edition.get_or_none(Edition.subject == subject, Edition.number == number)


def open_of(subject: str) -> Edition | None:
    """What waits for a second officer."""
    return Edition.get_or_none(Edition.subject == subject, Edition.state == OPEN)


def count_open() -> int:
    return Edition.select().where(Edition.state == OPEN).count()


def drafts(subject: str, account_id: int | None) -> list[Edition]:
    """What somebody began and has neither proposed nor dropped, newest first."""
    return list(
        Edition.select()
        .where(Edition.subject == subject, Edition.state == DRAFTED, Edition.proposed_by_id == account_id)
        .order_by(Edition.id.desc())
    )


def past(subject: str, before: int | None = None) -> list[Edition]:
    """Everything but drafts, newest first; `before` is the number the next page starts below."""
    query = Edition.select().where(Edition.subject == subject, Edition.state != DRAFTED)
    if before is not None:
        query = query.where(Edition.number < before)
    return list(query.order_by(Edition.number.desc()).limit(PAGE))


def next_number(subject: str) -> int:
    return (Edition.select(fn.MAX(Edition.number)).where(Edition.subject == subject).scalar() or 0) + 1


def remark(row: Edition, column: str) -> str:
    """The `note` or `answer` of an edition, opened."""
    sealed = getattr(row, column)
    return crypto.unseal(sealed, "edition", column, row.ref) if sealed else ""


def officers(rows: Iterable[Edition]) -> set[int]:
    """The accounts that these editions name."""
    return {one for row in rows for one in (row.proposed_by_id, row.confirmed_by_id) if one is not None}

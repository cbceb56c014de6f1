"""Reading announcements, and what of them stands on public pages."""

from __future__ import annotations

from typing import Any

from webapp import clock
from webapp.domain.announcements.models import ALL_UNITS, AUDIENCES, EVERYBODY, SENDING, SENT, Announcement
from webapp.domain.units.models import Unit
from webapp.errors import NotFound

__all__ = ["AUDIENCES", "EVERYBODY"]

PAGE = 30
#: Units that are told: those that work with the list.
TOLD = ("certified", "suspended")
#: So many stand on a public page at a time.
PUBLIC = 5


def one(ref: str) -> Announcement:
    """Raises NotFound."""
    row = Announcement.get_or_none(Announcement.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def listed(before: int | None = None) -> list[Announcement]:
    """Newest first; `before` is the id the next page starts below."""
    query = Announcement.select().where(Announcement.state != "dropped").order_by(Announcement.id.desc()).limit(PAGE)
    return list(query.where(Announcement.id < before) if before is not None else query)


def public() -> list[Announcement]:
    """What is said to everybody now, newest first. One statement."""
    return list(
        Announcement.select()
        .where(
            Announcement.audience == EVERYBODY,
            Announcement.state << (SENDING, SENT),
            Announcement.shown_until >= clock.today(),
        )
        .order_by(Announcement.id.desc())
        .limit(PUBLIC)
    )


def addressed(audience: str) -> Any:
    """The units that an audience means, as a query."""
    query = Unit.select().where(Unit.state << TOLD)
    return query if audience in (EVERYBODY, ALL_UNITS) else query.where(Unit.unit_class == audience)


def reach(audience: str) -> int:
    """How many units that are."""
    return addressed(audience).count()

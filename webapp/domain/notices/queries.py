"""Inboxes, newest first, by keyset."""

from __future__ import annotations

from webapp.domain.notices.models import Notice

PAGE = 30


def inbox(audience: str, audience_ref: str, *, before: int | None = None, limit: int = PAGE) -> list[Notice]:
    query = (
        Notice.select()
        .where(Notice.audience == audience, Notice.audience_ref == audience_ref)
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    return list(query.where(Notice.id < before) if before is not None else query)


def unread(audience: str, audience_ref: str) -> int:
    return (
        Notice.select()
        .where(
            Notice.audience == audience,
            Notice.audience_ref == audience_ref,
            Notice.read_at.is_null(),
        )
        .count()
    )

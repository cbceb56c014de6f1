"""Owing messages: queued in the act's transaction, carried by the worker."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webapp import clock, crypto
from webapp.database import transaction
from webapp.domain.audit.acts import Act
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import MESSAGES, URGENT
from webapp.domain.notices import kinds
from webapp.domain.notices.models import QUEUED, Delivery, Notice
from webapp.row_sets import insert_rows

DELIVER = "deliver"


def queue(
    act: Act | None,
    kind: str,
    audience: str,
    audience_ref: str,
    *,
    subject: str = "",
    params: dict[str, Any] | None = None,
    dedupe_key: str | None = None,
) -> Notice | None:
    """Owe one message. Returns None when the same one (dedupe key) is already owed."""
    kinds.check(kind, audience, params or {})
    ref = crypto.new_ref()
    key = dedupe_key or f"{kind}:{act.id if act else ref}:{audience}:{audience_ref}:{subject}"
    now = act.now if act else clock.now()
    Notice.insert(
        ref=ref,
        kind=kind,
        audience=audience,
        audience_ref=audience_ref,
        subject=subject,
        params=params,
        dedupe_key=key,
        act_id=act.id if act else None,
        created_at=now,
    ).on_conflict_ignore().execute()
    return Notice.get_or_none(Notice.ref == ref)


def queue_each(
    act: Act, kind: str, audience: str, told: Iterable[tuple[str, str, dict[str, Any]]], *, key: str = ""
) -> None:
    """Owe an inbox notice of one kind to each of `told` (audience ref, subject, params), by one statement."""
    rows = []
    for audience_ref, subject, params in told:
        kinds.check(kind, audience, params)
        rows.append(
            {
                "ref": crypto.new_ref(),
                "kind": kind,
                "audience": audience,
                "audience_ref": audience_ref,
                "subject": subject,
                "params": params,
                "dedupe_key": f"{kind}:{key or act.id}:{audience}:{audience_ref}:{subject}",
                "act_id": act.id,
                "created_at": act.now,
            }
        )
    insert_rows(Notice, rows)


def deliver(
    act: Act | None,
    notice: Notice,
    channel: str,
    address: str,
    locale: str,
    *,
    params: dict[str, Any] | None = None,
) -> None:
    """Send this notice to an address as well. `params` are sealed: only the message may say them."""
    ref = crypto.new_ref()
    Delivery.create(
        ref=ref,
        notice=notice.id,
        channel=channel,
        address=crypto.seal(address, "delivery", "address", ref),
        params=crypto.seal(params, "delivery", "params", ref) if params else None,
        locale=locale,
        state=QUEUED,
        created_at=act.now if act else clock.now(),
    )
    jobs.enqueue(act, DELIVER, ref, queue=URGENT if notice.kind in kinds.URGENT else MESSAGES)


def mark_all_read(audience: str, audience_ref: str, newest: int) -> None:
    """Everything in an inbox up to the id `newest` was seen. Not an act: it changes no fact."""
    unread = (
        (Notice.audience == audience)
        & (Notice.audience_ref == audience_ref)
        & (Notice.id <= newest)
        & Notice.read_at.is_null()
    )
    with transaction():
        Notice.update(read_at=clock.now()).where(unread).execute()

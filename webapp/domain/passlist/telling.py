"""Owing people the news of their entries: one job for an act, however many entries it touched (delivery.telling)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from webapp.database import among
from webapp.domain.audit.acts import Act
from webapp.domain.jobs import actions as jobs
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import SUBMISSION, UNIT
from webapp.domain.passlist.models import Entry
from webapp.domain.units.models import Unit

TELL = "tell"

#: Notice kind → the change of the entry steps that it tells of.
ENTRY_KINDS = {
    "entry-listed": ("listed",),
    "entry-held": ("held",),
    "entry-released": ("released",),
    "entry-removed": ("removed",),
}


def owe(act: Act, kind: str, told_from: datetime | None = None, told_apart: Iterable[str] = ()) -> None:
    """Owe the notice of this kind to everybody whose step this act took, at once or not before a moment; not to those
    whose entry it took a step of that they are told of in other words (`told_apart`)."""
    delay = max(told_from - act.now, timedelta(0)) if told_from else timedelta(0)
    params = {"kind": kind} | ({"apart": sorted(told_apart)} if told_apart else {})
    jobs.enqueue(act, TELL, str(act.id), params=params, dedupe_key=f"tell:{act.id}:{kind}", delay=delay)


def tell_people(act: Act, kind: str, entry_ids: Iterable[int]) -> None:
    """Put the notice of this kind on the status page of each of these entries. Two statements, however many."""
    rows = Entry.select(Entry.submission_ref, Entry.ref, Entry.number).where(Entry.id << among(entry_ids))
    notices.queue_each(
        act, kind, SUBMISSION, [(to, ref, {"number": number}) for to, ref, number in rows.order_by(Entry.id).tuples()]
    )


def tell_units(act: Act, kind: str, entry_ids: Iterable[int], **more: Any) -> None:
    """Put the notice of this kind into the inbox of the unit of each of these entries. Two statements."""
    rows = (
        Entry.select(Unit.ref, Entry.ref, Entry.number, Unit.name)
        .join(Unit, on=(Entry.unit == Unit.id))
        .where(Entry.id << among(entry_ids))
        .order_by(Entry.id)
    )
    told = [(to, ref, {"number": number, "unit": name, **more}) for to, ref, number, name in rows.tuples()]
    notices.queue_each(act, kind, UNIT, told)

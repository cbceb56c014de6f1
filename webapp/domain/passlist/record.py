"""The record of what an act did to entries: one audit line for each step it took, and the news it owes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from webapp.database import literal
from webapp.domain.audit.acts import Act
from webapp.domain.audit.models import AuditLine
from webapp.domain.passlist import telling
from webapp.domain.passlist.models import Entry, EntryStep


def finish(act: Act, *, told_apart: Collection[str] = (), told_from: datetime | None = None) -> None:
    """Record every entry step of this act and owe its news. The last thing an act does to entries. Whoever tells people
    of a change in words of his own names it in `told_apart`; `told_from`: not before this moment."""
    tag = literal("entry:", AuditLine.tag).concat(EntryStep.change)
    rows = (
        EntryStep.select(literal(act.id, AuditLine.act), literal(act.now, AuditLine.at), tag, Entry.ref, Entry.unit)
        .join(Entry, on=(EntryStep.entry == Entry.id))
        .where(EntryStep.act_id == act.id)
        .order_by(EntryStep.id)
    )
    line = AuditLine
    line.insert_from(rows, [line.act, line.at, line.tag, line.object_ref, line.unit_id]).execute()
    changes = EntryStep.select(EntryStep.change).where(EntryStep.act_id == act.id).distinct().tuples()
    for change in sorted({change for (change,) in changes} - set(told_apart)):
        telling.owe(act, f"entry-{change}", told_from, told_apart)

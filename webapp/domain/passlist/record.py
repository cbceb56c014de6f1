"""The record of what an act did to entries: one audit line for each step it took, and the news it owes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from webapp.database import plainly
from webapp.domain.audit.acts import Act, record_each
from webapp.domain.passlist import telling
from webapp.domain.passlist.models import REPLATED, Entry, EntryStep


def finish(act: Act, *, told_apart: Collection[str] = (), told_from: datetime | None = None) -> None:
    """Record every entry step of this act and owe its news. The last thing an act does to entries. Whoever tells people
    of a change in words of his own names it in `told_apart`; `told_from`: not before this moment."""
    rows = (
        EntryStep.select(EntryStep.change, Entry.ref, Entry.unit)
        .join(Entry, on=(EntryStep.entry == Entry.id))
        .where(EntryStep.act_id == act.id)
        .order_by(EntryStep.id)
    )
    record_each(act, ((f"entry:{change}", ref, unit_id) for change, ref, unit_id in plainly(rows)))
    changes = EntryStep.select(EntryStep.change).where(EntryStep.act_id == act.id).distinct().tuples()
    for change in sorted({change for (change,) in changes} - {REPLATED, *told_apart}):
        telling.owe(act, f"entry-{change}", told_from, told_apart)

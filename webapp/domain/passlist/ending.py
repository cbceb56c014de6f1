"""Ending entries: the step every removal shares. Slots are settled by the caller afterwards (passlist.slots)."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.database import among
from webapp.domain.audit.acts import Act
from webapp.domain.passlist import expiries, holds
from webapp.domain.passlist.models import REMOVED, Entry, EntryHold
from webapp.domain.passlist.states import states_for


def end(act: Act, entry_ids: Iterable[int], cause: str) -> list[int]:
    """End those of these entries that are in force, with their open holds; returns their ids."""
    action = "supersede" if cause == "superseded" else "remove"
    rows = Entry.select(Entry.id).where(Entry.id << among(entry_ids), Entry.state << states_for(action))
    ended = [found for (found,) in rows.tuples()]
    if not ended:
        return []
    chosen = among(ended)
    Entry.update(
        state=REMOVED, cause=cause, removed_at=act.now, slot=None, act_id=act.id, version=Entry.version + 1
    ).where(Entry.id << chosen).execute()
    EntryHold.update(released_at=act.now).where(
        EntryHold.entry << among(ended), EntryHold.released_at.is_null()
    ).execute()
    expiries.forget(ended)
    holds.step(act, ended, "removed", cause)
    return ended

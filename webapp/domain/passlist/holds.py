"""Holds: an entry is suspended while it has one. Steps of the act that needs them; callers hold the vehicles' locks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from peewee import Case

from webapp.database import among
from webapp.domain.audit.acts import Act
from webapp.domain.passlist.models import LISTED, SUSPENDED, Entry, EntryHold, EntryStep
from webapp.domain.passlist.states import states_for
from webapp.row_sets import literal


def hold(act: Act, entry_ids: Iterable[int], kind: str, until: datetime | None) -> list[int]:
    """Hold those of these entries that are in force and not held for this kind; returns their ids."""
    held = EntryHold.select(EntryHold.entry).where(EntryHold.kind == kind, EntryHold.released_at.is_null())
    fresh = _ids(
        Entry.select(Entry.id).where(
            Entry.id << among(entry_ids), Entry.state << states_for("hold"), Entry.id.not_in(held)
        )
    )
    if not fresh:
        return []
    chosen = Entry.id << among(fresh)
    rows = Entry.select(
        Entry.id,
        literal(kind, EntryHold.kind),
        literal(act.id, EntryHold.act_id),
        literal(act.now, EntryHold.since),
        literal(until, EntryHold.until),
    ).where(chosen)
    EntryHold.insert_from(
        rows, [EntryHold.entry, EntryHold.kind, EntryHold.act_id, EntryHold.since, EntryHold.until]
    ).execute()
    Entry.update(state=SUSPENDED, act_id=act.id, version=Entry.version + 1).where(chosen).execute()
    step(act, fresh, "held", kind)
    return fresh


def release(act: Act, entry_ids: Iterable[int], kind: str) -> list[int]:
    """End the open holds of this kind; an entry with no other hold is listed again. Returns the entries' ids."""
    open_hold = (EntryHold.kind == kind) & EntryHold.released_at.is_null()
    freed = _ids(
        EntryHold.select(EntryHold.entry)
        .join(Entry, on=(EntryHold.entry == Entry.id))
        .where(EntryHold.entry << among(entry_ids), open_hold, Entry.state << states_for("release"))
    )
    if not freed:
        return []
    EntryHold.update(released_at=act.now).where(EntryHold.entry << among(freed), open_hold).execute()
    others = EntryHold.select(EntryHold.entry).where(EntryHold.entry << among(freed), EntryHold.released_at.is_null())
    state = Case(None, [(Entry.id << others, SUSPENDED)], LISTED)
    Entry.update(state=state, act_id=act.id, version=Entry.version + 1).where(Entry.id << among(freed)).execute()
    step(act, freed, "released", kind)
    return freed


def step(act: Act, entry_ids: Iterable[int], change: str, reason: str | None) -> None:
    """One line of history for each entry."""
    rows = (
        Entry.select(
            Entry.id,
            literal(act.id, EntryStep.act_id),
            literal(act.now, EntryStep.at),
            literal(change, EntryStep.change),
            literal(reason, EntryStep.reason),
        )
        .where(Entry.id << among(entry_ids))
        .order_by(Entry.id)
    )
    columns = [EntryStep.entry, EntryStep.act_id, EntryStep.at, EntryStep.change, EntryStep.reason]
    EntryStep.insert_from(rows, columns).as_rowcount().execute()


def _ids(query: object) -> list[int]:
    return [found for (found,) in query.tuples()]  # type: ignore[attr-defined]

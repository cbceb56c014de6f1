"""Reading sanctions, for the platform and for those they end something for. Lists are newest first by keyset (id)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import fn

from webapp import crypto
from webapp.database import among
from webapp.domain.accounts.models import Account
from webapp.domain.audit.models import Act
from webapp.domain.files import actions as files
from webapp.domain.files.models import StoredFile
from webapp.domain.sanctions.models import (
    CONFIRMED,
    DROPPED,
    ENDED,
    EXACT,
    OF_ENTRY,
    OF_FILING,
    OF_UNIT,
    PROPOSED,
    STAGED,
    Sanction,
    SanctionBatch,
    SanctionEffect,
    SanctionFault,
    SanctionNear,
    SanctionStep,
    SanctionSubject,
)
from webapp.errors import NotFound

PAGE = 30
#: Not a row of a file that is still looked at.
_ALONE = (Sanction.state != STAGED) | Sanction.batch.is_null()


def one(ref: str) -> Sanction:
    """Raises NotFound."""
    row = Sanction.get_or_none(Sanction.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def batch(ref: str) -> SanctionBatch:
    """Raises NotFound."""
    row = SanctionBatch.get_or_none(SanctionBatch.ref == ref, SanctionBatch.state != DROPPED)
    if row is None:
        raise NotFound("not_found")
    return row


def batch_by_id(batch_id: int) -> SanctionBatch:
    return SanctionBatch.get_by_id(batch_id)


def file_name(of: SanctionBatch) -> str:
    """What its sender called the file, '' when it is no longer kept."""
    return files.original_name(StoredFile.get_by_id(of.file_id)) if of.file_id else ""


def details(sanction: Sanction) -> dict[str, Any]:
    """What it says, opened (shape: particulars)."""
    return crypto.unseal(sanction.details, "sanction", "details", sanction.ref)


def listed(state: str = "", *, after: int | None = None, limit: int = PAGE) -> list[Sanction]:
    """Sanctions that stand in a state, or all that were ever proposed. Of those not proposed yet only what was typed
    one by one: the rows of a file stand with it (`open_batches`)."""
    query = Sanction.select().where(_ALONE).order_by(Sanction.id.desc()).limit(limit)
    query = query.where(Sanction.state == state) if state else query.where(Sanction.state != STAGED)
    return list(query.where(Sanction.id < after) if after is not None else query)


def counts() -> dict[str, int]:
    """How many `listed` has in each state."""
    rows = Sanction.select(Sanction.state, fn.COUNT(Sanction.id)).where(_ALONE).group_by(Sanction.state)
    return dict(list(rows.tuples()))


def undecided() -> Any:
    """What waits for another officer, to be counted."""
    return Sanction.select().where(Sanction.state == PROPOSED)


def open_batches(limit: int = PAGE) -> list[SanctionBatch]:
    """Files that are being looked at, and proposed ones of which something still waits, newest first."""
    waiting = Sanction.select(Sanction.batch).where(Sanction.state == PROPOSED, Sanction.batch.is_null(False))
    open_ = (SanctionBatch.state << ("reading", "ready", "unreadable")) | (SanctionBatch.id << waiting)
    return list(SanctionBatch.select().where(open_).order_by(SanctionBatch.id.desc()).limit(limit))


def numbered(indexes: Iterable[bytes], number: str = "", limit: int = PAGE) -> list[Sanction]:
    """Sanctions that name one of these numbers (blind indexes), or are called by this one; newest first."""
    named = SanctionSubject.select(SanctionSubject.sanction).where(
        SanctionSubject.kind << EXACT, SanctionSubject.key_index << list(indexes)
    )
    found = (Sanction.number == number) | (Sanction.id << named)
    return list(Sanction.select().where(found).order_by(Sanction.id.desc()).limit(limit))


def state_counts(of: SanctionBatch) -> dict[str, int]:
    rows = Sanction.select(Sanction.state, fn.COUNT(Sanction.id)).where(Sanction.batch == of.id)
    return dict(list(rows.group_by(Sanction.state).tuples()))


def faults(of: SanctionBatch, *, after: int = 0, limit: int | None = PAGE) -> list[SanctionFault]:
    """What is wrong with the rows of a file, by row; `after` is the last id seen."""
    query = SanctionFault.select().where(SanctionFault.batch == of.id, SanctionFault.id > after)
    query = query.order_by(SanctionFault.id)
    return list(query if limit is None else query.limit(limit))


def fault_count(of: SanctionBatch) -> int:
    """How many rows of a file cannot be taken as they are."""
    return (
        SanctionFault.select(fn.COUNT(fn.DISTINCT(SanctionFault.row))).where(SanctionFault.batch == of.id).scalar() or 0
    )


def near(which: Any, *, undecided: bool = False, limit: int | None = None) -> list[SanctionNear]:
    """Near matches of these sanctions, oldest first."""
    query = SanctionNear.select().join(Sanction, on=(SanctionNear.sanction == Sanction.id)).where(which)
    if undecided:
        query = query.where(SanctionNear.decision.is_null())
    query = query.order_by(SanctionNear.id)
    return list(query if limit is None else query.limit(limit))


def by_ids(ids: Iterable[int]) -> dict[int, Sanction]:
    return {row.id: row for row in Sanction.select().where(Sanction.id << among(ids))}


def steps(sanction: Sanction) -> list[tuple[SanctionStep, Account | None]]:
    """Its history, oldest first, with who did it (None: the system)."""
    rows = list(SanctionStep.select().where(SanctionStep.sanction == sanction.id).order_by(SanctionStep.id))
    actors = dict(Act.select(Act.id, Act.account_id).where(Act.id << among(row.act_id for row in rows)).tuples())
    people = {row.id: row for row in Account.select().where(Account.id << among(filter(None, actors.values())))}
    return [(row, people.get(actors.get(row.act_id) or 0)) for row in rows]


def note(step: SanctionStep) -> str:
    return crypto.unseal(step.note, "sanction_step", "note", str(step.act_id)) if step.note else ""


def effects(which: Any, *, after: int = 0, limit: int = PAGE) -> list[SanctionEffect]:
    """What these sanctions ended, closed or stopped, oldest first. `which` is a condition on Sanction."""
    query = SanctionEffect.select().join(Sanction, on=(SanctionEffect.sanction == Sanction.id))
    return list(query.where(which, SanctionEffect.id > after).order_by(SanctionEffect.id).limit(limit))


def confirmed_without_effect(of: SanctionBatch) -> int:
    """How many of a file are or were in force and ended nothing: nobody they name was on the list."""
    ended = SanctionEffect.select(SanctionEffect.sanction)
    standing = Sanction.state << (CONFIRMED, ENDED)
    return Sanction.select().where(Sanction.batch == of.id, standing, Sanction.id.not_in(ended)).count()


def effect_counts(which: Any) -> dict[str, int]:
    rows = (
        SanctionEffect.select(SanctionEffect.kind, fn.COUNT(SanctionEffect.id))
        .join(Sanction, on=(SanctionEffect.sanction == Sanction.id))
        .where(which)
    )
    return dict(list(rows.group_by(SanctionEffect.kind).tuples()))


@dataclass(frozen=True)
class Ground:
    """What those whom a sanction ended something for may read of it."""

    effect: SanctionEffect
    sanction: Sanction
    authority: str
    decision_number: str
    decided_on: str
    ground: str
    until: str
    appeal_route: str
    contact: str

    @property
    def in_force(self) -> bool:
        return self.sanction.state == CONFIRMED

    @property
    def over(self) -> bool:
        return self.sanction.state == ENDED


def grounds(object_refs: Iterable[str]) -> dict[str, Ground]:
    """Why each of these entries ended or filings closed, by its ref; of those that a sanction ended."""
    rows = list(
        SanctionEffect.select()
        .where(SanctionEffect.object_ref << list(object_refs), SanctionEffect.kind << (OF_ENTRY, OF_FILING))
        .order_by(SanctionEffect.id)
    )
    known = by_ids({row.sanction_id for row in rows})
    return {row.object_ref: ground_of(row, known[row.sanction_id]) for row in rows}


def against_unit(unit_id: int) -> list[Ground]:
    """Why the unit itself has no code: by each sanction in force that stopped it."""
    rows = list(
        SanctionEffect.select()
        .join(Sanction, on=(SanctionEffect.sanction == Sanction.id))
        .where(SanctionEffect.unit == unit_id, SanctionEffect.kind == OF_UNIT, Sanction.state == CONFIRMED)
        .order_by(SanctionEffect.id)
    )
    known = by_ids({row.sanction_id for row in rows})
    return [ground_of(row, known[row.sanction_id]) for row in rows]


def ground_of(effect: SanctionEffect, sanction: Sanction) -> Ground:
    said = details(sanction)
    names = ("authority", "decision_number", "decided_on", "ground", "until", "appeal_route", "contact")
    return Ground(effect, sanction, *(said[name] for name in names))


def near_by_ref(ref: str) -> SanctionNear:
    """Raises NotFound."""
    row = SanctionNear.get_or_none(SanctionNear.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def proposers(of: SanctionBatch) -> set[int]:
    """Accounts that proposed what still waits of a batch: none of them can confirm it."""
    rows = Sanction.select(Sanction.proposed_by).where(Sanction.batch == of.id, Sanction.state == PROPOSED).distinct()
    return {row for (row,) in rows.tuples()}

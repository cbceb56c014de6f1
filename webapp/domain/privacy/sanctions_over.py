"""Sanctions that are over: what they said of whom they named goes; that there was one, of which days, by whose decision
in our house, stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from webapp import crypto
from webapp.database import among
from webapp.domain.privacy.reach import Said
from webapp.domain.privacy.shells import NO_PARTICULARS
from webapp.domain.sanctions import batch_files, batches
from webapp.domain.sanctions.models import (
    DOCUMENT,
    ENDED,
    MATCH,
    PLATE_NUMBER,
    REJECTED,
    RETRACTED,
    Sanction,
    SanctionBatch,
    SanctionNear,
    SanctionStep,
    SanctionSubject,
)
from webapp.errors import Invalid, NotFound
from webapp.values.normalising import compact

#: Nothing follows from them any more.
OVER = (REJECTED, RETRACTED, ENDED)


def naming(person_id: int, documents: Sequence[bytes], plates: Sequence[bytes]) -> list[Sanction]:
    """Those that are over and named him by document or by a car that is his alone, or meant him by a human's word."""
    subject = SanctionSubject
    named = subject.select(subject.sanction).where(
        ((subject.kind == DOCUMENT) & (subject.key_index << list(documents)))
        | ((subject.kind == PLATE_NUMBER) & (subject.key_index << list(plates)))
    )
    meant = SanctionNear.select(SanctionNear.sanction).where(
        SanctionNear.person == person_id, SanctionNear.decision == MATCH
    )
    return list(Sanction.select().where((Sanction.id << named) | (Sanction.id << meant), Sanction.state << OVER))


def empty(rows: Sequence[Sanction], **changes: Any) -> None:
    """Step: nothing of whom they named is left in them. `changes`: by column, a function of the row."""
    for row in rows:
        details = crypto.unseal(row.details, "sanction", "details", row.ref) | NO_PARTICULARS
        more = {name: made(row) for name, made in changes.items()}
        Sanction.update(details=crypto.seal(details, "sanction", "details", row.ref), **more).where(
            Sanction.id == row.id
        ).execute()
    ids = among(row.id for row in rows)
    SanctionSubject.delete().where(SanctionSubject.sanction << ids).execute()
    SanctionNear.delete().where(SanctionNear.sanction << ids).execute()


def empty_notes(rows: Sequence[Sanction]) -> None:
    """Step of an erasure, or of the term after `empty`: what officers noted. Steps are frozen otherwise."""
    steps = SanctionStep.sanction << among(row.id for row in rows)
    SanctionStep.update(note=None).where(steps, SanctionStep.note.is_null(False)).execute()


def files_naming(said: Said) -> list[SanctionBatch]:
    """Batches in whose file he stands; a file that cannot be read, of which nobody knows, among them."""
    words = {compact(word) for word in (*said.numbers, *said.plates)}
    kept = SanctionBatch.select().where(SanctionBatch.file.is_null(False))
    return [batch for batch in kept if _says(batch, words)]


def _says(batch: SanctionBatch, words: Iterable[str]) -> bool:
    try:
        rows = batches.as_sent(batch)
    except Invalid:
        return True
    except NotFound:  # somebody else dropped it meanwhile
        return False
    said = {compact(value) for row in rows.values() for value in row.values()}
    return any(word in value for value in said for word in words)


def drop_files(said: Said) -> list[str]:
    """Step: the files in which he stands. Returns their refs."""
    return batch_files.drop(files_naming(said))

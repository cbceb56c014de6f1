"""Whose data a copy is of: the submissions behind the phone that was proved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from webapp.database import among
from webapp.domain.filings import standing
from webapp.domain.filings.models import Submission
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import queries as registry

Row = dict[str, Any]


@dataclass
class Scope:
    """Whose data: the submissions behind the proved phone, and whether that phone is the one on file."""

    person_id: int
    submissions: list[Submission]
    on_file: bool
    entries: list[Entry]

    @property
    def refs(self) -> list[str]:
        return [one.ref for one in self.submissions]

    @property
    def numbers(self) -> dict[str, str]:
        """Ref of a submission -> the number people read out."""
        return {one.ref: one.number for one in self.submissions}


def scope_of(submission: Submission) -> Scope:
    mine = standing.refs_of(submission)
    on_file = registry.phone_on_file(submission.person_id)
    entries = Entry.select().where(Entry.submission_ref << [one.ref for one in mine]).order_by(Entry.id)
    return Scope(
        submission.person_id,
        mine,
        on_file is not None and bytes(on_file.phone_index) == bytes(submission.phone_index),
        list(entries),
    )


def ids_of(rows: Iterable[Any]) -> Any:
    return among(row.id for row in rows)

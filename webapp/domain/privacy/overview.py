"""What officers see of erasures: whom a number means, and what was done."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.filings import queries as filings
from webapp.domain.filings.models import Submission
from webapp.domain.privacy import obstacles, reach
from webapp.domain.privacy.models import DONE, PROPOSED, Erasure
from webapp.domain.registry.models import Person
from webapp.errors import NotFound

PAGE = 50


@dataclass(frozen=True)
class Found:
    """`kept` counts what an erasure would empty; `proposed` is the ref of one that waits."""

    ref: str
    language: str
    obstacles: list[str]
    kept: dict[str, int]
    proposed: str


def number(typed: str) -> str | None:
    """The submission number somebody typed, as it is kept; None where there is none."""
    found = filings.by_number(typed)
    return str(found.number) if found else None


def person(wanted: str) -> Found:
    """Raises NotFound."""
    submission = Submission.get_or_none(Submission.number == wanted)
    if submission is None:
        raise NotFound("not_found")
    row = Person.get_by_id(submission.person_id)
    kept = reach.of(row.id)
    waiting = Erasure.get_or_none(Erasure.person == row.id, Erasure.state == PROPOSED)
    names = ("submissions", "filings", "entries", "answers", "pledges", "drafts", "sheets", "cases", "vehicles")
    counts = {name: len(getattr(kept, name)) for name in names}
    return Found(row.ref, submission.language, obstacles.of(row.id), counts, waiting.ref if waiting else "")


def number_of(person_id: int) -> str:
    """The newest submission number of a person."""
    rows = Submission.select(Submission.number).where(Submission.person == person_id)
    return str(rows.order_by(Submission.id.desc()).limit(1).scalar() or "")


def obstacles_of(row: Erasure) -> list[str]:
    """What stands against an erasure that waits."""
    return obstacles.of(row.person_id) if row.state == PROPOSED else []


def done() -> list[Erasure]:
    """The newest that are done."""
    return list(Erasure.select().where(Erasure.state == DONE).order_by(Erasure.id.desc()).limit(PAGE))

"""Who read whose data: one line for each person whose data an act opened, and the one query that answers it.

What shows lists by names and last four digits is no reading; opening one person's page, papers or evidence, his full
numbers, and an export are. A person is named by the ref of what he sent (submission): those follow him when two
records turn out to be one person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.domain.audit.acts import Act, record_refs
from webapp.domain.audit.models import Act as ActRow
from webapp.domain.audit.models import AuditLine

#: How somebody's data were opened; the tag of the line is `person:<how>`.
PAGE_READ, NUMBERS_READ, PAPER_READ, EVIDENCE_READ, EXPORTED, CORRECTED = HOWS = (
    "page-read",
    "numbers-read",
    "paper-read",
    "evidence-read",
    "exported",
    "corrected-at-counter",
)
TAGS = tuple(f"person:{how}" for how in HOWS)
#: Readings on one page of `readings_of`.
PAGE = 50


@dataclass(frozen=True)
class Reading:
    """One time that one act opened one person's data. `how` is one of HOWS; `items`: names of what was opened, where
    the act says; `purpose`: a code of the act's own, "" where it asks for none; `ref`: of the submission that names the
    person."""

    id: int  # the next page of `readings_of` begins below it
    at: datetime
    how: str
    items: tuple[str, ...]
    ref: str
    act_id: int
    verb: str
    purpose: str
    result: dict[str, Any]
    actor_kind: str
    actor_ref: str
    account_id: int | None
    unit_id: int | None


def note(act: Act, how: str, refs: Iterable[str], *, items: Iterable[str] = (), unit_id: int | None = None) -> None:
    """Step: this act opened these persons' data. One statement, however many."""
    if how not in HOWS:
        raise ValueError(how)
    record_refs(act, f"person:{how}", sorted(set(refs)), unit_id=unit_id, fields=items)


def readings_of(refs: Iterable[str], *, before: int | None = None, limit: int = PAGE) -> list[Reading]:
    """Everybody who opened the data of whoever sent these submissions, newest first; by one statement. `before` is the
    id the next page starts below. All submissions of a person: filings.subjects."""
    line = AuditLine
    rows = (
        line.select(line.id, line.at, line.tag, line.fields, line.object_ref, ActRow)
        .join(ActRow, attr="deed")
        .where(line.object_ref << list(refs), line.tag << TAGS)
        .order_by(line.id.desc())
        .limit(limit)
    )
    if before is not None:
        rows = rows.where(line.id < before)
    return [_reading(row, row.deed) for row in rows]


def _reading(line: AuditLine, act: ActRow) -> Reading:
    result = act.result or {}
    return Reading(
        id=line.id,
        at=line.at,
        how=line.tag.removeprefix("person:"),
        items=tuple(line.fields or ()),
        ref=line.object_ref,
        act_id=act.id,
        verb=act.verb,
        purpose=str(result.get("purpose") or ""),
        result=result,
        actor_kind=act.actor_kind,
        actor_ref=act.actor_ref,
        account_id=act.account_id,
        unit_id=act.unit_id,
    )

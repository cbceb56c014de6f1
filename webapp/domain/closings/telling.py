"""Telling everybody whom one act took something from: each person once, on the newest submission it touched, whatever
it ended (`entries`), closed (`filings`) or let go on under another unit (`moved`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import peewee
from peewee import SQL, Case, fn

from webapp.database import among, database
from webapp.domain.audit.acts import Act
from webapp.domain.files import documents
from webapp.domain.filings import telling
from webapp.domain.filings.models import Filing, FilingStep, Submission
from webapp.domain.jobs import actions as jobs
from webapp.domain.passlist import confirmations
from webapp.domain.passlist.models import Entry, EntryStep
from webapp.domain.units import queries as units

#: Job: everybody whose entry ended or whose filing was closed by one act is told (delivery.telling).
TELL_ENDED = "tell-ended"
SLICE = telling.SLICE


def owe(act: Act, kind: str, params: Mapping[str, Any], unit_id: int | None = None) -> int:
    """Owe everybody this act touched a notice of this kind; returns how many people, 0 owes nothing."""
    people = peewee.Select([_touched(act.id).alias("touched")], [fn.COUNT(SQL("DISTINCT touched.person_id"))])
    count = int(people.bind(database).scalar())
    if not count:
        return 0
    # Who did it, also where another vouches for the person once it is told.
    named = {"unit": units.by_id(unit_id).name} if unit_id is not None else {}
    jobs.enqueue(
        act,
        TELL_ENDED,
        str(act.id),
        params={"kind": kind, "params": named | dict(params)},
        total=count,
        dedupe_key=f"{TELL_ENDED}:{act.id}:{kind}",
        unit_id=unit_id,
    )
    return count


def tell_slice(act_id: int, kind: str, params: Mapping[str, Any], after: int) -> tuple[int, int]:
    """Queue the notices of the next SLICE people beyond the person's id `after`. Returns the last id and how many were
    told, (after, 0) when nobody is left. Inside a transaction; a fixed number of statements."""
    touched = _touched(act_id).alias("touched")
    query = (
        peewee.Select(
            [touched],
            [
                touched.c.person_id,
                fn.MAX(touched.c.submission_id),
                fn.SUM(touched.c.entries),
                fn.SUM(touched.c.moved),
                fn.SUM(touched.c.filings),
            ],
        )
        .where(touched.c.person_id > after)
        .group_by(touched.c.person_id)
        .order_by(touched.c.person_id)
        .limit(SLICE)
    )
    rows = list(query.tuples().bind(database))
    if not rows:
        return after, 0
    told = telling.of_submissions(submission for _, submission, *_ in rows)
    for _, submission, entries, moved, filings in rows:
        told[submission].params |= {"entries": int(entries), "moved": int(moved), "filings": int(filings), **params}
    telling.queue_each(act_id, kind, list(told.values()))
    _confirm(act_id, [person for person, *_ in rows])
    return rows[-1][0], len(rows)


def _confirm(act_id: int, people: list[int]) -> None:
    """Whoever goes on under another unit gets a confirmation of the new entry, in the language of his submission."""
    listed = (
        EntryStep.select(Entry.ref, Submission.language, Entry.unit)
        .join(Entry, on=(EntryStep.entry == Entry.id))
        .join(Submission, on=(Submission.ref == Entry.submission_ref))
        .where(EntryStep.act_id == act_id, EntryStep.change == "listed", Entry.person << among(people))
        .order_by(Entry.id)
    )
    papers = list(listed.tuples())
    if papers:
        documents.issue_each(None, confirmations.KIND, [(ref, locale) for ref, locale, _ in papers], papers[0][2])


def _touched(act_id: int) -> Any:
    """One row for each entry the act ended and each filing it closed: person, submission, and which it was."""
    entries = (
        EntryStep.select(
            Entry.person.alias("person_id"),
            Submission.id.alias("submission_id"),
            Case(None, [(EntryStep.reason == "superseded", 0)], 1).alias("entries"),
            Case(None, [(EntryStep.reason == "superseded", 1)], 0).alias("moved"),
            SQL("0").alias("filings"),
        )
        .join(Entry, on=(EntryStep.entry == Entry.id))
        .join(Submission, on=(Submission.ref == Entry.submission_ref))
        .where(EntryStep.act_id == act_id, EntryStep.change == "removed")
    )
    filings = (
        FilingStep.select(
            Filing.person.alias("person_id"),
            Filing.submission.alias("submission_id"),
            SQL("0").alias("entries"),
            SQL("0").alias("moved"),
            SQL("1").alias("filings"),
        )
        .join(Filing, on=(FilingStep.filing == Filing.id))
        .where(FilingStep.act_id == act_id, FilingStep.action == "close")
    )
    return entries.union_all(filings)

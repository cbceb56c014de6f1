"""Whom a reference means: the submissions by which the record names one person (audit.readings)."""

from __future__ import annotations

from webapp.domain.filings.models import Filing, Submission
from webapp.domain.filings.searching import receipt
from webapp.domain.passlist.models import Entry
from webapp.domain.registry.models import Person
from webapp.values.normalising import compact


def submissions_of(person_id: int) -> list[str]:
    """Refs of everything this person sent, oldest first."""
    mine = Submission.select(Submission.ref).where(Submission.person == person_id).order_by(Submission.id)
    return [ref for (ref,) in mine.tuples()]


def meant(reference: str) -> list[str]:
    """The same for whoever a reference means: the number on a receipt, or the ref of a submission, filing, entry or
    person. Empty where it means nobody."""
    text = reference.strip()
    number = receipt(compact(text))
    searches = (
        Submission.select(Submission.person).where((Submission.ref == text) | (Submission.number == number)),
        Filing.select(Filing.person).where(Filing.ref == text),
        Entry.select(Entry.person).where(Entry.ref == text),
        Person.select(Person.id).where(Person.ref == text),
    )
    for query in searches:
        person_id = query.limit(1).scalar()
        if person_id is not None:
            return submissions_of(person_id)
    return []

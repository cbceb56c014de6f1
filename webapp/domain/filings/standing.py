"""What a person has in force in one unit, as his status page may change it: entries behind the same proved phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from webapp.database import among, sorted_by
from webapp.domain.filings import changes
from webapp.domain.filings.declaring import Declared
from webapp.domain.filings.items import VEHICLE
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.passlist.models import Entry, EntryHold
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry.cards import Card, open_card
from webapp.domain.registry.models import Answers
from webapp.domain.registry.queries import open_answers


@dataclass(frozen=True)
class Standing:
    """One entry in force with what was declared of it (shape: filings.changes). `moving`: number of the submission that
    is to replace it, "" where none is on its way. `leaving`: its removal was asked for."""

    entry: Entry
    card: Card
    declared: Declared
    moving: str
    leaving: bool

    @property
    def ref(self) -> str:
        return self.entry.ref


def of(submission: Submission) -> list[Standing]:
    """Entries of this person in his unit with the same proved phone, oldest first. A fixed number of statements."""
    entries = list(_mine(submission).where(Entry.unit == unit_id(submission)).order_by(Entry.id))
    wanted = among(entry.id for entry in entries)
    answers = {
        row.id: row for row in Answers.select().where(Answers.id << among(entry.answers_id for entry in entries))
    }
    moving = dict(
        Filing.select(Filing.changes, Submission.number)
        .join(Submission, on=(Filing.submission == Submission.id))
        .where(Filing.changes << wanted, Filing.state << OPEN_FILING_STATES)
        .tuples()
    )
    leaving = {
        entry
        for (entry,) in EntryHold.select(EntryHold.entry)
        .where(EntryHold.entry << wanted, EntryHold.kind == "removal_requested", EntryHold.released_at.is_null())
        .tuples()
    }
    opened = {key: open_answers(row) for key, row in answers.items()}
    cards = {entry.id: open_card(entry) for entry in entries}
    return [
        Standing(
            entry,
            cards[entry.id],
            _declared(opened[entry.answers_id], entry.position, cards[entry.id]),
            moving.get(entry.id, ""),
            entry.id in leaving,
        )
        for entry in entries
    ]


def _declared(answers: Declared, position: int, card: Card) -> Declared:
    declared = changes.of_vehicle(answers, position)
    return declared | {VEHICLE: changes.as_it_is(declared[VEHICLE], card)}


def unit_id(submission: Submission) -> int:
    """The unit that vouches for the person by now: a successor may have taken over what he filed with another."""
    return unit_ids([submission])[submission.id]


def unit_ids(submissions: Iterable[Submission]) -> dict[int, int]:
    """Submission id → the unit that vouches by now; what has ended stays with whoever vouched last. One statement."""
    by_ref = {submission.ref: submission for submission in submissions}
    rows = Entry.select(Entry.submission_ref, Entry.unit).where(Entry.submission_ref << list(by_ref))
    newest = dict(rows.order_by(sorted_by(Entry.id)).tuples())
    return {one.id: newest.get(ref) or one.unit_id for ref, one in by_ref.items()}


def refs_of(submission: Submission) -> list[Submission]:
    """Every submission of the person with the phone that was proved for this one, oldest first."""
    return list(
        Submission.select()
        .where(Submission.person == submission.person_id, Submission.phone_index == submission.phone_index)
        .order_by(Submission.id)
    )


def _mine(submission: Submission) -> Any:
    return (
        Entry.select()
        .join(Submission, on=(Submission.ref == Entry.submission_ref))
        .where(
            Entry.person == submission.person_id,
            Entry.state << IN_FORCE,
            Submission.phone_index == submission.phone_index,
        )
    )

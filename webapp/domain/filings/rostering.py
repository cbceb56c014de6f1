"""People of a unit beside its roster: filings that wait, entries in force, and who is on the list but not the roster.

Nothing is decided here: a match is a badge for whoever verifies, and somebody the roster does not know is proposed for
removal, never removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from webapp.domain.filings.lines import Line, staff_number
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry.cards import unsealed
from webapp.domain.registry.models import Answers, PersonPhone
from webapp.domain.units import roster
from webapp.domain.units.models import Roster
from webapp.domain.units.roster import Match
from webapp.domain.units.staff_lines import EXACT, LIKELY, NAME, NONE, Seen

#: What of a roster's words counts as being on it.
ON_ROSTER = (EXACT, LIKELY)
FITS = (EXACT, LIKELY, NONE)


def marks(standing: Roster | None, read: Collection[Line]) -> dict[int, Match]:
    """What the unit's roster says of these filings, read with their staff numbers where it has such; nothing where the
    unit has none, nor of an owner's household, which is on nobody's roster. One statement."""
    if standing is None or not read:
        return {}
    return roster.matches(
        standing,
        {
            line.id: Seen(line.card.name, line.card.id_type, line.card.tail, line.staff_number, line.phone_index)
            for line in read
            if not line.household
        },
    )


def beside(unit_id: int, filing_ref: str) -> tuple[Seen, Match] | None:
    """A filing and what the roster says of its person, to be shown side by side; None where there is no roster."""
    standing = roster.current(unit_id)
    if standing is None:
        return None
    found = filings_seen((Filing.unit == unit_id) & (Filing.ref == filing_ref) & ~Filing.household)
    matched = roster.matches(standing, found)
    return next(((found[one], matched[one]) for one in found), None)


def filings_that(unit_id: int, fit: str) -> list[int]:
    """The unit's open filings that the roster knows EXACT or LIKELY, or (NONE) not well enough."""
    standing = roster.current(unit_id)
    if standing is None:
        return []
    return [filing for filing, match in _open(unit_id, standing).items() if counts_as(match.fit) == fit]


def counts_as(fit: str) -> str:
    """A fit as a badge says it: a name alone is no match."""
    return NONE if fit == NAME else fit


def _open(unit_id: int, standing: Roster) -> dict[int, Match]:
    open_ = (Filing.unit == unit_id) & (Filing.state << OPEN_FILING_STATES) & ~Filing.household
    return roster.matches(standing, filings_seen(open_, numbers=standing.has_numbers))


@dataclass(frozen=True)
class Overview:
    """A roster beside the unit's people. `not_filed` is a number and nothing else: filing is voluntary."""

    rows: int
    not_filed: int
    left: int


def overview(unit_id: int, standing: Roster) -> Overview:
    entries = _in_force(unit_id, standing)
    known = {match.row for match in (*entries.values(), *_open(unit_id, standing).values()) if match.fit in ON_ROSTER}
    return Overview(
        rows=standing.rows,
        not_filed=standing.rows - len(known),
        left=sum(match.fit not in ON_ROSTER for match in entries.values()),
    )


def left(unit_id: int) -> list[tuple[int, str]]:
    """Entries in force whose people the roster does not know, oldest first, each with NAME where it knows the name."""
    standing = roster.current(unit_id)
    if standing is None:
        return []
    found = _in_force(unit_id, standing)
    return [(entry, match.fit) for entry, match in sorted(found.items()) if match.fit not in ON_ROSTER]


def _in_force(unit_id: int, standing: Roster) -> dict[int, Match]:
    in_force = (Entry.unit == unit_id) & (Entry.state << IN_FORCE) & ~Entry.household
    return roster.matches(standing, entries_seen(in_force, numbers=standing.has_numbers))


# Reading people ----------------------------------------------------------------------------------------------------


def filings_seen(condition: Any, *, numbers: bool = True) -> dict[int, Seen]:
    """These filings as lines are compared with them; `numbers`: with the staff numbers they declare. One statement."""
    query = Filing.select(Filing.id, Filing.ref, Filing.card, Submission.phone_index, *_answers(numbers)).join(
        Submission, on=(Filing.submission == Submission.id)
    )
    if numbers:
        query = query.join(Answers, on=(Filing.answers == Answers.id))
    return {row[0]: _seen("filing", row[1:]) for row in query.where(condition).tuples().iterator()}


def entries_seen(condition: Any, *, numbers: bool = True) -> dict[int, Seen]:
    """The same for entries, with the phone on file."""
    query = Entry.select(Entry.id, Entry.ref, Entry.card, PersonPhone.phone_index, *_answers(numbers)).join(
        PersonPhone,
        JOIN.LEFT_OUTER,
        on=((PersonPhone.person == Entry.person) & PersonPhone.ended_at.is_null()),
    )
    if numbers:
        query = query.join(Answers, on=(Entry.answers == Answers.id))
    return {row[0]: _seen("entry", row[1:]) for row in query.where(condition).tuples().iterator()}


def _answers(numbers: bool) -> Iterable[Any]:
    return (Answers.ref, Answers.sealed) if numbers else ()


def _seen(table: str, row: tuple[Any, ...]) -> Seen:
    ref, sealed_card, phone, *answers = row
    card = unsealed(table, ref, sealed_card)
    number = ""
    if answers:
        number = staff_number(*answers)
    return Seen(card.name, card.id_type, card.tail, number, bytes(phone) if phone is not None else None)

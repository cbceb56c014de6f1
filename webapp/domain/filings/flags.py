"""Flags: what a verifier must know of a filing, and whether it may be verified without a look.

A flag is fine, harmless, a question (one must look before deciding) or waits for somebody else. What other units file
shows as no more than a question: nobody's name, nobody's unit.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from peewee import SQL

from webapp.database import among, compared, database, ids_text, is_sqlite
from webapp.domain.accounts import queries as accounts
from webapp.domain.accounts.models import ACTIVE
from webapp.domain.filings import eligibility, households, rostering, states
from webapp.domain.filings.lines import Line
from webapp.domain.filings.making import TWO_VEHICLES
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.passlist.models import REMOVED, DriverSlot, Entry
from webapp.domain.registry.cards import SealedCard, sign_of
from webapp.domain.registry.models import OWN, UNIT, PersonPhone
from webapp.domain.units import members
from webapp.domain.units.models import Roster, Unit
from webapp.domain.units.roster import Match
from webapp.values.folding import fold

FINE, HARMLESS, QUESTION, WAITS = "fine", "harmless", "question", "waits"

WEIGHTS = {
    "in_register": FINE,
    "roster_exact": FINE,
    "roster_likely": QUESTION,
    "roster_none": QUESTION,
    "change": QUESTION,  # before and after are compared
    "move": HARMLESS,
    "assigned": FINE,
    "household": QUESTION,  # whether he is of the household is known to whoever knows the owner
    "household_owner": WAITS,
    "no_vehicle": HARMLESS,
    "warning": HARMLESS,
    "doubtful": QUESTION,
    "same_person": HARMLESS,
    "fell_out": HARMLESS,
    "unreached": HARMLESS,
    "not_in_register": QUESTION,
    "use_not_for_class": QUESTION,
    "same_name": QUESTION,
    "plate_elsewhere": QUESTION,
    "disputed": QUESTION,
    "waiting_owner": WAITS,
    "helped": HARMLESS,
    "own_filing": WAITS,
    "own_filing_alone": QUESTION,
    "own_help": WAITS,
    "own_help_alone": QUESTION,
}
#: What is for a colleague to decide (design 6, and rule 10), and what is marked where there is none.
FOR_COLLEAGUE = ("own_filing", "own_help")
OWN_FLAGS = (*FOR_COLLEAGUE, "own_filing_alone", "own_help_alone")
#: Warnings about what identifies a person or a vehicle: confirmed by the person, but for the verifier to compare.
DOUBTFUL = (
    "id_number:unknown_division",
    "id_number:unknown_country",
    "id_number:unusual_passport",
    "plate:province_missing",
)


@dataclass(frozen=True)
class Flag:
    """`params` fill its sentence: a warning's code, the day a wait ends."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def weight(self) -> str:
        return WEIGHTS[self.code]


@dataclass(frozen=True)
class Viewer:
    """Who looks at the list: what makes a filing his own, whether the unit has nobody else; and the unit's roster."""

    email_index: bytes
    name: str  # folded
    alone: bool
    account_id: int | None = None
    roster: Roster | None = None

    @functools.cached_property
    def sign(self) -> bytes:
        """The name as it stands in cards."""
        return sign_of(self.name)

    @property
    def compares_numbers(self) -> bool:
        """Whether filings are to be read with the staff numbers they declare."""
        return self.roster is not None and self.roster.has_numbers


def viewer(unit_id: int, account_id: int | None) -> Viewer:
    """The member of staff who looks, by one statement."""
    staff, kept = members.active_with_roster(unit_id)
    people = [member.account for member in staff if member.account.state == ACTIVE]
    me = next((account for account in people if account.id == account_id), None)
    if me is None:
        return Viewer(b"", "", alone=not people, roster=kept)
    return Viewer(bytes(me.email_index), fold(accounts.name_of(me)), len(people) == 1, me.id, roster=kept)


@dataclass(frozen=True)
class _Kin:
    """Something else in motion or in force that has to do with a filing: another driver of its own-use car (`car`), the
    same person here (`person`), or somebody here with the same phone (`phone`)."""

    kind: str
    unit_id: int
    person_id: int
    slot: str | None
    email_index: bytes | None
    sealed: SealedCard


def of(lines: Iterable[Line], unit: Unit, who: Viewer) -> dict[int, tuple[Flag, ...]]:
    """The flags of each filing, by its id; none for those that are closed. A fixed number of statements."""
    open_lines = [line for line in lines if line.state in OPEN_FILING_STATES]
    kin = _kin([line.id for line in open_lines])
    on_roster = rostering.marks(who.roster, open_lines)
    of_households = [line.vehicle_id for line in open_lines if line.household and line.vehicle_id]
    owners_here = households.vouched(unit.id, of_households)
    uses = {use for open_ in eligibility.ELIGIBLE.get(unit.unit_class, {}).values() for use in open_}
    return {
        line.id: (
            *_of_viewer(line, kin.get(line.id, ()), unit.id, who),
            *_of_itself(line, uses, unit.id),
            *_of_household(line, owners_here),
            *_of_kin(line, kin.get(line.id, ()), unit.id),
            *_of_roster(on_roster.get(line.id)),
            *_of_warnings(line),
        )
        for line in open_lines
    }


def _of_roster(match: Match | None) -> list[Flag]:
    """What the unit's roster says of the person; nothing where the unit keeps none."""
    return [Flag(f"roster_{rostering.counts_as(match.fit)}")] if match else []


def heaviest(flags: Iterable[Flag]) -> str:
    """What decides what may be done with a row: waits, question, harmless or fine."""
    weights = {flag.weight for flag in flags}
    return next((weight for weight in (WAITS, QUESTION, HARMLESS) if weight in weights), FINE)


def is_own(flags: Iterable[Flag]) -> bool:
    return any(flag.code in OWN_FLAGS for flag in flags)


def _of_viewer(line: Line, kin: Sequence[_Kin], unit_id: int, who: Viewer) -> list[Flag]:
    """Whether the filing is that of the one who looks, or of the other driver of his car. A name alone says nothing
    about another unit's people."""
    mine = _is(who, line.email_index, line.sealed) or any(
        _is(who, one.email_index, one.sealed if one.unit_id == unit_id else None) for one in kin if one.kind == "car"
    )
    flags = [Flag("own_filing_alone" if who.alone else "own_filing")] if mine else []
    if line.helper is None:
        return flags
    if line.helper == who.account_id:
        return [*flags, Flag("own_help_alone" if who.alone else "own_help")]
    return [*flags, Flag("helped", {"form": line.form})]


def _is(who: Viewer, email_index: bytes | None, sealed: SealedCard | None) -> bool:
    if email_index is not None and email_index == who.email_index:
        return True
    return sealed is not None and bool(who.name) and sealed.holds(who.sign) and who.name in sealed.card.keys.split()


def _of_itself(line: Line, uses: set[str], unit_id: int) -> list[Flag]:
    flags: list[Flag] = []
    if line.changes is not None:
        flags.append(Flag("change" if line.replaces == unit_id else "move"))
    if line.unreached:
        flags.append(Flag("unreached"))
    if line.vehicle_use not in uses:
        flags.append(Flag("use_not_for_class"))
    if line.disputed:
        flags.append(Flag("disputed"))
    if line.waiting:
        flags.append(Flag("waiting_owner", {"until": line.until}))
    if line.assigned:
        flags.append(Flag("assigned"))
    if line.vehicle_use == UNIT and line.vehicle_id is None:
        flags.append(Flag("no_vehicle"))
    elif line.vehicle_use == UNIT:
        flags.append(Flag("in_register" if line.registered else "not_in_register"))
    return flags


def _of_household(line: Line, owners_here: set[int]) -> list[Flag]:
    """A member of the owner's household; he waits until the unit has the owner, or has verified him."""
    if not line.household:
        return []
    return [Flag("household"), *([] if line.vehicle_id in owners_here else [Flag("household_owner")])]


def _of_kin(line: Line, kin: Sequence[_Kin], unit_id: int) -> list[Flag]:
    if not kin:
        return []
    flags = []
    if any(one.kind == "person" for one in kin):
        flags.append(Flag("same_person"))
    others = [one for one in kin if one.person_id != line.person_id]
    name = fold(line.card.name)
    if any(one.unit_id == unit_id and fold(one.sealed.card.name) == name for one in others):
        flags.append(Flag("same_name"))
    if any(one.unit_id != unit_id and one.slot == line.slot for one in others):
        flags.append(Flag("plate_elsewhere"))
    return flags


def _of_warnings(line: Line) -> list[Flag]:
    flags: list[Flag] = []
    for code in dict.fromkeys(line.warnings):
        # Plates that lead to two vehicles are a dispute, which has a flag of its own.
        if not (line.disputed and code == TWO_VEHICLES):
            flags.append(Flag("doubtful" if code in DOUBTFUL else "warning", {"warning": code}))
    if line.fallen_reason and line.state == states.VERIFIED:
        flags.append(Flag("fell_out", {"reason": line.fallen_reason}))
    return flags


def _kin(ids: list[int]) -> dict[int, list[_Kin]]:
    """What has to do with these filings, by one statement."""
    if not ids:
        return {}
    text, values = _statement(is_sqlite())
    anybody, wanted = ids_text(_ANYBODY), ids_text(ids)
    rows = database.execute_sql(text, [wanted if value == anybody else value for value in values]).fetchall()
    found: dict[int, list[_Kin]] = {}
    for filing_id, kind, table, unit_id, person_id, slot, email, ref, card in rows:
        index = None if email is None else bytes(email)
        one = _Kin(kind, unit_id, person_id, slot, index, SealedCard(table, ref, card))
        found.setdefault(filing_id, []).append(one)
    return found


#: Stands for the ids in the statement below.
_ANYBODY = [-1]


@functools.cache
def _statement(_sqlite: bool) -> tuple[str, list[Any]]:
    """The statement and its values, written once for each kind of database: that takes longer than running it."""
    ids = _ANYBODY
    union = _cars_in_motion(ids).union_all(_cars_in_force(ids)).union_all(_same_person(ids)).union_all(_same_phone(ids))
    text, values = union.sql()
    return text, list(values)


def _cars_in_motion(ids: list[int]) -> Any:
    this, other, sent = Filing.alias(), Filing.alias(), Submission.alias()
    return (
        this.select(*_columns("car", "filing", this, other, other.slot, sent))
        .join(other, on=(other.vehicle == this.vehicle))
        .join(sent, on=(sent.id == other.submission))
        .where(
            this.id << among(ids),
            this.vehicle_use == OWN,
            other.id != this.id,
            other.state << OPEN_FILING_STATES,
        )
    )


def _cars_in_force(ids: list[int]) -> Any:
    this, entry, slot, sent = Filing.alias(), Entry.alias(), DriverSlot.alias(), Submission.alias()
    return (
        this.select(*_columns("car", "entry", this, entry, slot.slot, sent))
        .join(entry, on=(entry.vehicle == this.vehicle))
        .join(slot, on=(slot.id == entry.slot))
        .join(sent, on=(sent.ref == entry.submission_ref))
        .where(this.id << among(ids), this.vehicle_use == OWN, entry.state != REMOVED)
    )


def _same_person(ids: list[int]) -> Any:
    this, other, sent = Filing.alias(), Filing.alias(), Submission.alias()
    return (
        this.select(*_columns("person", "filing", this, other, other.slot, sent))
        .join(other, on=(other.person == this.person))
        .join(sent, on=(sent.id == other.submission))
        .where(
            this.id << among(ids),
            compared(other.unit) == this.unit,
            other.submission != this.submission,
            other.state << OPEN_FILING_STATES,
        )
    )


def _same_phone(ids: list[int]) -> Any:
    this, other, sent = Filing.alias(), Filing.alias(), Submission.alias()
    mine, theirs = PersonPhone.alias(), PersonPhone.alias()
    return (
        this.select(*_columns("phone", "filing", this, other, other.slot, sent))
        .join(mine, on=((mine.person == this.person) & mine.ended_at.is_null()))
        .join(theirs, on=((theirs.phone_index == mine.phone_index) & theirs.ended_at.is_null()))
        .join(other, on=((other.person == theirs.person) & (compared(other.unit) == this.unit)))
        .join(sent, on=(sent.id == other.submission))
        .where(
            this.id << among(ids),
            theirs.person != this.person,
            other.state << OPEN_FILING_STATES,
        )
    )


def _columns(kind: str, table: str, this: Any, other: Any, slot: Any, sent: Any) -> tuple[Any, ...]:
    """Columns of one part of the union: this filing, what the other one is, and what is read of it."""
    named = (SQL(f"'{kind}'"), SQL(f"'{table}'"))
    return (this.id, *named, other.unit, other.person, slot, sent.email_index, other.ref, other.card)

"""Lines: filings as the verification list reads them, any number of them by one statement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from peewee import JOIN, Select, fn

from webapp import crypto
from webapp.columns import from_micros
from webapp.database import among, compared, plainly, sorted_by
from webapp.domain.filings.models import CounterHelp, Filing, Invitation, Submission
from webapp.domain.notices import queries as notices
from webapp.domain.passlist.models import Entry
from webapp.domain.registry.cards import Card, SealedCard
from webapp.domain.registry.models import UNIT, Answers, Plate
from webapp.domain.units.models import RegisterVehicle


class Line(NamedTuple):
    """One filing of a unit with what its flags depend on. `until`: when the wait for the owner ends. `registered`:
    its vehicle stands in the unit's register. `unreached`: the last message to the person did not arrive.
    `replaces`: the unit of the entry it changes. `helper`: the account that typed it at the counter, `form` how it was
    signed there. `staff_number` as declared, where it was asked for."""

    id: int
    ref: str
    version: int
    state: str
    person_id: int
    vehicle_id: int | None
    vehicle_use: str
    size_class: str | None
    slot: str | None
    waiting: bool
    disputed: bool
    assigned: bool
    household: bool
    fallen_reason: str | None
    warnings: tuple[str, ...]
    changes: int | None
    submitted_at: datetime
    act_id: int
    number: str
    email_index: bytes | None
    phone_index: bytes
    until: datetime | None
    registered: bool
    unreached: bool
    replaces: int | None
    helper: int | None
    form: str | None
    sealed: SealedCard
    staff_number: str = ""

    @property
    def card(self) -> Card:
        return self.sealed.card


def read(unit_id: int, which: Iterable[int] | Select, *, numbers: bool = False) -> list[Line]:
    """These filings of the unit, by their ids or a query for them, oldest first; `numbers`: with the staff numbers they
    declare."""
    query = (
        Filing.select(
            *_COLUMNS,
            Submission.number,
            Submission.email_index,
            Submission.phone_index,
            Invitation.until,
            ((Filing.vehicle_use == UNIT) & fn.EXISTS(in_register(unit_id))).alias("registered"),
            Submission.ref.in_(notices.unreached()).alias("unreached"),
            Entry.unit,
            CounterHelp.account_id,
            CounterHelp.form,
            Filing.card,
            *((Answers.ref, Answers.sealed) if numbers else ()),
        )
        .join(Submission, on=(Filing.submission == Submission.id))
        .join(CounterHelp, JOIN.LEFT_OUTER, on=(CounterHelp.id == _last_help()))
        .switch(Filing)
        .join(Entry, JOIN.LEFT_OUTER, on=(Filing.changes == Entry.id))
        .switch(Filing)
        .join(
            Invitation,
            JOIN.LEFT_OUTER,
            on=(
                (Invitation.vehicle == Filing.vehicle)
                & (Invitation.second == Filing.person)
                & (Invitation.state == "open")
            ),
        )
        .where(compared(Filing.unit) == unit_id, Filing.id << (which if isinstance(which, Select) else among(which)))
        .order_by(sorted_by(Filing.submitted_at), Filing.id)  # not all of the unit in this order
    )
    if numbers:
        query = query.switch(Filing).join(Answers, on=(Filing.answers == Answers.id))
    return [_line(columns) for columns in plainly(query)]


#: Where columns stand whose values are not those of the driver.
_YES_OR_NO = [*map(Line._fields.index, ("waiting", "disputed", "assigned", "household", "registered", "unreached"))]
_INSTANTS = [*map(Line._fields.index, ("submitted_at", "until"))]
_INDEXES = [*map(Line._fields.index, ("email_index", "phone_index"))]
_REF, _WARNINGS = map(Line._fields.index, ("ref", "warnings"))
_COLUMNS = (
    Filing.id,
    Filing.ref,
    Filing.version,
    Filing.state,
    Filing.person,
    Filing.vehicle,
    Filing.vehicle_use,
    Filing.size_class,
    Filing.slot,
    Filing.waiting,
    Filing.disputed,
    Filing.assigned,
    Filing.household,
    Filing.fallen_reason,
    Filing.warnings,
    Filing.changes,
    Filing.submitted_at,
    Filing.act_id,
)


def _last_help() -> Any:
    """The newest help with the submission of a filing."""
    newest = CounterHelp.alias()
    return newest.select(fn.MAX(newest.id)).where(newest.submission == Submission.id)


def in_register(unit_id: int) -> Any:
    """The places of a filing's plates in the unit's register, for EXISTS in a query of filings."""
    return (
        Plate.select(Plate.id)
        .join(RegisterVehicle, on=(RegisterVehicle.plate_index == Plate.plate_index))
        .where(
            Plate.vehicle == Filing.vehicle,
            Plate.ended_at.is_null(),
            RegisterVehicle.unit == unit_id,
            RegisterVehicle.ended_at.is_null(),
        )
    )


def staff_number(ref: str, sealed: bytes) -> str:
    """The staff number in answers, "" where none was declared."""
    declared: Any = crypto.unseal(sealed, "answers", "sealed", ref)
    return str(declared["belonging"]["staff_number"])


def _line(columns: tuple[Any, ...]) -> Line:
    """From the columns of a row as the driver gives them, which come in the order of Line, the card and (if read) the
    answers sealed."""
    read = list(columns[: len(Line._fields) - 1])
    for place in _YES_OR_NO:
        read[place] = bool(read[place])
    for place in _INSTANTS:
        read[place] = None if read[place] is None else from_micros(read[place])
    for place in _INDEXES:
        read[place] = None if read[place] is None else bytes(read[place])
    read[_WARNINGS] = tuple(Filing.warnings.python_value(read[_WARNINGS]) or ()) if read[_WARNINGS] != "[]" else ()
    read[-1] = SealedCard("filing", read[_REF], read[-1])
    answers = columns[len(read) :]
    return Line._make((*read, staff_number(*answers) if answers else ""))

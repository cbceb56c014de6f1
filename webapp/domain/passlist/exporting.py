"""The unit's list as a file: masked unless a purpose is stated, every export on record, read in slices.

The record keeps who, when, how much, which form and which purpose, and of whom; never what was exported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from webapp.database import among
from webapp.domain.audit import readings
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.passlist import printing, queries
from webapp.domain.passlist.models import Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Answers
from webapp.domain.units.models import Unit
from webapp.errors import Invalid

#: Sent at once as they are read; the PDF is made by the worker (`passlist.printing`).
SHEETS = ("xlsx", "csv")
FORMATS = (*SHEETS, printing.PDF)
#: Why somebody needs the full numbers. Sentences: documents.words.
PURPOSES = ("own_check", "authority", "inspection", "correction")
#: Entries read at a time.
SLICE = 500


@dataclass(frozen=True)
class Line:
    """One entry. Masked: of the document its kind and last four, no phone."""

    number: str
    name: str
    latin_name: str
    id_type: str
    document: str
    phone: str
    plates: tuple[str, ...]
    vehicle_use: str
    size_class: str
    slot: str
    state: str
    listed_at: datetime


@action("list:export")
def export(
    act: Act, unit_id: int, kind: str, state: str, full: bool, purpose: str, locale: str = ""
) -> dict[str, object]:
    """Put an export on record; a PDF, which is in `locale`, is then owed. Returns {"rows", "format", "full",
    "purpose"}, and for a PDF its ref as "export". Raises Invalid beside `format` and `purpose`."""
    if kind not in FORMATS:
        raise Invalid("choose", field="format")
    if full and purpose not in PURPOSES:
        raise Invalid("choose", field="purpose")
    unit = Unit.get_by_id(unit_id)
    fields = ["id_number", "phone"] if full else []
    record(act, "list:exported", unit.ref, unit_id=unit_id, fields=fields)
    taken = Entry.select(Entry.submission_ref).where(Entry.unit == unit_id, Entry.state << queries.states_of(state))
    persons = [ref for (ref,) in taken.tuples()]
    readings.note(act, readings.EXPORTED, persons, items=fields, unit_id=unit_id)
    done: dict[str, object] = {"rows": len(persons), "format": kind, "full": full, "purpose": purpose if full else ""}
    if kind == printing.PDF:
        done["export"] = printing.order(act, unit_id, state, purpose if full else "", len(persons), locale)
    return done


def lines(unit_id: int, state: str, full: bool) -> Iterator[Line]:
    """The entries of the unit in this state ("" for all in force), oldest first. Memory does not depend on how many."""
    last = 0
    while True:
        rows = list(
            Entry.select()
            .where(Entry.unit == unit_id, Entry.state << queries.states_of(state), Entry.id > last)
            .order_by(Entry.id)
            .limit(SLICE)
        )
        slots = queries.slots(rows)
        answers = _answers(rows) if full else {}
        for row in rows:
            yield _line(row, slots.get(row.id, ""), answers.get(row.answers_id))
        if len(rows) < SLICE:
            return
        last = rows[-1].id


def _answers(rows: list[Entry]) -> dict[int, Answers]:
    return {row.id: row for row in Answers.select().where(Answers.id << among({one.answers_id for one in rows}))}


def _line(row: Entry, slot: str, answers: Answers | None) -> Line:
    card = open_card(row)
    document, phone = card.tail, ""
    if answers is not None:
        declared = registry.open_answers(answers)
        document, phone = declared["person"]["id_number"], declared["contact"]["phone"]
    return Line(
        number=row.number,
        name=card.name,
        latin_name=card.latin_name,
        id_type=card.id_type,
        document=document,
        phone=phone,
        plates=tuple(card.plates),
        vehicle_use=row.vehicle_use,
        size_class=row.size_class,
        slot=slot,
        state=row.state,
        listed_at=row.listed_at,
    )

"""One person known by two documents: linked by the verifier who saw both (design 5; design 7, rule 6).

The younger record's documents, filings and entries become the older one's. What would then stand twice, in motion, in
force or on a car, is refused, naming what is surplus.
"""

from __future__ import annotations

from typing import Any

from webapp.database import among, lock, pass_gate
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import replacing_phones
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Invitation, Submission
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry.models import NameToken, Person, PersonDocument, PersonPhone, PersonToken, Vehicle
from webapp.domain.sanctions import matching as sanctions
from webapp.domain.sanctions.models import SanctionNear
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Invalid, NotFound
from webapp.values.normalising import compact

#: What was decided about the record that stands empty afterwards.
STAYING = ("erasure",)


def named(unit_id: int, submission: Submission, number: str) -> Submission:
    """The other submission, by the number people read out, where it is of this unit. Raises Invalid beside `number`."""
    if not compact(number):
        raise Invalid("missing", field="number")
    letters = compact(number).upper().removeprefix("HQ")
    found = Submission.get_or_none(Submission.number == f"HQ-{letters[:4]}-{letters[4:]}")
    if found is None or other(unit_id, submission, found.ref) is None:
        raise Invalid("not_of_this_unit", field="number")
    if found.person_id == submission.person_id:
        raise Invalid("same_person_already", field="number")
    return found


def other(unit_id: int, submission: Submission, ref: str) -> Submission | None:
    """Another submission that this unit has something of; None for whatever else the ref is."""
    try:
        return replacing_phones.of_its_unit(unit_id, ref) if ref and ref != submission.ref else None
    except NotFound:
        return None


@action("person:link")
def link(act: Act, unit_id: int, ref: str, other_ref: str) -> dict[str, str]:
    """Make the persons of these two submissions one. Returns {"person": ref}.

    Raises NotFound, Conflict: `unit_not_active`, `same_person_already`, `linked_twice` (both have the same car),
    `linked_sanctioned` (what a sanction ends, the platform decides).
    """
    pass_gate(sanctions.GATE)
    lock(Unit, [unit_id])
    if Unit.get_by_id(unit_id).state not in ("certified", "suspended"):
        raise Conflict("unit_not_active")
    ids = {replacing_phones.of_its_unit(unit_id, one).person_id for one in (ref, other_ref)}
    if len(ids) != 2:
        raise Conflict("same_person_already")
    lock(Person, ids)
    kept, gone = sorted(ids)
    lock(Vehicle, _vehicles(kept) | _vehicles(gone))
    if any(sanctions.against_person(person) for person in (kept, gone)):
        raise Conflict("linked_sanctioned")
    if _surplus(kept, gone):
        raise Conflict("linked_twice")
    _join(act, kept, gone)
    person = Person.get_by_id(kept)
    for one in (ref, other_ref):
        record(act, "person:linked", one, unit_id=unit_id, fields=["person"])
    return {"person": person.ref}


def _vehicles(person_id: int) -> set[int]:
    rows = (
        Entry.select(Entry.vehicle).where(Entry.person == person_id, Entry.state << IN_FORCE),
        Filing.select(Filing.vehicle).where(Filing.person == person_id, Filing.state << OPEN_FILING_STATES),
        DriverSlot.select(DriverSlot.vehicle).where(DriverSlot.person == person_id),
        Invitation.select(Invitation.vehicle).where(
            (Invitation.second == person_id) | (Invitation.owner == person_id), Invitation.state == "open"
        ),
    )
    return {vehicle for query in rows for (vehicle,) in query.tuples() if vehicle is not None}


def _surplus(kept: int, gone: int) -> bool:
    """Whether both stand on one car, or both wait in one unit for a vehicle it assigns."""
    if _vehicles(kept) & _vehicles(gone):
        return True
    waiting = [
        {
            unit
            for (unit,) in Filing.select(Filing.unit)
            .where(Filing.person == person, Filing.vehicle.is_null(), Filing.state << OPEN_FILING_STATES)
            .tuples()
        }
        for person in (kept, gone)
    ]
    return bool(waiting[0] & waiting[1])


def _join(act: Act, kept: int, gone: int) -> None:
    """Everything of the one is the other's, whatever refers to him; what was signed stays as it was signed."""
    PersonDocument.update(person=kept).where(PersonDocument.person == gone).execute()
    phones = PersonPhone.select(PersonPhone.id).where(PersonPhone.person == gone, PersonPhone.ended_at.is_null())
    known = PersonPhone.select().where(PersonPhone.person == kept, PersonPhone.ended_at.is_null())
    if known.exists():
        PersonPhone.update(ended_at=act.now).where(
            PersonPhone.id << among(found for (found,) in phones.tuples())
        ).execute()
    _move_unless_there(PersonToken, (PersonToken.kind, PersonToken.token), kept, gone)
    _move_unless_there(NameToken, (NameToken.token,), kept, gone)
    _move_unless_there(SanctionNear, (SanctionNear.sanction,), kept, gone)
    # The slot first: an entry stands on a slot of its own person.
    DriverSlot.update(person=kept).where(DriverSlot.person == gone).execute()
    for side, model in Person._meta.backrefs.items():
        if model._meta.table_name not in STAYING:
            model.update(**{side.name: kept}).where(side == gone).execute()


def _move_unless_there(model: Any, key: tuple[Any, ...], kept: int, gone: int) -> None:
    """Rows that may stand once for each person: those the one has already are dropped from the other."""
    known = {row for row in model.select(*key).where(model.person == kept).tuples()}
    rows = model.select(model.id, *key).where(model.person == gone).tuples()
    twice = [row for row, *rest in list(rows) if tuple(rest) in known]
    model.delete().where(model.id << among(twice)).execute()
    model.update(person=kept).where(model.person == gone).execute()

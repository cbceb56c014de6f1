"""What stands in the way of a filing: filings in motion, entries in force, registers (design 7, rules 1, 4, 5, 7).

Each collision is a Fault beside the page of its vehicle. Of an identity, details are for whoever has proved the phone
on file; everybody else reads "cannot be accepted, reference N" (design 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp import crypto
from webapp.database import compared
from webapp.domain.filings import asking, households, invitations
from webapp.domain.filings.answering import vehicle_page
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.passlist.models import OWNER, REMOVED, SECOND, DriverSlot, Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import OWN, UNIT, Person, Vehicle
from webapp.domain.sanctions import matching as sanctions
from webapp.domain.sanctions import sanction_queries
from webapp.domain.units.models import RegisterVehicle, Unit
from webapp.errors import Fault
from webapp.values import plates


@dataclass(frozen=True)
class Claim:
    """One declared vehicle, with the one it leads to (None: new, or assigned by the unit). `entry` is what a change
    would replace: then the vehicle is the entry's, whatever its plates are to be."""

    number: int
    declared: dict[str, Any]
    vehicle: Vehicle | None
    entry: Entry | None = None

    @property
    def invitation(self) -> str:
        """Ref of the owner's invitation it is filed with, "" without one. What is in force has his yes already."""
        return "" if self.entry is not None else str(self.declared.get("invitation") or "")

    @property
    def slot(self) -> str | None:
        """Whoever took the place of an owner who left is the owner, whatever he declared before."""
        if self.declared["vehicle_use"] != OWN:
            return None
        seated = self.entry is not None and _sits_as_owner(self.entry)
        return OWNER if seated or self.declared["is_owner"] else SECOND


def _sits_as_owner(entry: Entry) -> bool:
    return DriverSlot.select().where(DriverSlot.id == entry.slot_id, DriverSlot.slot == OWNER).exists()


@dataclass(frozen=True)
class Filer:
    """Who files: the person behind the identity, and the phone proved just now. `reference` names a refusal that may
    say no more. `corrects` are the ids of his own filings that this one takes further, which stand in no way.
    `household`: he files as a member of the owner's household."""

    person: Person | None
    phone_index: bytes
    reference: str
    corrects: tuple[int, ...] = ()
    household: bool = False


def collisions(filer: Filer, unit: Unit, claim: Claim) -> list[Fault]:
    """Everything that keeps this claim from being filed; [] when nothing does."""
    faults = _of_register(unit, claim)
    if claim.vehicle is not None:
        faults = faults or _of_use(filer, unit, claim, claim.vehicle)
        faults += _of_slot(filer, claim, claim.vehicle)
        faults = faults or _of_household(filer, unit, claim, claim.vehicle)
    if claim.invitation and not _invited(filer, claim):
        faults = [_fault(claim, "invitation_over")]
    if filer.person is not None:
        # The person's own filing says it all; whether the car is full besides is no news to him.
        faults = _of_person(filer, filer.person, unit, claim) or faults
    return _of_sanctions(filer, claim) or faults


def _invited(filer: Filer, claim: Claim) -> bool:
    """Whether the invitation can be filed with, or he is the car's second driver anyway and changes something."""
    request = invitations.by_ref(claim.invitation)
    person, vehicle = (one.id if one else 0 for one in (filer.person, claim.vehicle))
    if asking.accepted_before(person, vehicle):
        return True
    return request is not None and invitations.stands(request, person or None, vehicle or None)


def _fault(claim: Claim, code: str, /, **params: Any) -> Fault:
    masked = "、".join(plates.mask(plate) for plate in claim.declared["plates"])
    return Fault(vehicle_page(claim.number), code, {"plate": masked, **params})


def _of_sanctions(filer: Filer, claim: Claim) -> list[Fault]:
    """A sanction on the person or the vehicle. Whose sanction it is, only the proved person himself reads."""
    sanction = sanctions.against_person(filer.person.id) if filer.person else None
    if sanction is not None and filer.person is not None:
        on_file = registry.phone_on_file(filer.person.id)
        if on_file is not None and crypto.same(filer.phone_index, bytes(on_file.phone_index)):
            said = sanction_queries.details(sanction)
            names = ("authority", "appeal_route", "contact")
            return [_fault(claim, "sanctioned", number=sanction.number, **{name: said[name] for name in names})]
    cars = [claim.vehicle.id] if claim.vehicle is not None else []
    barred = sanction is not None or bool(sanctions.barred(vehicle_ids=cars)[1])
    if barred or sanctions.bars_plates(registry.plate_indexes(claim.declared["plates"])):
        return [_fault(claim, "cannot_accept", reference=filer.reference)]
    return []


def _of_register(unit: Unit, claim: Claim) -> list[Fault]:
    """A plate in a unit's register is that unit's vehicle, and nobody's own; but whoever has it in force as his own
    goes on with it, whatever a unit wrote down since."""
    named = set(claim.declared["plates"])
    if claim.entry is not None and claim.entry.vehicle_use == claim.declared["vehicle_use"] == OWN:
        named -= set(open_card(claim.entry).plates)
    indexes = registry.plate_indexes(sorted(named))
    holders = {
        holder
        for (holder,) in RegisterVehicle.select(RegisterVehicle.unit)
        .where(RegisterVehicle.plate_index << indexes, RegisterVehicle.ended_at.is_null())
        .tuples()
    }
    if holders and claim.declared["vehicle_use"] == OWN:
        return [_fault(claim, "is_unit_vehicle")]
    return [_fault(claim, "of_another_unit")] if holders - {unit.id} else []


def is_live(vehicle_id: int, corrects: tuple[int, ...] = (), replaces: tuple[int, ...] = ()) -> bool:
    """Whether anything in motion, but these filings, or in force, but these entries, stands on the vehicle."""
    return (
        Filing.select()
        .where(Filing.vehicle == vehicle_id, Filing.state << OPEN_FILING_STATES, Filing.id.not_in(corrects))
        .exists()
        or Entry.select().where(Entry.vehicle == vehicle_id, Entry.state != REMOVED, Entry.id.not_in(replaces)).exists()
    )


def has_live(person: Person) -> bool:
    """Whether the person has anything in motion or in force."""
    return (
        Filing.select().where(Filing.person == person.id, Filing.state << OPEN_FILING_STATES).exists()
        or Entry.select().where(Entry.person == person.id, Entry.state != REMOVED).exists()
    )


def _of_use(filer: Filer, unit: Unit, claim: Claim, vehicle: Vehicle) -> list[Fault]:
    use = claim.declared["vehicle_use"]
    if vehicle.vehicle_use != use:
        if not is_live(vehicle.id, filer.corrects, (claim.entry.id,) if claim.entry else ()):
            return []
        return [_fault(claim, "is_unit_vehicle" if vehicle.vehicle_use == UNIT else "is_own_use")]
    if use == UNIT and _units_of(vehicle) - {unit.id}:
        return [_fault(claim, "of_another_unit")]
    return []


def _units_of(vehicle: Vehicle) -> set[int]:
    filed = Filing.select(Filing.unit).where(Filing.vehicle == vehicle.id, Filing.state << OPEN_FILING_STATES)
    listed = Entry.select(Entry.unit).where(Entry.vehicle == vehicle.id, Entry.state != REMOVED)
    return {unit for (unit,) in filed.tuples()} | {unit for (unit,) in listed.tuples()}


def _of_slot(filer: Filer, claim: Claim, vehicle: Vehicle) -> list[Fault]:
    """An own-use vehicle has one owner and one second driver. In motion, a second driver counts once the owner said
    yes, an owner once his unit verified him: until then anybody may have claimed the place."""
    if claim.slot is None:
        return []
    me = filer.person.id if filer.person else 0
    in_force = DriverSlot.select().where(
        DriverSlot.vehicle == vehicle.id,
        DriverSlot.slot == claim.slot,
        DriverSlot.person != me,
        DriverSlot.in_force,
    )
    in_motion = Filing.select().where(
        Filing.vehicle == vehicle.id,
        Filing.slot == claim.slot,
        Filing.person != me,
        Filing.id.not_in(filer.corrects),
        ~Filing.disputed,
        Filing.state << (("verified",) if claim.slot == OWNER else OPEN_FILING_STATES),
        ~Filing.waiting,
    )
    if not (in_force.exists() or in_motion.exists()):
        return []
    return [_fault(claim, "owner_taken" if claim.slot == OWNER else "third_driver")]


def _of_household(filer: Filer, unit: Unit, claim: Claim, vehicle: Vehicle) -> list[Fault]:
    """A member of the owner's household files through the owner's unit. Whom the owner invited reads at once that this
    is another one; to anybody else whose people somebody is is not said: he waits for the owner, and for this unit,
    which cannot verify him."""
    if filer.household and claim.invitation and households.owner_elsewhere(unit.id, vehicle.id):
        return [_fault(claim, "household_elsewhere")]
    return []


def _of_person(filer: Filer, person: Person, unit: Unit, claim: Claim) -> list[Fault]:
    """Once in motion, once in force, per person, vehicle and unit."""
    filing = filing_in_motion(person, unit, claim)
    if filing is not None and filing.id not in filer.corrects:
        submission = Submission.get_by_id(filing.submission_id)
        if _knows(filer, person, submission):
            return [_fault(claim, "already_in_motion", number=submission.number)]
        return [_fault(claim, "cannot_accept", reference=filer.reference)]
    entry = entry_in_force(person, unit, claim)
    if entry is None or (claim.entry is not None and entry.id == claim.entry.id):
        return []
    submission = Submission.get(Submission.ref == entry.submission_ref)
    if _knows(filer, person, submission):
        return [_fault(claim, "already_in_force", number=submission.number)]
    return [_fault(claim, "cannot_accept", reference=filer.reference)]


def _knows(filer: Filer, person: Person, submission: Submission) -> bool:
    on_file = registry.phone_on_file(person.id)
    proved = {bytes(submission.phone_index)} | ({bytes(on_file.phone_index)} if on_file else set())
    return any(crypto.same(filer.phone_index, index) for index in proved)


def filing_in_motion(person: Person, unit: Unit, claim: Claim) -> Filing | None:
    """The person's open filing of the same vehicle (or of vehicles the unit assigns) through the same unit."""
    if claim.vehicle is None and not claim.declared["unit_assigns"]:
        return None
    same_vehicle = Filing.vehicle.is_null() if claim.vehicle is None else Filing.vehicle == claim.vehicle.id
    return Filing.get_or_none(
        Filing.person == person.id, compared(Filing.unit) == unit.id, same_vehicle, Filing.state << OPEN_FILING_STATES
    )


def entry_in_force(person: Person, unit: Unit, claim: Claim) -> Entry | None:
    if claim.vehicle is None:
        return None
    return Entry.get_or_none(
        Entry.person == person.id,
        compared(Entry.unit) == unit.id,
        Entry.vehicle == claim.vehicle.id,
        Entry.state != REMOVED,
    )


def refs_against(person: Person | None, claim: Claim) -> list[str]:
    """Refs of what is in motion and in force on the claim's vehicle, or on unit vehicles assigned to the person."""
    if claim.vehicle is None:
        filed = Filing.select(Filing.ref).where(
            Filing.person == (person.id if person else 0), Filing.vehicle.is_null(), Filing.state << OPEN_FILING_STATES
        )
        return [ref for (ref,) in filed.tuples()]
    filed = Filing.select(Filing.ref).where(Filing.vehicle == claim.vehicle.id, Filing.state << OPEN_FILING_STATES)
    listed = Entry.select(Entry.ref).where(Entry.vehicle == claim.vehicle.id, Entry.state != REMOVED)
    return [ref for (ref,) in filed.tuples()] + [ref for (ref,) in listed.tuples()]


def waits_for_owner(person: Person, claim: Claim, vehicle: Vehicle) -> bool:
    """Whether this filing waits for the owner's yes."""
    return claim.slot == SECOND and not claim.invitation and not asking.accepted_before(person.id, vehicle.id)

"""What keeps a filing from replacing an entry: who the person is, and what is not his to change."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.domain.filings import changes, colliding, declaring
from webapp.domain.filings.answering import vehicle_page
from webapp.domain.filings.colliding import Claim, Filer
from webapp.domain.filings.declaring import Declared
from webapp.domain.filings.items import PERSON, VEHICLE
from webapp.domain.filings.models import Filing
from webapp.domain.passlist.models import SECOND, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import OWN, UNIT, Person
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Fault


def entries_of(filings: Iterable[Filing]) -> dict[int, Entry]:
    """What each of these filings (by its place, from 1) would replace. An entry of another unit that ended meanwhile
    needs no replacing; one of the same unit cannot be changed any more: Conflict("entry_ended")."""
    found = {}
    for place, filing in enumerate(filings, start=1):
        if filing.changes_id is None:
            continue
        entry = Entry.get_by_id(filing.changes_id)
        if entry.state in IN_FORCE:
            found[place] = entry
        elif entry.unit_id == filing.unit_id:
            raise Conflict("entry_ended")
    return found


def check_identity(person: Person, after: Declared, reference: str) -> None:
    """A document that leads to somebody else is not linked to this person from a page of his own; who is who, the unit
    that sees both documents says (filings.identities). Raises Conflict("document_elsewhere")."""
    known = registry.person_by_key(declaring.identity_key(after[PERSON]))
    if known is not None and known.id != person.id:
        raise Conflict("document_elsewhere", field=PERSON, reference=reference)


def faults_of(filer: Filer, unit: Unit, claim: Claim) -> list[Fault]:
    """Collisions, and what a person may not change of the vehicle himself."""
    if claim.entry is None or claim.entry.unit_id != unit.id:
        return colliding.collisions(filer, unit, claim)
    page, said = vehicle_page(claim.number), claim.declared
    filed = changes.of_vehicle(registry.answers(claim.entry.answers_id), claim.entry.position)[VEHICLE]
    before = changes.as_it_is(filed, open_card(claim.entry))
    if said["vehicle_use"] == before["vehicle_use"] == UNIT and said["plates"] != before["plates"]:
        return [Fault(page, "unit_changes_plate")]
    if said["vehicle_use"] == OWN and before["is_owner"] is True and said["is_owner"] is False:
        return [Fault(page, "owner_leaves_first")]
    if claim.slot == SECOND and said["plates"] != before["plates"]:
        return [Fault(page, "owner_changes_plate")]
    return colliding.collisions(filer, unit, claim)

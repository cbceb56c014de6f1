"""What stands against erasing somebody: codes, empty where nothing does (design 6; PIPL 47)."""

from __future__ import annotations

from webapp import clock
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Invitation, Submission
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.privacy.models import LegalHold
from webapp.domain.registry.models import Person
from webapp.domain.sanctions import matching
from webapp.domain.sanctions.models import CONFIRMED, PROPOSED, Case, CaseParty, Sanction

ALREADY_ERASED = "already_erased"
ENTRY_IN_FORCE = "entry_in_force"
FILING_OPEN = "filing_open"
INVITATION_OPEN = "invitation_open"
SECOND_DRIVER_WAITS = "second_driver_waits"
CASE_OPEN = "case_open"
SANCTIONED = "sanctioned"
LEGAL_HOLD = "legal_hold"


def of(person_id: int) -> list[str]:
    """Every obstacle, in the order a person would mend them."""
    person: Person = Person.get_by_id(person_id)
    found = {
        ALREADY_ERASED: person.erased_at is not None,
        ENTRY_IN_FORCE: Entry.select().where(Entry.person == person_id, Entry.state << IN_FORCE).exists(),
        FILING_OPEN: Filing.select().where(Filing.person == person_id, Filing.state << OPEN_FILING_STATES).exists(),
        INVITATION_OPEN: _invited(person_id),
        SECOND_DRIVER_WAITS: DriverSlot.select().where(DriverSlot.person == person_id).exists(),
        CASE_OPEN: _in_case(person_id),
        SANCTIONED: _sanctioned(person_id),
        LEGAL_HOLD: held(person_id) is not None,
    }
    return [code for code, stands in found.items() if stands]


def held(person_id: int) -> LegalHold | None:
    """The legal hold that keeps this person's data today."""
    lasting = (LegalHold.until >= clock.today()) & LegalHold.lifted_at.is_null()
    return LegalHold.select().where(LegalHold.person == person_id, lasting).order_by(LegalHold.until.desc()).first()


def _invited(person_id: int) -> bool:
    his = (Invitation.owner == person_id) | (Invitation.second == person_id)
    return bool(Invitation.select().where(Invitation.state == "open", his).exists())


def _in_case(person_id: int) -> bool:
    refs = Submission.select(Submission.ref).where(Submission.person == person_id)
    sides = CaseParty.select().join(Case, on=(CaseParty.case == Case.id))
    return bool(sides.where(Case.state == "open", CaseParty.party_ref << refs).exists())


def _sanctioned(person_id: int) -> bool:
    who = matching.persons(Sanction.state << (PROPOSED, CONFIRMED)).alias("who")
    named = Sanction.select(Sanction.id).join(who, on=(Sanction.id == who.c.sanction_id))
    return bool(named.where(who.c.person_id == person_id).exists())

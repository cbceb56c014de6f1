""" "That was not me", "that is my car": what stands in the way of a draft is put before a human (design 7, rule 7).

Whoever has proved a phone opens one case for each vehicle that collides. Nothing of the other filing or entry changes
until somebody has decided. The draft lives on as long as its case, and is where its person reads of it.
"""

from __future__ import annotations

from webapp import clock, crypto
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import answering, case_sides, checks, colliding, declaring, drafts
from webapp.domain.filings.colliding import Claim as VehicleClaim
from webapp.domain.filings.colliding import Filer
from webapp.domain.filings.models import Draft, Submission
from webapp.domain.filings.submitting import claims_of
from webapp.domain.passlist.models import OWNER, SECOND
from webapp.domain.pledges import policy as policies
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Person
from webapp.domain.sanctions.cases_evidence import Handed, checked_words
from webapp.domain.sanctions.cases_opening import Claim, Matter, Side, open_case
from webapp.domain.sanctions.models import BY_DRAFT, IDENTITY, PLATE, Case
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, NotFound
from webapp.values import plates

#: Collisions with what stands under one's own identity; all others are about the vehicle.
OWN_IDENTITY = ("already_in_motion", "already_in_force", "cannot_accept")
#: Collisions that contest one driver slot alone.
SLOTS = {"owner_taken": OWNER, "third_driver": SECOND}


@action("filing:dispute")
def dispute(act: Act, draft_ref: str, words: str, handed: Handed) -> dict[str, object]:
    """Open a case for whatever collides with this draft. Returns {"cases": [ref, …]}. Raises NotFound, Invalid (words,
    evidence), Conflict: `nothing_disputed` where nothing stands in the way (any more), `case_open`, `case_decided`."""
    draft = Draft.get_or_none(Draft.ref == draft_ref, Draft.expires_at > clock.now(), Draft.submission_ref.is_null())
    if draft is None:
        raise NotFound("not_found")
    words = checked_words(words, needed=True)
    unit = units.by_id(draft.unit_id)
    answers = drafts.answers_of(draft)
    if checks.check_all(answers, policies.current(), unit, clock.today()) or not answering.phone_is_proved(answers):
        raise Conflict("nothing_disputed")
    declared = declaring.declare(answers, unit, draft.language)
    person = registry.person_by_key(declaring.identity_key(declared["person"]))
    phone = declared["contact"]["phone"]
    filer = Filer(person, crypto.index("phone", phone), act.actor.request_id[:8].upper())
    opener = Side(BY_DRAFT, draft.ref, contact=declared["contact"])
    lock(Draft, [draft.id])
    opened = []
    for claim in claims_of(declared)[0]:
        faults = colliding.collisions(filer, unit, claim)
        if faults:
            matter, holders = _contested(person, unit, claim, faults[0].code)
            opened.append(open_case(act, matter, Claim(opener, words, handed), holders=holders))
    if not opened:
        raise Conflict("nothing_disputed")
    record(act, "draft:disputed", draft.ref, unit_id=unit.id)
    keep_until(draft, max(case.decide_until for case in opened))
    return {"cases": [case.ref for case in opened]}


def _contested(person: Person | None, unit: Unit, claim: VehicleClaim, code: str) -> tuple[Matter, list[Side]]:
    """What a colliding claim contests, and whom to ask."""
    if code in OWN_IDENTITY and person is not None:
        filing = colliding.filing_in_motion(person, unit, claim)
        entry = None if filing else colliding.entry_in_force(person, unit, claim)
        if filing is not None:
            submission = Submission.get_by_id(filing.submission_id)
        elif entry is not None:
            submission = Submission.get(Submission.ref == entry.submission_ref)
        else:
            raise Conflict("nothing_disputed")
        subject = filing.ref if filing else entry.ref  # type: ignore[union-attr]
        matter = Matter(IDENTITY, subject, submission.number, ground=code, unit_id=unit.id)
        return matter, case_sides.with_units([submission])
    named = claim.declared["plates"]
    sides = case_sides.registers(named, 0 if code == "is_unit_vehicle" else unit.id)
    if claim.vehicle is not None:
        me = person.id if person else 0
        sides += case_sides.on_vehicle(claim.vehicle.id, but=me, slot=SLOTS.get(code), named=named)
    subject = claim.vehicle.ref if claim.vehicle else crypto.index("plate", plates.fold(named[0])).hex()
    vehicle_id = claim.vehicle.id if claim.vehicle else None
    return Matter(PLATE, subject, ground=code, unit_id=unit.id, vehicle_id=vehicle_id), sides


def keep_until(draft: Draft, moment: object) -> None:
    """Step: a draft whose case is open is not thrown away before somebody decided, nor the week after."""
    until = moment + drafts.LIFE  # type: ignore[operator]
    Draft.update(expires_at=until).where(Draft.id == draft.id, Draft.expires_at < until).execute()


def decided(case: Case, now: object) -> None:
    """Step: the person has another week to send what was stopped."""
    draft = Draft.get_or_none(Draft.ref == case.opener_ref)
    if draft is not None:
        keep_until(draft, now)

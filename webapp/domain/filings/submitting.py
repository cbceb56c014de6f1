"""Submitting: from a draft to a submission with its pledge and one filing for each vehicle, in one act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from webapp import clock, crypto
from webapp.database import lock, pass_gate
from webapp.domain.audit.acts import Act, action
from webapp.domain.files import documents
from webapp.domain.filings import checks, colliding, declaring, drafts, helping, making, signing, slips, telling
from webapp.domain.filings.answering import MOVES, Answers, vehicle_page
from webapp.domain.filings.colliding import Claim, Filer
from webapp.domain.filings.declaring import Declared
from webapp.domain.filings.models import OPEN_FILING_STATES, Draft, Filing, Submission
from webapp.domain.filings.signing import Signing
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.pledges import policy as policies
from webapp.domain.pledges import texts
from webapp.domain.pledges.models import PERSONAL
from webapp.domain.pledges.policy import Policy
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Person, Vehicle
from webapp.domain.sanctions import cases
from webapp.domain.sanctions import matching as sanctions
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Fault, Invalid, NotFound


@action("filing:submit")
def submit(act: Act, draft_ref: str, signed: Signing) -> dict[str, str]:
    """Send a draft, signed. Returns {"submission": ref, "number": …}; a draft already sent answers the same again.

    Raises NotFound, Invalid (every fault of answers and signature), Conflict: `unit_closed`, `draft_changed`,
    `text_changed`, `privacy_changed`, or the collisions of `colliding`.
    """
    draft = held(draft_ref)
    if draft.submission_ref:
        submission = Submission.get(Submission.ref == draft.submission_ref)
        return {"submission": submission.ref, "number": submission.number}
    unit = units.by_id(draft.unit_id)
    if not units.takes_filings(unit):
        raise Conflict("unit_closed")
    policy = policies.current()
    typed = drafts.answers_of(draft)
    signed = helping.check(act, draft, typed, signed)
    declared = what_is_signed(typed, draft, unit, policy, signed)
    person, claims = _resolve(act, unit, declared, typed.get(MOVES, ()))
    text = texts.current(PERSONAL, signed.language)
    submission = making.submission(act, unit, person, declared, policy.version, text, signed)
    about_person = checks.warnings_about_person(typed, policy, unit, clock.today())
    for claim, torn in claims:
        warnings = checks.warnings_of(vehicle_page(claim.number), typed, policy, unit, clock.today())
        making.filing(act, unit, person, submission, declared, claim, torn, about_person + warnings)
    cases.follow(act, draft.ref, submission.ref, submission.number)
    telling.owe(act, "filing-submitted")
    helping.finish(act, draft, submission, declared, signed)
    documents.issue(act, "receipt", submission.ref, submission.language, unit.id)
    # The answers now stand with the submission; nothing personal stays behind.
    Draft.update(submission_ref=submission.ref, answers=drafts.sealed(draft.ref, {}), version=Draft.version + 1).where(
        Draft.id == draft.id
    ).execute()
    return {"submission": submission.ref, "number": submission.number}


def held(draft_ref: str) -> Draft:
    """The draft that is sent, held with its unit until the transaction ends. Raises NotFound."""
    found = Draft.get_or_none(Draft.ref == draft_ref, Draft.expires_at > clock.now())
    if found is not None:
        pass_gate(sanctions.GATE)
        lock(Unit, [found.unit_id])  # before the draft: whoever ends what a draft was begun from goes that way
        lock(Draft, [found.id])
        found = Draft.get_or_none(Draft.id == found.id)
    if found is None:
        raise NotFound("not_found")
    return found


def what_is_signed(typed: Answers, draft: Draft, unit: Unit, policy: Policy, signed: Signing) -> Declared:
    """What is filed, once nothing is wrong with it and it is what was shown."""
    wrong = checks.check_all(typed, policy, unit, clock.today())
    if wrong:
        raise Invalid(faults=[Fault(page, fault.code, fault.params) for page, all_ in wrong.items() for fault in all_])
    if signed.draft_version != draft.version:
        raise Conflict("draft_changed")
    declared = declaring.declare(typed, unit, draft.language)
    faults = signing.check(signed, declared)
    if faults:
        raise Invalid(faults=faults)
    signing.check_wordings(signed)
    return declared


def claims_of(declared: Declared, replaced: Mapping[int, Entry] | None = None) -> tuple[list[Claim], set[int]]:
    """Each declared vehicle with the vehicle it leads to, and the numbers of those that lead to several. Where a number
    replaces an entry, its vehicle is the entry's, and torn while its plates or VIN belong to another car in use."""
    claims, torn = [], set()
    for number, vehicle in enumerate(declared["vehicles"], start=1):
        found = [] if vehicle["unit_assigns"] else registry.vehicles_of(vehicle["plates"], vehicle["vin"])
        entry = (replaced or {}).get(number)
        if entry is not None:
            if any(one.id != entry.vehicle_id and colliding.is_live(one.id) for one in found):
                torn.add(number)
            claims.append(Claim(number, vehicle, Vehicle.get_by_id(entry.vehicle_id), entry))
            continue
        if len(found) > 1:
            torn.add(number)
        claims.append(Claim(number, vehicle, found[0] if found else None))
    return claims, torn


def moved(person: Person, refs: Iterable[str], claims: Iterable[Claim]) -> list[Claim]:
    """The claims with the entry of another unit that each one's upload ends: the person's own on the same vehicle.
    One that ended meanwhile is filed anew."""
    entries = {
        entry.vehicle_id: entry
        for entry in Entry.select().where(Entry.ref << list(refs), Entry.person == person.id, Entry.state << IN_FORCE)
    }
    return [
        replace(claim, entry=entries.get(claim.vehicle.id)) if claim.vehicle is not None else claim for claim in claims
    ]


def led_to(declared: Declared) -> set[int]:
    """Ids of every vehicle that a plate or VIN of the declared ones leads to."""
    return {
        found.id
        for vehicle in declared["vehicles"]
        if not vehicle["unit_assigns"]
        for found in registry.vehicles_of(vehicle["plates"], vehicle["vin"])
    }


def _resolve(
    act: Act, unit: Unit, declared: Declared, moving: Iterable[str]
) -> tuple[Person, list[tuple[Claim, bool]]]:
    """Hold person and vehicles and look for collisions; each claim with whether a human must look at its vehicles."""
    key = declaring.identity_key(declared["person"])
    person = registering.person_of(act, declared["person"]["id_type"], key)
    slips.release(act, led_to(declared))
    # What was read before the locks were held may have changed since.
    claims, torn = claims_of(declared)
    claims = moved(person, moving, claims)
    filer = Filer(
        person,
        declaring.phone_index(declared),
        act.actor.request_id[:8].upper(),
        household=declaring.is_household(declared),
    )
    faults = [fault for claim in claims for fault in colliding.collisions(filer, unit, claim)]
    faults += twice(claims)
    if faults:
        raise Conflict(faults=faults)
    take_phone(act, person, declared["contact"]["phone"])
    return person, [(claim, claim.number in torn) for claim in claims]


def twice(claims: list[Claim]) -> list[Fault]:
    """Two vehicles of one draft that are the same one by another of its plates."""
    seen: set[int] = set()
    faults = []
    for claim in claims:
        if claim.vehicle is not None and claim.vehicle.id in seen:
            faults.append(Fault(vehicle_page(claim.number), "repeated_vehicle"))
        if claim.vehicle is not None:
            seen.add(claim.vehicle.id)
    return faults


def take_phone(act: Act, person: Person, phone: str) -> None:
    """The proved phone goes on file where there is none, or where nothing is left that the old one guards. Whoever has
    none and something on its way gets his at a counter.
    Raises Invalid("phone_full"): also beside another phone on file it serves no more people than one may."""
    if not phone:
        return
    on_file = registry.phone_on_file(person.id)
    same = on_file is not None and bytes(on_file.phone_index) == crypto.index("phone", phone)
    if same or not colliding.has_live(person) or (on_file is None and not helping.has_no_phone(person)):
        registering.set_phone(act, person, phone)
    elif len(_others_filing_with(phone, person)) >= registry.PEOPLE_PER_PHONE:
        raise Invalid("phone_full", field="phone", people=registry.PEOPLE_PER_PHONE)


def _others_filing_with(phone: str, person: Person) -> set[int]:
    """Whoever else has something in motion that was signed with this phone."""
    rows = (
        Submission.select(Submission.person)
        .join(Filing, on=(Filing.submission == Submission.id))
        .where(
            Submission.phone_index == crypto.index("phone", phone),
            Submission.person != person.id,
            Filing.state << OPEN_FILING_STATES,
        )
        .tuples()
    )
    return {found for (found,) in rows}

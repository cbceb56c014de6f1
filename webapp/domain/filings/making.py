"""Making the rows of a submission: signed pledge, frozen answers, one filing for each vehicle. Steps of an act."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from webapp import crypto
from webapp.domain.audit.acts import Act, record
from webapp.domain.files import actions as files
from webapp.domain.files import documents
from webapp.domain.filings import asking, case_sides, colliding, declaring, inviting, signing, states
from webapp.domain.filings.colliding import Claim
from webapp.domain.filings.declaring import Declared
from webapp.domain.filings.models import Filing, FilingStep, Submission
from webapp.domain.filings.signing import Signing
from webapp.domain.passlist.models import OWNER
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges import privacy_text
from webapp.domain.pledges.models import PERSONAL, Pledge, PledgeText
from webapp.domain.registry import actions as registering
from webapp.domain.registry import consents
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import Card, open_card, seal_card
from webapp.domain.registry.models import Answers, Person, Vehicle
from webapp.domain.sanctions import cases_opening, watching
from webapp.domain.sanctions.models import VEHICLE
from webapp.domain.units.models import Unit
from webapp.values import emails
from webapp.values.codes import random_code, with_check

#: Among a filing's warnings: its plates or VIN lead to more than one vehicle (design 7, rule 5).
TWO_VEHICLES = "plate:two_vehicles"


def new_number() -> str:
    """A reference people can read out, as HQ-7K2F-93QD; its last character guards the others."""
    code = with_check(random_code(7))
    return f"HQ-{code[:4]}-{code[4:]}"


def pledge(act: Act, unit: Unit, number: str, declared: Declared, text: PledgeText, signed: Signing) -> Pledge:
    """Sign the personal pledge over what is declared, and issue its document in the language that was signed."""
    drawing = files.keep(act, "signature", "image/png", signed.drawing.picture) if signed.drawing else None
    if signed.counter is not None and signed.counter.scan is not None:
        scan = signed.counter.scan
        drawing = files.keep(act, "sealed_paper", scan.media_type, scan.content, name=scan.name, unit_id=unit.id)
    made = pledges.sign(
        act,
        kind=PERSONAL,
        text=text,
        subject=number,
        content=signing.content(signed, declared, unit=unit.name, number=number),
        method=signed.method,
        drawing=drawing,
        strokes=signed.drawing.strokes if signed.drawing else None,
        unit_id=unit.id,
    )
    documents.issue(act, "personal_pledge", made.ref, text.language, unit.id)
    return made


def submission(
    act: Act,
    unit: Unit,
    person: Person,
    declared: Declared,
    policy_version: int,
    text: PledgeText,
    signed: Signing,
) -> Submission:
    """What the person sent in one go, signed. A printed sheet has its number already."""
    number = (signed.counter.number if signed.counter else "") or new_number()
    made = pledge(act, unit, number, declared, text, signed)
    sent = entered(act, unit, person, declared, policy_version, number, made.id)
    consents.give(act, person.id, sent.ref, privacy_text.current(signed.language))
    return sent


def entered(
    act: Act, unit: Unit, person: Person, declared: Declared, policy_version: int, number: str, pledge_id: int
) -> Submission:
    """A submission under a pledge that is signed already: its own, or the one that stands."""
    contact = declared["contact"]
    answers = registering.freeze_answers(act, person, declared, policy_version)
    watching.look(act, person.id)
    made = Submission.create(
        ref=crypto.new_ref(),
        number=number,
        unit=unit.id,
        person=person.id,
        phone_index=declaring.phone_index(declared),
        email_index=crypto.index("email", emails.key(contact["email"])) if contact["email"] else None,
        language=contact["language"],
        answers=answers.id,
        pledge=pledge_id,
        filed_at=act.now,
        act_id=act.id,
    )
    record(act, "submission:made", made.ref, unit_id=unit.id)
    return made


def filing(
    act: Act,
    unit: Unit,
    person: Person,
    of: Submission,
    declared: Declared,
    claim: Claim,
    torn: bool,
    warnings: list[str],
    pledge_id: int | None = None,
) -> Filing:
    """One filing in motion. `torn`: its plates lead to several vehicles, so a human must look before it is uploaded.
    `pledge_id`: the pledge it stands on, where that is not the submission's own."""
    vehicle = vehicle_for(act, claim, torn)
    ref = crypto.new_ref()
    made = Filing.create(
        ref=ref,
        submission=of.id,
        unit=unit.id,
        person=person.id,
        vehicle=vehicle.id if vehicle else None,
        position=claim.number,
        vehicle_use=claim.declared["vehicle_use"],
        size_class=size_class_of(claim),
        slot=claim.slot,
        answers=of.answers_id,
        pledge=pledge_id or of.pledge_id,
        card=seal_card(ref, "filing", card_of(declared, claim)),
        warnings=[*warnings, *([TWO_VEHICLES] if torn else [])],
        waiting=vehicle is not None and colliding.waits_for_owner(person, claim, vehicle),
        disputed=torn,
        household=declaring.is_household(declared),
        changes=claim.entry.id if claim.entry else None,
        state=states.next_state(states.NONE, "submit"),
        submitted_at=act.now,
        act_id=act.id,
    )
    step(act, made, "submit")
    record(act, "filing:submitted", ref, unit_id=unit.id)
    if torn:
        dispute_vehicles(act, made, claim.declared)
    _pair(act, of, made, claim)
    return made


def _pair(act: Act, of: Submission, made: Filing, claim: Claim) -> None:
    """Owner and second driver of one car find each other, whoever files first."""
    if made.waiting:
        asking.ask(act, made, claim.declared["owner_id_tail"], claim.declared["joint_owner"])
    if claim.invitation and not asking.accepted_before(made.person_id, made.vehicle_id, but=made.id):
        inviting.take(act, claim.invitation, made)
    if claim.slot == OWNER:
        asking.ask_again(act, made, of, Answers.get_by_id(of.answers_id))


def card_of(declared: Declared, claim: Claim) -> Card:
    """The card of a claim's filing. Whoever drives what the unit assigned still drives it."""
    card = declaring.card(declared, claim.declared)
    if claim.entry is None or not claim.declared["unit_assigns"]:
        return card
    return replace(card, plate=open_card(claim.entry).plate)


def size_class_of(claim: Claim) -> str | None:
    if claim.entry is not None and claim.declared["unit_assigns"]:
        return claim.entry.size_class
    return claim.declared["size_class"] or None


def dispute_vehicles(act: Act, filing: Filing, declared: dict[str, Any]) -> None:
    """Plates or VIN lead to two vehicles: the system opens a case, and an officer merges or separates (rule 5)."""
    found = registry.vehicles_of(declared["plates"], declared["vin"])
    of = Submission.get_by_id(filing.submission_id)
    holders = [side for vehicle in found for side in case_sides.on_vehicle(vehicle.id, but=filing.person_id)]
    matter = cases_opening.Matter(
        VEHICLE,
        filing.ref,
        of.number,
        ground=TWO_VEHICLES,
        unit_id=filing.unit_id,
        vehicle_id=filing.vehicle_id,
        other_vehicle_id=next(vehicle.id for vehicle in found if vehicle.id != filing.vehicle_id),
    )
    concerned = [case_sides.of_submission(of)]
    cases_opening.open_case(act, matter, cases_opening.Claim(None), concerned=concerned, holders=holders)


def step(act: Act, of: Filing, action: str, reasons: list[str] | None = None) -> None:
    """One line of the timeline: what brought the filing into the state it is in now."""
    FilingStep.create(filing=of.id, act_id=act.id, at=act.now, action=action, state=of.state, reasons=reasons)


def vehicle_for(act: Act, claim: Claim, torn: bool) -> Vehicle | None:
    """The vehicle of a claim: known, new, or none where the unit assigns. A known one learns plates, VIN and, where
    nothing stands on the old one, its use. What a change says of its vehicle is true once it is uploaded."""
    declared = claim.declared
    if claim.entry is not None:
        return claim.vehicle
    if declared["unit_assigns"]:
        return None
    if claim.vehicle is None:
        return registering.add_vehicle(act, declared["vehicle_use"], declared["plates"], declared["vin"], declared=True)
    if torn:
        return claim.vehicle
    registering.add_plates(act, claim.vehicle, declared["plates"], declared=True)
    changes: dict[str, object] = {}
    if claim.vehicle.vehicle_use != declared["vehicle_use"]:
        changes["vehicle_use"] = declared["vehicle_use"]
    if declared["vin"] and claim.vehicle.vin_index is None:
        changes["vin_index"] = crypto.index("vin", declared["vin"])
    if changes:
        Vehicle.update(**changes).where(Vehicle.id == claim.vehicle.id).execute()
    return claim.vehicle

"""Sending a correction (design 6: returned → submitted, with a new signature).

New answers and a new pledge are frozen; the old ones stay as they were signed, and whoever checks the old pledge reads
that it was replaced.
"""

from __future__ import annotations

from webapp import clock, crypto
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import (
    answering,
    asking,
    checks,
    colliding,
    correcting,
    declaring,
    drafts,
    helping,
    inviting,
    making,
    replacing,
    slips,
    states,
    submitting,
    telling,
)
from webapp.domain.filings.answering import vehicle_page
from webapp.domain.filings.colliding import Claim, Filer
from webapp.domain.filings.declaring import Declared
from webapp.domain.filings.invitation_states import ACCEPTED, OPEN
from webapp.domain.filings.items import PERSON
from webapp.domain.filings.models import Draft, Filing, Invitation, Submission
from webapp.domain.filings.signing import Signing
from webapp.domain.passlist.models import OWNER, SECOND
from webapp.domain.pledges import policy as policies
from webapp.domain.pledges import privacy_text, texts
from webapp.domain.pledges.models import PERSONAL, Pledge
from webapp.domain.registry import actions as registering
from webapp.domain.registry import consents
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import seal_card
from webapp.domain.registry.models import Answers, Person, Vehicle
from webapp.domain.sanctions import cases, watching
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Invalid
from webapp.values import emails


@action("filing:resubmit")
def resubmit(act: Act, draft_ref: str, signed: Signing) -> dict[str, str]:
    """Send a correction, signed anew. Returns {"submission": ref, "number": …}; one already sent answers the same.

    Raises what `submitting.submit` raises, and Conflict("correction_over") where the unit decided meanwhile or the
    person took a filing back; Invalid("identity_differs") where other filings of the submission stand on the old one.
    """
    draft = submitting.held(draft_ref)
    if draft.corrects is None:
        raise Conflict("correction_over")
    submission = Submission.get_by_id(draft.corrects)
    if draft.submission_ref:
        return {"submission": submission.ref, "number": submission.number}
    unit = units.by_id(draft.unit_id)
    if not units.takes_filings(unit):
        raise Conflict("unit_closed")
    typed = drafts.answers_of(draft)
    filings = _corrected(submission, typed)
    policy = policies.current()
    signed = helping.check(act, draft, typed, signed)
    declared = submitting.what_is_signed(typed, draft, unit, policy, signed)
    if len(declared["vehicles"]) != len(filings):
        raise Conflict("correction_over")
    person, claims = _resolve(act, unit, submission, declared, filings)
    lock(Filing, [filing.id for filing in filings])
    # Who decided while we waited for the locks decided first.
    filings = _corrected(submission, typed)
    answers = registering.freeze_answers(act, person, declared, policy.version)
    watching.look(act, person.id)
    text = texts.current(PERSONAL, signed.language)
    pledge = making.pledge(act, unit, submission.number, declared, text, signed)
    _renew_submission(submission, person, declared, answers, pledge)
    consents.give(act, person.id, submission.ref, privacy_text.current(signed.language))
    about_person = checks.warnings_about_person(typed, policy, unit, clock.today())
    for filing, (claim, torn) in zip(filings, claims, strict=True):
        warnings = checks.warnings_of(vehicle_page(claim.number), typed, policy, unit, clock.today())
        warnings = [*about_person, *warnings, *([making.TWO_VEHICLES] if torn else [])]
        _take_further(act, filing, person, declared, answers, pledge, claim, torn, warnings)
        _tell_owners(act, filing, submission, answers, claim)
    telling.owe(act, "filing-submitted")
    helping.finish(act, draft, submission, declared, signed)
    Draft.update(submission_ref=submission.ref, answers=drafts.sealed(draft.ref, {}), version=Draft.version + 1).where(
        Draft.id == draft.id
    ).execute()
    return {"submission": submission.ref, "number": submission.number}


def _corrected(submission: Submission, typed: answering.Answers) -> list[Filing]:
    """The filings the draft takes further, as they are now. Raises Conflict("correction_over")."""
    refs = typed.get(correcting.FILINGS, [])
    found = correcting.in_order(refs)
    fits = [f for f in found if f.submission_id == submission.id and f.state in states.states_for("resubmit")]
    if not fits or len(fits) != len(refs):
        raise Conflict("correction_over")
    return fits


def _resolve(
    act: Act, unit: Unit, submission: Submission, declared: Declared, filings: list[Filing]
) -> tuple[Person, list[tuple[Claim, bool]]]:
    """As for a first filing, with the filings under correction in nobody's way."""
    replaced = replacing.entries_of(filings)
    reference = act.actor.request_id[:8].upper()
    person = _person(act, submission, declared, filings, reference)
    slips.release(act, submitting.led_to(declared) | {f.vehicle_id for f in filings} - {None})
    _move_invitations(submission, person, filings)  # like an owner's answer with the vehicles held
    claims, torn = submitting.claims_of(declared, replaced)
    phone = declared["contact"]["phone"]
    corrects = tuple(filing.id for filing in filings)
    household = declaring.is_household(declared)
    filer = Filer(person, declaring.phone_index(declared), reference, corrects, household)
    faults = [fault for claim in claims for fault in replacing.faults_of(filer, unit, claim)]
    faults += submitting.twice(claims)
    if faults:
        raise Conflict(faults=faults)
    _keep_phone(act, submission, person, phone)
    return person, [(claim, claim.number in torn) for claim in claims]


def _person(act: Act, submission: Submission, declared: Declared, filings: list[Filing], reference: str) -> Person:
    """Who is declared, held. Who changes what is in force stays who he is, whatever document he has now."""
    if any(filing.changes_id is not None for filing in filings):
        lock(Person, [submission.person_id])
        person = Person.get_by_id(submission.person_id)
        replacing.check_identity(person, declared, reference)
        return person
    key = declaring.identity_key(declared["person"])
    person = registering.person_of(act, declared["person"]["id_type"], key)
    if person.id != submission.person_id and _stands_elsewhere(submission, filings):
        raise Invalid("identity_differs", field=PERSON)
    return person


def _move_invitations(submission: Submission, person: Person, filings: list[Filing]) -> None:
    """Who corrects the document he typed is who was invited, and who asked the owner. An owner's answer to him as he
    was named is none to another name: that is asked again (`_tell_owners`)."""
    if person.id == submission.person_id:
        return
    his = Invitation.select().where(
        Invitation.filing << among(filing.id for filing in filings),
        Invitation.second == submission.person_id,
        (Invitation.state == OPEN) | ((Invitation.state == ACCEPTED) & (Invitation.made_by == OWNER)),
        Invitation.released_at.is_null(),
    )
    for row in his:
        if not Invitation.select().where(Invitation.vehicle == row.vehicle_id, Invitation.second == person.id).exists():
            Invitation.update(second=person.id).where(Invitation.id == row.id).execute()


def _stands_elsewhere(submission: Submission, filings: list[Filing]) -> bool:
    """Whether anything else of this submission speaks of the person as he was declared."""
    ended = (states.REFUSED, states.WITHDRAWN, states.CLOSED)
    others = Filing.select().where(
        Filing.submission == submission.id,
        Filing.id.not_in([filing.id for filing in filings]),
        Filing.state.not_in(ended),
    )
    return others.exists()


def _keep_phone(act: Act, submission: Submission, person: Person, phone: str) -> None:
    """Whoever corrects has proved the submission's phone; where that is the one on file, the new one follows it."""
    on_file = registry.phone_on_file(person.id)
    if phone and on_file is not None and bytes(on_file.phone_index) == bytes(submission.phone_index):
        registering.set_phone(act, person, phone)
    else:
        submitting.take_phone(act, person, phone)


def _renew_submission(
    submission: Submission, person: Person, declared: Declared, answers: Answers, pledge: Pledge
) -> None:
    contact = declared["contact"]
    Submission.update(
        person=person.id,
        phone_index=declaring.phone_index(declared),
        email_index=crypto.index("email", emails.key(contact["email"])) if contact["email"] else None,
        language=contact["language"],
        answers=answers.id,
        pledge=pledge.id,
    ).where(Submission.id == submission.id).execute()


def _take_further(
    act: Act,
    filing: Filing,
    person: Person,
    declared: Declared,
    answers: Answers,
    pledge: Pledge,
    claim: Claim,
    torn: bool,
    warnings: list[str],
) -> None:
    """One returned filing as it is corrected, before its unit again. `filing` stays as it was returned."""
    vehicle = making.vehicle_for(act, claim, torn)
    _end_mistyped_plates(act, filing, vehicle, claim)
    was_torn = making.TWO_VEHICLES in filing.warnings
    after = states.next_state(filing.state, "resubmit")
    Filing.update(
        state=after,
        person=person.id,
        vehicle=vehicle.id if vehicle else None,
        position=claim.number,
        vehicle_use=claim.declared["vehicle_use"],
        size_class=making.size_class_of(claim),
        slot=claim.slot,
        answers=answers.id,
        pledge=pledge.id,
        card=seal_card(filing.ref, "filing", making.card_of(declared, claim)),
        changes=claim.entry.id if claim.entry else None,
        warnings=warnings,
        waiting=vehicle is not None and colliding.waits_for_owner(person, claim, vehicle),
        disputed=torn or (filing.disputed and not was_torn),
        household=declaring.is_household(declared),
        reasons=None,
        fallen_reason=None,
        submitted_at=act.now,
        act_id=act.id,
        version=Filing.version + 1,
    ).where(Filing.id == filing.id).execute()
    _put_before_human(act, filing, claim, torn, was_torn)
    making.step(act, Filing.get_by_id(filing.id), "resubmit")
    record(act, "filing:resubmitted", filing.ref, unit_id=filing.unit_id)


def _put_before_human(act: Act, filing: Filing, claim: Claim, torn: bool, was_torn: bool) -> None:
    """A case about two vehicles begins with a correction that tears them, and lapses with one that mends it."""
    if was_torn:
        cases.lapse(act, [filing.ref])
    if torn:
        making.dispute_vehicles(act, Filing.get_by_id(filing.id), claim.declared)


def _end_mistyped_plates(act: Act, filing: Filing, vehicle: Vehicle | None, claim: Claim) -> None:
    """A plate that was only ever a slip of the pen must not keep its true vehicle from being filed."""
    if vehicle is None or vehicle.id != filing.vehicle_id or colliding.is_live(vehicle.id, (filing.id,)):
        return
    slips = set(correcting.declared_vehicle(filing)["plates"]) - set(claim.declared["plates"])
    registering.end_plates(act, vehicle, sorted(slips))


def _tell_owners(act: Act, before: Filing, submission: Submission, answers: Answers, claim: Claim) -> None:
    """Ask the owner where the question is a new one; an owner is told who waits for his yes."""
    filing = Filing.get_by_id(before.id)
    asked = Invitation.get_or_none(
        Invitation.filing == filing.id, Invitation.made_by == SECOND, Invitation.state == OPEN
    )
    same = asked is not None and filing.waiting and _same_question(act, asked, before, filing, claim)
    if asked is not None and not same:
        inviting.end(act, asked, "revoke")
    if filing.waiting and not same:
        asking.ask(act, filing, claim.declared["owner_id_tail"], claim.declared["joint_owner"])
    if claim.invitation and not asking.accepted_before(filing.person_id, filing.vehicle_id, but=filing.id):
        inviting.take(act, claim.invitation, filing)
    if claim.slot == OWNER:
        asking.ask_again(act, filing, Submission.get_by_id(submission.id), answers)


def _same_question(act: Act, asked: Invitation, before: Filing, filing: Filing, claim: Claim) -> bool:
    said = correcting.declared_vehicle(before)
    same = all(said.get(item) == claim.declared[item] for item in ("owner_id_tail", "joint_owner"))
    return same and asked.until > act.now and asked.vehicle_id == filing.vehicle_id

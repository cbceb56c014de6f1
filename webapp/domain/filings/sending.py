"""Sending a change begun on the status page (design 7, rule 8): what changes at once is changed, the rest is filed
against the entries, which stay in force as they are until it is uploaded.

Where the rule asks for a new pledge it is signed here; otherwise each filing keeps the pledge its entry stands on.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp import clock, crypto
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.files import documents
from webapp.domain.filings import (
    changes,
    changing,
    checks,
    contacting,
    declaring,
    drafts,
    making,
    replacing,
    signing,
    slips,
    submitting,
    telling,
)
from webapp.domain.filings.answering import Answers, vehicle_page
from webapp.domain.filings.colliding import Claim, Filer
from webapp.domain.filings.declaring import Declared
from webapp.domain.filings.items import CONTACT, PERSON
from webapp.domain.filings.models import Draft, Submission
from webapp.domain.filings.signing import Signing
from webapp.domain.filings.standing import Standing
from webapp.domain.passlist.models import Entry
from webapp.domain.pledges import policy as policies
from webapp.domain.pledges import texts
from webapp.domain.pledges.models import PERSONAL
from webapp.domain.registry.models import Person, Vehicle
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Fault, Invalid


@dataclass(frozen=True)
class _Change:
    """One entry with what becomes of it: `needs` by item, and its place among the vehicles that were typed."""

    before: Standing
    needs: dict[str, str]
    place: int

    @property
    def filed(self) -> bool:
        return changes.need(self.needs.values()) not in ("", changes.AT_ONCE)


@action("change:send")
def send(act: Act, draft_ref: str, draft_version: int | None, signed: Signing | None = None) -> dict[str, str]:
    """Send a change. Returns {"submission": ref, "number": …} of what was filed, or of the submission it was begun from
    where everything changed at once. One already sent answers the same.

    Raises NotFound, Invalid (answers; signature; `nothing_changed`; `phone_full`), Conflict: `draft_changed`,
    `unit_closed`, `entry_ended`, `text_changed`, `change_on_its_way`, or the collisions of `colliding`.
    """
    draft = submitting.held(draft_ref)
    if draft.submission_ref:
        sent = Submission.get(Submission.ref == draft.submission_ref)
        return {"submission": sent.ref, "number": sent.number}
    unit, origin, typed = units.by_id(draft.unit_id), changing.origin(draft), drafts.answers_of(draft)
    lock(Person, [origin.person_id])
    lock(Vehicle, [one.entry.vehicle_id for one in changing.befores(draft, typed)])
    if draft_version != draft.version:
        raise Conflict("draft_changed")
    after = _declared(draft, typed, unit)
    needs = changing.needs(draft, typed, after)
    if not any(needs):
        raise Invalid("nothing_changed")
    befores = changing.befores(draft, typed)
    made = [_Change(one, needs[place - 1], place) for place, one in enumerate(befores, start=1)]
    _at_once(act, origin, after, needs, made)
    filed = [one for one in made if one.filed]
    sent = _file(act, unit, changing.origin(draft), typed, after, filed, signed) if filed else origin
    Draft.update(submission_ref=sent.ref, answers=drafts.sealed(draft.ref, {}), version=Draft.version + 1).where(
        Draft.id == draft.id
    ).execute()
    return {"submission": sent.ref, "number": sent.number}


def _declared(draft: Draft, typed: Answers, unit: Unit) -> Declared:
    """What is declared now, once nothing that is sent is wrong with it."""
    wrong = checks.check_all(typed, policies.current(), unit, clock.today())
    wrong = changing.stopping(draft, typed, wrong, unit)
    if wrong:
        raise Invalid(faults=[Fault(page, fault.code, fault.params) for page, all_ in wrong.items() for fault in all_])
    return declaring.declare(typed, unit, draft.language)


def _at_once(act: Act, origin: Submission, after: Declared, needs: list[dict[str, str]], made: list[_Change]) -> None:
    contact = [item for item in changes.NEEDS[CONTACT] if any(item in one for one in needs)]
    if contact:
        contacting.change_contact(act, origin, after[CONTACT], contact)
    for one in made:
        if "colour" in one.needs:
            contacting.change_colour(act, one.before.entry, after["vehicles"][one.place - 1]["colour"])


def _file(
    act: Act,
    unit: Unit,
    origin: Submission,
    typed: Answers,
    after: Declared,
    filed: list[_Change],
    signed: Signing | None,
) -> Submission:
    """The filings of a change, under a new pledge or under those that stand."""
    if not units.takes_filings(unit):
        raise Conflict("unit_closed")
    policy = policies.current()
    # Only what is filed is declared, and signed.
    after = after | {"vehicles": [after["vehicles"][one.place - 1] for one in filed]}
    person, claims = _resolve(act, unit, origin, after, [one.before.entry for one in filed])
    pledged = _needs_pledge(filed)
    sent = _submission(act, unit, person, after, policy.version, signed, filed)
    about_person = checks.warnings_of(PERSON, typed, policy, unit, clock.today())
    for one, (claim, torn) in zip(filed, claims, strict=True):
        warnings = checks.warnings_of(vehicle_page(one.place), typed, policy, unit, clock.today())
        stands_on = None if pledged else one.before.entry.pledge_id
        making.filing(act, unit, person, sent, after, claim, torn, about_person + warnings, stands_on)
        record(act, "entry:change-filed", one.before.entry.ref, unit_id=unit.id, fields=[*one.needs])
    telling.owe(act, "filing-submitted")
    documents.issue(act, "receipt", sent.ref, sent.language, unit.id)
    return sent


def _submission(
    act: Act,
    unit: Unit,
    person: Person,
    after: Declared,
    policy_version: int,
    signed: Signing | None,
    filed: list[_Change],
) -> Submission:
    if not _needs_pledge(filed):
        newest = max(one.before.entry.pledge_id for one in filed)
        return making.entered(act, unit, person, after, policy_version, making.new_number(), newest)
    if signed is None:
        raise Invalid("missing", field="pledge_agreed")
    faults = signing.check(signed, after)
    if faults:
        raise Invalid(faults=faults)
    signing.check_wordings(signed)
    text = texts.current(PERSONAL, signed.language)
    return making.submission(act, unit, person, after, policy_version, text, signed)


def _needs_pledge(filed: list[_Change]) -> bool:
    return changes.need(need for one in filed for need in one.needs.values()) == changes.PLEDGE


def _resolve(
    act: Act, unit: Unit, origin: Submission, after: Declared, entries: list[Entry]
) -> tuple[Person, list[tuple[Claim, bool]]]:
    """The person as he is known, the vehicles as they stand, and what keeps the change from being filed."""
    person = Person.get_by_id(origin.person_id)
    reference = act.actor.request_id[:8].upper()
    replacing.check_identity(person, after, reference)
    slips.release(act, submitting.led_to(after) | {entry.vehicle_id for entry in entries})
    claims, torn = submitting.claims_of(after, dict(enumerate(entries, start=1)))
    phone = crypto.index("phone", after[CONTACT]["phone"])
    filer = Filer(person, phone, reference, household=declaring.is_household(after))
    faults = [fault for claim in claims for fault in replacing.faults_of(filer, unit, claim)]
    faults += submitting.twice(claims)
    if faults:
        raise Conflict(faults=faults)
    return person, [(claim, claim.number in torn) for claim in claims]

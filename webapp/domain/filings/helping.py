"""Counter help (design 7, rule 10): a member of staff types, and the pledge stays the person's own act.

He signs on his own phone, by a link that asks for a code to it; or with his hand on the clerk's tablet, which the clerk
attests by name and of which the person's phone is told; or on a printed sheet that is scanned in. Whoever has no phone
at all signs on paper. The record says who helped and how, and who helped does not verify alone (`flags`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from webapp import clock, crypto
from webapp.database import lock
from webapp.domain.accounts import queries as accounts
from webapp.domain.audit import readings
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.files import documents
from webapp.domain.filings import answering, correcting, declaring, drafts
from webapp.domain.filings.answering import Answers
from webapp.domain.filings.declaring import Declared
from webapp.domain.filings.making import new_number
from webapp.domain.filings.models import OPEN_FILING_STATES, CounterHelp, CounterSheet, Draft, Filing, Submission
from webapp.domain.filings.signing import CONSENTS, OWN_PHONE, PAPER, TABLET, AtCounter, Signing
from webapp.domain.notices import actions as notices
from webapp.domain.notices.models import SMS, SUBMISSION
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import PledgeText
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Person
from webapp.domain.units import codes as unit_codes
from webapp.domain.units import members
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound
from webapp.values.codes import random_code, with_check
from webapp.values.folding import fold


@action("counter:begin")
def begin(act: Act, unit_id: int, language: str) -> dict[str, str]:
    """Begin a draft for somebody at the counter. Returns {"draft": ref}. Raises Conflict("unit_closed")."""
    lock(Unit, [unit_id])
    unit, code = units.by_id(unit_id), units.active_code(unit_id)
    if code is None or not units.takes_filings(unit):
        raise Conflict("unit_closed")
    unit_codes.count_begun(code.id)
    draft = drafts.make(unit, language=language, answers={}, code_id=code.id)
    _mark(act, draft)
    return {"draft": draft.ref}


@action("counter:correct")
def begin_correction(act: Act, unit_id: int, submission_ref: str) -> dict[str, str]:
    """What the unit returned, corrected at the counter by whoever has no phone to prove. Returns {"draft": ref}.
    Raises NotFound, Conflict (`nothing_returned`, `unit_closed`)."""
    submission = Submission.get_or_none(Submission.ref == submission_ref, Submission.unit == unit_id)
    if submission is None or not has_no_phone(Person.get_by_id(submission.person_id)):
        raise NotFound("not_found")
    draft = correcting.begin(submission)
    readings.note(act, readings.CORRECTED, [submission_ref], unit_id=unit_id)
    if of_draft(draft.ref) is None:
        _mark(act, draft)
    return {"draft": draft.ref}


def _mark(act: Act, draft: Draft) -> None:
    if act.actor.account_id is None:
        raise NotAllowed("not_allowed")
    made = CounterHelp.create(
        ref=crypto.new_ref(),
        draft_ref=draft.ref,
        unit=draft.unit_id,
        account_id=act.actor.account_id,
        begun_at=act.now,
        act_id=act.id,
    )
    record(act, "counter:begun", made.ref, unit_id=draft.unit_id)


def of_draft(draft_ref: str) -> CounterHelp | None:
    return CounterHelp.get_or_none(CounterHelp.draft_ref == draft_ref)


def of_submission(submission_id: int) -> CounterHelp | None:
    """The help with what stands: the newest."""
    return CounterHelp.select().where(CounterHelp.submission == submission_id).order_by(CounterHelp.id.desc()).first()


def helper_name(helped: CounterHelp) -> str:
    found = accounts.by_ids([helped.account_id])
    return accounts.name_of(found[helped.account_id])


def opened(draft_ref: str, unit_id: int) -> Draft | None:
    """The draft, for staff of the unit that helps; while it lives."""
    return Draft.get_or_none(Draft.ref == draft_ref, Draft.unit == unit_id, Draft.expires_at > clock.now())


def under_way(unit_id: int) -> list[tuple[CounterHelp, Draft, str]]:
    """What this unit's staff type and nobody has signed, newest first, with the name typed so far."""
    rows = (
        CounterHelp.select(CounterHelp, Draft)
        .join(Draft, on=(Draft.ref == CounterHelp.draft_ref), attr="draft")
        .where(CounterHelp.unit == unit_id, Draft.submission_ref.is_null(), Draft.expires_at > clock.now())
        .order_by(CounterHelp.id.desc())
        .limit(50)
    )
    found = []
    for row in rows:
        typed = answering.page_of(drafts.answers_of(row.draft), "person")
        found.append((row, row.draft, str(typed.get("full_name") or "")))
    return found


# The person's own phone -------------------------------------------------------------------------------------------


def signing_token(draft_ref: str) -> str:
    """The secret of the link by which the person signs on his own phone."""
    return crypto.derive_token("counter-signing", draft_ref)


def by_signing_token(ref: str, token: str) -> tuple[CounterHelp, Draft] | None:
    """The draft this link signs, while it lives and its phone is proved."""
    helped = of_draft(ref) if crypto.same(token, signing_token(ref)) else None
    draft = Draft.get_or_none(Draft.ref == ref, Draft.expires_at > clock.now()) if helped else None
    return (helped, draft) if helped is not None and draft is not None else None


def is_staff_phone(unit_id: int, phone: str, full_name: str) -> bool:
    """Whether this is the phone of somebody who works for the unit, and the filing is not his own: the number of the
    unit's manager or desk, or one that a member filed with."""
    unit = units.by_id(unit_id)
    mine = {fold(accounts.name_of(one.account)): bytes(one.account.email_index) for one in members.active(unit_id)}
    if fold(full_name) in {*mine, fold(units.manager_name(unit))}:
        return False
    if phone in (units.details(unit).get("manager_phone"), unit.public_phone):
        return True
    used = Submission.select().where(
        Submission.email_index << list(mine.values()), Submission.phone_index == crypto.index("phone", phone)
    )
    return bool(mine) and used.exists()


# Signing ----------------------------------------------------------------------------------------------------------


def check(act: Act, draft: Draft, typed: Answers, signed: Signing) -> Signing:
    """Step: whether this draft may be signed this way, by whoever sends it. Returns the signature with who helped.

    Raises NotAllowed, Invalid (`attested`, `signed_sheet`, `phone_code`), Conflict("sheet_outdated").
    """
    helped = of_draft(draft.ref)
    counter = signed.counter
    if helped is None and counter is None:
        return signed
    if helped is None or counter is None:
        raise NotAllowed("not_allowed")
    staff = act.actor.account_id is not None and act.actor.unit_id == helped.unit_id
    if staff == (counter.form == OWN_PHONE) or counter.form not in (OWN_PHONE, TABLET, PAPER):
        raise NotAllowed("not_allowed")
    if counter.form != PAPER and answering.without_phone(typed):
        raise Invalid("phone_needed", field="signature")
    phone, name = answering.phone(typed), str(answering.page_of(typed, "person").get("full_name") or "")
    if phone and is_staff_phone(helped.unit_id, phone, name):
        raise Invalid("staff_phone", field="contact")
    if staff and not counter.attested:
        raise Invalid("missing", field="attested")
    helper = helper_name(helped)
    if staff and act.actor.account_id != helped.account_id:
        # Who saw the person sign is who answers for it.
        CounterHelp.update(account_id=act.actor.account_id).where(CounterHelp.id == helped.id).execute()
        helper = helper_name(CounterHelp.get_by_id(helped.id))
    counter = replace(counter, helper=helper)
    return replace(signed, counter=_of_sheet(helped, draft, counter) if counter.form == PAPER else counter)


def _of_sheet(helped: CounterHelp, draft: Draft, counter: AtCounter) -> AtCounter:
    sheet = CounterSheet.get_or_none(CounterSheet.ref == counter.sheet, CounterSheet.help == helped.id)
    if sheet is None or sheet.draft_version != draft.version:
        raise Conflict("sheet_outdated")
    return replace(counter, number=sheet.number if draft.corrects is None else "", digest=sheet.digest)


def finish(act: Act, draft: Draft, submission: Submission, declared: Declared, signed: Signing) -> None:
    """Step: it is signed. Where the person's own phone did not do it, his phone is told and may say "that was not
    me"."""
    if signed.counter is None:
        return
    helped = CounterHelp.get(CounterHelp.draft_ref == draft.ref)
    phone, code = declared["contact"]["phone"], ""
    if phone and signed.counter.form != OWN_PHONE:
        code = with_check(random_code(11))
    CounterHelp.update(
        form=signed.counter.form,
        submission=submission.id,
        report_hash=crypto.token_hash(code) if code else None,
        signed_at=act.now,
        act_id=act.id,
    ).where(CounterHelp.id == helped.id).execute()
    record(act, f"counter:signed-{signed.counter.form.replace('_', '-')}", helped.ref, unit_id=helped.unit_id)
    record(act, "submission:helped", submission.ref, unit_id=helped.unit_id)
    if code:
        params = {"number": submission.number, "unit": units.by_id(helped.unit_id).name}
        notice = notices.queue(act, "counter-signed", SUBMISSION, submission.ref, subject=submission.ref, params=params)
        if notice is not None:
            notices.deliver(act, notice, SMS, phone, submission.language, params={"report": code})


def reported(code: str) -> Submission | None:
    """The submission of which this code of a text says "that was not me"."""
    row = CounterHelp.get_or_none(CounterHelp.report_hash == crypto.token_hash(code))
    return Submission.get_by_id(row.submission_id) if row is not None and row.submission_id else None


def reportable(submission: Submission) -> list[Filing]:
    """The filings of a submission that are still on their way."""
    found = Filing.select().where(Filing.submission == submission.id, Filing.state << OPEN_FILING_STATES)
    return list(found.order_by(Filing.id))


# The printed sheet ------------------------------------------------------------------------------------------------


@action("counter:print")
def print_sheet(act: Act, unit_id: int, draft_ref: str, rows: list[list[str]], text_id: int) -> dict[str, str]:
    """Freeze the draft as it is shown (`rows`: name and value, in the language of the pledge) and issue the sheet to
    sign by hand. The same answers have the same sheet. Returns {"sheet": ref, "code": …}. Raises NotFound."""
    helped = CounterHelp.get_or_none(CounterHelp.draft_ref == draft_ref, CounterHelp.unit == unit_id)
    draft = opened(draft_ref, unit_id)
    if helped is None or draft is None or draft.submission_ref:
        raise NotFound("not_found")
    lock(CounterHelp, [helped.id])
    text = PledgeText.get_by_id(text_id)
    known = CounterSheet.get_or_none(
        CounterSheet.help == helped.id, CounterSheet.draft_version == draft.version, CounterSheet.text == text.id
    )
    if known is not None:
        document = documents.of_subject("personal_pledge", known.ref)
        return {"sheet": known.ref, "code": document.code if document else ""}
    number = new_number() if draft.corrects is None else Submission.get_by_id(draft.corrects).number
    declared = declaring.declare(drafts.answers_of(draft), units.by_id(unit_id), draft.language)
    content = {
        "number": number,
        "unit": units.by_id(unit_id).name,
        "declared": declared,
        "rows": rows,
        "consents": list(CONSENTS),
        "helped_by": helper_name(helped),
    }
    ref = crypto.new_ref()
    CounterSheet.create(
        ref=ref,
        help=helped.id,
        draft_version=draft.version,
        text=text.id,
        number=number,
        content=crypto.seal(content, "counter_sheet", "content", ref),
        digest=pledges.content_digest(text.digest, content),
        printed_at=act.now,
        act_id=act.id,
    )
    record(act, "counter:printed", helped.ref, unit_id=unit_id)
    return {"sheet": ref, "code": documents.issue(act, "personal_pledge", ref, text.language, unit_id)}


def sheet(ref: str) -> CounterSheet | None:
    return CounterSheet.get_or_none(CounterSheet.ref == ref)


def sheet_content(row: CounterSheet) -> dict[str, Any]:
    content: dict[str, Any] = crypto.unseal(row.content, "counter_sheet", "content", row.ref)
    return content


def sheet_text(row: CounterSheet) -> PledgeText:
    """The wording that stands on a sheet."""
    text: PledgeText = PledgeText.get_by_id(row.text_id)
    return text


def sheet_of(draft: Draft) -> CounterSheet | None:
    """The newest sheet of the draft as it is now."""
    return _sheets(draft).where(CounterSheet.draft_version == draft.version).order_by(CounterSheet.id.desc()).first()


def has_sheet(draft: Draft) -> bool:
    """Whether one was made of the draft as it is now or was before."""
    return bool(_sheets(draft).exists())


def _sheets(draft: Draft) -> Any:
    rows = CounterSheet.select().join(CounterHelp, on=(CounterSheet.help == CounterHelp.id))
    return rows.where(CounterHelp.draft_ref == draft.ref)


def sheet_signed_at(row: CounterSheet) -> datetime | None:
    """When this very sheet came back signed; None while it did not, or another one did."""
    helped = CounterHelp.get_by_id(row.help_id)
    newest = CounterSheet.select().where(CounterSheet.help == helped.id).order_by(CounterSheet.id.desc()).first()
    signed: datetime | None = helped.signed_at if helped.form == PAPER and newest.id == row.id else None
    return signed


# Whoever has no phone ---------------------------------------------------------------------------------------------


def has_no_phone(person: Person) -> bool:
    """Whether somebody who was helped here has no phone on file: his document at a counter stands for it."""
    if registry.phone_on_file(person.id) is not None:
        return False
    helped = CounterHelp.select().join(Submission, on=(CounterHelp.submission == Submission.id))
    return bool(helped.where(Submission.person == person.id, CounterHelp.form == PAPER).exists())

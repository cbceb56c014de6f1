"""Objecting to what was decided about oneself, and taking back what one raised (design 6, case).

Only what stands on the person's own submission can be reached; who he is, the caller has proved by a code to his phone.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import case_sides, following, standing
from webapp.domain.filings.following import Journey
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Submission
from webapp.domain.filings.states import REFUSED
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.models import REMOVED, SUSPENDED, Entry, EntryHold
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import UNIT
from webapp.domain.sanctions import cases, cases_queries
from webapp.domain.sanctions.cases_evidence import Handed, checked_words
from webapp.domain.sanctions.cases_opening import Claim, Matter, open_case
from webapp.domain.sanctions.cases_rules import FINAL_CAUSES, OWN_HOLDS
from webapp.domain.sanctions.models import (
    ASSIGNMENT,
    CONFIRMED,
    HOLD,
    IDENTITY,
    REFUSAL,
    REMOVAL,
    SANCTION,
    Case,
    Sanction,
    SanctionEffect,
)
from webapp.errors import Conflict, NotAllowed, NotFound

#: Why an assignment is objected to: the newer of both.
ASSIGNED, PLATE_CHANGED = "assigned", "plate_changed"


@dataclass(frozen=True)
class Contestable:
    """Something decided about a person that he may object to: topic, ref of the filing or entry, code of the ground."""

    topic: str
    subject: str
    ground: str | None


def contestable(journey: Journey) -> list[Contestable]:
    """What of one journey may be objected to."""
    filing, entry = journey.filing, journey.entry
    found = _assignment(journey)
    assignment = [found[0]] if found else []
    if entry is not None:
        return _of_entry(entry, journey.holds) + assignment
    if assignment:
        return assignment
    return [Contestable(REFUSAL, filing.ref, None)] if filing.state == REFUSED else []


def _assignment(journey: Journey) -> tuple[Contestable, int] | None:
    """The unit vehicle he drives as the unit chose it without him (design 7, rule 8), and the act by which it did.
    The act is part of the ground, so that the next one may be objected to again. He may object while the entry is in
    force, and to a filing that the unit made, before its upload."""
    filing, entry = journey.filing, journey.entry
    stands = filing.assigned and filing.state in OPEN_FILING_STATES if entry is None else entry.state != REMOVED
    if not stands or filing.vehicle_use != UNIT:
        return None
    acts = [(step.act_id, ASSIGNED) for step in journey.steps if step.action in following.ASSIGNED_BY]
    if journey.assigned_act_id is not None:
        acts.append((journey.assigned_act_id, ASSIGNED))
    if journey.plate_act_id is not None:
        acts.append((journey.plate_act_id, PLATE_CHANGED))
    if not acts:
        return None
    act_id, why = max(acts)
    return Contestable(ASSIGNMENT, filing.ref, f"{why}:{act_id}"), act_id


def _of_entry(entry: Entry, holds: list[EntryHold]) -> list[Contestable]:
    if entry.state == REMOVED and entry.cause not in FINAL_CAUSES:
        return [Contestable(REMOVAL, entry.ref, entry.cause)]
    kinds = [hold.kind for hold in holds if hold.kind not in OWN_HOLDS]
    if entry.state == SUSPENDED and kinds:
        return [Contestable(HOLD, entry.ref, ",".join(kinds))]
    return []


@action("case:object")
def object_to(act: Act, submission_ref: str, topic: str, subject: str, words: str, handed: Handed) -> dict[str, str]:
    """Open an objection. Returns {"case": ref}. Raises NotFound, Invalid (words, evidence), Conflict: `not_contestable`
    (it stands no more), `case_open`, `case_decided`."""
    submission = Submission.get_or_none(Submission.ref == submission_ref)
    if submission is None:
        raise NotFound("not_found")
    words = checked_words(words, needed=True)
    if topic == SANCTION:
        return _to_sanction(act, submission, subject, words, handed)
    what, act_id, vehicle_id = _found(submission, topic, subject)
    unit_id = standing.unit_id(submission)
    holders, account = case_sides.doer(act_id, unit_id, submission.number)
    matter = Matter(
        topic,
        subject,
        submission.number,
        ground=what.ground,
        unit_id=unit_id,
        vehicle_id=vehicle_id,
        contested_account=account,
    )
    case = open_case(act, matter, Claim(case_sides.of_submission(submission), words, handed), holders=holders)
    return {"case": case.ref}


def _to_sanction(act: Act, submission: Submission, ref: str, words: str, handed: Handed) -> dict[str, str]:
    """Its grounds are for the phone on file alone (design 3), and so is objecting to it. Nobody else is asked."""
    touched = SanctionEffect.submission_ref == submission.ref
    effects = SanctionEffect.select(SanctionEffect.sanction).where(touched)
    sanction = Sanction.get_or_none(Sanction.ref == ref, Sanction.id << effects)
    on_file = registry.phone_on_file(submission.person_id)
    if sanction is None or on_file is None or bytes(on_file.phone_index) != bytes(submission.phone_index):
        raise NotFound("not_found")
    if sanction.state != CONFIRMED:
        raise Conflict("not_contestable")
    matter = Matter(
        SANCTION,
        ref,
        submission.number,
        ground=sanction.number,
        unit_id=standing.unit_id(submission),
        contested_account=sanction.confirmed_by_id,
    )
    return {"case": open_case(act, matter, Claim(case_sides.of_submission(submission), words, handed)).ref}


def _found(submission: Submission, topic: str, ref: str) -> tuple[Contestable, int, int | None]:
    """What is objected to, the act by which it was done, and the vehicle. Raises NotFound, Conflict."""
    if topic == REFUSAL:
        return _refusal(submission, ref)
    if topic == ASSIGNMENT:
        return _assigned(submission, ref)
    return _entry(submission, topic, ref)


def _assigned(submission: Submission, ref: str) -> tuple[Contestable, int, int | None]:
    lock(Filing, [following.journey(submission, ref).filing.id])
    journey = following.journey(submission, ref)
    found = _assignment(journey)
    if found is None:
        raise Conflict("not_contestable")
    _not_heard(submission, found[0])
    return *found, (journey.entry or journey.filing).vehicle_id


def _not_heard(submission: Submission, what: Contestable) -> None:
    """One side is heard once about one thing, also where a change carries the assignment to another filing."""
    others = Submission.select(Submission.ref).where(
        Submission.person == submission.person_id, Submission.id != submission.id
    )
    heard = Case.select().where(
        Case.topic == ASSIGNMENT,
        Case.ground == what.ground,
        Case.opener_ref << [ref for (ref,) in others.tuples()],
        Case.state != "withdrawn",
    )
    for case in heard:
        raise Conflict("case_open" if case.state == "open" else "case_decided", number=case.number)


def _refusal(submission: Submission, ref: str) -> tuple[Contestable, int, int | None]:
    filing = Filing.get_or_none(Filing.ref == ref, Filing.submission == submission.id)
    if filing is None:
        raise NotFound("not_found")
    lock(Filing, [filing.id])
    filing = Filing.get_by_id(filing.id)
    if filing.state != REFUSED:
        raise Conflict("not_contestable")
    return Contestable(REFUSAL, ref, None), filing.act_id, filing.vehicle_id


def _entry(submission: Submission, topic: str, ref: str) -> tuple[Contestable, int, int | None]:
    entry = Entry.get_or_none(Entry.ref == ref, Entry.submission_ref == submission.ref)
    if entry is None:
        raise NotFound("not_found")
    holds = passlist.holds([entry]).get(entry.id, [])
    for one in _of_entry(entry, holds):
        if one.topic == topic:
            return one, holds[0].act_id if topic == HOLD else entry.act_id, entry.vehicle_id
    raise Conflict("not_contestable")


@action("case:withdraw")
def withdraw(act: Act, kind: str, party_ref: str, case_ref: str) -> dict[str, str]:
    """Whoever opened it takes it back. Raises NotFound, NotAllowed (who did not open it), Conflict("case_closed")."""
    found, _party = cases_queries.one_of(kind, party_ref, case_ref)
    filing = Filing.get_or_none(Filing.ref == found.subject)
    lock(Filing, [filing.id] if filing else [])
    case, party = cases.held_as(kind, party_ref, case_ref)
    if (case.opened_by, case.opener_ref) != (kind, party_ref):
        raise NotAllowed("not_allowed")
    cases.take_back(act, case, party.side)
    if filing is not None and case.topic == IDENTITY:
        undisputed(act, Filing.get_by_id(filing.id))
    return {"case": case.ref}


def undisputed(act: Act, filing: Filing) -> None:
    """Step: nothing is contested about this filing any more, unless another case is open. Callers hold it."""
    open_ = [one for one in cases_queries.open_about(filing.ref) if one.topic != ASSIGNMENT]
    if filing.disputed and not open_:
        Filing.update(disputed=False, act_id=act.id, version=Filing.version + 1).where(Filing.id == filing.id).execute()
        record(act, "filing:undisputed", filing.ref, unit_id=filing.unit_id)

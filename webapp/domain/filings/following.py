"""What a person sees of his own after filing: each filing with where it stands, and the entry it led to.

The scope is always one submission. Others of the same person are linked only where the same phone was proved for them
(design 3): who knows somebody's document number and files with a phone of his own sees nothing of him.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import fn

from webapp.database import among, sorted_by
from webapp.domain.audit import queries as record
from webapp.domain.filings import owners, queries
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, FilingStep, Invitation, Submission
from webapp.domain.filings.states import UPLOADED
from webapp.domain.notices import queries as inboxes
from webapp.domain.notices.models import SUBMISSION, Notice
from webapp.domain.passlist import queries as passlist
from webapp.domain.passlist.models import Entry, EntryHold, EntryStep
from webapp.domain.pledges.models import PERSONAL, Pledge
from webapp.domain.registry import actions as registering
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import Card, open_card
from webapp.domain.registry.models import UNIT
from webapp.errors import NotFound
from webapp.values import documents

#: Steps of a filing by which a unit chose the vehicle.
ASSIGNED_BY = ("assign", "assign-driver")
#: So many of the newest notices stand on the page.
NOTICES = 20


@dataclass(frozen=True)
class Follow:
    """A submission that changes an entry, or moves it to another unit: its private link is for the same person."""

    number: str
    token: str
    state: str


@dataclass(frozen=True)
class Journey:
    """One filing and what came of it. `request` is what a second driver asked the owner or was invited by;
    `entry` is null until it is listed; steps and holds are oldest first."""

    filing: Filing
    card: Card
    steps: list[FilingStep]
    request: Invitation | None
    entry: Entry | None
    entry_steps: list[EntryStep]
    holds: list[EntryHold]
    follows: tuple[Follow, ...] = ()  # what is to replace the entry, or has, newest last
    plate_act_id: int | None = None  # by which its unit last changed the plate of the vehicle (closings.fleet)
    slot: str | None = None  # where he sits in an own-use car; an owner who left may have left him his place
    assigned_act_id: int | None = None  # of a change: by which its unit had assigned the vehicle before


def journeys(submission: Submission) -> list[Journey]:
    """Every filing of a submission, in the order it was made. A fixed number of statements."""
    filings = list(Filing.select().where(Filing.submission == submission.id).order_by(Filing.id))
    entries = passlist.of_submission(submission.ref)
    # An entry speaks of the vehicle at this place of these answers, as the filing did that it came from.
    by_origin: dict[tuple[int, int], list[Entry]] = {}
    for one in entries:
        by_origin.setdefault((one.answers_id, one.position), []).append(one)
    steps = _by(FilingStep, FilingStep.filing, filings)
    entry_steps = _by(EntryStep, EntryStep.entry, entries)
    holds = passlist.holds(entries)
    requests = owners.requests_of(filings)
    follows = _follows(submission, entries)
    refs = [one.ref for one in (*filings, *entries)]
    assigned, slots = _assigned_before(filings), passlist.slots(entries)
    replated = record.last_acts(("filing:plate-changed", "entry:plate-changed"), refs)
    found = []
    for filing in filings:
        # One that was refused and filed again shares its answers with the one that came through; an entry made anew
        # after an objection shares its history with the one that was removed.
        led_to = by_origin.get((filing.answers_id, filing.position), []) if filing.state == UPLOADED else []
        entry = led_to[-1] if led_to else None
        found.append(
            Journey(
                filing,
                open_card(entry or filing),  # plates that changed since are those of the entry
                steps.get(filing.id, []),
                requests.get(filing.id),
                entry,
                [step for one in led_to for step in entry_steps.get(one.id, [])],
                holds.get(entry.id, []) if entry else [],
                tuple(follows.get(entry.id, ())) if entry else (),
                max((replated[one.ref] for one in (filing, *led_to) if one.ref in replated), default=None),
                slots.get(entry.id, filing.slot) if entry else filing.slot,
                assigned.get(filing.id),
            )
        )
    return found


def _assigned_before(filings: Iterable[Filing]) -> dict[int, int]:
    """Of those that change the entry of a unit vehicle: the last act by which the unit had assigned it to the person.
    One statement where there are such."""
    changing = [one for one in filings if one.changes_id is not None and one.vehicle_use == UNIT]
    if not changing:
        return {}
    acts = (
        FilingStep.select(Filing.person, Filing.vehicle, Filing.unit, fn.MAX(FilingStep.act_id))
        .join(Filing, on=(FilingStep.filing == Filing.id))
        .where(
            FilingStep.action << ASSIGNED_BY,
            Filing.person << among(one.person_id for one in changing),
            Filing.vehicle << among(one.vehicle_id for one in changing if one.vehicle_id),
        )
        .group_by(Filing.person, Filing.vehicle, Filing.unit)
    )
    found = {tuple(whom): act for *whom, act in acts.tuples()}
    keys = {one.id: (one.person_id, one.vehicle_id, one.unit_id) for one in changing}
    return {filing: found[key] for filing, key in keys.items() if key in found}


def _follows(submission: Submission, entries: Iterable[Entry]) -> dict[int, list[Follow]]:
    """What changes these entries, by entry, as far as the same phone was proved for it. One statement."""
    rows = (
        Submission.select(Submission.ref, Submission.number, Submission.link_version, Filing.changes, Filing.state)
        .join(Filing, on=(Filing.submission == Submission.id))
        .where(
            Filing.changes << among(entry.id for entry in entries),
            Filing.state << (*OPEN_FILING_STATES, UPLOADED),
            Submission.person == submission.person_id,
            Submission.phone_index == submission.phone_index,
        )
        .order_by(Filing.id)
    )
    found: dict[int, list[Follow]] = {}
    for ref, number, link_version, entry_id, state in rows.tuples():
        token = queries.status_token(Submission(ref=ref, link_version=link_version))
        found.setdefault(entry_id, []).append(Follow(number, token, state))
    return found


def _by(model: Any, reference: Any, rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in model.select().where(reference << among(row.id for row in rows)).order_by(sorted_by(model.id)):
        found.setdefault(getattr(row, reference.object_id_name), []).append(row)
    return found


def journey(submission: Submission, filing_ref: str) -> Journey:
    """One of them. Raises NotFound."""
    for one in journeys(submission):
        if one.filing.ref == filing_ref:
            return one
    raise NotFound("not_found")


def journey_of_entry(submission: Submission, entry_ref: str) -> tuple[Journey, Entry]:
    """The one that led to this entry, and the entry. Raises NotFound."""
    for one in journeys(submission):
        if one.entry is not None and one.entry.ref == entry_ref:
            return one, one.entry
    raise NotFound("not_found")


def notices(submission: Submission) -> list[Notice]:
    """What the person was told of this submission, newest first."""
    return inboxes.inbox(SUBMISSION, submission.ref, limit=NOTICES)


def linked(submission: Submission) -> list[Submission]:
    """Other submissions of this person with the same proved phone, newest first."""
    return list(
        Submission.select()
        .where(
            Submission.person == submission.person_id,
            Submission.phone_index == submission.phone_index,
            Submission.id != submission.id,
        )
        .order_by(Submission.id.desc())
    )


def of_person(person_id: int, phone_index: bytes) -> list[Submission]:
    """The submissions of a person with this proved phone, newest first."""
    return list(
        Submission.select()
        .where(Submission.person == person_id, Submission.phone_index == phone_index)
        .order_by(Submission.id.desc())
    )


def declared(submission: Submission) -> dict[str, Any]:
    """What the person declared last (shape: filings.declaring)."""
    return registry.answers(submission.answers_id)


def check_export(submission: Submission) -> None:
    """Raises Conflict("phone_new") while nothing may be exported with the phone on file."""
    registering.check_guard(submission.person_id)


def phone(submission: Submission) -> str:
    """The phone proved when it was signed, E.164: codes for this submission go there and nowhere else."""
    number: str = declared(submission)["contact"]["phone"]
    return number


def phone_on_file(submission: Submission) -> str:
    """The phone on file of the person, E.164: what he decides as a person, for others, is proved there. Whoever only
    files with somebody's document number does not hold it."""
    row = registry.phone_on_file(submission.person_id)
    return registry.phone_number(row) if row else phone(submission)


def knows_tail(submission: Submission, typed: str) -> bool:
    """Whether somebody knows the end of the person's document number."""
    person = declared(submission)["person"]
    return documents.tail_matches(person["id_type"], person["id_number"], typed)


def pledges(submission: Submission) -> list[Pledge]:
    """Every pledge signed under the submission's number, newest first; the first is the one that counts. A change that
    needed none stands on the pledge that stood."""
    signed = Pledge.select().where(Pledge.subject == submission.number, Pledge.kind == PERSONAL)
    return list(signed.order_by(Pledge.id.desc())) or [Pledge.get_by_id(submission.pledge_id)]


def pledge(submission: Submission, ref: str = "") -> Pledge:
    """The newest pledge, or the one of this ref. Raises NotFound."""
    for one in pledges(submission):
        if ref in ("", one.ref):
            return one
    raise NotFound("not_found")

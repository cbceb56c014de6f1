"""Telling people what became of their filings and entries.

One person: `tell_person`, in the act. Everybody a bulk act touched: `owe`, one job however many people, which calls
`tell_slice` until nobody is left; `tell_waiting_slice` does so for everybody who waits with a unit. A person is told
on the status page, and by e-mail where he gave one, else, of what matters most, by a text to the phone on file.
Nothing is sent to the phone or mailbox of somebody who has died.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from peewee import fn

from webapp import clock, crypto
from webapp.database import among
from webapp.domain.audit.acts import Act
from webapp.domain.files import documents
from webapp.domain.filings import standing
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, FilingStep, Submission
from webapp.domain.jobs import actions as jobs
from webapp.domain.jobs.models import MESSAGES
from webapp.domain.notices import actions as notices
from webapp.domain.notices import kinds
from webapp.domain.notices.deliveries import Parcel
from webapp.domain.notices.models import EMAIL, QUEUED, SMS, SUBMISSION, Delivery, Notice
from webapp.domain.passlist import confirmations
from webapp.domain.passlist.models import Entry, EntryHold, EntryStep
from webapp.domain.passlist.telling import ENTRY_KINDS, TELL
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers, PersonPhone
from webapp.domain.units.models import Unit, UnitStep
from webapp.row_sets import insert_rows

#: Notice kind → the actions of the filing steps that it tells of.
FILING_KINDS = {
    "filing-submitted": ("submit", "resubmit"),
    "filing-verified": ("verify",),
    "filing-returned": ("return",),
    "filing-refused": ("refuse",),
    "filing-undone": ("undo",),
    "filing-withdrawn": ("withdraw",),
    "driver-assigned": ("assign-driver",),
}
SLICE = 200


def owe(act: Act, kind: str) -> None:
    """Owe the notice of this kind to everybody whose filing or entry this act took a step of."""
    if kind not in FILING_KINDS and kind not in ENTRY_KINDS:
        raise ValueError(f"{kind} tells of no step")
    jobs.enqueue(act, TELL, str(act.id), params={"kind": kind}, dedupe_key=f"tell:{act.id}:{kind}")


def tell_person(
    act: Act, kind: str, submission: Submission, *, subject: str = "", params: dict[str, Any] | None = None
) -> None:
    """Owe one person a notice on the status page, and the message that goes with it."""
    notice = notices.queue(act, kind, SUBMISSION, submission.ref, subject=subject or submission.ref, params=params)
    if notice is None:
        return
    for channel, address in addresses(kind, [submission]).get(submission.id, ()):
        notices.deliver(act, notice, channel, address, submission.language)


def addresses(kind: str, submissions: Iterable[Submission]) -> dict[int, list[tuple[str, str]]]:
    """Where a notice of this kind goes beside the status page: submission id → [(channel, address)]. A fixed number of
    statements."""
    told = list(submissions)
    people = {submission.person_id for submission in told}
    dead = _dead(people)
    answers = {
        row.id: row for row in Answers.select().where(Answers.id << among(submission.answers_id for submission in told))
    }
    phones = {
        row.person_id: row
        for row in PersonPhone.select().where(PersonPhone.person << among(people), PersonPhone.ended_at.is_null())
    }
    found: dict[int, list[tuple[str, str]]] = {}
    for submission in told:
        if submission.person_id in dead:
            continue
        email = registry.open_answers(answers[submission.answers_id])["contact"]["email"]
        phone = phones.get(submission.person_id)
        if email:
            found[submission.id] = [(EMAIL, email)]
        elif kind in kinds.TEXTED and phone is not None:
            found[submission.id] = [(SMS, registry.phone_number(phone))]
    return found


def _dead(people: Iterable[int]) -> set[int]:
    """Those of these people who are on record as dead and have not filed since."""
    ended = (
        Entry.select(Entry.person, fn.MAX(Entry.removed_at))
        .where(Entry.person << among(people), Entry.cause == "deceased")
        .group_by(Entry.person)
    )
    last = dict(ended.tuples())
    if not last:
        return set()
    filed = Submission.select(Submission.person, Submission.filed_at).where(Submission.person << among(last))
    return set(last) - {person for person, at in filed.tuples() if at > last[person]}


def by_phone(parcel: Parcel) -> bool:
    """The mail of a person's notice did not arrive: owe the text to the phone on file instead. False where there is
    none, or where the notice is not one that people are texted. Inside a transaction."""
    if parcel.delivery.channel != EMAIL or parcel.audience != SUBMISSION or parcel.kind not in kinds.TEXTED:
        return False
    submission = Submission.get(Submission.ref == parcel.audience_ref)
    phone = registry.phone_on_file(submission.person_id)
    if phone is None or _dead([submission.person_id]):
        return False
    notice = Notice.get_by_id(parcel.delivery.notice_id)
    notices.deliver(None, notice, SMS, registry.phone_number(phone), parcel.delivery.locale)
    return True


@dataclass
class Told:
    """What one submission is told of one act."""

    submission: Submission
    params: dict[str, Any]
    entries: list[str] = field(default_factory=list)
    sealed: dict[str, Any] | None = None  # what only the message may say
    said_otherwise: bool = False  # another notice of the same act says it all


def tell_slice(act_id: int, kind: str, after: int, apart: Collection[str] = ()) -> tuple[int, int]:
    """Queue the notices of the next SLICE submissions beyond the id `after`. Returns the last id and how many
    were told, (after, 0) when nobody is left. `apart`: changes of entries that the act tells of in other words.
    Inside a transaction; a fixed number of statements."""
    told = _of_filings(act_id, kind, after) if kind in FILING_KINDS else _of_entries(act_id, kind, after, apart)
    if not told:
        return after, 0
    queue_each(act_id, kind, [one for one in told if not one.said_otherwise])
    if kind == "entry-listed":
        papers = [(ref, one.submission.language) for one in told for ref in one.entries]
        documents.issue_each(None, confirmations.KIND, papers, told[0].submission.unit_id)
    return told[-1].submission.id, len(told)


def tell_waiting_slice(act_id: int, kind: str, after: int) -> tuple[int, int]:
    """As tell_slice, for everybody whose filing waits with the unit whose suspension or return this act was. Nobody is
    told of what is over by now."""
    waiting = _waiting(act_id, after).order_by(Filing.submission).limit(SLICE)
    told = list(of_submissions(row for (row,) in waiting.tuples()).values())
    if not told:
        return after, 0
    queue_each(act_id, kind, told)
    return told[-1].submission.id, len(told)


def waiting_count(act_id: int) -> int:
    """How many `tell_waiting_slice` tells in all."""
    return int(_waiting(act_id, 0).count())


def _waiting(act_id: int, after: int) -> Any:
    """Submissions beyond this id that wait with the unit whose step this act was; none where the unit went on."""
    step = UnitStep.get(UnitStep.act_id == act_id)
    as_then = Unit.select(Unit.id).where(Unit.id == step.unit_id, Unit.state == step.state)
    return (
        Filing.select(Filing.submission)
        .where(
            Filing.unit << as_then,
            Filing.state << OPEN_FILING_STATES,
            Filing.submitted_at <= step.at,
            Filing.submission > after,
        )
        .distinct()
    )


def _of_filings(act_id: int, kind: str, after: int) -> list[Told]:
    steps = (FilingStep.act_id == act_id) & (FilingStep.action << FILING_KINDS[kind])
    wanted = (
        FilingStep.select(Filing.submission)
        .join(Filing, on=(FilingStep.filing == Filing.id))
        .where(steps, Filing.submission > after)
        .distinct()
        .order_by(Filing.submission)
        .limit(SLICE)
    )
    told = of_submissions(row for (row,) in wanted.tuples())
    reasons = (
        FilingStep.select(Filing.submission, FilingStep.reasons)
        .join(Filing, on=(FilingStep.filing == Filing.id))
        .where(steps, Filing.submission << among(told))
        .order_by(FilingStep.id)
        .tuples()
    )
    for submission_id, codes in reasons:
        params = told[submission_id].params
        if "reasons" in kinds.KINDS[kind][1]:
            params["reasons"] = list(dict.fromkeys([*params.get("reasons", []), *(codes or [])]))
    return list(told.values())


def _of_entries(act_id: int, kind: str, after: int, apart: Collection[str]) -> list[Told]:
    # An entry that gives way to a newer one is no news beside it.
    reason = EntryStep.reason.is_null() | (EntryStep.reason != "superseded")
    steps = (EntryStep.act_id == act_id) & (EntryStep.change << ENTRY_KINDS[kind]) & reason
    if apart:
        steps &= EntryStep.entry.not_in(_touched(act_id, apart))
    joined = (
        EntryStep.select(Submission.id, Entry.id, Entry.ref, EntryStep.reason)
        .join(Entry, on=(EntryStep.entry == Entry.id))
        .join(Submission, on=(Submission.ref == Entry.submission_ref))
        .where(steps)
    )
    wanted = joined.select(Submission.id).where(Submission.id > after).distinct().order_by(Submission.id).limit(SLICE)
    told = of_submissions(row for (row,) in wanted.tuples())
    rows = list(joined.where(Submission.id << among(told)).order_by(EntryStep.id).tuples())
    terms = dict(
        EntryHold.select(EntryHold.entry, EntryHold.until)
        .where(EntryHold.act_id == act_id, EntryHold.entry << among(entry for _, entry, _, _ in rows))
        .tuples()
    )
    names = kinds.KINDS[kind][1]
    # What an act lists and holds at once is held: who is told that is not told before that he is listed.
    held = {entry for (entry,) in _touched(act_id, ("held",)).tuples()} if kind == "entry-listed" else set()
    for submission_id, entry, ref, reason in rows:
        one = told[submission_id]
        one.said_otherwise = entry in held and (one.said_otherwise or not one.entries)
        one.entries.append(ref)
        until = terms.get(entry)
        one.params |= {
            name: value
            for name, value in {
                "hold": reason,
                "cause": reason,
                "until": clock.last_date(until).isoformat() if until else None,
            }.items()
            if name in names
        }
    return list(told.values())


def _touched(act_id: int, changes: Collection[str]) -> Any:
    """Ids of the entries that this act changed so."""
    return EntryStep.select(EntryStep.entry).where(EntryStep.act_id == act_id, EntryStep.change << list(changes))


def of_submissions(ids: Iterable[int]) -> dict[int, Told]:
    """Whom a notice to these submissions tells, in ascending order, with what every notice may say of them."""
    rows = list(Submission.select().where(Submission.id << among(ids)).order_by(Submission.id))
    unit_ids = standing.unit_ids(rows)
    units = dict(Unit.select(Unit.id, Unit.name).where(Unit.id << among(set(unit_ids.values()))).tuples())
    return {row.id: Told(row, {"number": row.number, "unit": units[unit_ids[row.id]]}) for row in rows}


def queue_each(act_id: int, kind: str, told: list[Told]) -> None:
    """Owe each of these a notice of one act, once: on the status page and where the person reads. A fixed number of
    statements; parameters the kind does not name are left out."""
    fresh, ids = _owe_notices(act_id, kind, told)
    deliveries = [
        _delivery(ids[one.submission.id], one, channel, address)
        for one, channel, address in _where_read(act_id, kind, fresh)
    ]
    insert_rows(Delivery, deliveries)
    jobs.enqueue_each(None, notices.DELIVER, [row["ref"] for row in deliveries], queue=MESSAGES)


def _owe_notices(act_id: int, kind: str, told: list[Told]) -> tuple[list[Told], dict[int, int]]:
    """Put the notice on the status page of those it is not on yet. Returns them, and submission id → notice id."""
    keys = {f"{kind}:{act_id}:{SUBMISSION}:{one.submission.ref}": one for one in told}
    known = {key for (key,) in Notice.select(Notice.dedupe_key).where(Notice.dedupe_key << list(keys)).tuples()}
    fresh = {key: one for key, one in keys.items() if key not in known}
    names, now = kinds.KINDS[kind][1], clock.now()
    rows = [
        {
            "ref": crypto.new_ref(),
            "kind": kind,
            "audience": SUBMISSION,
            "audience_ref": one.submission.ref,
            "subject": one.submission.ref,
            "params": {name: value for name, value in one.params.items() if name in names},
            "dedupe_key": key,
            "act_id": act_id,
            "created_at": now,
        }
        for key, one in fresh.items()
    ]
    insert_rows(Notice, rows)
    made = Notice.select(Notice.dedupe_key, Notice.id).where(Notice.dedupe_key << list(fresh))
    return list(fresh.values()), {fresh[key].submission.id: notice for key, notice in made.tuples()}


def _where_read(act_id: int, kind: str, told: list[Told]) -> Iterator[tuple[Told, str, str]]:
    """(whom, channel, address). A phone gets one text of what an act did to entries, however many submissions of its
    person it touched; what a filing needs is texted of each."""
    where_to = addresses(kind, [one.submission for one in told])
    texted = _texted(act_id, kind, {one.submission.person_id for one in told})
    for one in told:
        for channel, address in where_to.get(one.submission.id, ()):
            if channel == SMS and kind not in FILING_KINDS:
                if one.submission.person_id in texted:
                    continue
                texted.add(one.submission.person_id)
            yield one, channel, address


def _delivery(notice_id: int, one: Told, channel: str, address: str) -> dict[str, Any]:
    ref = crypto.new_ref()
    return {
        "ref": ref,
        "notice": notice_id,
        "channel": channel,
        "address": crypto.seal(address, "delivery", "address", ref),
        "params": crypto.seal(one.sealed, "delivery", "params", ref) if one.sealed else None,
        "locale": one.submission.language,
        "state": QUEUED,
        "attempts": 0,
        "created_at": clock.now(),
    }


def _texted(act_id: int, kind: str, people: Iterable[int]) -> set[int]:
    """Whom of these people an earlier slice has texted of this act."""
    rows = (
        Delivery.select(Submission.person)
        .join(Notice, on=(Delivery.notice == Notice.id))
        .join(Submission, on=(Submission.ref == Notice.audience_ref))
        .where(
            Notice.act_id == act_id,
            Notice.kind == kind,
            Delivery.channel == SMS,
            Submission.person << among(people),
        )
    )
    return {person for (person,) in rows.tuples()}

"""Everything that is kept on one person, as he may see it: whatever the phone he has proved was signed with (design 3).

What only the person on file may know (sanctions, phones on file) is there where that phone is the one on file. Other
people's data are not: of a shared car its other driver, of a case the other side. What channels asked of a car is given
to its owner alone, because another's trips are another's data.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp import clock
from webapp.database import among
from webapp.domain.audit import readings
from webapp.domain.closings import sanction_telling
from webapp.domain.files.actions import original_name
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings import helping, standing
from webapp.domain.filings import queries as filings
from webapp.domain.filings.models import CounterHelp, Draft, Filing, FilingStep, Invitation, Submission
from webapp.domain.lanes.models import LaneCheck, LaneClient
from webapp.domain.notices.models import SUBMISSION, Delivery, Notice
from webapp.domain.passlist.models import OWNER, DriverSlot, Entry, EntryHold, EntryStep
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import PERSONAL, Pledge, PledgeText
from webapp.domain.privacy import rights_words
from webapp.domain.privacy.models import DataCopy, Incident, IncidentSubmission, RightsRequest
from webapp.domain.privacy.my_data_shape import INSTANT, TABLES, TEXT, VERSION, WORDS
from webapp.domain.registry import consents
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import OWN, Answers, PersonDocument, PersonPhone
from webapp.domain.sanctions import cases_evidence, cases_queries, sanction_queries
from webapp.domain.sanctions.models import SanctionEffect
from webapp.domain.units import queries as units

Row = dict[str, Any]
#: So many readings stand in a copy; nobody is read so often.
READINGS = 5000


@dataclass
class _Scope:
    """Whose data: the submissions behind the proved phone, and whether that phone is the one on file."""

    person_id: int
    submissions: list[Submission]
    on_file: bool
    entries: list[Entry]

    @property
    def refs(self) -> list[str]:
        return [one.ref for one in self.submissions]

    @property
    def numbers(self) -> dict[str, str]:
        """Ref of a submission -> the number people read out."""
        return {one.ref: one.number for one in self.submissions}


def gather(submission: Submission) -> dict[str, Any]:
    """Every table of `my_data_shape` as it stands now."""
    scope = _scope(submission)
    found: dict[str, Any] = {"version": VERSION, "made_at": clock.now().isoformat()}
    for part in (_person, _declared, _signed, _in_motion, _in_force, _helped, _contested, _told, _asked, _given):
        found |= {name: [_plain(name, row) for row in rows] for name, rows in part(scope).items()}
    return found


def _scope(submission: Submission) -> _Scope:
    mine = standing.refs_of(submission)
    on_file = registry.phone_on_file(submission.person_id)
    entries = Entry.select().where(Entry.submission_ref << [one.ref for one in mine]).order_by(Entry.id)
    return _Scope(
        submission.person_id,
        mine,
        on_file is not None and bytes(on_file.phone_index) == bytes(submission.phone_index),
        list(entries),
    )


def _plain(table: str, row: Row) -> Row:
    """The row with every column of its table, in their order, as JSON can carry it."""
    plain: Row = {}
    for column, kind in TABLES[table].items():
        value = row.get(column)
        if kind == INSTANT:
            plain[column] = value.isoformat() if isinstance(value, datetime) else None
        elif kind == WORDS:
            plain[column] = list(value or ())
        else:
            plain[column] = "" if value is None and kind == TEXT else value
    return plain


def _ids(rows: Iterable[Any]) -> Any:
    return among(row.id for row in rows)


def _person(scope: _Scope) -> dict[str, list[Row]]:
    if not scope.on_file:
        return {"person": [], "phones": []}
    documents = PersonDocument.select().where(PersonDocument.person == scope.person_id).order_by(PersonDocument.id)
    phones = PersonPhone.select().where(PersonPhone.person == scope.person_id).order_by(PersonPhone.id)
    return {
        "person": [{"id_type": one.id_type, "known_since": one.created_at} for one in documents],
        "phones": [
            {"phone": registry.phone_number(one), "proved_at": one.proved_at, "ended_at": one.ended_at}
            for one in phones
        ],
    }


def _declared(scope: _Scope) -> dict[str, list[Row]]:
    names = units.by_ids({one.unit_id for one in scope.submissions})
    found: dict[str, list[Row]] = {"submissions": [], "answers": [], "vehicles": []}
    for one in scope.submissions:
        unit = names[one.unit_id].name
        row = {"submission": one.number, "unit": unit, "filed_at": one.filed_at, "language": one.language}
        found["submissions"].append(row)
    for frozen, number in _frozen(scope):
        declared = registry.open_answers(frozen)
        key = {"submission": number, "frozen_at": frozen.created_at, "policy_version": frozen.policy_version}
        said = {k: v for page in ("person", "contact", "belonging", "licence") for k, v in declared[page].items()}
        found["answers"].append(said | key)
        found["vehicles"] += [
            key | {"position": place} | vehicle for place, vehicle in enumerate(declared["vehicles"], start=1)
        ]
    return found


def _frozen(scope: _Scope) -> list[tuple[Answers, str]]:
    """Every answers row of these submissions, oldest first: the newest, and those that filings and entries keep."""
    of: dict[int, str] = {}
    ids = {one.id: one.number for one in scope.submissions}
    for answers, submission in (
        Filing.select(Filing.answers, Filing.submission).where(Filing.submission << _ids(scope.submissions)).tuples()
    ):
        of.setdefault(answers, ids[submission])
    for entry in scope.entries:
        of.setdefault(entry.answers_id, entry.number)
    for one in scope.submissions:
        of.setdefault(one.answers_id, one.number)
    rows = Answers.select().where(Answers.id << among(of)).order_by(Answers.id)
    return [(row, of[row.id]) for row in rows]


def _signed(scope: _Scope) -> dict[str, list[Row]]:
    numbers = list(scope.numbers.values())
    signed = list(Pledge.select().where(Pledge.subject << numbers, Pledge.kind == PERSONAL).order_by(Pledge.id))
    texts = {one.id: one for one in PledgeText.select().where(PledgeText.id << among(row.text_id for row in signed))}
    given = consents.of(scope.refs)
    return {
        "pledges": [
            {
                "submission": row.subject,
                "text_version": texts[row.text_id].version,
                "language": texts[row.text_id].language,
                "method": row.method,
                "signed_name": pledges.content_of(row).get("signed_name", ""),
                "signed_at": row.signed_at,
                "digest": row.digest,
            }
            for row in signed
        ],
        "consents": [
            {
                "submission": scope.numbers[row.submission_ref],
                "purpose": row.purpose,
                "edition": row.edition,
                "language": row.language,
                "given_at": row.given_at,
                "ended_at": row.ended_at,
            }
            for row in given
        ],
    }


def _in_motion(scope: _Scope) -> dict[str, list[Row]]:
    number = {one.id: one.number for one in scope.submissions}
    rows = list(Filing.select().where(Filing.submission << _ids(scope.submissions)).order_by(Filing.id))
    of = {row.id: number[row.submission_id] for row in rows}
    names = units.by_ids({row.unit_id for row in rows})
    steps = FilingStep.select().where(FilingStep.filing << _ids(rows)).order_by(FilingStep.id)
    asked = Invitation.select().where(Invitation.submission << _ids(scope.submissions)).order_by(Invitation.id)
    drafts = Draft.select().where(
        (Draft.begun_from << _ids(scope.submissions)) | (Draft.corrects << _ids(scope.submissions)),
        Draft.submission_ref.is_null(),
    )
    return {
        "filings": [
            {
                "submission": of[row.id],
                "unit": names[row.unit_id].name,
                "plates": open_card(row).plates,
                "vehicle_use": row.vehicle_use,
                "slot": row.slot,
                "state": row.state,
                "reasons": row.reasons,
                "submitted_at": row.submitted_at,
            }
            for row in rows
        ],
        "filing_steps": [
            {
                "submission": of[step.filing_id],
                "at": step.at,
                "action": step.action,
                "reasons": step.reasons,
                "note": filings.note_of(step),
            }
            for step in steps
        ],
        "invitations": [
            {
                "submission": number[one.submission_id],
                "made_by": one.made_by,
                "state": one.state,
                "made_at": one.made_at,
                "until": one.until,
                "ended_at": one.ended_at,
            }
            for one in asked
        ],
        "drafts": [
            {
                "submission": number.get(one.begun_from or one.corrects, ""),
                "begun_at": one.created_at,
                "expires_at": one.expires_at,
            }
            for one in drafts.order_by(Draft.id)
        ],
    }


def _in_force(scope: _Scope) -> dict[str, list[Row]]:
    of = {row.id: row.number for row in scope.entries}
    names = units.by_ids({row.unit_id for row in scope.entries})
    steps = EntryStep.select().where(EntryStep.entry << _ids(scope.entries)).order_by(EntryStep.id)
    holds = EntryHold.select().where(EntryHold.entry << _ids(scope.entries)).order_by(EntryHold.id)
    return {
        "entries": [
            {
                "submission": row.number,
                "unit": names[row.unit_id].name,
                "plates": open_card(row).plates,
                "vehicle_use": row.vehicle_use,
                "size_class": row.size_class,
                "state": row.state,
                "cause": row.cause,
                "listed_at": row.listed_at,
                "removed_at": row.removed_at,
            }
            for row in scope.entries
        ],
        "entry_steps": [
            {"submission": of[step.entry_id], "at": step.at, "change": step.change, "reason": step.reason}
            for step in steps
        ],
        "holds": [
            {
                "submission": of[hold.entry_id],
                "kind": hold.kind,
                "since": hold.since,
                "until": hold.until,
                "released_at": hold.released_at,
            }
            for hold in holds
        ],
    }


def _helped(scope: _Scope) -> dict[str, list[Row]]:
    number = {one.id: one.number for one in scope.submissions}
    rows = CounterHelp.select().where(CounterHelp.submission << _ids(scope.submissions)).order_by(CounterHelp.id)
    return {
        "counter_help": [
            {
                "submission": number[row.submission_id],
                "by": helping.helper_name(row),
                "form": row.form,
                "begun_at": row.begun_at,
                "signed_at": row.signed_at,
            }
            for row in rows
        ]
    }


def _contested(scope: _Scope) -> dict[str, list[Row]]:
    cases: list[Row] = []
    evidence: list[Row] = []
    for one in scope.submissions:
        for case, party in cases_queries.of_submission(one.ref):
            cases.append(
                {
                    "submission": one.number,
                    "number": case.number,
                    "topic": case.topic,
                    "side": party.side,
                    "state": case.state,
                    "own_words": cases_evidence.words_of(case, party),
                    "reasons": case.reasons,
                    "decision_words": cases_queries.decision_words(case),
                    "opened_at": case.opened_at,
                    "decided_at": case.decided_at,
                }
            )
            evidence += [
                {
                    "number": case.number,
                    "name": original_name(file),
                    "media_type": file.media_type,
                    "size": file.size,
                    "consented_at": row.consented_at,
                }
                for row, file in cases_queries.evidence(case)
                if row.party_id == party.id
            ]
    return {"cases": cases, "evidence": evidence, "sanctions": _sanctions(scope)}


def _sanctions(scope: _Scope) -> list[Row]:
    proved = sanction_telling.proved_among(scope.submissions)
    refs = [one.ref for one in scope.submissions if one.id in proved]
    touched = SanctionEffect.select(SanctionEffect.sanction, SanctionEffect.submission_ref).where(
        SanctionEffect.submission_ref << refs
    )
    pairs = sorted(set(touched.tuples()))
    known = sanction_queries.by_ids({sanction for sanction, _ in pairs})
    found = []
    for sanction_id, ref in pairs:
        sanction = known[sanction_id]
        details = sanction_queries.details(sanction)
        found.append(
            {
                "submission": scope.numbers[ref],
                "number": sanction.number,
                "state": sanction.state,
                "authority": details.get("authority"),
                "decision_number": details.get("decision_number"),
                "ground": details.get("ground"),
                "confirmed_at": sanction.confirmed_at,
                "ended_at": sanction.ended_at,
            }
        )
    return found


def _told(scope: _Scope) -> dict[str, list[Row]]:
    mine = (Notice.audience == SUBMISSION) & (Notice.audience_ref << scope.refs)
    told = list(Notice.select().where(mine).order_by(Notice.id))
    of = {row.id: row for row in told}
    sent = Delivery.select().where(Delivery.notice << _ids(told)).order_by(Delivery.id)
    subjects = _subjects(scope)
    issued = IssuedDocument.select().where(IssuedDocument.subject << list(subjects)).order_by(IssuedDocument.id)
    return {
        "notices": [
            {"submission": scope.numbers[row.audience_ref], "kind": row.kind, "told_at": row.created_at} for row in told
        ],
        "deliveries": [
            {
                "submission": scope.numbers[of[row.notice_id].audience_ref],
                "kind": of[row.notice_id].kind,
                "channel": row.channel,
                "state": row.state,
                "sent_at": row.sent_at,
            }
            for row in sent
        ],
        "documents": [
            {
                "submission": subjects[row.subject],
                "kind": row.kind,
                "code": row.code,
                "issued_at": row.issued_at,
            }
            for row in issued
        ],
    }


def _subjects(scope: _Scope) -> dict[str, str]:
    """What the person's documents speak of -> number of the submission."""
    numbers = scope.numbers
    signed = Pledge.select(Pledge.ref, Pledge.subject).where(
        Pledge.subject << list(numbers.values()), Pledge.kind == PERSONAL
    )
    return numbers | dict(signed.tuples()) | {row.ref: row.number for row in scope.entries}


def _asked(scope: _Scope) -> dict[str, list[Row]]:
    requests = RightsRequest.select().where(RightsRequest.submission_ref << scope.refs).order_by(RightsRequest.id)
    copies = DataCopy.select().where(DataCopy.submission_ref << scope.refs).order_by(DataCopy.id)
    touched = (
        IncidentSubmission.select(Incident.number, Incident.kinds, Incident.released_at)
        .join(Incident, on=(IncidentSubmission.incident == Incident.id))
        .where(IncidentSubmission.submission_ref << scope.refs)
        .distinct()
        .order_by(Incident.number)
    )
    return {
        "requests": [
            {
                "number": row.number,
                "kind": row.kind,
                "way": row.way,
                "state": row.state,
                "words": rights_words.asked(row)["words"],
                "reasons": row.reasons,
                "answer": rights_words.answer(row),
                "opened_at": row.opened_at,
                "due_at": row.due_at,
                "decided_at": row.decided_at,
            }
            for row in requests
        ],
        "copies": [
            {"submission": scope.numbers[row.submission_ref], "form": row.form, "made_at": row.made_at}
            for row in copies
        ],
        "incidents": [
            {"number": number, "kinds": kinds, "told_at": released} for number, kinds, released in touched.tuples()
        ],
    }


def _given(scope: _Scope) -> dict[str, list[Row]]:
    """Who opened it, and to whom it was given."""
    opened = readings.readings_of(scope.refs, limit=READINGS)
    names = units.by_ids({one.unit_id for one in opened if one.unit_id is not None})
    read = [
        {
            "submission": scope.numbers[one.ref],
            "at": one.at,
            "how": one.how,
            "items": one.items,
            # Which unit, and whether the platform: who of its staff, the record knows.
            "by": names[one.unit_id].name if one.unit_id in names else one.actor_kind,
            "purpose": one.purpose,
        }
        for one in opened
    ]
    return {"readings": read, "recipients": _recipients(scope), "lane_checks": _lane_checks(scope)}


def _recipients(scope: _Scope) -> list[Row]:
    firsts: dict[int, datetime] = {}
    for one in scope.submissions:
        firsts.setdefault(one.unit_id, one.filed_at)
    for entry in scope.entries:
        firsts.setdefault(entry.unit_id, entry.listed_at)
    names = units.by_ids(firsts)
    found: list[Row] = [{"kind": "unit", "name": names[one].name, "since": since} for one, since in firsts.items()]
    if scope.entries:
        listed = min(entry.listed_at for entry in scope.entries)
        still = any(entry.removed_at is None for entry in scope.entries)
        last = None if still else max(entry.removed_at for entry in scope.entries)
        for client in LaneClient.select().order_by(LaneClient.id):
            if last is None or client.created_at < last:
                since = max(listed, client.created_at)
                found.append({"kind": "lane", "name": client.name, "since": since, "until": last})
    return found


def _lane_checks(scope: _Scope) -> list[Row]:
    spans = _owned(scope)
    indexes = {bytes(registry.plate_indexes([plate])[0]): plate for plate in spans}
    asked = LaneCheck.select().where(LaneCheck.plate_index << list(indexes)).order_by(LaneCheck.id)
    names = dict(LaneClient.select(LaneClient.id, LaneClient.name).tuples())
    found = []
    for row in asked:
        plate = indexes[bytes(row.plate_index)]
        began, ended = spans[plate]
        if began <= row.asked_at and (ended is None or row.asked_at <= ended):
            by = names.get(row.client_id, "lane_officer")
            found.append(
                {"plate": plate, "asked_at": row.asked_at, "channel": row.channel, "by": by, "result": row.result}
            )
    return found


def _owned(scope: _Scope) -> dict[str, tuple[datetime, datetime | None]]:
    """Plates of cars of his own that he owns, as far as the list says so, and from when until when they stood there."""
    slots: Sequence[int] = [entry.slot_id for entry in scope.entries if entry.slot_id is not None]
    owner = {
        row.id
        for row in DriverSlot.select(DriverSlot.id).where(DriverSlot.id << among(slots), DriverSlot.slot == OWNER)
    }
    found: dict[str, tuple[datetime, datetime | None]] = {}
    for entry in scope.entries:
        if entry.vehicle_use == OWN and entry.slot_id in owner:
            for plate in open_card(entry).plates:
                found[plate] = (entry.listed_at, entry.removed_at)
    return found

"""What was decided, told and asked about a person, who opened his data and to whom it was given."""

from __future__ import annotations

from datetime import datetime

from webapp.database import among
from webapp.domain.audit import readings
from webapp.domain.closings import sanction_telling
from webapp.domain.files.actions import original_name
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings.models import Filing
from webapp.domain.lanes.models import LaneCheck, LaneClient
from webapp.domain.notices.models import SUBMISSION, Delivery, Notice
from webapp.domain.passlist.models import OWNER, DriverSlot
from webapp.domain.pledges.models import PERSONAL, Pledge
from webapp.domain.privacy import rights_words
from webapp.domain.privacy.models import DataCopy, Incident, IncidentSubmission, RightsRequest
from webapp.domain.privacy.my_data_scope import Row, Scope, ids_of
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import OWN
from webapp.domain.sanctions import cases_evidence, cases_queries, sanction_queries
from webapp.domain.sanctions.models import SanctionEffect
from webapp.domain.units import queries as units

#: So many readings stand in a copy; nobody is read so often.
READINGS = 5000


def contested(scope: Scope) -> dict[str, list[Row]]:
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


def _sanctions(scope: Scope) -> list[Row]:
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


def told(scope: Scope) -> dict[str, list[Row]]:
    mine = (Notice.audience == SUBMISSION) & (Notice.audience_ref << scope.refs)
    told = list(Notice.select().where(mine).order_by(Notice.id))
    of = {row.id: row for row in told}
    sent = Delivery.select().where(Delivery.notice << ids_of(told)).order_by(Delivery.id)
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


def _subjects(scope: Scope) -> dict[str, str]:
    """What the person's documents speak of -> number of the submission."""
    numbers = scope.numbers
    signed = Pledge.select(Pledge.ref, Pledge.subject).where(
        Pledge.subject << list(numbers.values()), Pledge.kind == PERSONAL
    )
    return numbers | dict(signed.tuples()) | {row.ref: row.number for row in scope.entries}


def asked(scope: Scope) -> dict[str, list[Row]]:
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


def given(scope: Scope) -> dict[str, list[Row]]:
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


def _recipients(scope: Scope) -> list[Row]:
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


def _lane_checks(scope: Scope) -> list[Row]:
    spans = _owned(scope)
    indexes = {bytes(registry.plate_indexes([plate])[0]): plate for plate in spans}
    asked = LaneCheck.select().where(LaneCheck.plate_index << list(indexes)).order_by(LaneCheck.id)
    names = dict(LaneClient.select(LaneClient.id, LaneClient.name).tuples())
    return [
        {
            "plate": indexes[bytes(row.plate_index)],
            "asked_at": row.asked_at,
            "channel": row.channel,
            "by": names.get(row.client_id, "lane_officer"),
            "result": row.result,
        }
        for row in asked
        if any(
            began <= row.asked_at and (ended is None or row.asked_at <= ended)
            for began, ended in spans[indexes[bytes(row.plate_index)]]
        )
    ]


def _owned(scope: Scope) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """Plates of cars of his own that he owns, and each time they stood on the list: from when until when.

    An entry that ended has no slot any more; whose car it was stands in the filing it came of.
    """
    filed = Filing.submission << ids_of(scope.submissions)
    slots = among(entry.slot_id for entry in scope.entries if entry.slot_id is not None)
    now = DriverSlot.select(DriverSlot.id).where(DriverSlot.id << slots, DriverSlot.slot == OWNER).tuples()
    then = Filing.select(Filing.vehicle).where(filed, Filing.slot == OWNER).tuples()
    owner, owned = {row for (row,) in now}, {vehicle for (vehicle,) in then}
    found: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for entry in scope.entries:
        is_his = entry.slot_id in owner if entry.slot_id is not None else entry.vehicle_id in owned
        if entry.vehicle_use == OWN and is_his:
            for plate in open_card(entry).plates:
                found.setdefault(plate, []).append((entry.listed_at, entry.removed_at))
    return found

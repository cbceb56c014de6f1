"""What a person declared and signed, and what came of it: filings in motion, entries in force."""

from __future__ import annotations

from webapp.database import Row as Model
from webapp.database import among
from webapp.domain.filings import helping
from webapp.domain.filings import queries as filings
from webapp.domain.filings.models import CounterHelp, Draft, Filing, FilingStep, Invitation
from webapp.domain.passlist.models import EntryHold, EntryStep
from webapp.domain.pledges import actions as pledges
from webapp.domain.pledges.models import PERSONAL, Pledge, PledgeText
from webapp.domain.privacy.my_data_scope import Row, Scope, ids_of
from webapp.domain.registry import consents
from webapp.domain.registry import queries as registry
from webapp.domain.registry.cards import open_card
from webapp.domain.registry.models import Answers, PersonDocument, PersonPhone
from webapp.domain.units import queries as units


def person(scope: Scope) -> dict[str, list[Row]]:
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


def declared(scope: Scope) -> dict[str, list[Row]]:
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


def _frozen(scope: Scope) -> list[tuple[Answers, str]]:
    """Every answers row of these submissions, oldest first: the newest, and those that filings and entries keep."""
    of: dict[int, str] = {}
    ids = {one.id: one.number for one in scope.submissions}
    for answers, submission in (
        Filing.select(Filing.answers, Filing.submission).where(Filing.submission << ids_of(scope.submissions)).tuples()
    ):
        of.setdefault(answers, ids[submission])
    for entry in scope.entries:
        of.setdefault(entry.answers_id, entry.number)
    for one in scope.submissions:
        of.setdefault(one.answers_id, one.number)
    rows = Answers.select().where(Answers.id << among(of)).order_by(Answers.id)
    return [(row, of[row.id]) for row in rows]


def signed(scope: Scope) -> dict[str, list[Row]]:
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


def in_motion(scope: Scope) -> dict[str, list[Row]]:
    number = {one.id: one.number for one in scope.submissions}
    asked = Invitation.select().where(Invitation.submission << ids_of(scope.submissions)).order_by(Invitation.id)
    drafts = Draft.select().where(
        (Draft.begun_from << ids_of(scope.submissions)) | (Draft.corrects << ids_of(scope.submissions)),
        Draft.submission_ref.is_null(),
    )
    return _filings(scope, number) | {
        "invitations": [
            {"submission": number[one.submission_id]} | _of(one, "made_by", "state", "made_at", "until", "ended_at")
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


def _filings(scope: Scope, number: dict[int, str]) -> dict[str, list[Row]]:
    rows = list(Filing.select().where(Filing.submission << ids_of(scope.submissions)).order_by(Filing.id))
    of = {row.id: number[row.submission_id] for row in rows}
    names = units.by_ids({row.unit_id for row in rows})
    steps = FilingStep.select().where(FilingStep.filing << ids_of(rows)).order_by(FilingStep.id)
    return {
        "filings": [
            {"submission": of[row.id], "unit": names[row.unit_id].name, "plates": open_card(row).plates}
            | _of(row, "vehicle_use", "slot", "state", "reasons", "submitted_at")
            for row in rows
        ],
        "filing_steps": [
            {"submission": of[step.filing_id]} | _of(step, "at", "action", "reasons") | {"note": filings.note_of(step)}
            for step in steps
        ],
    }


def _of(row: Model, *columns: str) -> Row:
    return {column: getattr(row, column) for column in columns}


def in_force(scope: Scope) -> dict[str, list[Row]]:
    of = {row.id: row.number for row in scope.entries}
    names = units.by_ids({row.unit_id for row in scope.entries})
    steps = EntryStep.select().where(EntryStep.entry << ids_of(scope.entries)).order_by(EntryStep.id)
    holds = EntryHold.select().where(EntryHold.entry << ids_of(scope.entries)).order_by(EntryHold.id)
    return {
        "entries": [
            {"submission": row.number, "unit": names[row.unit_id].name, "plates": open_card(row).plates}
            | _of(row, "vehicle_use", "size_class", "state", "cause", "listed_at", "removed_at")
            for row in scope.entries
        ],
        "entry_steps": [
            {"submission": of[step.entry_id], "at": step.at, "change": step.change, "reason": step.reason}
            for step in steps
        ],
        "holds": [
            {"submission": of[hold.entry_id]} | _of(hold, "kind", "since", "until", "released_at") for hold in holds
        ],
    }


def helped(scope: Scope) -> dict[str, list[Row]]:
    number = {one.id: one.number for one in scope.submissions}
    rows = CounterHelp.select().where(CounterHelp.submission << ids_of(scope.submissions)).order_by(CounterHelp.id)
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

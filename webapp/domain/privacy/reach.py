"""Everything that is kept of one person, by ids and refs: what an erasure empties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from webapp import crypto
from webapp.database import among
from webapp.domain.filings import declaring, drafts
from webapp.domain.filings.models import CounterHelp, CounterSheet, Draft, Filing, Submission
from webapp.domain.passlist.models import DriverSlot, Entry
from webapp.domain.pledges.models import PERSONAL, Pledge
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import OWN, Answers, PersonDocument, PersonPhone, Plate, Vehicle
from webapp.domain.sanctions.models import Case, CaseParty
from webapp.values import documents, emails
from webapp.values.normalising import compact


@dataclass(frozen=True)
class Said:
    """What tells the person from others in what other people wrote: identity keys, numbers, phones, mailboxes, plates,
    (name, last four); with blind indexes of what has one."""

    names: frozenset[str]
    identity_keys: frozenset[str]
    numbers: frozenset[str]
    tails: frozenset[str]
    phones: frozenset[str]
    mailboxes: frozenset[str]
    plates: frozenset[str]

    @property
    def addresses(self) -> set[bytes]:
        """Blind indexes of phones and mailboxes."""
        found = {crypto.index("phone", phone) for phone in self.phones}
        return found | {crypto.index("email", emails.key(mailbox)) for mailbox in self.mailboxes}


@dataclass(frozen=True)
class Reach:
    person: int
    submissions: dict[int, str] = field(default_factory=dict)  # id → ref
    answers: dict[int, str] = field(default_factory=dict)
    filings: dict[int, str] = field(default_factory=dict)
    entries: dict[int, str] = field(default_factory=dict)
    pledges: dict[int, str] = field(default_factory=dict)  # personal ones
    drafts: dict[int, str] = field(default_factory=dict)
    sheets: dict[int, str] = field(default_factory=dict)  # printed at a counter
    cases: tuple[int, ...] = ()
    parties: tuple[int, ...] = ()  # his sides of them
    vehicles: tuple[int, ...] = ()  # own-use ones nobody else has to do with
    documents: tuple[bytes, ...] = ()  # blind indexes of identity keys
    plates: tuple[bytes, ...] = ()  # of those vehicles
    said: Said = Said(*(frozenset() for _ in range(7)))


def of(person_id: int) -> Reach:
    """Everything of this person. Opens his answers, and the drafts that are on their way."""
    mine = Submission.person == person_id
    submissions = _pairs(Submission, mine)
    answers = _pairs(Answers, Answers.person == person_id)
    filings, entries = _pairs(Filing, Filing.person == person_id), _pairs(Entry, Entry.person == person_id)
    keys = PersonDocument.select(PersonDocument.key_index).where(PersonDocument.person == person_id)
    said = _said(person_id)
    begun = _drafts(submissions, said)
    parties = _parties([*submissions.values(), *begun.values()])
    cars = _vehicles(person_id)
    return Reach(
        person_id,
        submissions,
        answers,
        filings,
        entries,
        _pledges(person_id),
        begun,
        _sheets(submissions, begun),
        tuple(sorted({case for case, _ in parties})),
        tuple(sorted(party for _, party in parties)),
        cars,
        tuple(bytes(index) for (index,) in keys.tuples()),
        tuple(bytes(row) for (row,) in Plate.select(Plate.plate_index).where(Plate.vehicle << among(cars)).tuples()),
        said,
    )


def _pairs(model: Any, condition: Any) -> dict[int, str]:
    return dict(model.select(model.id, model.ref).where(condition).order_by(model.id).tuples())


def _pledges(person_id: int) -> dict[int, str]:
    numbers = Submission.select(Submission.number).where(Submission.person == person_id)
    used = (
        Submission.select(Submission.pledge).where(Submission.person == person_id)
        | Filing.select(Filing.pledge).where(Filing.person == person_id)
        | Entry.select(Entry.pledge).where(Entry.person == person_id)
    )
    ids = {found for (found,) in used.tuples()}
    return _pairs(Pledge, (Pledge.kind == PERSONAL) & ((Pledge.id << among(ids)) | (Pledge.subject << numbers)))


def _said(person_id: int) -> Said:
    rows = [registry.open_answers(row) for row in Answers.select().where(Answers.person == person_id)]
    people = [row["person"] for row in rows if row["person"]["id_number"]]
    contacts = [row["contact"] for row in rows]
    on_file = [registry.phone_number(row) for row in PersonPhone.select().where(PersonPhone.person == person_id)]
    return Said(
        frozenset(person["full_name"] for person in people),
        frozenset(declaring.identity_key(person) for person in people),
        frozenset(person["id_number"] for person in people),
        frozenset(documents.tail(person["id_number"]) for person in people),
        frozenset([*(one["phone"] for one in contacts if one["phone"]), *on_file]),
        frozenset(one["email"] for one in contacts if one["email"]),
        frozenset(
            plate for row in rows for car in row["vehicles"] if car["vehicle_use"] == OWN for plate in car["plates"]
        ),
    )


def _drafts(submissions: dict[int, str], said: Said) -> dict[int, str]:
    """Drafts he sent, began from his page, or is typing: those on their way are opened and compared."""
    his = set(submissions)
    found = {}
    for draft in Draft.select().iterator():
        if (
            draft.submission_ref in submissions.values()
            or draft.begun_from in his
            or draft.corrects in his
            or (draft.submission_ref is None and _types(drafts.answers_of(draft), said))
        ):
            found[draft.id] = draft.ref
    return found


def _types(typed: dict[str, Any], said: Said) -> bool:
    person = typed.get("person") or {}
    id_type, number = str(person.get("id_type") or ""), compact(str(person.get("id_number") or ""))
    if id_type not in documents.ID_TYPES or not number:
        return False
    return documents.identity_key(id_type, number, str(person.get("id_country") or "")) in said.identity_keys


def _sheets(submissions: dict[int, str], begun: dict[int, str]) -> dict[int, str]:
    helps = CounterHelp.select(CounterHelp.id).where(
        (CounterHelp.submission << among(submissions)) | (CounterHelp.draft_ref << [*begun.values()])
    )
    return _pairs(CounterSheet, CounterSheet.help << helps)


def _parties(refs: list[str]) -> list[tuple[int, int]]:
    rows = CaseParty.select(CaseParty.case, CaseParty.id).join(Case, on=(CaseParty.case == Case.id))
    return list(rows.where(CaseParty.kind << ("submission", "draft"), CaseParty.party_ref << refs).tuples())


def _vehicles(person_id: int) -> tuple[int, ...]:
    his = {
        vehicle
        for model in (Filing, Entry, DriverSlot)
        for (vehicle,) in model.select(model.vehicle).where(model.person == person_id).tuples()
        if vehicle is not None
    }
    others = {
        vehicle
        for model in (Filing, Entry, DriverSlot)
        for (vehicle,) in model.select(model.vehicle)
        .where(model.vehicle << among(his), model.person != person_id)
        .tuples()
    }
    own = Vehicle.select(Vehicle.id).where(Vehicle.id << among(his - others), Vehicle.vehicle_use == OWN)
    return tuple(sorted(found for (found,) in own.tuples()))

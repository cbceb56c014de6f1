"""A second driver needs the owner's yes (design 7, rule 2): asking, and finding whom to ask.

Only the owner whose document ends as the second driver said is asked. Second driver and owner meet by the vehicle,
whoever files first and through whichever unit.
"""

from __future__ import annotations

from datetime import timedelta

from webapp import clock, crypto
from webapp.domain.audit.acts import Act, record
from webapp.domain.filings import telling
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, OwnerRequest, Submission
from webapp.domain.passlist.models import OWNER, REMOVED, SECOND, DriverSlot, Entry
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers
from webapp.values import documents

OPEN = "open"
TERM = timedelta(days=14)


def ask(act: Act, filing: Filing, owner_tail: str) -> OwnerRequest:
    """Ask the owner of this second driver's vehicle, now or when he files; the filing waits for his yes."""
    request = OwnerRequest.create(
        ref=crypto.new_ref(),
        filing=filing.id,
        vehicle=filing.vehicle_id,
        owner_tail_index=crypto.index("id-tail", owner_tail),
        state=OPEN,
        asked_at=act.now,
        until=act.now + TERM,
        act_id=act.id,
    )
    record(act, "owner:asked", request.ref, unit_id=filing.unit_id)
    for submission, answers in _owners(filing.vehicle_id):
        if _is_meant(answers, owner_tail):
            _tell(act, request, submission)
    return request


def ask_again(act: Act, filing: Filing, submission: Submission, owner_answers: Answers) -> None:
    """An owner has filed: tell him of every second driver who waits for his yes on this vehicle."""
    for request, second_answers, position in _waiting(filing.vehicle_id):
        if _is_meant(owner_answers, _tail(second_answers, position)):
            _tell(act, request, submission)


def accepted_before(person_id: int, vehicle_id: int) -> bool:
    """Whether an owner's yes for this person and vehicle already stands, through another unit."""
    return DriverSlot.select().where(
        DriverSlot.vehicle == vehicle_id, DriverSlot.person == person_id, DriverSlot.slot == SECOND
    ).exists() or (
        Filing.select()
        .where(
            Filing.vehicle == vehicle_id,
            Filing.person == person_id,
            Filing.slot == SECOND,
            ~Filing.waiting,
            Filing.state << OPEN_FILING_STATES,
        )
        .exists()
    )


def requests_to(submission: Submission) -> list[OwnerRequest]:
    """The open questions put to the person of this submission, at its phone, as owner of a vehicle, oldest first."""
    found: dict[int, OwnerRequest] = {}
    for vehicle_id in _owned_by(submission.person_id):
        mine = [answers for other, answers in _owners(vehicle_id) if _who(other) == _who(submission)]
        for request, second_answers, position in _waiting(vehicle_id):
            if any(_is_meant(answers, _tail(second_answers, position)) for answers in mine):
                found[request.id] = request
    return [found[key] for key in sorted(found)]


def _tell(act: Act, request: OwnerRequest, submission: Submission) -> None:
    params = {"number": submission.number, "until": clock.local_date(request.until).isoformat()}
    telling.tell_person(act, "owner-asked", submission, subject=request.ref, params=params)


def _owned_by(person_id: int) -> list[int]:
    filed = Filing.select(Filing.vehicle).where(
        Filing.person == person_id, Filing.slot == OWNER, Filing.state << OPEN_FILING_STATES
    )
    holds = DriverSlot.select(DriverSlot.vehicle).where(DriverSlot.person == person_id, DriverSlot.slot == OWNER)
    return sorted({vehicle for (vehicle,) in filed.tuples()} | {vehicle for (vehicle,) in holds.tuples()})


def _owners(vehicle_id: int) -> list[tuple[Submission, Answers]]:
    """Whoever is or claims to be the owner, newest first, with what he declared: once for each person and phone, so
    that nobody who claims somebody's identity keeps a question from him."""
    filed = (
        Filing.select(Filing.submission, Filing.answers)
        .where(Filing.vehicle == vehicle_id, Filing.slot == OWNER, Filing.state << OPEN_FILING_STATES)
        .tuples()
    )
    listed = (
        Entry.select(Submission.id, Entry.answers)
        .join(DriverSlot, on=(Entry.slot == DriverSlot.id))
        .join(Submission, on=(Submission.ref == Entry.submission_ref))
        .where(Entry.vehicle == vehicle_id, DriverSlot.slot == OWNER, Entry.state != REMOVED)
        .tuples()
    )
    pairs = {*filed, *listed}
    submissions = {row.id: row for row in Submission.select().where(Submission.id << [one for one, _ in pairs])}
    answers = {row.id: row for row in Answers.select().where(Answers.id << [one for _, one in pairs])}
    found: dict[tuple[int, bytes], tuple[Submission, Answers]] = {}
    for submission_id, answers_id in sorted(pairs, reverse=True):
        submission = submissions[submission_id]
        found.setdefault(_who(submission), (submission, answers[answers_id]))
    return list(found.values())


def _who(submission: Submission) -> tuple[int, bytes]:
    return submission.person_id, bytes(submission.phone_index)


def _waiting(vehicle_id: int) -> list[tuple[OwnerRequest, Answers, int]]:
    """Open requests on a vehicle with the second driver's answers and the position of the vehicle among them."""
    requests = {
        request.filing_id: request
        for request in OwnerRequest.select()
        .where(OwnerRequest.vehicle == vehicle_id, OwnerRequest.state == OPEN)
        .order_by(OwnerRequest.id)
    }
    filings = Filing.select().where(Filing.id << list(requests), Filing.state << OPEN_FILING_STATES)
    by_id = {filing.id: filing for filing in filings}
    answers = {row.id: row for row in Answers.select().where(Answers.id << [f.answers_id for f in by_id.values()])}
    return [
        (request, answers[by_id[filing_id].answers_id], by_id[filing_id].position)
        for filing_id, request in requests.items()
        if filing_id in by_id
    ]


def _tail(second_answers: Answers, position: int) -> str:
    return registry.open_answers(second_answers)["vehicles"][position - 1]["owner_id_tail"]


def _is_meant(owner_answers: Answers, tail: str) -> bool:
    person = registry.open_answers(owner_answers)["person"]
    return documents.tail_matches(person["id_type"], person["id_number"], tail)

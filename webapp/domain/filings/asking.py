"""A second driver needs the owner's yes (design 7, rule 2): asking, and finding whom to ask.

Only the owner whose document ends as the second driver said is asked by himself; the link of the question pairs him as
well. Second driver and owner meet by the vehicle, whoever files first and through whichever unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import peewee

from webapp import clock, crypto
from webapp.database import among
from webapp.domain.audit.acts import Act, record
from webapp.domain.filings import invitation_rules, telling
from webapp.domain.filings.invitation_states import ACCEPTED, OPEN, REVOKED
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing, Invitation, Submission
from webapp.domain.passlist.models import OWNER, REMOVED, SECOND, DriverSlot, Entry
from webapp.domain.passlist.rules import Car, Seat
from webapp.domain.registry import queries as registry
from webapp.domain.registry.models import Answers
from webapp.values import documents


def token(ref: str) -> str:
    """The secret of an invitation's link; derivable, so that its maker's page can show it again."""
    return crypto.derive_token("invitation", ref)


def make(act: Act, **columns: object) -> Invitation:
    """A new open invitation."""
    ref = crypto.new_ref()
    made = Invitation.create(
        ref=ref,
        token_hash=crypto.token_hash(token(ref)),
        state=OPEN,
        made_at=act.now,
        until=act.now + invitation_rules.open_for(),
        act_id=act.id,
        **columns,
    )
    record(act, "invitation:made", made.ref)
    return made


def ask(act: Act, filing: Filing, owner_tail: str, joint: bool = False) -> Invitation:
    """Ask the owner of this second driver's vehicle, now or when he files; the filing waits for his yes. What he was
    asked before about the same two is one question: it goes on with this filing, from today."""
    request = _asked(act, filing, joint=joint)
    for submission, answers in _owners(filing.vehicle_id):
        if _is_meant(answers, owner_tail):
            _tell(act, request, submission)
    return request


def _asked(act: Act, filing: Filing, *, joint: bool) -> Invitation:
    """The one open question of this filing's person about its vehicle."""
    pair = (Invitation.vehicle == filing.vehicle_id) & (Invitation.second == filing.person_id)
    known = Invitation.get_or_none(pair, Invitation.state == OPEN)
    forget_yes(act, pair)
    if known is None:
        request = make(
            act,
            made_by=SECOND,
            submission=filing.submission_id,
            vehicle=filing.vehicle_id,
            second=filing.person_id,
            filing=filing.id,
            joint=joint,
        )
    else:
        Invitation.update(
            submission=filing.submission_id,
            filing=filing.id,
            joint=joint,
            until=act.now + invitation_rules.open_for(),
            reminded_at=None,
            act_id=act.id,
        ).where(Invitation.id == known.id).execute()
        request = Invitation.get_by_id(known.id)
    record(act, "owner:asked", request.ref, unit_id=filing.unit_id)
    return request


def forget_yes(act: Act, pair: peewee.Expression) -> None:
    """Step: what was said between these two before does not count any more; a new answer does."""
    Invitation.update(released_at=act.now).where(
        pair, Invitation.state == ACCEPTED, Invitation.released_at.is_null()
    ).execute()


def orphaned() -> peewee.ModelSelect:
    """Open questions whose second driver waits no more: withdrawn, refused, closed."""
    waits = Filing.select(Filing.id).where(
        Filing.vehicle == Invitation.vehicle,
        Filing.person == Invitation.second,
        Filing.waiting,
        Filing.state << OPEN_FILING_STATES,
    )
    return (
        Invitation.select()
        .where(Invitation.state == OPEN, Invitation.made_by == SECOND, ~peewee.fn.EXISTS(waits))
        .order_by(Invitation.id)
    )


def take_back(act: Act, filing_ids: Iterable[int]) -> None:
    """Step: these filings ended; what their people asked of owners is taken back, unless they wait with another."""
    over = orphaned().select(Invitation.id).where(Invitation.filing << among(filing_ids)).tuples()
    ids = [found for (found,) in over]
    if ids:
        Invitation.update(state=REVOKED, ended_at=act.now, act_id=act.id).where(Invitation.id << among(ids)).execute()


def ask_again(act: Act, filing: Filing, submission: Submission, owner_answers: Answers) -> None:
    """An owner has filed: tell him of every second driver who waits for his yes on this vehicle."""
    for request, second_answers, position in _waiting(filing.vehicle_id):
        if _is_meant(owner_answers, _tail(second_answers, position)):
            _tell(act, request, submission)


def to_remind(request: Invitation) -> list[Submission]:
    """The owners who were asked this question and have not answered."""
    found = []
    for one, second_answers, position in _waiting(request.vehicle_id):
        if one.id == request.id:
            tail = _tail(second_answers, position)
            found = [submission for submission, answers in _owners(request.vehicle_id) if _is_meant(answers, tail)]
    return found


def ask_new_owners(act: Act, before: Mapping[int, Car], after: Mapping[int, Car]) -> None:
    """Step: these cars have other owners by now. A second driver on his way with somebody else's yes waits again, for
    the yes of whoever owns the car; he is told, and has a link to send."""
    former = {vehicle: _who_sits(car.owner) for vehicle, car in before.items()}
    owners = {
        vehicle: car.owner.person_id
        for vehicle, car in after.items()
        if car.owner and car.owner.person_id != former[vehicle]
    }
    if not owners:
        return
    said = yes_of(owners)
    rows = Filing.select().where(
        Filing.vehicle << among(owners), Filing.slot == SECOND, ~Filing.waiting, Filing.state << OPEN_FILING_STATES
    )
    again = [
        filing
        for filing in rows.order_by(Filing.id)
        if owners[filing.vehicle_id] not in {filing.person_id, *said.get((filing.vehicle_id, filing.person_id), {})}
        and filing.person_id != _who_sits(after[filing.vehicle_id].second)
    ]
    Filing.update(waiting=True, act_id=act.id, version=Filing.version + 1).where(
        Filing.id << among(filing.id for filing in again)
    ).execute()
    for filing in again:
        # Whoever was an owner beside the former one asks the new one for the same.
        joint = any(said.get((filing.vehicle_id, filing.person_id), {}).values())
        _asked(act, filing, joint=joint)
        submission = Submission.get_by_id(filing.submission_id)
        telling.tell_person(act, "owner-changed", submission, subject=filing.ref, params={"number": submission.number})


def _who_sits(seat: Seat | None) -> int | None:
    return seat.person_id if seat else None


def yes_of(vehicle_ids: Iterable[int]) -> dict[tuple[int, int], dict[int, bool]]:
    """(vehicle, second driver) → {who said yes to him as owner: whether he named him an owner as well}."""
    rows = (
        Invitation.select(Invitation.vehicle, Invitation.second, Invitation.owner, Invitation.joint)
        .where(
            Invitation.vehicle << among(vehicle_ids),
            Invitation.state == ACCEPTED,
            Invitation.released_at.is_null(),
            Invitation.owner.is_null(False),
        )
        .order_by(Invitation.id)
    )
    found: dict[tuple[int, int], dict[int, bool]] = {}
    for vehicle, second, owner, joint in rows.tuples():
        found.setdefault((vehicle, second), {})[owner] = joint
    return found


def accepted_before(person_id: int, vehicle_id: int, but: int = 0) -> bool:
    """Whether an owner's yes for this person and vehicle already stands, by an entry or another filing than `but`."""
    return DriverSlot.select().where(
        DriverSlot.vehicle == vehicle_id, DriverSlot.person == person_id, DriverSlot.slot == SECOND
    ).exists() or (
        Filing.select()
        .where(
            Filing.vehicle == vehicle_id,
            Filing.person == person_id,
            Filing.slot == SECOND,
            ~Filing.waiting,
            Filing.id != but,
            Filing.state << OPEN_FILING_STATES,
        )
        .exists()
    )


def requests_to(submission: Submission, paired: str = "") -> list[Invitation]:
    """The open questions put to the person of this submission, at its phone, as owner of a vehicle, oldest first.
    `paired` is the ref of one whose link he opened: it is put to him as well, whatever was said of his number."""
    found: dict[int, Invitation] = {}
    for vehicle_id in _owned_by(submission.person_id):
        mine = [answers for other, answers in _owners(vehicle_id) if _who(other) == _who(submission)]
        for request, second_answers, position in _waiting(vehicle_id):
            meant = any(_is_meant(answers, _tail(second_answers, position)) for answers in mine)
            if request.second_id != submission.person_id and (meant or (mine and request.ref == paired)):
                found[request.id] = request
    return [found[key] for key in sorted(found)]


def _tell(act: Act, request: Invitation, submission: Submission) -> None:
    params = {"number": submission.number, "until": clock.last_date(request.until).isoformat()}
    telling.tell_person(act, "owner-asked", submission, subject=request.ref, params=params)


def _owned_by(person_id: int) -> list[int]:
    filed = Filing.select(Filing.vehicle).where(
        Filing.person == person_id, Filing.slot == OWNER, ~Filing.disputed, Filing.state << OPEN_FILING_STATES
    )
    holds = DriverSlot.select(DriverSlot.vehicle).where(DriverSlot.person == person_id, DriverSlot.slot == OWNER)
    return sorted({vehicle for (vehicle,) in filed.tuples()} | {vehicle for (vehicle,) in holds.tuples()})


def _owners(vehicle_id: int) -> list[tuple[Submission, Answers]]:
    """Whoever is or claims to be the owner, newest first, with what he declared: once for each person and phone, so
    that nobody who claims somebody's identity keeps a question from him."""
    filed = (
        Filing.select(Filing.submission, Filing.answers)
        .where(Filing.vehicle == vehicle_id, Filing.slot == OWNER, ~Filing.disputed, Filing.state << OPEN_FILING_STATES)
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


def _waiting(vehicle_id: int) -> list[tuple[Invitation, Answers, int]]:
    """Open questions on a vehicle with the second driver's answers and the position of the vehicle among them."""
    requests = list(
        Invitation.select()
        .where(Invitation.vehicle == vehicle_id, Invitation.made_by == SECOND, Invitation.state == OPEN)
        .order_by(Invitation.id)
    )
    filings = Filing.select().where(
        Filing.vehicle == vehicle_id, Filing.slot == SECOND, Filing.waiting, Filing.state << OPEN_FILING_STATES
    )
    by_person = {filing.person_id: filing for filing in filings.order_by(Filing.id)}
    answers = {row.id: row for row in Answers.select().where(Answers.id << [f.answers_id for f in by_person.values()])}
    return [
        (request, answers[by_person[request.second_id].answers_id], by_person[request.second_id].position)
        for request in requests
        if request.second_id in by_person
    ]


def _tail(second_answers: Answers, position: int) -> str:
    return registry.open_answers(second_answers)["vehicles"][position - 1]["owner_id_tail"]


def _is_meant(owner_answers: Answers, tail: str) -> bool:
    person = registry.open_answers(owner_answers)["person"]
    return documents.tail_matches(person["id_type"], person["id_number"], tail)

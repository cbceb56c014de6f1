"""The request desk: what people ask about their data, on the status page, by letter or at a counter, and the answer.

A request on the status page is its person's own: the code to his phone was proved. One that an officer enters names
whose data are meant by the number of a submission, where there is one. Both sides are told by notices; who asked by
letter is answered by letter.
"""

from __future__ import annotations

from typing import Any

from webapp import clock, crypto
from webapp.database import lock
from webapp.domain.audit import readings
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.files import actions as files
from webapp.domain.files.intake import Accepted
from webapp.domain.files.models import StoredFile
from webapp.domain.filings import queries as filings
from webapp.domain.filings.models import Submission
from webapp.domain.filings.telling import tell_person
from webapp.domain.jobs import calendar
from webapp.domain.privacy import rights_states as states
from webapp.domain.privacy import rights_words as words
from webapp.domain.privacy.models import (
    ERASE,
    ONLINE,
    RELATIVE,
    REQUEST_KINDS,
    WAYS,
    RightsRequest,
    RightsStep,
)
from webapp.domain.units.telling import tell_platform
from webapp.errors import Conflict, Fault, Invalid, NotFound
from webapp.values.codes import random_code, with_check

#: What a person may ask on his page; the rest he does there himself, or is asked by others.
ON_PAGE = ("erase", "explain", "complain", "correct", "inspect", "copy")
OFF_PAGE_WAYS = tuple(way for way in WAYS if way != ONLINE)
SLICE = 50


@action("request:ask")
def ask(act: Act, submission_ref: str, kind: str, said: str) -> dict[str, str]:
    """A person asks on his status page. Returns {"request": ref, "number": …}. Raises NotFound, Invalid beside `kind`
    and `words`, Conflict("rights_open")."""
    submission = filings.submission(submission_ref)
    if submission is None:
        raise NotFound("not_found")
    faults = [] if kind in ON_PAGE else [Fault("kind", "choose")]
    faults += _word_faults("words", said, needed=kind in ("explain", "complain", "correct"))
    if faults:
        raise Invalid(faults=faults)
    lock(Submission, [submission.id])
    standing = RightsRequest.get_or_none(
        RightsRequest.submission_ref == submission_ref, RightsRequest.kind == kind, RightsRequest.state == states.OPEN
    )
    if standing is not None:
        raise Conflict("rights_open", number=standing.number)
    ref = crypto.new_ref()
    row = _open(act, ref, kind, ONLINE, words.seal_asked(ref, said.strip()), submission)
    return {"request": row.ref, "number": row.number}


@action("request:enter")
def enter(
    act: Act,
    kind: str,
    way: str,
    number: str,
    asker: dict[str, str],
    paper: Accepted | None = None,
) -> dict[str, str]:
    """An officer enters what came by letter, at a counter or by telephone. `asker`: {"words", "asked_by", "contact",
    "relation"}; `number` is that of a submission of whoever's data are meant, '' where none is known. Returns as `ask`.
    Raises Invalid beside each field, `number` where there is no such submission."""
    faults = [] if kind in REQUEST_KINDS else [Fault("kind", "choose")]
    faults += [] if way in OFF_PAGE_WAYS else [Fault("way", "choose")]
    faults += _word_faults("words", asker["words"], needed=True)
    for name, needed in (("asked_by", True), ("contact", True), ("relation", kind == RELATIVE)):
        faults += _word_faults(name, asker[name], needed=needed, longest=states.NAME_LONGEST)
    submission = filings.by_number(number) if number.strip() else None
    if number.strip() and submission is None:
        faults.append(Fault("number", "no_such_number"))
    if faults:
        raise Invalid(faults=faults)
    kept = files.keep(act, "proof", paper.media_type, paper.content, name=paper.name) if paper is not None else None
    ref = crypto.new_ref()
    plain = {name: said.strip() for name, said in asker.items()}
    row = _open(act, ref, kind, way, words.seal_asked(ref, **plain), submission, kept.id if kept else None)
    return {"request": row.ref, "number": row.number}


def _open(
    act: Act, ref: str, kind: str, way: str, asked: bytes, submission: Submission | None, paper: int | None = None
) -> RightsRequest:
    due = calendar.after_working_days(act.now, states.DUE_DAYS)
    row = RightsRequest.create(
        ref=ref,
        number=_new_number(),
        kind=kind,
        way=way,
        state=states.next_state(states.NONE, states.ASK),
        person=submission.person_id if submission else None,
        submission_ref=submission.ref if submission else None,
        asked=asked,
        paper=paper,
        opened_at=act.now,
        due_at=due,
        opened_account=act.actor.account_id,
        act_id=act.id,
    )
    note_step(act, row, states.ASK)
    record(act, "request:opened", ref)
    params = {"request": row.number, "kind": kind, "until": clock.last_date(due).isoformat()}
    tell_platform(act, "request-raised", subject=ref, params=params)
    # Of somebody who has died nothing is sent to his phone (filings.telling).
    if submission is not None and kind != RELATIVE:
        tell_person(act, "request-received", submission, params={"number": submission.number, **params})
    return row


def _new_number() -> str:
    """A reference people can read out, as RQ-7K2F-93QD; its last character guards the others."""
    code = with_check(random_code(7))
    return f"RQ-{code[:4]}-{code[4:]}"


@action("request:take-back")
def take_back(act: Act, submission_ref: str, ref: str) -> dict[str, str]:
    """Whoever asked on his page wants it no more. Raises NotFound, Conflict("rights_over")."""
    row = of_submission_one(submission_ref, ref)
    row = _held(row)
    _move(act, row, states.TAKE_BACK, decided_at=act.now)
    return {"request": ref}


@action("request:answer")
def answer(
    act: Act, ref: str, granted: bool | None, reasons: list[str], said: str, version: int | None
) -> dict[str, str]:
    """An officer grants or refuses. A refusal names its reasons and says them in words; whoever is told so may go to
    the authority or to court. Raises NotFound, Invalid beside `decision`, `reason`, `words`, Conflict: `stale`,
    `rights_over`."""
    row = _held(one(ref))
    faults = [Fault("decision", "rights_decision")] if granted is None else []
    if granted is False and (not reasons or not set(reasons) <= set(states.REASONS)):
        faults.append(Fault("reason", "rights_reason"))
    faults += _word_faults("words", said, needed=True)
    if faults:
        raise Invalid(faults=faults)
    if row.version != version:
        raise Conflict("stale")
    _move(
        act,
        row,
        states.GRANT if granted else states.REFUSE,
        reasons=None if granted else [f"request:{code}" for code in reasons],
        answer=words.seal_answer(ref, said.strip()),
        decided_at=act.now,
        decided_account=act.actor.account_id,
    )
    submission = filings.submission(row.submission_ref) if row.submission_ref else None
    if submission is not None and row.kind != RELATIVE:
        decision = "granted" if granted else "refused"
        params = {"number": submission.number, "request": row.number, "kind": row.kind, "answer": decision}
        tell_person(act, "request-answered", submission, params=params)
    return {"request": ref}


def _word_faults(field: str, said: str, *, needed: bool, longest: int = states.WORDS_LONGEST) -> list[Fault]:
    if not said.strip():
        return [Fault(field, "missing")] if needed else []
    return [Fault(field, "too_long", {"maximum": longest})] if len(said.strip()) > longest else []


def _held(row: RightsRequest) -> RightsRequest:
    lock(RightsRequest, [row.id])
    return RightsRequest.get_by_id(row.id)


def _move(act: Act, row: RightsRequest, action_name: str, **columns: Any) -> None:
    row.state = states.next_state(row.state, action_name)
    changes = {"state": row.state, "act_id": act.id, "version": row.version + 1, **columns}
    RightsRequest.update(**changes).where(RightsRequest.id == row.id).execute()
    note_step(act, row, action_name)
    record(act, f"request:{row.state}", row.ref, fields=["state"])


def note_step(act: Act, row: RightsRequest, action_name: str) -> None:
    """Step: what became of a request."""
    RightsStep.create(request=row.id, act_id=act.id, at=act.now, action=action_name, state=row.state)


def open_erasure(person_id: int) -> str:
    """Ref of this person's request to be erased that waits for an answer, '' where there is none."""
    row = RightsRequest.get_or_none(
        RightsRequest.person == person_id, RightsRequest.kind == ERASE, RightsRequest.state == states.OPEN
    )
    return row.ref if row else ""


def erased(act: Act, ref: str) -> None:
    """Step of an erasure: what was asked for is done. Who is erased has no page any more; his certificate says it."""
    row = RightsRequest.get_or_none(RightsRequest.ref == ref, RightsRequest.state == states.OPEN)
    if row is not None:
        _move(act, row, states.GRANT, decided_at=act.now, decided_account=act.actor.account_id)


# Reading --------------------------------------------------------------------------------------------------------

PAGE = 30
SHOWN_OPEN, SHOWN_OVERDUE, SHOWN_CLOSED = SHOWN = ("open", "overdue", "closed")


def one(ref: str) -> RightsRequest:
    """For officers. Raises NotFound."""
    row = RightsRequest.get_or_none(RightsRequest.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def of_submissions(refs: list[str]) -> list[RightsRequest]:
    """What was asked of these, newest first."""
    return list(RightsRequest.select().where(RightsRequest.submission_ref << refs).order_by(RightsRequest.id.desc()))


def of_submission_one(submission_ref: str, ref: str) -> RightsRequest:
    """Raises NotFound."""
    row = RightsRequest.get_or_none(RightsRequest.ref == ref, RightsRequest.submission_ref == submission_ref)
    if row is None:
        raise NotFound("not_found")
    return row


def listed(shown: str, *, after: int | None = None) -> list[RightsRequest]:
    """The desk: what is open by its deadline, closed ones newest first. `after`: id of the last row of the page
    before; of what is open all is one page, because little ever is."""
    query = _shown(shown)
    if shown != SHOWN_CLOSED:
        return list(query.order_by(RightsRequest.due_at, RightsRequest.id))
    query = query.where(RightsRequest.id < after) if after is not None else query
    return list(query.order_by(RightsRequest.id.desc()).limit(PAGE))


def _shown(shown: str) -> Any:
    if shown == SHOWN_CLOSED:
        return RightsRequest.select().where(RightsRequest.state != states.OPEN)
    query = RightsRequest.select().where(RightsRequest.state == states.OPEN)
    return query.where(RightsRequest.overdue_at.is_null(False)) if shown == SHOWN_OVERDUE else query


def counts() -> dict[str, int]:
    return {shown: _shown(shown).count() for shown in SHOWN}


def waiting() -> Any:
    """What waits for an answer, to be counted."""
    return _shown(SHOWN_OPEN)


def steps(row: RightsRequest) -> list[RightsStep]:
    return list(RightsStep.select().where(RightsStep.request == row.id).order_by(RightsStep.id))


@action("request:read-paper")
def read_paper(act: Act, ref: str) -> dict[str, str]:
    """Record that an officer opens the letter or the proof. Raises NotFound."""
    row = one(ref)
    record(act, "request-paper:read", ref)
    if row.submission_ref:
        readings.note(act, readings.PAPER_READ, [row.submission_ref])
    return {"request": ref}


def paper_of(row: RightsRequest) -> StoredFile:
    """Raises NotFound."""
    if row.paper_id is None:
        raise NotFound("not_found")
    return StoredFile.get_by_id(row.paper_id)

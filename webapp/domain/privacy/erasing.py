"""Erasing one person: proposed by one officer, carried out by another's yes; or by the term of retention.

The database refuses proposer = confirmer, and anything in force, on its way or held (schema). Within one transaction
the erasure is confirmed, everything is emptied, the certificate issued, and the erasure done; what is left on disk,
the list that outlives copies, and the room the database may give back are the job `finish-erasure`.
"""

from __future__ import annotations

from typing import Any

from webapp import clock, crypto
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.closings import ending
from webapp.domain.files import documents
from webapp.domain.files.models import IssuedDocument
from webapp.domain.filings.models import OPEN_FILING_STATES, Filing
from webapp.domain.jobs import actions as jobs
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.privacy import emptying, obstacles, reach, rights_desk
from webapp.domain.privacy.models import (
    ASKED,
    CONFIRMED,
    DONE,
    PROPOSED,
    REJECTED,
    REPLAYED,
    RETENTION,
    Erasure,
    LegalHold,
)
from webapp.domain.registry.models import Person, Vehicle
from webapp.errors import Conflict, NotAllowed, NotFound
from webapp.values.codes import random_code, with_check

FINISH = "finish-erasure"
CERTIFICATE = "erasure_certificate"
NOTE_LONGEST = 500


def one(ref: str) -> Erasure:
    """Raises NotFound."""
    found = Erasure.get_or_none(Erasure.ref == ref)
    if found is None:
        raise NotFound("not_found")
    return found


def note_of(erasure: Erasure) -> str:
    return crypto.unseal(erasure.note, "erasure", "note", erasure.ref) if erasure.note else ""


@action("erasure:propose")
def propose(
    act: Act, person_ref: str, *, note: str = "", request_ref: str = "", locale: str = "zh_Hant_MO"
) -> dict[str, str]:
    """An officer asks for everything of this person to be erased. Returns {"erasure": ref, "number": …}. `locale` is
    that of the certificate; a request of his that waits at the desk is granted with it. Raises NotFound, Conflict
    `erasure_blocked` (obstacles: codes of obstacles.py) or `erasure_proposed`."""
    person = _held(person_ref)
    _refuse_obstacles(person.id)
    if Erasure.select().where(Erasure.person == person.id, Erasure.state == PROPOSED).exists():
        raise Conflict("erasure_proposed")
    asked = request_ref or rights_desk.open_erasure(person.id)
    row = _make(act, person, ASKED, PROPOSED, request_ref=asked, locale=locale)
    words = note.strip()[:NOTE_LONGEST]
    if words:
        Erasure.update(note=crypto.seal(words, "erasure", "note", row.ref)).where(Erasure.id == row.id).execute()
    record(act, "erasure:proposed", row.ref)
    return {"erasure": row.ref, "number": row.number}


@action("erasure:confirm")
def confirm(act: Act, erasure_ref: str) -> dict[str, Any]:
    """Another officer says yes: it is done at once. Returns {"erasure", "number", "certificate", "counts"}.
    Raises NotFound, NotAllowed `same_person`, Conflict `erasure_over`, `erasure_blocked`."""
    row = _open(act, erasure_ref)
    if act.actor.account_id is None or row.proposed_by == act.actor.account_id:
        raise NotAllowed("same_person")
    person: Person = Person.get_by_id(row.person_id)
    lock(Person, [person.id])
    _refuse_obstacles(person.id)
    _confirm(act, row, confirmed_by=act.actor.account_id)
    code = documents.issue(act, CERTIFICATE, row.ref, row.locale)
    return _carry_out(act, row, person, code)


@action("erasure:reject")
def reject(act: Act, erasure_ref: str) -> dict[str, str]:
    """An officer, also the one who proposed it, takes it away. Raises NotFound, Conflict `erasure_over`."""
    row = _open(act, erasure_ref)
    Erasure.update(
        state=REJECTED, ended_at=act.now, ended_on=clock.local_date(act.now), note=None, act_id=act.id
    ).where(Erasure.id == row.id).execute()
    record(act, "erasure:rejected", row.ref)
    return {"erasure": row.ref}


@action("erasure:by-retention")
def by_retention(act: Act, person_ref: str) -> dict[str, Any]:
    """Everything of his has been over for as long as it is kept. Raises NotFound, Conflict `erasure_blocked`."""
    person = _held(person_ref)
    _refuse_obstacles(person.id)
    for row in Erasure.select().where(Erasure.person == person.id, Erasure.state == PROPOSED):
        raise Conflict("erasure_proposed", erasure=row.ref)
    row = _make(act, person, RETENTION, PROPOSED)
    _confirm(act, row)
    return _carry_out(act, row, person, "")


@action("erasure:replay")
def replay(act: Act, person_ref: str, erasure_ref: str, number: str, certificate: str) -> dict[str, Any]:
    """A copy brought back whoever had been erased (backups.settling): what was in force or on its way then ends, holds
    are over, and he is erased again under the number and with the certificate that he has. Returns as confirm, with
    "files". Raises NotFound."""
    person = _held(person_ref)
    _end_everything(act, person.id)
    _take_away(act, (Erasure.person == person.id) & (Erasure.state == PROPOSED))
    row = _make(act, person, REPLAYED, PROPOSED, ref=erasure_ref, number=number)
    _confirm(act, row)
    if certificate and documents.document(certificate) is None:
        IssuedDocument.create(
            code=certificate, kind=CERTIFICATE, subject=erasure_ref, locale="zh_Hant_MO", issued_at=act.now
        )
        jobs.enqueue(act, documents.RENDER, certificate)
    return _carry_out(act, row, person, certificate)


def _end_everything(act: Act, person_id: int) -> None:
    entries = Entry.select(Entry.id).where(Entry.person == person_id, Entry.state << IN_FORCE)
    filings = Filing.select(Filing.id).where(Filing.person == person_id, Filing.state << OPEN_FILING_STATES)
    ending.end(
        act,
        entries=[found for (found,) in entries.tuples()],
        filings=[found for (found,) in filings.tuples()],
        cause="requested",
        reason="person:erased",
        news=None,
    )
    LegalHold.update(lifted_at=act.now).where(LegalHold.person == person_id, LegalHold.lifted_at.is_null()).execute()


def _held(person_ref: str) -> Person:
    person = Person.get_or_none(Person.ref == person_ref)
    if person is None:
        raise NotFound("not_found")
    lock(Person, [person.id])
    return Person.get_by_id(person.id)


def _refuse_obstacles(person_id: int) -> None:
    standing = obstacles.of(person_id)
    if standing:
        raise Conflict("erasure_blocked", obstacles=standing)


def _open(act: Act, erasure_ref: str) -> Erasure:
    row = one(erasure_ref)
    lock(Erasure, [row.id])
    row = Erasure.get_by_id(row.id)
    if row.state != PROPOSED:
        raise Conflict("erasure_over")
    return row


def _take_away(act: Act, which: Any) -> None:
    today = clock.local_date(act.now)
    Erasure.update(state=REJECTED, ended_at=act.now, ended_on=today, note=None, act_id=act.id).where(which).execute()


def _make(act: Act, person: Person, cause: str, state: str, **more: Any) -> Erasure:
    code = with_check(random_code(7))
    facts = {"ref": crypto.new_ref(), "number": f"SC-{code[:4]}-{code[4:]}"} | more
    made: Erasure = Erasure.create(
        person=person.id,
        cause=cause,
        state=state,
        proposed_by=act.actor.account_id,
        proposed_at=act.now,
        act_id=act.id,
        **facts,
    )
    return made


def _confirm(act: Act, row: Erasure, confirmed_by: int | None = None) -> None:
    """From here to `_carry_out` the database lets what is frozen be emptied."""
    Erasure.update(
        state=CONFIRMED,
        confirmed_by=confirmed_by,
        ended_at=act.now,
        ended_on=clock.local_date(act.now),
        note=None,
        act_id=act.id,
    ).where(Erasure.id == row.id).execute()


def _carry_out(act: Act, row: Erasure, person: Person, certificate: str) -> dict[str, Any]:
    kept = reach.of(person.id)
    lock(Vehicle, kept.vehicles)
    if row.request_ref:
        rights_desk.erased(act, row.request_ref)
    gone = emptying.empty(act, kept)
    Erasure.update(state=DONE, counts=gone.counts, certificate=certificate).where(Erasure.id == row.id).execute()
    record(act, "person:erased", person.ref)
    record(act, "erasure:done", row.ref)
    jobs.enqueue(act, FINISH, row.ref, params={"files": gone.files})
    return {
        "erasure": row.ref,
        "number": row.number,
        "certificate": certificate,
        "counts": gone.counts,
        "files": gone.files,
    }

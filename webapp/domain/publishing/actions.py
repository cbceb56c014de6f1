"""Publishing editions: drafted, seen beside what is in force, then published, or proposed and confirmed by another.

An edition holds for what is submitted from its day on: a submission keeps the version it was made under, and whoever
read an older wording is answered `text_changed` with the new one when he signs.
"""

from __future__ import annotations

from webapp import clock, crypto
from webapp.database import lock, pass_gate
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.editions import queries, states
from webapp.domain.editions.models import LEGAL, PERSONAL, POLICY, PRIVACY, UNIT, Edition
from webapp.domain.pledges import policy, texts
from webapp.domain.publishing import contents, privacy_telling
from webapp.domain.publishing.contents import Content
from webapp.domain.units.telling import tell_platform
from webapp.errors import Conflict, Invalid, NotAllowed

#: Numbers are given, and editions confirmed, by one officer at a time.
GATE = 7_205_021
NOTE_LONGEST = 1000


@action("edition:draft")
def draft(
    act: Act, subject: str, content: Content, effective_on: str, note: str, base: int, source: str = ""
) -> dict[str, str]:
    """Keep a new edition as typed, for looking at. `base`: the newest confirmed edition when the form was drawn;
    `source`: one's own draft that this one replaces. Raises Invalid with every fault, Conflict(`edition_outdated`)."""
    day, found = contents.effective_faults(effective_on)
    found += contents.faults(subject, content)
    if len(note.strip()) > NOTE_LONGEST:
        found.append(contents.Fault("note", "too_long", {"maximum": NOTE_LONGEST}))
    if found or day is None:
        raise Invalid(faults=found)
    pass_gate(GATE, alone=True)
    if base != _newest(subject):
        raise Conflict("edition_outdated")
    if content == upcoming(subject):
        raise Invalid("edition_unchanged")
    if source:
        old = _held(source)
        _own(act, old)
        if old.subject != subject:
            raise Conflict("edition_over")
        _move(act, old, states.DROP, old.version)
    ref = crypto.new_ref()
    Edition.create(
        ref=ref,
        subject=subject,
        number=queries.next_number(subject),
        base=base,
        content=content,
        state=states.next_state("", states.DRAFT),
        effective_on=day,
        note=_sealed(ref, "note", note),
        proposed_by_id=act.actor.account_id,
        made_at=act.now,
        act_id=act.id,
    )
    record(act, "edition:drafted", ref)
    return {"edition": ref}


@action("edition:propose")
def propose(act: Act, ref: str, version: int) -> dict[str, str]:
    """Ask another officer to confirm a legal text. Raises Conflict(`edition_waits`) while another one waits."""
    row = _held(ref)
    _own(act, row)
    if row.subject not in LEGAL:
        raise Conflict("edition_over")
    _up_to_date(row)
    waiting = queries.open_of(row.subject)
    if waiting is not None and waiting.id != row.id:
        raise Conflict("edition_waits")
    _move(act, row, states.PROPOSE, version)
    tell_platform(act, "edition-proposed", subject=ref, params={"subject": row.subject})
    return {"edition": ref}


@action("edition:publish")
def publish(act: Act, ref: str, version: int) -> dict[str, str]:
    """Put an edition of policy, channels or holidays in force from its day on."""
    row = _held(ref)
    _own(act, row)
    if row.subject in LEGAL:
        raise NotAllowed("same_person")
    _take_effect(act, row, states.PUBLISH, version)
    return {"edition": ref}


@action("edition:confirm")
def confirm(act: Act, ref: str, version: int) -> dict[str, str]:
    """A second officer's yes to a legal text. Raises NotAllowed(`same_person`), Conflict(`edition_outdated`)."""
    row = _held(ref)
    account = act.actor.account_id
    if account is None or account == row.proposed_by_id:
        raise NotAllowed("same_person")
    _take_effect(act, row, states.CONFIRM, version, confirmed_by_id=account)
    return {"edition": ref}


@action("edition:reject")
def reject(act: Act, ref: str, words: str, version: int) -> dict[str, str]:
    """Another officer says no, with his words for whoever proposed it. Raises Invalid beside `note`,
    NotAllowed(`same_person`)."""
    if not words.strip():
        raise Invalid("reason_needed", field="note")
    if len(words.strip()) > NOTE_LONGEST:
        raise Invalid("too_long", field="note", maximum=NOTE_LONGEST)
    row = _held(ref)
    if act.actor.account_id == row.proposed_by_id:
        raise NotAllowed("same_person")
    _move(act, row, states.REJECT, version, answer=_sealed(ref, "answer", words), decided_at=act.now)
    return {"edition": ref}


@action("edition:withdraw")
def withdraw(act: Act, ref: str, version: int) -> dict[str, str]:
    """Whoever proposed it takes it back. Raises NotAllowed(`not_yours`)."""
    row = _held(ref)
    _own(act, row)
    _move(act, row, states.WITHDRAW, version, decided_at=act.now)
    return {"edition": ref}


@action("edition:drop")
def drop(act: Act, ref: str, version: int) -> dict[str, str]:
    """Put one's own draft away. Raises NotAllowed(`not_yours`)."""
    row = _held(ref)
    _own(act, row)
    _move(act, row, states.DROP, version)
    return {"edition": ref}


@action("edition:cancel")
def cancel(act: Act, ref: str, version: int) -> dict[str, str]:
    """Take back what is confirmed and not in force yet. Raises Conflict(`edition_in_force`)."""
    row = _held(ref)
    if row.effective_from is not None and row.effective_from <= act.now:
        raise Conflict("edition_in_force")
    _move(act, row, states.CANCEL, version, decided_at=act.now)
    if row.subject in (PERSONAL, UNIT):
        texts.take_back(row.subject, row.number)
    elif row.subject == POLICY:
        policy.take_back(row.effective_from)
    return {"edition": ref}


def upcoming(subject: str) -> Content:
    """The content that the next edition builds on and is compared with."""
    row = queries.newest_confirmed(subject)
    return row.content if row is not None else contents.first(subject)


def _newest(subject: str) -> int:
    row = queries.newest_confirmed(subject)
    return row.number if row is not None else 0


def _held(ref: str) -> Edition:
    row = queries.one(ref)
    pass_gate(GATE, alone=True)
    lock(Edition, [row.id])
    return Edition.get_by_id(row.id)


def _own(act: Act, row: Edition) -> None:
    if row.proposed_by_id != act.actor.account_id:
        raise NotAllowed("not_yours")


def _up_to_date(row: Edition) -> None:
    """What was compared is what is still to be replaced."""
    if row.base != _newest(row.subject):
        raise Conflict("edition_outdated")


def _take_effect(act: Act, row: Edition, action_name: str, version: int, **columns: object) -> None:
    states.next_state(row.state, action_name)
    _up_to_date(row)
    # Never in the past: what was signed before this moment was signed under the older edition.
    begins = max(clock.start_of_day(row.effective_on), act.now)
    newest = queries.newest_confirmed(row.subject)
    if newest is not None and newest.effective_from >= begins:
        raise Conflict("edition_before")
    _move(act, row, action_name, version, effective_from=begins, decided_at=act.now, **columns)
    if row.subject in (PERSONAL, UNIT):
        texts.publish(row.subject, row.number, row.content["texts"], begins, sample=row.content["sample"])
    elif row.subject == POLICY:
        policy.publish(row.content["rules"], begins, household_driver=contents.household_driver(row.content))
    elif row.subject == PRIVACY:
        privacy_telling.owe(act, queries.one(row.ref))


def _move(act: Act, row: Edition, action_name: str, version: int, **columns: object) -> None:
    if row.version != version:
        raise Conflict("stale")
    state = states.next_state(row.state, action_name)
    changes = {"state": state, "act_id": act.id, "version": version + 1, **columns}
    Edition.update(**changes).where(Edition.id == row.id).execute()
    record(act, f"edition:{state}", row.ref, fields=["state"])


def _sealed(ref: str, column: str, words: str) -> bytes | None:
    return crypto.seal(words.strip(), "edition", column, ref) if words.strip() else None

"""What changes a unit and needs a second person's yes: proposed by one, confirmed by another (design 3).

Deregistering, a change of the data it was certified with, hand-over to another manager, recovery of its account.
A unit, or somebody without an account, may *ask*; an officer takes that up as his own proposal, another confirms. What
a manager proposes for his own unit is open at once: the officer is the second person. The steps here are shared by the
actions that say what confirming each kind does (closings.deregistering, closings.recertifying, units.handing_over).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp import crypto
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.files.models import StoredFile
from webapp.domain.units import queries, telling
from webapp.domain.units.models import RECOVER, Unit, UnitProposal
from webapp.errors import Conflict, Invalid, NotAllowed, NotFound

ASK, PROPOSE, CONFIRM, REJECT, WITHDRAW, LAPSE = "ask", "propose", "confirm", "reject", "withdraw", "lapse"
ASKED, OPEN = "asked", "open"
WAITING = (ASKED, OPEN)
NOTE_LONGEST = 1000
PAGE = 30

#: (state, action) -> next state. This table is all there is; the state before the first is "".
TRANSITIONS: dict[tuple[str, str], str] = {
    ("", ASK): ASKED,
    ("", PROPOSE): OPEN,
    (ASKED, PROPOSE): OPEN,
    (ASKED, REJECT): "rejected",
    (ASKED, WITHDRAW): "withdrawn",
    (ASKED, LAPSE): "lapsed",
    (OPEN, CONFIRM): "confirmed",
    (OPEN, REJECT): "rejected",
    (OPEN, WITHDRAW): "withdrawn",
    (OPEN, LAPSE): "lapsed",
}
ACTIONS = (ASK, PROPOSE, CONFIRM, REJECT, WITHDRAW, LAPSE)


def next_state(state: str, action_name: str) -> str:
    """The state after `action_name`. Raises Conflict(`proposal_over`) where the table has none."""
    if (state, action_name) not in TRANSITIONS:
        raise Conflict("proposal_over", state=state, action=action_name)
    return TRANSITIONS[state, action_name]


# Reading ------------------------------------------------------------------------------------------------------


def one(ref: str, unit_id: int | None = None) -> UnitProposal:
    """A proposal, of this unit where one is named. Raises NotFound."""
    row = UnitProposal.get_or_none(UnitProposal.ref == ref)
    if row is None or unit_id not in (None, row.unit_id):
        raise NotFound("not_found")
    return row


def waiting(unit_id: int | None = None, kind: str = "") -> list[UnitProposal]:
    """What waits for somebody's decision, of one unit or of all, oldest first."""
    query = UnitProposal.select().where(UnitProposal.state << WAITING)
    if unit_id is not None:
        query = query.where(UnitProposal.unit == unit_id)
    if kind:
        query = query.where(UnitProposal.kind == kind)
    return list(query.order_by(UnitProposal.id))


def last_rejected(unit_id: int) -> UnitProposal | None:
    """What the unit wished last and was refused, as long as it wished nothing else since."""
    row = UnitProposal.select().where(UnitProposal.unit == unit_id).order_by(UnitProposal.id.desc()).first()
    return row if row is not None and row.by_unit and row.state == "rejected" else None


def undecided() -> Any:
    """What waits for a second person, to be counted."""
    return UnitProposal.select().where(UnitProposal.state << WAITING)


def ended(before: int | None = None) -> list[UnitProposal]:
    """What was decided, newest first; `before` is the last id seen."""
    query = UnitProposal.select().where(UnitProposal.state.not_in(WAITING))
    if before is not None:
        query = query.where(UnitProposal.id < before)
    return list(query.order_by(UnitProposal.id.desc()).limit(PAGE))


def by_link(link_ref: str) -> UnitProposal | None:
    """The confirmed proposal whose new manager this link lets in."""
    return UnitProposal.get_or_none(UnitProposal.link_ref == link_ref)


def link_refs(unit_id: int) -> set[str]:
    """Links to new managers of a unit: the unit neither sees nor revokes them."""
    rows = UnitProposal.select(UnitProposal.link_ref).where(
        UnitProposal.unit == unit_id, UnitProposal.link_ref.is_null(False)
    )
    return {found for (found,) in rows.tuples()}


def paper(row: UnitProposal, field: str) -> StoredFile | None:
    """The stored `proof` or `authorisation` of a proposal, without its content."""
    file_id = {"proof": row.proof_id, "authorisation": row.authorisation_id}.get(field)
    return None if file_id is None else StoredFile.get_by_id(file_id)


def note(row: UnitProposal) -> str:
    return crypto.unseal(row.note, "unit_proposal", "note", row.ref) if row.note else ""


def answer(row: UnitProposal) -> str:
    return crypto.unseal(row.answer, "unit_proposal", "answer", row.ref) if row.answer else ""


def details(row: UnitProposal) -> dict[str, Any]:
    return crypto.unseal(row.details, "unit_proposal", "details", row.ref) if row.details else {}


# Steps --------------------------------------------------------------------------------------------------------


def begin(
    act: Act,
    unit: Unit,
    kind: str,
    action_name: str,
    *,
    reasons: Sequence[str] = (),
    words: str = "",
    details: dict[str, Any] | None = None,
    **columns: Any,
) -> UnitProposal:
    """Step: ask for or propose something for a held unit; the platform is told. Raises Conflict(`proposal_waits`) when
    the same is open already."""
    state = next_state("", action_name)
    if any(row.state == OPEN or (state == ASKED and kind != RECOVER) for row in waiting(unit.id, kind)):
        raise Conflict("proposal_waits")
    ref = crypto.new_ref()
    row = UnitProposal.create(
        ref=ref,
        unit=unit.id,
        kind=kind,
        state=state,
        reasons=list(reasons) or None,
        note=sealed_words(ref, "note", words),
        details=crypto.seal(details, "unit_proposal", "details", ref) if details else None,
        asked_at=act.now,
        proposed_by=act.actor.account_id if state == OPEN else None,
        act_id=act.id,
        **columns,
    )
    record(act, f"unit-proposal:{state}", ref, unit_id=unit.id)
    telling.tell_platform(act, "proposal-made", subject=ref, params={"unit": unit.name, "proposal": kind})
    return row


def sealed_words(ref: str, column: str, words: str) -> bytes | None:
    """Words for a column of the row. Raises Invalid beside `note`."""
    said = words.strip()
    if len(said) > NOTE_LONGEST:
        raise Invalid("too_long", field="note", maximum=NOTE_LONGEST)
    return crypto.seal(said, "unit_proposal", column, ref) if said else None


def held(ref: str, *, unit_id: int | None = None) -> tuple[UnitProposal, Unit]:
    """Step: a proposal and its unit, locked with the successor. Raises NotFound."""
    row = one(ref, unit_id)
    lock(Unit, [found for found in (row.unit_id, row.successor_id) if found is not None])
    lock(UnitProposal, [row.id])
    return UnitProposal.get_by_id(row.id), queries.by_id(row.unit_id)


def move(act: Act, row: UnitProposal, action_name: str, version: int, **columns: Any) -> None:
    """Step: take a held proposal along its life. Raises Conflict `stale`, `proposal_over`, NotAllowed `same_person`
    when who proposed it would decide it himself."""
    if row.version != version:
        raise Conflict("stale")
    state = next_state(row.state, action_name)
    account = act.actor.account_id
    own = account is not None and account == row.proposed_by
    if (action_name == CONFIRM and account is None) or (action_name in (CONFIRM, REJECT) and own):
        raise NotAllowed("same_person")
    changes: dict[str, Any] = {"state": state, "act_id": act.id, "version": version + 1, **columns}
    if action_name == PROPOSE:
        changes["proposed_by"] = account
    else:
        changes |= {"decided_by": account, "decided_at": act.now}
    UnitProposal.update(**changes).where(UnitProposal.id == row.id).execute()
    record(act, f"unit-proposal:{state}", row.ref, unit_id=row.unit_id, fields=["state"])
    row.state, row.version = state, version + 1


def lapse(act: Act, unit: Unit) -> None:
    """Step: whatever else was proposed for a unit that is deregistered comes to nothing."""
    for row in waiting(unit.id):
        lock(UnitProposal, [row.id])
        move(act, row, LAPSE, row.version)


# Actions ------------------------------------------------------------------------------------------------------


@action("unit-proposal:reject")
def reject(act: Act, ref: str, words: str, version: int) -> dict[str, str]:
    """An officer says no, with his words; the unit is told. Raises Invalid beside `note`."""
    if not words.strip():
        raise Invalid("reason_needed", field="note")
    row, unit = held(ref)
    move(act, row, REJECT, version, answer=sealed_words(row.ref, "answer", words))
    telling.tell_unit(act, "proposal-rejected", unit, subject=row.ref, params={"unit": unit.name, "proposal": row.kind})
    return {"unit": unit.ref}


@action("unit-proposal:withdraw")
def withdraw(act: Act, ref: str, version: int, unit_id: int | None = None) -> dict[str, str]:
    """Whoever proposed it takes it back: a unit (`unit_id`) what it asked or proposed itself, an officer what he
    proposed. Raises NotFound, NotAllowed(`not_yours`)."""
    row, unit = held(ref, unit_id=unit_id)
    move(act, row, WITHDRAW, version)
    if not (row.by_unit if unit_id is not None else row.proposed_by == act.actor.account_id):
        raise NotAllowed("not_yours")
    return {"unit": unit.ref}


@action("unit-proposal-file:read")
def read_file(act: Act, ref: str, field: str) -> dict[str, int]:
    """Record that somebody opens a paper of a proposal. Raises NotFound."""
    row = one(ref)
    file = paper(row, field)
    if file is None:
        raise NotFound("not_found")
    record(act, f"unit-{field}:read", file.ref, unit_id=row.unit_id)
    return {"file": file.id}

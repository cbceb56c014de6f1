"""From what an officer typed to a proposal: staged and looked at, near matches decided, proposed, taken back, rejected.

One sanction or a whole batch: every act takes `Which`. Nothing here changes the list; confirming does (closings).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp import clock, crypto
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record, record_rows
from webapp.domain.registry import tokens
from webapp.domain.sanctions import batch_files, matching, particulars, sanction_states
from webapp.domain.sanctions.models import (
    CONFIRMED,
    DIFFERENT,
    DROPPED,
    HANDED_IN,
    MATCH,
    PROPOSED,
    READY,
    REJECTED,
    RETRACTED,
    STAGED,
    Sanction,
    SanctionBatch,
    SanctionFault,
    SanctionNear,
    SanctionStep,
    SanctionSubject,
)
from webapp.domain.sanctions.particulars import Particulars
from webapp.domain.units.telling import tell_platform
from webapp.errors import Conflict, Fault, Invalid, NotAllowed, NotFound
from webapp.row_sets import insert_rows, literal
from webapp.values.codes import random_code, with_check

NOTE_LONGEST = 1000


@dataclass(frozen=True)
class Which:
    """One sanction (`ref`, in the `version` that was shown), or all of a batch that stand where the act begins
    (`expected` of them: more or fewer by then is Conflict("count_changed"))."""

    ref: str = ""
    version: int | None = None
    batch: str = ""
    expected: int | None = None


@action("sanction:stage")
def stage(act: Act, typed: Mapping[str, str]) -> dict[str, str]:
    """Keep one sanction as it was typed, to be looked at. Returns {"sanction": ref}. Raises Invalid (every fault),
    Conflict("sanction_known", number) where this decision about the same numbers was handed in before."""
    officer(act)
    found, faults = particulars.read(typed, clock.today())
    if found is None:
        raise Invalid(faults=faults)
    known = standing(found.identity)
    if known is not None:
        raise Conflict("sanction_known", number=known.number)
    ref = keep(act, [(None, found)])[0]
    matching.find_near(Sanction.ref == ref)
    record(act, "sanction:staged", ref)
    return {"sanction": ref}


@action("sanction:drop")
def drop(act: Act, which: Which) -> dict[str, int]:
    """Put away what was only staged: nothing of it stays but the record. Returns {"dropped": n}."""
    officer(act)
    ids = held(which, sanction_states.DROP, STAGED)
    forget(act, ids)
    if which.batch:
        batch = batch_of(which.batch)
        SanctionFault.delete().where(SanctionFault.batch == batch.id).execute()
        _move_batch(act, batch, DROPPED)
        batch_files.drop([batch])
    return {"dropped": len(ids)}


@action("sanction:decide-near")
def decide_near(act: Act, near_ref: str, decision: str) -> dict[str, str]:
    """A human says whether somebody like whom a sanction names is the same. Returns {"sanction": ref}.

    Of somebody who came when it was proposed already, one officer may say that it is another one. Where he is the
    same, the decision is staged once more with his document, and goes the way of two officers; its ref is returned.
    Raises NotFound, Invalid, Conflict(`sanction_state`, `sanction_known`)."""
    near = SanctionNear.get_or_none(SanctionNear.ref == near_ref)
    if near is None:
        raise NotFound("not_found")
    if decision not in (MATCH, DIFFERENT):
        raise Invalid("choose", field="decision")
    lock(Sanction, [near.sanction_id])
    sanction = Sanction.get_by_id(near.sanction_id)
    late = sanction.state in (PROPOSED, CONFIRMED) and near.decision is None
    if sanction.state != STAGED and not late:
        raise Conflict("sanction_state", state=sanction.state, action="decide-near")
    if late and decision == MATCH:
        return {"sanction": _named_too(act, sanction, near.person_id)}
    SanctionNear.update(decision=decision, decided_by=officer(act), decided_at=act.now).where(
        SanctionNear.id == near.id
    ).execute()
    record(act, f"sanction-near:{decision}", sanction.ref)
    return {"sanction": sanction.ref}


def _named_too(act: Act, sanction: Sanction, person_id: int) -> str:
    """The same decision, staged about the document this person declared."""
    officer(act)
    details = crypto.unseal(sanction.details, "sanction", "details", sanction.ref)
    found = particulars.about(details, tokens.declared_by([person_id])[person_id]["person"])
    known = standing(found.identity)
    if known is not None:
        raise Conflict("sanction_known", number=known.number)
    ref = keep(act, [(None, found)])[0]
    record(act, "sanction:staged", ref)
    return ref


@action("sanction:propose")
def propose(act: Act, which: Which) -> dict[str, int]:
    """Hand it to another officer. Returns {"proposed": n, "known": n}: known are those that were handed in otherwise
    meanwhile, and go. Raises Conflict: near_undecided, nothing_to_propose."""
    account = officer(act)
    ids = held(which, sanction_states.PROPOSE, STAGED)
    undecided = SanctionNear.select().where(SanctionNear.sanction << among(ids), SanctionNear.decision.is_null())
    if waiting := undecided.count():
        raise Conflict("near_undecided", count=waiting)
    other = Sanction.alias()
    taken = Sanction.select(Sanction.id).join(
        other, on=((Sanction.identity == other.identity) & (other.state << (PROPOSED, "confirmed", "ended")))
    )
    known = [row for (row,) in taken.where(Sanction.id << among(ids)).tuples()]
    forget(act, known)
    rest = sorted(set(ids) - set(known))
    if not rest:
        raise Conflict("nothing_to_propose")
    chosen = Sanction.id << among(rest)
    after = sanction_states.next_state(STAGED, sanction_states.PROPOSE)
    move(act, chosen, sanction_states.PROPOSE, after, proposed_by=account, proposed_at=act.now)
    record_rows(act, "sanction:proposed", Sanction)
    if which.batch:
        _move_batch(act, batch_of(which.batch), HANDED_IN)
    subject = which.batch or which.ref
    tell_platform(act, "sanctions-proposed", subject=subject, params={"count": len(rest)})
    return {"proposed": len(rest), "known": len(known)}


@action("sanction:withdraw")
def withdraw(act: Act, which: Which) -> dict[str, int]:
    """Its proposer takes it back. Raises NotAllowed("not_your_proposal")."""
    account = officer(act)
    ids = held(which, sanction_states.WITHDRAW, PROPOSED)
    if Sanction.select().where(Sanction.id << among(ids), Sanction.proposed_by != account).exists():
        raise NotAllowed("not_your_proposal")
    move(act, Sanction.id << among(ids), sanction_states.WITHDRAW, RETRACTED)
    record_rows(act, "sanction:withdrawn", Sanction)
    return {"withdrawn": len(ids)}


@action("sanction:reject")
def reject(act: Act, which: Which, note: str) -> dict[str, int]:
    """Another officer does not agree, and says why. Raises Conflict("own_proposal"), Invalid beside `note`."""
    account = officer(act)
    words = checked_note(note, needed=True)
    ids = held(which, sanction_states.REJECT, PROPOSED)
    of_others(ids, account)
    move(act, Sanction.id << among(ids), sanction_states.REJECT, REJECTED, note=words)
    record_rows(act, "sanction:rejected", Sanction)
    return {"rejected": len(ids)}


# Steps shared by all that is done to sanctions -------------------------------------------------------------------


def officer(act: Act) -> int:
    """The account that acts: what needs two people needs to know which. Raises NotAllowed("needs_account")."""
    if act.actor.account_id is None:
        raise NotAllowed("needs_account")
    return act.actor.account_id


def of_others(ids: Iterable[int], account_id: int) -> None:
    """Two people (the database refuses it as well). Raises Conflict("own_proposal")."""
    if Sanction.select().where(Sanction.id << among(ids), Sanction.proposed_by == account_id).exists():
        raise Conflict("own_proposal")


def checked_note(note: str, *, needed: bool) -> str:
    if faults := note_faults(note, needed=needed):
        raise Invalid(faults=faults)
    return note.strip()


def note_faults(note: str, *, needed: bool) -> list[Fault]:
    words = note.strip()
    if needed and not words:
        return [Fault("note", "sanction_note_needed")]
    return [Fault("note", "too_long", {"maximum": NOTE_LONGEST})] if len(words) > NOTE_LONGEST else []


def held(which: Which, action_name: str, state: str) -> list[int]:
    """The sanctions meant, locked, oldest first; those of a batch that stand elsewhere are left as they are.
    Raises NotFound, Conflict: stale, sanction_state, count_changed, batch_empty."""
    if which.batch:
        batch = batch_of(which.batch)
        lock(SanctionBatch, [batch.id])
        rows = Sanction.select(Sanction.id).where(Sanction.batch == batch.id, Sanction.state == state)
        ids = [row for (row,) in rows.order_by(Sanction.id).tuples()]
        lock(Sanction, ids)
        ids = [row for (row,) in rows.order_by(Sanction.id).tuples()]
        if which.expected is not None and len(ids) != which.expected:
            raise Conflict("count_changed", expected=which.expected, found=len(ids))
        if not ids and action_name != sanction_states.DROP:
            raise Conflict("batch_empty")
        return ids
    found = Sanction.get_or_none(Sanction.ref == which.ref)
    if found is None:
        raise NotFound("not_found")
    lock(Sanction, [found.id])
    now = Sanction.get_or_none(Sanction.id == found.id)
    if now is None:
        raise NotFound("not_found")
    sanction_states.next_state(now.state, action_name)
    if which.version is not None and now.version != which.version:
        raise Conflict("stale")
    return [now.id]


def batch_of(ref: str) -> SanctionBatch:
    row = SanctionBatch.get_or_none(SanctionBatch.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def standing(identity: bytes) -> Sanction | None:
    """The same decision about the same numbers, if it was proposed, confirmed or is over by now."""
    return Sanction.get_or_none(Sanction.identity == identity, Sanction.state << (PROPOSED, "confirmed", "ended"))


def keep(act: Act, rows: Sequence[tuple[int | None, Particulars]], batch: SanctionBatch | None = None) -> list[str]:
    """Stage these (row of the file, particulars) with their subjects, by three statements. Returns their refs."""
    made = []
    for row, found in rows:
        ref = crypto.new_ref()
        made.append(
            {
                "ref": ref,
                "number": new_number(),
                "batch": batch.id if batch else None,
                "row": row,
                "identity": found.identity,
                "details": crypto.seal(found.details, "sanction", "details", ref),
                "until": found.until,
                "state": STAGED,
                "staged_at": act.now,
                "act_id": act.id,
                "version": 1,
            }
        )
    insert_rows(Sanction, made)
    refs = [str(row["ref"]) for row in made]
    ids = dict(Sanction.select(Sanction.ref, Sanction.id).where(Sanction.ref << refs).tuples())
    insert_rows(
        SanctionSubject,
        [
            {"sanction": ids[ref], "kind": kind, "key_index": index}
            for ref, (_row, found) in zip(refs, rows, strict=True)
            for kind, index in found.subjects
        ],
    )
    return refs


def new_number() -> str:
    """A reference people can read out, as SX-7K2F-93QD; its last character guards the others."""
    code = with_check(random_code(7))
    return f"SX-{code[:4]}-{code[4:]}"


def forget(act: Act, ids: Sequence[int]) -> None:
    """Staged ones go with everything that hangs on them."""
    chosen = Sanction.id << among(ids)
    Sanction.update(act_id=act.id).where(chosen).execute()
    record_rows(act, "sanction:dropped", Sanction)
    for model in (SanctionSubject, SanctionNear):
        model.delete().where(model.sanction << among(ids)).execute()
    Sanction.delete().where(chosen).execute()


def move(act: Act, chosen: Any, action_name: str, state: str, note: str = "", **changes: Any) -> None:
    """Take these along their life, with one line of history each."""
    Sanction.update(state=state, act_id=act.id, version=Sanction.version + 1, **changes).where(chosen).execute()
    step(act, Sanction.act_id == act.id, action_name, state, note)


def step(act: Act, chosen: Any, action_name: str, state: str, note: str = "") -> None:
    sealed = crypto.seal(note, "sanction_step", "note", str(act.id)) if note else None
    line = SanctionStep
    rows = Sanction.select(
        Sanction.id,
        literal(act.id, line.act_id),
        literal(act.now, line.at),
        literal(action_name, line.action),
        literal(state, line.state),
    ).where(chosen)
    columns = [line.sanction, line.act_id, line.at, line.action, line.state]
    if sealed is None:
        line.insert_from(rows.order_by(Sanction.id), columns).execute()
        return
    ids = [row for (row, *_rest) in rows.order_by(Sanction.id).tuples()]
    said = {"act_id": act.id, "at": act.now, "action": action_name, "state": state, "note": sealed}
    insert_rows(line, [{"sanction": row, **said} for row in ids])


def _move_batch(act: Act, batch: SanctionBatch, state: str) -> None:
    if batch.state != READY and (state == HANDED_IN or batch.state in (HANDED_IN, DROPPED)):
        raise Conflict("batch_state")
    SanctionBatch.update(state=state, act_id=act.id, version=SanctionBatch.version + 1).where(
        SanctionBatch.id == batch.id
    ).execute()
    record(act, f"sanction-batch:{state}", batch.ref)

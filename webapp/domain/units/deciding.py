"""What the platform decides about a unit: certify, return, refuse, suspend, reinstate. Each is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp import crypto
from webapp.database import lock
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.units import codes, queries, rules, states, telling
from webapp.domain.units.models import Unit, UnitStep
from webapp.errors import Conflict, Invalid, NotFound

NOTE_LONGEST = 1000


def move(
    act: Act,
    unit: Unit,
    action_name: str,
    *,
    version: int,
    reasons: Sequence[str] = (),
    note: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    """Step: take a held unit along its life cycle. Raises Conflict `stale` (another version) or `unit_state`."""
    if unit.version != version:
        raise Conflict("stale")
    state = states.next_state(unit.state, action_name)
    moved = Unit.update(state=state, act_id=act.id, version=version + 1, **(changes or {}))
    if not moved.where(Unit.id == unit.id, Unit.version == version).execute():
        raise Conflict("stale")
    sealed = crypto.seal(note, "unit_step", "note", f"{unit.ref}:{act.id}") if note else None
    UnitStep.create(
        unit=unit.id, act_id=act.id, at=act.now, action=action_name, state=state, reasons=list(reasons), note=sealed
    )
    record(act, f"unit:{state}", unit.ref, unit_id=unit.id, fields=sorted({"state", *(changes or {})}))
    unit.state, unit.version = state, version + 1


@action("unit:certify")
def certify(act: Act, unit_id: int, version: int, code: str | None = None) -> dict[str, str]:
    """Certify: the unit gets its enrolment code (a given one only for the demo)."""
    unit = _held(unit_id)
    move(act, unit, states.CERTIFY, version=version, changes={"certified_at": act.now})
    made = codes.begin(act, unit, code)
    telling.tell_unit(act, "unit-certified", unit, params={"unit": unit.name, "code": made.code})
    return {"unit": unit.ref, "code": made.code}


@action("unit:return")
def return_(act: Act, unit_id: int, reasons: Sequence[str], note: str, version: int) -> dict[str, str]:
    """Give back for correction, with every fault at once (rules.RETURN_REASONS)."""
    return _told(act, unit_id, states.RETURN, "unit-returned", reasons, rules.RETURN_REASONS, note, version)


@action("unit:refuse")
def refuse(act: Act, unit_id: int, reasons: Sequence[str], note: str, version: int) -> dict[str, str]:
    """Refuse, with its reason (rules.REFUSE_REASONS)."""
    return _told(act, unit_id, states.REFUSE, "unit-refused", reasons, rules.REFUSE_REASONS, note, version)


@action("unit:suspend")
def suspend(act: Act, unit_id: int, reasons: Sequence[str], note: str, version: int) -> dict[str, str]:
    """Suspend: the code refuses, verifying and uploading stop; removals and answers go on. Who waits is told."""
    done = _told(act, unit_id, states.SUSPEND, "unit-suspended", reasons, rules.SUSPEND_REASONS, note, version)
    telling.owe_waiting(act, "filing-paused", queries.by_id(unit_id))
    return done


@action("unit:reinstate")
def reinstate(act: Act, unit_id: int, note: str, version: int) -> dict[str, str]:
    """End a suspension; the note says why."""
    if not note.strip():
        raise Invalid("reason_needed", field="note")
    unit = _held(unit_id)
    move(act, unit, states.REINSTATE, version=version, note=_note(note))
    telling.tell_unit(act, "unit-reinstated", unit, params={"unit": unit.name})
    telling.owe_waiting(act, "filing-resumed", unit)
    return {"unit": unit.ref}


def _told(
    act: Act,
    unit_id: int,
    action_name: str,
    kind: str,
    reasons: Sequence[str],
    known: Sequence[str],
    note: str,
    version: int,
) -> dict[str, str]:
    chosen = [reason for reason in known if reason in set(reasons)]
    if not chosen and not note.strip():
        raise Invalid("reason_needed", field="reason")
    words = _note(note)
    unit = _held(unit_id)
    move(act, unit, action_name, version=version, reasons=chosen, note=words)
    telling.tell_unit(act, kind, unit, params={"unit": unit.name, "reasons": chosen})
    return {"unit": unit.ref}


def _note(note: str) -> str:
    words = note.strip()
    if len(words) > NOTE_LONGEST:
        raise Invalid("too_long", field="note", maximum=NOTE_LONGEST)
    return words


def _held(unit_id: int) -> Unit:
    lock(Unit, [unit_id])
    return queries.by_id(unit_id)


@action("unit-file:read")
def read_file(act: Act, unit_id: int, field: str) -> dict[str, int]:
    """Record that somebody opens a unit's proof or authorisation; answers the stored file's id."""
    unit = queries.by_id(unit_id)
    file = queries.paper(unit, field)
    if file is None:
        raise NotFound("not_found")
    record(act, f"unit-{field}:read", file.ref, unit_id=unit.id)
    return {"file": file.id}

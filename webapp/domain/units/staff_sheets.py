"""Sheets of people on their way: sent, read in the background, looked at, then confirmed or dropped.

Nothing changes before it is confirmed, and the file itself is gone once it was read. A sheet nobody confirms is dropped
after a day, with everything it held.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from webapp import actors, clock, crypto
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record, record_refs
from webapp.domain.files import sheets
from webapp.domain.jobs import actions as jobs
from webapp.domain.units import rules, staff_lines
from webapp.domain.units.models import StaffSheet, StaffSheetLine, Unit
from webapp.domain.units.staff_lines import Line
from webapp.errors import Conflict, Fault, Invalid, NotFound
from webapp.row_sets import insert_rows

ROSTER, LEAVERS = "roster", "leavers"
READ = "read-staff-sheet"
KEPT = timedelta(hours=24)
#: Lines written in one slice of the job.
SLICE = 1000

READING, READY, UNREADABLE, CONFIRMED, DROPPED = "reading", "ready", "unreadable", "confirmed", "dropped"
#: The life of a sheet; whatever is not in it is refused.
TRANSITIONS: dict[tuple[str, str], str] = {
    ("", "send"): READING,
    (READING, "read"): READY,
    (READING, "fail"): UNREADABLE,
    (READING, "drop"): DROPPED,
    (READY, "confirm"): CONFIRMED,
    (READY, "drop"): DROPPED,
    (UNREADABLE, "drop"): DROPPED,
}


def next_state(state: str, name: str) -> str:
    """Raises Conflict("sheet_state")."""
    after = TRANSITIONS.get((state, name))
    if after is None:
        raise Conflict("sheet_state", state=state, action=name)
    return after


def states_for(name: str) -> tuple[str, ...]:
    return tuple(state for state, act in TRANSITIONS if act == name)


def digest_of(content: bytes) -> bytes:
    """What a file is known again by; says nothing of its content to whoever has no key."""
    return crypto.index("staff-sheet", hashlib.sha256(content).hexdigest())


@action("staff-sheet:send")
def send(act: Act, unit_id: int, kind: str, content: bytes, name: str) -> dict[str, str]:
    """Take a file in; a job reads it. Returns {"sheet": ref}. Raises Invalid (file_empty, file_too_large) and
    Conflict("unit_not_active")."""
    if not content:
        raise Invalid("file_empty", field="file")
    if len(content) > sheets.limits().size:
        raise Invalid("file_too_large", field="file", megabytes=sheets.limits().megabytes)
    if not rules.may_manage_people(Unit.get_by_id(unit_id)):
        raise Conflict("unit_not_active")
    ref = crypto.new_ref()
    StaffSheet.create(
        ref=ref,
        unit=unit_id,
        kind=kind,
        state=next_state("", "send"),
        name=crypto.seal(name[-120:], "staff_sheet", "name", ref),
        content=crypto.seal_bytes(content, "staff_sheet", "content", ref),
        digest=digest_of(content),
        act_id=act.id,
        created_at=act.now,
        expires_at=act.now + KEPT,
    )
    jobs.enqueue(act, READ, ref, dedupe_key=f"{READ}:{ref}", unit_id=unit_id)
    record(act, "staff-sheet:sent", ref, unit_id=unit_id)
    return {"sheet": ref}


@action("staff-sheet:drop")
def drop(act: Act, unit_id: int, ref: str) -> dict[str, str]:
    """Leave it. Raises NotFound, Conflict("sheet_state")."""
    sheet = one(unit_id, ref)
    end(act, sheet, "drop")
    return {"sheet": ref}


def end(act: Act, sheet: StaffSheet, name: str) -> None:
    """Step: the sheet is over (confirm, drop); nothing of its people stays. Raises Conflict("sheet_state")."""
    after = next_state(sheet.state, name)
    changed = StaffSheet.update(
        state=after, content=None, name=None, faults=None, act_id=act.id, version=StaffSheet.version + 1
    ).where(StaffSheet.id == sheet.id, StaffSheet.state == sheet.state)
    if not changed.execute():
        raise Conflict("sheet_state", state=sheet.state, action=name)
    StaffSheetLine.delete().where(StaffSheetLine.sheet == sheet.id).execute()
    record(act, f"staff-sheet:{after}", sheet.ref, unit_id=sheet.unit_id)


def purge(now: datetime | None = None) -> int:
    """Timer: drop what nobody confirmed in a day. Returns how many."""
    due = StaffSheet.select().where(
        StaffSheet.expires_at <= (now or clock.now()), StaffSheet.state << states_for("drop")
    )
    return (
        int(_expire(actors.system("sheet-expired"), [row.id for row in due.limit(500)])["dropped"])
        if due.exists()
        else 0
    )


@action("staff-sheet:expire")
def _expire(act: Act, ids: list[int]) -> dict[str, int]:
    rows = list(StaffSheet.select().where(StaffSheet.id << among(ids), StaffSheet.state << states_for("drop")))
    held = among([row.id for row in rows])
    StaffSheet.update(
        state=DROPPED, content=None, name=None, faults=None, act_id=act.id, version=StaffSheet.version + 1
    ).where(StaffSheet.id << held).execute()
    StaffSheetLine.delete().where(StaffSheetLine.sheet << held).execute()
    record_refs(act, "staff-sheet:dropped", [row.ref for row in rows])
    return {"dropped": len(rows)}


# Reading -----------------------------------------------------------------------------------------------------------


def parse(sheet: StaffSheet) -> list[tuple[int, Line, list[Fault]]]:
    """(row number, line, what is wrong) of every filled row. Raises Invalid for what is no such sheet."""
    content = crypto.unseal_bytes(sheet.content, "staff_sheet", "content", sheet.ref)
    read = sheets.read(content, staff_lines.COLUMNS)
    faults: dict[int, list[Fault]] = {}
    for fault in read.faults:
        faults.setdefault(fault.params["row"], []).append(fault)
    found = []
    first: dict[Any, int] = {}
    for row in read.rows:
        line, wrong = staff_lines.read(row)
        # A cell that could not be taken is no empty cell: one fault for it is enough.
        wrong = faults.get(row.number) or wrong
        if not wrong:
            before = first.setdefault((line.key[0], line.tail, line.staff_number), row.number)
            if before != row.number:
                wrong = [Fault("full_name", "row_person_repeated", {"row": row.number, "before": before})]
        found.append((row.number, line, wrong))
    return found


def still_reading(sheet: StaffSheet) -> bool:
    """Whether nobody dropped it meanwhile. Inside a slice of the job; holds the row."""
    lock(StaffSheet, [sheet.id])
    return StaffSheet.select().where(StaffSheet.id == sheet.id, StaffSheet.state == READING).exists()


def write_lines(sheet: StaffSheet, some: Iterable[tuple[int, Line, list[Fault]]]) -> None:
    """Keep these lines of the file. Inside a slice of the job."""
    insert_rows(
        StaffSheetLine,
        [
            {
                "sheet": sheet.id,
                "number": number,
                "line": staff_lines.seal(line, "staff_sheet_line", f"{sheet.ref}:{number}"),
                "faults": [[fault.field, fault.code, fault.params] for fault in wrong] or None,
            }
            for number, line, wrong in some
        ],
    )


def finish_reading(sheet: StaffSheet, rows: int, wrong: int) -> None:
    """Every line is kept; the file is not needed any more."""
    _read(sheet, "read", rows=rows, wrong=wrong)


def fail_reading(sheet: StaffSheet, refused: Invalid) -> None:
    """It is no such sheet, and why."""
    _read(sheet, "fail", faults=[[fault.code, fault.params] for fault in refused.faults])


def _read(sheet: StaffSheet, name: str, **changes: Any) -> None:
    StaffSheet.update(
        state=next_state(sheet.state, name), content=None, version=StaffSheet.version + 1, **changes
    ).where(StaffSheet.id == sheet.id, StaffSheet.state == sheet.state).execute()


# Looking at them ---------------------------------------------------------------------------------------------------


def by_ref(ref: str) -> StaffSheet | None:
    """For the job that reads it."""
    return StaffSheet.get_or_none(StaffSheet.ref == ref)


def one(unit_id: int, ref: str, kind: str = "") -> StaffSheet:
    """A sheet of this unit. Raises NotFound."""
    row = StaffSheet.get_or_none(StaffSheet.unit == unit_id, StaffSheet.ref == ref)
    if row is None or (kind and row.kind != kind):
        raise NotFound("not_found")
    return row


def waiting(unit_id: int, kind: str) -> StaffSheet | None:
    """The newest sheet of this kind that is not confirmed or dropped yet; what came before a confirmed one does not
    wait for anybody."""
    sheets_of_kind = StaffSheet.select().where(StaffSheet.unit == unit_id, StaffSheet.kind == kind)
    waits = StaffSheet.state << states_for("drop")
    newest = sheets_of_kind.where(waits | (StaffSheet.state == CONFIRMED)).order_by(StaffSheet.id.desc()).first()
    return newest if newest is not None and newest.state != CONFIRMED else None


def called(sheet: StaffSheet) -> str:
    return crypto.unseal(sheet.name, "staff_sheet", "name", sheet.ref) if sheet.name else ""


def lines(sheet: StaffSheet) -> list[tuple[int, Line, list[Fault]]]:
    """Every line that was read, in the order of the file."""
    query = StaffSheetLine.select(StaffSheetLine.number, StaffSheetLine.line, StaffSheetLine.faults).where(
        StaffSheetLine.sheet == sheet.id
    )
    return [
        (
            number,
            staff_lines.unseal(sealed, "staff_sheet_line", f"{sheet.ref}:{number}"),
            [Fault(field, code, params) for field, code, params in faults or ()],
        )
        for number, sealed, faults in query.order_by(StaffSheetLine.number).tuples()
    ]

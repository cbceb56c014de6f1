"""Leaving the list: by the unit with a cause, by the person's own request, and by the system when a term runs out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from webapp import actors, clock
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action
from webapp.domain.jobs import calendar
from webapp.domain.passlist import ending, holds, queries, record, rules, slots
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.selection import Chosen
from webapp.domain.passlist.states import IN_FORCE
from webapp.domain.registry import actions as registering
from webapp.domain.registry.models import Person, Vehicle
from webapp.domain.units import queries as units
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_platform, tell_unit
from webapp.errors import Conflict, Invalid, NotFound

#: Entries whose term is over are ended by so many at a time.
SLICE = 100
#: What ends an entry when a hold of this kind runs out.
TERMS = {
    "owner_missing": "basis_ended",
    "licence_expired": "basis_ended",
    "document_expired": "basis_ended",
    "removal_requested": "requested",
}


@action("entry:remove")
def remove(act: Act, unit_id: int, chosen: Chosen, cause: str) -> dict[str, object]:
    """A unit ends entries of its own people. Returns {"changed": n, "skipped": [[ref, why], …]}.

    Raises Invalid("cause_not_yours") for a cause a unit may not give, Conflict with the reason when a single chosen
    row cannot be ended, Conflict("count_changed"). A suspended unit may still remove its people (design 6).
    """
    if cause not in rules.UNIT_CAUSES:
        raise Invalid("cause_not_yours" if cause else "choose", field="cause")
    lock(Unit, [unit_id])
    if units.by_id(unit_id).state not in ("certified", "suspended"):
        raise Conflict("unit_not_active")
    found = _locked(queries.chosen_ids(unit_id, chosen))
    chosen.check_count(len(found))
    if chosen.digest and chosen.digest != queries.digest(row.id for row in found):
        raise Conflict("count_changed", expected=chosen.expected, found=len(found))
    requested = queries.held_for([row.id for row in found], "removal_requested") if cause == "requested" else None
    changed, skipped = [], []
    for row in found:
        reason = _why_not(row, chosen, requested)
        if reason:
            skipped.append([row.ref, reason])
        else:
            changed.append(row)
    known = {row.ref for row in found}
    skipped += [[ref, "not_found"] for ref, _ in chosen.rows if ref not in known]
    if len(chosen.rows) == 1 and skipped:
        raise Conflict(skipped[0][1])
    end(act, changed, cause)
    return {"changed": len(changed), "skipped": skipped, "cause": cause}


def _why_not(row: Entry, chosen: Chosen, requested: set[int] | None) -> str | None:
    if row.state not in IN_FORCE:
        return "entry_removed"
    if not chosen.everything and chosen.versions()[row.ref] != row.version:
        return "stale"
    if requested is not None and row.id not in requested:
        return "not_requested"
    return None


@action("entry:request-removal")
def request_removal(act: Act, submission_ref: str, entry_ref: str) -> dict[str, object]:
    """A person asks to leave the list: held at once, the unit told; after three working days the system ends it.
    Returns {"until": ISO instant}. Raises NotFound, Conflict: `entry_removed`, `removal_already_requested`,
    `phone_new`. (Leaving a unit as a whole, and withdrawing consent: filings.leaving.)"""
    row = _own(submission_ref, entry_ref)
    registering.check_guard(row.person_id)
    until = calendar.after_working_days(act.now, rules.REQUEST_WORKING_DAYS)
    if not holds.hold(act, [row.id], "removal_requested", until):
        raise Conflict("removal_already_requested")
    record.finish(act)
    params = {"number": row.number, "until": clock.last_date(until).isoformat()}
    tell_unit(act, "removal-requested", units.by_id(row.unit_id), subject=row.ref, params=params)
    return {"until": until.isoformat()}


@action("entry:withdraw-request")
def withdraw_request(act: Act, submission_ref: str, entry_ref: str) -> dict[str, object]:
    """The person stays after all. Raises Conflict("removal_not_requested")."""
    row = _own(submission_ref, entry_ref)
    if not holds.release(act, [row.id], "removal_requested"):
        raise Conflict("removal_not_requested")
    record.finish(act)
    return {}


def finish_due(now: datetime | None = None) -> int:
    """Timer: end the entries whose holds ran out. Returns how many; each slice is an act of its own."""
    moment = now or clock.now()
    done = 0
    for kind in TERMS:
        while queries.due(kind, moment, 1):
            ended = int(_finish(actors.system("removal-deadline"), kind, moment)["changed"])
            if not ended:
                break
            done += ended
    return done


@action("entry:finish")
def _finish(act: Act, kind: str, now: datetime) -> dict[str, int]:
    due = set(queries.due(kind, now, SLICE))
    rows = _locked(due)
    # What was released while we waited for the locks is due no more.
    still = set(queries.due(kind, now, SLICE))
    rows = [row for row in rows if row.id in still and row.state in IN_FORCE]
    end(act, rows, TERMS[kind])
    for row in rows:
        if kind == "removal_requested":
            unit = _tell_its_unit(act, "removal-overdue", row)
            params = {"number": row.number, "unit": unit.name}
            tell_platform(act, "removal-overdue", subject=row.ref, params=params)
        else:
            _tell_its_unit(act, "entry-removed", row, cause=TERMS[kind])
    return {"changed": len(rows)}


def _tell_its_unit(act: Act, notice: str, row: Entry, **more: str) -> Unit:
    """What happened to an entry of a unit without the unit's doing."""
    unit = units.by_id(row.unit_id)
    tell_unit(act, notice, unit, subject=row.ref, params={"number": row.number, "unit": unit.name, **more})
    return unit


def end(act: Act, rows: Iterable[Entry], cause: str) -> None:
    """Step: end these entries, settle the slots they stood on, record it and owe the news. Callers hold the locks."""
    ended = list(rows)
    ending.end(act, [row.id for row in ended], cause)
    slots.settle(act, {row.vehicle_id for row in ended})
    record.finish(act)


def _own(submission_ref: str, entry_ref: str) -> Entry:
    """An entry in force that this submission's page tells of, locked."""
    found = Entry.get_or_none(Entry.ref == entry_ref, Entry.submission_ref == submission_ref)
    if found is None:
        raise NotFound("not_found")
    row = _locked([found.id])[0]
    if row.state not in IN_FORCE:
        raise Conflict("entry_removed")
    return row


def _locked(entry_ids: Iterable[int]) -> list[Entry]:
    """The entries as they are once persons and vehicles are held."""
    wanted = list(entry_ids)
    pairs = list(Entry.select(Entry.person, Entry.vehicle).where(Entry.id << among(wanted)).tuples())
    lock(Person, [person for person, _ in pairs])
    lock(Vehicle, [vehicle for _, vehicle in pairs])
    return list(Entry.select().where(Entry.id << among(wanted)).order_by(Entry.id))

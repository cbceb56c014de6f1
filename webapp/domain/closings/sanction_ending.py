"""The end of a sanction: repaired, expired or struck (design 6).

Repaired and expired: from that day the person may file again, and is told so; nothing comes back by itself. Struck: it
should never have been, so what it ended is made anew where slot, use and membership still allow, after a second
officer's yes; what could not be is named on the sanction.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from peewee import fn

from webapp import actors, clock
from webapp.database import among, lock, pass_gate
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.closings import restoring, sanction_telling, sanctioning
from webapp.domain.filings import telling
from webapp.domain.filings.models import Submission
from webapp.domain.jobs import actions as jobs
from webapp.domain.sanctions import matching, proposing, sanction_states
from webapp.domain.sanctions.models import (
    CONFIRMED,
    EXPIRED,
    OF_ENTRY,
    REPAIRED,
    STRUCK,
    Sanction,
    SanctionEffect,
)
from webapp.domain.sanctions.proposing import Which
from webapp.domain.units import bars
from webapp.domain.units import queries as units
from webapp.domain.units.telling import tell_platform, tell_unit
from webapp.errors import Conflict, Fault, Invalid
from webapp.values import dates

#: Jobs: the people, and the units, whom the end of a sanction concerns are told (delivery.sanctions).
TELL_OVER, TELL_UNITS_OVER = "tell-sanction-over", "tell-sanction-over-units"
OVER, UNIT_OVER = "sanction-over", "list-sanction-over"
SLICE = 200


@action("sanction:repair")
def repair(act: Act, which: Which, day: str, note: str) -> dict[str, str]:
    """The authority holds it repaired from this day (ISO or as typed): ended at once where the day has come, else on
    the day. Returns {"state": …}. Raises Invalid beside `repaired_on` and `note`."""
    proposing.officer(act)
    repaired_on = dates.parse(day)
    faults = proposing.note_faults(note, needed=True)
    if repaired_on is None:
        faults.insert(0, Fault("repaired_on", "bad_date" if day.strip() else "missing"))
    if repaired_on is None or faults:
        raise Invalid(faults=faults)
    sanction = _one(act, which, sanction_states.REPAIR)
    if repaired_on < clock.local_date(sanction.confirmed_at):
        raise Invalid("repaired_before", field="repaired_on")
    if sanction.until is not None and repaired_on > sanction.until:
        raise Invalid("repaired_after_term", field="repaired_on", until=sanction.until)
    Sanction.update(repaired_on=repaired_on, act_id=act.id, version=Sanction.version + 1).where(
        Sanction.id == sanction.id
    ).execute()
    record(act, "sanction:repair-set", sanction.ref, fields=["repaired_on"])
    if repaired_on > clock.today():
        proposing.step(act, Sanction.id == sanction.id, "repair-set", CONFIRMED, note.strip())
        return {"state": CONFIRMED}
    _end(act, [sanction.id], sanction_states.REPAIR, REPAIRED, note.strip())
    return {"state": "ended"}


@action("sanction:propose-strike")
def propose_strike(act: Act, which: Which, note: str) -> dict[str, str]:
    """One officer finds that it should never have been. Returns {"sanction": ref}. Raises Conflict("strike_open")."""
    account = proposing.officer(act)
    words = proposing.checked_note(note, needed=True)
    sanction = _one(act, which, sanction_states.PROPOSE_STRIKE)
    if sanction.strike_proposed_by_id is not None:
        raise Conflict("strike_open")
    propose(act, sanction, words, account)
    return {"sanction": sanction.ref}


def propose(act: Act, sanction: Sanction, words: str, account: int) -> None:
    """Step: the striking of a held sanction is proposed, and waits for another officer."""
    _mark(act, sanction, sanction_states.PROPOSE_STRIKE, words, account)
    record(act, "sanction:strike-proposed", sanction.ref)
    tell_platform(act, "strike-proposed", subject=sanction.ref, params={"sanction": sanction.number})


@action("sanction:keep")
def keep(act: Act, which: Which, note: str) -> dict[str, str]:
    """The proposal to strike it is over: another officer does not agree, or its proposer takes it back."""
    proposing.officer(act)
    words = proposing.checked_note(note, needed=True)
    sanction = _one(act, which, sanction_states.KEEP)
    if sanction.strike_proposed_by_id is None:
        raise Conflict("strike_not_open")
    _mark(act, sanction, sanction_states.KEEP, words, None)
    record(act, "sanction:kept", sanction.ref)
    return {"sanction": sanction.ref}


@action("sanction:strike")
def strike(act: Act, which: Which) -> dict[str, int]:
    """A second officer agrees to strike it. Returns {"restored": n, "kept_out": n}.
    Raises Conflict: own_proposal, strike_not_open."""
    pass_gate(matching.GATE, alone=True)
    account = proposing.officer(act)
    sanction = _one(act, which, sanction_states.STRIKE)
    if sanction.strike_proposed_by_id is None:
        raise Conflict("strike_not_open")
    if sanction.strike_proposed_by_id == account:
        raise Conflict("own_proposal")
    _end(act, [sanction.id], sanction_states.STRIKE, STRUCK, "", struck_by=account)
    effects = SanctionEffect.select().where(SanctionEffect.sanction == sanction.id, SanctionEffect.kind == OF_ENTRY)
    return restoring.restore(act, sanction.ref, list(effects.order_by(SanctionEffect.id)))


def end_due(day: date | None = None) -> int:
    """Timer: sanctions whose term is over, or whose day of repair has come. Returns how many."""
    today = day or clock.today()
    done = 0
    while _due(today, 1):
        ended = int(_end_due(actors.system("sanction-terms"), today)["ended"])
        if not ended:
            break
        done += ended
    return done


def _due(today: date, limit: int) -> list[tuple[int, bool]]:
    over = (Sanction.repaired_on <= today) | (Sanction.until < today)
    rows = Sanction.select(Sanction.id, Sanction.repaired_on).where(Sanction.state == CONFIRMED, over)
    return [(row, day is not None and day <= today) for row, day in rows.order_by(Sanction.id).limit(limit).tuples()]


@action("sanctions:end-due")
def _end_due(act: Act, today: date) -> dict[str, int]:
    due = _due(today, SLICE)
    lock(Sanction, [row for row, _ in due])
    due = _due(today, SLICE)
    for how, name in ((REPAIRED, sanction_states.REPAIR), (EXPIRED, sanction_states.EXPIRE)):
        ids = [row for row, repaired in due if repaired == (how == REPAIRED)]
        if ids:
            _end(act, ids, name, how, "")
    return {"ended": len(due)}


def _one(act: Act, which: Which, action_name: str) -> Sanction:
    return Sanction.get_by_id(proposing.held(which, action_name, CONFIRMED)[0])


def _mark(act: Act, sanction: Sanction, action_name: str, words: str, account: int | None) -> None:
    Sanction.update(strike_proposed_by=account, act_id=act.id, version=Sanction.version + 1).where(
        Sanction.id == sanction.id
    ).execute()
    proposing.step(act, Sanction.id == sanction.id, action_name, CONFIRMED, words)


def _end(act: Act, ids: list[int], action_name: str, how: str, words: str, **changes: Any) -> None:
    """Step: these are over. Units get their codes back where nothing else stands against them; everybody is told."""
    after = sanction_states.next_state(CONFIRMED, action_name)
    chosen = Sanction.id << among(ids)
    Sanction.update(
        state=after, ended_how=how, ended_at=act.now, act_id=act.id, version=Sanction.version + 1, **changes
    ).where(chosen).execute()
    proposing.step(act, chosen, action_name, after, words)
    rows = list(Sanction.select(Sanction.ref, Sanction.number).where(chosen).tuples())
    for ref, _number in rows:
        record(act, f"sanction:{how}", ref)
    for unit in units.by_ids(bars.lift(act, [ref for ref, _ in rows])).values():
        tell_unit(act, "unit-sanction-over", unit, params={"unit": unit.name})
    sanctioning.stop_codes(act)
    for job in (TELL_OVER, TELL_UNITS_OVER):
        jobs.enqueue(act, job, str(act.id), params={"how": how}, dedupe_key=f"{job}:{act.id}:{how}")


def tell_over_slice(act_id: int, how: str, after: int) -> tuple[int, int]:
    """Queue the notices of the next submissions beyond the id `after` that an ended sanction had touched."""
    touched = (
        SanctionEffect.select(Submission.id, fn.MIN(Sanction.number))
        .join(Sanction, on=(SanctionEffect.sanction == Sanction.id))
        .switch(SanctionEffect)
        .join(Submission, on=(Submission.ref == SanctionEffect.submission_ref))
        .where(Sanction.act_id == act_id, Sanction.ended_how == how, Submission.id > after)
        .group_by(Submission.id)
        .order_by(Submission.id)
        .limit(telling.SLICE)
    )
    numbers = dict(list(touched.tuples()))
    if not numbers:
        return after, 0
    told = telling.of_submissions(numbers)
    proved = sanction_telling.proved_among(one.submission for one in told.values())
    for number in proved:
        told[number].params |= {"sanction": numbers[number], "how": how}
    telling.queue_each(act_id, OVER, [told[number] for number in sorted(proved)])
    return max(numbers), len(numbers)


def tell_unit_over_slice(act_id: int, how: str, after: int) -> tuple[int, int]:
    """Queue the notice of the next unit beyond the id `after` that had lost people by sanctions which are over now:
    one, however many."""
    row = sanction_telling.next_unit((Sanction.act_id == act_id) & (Sanction.ended_how == how), after)
    if row is None:
        return after, 0
    unit = units.by_id(row[0])
    act = Act(act_id, actors.system(TELL_UNITS_OVER), TELL_UNITS_OVER, clock.now())
    params = {"unit": unit.name, "count": row[1], "how": how}
    tell_unit(act, UNIT_OVER, unit, subject=f"{act_id}:{how}", params=params)
    return unit.id, 1

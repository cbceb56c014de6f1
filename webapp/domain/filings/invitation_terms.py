"""Invitations nobody answered: a reminder before their day, and the end on it. Timers of the worker, in slices."""

from __future__ import annotations

from datetime import datetime

import peewee

from webapp import actors, clock
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action, record_refs
from webapp.domain.filings import asking, closing, invitation_rules, inviting, states, telling
from webapp.domain.filings.invitation_states import EXPIRED, OPEN, REVOKED
from webapp.domain.filings.models import Filing, Invitation, Submission
from webapp.domain.passlist.models import OWNER, SECOND
from webapp.domain.registry.models import Vehicle

#: So many are ended, or reminded of, by one act.
SLICE = 100


def tend(now: datetime) -> int:
    """End what ran out or has no filing any more, and remind of what soon will. Returns how many were touched."""
    return _all(_revoke, _orphaned, now) + _all(_expire, _run_out, now) + _all(_remind, _running_out, now)


def _all(step, found, now: datetime) -> int:  # type: ignore[no-untyped-def]
    done = 0
    while found(now).exists():
        done += int(step(actors.system("invitations"), now)["changed"])
    return done


def _run_out(now: datetime) -> peewee.ModelSelect:
    return Invitation.select().where(Invitation.state == OPEN, Invitation.until <= now).order_by(Invitation.id)


def _running_out(now: datetime) -> peewee.ModelSelect:
    soon = now + invitation_rules.reminded_before()
    return (
        Invitation.select()
        .where(
            Invitation.state == OPEN,
            Invitation.until > now,
            Invitation.until <= soon,
            Invitation.reminded_at.is_null(),
        )
        .order_by(Invitation.id)
    )


def _orphaned(_now: datetime) -> peewee.ModelSelect:
    return asking.orphaned()


def _held(query: peewee.ModelSelect) -> list[Invitation]:
    """The first of them, once their vehicles are held: who answered while we waited has answered in time."""
    found = list(query.limit(SLICE))
    lock(Vehicle, [one.vehicle_id for one in found])
    return list(query.where(Invitation.id << among(one.id for one in found)))


def _end(act: Act, requests: list[Invitation], state: str) -> None:
    Invitation.update(state=state, ended_at=act.now, act_id=act.id).where(
        Invitation.id << among(one.id for one in requests), Invitation.state == OPEN
    ).execute()
    record_refs(act, f"invitation:{state}", [one.ref for one in requests])


@action("invitation:orphaned")
def _revoke(act: Act, now: datetime) -> dict[str, int]:
    requests = _held(_orphaned(now))
    _end(act, requests, REVOKED)
    return {"changed": len(requests)}


@action("invitation:expire")
def _expire(act: Act, now: datetime) -> dict[str, int]:
    requests = _held(_run_out(now))
    _end(act, requests, EXPIRED)
    _close(act, [one for one in requests if one.made_by == SECOND])
    for one in requests:
        if one.made_by == OWNER:
            inviting.tell_maker(act, "invitation-expired", one)
    return {"changed": len(requests)}


@action("invitation:remind")
def _remind(act: Act, now: datetime) -> dict[str, int]:
    """Whoever must move is told, and whoever waits for him."""
    requests = _held(_running_out(now))
    Invitation.update(reminded_at=act.now).where(Invitation.id << among(one.id for one in requests)).execute()
    record_refs(act, "invitation:reminded", [one.ref for one in requests])
    for one in requests:
        until = clock.last_date(one.until).isoformat()
        maker = Submission.get_by_id(one.submission_id)
        told = [(maker, "invitation-expiring")]
        if one.made_by == SECOND:
            told += [(submission, "owner-asked") for submission in asking.to_remind(one)]
        for submission, kind in told:
            params = {"number": submission.number, "until": until}
            telling.tell_person(act, kind, submission, subject=one.ref, params=params)
    return {"changed": len(requests)}


def _close(act: Act, requests: list[Invitation]) -> None:
    """A filing that waited for its owner in vain is closed, and its person told that he may ask again."""
    pairs = {(one.vehicle_id, one.second_id) for one in requests}
    found = Filing.select().where(
        Filing.vehicle << among({vehicle for vehicle, _ in pairs}),
        Filing.slot == SECOND,
        Filing.waiting,
        Filing.state << states.states_for("close"),
    )
    filings = [one for one in found.order_by(Filing.id) if (one.vehicle_id, one.person_id) in pairs]
    closing.close(act, [filing.id for filing in filings], "owner:silent")
    submissions = {
        row.id: row for row in Submission.select().where(Submission.id << among(f.submission_id for f in filings))
    }
    for filing in filings:
        submission = submissions[filing.submission_id]
        telling.tell_person(act, "owner-silent", submission, subject=filing.ref, params={"number": submission.number})

"""Pushing what sanctions did to both sides (guideline, section 5): to each person on each status page it concerns,
and to each unit once, however many of its people an act of confirming touched.

The ground, the authority, the way to appeal and whom to ask go with the message sealed; the pages read them from the
sanction. Who has not proved the phone on file of an identity learns only that his filing cannot be accepted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peewee import fn

from webapp import clock
from webapp.actors import system
from webapp.database import among
from webapp.domain.audit.acts import Act
from webapp.domain.filings import telling
from webapp.domain.filings.models import Submission
from webapp.domain.jobs import actions as jobs
from webapp.domain.notices.models import SUBMISSION, UNIT, Delivery, Notice
from webapp.domain.registry.models import PersonPhone
from webapp.domain.sanctions import sanction_queries
from webapp.domain.sanctions.models import OF_UNIT, Sanction, SanctionEffect
from webapp.domain.units.models import Unit
from webapp.domain.units.telling import tell_unit

#: Jobs: the people, and the units, whom an act of confirming or of ending concerns (delivery.sanctions).
TELL, TELL_UNITS = "tell-sanctions", "tell-sanctions-units"
TOLD, UNPROVED, UNIT_TOLD = "sanctioned", "filing-not-accepted", "list-sanctioned"
#: To a unit that is sanctioned itself.
UNIT_NAMED = "unit-sanctioned"
SLICE = telling.SLICE
#: What goes with the message of a sanction and stands nowhere else but in the sanction itself.
SAID = ("authority", "decision_number", "decided_on", "ground", "until", "appeal_route", "contact")


def owe(act: Act) -> None:
    """Owe everybody the news of what this act of confirming did."""
    for kind in (TELL, TELL_UNITS):
        jobs.enqueue(act, kind, str(act.id), dedupe_key=f"{kind}:{act.id}")


def tell_slice(act_id: int, after: int) -> tuple[int, int]:
    """Queue the notices of the next SLICE submissions beyond the id `after`. Returns the last id and how many were
    told, (after, 0) when nobody is left. Inside a transaction; a fixed number of statements."""
    touched = (
        SanctionEffect.select(Submission.id, fn.MIN(SanctionEffect.sanction))
        .join(Submission, on=(Submission.ref == SanctionEffect.submission_ref))
        .where(SanctionEffect.act_id == act_id, Submission.id > after)
        .group_by(Submission.id)
        .order_by(Submission.id)
        .limit(SLICE)
    )
    by_submission = dict(list(touched.tuples()))
    if not by_submission:
        return after, 0
    told = telling.of_submissions(by_submission)
    proved = proved_among(one.submission for one in told.values())
    sanctions = sanction_queries.by_ids(by_submission.values())
    for number in proved:
        sanction = sanctions[by_submission[number]]
        told[number].params["sanction"] = sanction.number
        told[number].sealed = said_of(sanction)
    telling.queue_each(act_id, TOLD, [one for number, one in told.items() if number in proved])
    telling.queue_each(act_id, UNPROVED, [one for number, one in told.items() if number not in proved])
    return max(by_submission), len(by_submission)


def said_of(sanction: Sanction) -> dict[str, str]:
    """Ground, authority, appeal and whom to ask, for a message that is sealed until it is sent."""
    said = sanction_queries.details(sanction)
    return {name: said[name] for name in SAID}


def proved_among(submissions: Iterable[Submission]) -> set[int]:
    """Ids of those submissions whose phone is the one on file of their person (design 3)."""
    wanted = list(submissions)
    on_file = {
        row.person_id: bytes(row.phone_index)
        for row in PersonPhone.select().where(
            PersonPhone.person << among(one.person_id for one in wanted), PersonPhone.ended_at.is_null()
        )
    }
    return {one.id for one in wanted if on_file.get(one.person_id) == bytes(one.phone_index)}


def next_unit(chosen: Any, after: int) -> tuple[int, int, int, int] | None:
    """Of the effects on people that are meant, joined with their sanctions: the next unit beyond the id `after`, how
    many it lost, by how many sanctions, and one of these. None when there is no further unit."""
    row: tuple[int, int, int, int] | None = (
        SanctionEffect.select(
            SanctionEffect.unit,
            fn.COUNT(SanctionEffect.id),
            fn.COUNT(fn.DISTINCT(SanctionEffect.sanction)),
            fn.MIN(SanctionEffect.sanction),
        )
        .join(Sanction, on=(SanctionEffect.sanction == Sanction.id))
        .where(chosen, SanctionEffect.kind != OF_UNIT, SanctionEffect.unit > after)
        .group_by(SanctionEffect.unit)
        .order_by(SanctionEffect.unit)
        .limit(1)
        .tuples()
        .first()
    )
    return row


def tell_unit_slice(act_id: int, after: int) -> tuple[int, int]:
    """Queue the notice of the next unit beyond the id `after` that lost people by this act: one, however many."""
    row = next_unit(SanctionEffect.act_id == act_id, after)
    if row is None:
        return after, 0
    unit_id, count, decisions, sanction = row
    unit = Unit.get_by_id(unit_id)
    sealed = said_of(Sanction.get_by_id(sanction)) if decisions == 1 else None
    act = Act(act_id, system(TELL_UNITS), TELL_UNITS, clock.now())
    tell_unit(act, UNIT_TOLD, unit, subject=str(act_id), params={"unit": unit.name, "count": count}, sealed=sealed)
    return unit_id, 1


# How far the pushes have come ------------------------------------------------------------------------------------


def pushes(effects: Iterable[SanctionEffect]) -> dict[int, dict[str, list[dict[str, Any]]]]:
    """The state of both pushes of each effect, by its id: {"person": [...], "unit": [...]}, each a list of
    {"channel": "page" | "email" | "sms", "state": "queued" | "sent" | "failed" | "read" | …, "at": instant or None}.
    An empty list: not made yet, or nobody to tell. Five statements."""
    wanted = list(effects)
    units = dict(Unit.select(Unit.id, Unit.ref).where(Unit.id << among({one.unit_id for one in wanted})).tuples())
    causes = {row.id: row.ref for row in sanction_queries.by_ids({one.sanction_id for one in wanted}).values()}
    keys: dict[int, dict[str, list[str]]] = {}
    for one in wanted:
        person = [f"{kind}:{one.act_id}:{SUBMISSION}:{one.submission_ref}" for kind in (TOLD, UNPROVED)]
        kind, subject = (UNIT_NAMED, causes[one.sanction_id]) if one.kind == OF_UNIT else (UNIT_TOLD, str(one.act_id))
        unit = f"{kind}:{one.act_id}:{UNIT}:{units[one.unit_id]}:{subject}"
        keys[one.id] = {"person": person if one.submission_ref else [], "unit": [unit]}
    known = {key for of in keys.values() for group in of.values() for key in group}
    notices = {row.dedupe_key: row for row in Notice.select().where(Notice.dedupe_key << sorted(known))}
    deliveries: dict[int, list[Delivery]] = {}
    for row in Delivery.select().where(Delivery.notice << among(one.id for one in notices.values())):
        deliveries.setdefault(row.notice_id, []).append(row)
    return {
        number: {
            side: [line for key in group if key in notices for line in _lines(notices[key], deliveries)]
            for side, group in of.items()
        }
        for number, of in keys.items()
    }


def push_counts(which: Any) -> dict[str, dict[str, int]]:
    """How the messages of the acts that brought about what these sanctions ended stand: {"person" | "unit": {state of a
    delivery: how many}}. `which` is a condition on Sanction."""
    acts = SanctionEffect.select(SanctionEffect.act_id).join(Sanction, on=(SanctionEffect.sanction == Sanction.id))
    rows = (
        Delivery.select(Notice.audience, Delivery.state, fn.COUNT(Delivery.id))
        .join(Notice, on=(Delivery.notice == Notice.id))
        .where(Notice.act_id << acts.where(which).distinct(), Notice.kind << (TOLD, UNPROVED, UNIT_TOLD, UNIT_NAMED))
        .group_by(Notice.audience, Delivery.state)
    )
    found: dict[str, dict[str, int]] = {"person": {}, "unit": {}}
    for audience, state, count in rows.tuples():
        found["unit" if audience == UNIT else "person"][state] = count
    return found


def _lines(notice: Notice, deliveries: dict[int, list[Delivery]]) -> list[dict[str, Any]]:
    page = {"channel": "page", "state": "read" if notice.read_at else "sent", "at": notice.read_at or notice.created_at}
    sent = [{"channel": row.channel, "state": row.state, "at": row.sent_at} for row in deliveries.get(notice.id, ())]
    return [page, *sent]

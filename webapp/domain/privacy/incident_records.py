"""The register of incidents as it is read: one, all of them, the letter, the steps, and the record to take away."""

from __future__ import annotations

from typing import Any

from webapp import clock, crypto
from webapp.domain.privacy import incident_reach
from webapp.domain.privacy.models import CLOSED, Incident, IncidentStep
from webapp.errors import NotFound


def one(ref: str) -> Incident:
    """Raises NotFound."""
    row = Incident.get_or_none(Incident.ref == ref)
    if row is None:
        raise NotFound("not_found")
    return row


def listed() -> list[Incident]:
    """The register, newest first; there are few."""
    return list(Incident.select().order_by(Incident.id.desc()))


def account_of(row: Incident) -> str:
    return crypto.unseal(row.account, "incident", "account", row.ref)


def letter_of(row: Incident) -> dict[str, Any]:
    """The letter; {"texts": {}, "contact": ""} before there is one."""
    if row.letter is None:
        return {"texts": {}, "contact": ""}
    letter: dict[str, Any] = crypto.unseal(row.letter, "incident", "letter", row.ref)
    return letter


def steps(row: Incident) -> list[IncidentStep]:
    return list(IncidentStep.select().where(IncidentStep.incident == row.id).order_by(IncidentStep.id))


def people_of(row: Incident) -> int:
    """How many persons it touches: as frozen, or as it would be now."""
    return len({person for _ref, person, _number in incident_reach.listed(row)})


def waiting() -> Any:
    """What is not closed, to be counted."""
    return Incident.select().where(Incident.state != CLOSED)


def whole(row: Incident) -> dict[str, Any]:
    """The exportable record: everything but names; persons by the numbers of what they sent."""
    return {
        "number": row.number,
        "state": row.state,
        "kinds": row.kinds,
        "cause": row.cause,
        "scope": row.scope,
        "scope_refs": row.scope_refs,
        "began_at": row.began_at.isoformat(),
        "ended_at": row.ended_at.isoformat(),
        "found_at": row.found_at.isoformat(),
        "released_at": row.released_at.isoformat() if row.released_at else None,
        "account": account_of(row),
        "letter": letter_of(row),
        "people": people_of(row),
        "affected": sorted(number for _ref, _person, number in incident_reach.listed(row)),
        "steps": [{"at": step.at.isoformat(), "action": step.action, "state": step.state} for step in steps(row)],
        "made_at": clock.now().isoformat(),
    }

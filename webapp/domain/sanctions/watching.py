"""Whoever files after a sanction was proposed and is only like whom it names: an officer is told, and compares."""

from __future__ import annotations

from webapp.domain.audit.acts import Act
from webapp.domain.sanctions import matching
from webapp.domain.sanctions.models import CONFIRMED, PROPOSED, Sanction, SanctionNear
from webapp.domain.units.telling import tell_platform


def look(act: Act, person_id: int) -> None:
    """Step: what the person declares now is like somebody whom a sanction means. He files all the same: a name is never
    what anybody is refused by."""
    before = _like(person_id)
    if not matching.find_near(Sanction.state << (PROPOSED, CONFIRMED), person_id):
        return
    for row in Sanction.select().where(Sanction.id << sorted(_like(person_id) - before)):
        tell_platform(act, "sanction-near", subject=row.ref, params={"sanction": row.number})


def _like(person_id: int) -> set[int]:
    return {
        row for (row,) in SanctionNear.select(SanctionNear.sanction).where(SanctionNear.person == person_id).tuples()
    }

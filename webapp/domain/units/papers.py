"""A unit's code on paper: A4 poster and A6 desk card, made by the worker."""

from __future__ import annotations

from webapp.domain.audit.acts import Act, action
from webapp.domain.files import documents
from webapp.domain.units import queries
from webapp.domain.units.codes import PAPERS
from webapp.errors import Conflict, NotFound


@action("enrolment-code:print")
def order(act: Act, unit_id: int, kind: str, locale: str) -> dict[str, str]:
    """Have the poster or desk card of the active code made in a language. Done once, it is only found again."""
    if kind not in PAPERS:
        raise NotFound("not_found")
    active = queries.active_code(unit_id)
    if active is None:
        raise Conflict("no_code")
    return {"document": documents.issue(act, kind, active.code, locale, unit_id)}

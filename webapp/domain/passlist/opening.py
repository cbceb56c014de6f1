"""Opening one entry of the list, with its person's data and papers: a reading that goes on record."""

from __future__ import annotations

from webapp.actors import Actor
from webapp.domain.audit import viewing
from webapp.domain.audit.readings import PAGE_READ, PAPER_READ
from webapp.domain.passlist import queries
from webapp.domain.passlist.models import Entry


def page(actor: Actor, unit_id: int, ref: str) -> Entry:
    """An entry of this unit, for its page. Raises NotFound."""
    return _opened(actor, unit_id, ref, PAGE_READ)


def papers(actor: Actor, unit_id: int, ref: str) -> Entry:
    """An entry of this unit, for its papers. Raises NotFound."""
    return _opened(actor, unit_id, ref, PAPER_READ)


def _opened(actor: Actor, unit_id: int, ref: str, how: str) -> Entry:
    row = queries.one(unit_id, ref)
    viewing.opened(actor, "entry", ref, [row.submission_ref], how)
    return row

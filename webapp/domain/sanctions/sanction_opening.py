"""Opening the page of one sanction, with the numbers it names and whom it ended: a reading that goes on record."""

from __future__ import annotations

from webapp.actors import Actor
from webapp.domain.audit import viewing
from webapp.domain.sanctions import sanction_queries
from webapp.domain.sanctions.models import Sanction, SanctionEffect


def page(actor: Actor, ref: str) -> Sanction:
    """Raises NotFound."""
    sanction = sanction_queries.one(ref)
    sent = SanctionEffect.select(SanctionEffect.submission_ref).where(
        SanctionEffect.sanction == sanction.id, SanctionEffect.submission_ref.is_null(False)
    )
    viewing.opened(actor, "sanction", ref, [submission for (submission,) in sent.tuples()])
    return sanction

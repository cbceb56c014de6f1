"""Opening the page of one sanction, with the numbers it names and whom it ended: a reading that goes on record."""

from __future__ import annotations

from webapp.actors import Actor
from webapp.domain.audit import viewing
from webapp.domain.passlist.models import Entry
from webapp.domain.sanctions import sanction_queries
from webapp.domain.sanctions.models import OF_ENTRY, Sanction, SanctionEffect


def page(actor: Actor, ref: str) -> Sanction:
    """Raises NotFound."""
    sanction = sanction_queries.one(ref)
    ended = SanctionEffect.select(SanctionEffect.object_ref).where(
        SanctionEffect.sanction == sanction.id, SanctionEffect.kind == OF_ENTRY
    )
    sent = Entry.select(Entry.submission_ref).where(Entry.ref << ended).tuples()
    viewing.opened(actor, "sanction", ref, [submission for (submission,) in sent])
    return sanction

"""The confirmation of an entry (`listing_confirmation`) says how its driver drives and with which plate. Where that
changes while the entry stays, the paper is made anew."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.database import among
from webapp.domain.audit.acts import Act
from webapp.domain.files import documents
from webapp.domain.jobs.models import BULK
from webapp.domain.passlist.models import Entry
from webapp.domain.passlist.states import IN_FORCE

KIND = "listing_confirmation"


def renew(act: Act, entry_ids: Iterable[int]) -> None:
    """Step: what the confirmations of these entries say has changed. A fixed number of statements."""
    subjects = Entry.select(Entry.ref).where(Entry.id << among(entry_ids), Entry.state << IN_FORCE)
    documents.reissue(act, KIND, subjects, queue=BULK)

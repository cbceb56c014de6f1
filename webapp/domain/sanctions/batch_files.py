"""Files of sanctions: how long they are kept. What was made of their rows stands in the sanctions themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from webapp.database import among, transaction
from webapp.domain.files.models import StoredFile
from webapp.domain.sanctions.models import SanctionBatch

#: To put faulty rows right and send them again.
KEPT = timedelta(days=30)


def drop(batches: Iterable[SanctionBatch]) -> list[str]:
    """Step: their files are no longer kept. Returns the refs, whose bytes go after the commit, by the caller or with
    the sweep of orphans."""
    gone = [batch for batch in batches if batch.file_id is not None]
    rows = list(StoredFile.select().where(StoredFile.id << among(batch.file_id for batch in gone)))
    SanctionBatch.update(file=None).where(SanctionBatch.id << among(batch.id for batch in gone)).execute()
    StoredFile.delete().where(StoredFile.id << among(row.id for row in rows)).execute()
    return [row.ref for row in rows]


def purge(now: datetime) -> int:
    """Timer: what was sent long enough ago. Returns how many files went."""
    with transaction():
        old = SanctionBatch.created_at < now - KEPT
        return len(drop(SanctionBatch.select().where(old, SanctionBatch.file.is_null(False))))

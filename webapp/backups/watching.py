"""How old what waits has become: for whoever watches this machine."""

from __future__ import annotations

from datetime import datetime

from webapp import clock
from webapp.backups import record
from webapp.domain.audit import sequencer
from webapp.domain.audit.models import AUDIT_STREAM, Act
from webapp.domain.lanes import journal


def ages() -> dict[str, int | None]:
    """Seconds since the last copy (None: there was none), since the oldest act of the record that waits for its
    seal, and bytes of lane checks that wait to be taken in."""
    return {
        "backup_age_seconds": _seconds(record.last_made()),
        "unsealed_audit_seconds": _seconds(sequencer.oldest_waiting(AUDIT_STREAM, Act)) or 0,
        "lane_journal_bytes": journal.backlog(),
    }


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else max(0, round((clock.now() - moment).total_seconds()))

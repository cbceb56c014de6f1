"""After the retention period a recorded question keeps its plate as a keyed hash alone (design 9)."""

from __future__ import annotations

from datetime import datetime

from webapp.database import among, transaction
from webapp.domain.lanes.models import LaneCheck

SLICE = 5000


def forget_plates(before: datetime) -> int:
    """Erase the sealed plates of questions asked before then, slice by slice; returns how many."""
    done = 0
    while True:
        with transaction():
            rows = LaneCheck.select(LaneCheck.id).where(LaneCheck.plate.is_null(False), LaneCheck.asked_at < before)
            ids = [found for (found,) in rows.order_by(LaneCheck.asked_at).limit(SLICE).tuples()]
            LaneCheck.update(plate=None).where(LaneCheck.id << among(ids)).execute()
        done += len(ids)
        if len(ids) < SLICE:
            return done

"""Handler `tell`: the notices of one act to everybody it touched, in slices."""

from __future__ import annotations

from webapp.delivery.work import Work
from webapp.domain.filings import telling


def tell(work: Work) -> None:
    """Each slice and how far it has come are one transaction: after a crash the next worker begins where it ended."""
    act_id, kind = int(work.job.subject), work.job.params["kind"]
    told = -1
    while told:
        with work.slice():
            last, told = telling.tell_slice(act_id, kind, work.job.cursor)
            work.advance(last, told)

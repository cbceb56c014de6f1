"""Closing filings: the step that whatever ends an open filing without its person or unit shares (design 6, `close`)."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.database import among
from webapp.domain.audit.acts import Act, record_each
from webapp.domain.filings import asking, states
from webapp.domain.filings.models import Filing, FilingStep
from webapp.domain.sanctions import cases
from webapp.row_sets import literal


def close(act: Act, filing_ids: Iterable[int], reason: str) -> list[int]:
    """Close those of these filings that are open, with what they asked of owners; returns their ids.

    `reason` is a code `field:code` that the person reads. A fixed number of statements; callers hold the locks and owe
    the news.
    """
    rows = Filing.select(Filing.id).where(Filing.id << among(filing_ids), Filing.state << states.states_for("close"))
    closed = [found for (found,) in rows.tuples()]
    if not closed:
        return []
    Filing.update(state=states.CLOSED, reasons=[reason], act_id=act.id, version=Filing.version + 1).where(
        Filing.id << among(closed)
    ).execute()
    let_go(act, closed)
    _step(act, closed, reason)
    _record(act, closed)
    return closed


def let_go(act: Act, filing_ids: Iterable[int]) -> None:
    """Step: these filings ended, in whatever way. What they asked of owners is taken back, and that plates of theirs
    lead to two vehicles is nothing to decide any more."""
    ids = list(filing_ids)
    asking.take_back(act, ids)
    cases.lapse(act, Filing.select(Filing.ref).where(Filing.id << among(ids)))


def _step(act: Act, closed: list[int], reason: str) -> None:
    step = FilingStep
    rows = Filing.select(
        Filing.id,
        literal(act.id, step.act_id),
        literal(act.now, step.at),
        literal("close", step.action),
        literal(states.CLOSED, step.state),
        literal([reason], step.reasons),
    )
    chosen = rows.where(Filing.id << among(closed)).order_by(Filing.id)
    step.insert_from(chosen, [step.filing, step.act_id, step.at, step.action, step.state, step.reasons]).execute()


def _record(act: Act, closed: list[int]) -> None:
    rows = Filing.select(Filing.ref, Filing.unit).where(Filing.id << among(closed)).order_by(Filing.id).tuples()
    record_each(act, (("filing:closed", ref, unit_id) for ref, unit_id in rows))

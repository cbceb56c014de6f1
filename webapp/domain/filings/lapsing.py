"""A filing that was returned and not corrected: its person is reminded a week before ninety days are over, then it is
closed (design 6, `close`: returned and stale after notice)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from webapp import actors, clock
from webapp.columns import to_micros
from webapp.database import among, lock
from webapp.domain.audit.acts import Act, action
from webapp.domain.filings import closing, telling
from webapp.domain.filings.models import Filing, FilingStep, Submission
from webapp.domain.filings.states import RETURNED
from webapp.domain.notices.models import Notice
from webapp.domain.registry.models import Person

LIFE = timedelta(days=90)
WARNING = timedelta(days=7)
NEAR, OVER = "filing-lapsing", "filing-lapsed"
REASON = "filing:lapsed"
SLICE = 200


def tend(now: datetime, breathe: Callable[[], None] = lambda: None) -> int:
    """Timer: warn whose time is nearly over, close what was warned about a week ago. Returns how many were closed."""
    while ids := _near(now):
        breathe()
        _warn(actors.system("returned"), ids, now)
    done = 0
    while ids := _over(now):
        breathe()
        closed = int(_lapse(actors.system("returned"), ids)["closed"])
        if not closed:  # a clock put back meanwhile: another day
            break
        done += closed
    return done


def _last_return() -> Any:
    return FilingStep.select(fn.MAX(FilingStep.at)).where(FilingStep.filing == Filing.id, FilingStep.action == "return")


def _returned(before: datetime) -> Any:
    """Filings that wait for a correction since before then."""
    return Filing.select(Filing.id).where(Filing.state == RETURNED, _last_return() < to_micros(before))


def _warned(*before: Any) -> Any:
    """Whether its person was told (by then) that this return, and no earlier one, lapses."""
    told = Notice.select(Notice.id).where(Notice.kind == NEAR, Notice.subject == Filing.ref)
    return fn.EXISTS(told.where(Notice.created_at > _last_return(), *before))


def _near(now: datetime) -> list[int]:
    rows = _returned(now - LIFE + WARNING).where(~_warned())
    return [found for (found,) in rows.order_by(Filing.id).limit(SLICE).tuples()]


def _over(now: datetime) -> list[int]:
    rows = _returned(now - LIFE).where(_warned(Notice.created_at <= now - WARNING))
    return [found for (found,) in rows.order_by(Filing.id).limit(SLICE).tuples()]


@action("filing:warn-lapsing")
def _warn(act: Act, ids: list[int], now: datetime) -> dict[str, int]:
    until = clock.last_date(now + WARNING).isoformat()
    for filing, submission in _with_submissions(ids):
        params = {"number": submission.number, "until": until}
        telling.tell_person(act, NEAR, submission, subject=filing.ref, params=params)
    return {"warned": len(ids)}


@action("filing:lapse")
def _lapse(act: Act, ids: list[int]) -> dict[str, int]:
    lock(Person, [found for (found,) in Filing.select(Filing.person).where(Filing.id << among(ids)).tuples()])
    lock(Filing, ids)
    closed = closing.close(act, [row for row in _over(act.now) if row in set(ids)], REASON)
    for filing, submission in _with_submissions(closed):
        telling.tell_person(act, OVER, submission, subject=filing.ref, params={"number": submission.number})
    return {"closed": len(closed)}


def _with_submissions(ids: list[int]) -> list[tuple[Filing, Submission]]:
    filings = list(Filing.select().where(Filing.id << among(ids)).order_by(Filing.id))
    by_id = {row.id: row for row in Submission.select().where(Submission.id << among(f.submission_id for f in filings))}
    return [(filing, by_id[filing.submission_id]) for filing in filings]

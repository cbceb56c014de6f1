"""Pure rules of re-verification: when each stage of a unit is due, and which day may be set."""

from __future__ import annotations

from datetime import date, timedelta

from webapp.domain.campaigns.models import ANNOUNCED, OVER, REMINDED, SETTLED, STARTED, WARNED
from webapp.values import dates

#: Days before the last one on which persons and platform are told (issue, section 2).
WARN_DAYS = 14
#: How long the unconfirmed are held before they are removed, and how long before that they are told once more.
HOLD_DAYS, LAST_NOTICE_DAYS = 14, 7
SOONEST_DAYS, LATEST_DAYS = 21, 180

#: A stage and the one that follows it.
AFTER = {STARTED: ANNOUNCED, ANNOUNCED: WARNED, WARNED: SETTLED, SETTLED: REMINDED, REMINDED: OVER}


def due_on(stage: str, stage_on: date, last_day: date) -> date | None:
    """The day on which a unit at this stage (reached on `stage_on`) goes on to the next; None after the last. A worker
    that was down shortens nobody's time: from warning to hold and from last notice to removal whole days pass."""
    if stage == STARTED:
        return stage_on
    if stage == ANNOUNCED:
        return last_day - timedelta(days=WARN_DAYS)
    if stage == WARNED:
        return max(last_day + timedelta(days=1), stage_on + timedelta(days=WARN_DAYS))
    if stage == SETTLED:
        return stage_on + timedelta(days=HOLD_DAYS - LAST_NOTICE_DAYS)
    return stage_on + timedelta(days=LAST_NOTICE_DAYS) if stage == REMINDED else None


def read_day(text: str, today: date) -> tuple[date | None, str]:
    """The last day as typed, or why it cannot be that one (a code)."""
    checked = dates.check(text)
    if checked.errors:
        return None, checked.errors[0].code
    day = date.fromisoformat(checked.value)
    if day < today + timedelta(days=SOONEST_DAYS):
        return None, "campaign_too_soon"
    if day > today + timedelta(days=LATEST_DAYS):
        return None, "campaign_too_late"
    return day, ""

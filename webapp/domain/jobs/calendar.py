"""Working days of the zone: Monday to Friday, less the holidays in the table (Asia/Macau)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from webapp import clock
from webapp.domain.editions import queries as editions
from webapp.domain.editions.models import HOLIDAYS
from webapp.domain.jobs.models import Holiday


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day, day)


def first_holidays() -> list[tuple[date, str]]:
    """The days that count while officers have published no edition."""
    return list(Holiday.select(Holiday.day, Holiday.name).order_by(Holiday.day).tuples())


def _holidays(first: date, last: date) -> set[date]:
    """Holidays from the first to the last day, of the edition in force. At most two statements."""
    edition = editions.in_force(HOLIDAYS)
    if edition is not None:
        return {day for text, _ in edition.content["days"] if first <= (day := date.fromisoformat(text)) <= last}
    return {day for (day,) in Holiday.select(Holiday.day).where(Holiday.day >= first, Holiday.day <= last).tuples()}


def after_working_days(instant: datetime, days: int) -> datetime:
    """The end of the n-th working day after the day of `instant`."""
    return clock.start_of_day(nth_working_day(instant, days) + timedelta(days=1))


def nth_working_day(instant: datetime, days: int) -> date:
    """The n-th working day after the day of `instant`: the last on which something may still be done in time."""
    first = clock.local_date(instant)
    # Three calendar weeks more than the weekends hold any run of holidays of up to two weeks.
    horizon = first + timedelta(days=days * 2 + 21)
    holidays = _holidays(first, horizon)
    day = first
    while days:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            days -= 1
    return day


def working_days_before(instant: datetime, days: int) -> datetime:
    """What happened before the answer has had its n working days by `instant`: the inverse of after_working_days."""
    today = clock.local_date(instant)
    horizon = today - timedelta(days=days * 2 + 21)
    holidays = _holidays(horizon, today)
    day = today
    while days:
        day -= timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            days -= 1
    return clock.start_of_day(day)

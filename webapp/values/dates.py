"""Dates as people type them. A date is one field ``YYYY-MM-DD``."""

import re
import unicodedata
from datetime import date

from .findings import Checked, Finding, checked, error, warn
from .normalising import tidy

SOON_DAYS = 30
FAR_YEARS = 60

_PARTS = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")
_CHINESE = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})[日號号]?")
_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def parse(text: str | None) -> date | None:
    """The day meant, year first; full width, ``/``, ``.``, 年月日 and eight plain digits are understood."""
    display = tidy(text)
    plain = "".join(
        "-" if unicodedata.category(sign) == "Pd" or sign == "−" else sign
        for sign in unicodedata.normalize("NFKC", display)
        if not sign.isspace()
    )
    for pattern in (_PARTS, _CHINESE, _DIGITS):
        found = pattern.fullmatch(plain)
        if found:
            try:
                return date(*(int(part) for part in found.groups()))
            except ValueError:
                return None
    return None


def check(text: str | None) -> Checked:
    """A date field; the value is ISO ``YYYY-MM-DD``."""
    display = tidy(text)
    if not display:
        return Checked("", "", (error("missing"),))
    day = parse(display)
    if day is None:
        return Checked("", display, (error("bad_date"),))
    return checked(day.isoformat(), display, ())


def check_expiry(expiry: date | None, today: date) -> tuple[Finding, ...]:
    """The last valid day of a document: that day itself still counts."""
    if expiry is None:
        return (error("missing"),)
    if expiry < today:
        return (error("expired"),)
    if (expiry.year - FAR_YEARS, expiry.month, expiry.day) > (today.year, today.month, today.day):
        return (error("too_far", years=FAR_YEARS),)
    days = (expiry - today).days
    if days == 0:
        return (warn("expires_today"),)
    if days <= SOON_DAYS:
        return (warn("expires_soon", days=days),)
    return ()

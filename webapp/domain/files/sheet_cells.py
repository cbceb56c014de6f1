"""One cell of somebody's sheet as the text that was meant, or the code of why it cannot be taken.

A spreadsheet program keeps 15 digits of a number and drops leading zeros: an identity number, a plate or a staff
number that it took for a number is not guessed back, its row is named (`row_digits_lost`, `row_number`).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from webapp.values import dates, document_numbers
from webapp.values.normalising import tidy

#: Kinds of a column. In TEXT every sign counts, so a number is refused; WORDS takes a number as its digits.
TEXT, WORDS, NUMBER, DATE = "text", "words", "number", "date"
#: From here on a spreadsheet program writes zeros for digits it has forgotten.
DIGITS_KEPT = 10**15
UNDECODED = "\N{REPLACEMENT CHARACTER}"

_EXPONENT = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{1,3}")
_WHOLE = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds something else than a value: a formula, an error."""

    code: str


def text(kind: str, value: Any) -> tuple[str, str]:
    """(text, "") or ("", code): row_formula, row_error, row_number, row_digits_lost, row_turned_date, row_characters,
    row_whole_number, bad_date."""
    if value is None:
        return "", ""
    if isinstance(value, Unreadable):
        return "", value.code
    if isinstance(value, str):
        return _typed(kind, value)
    if isinstance(value, bool | time | timedelta):
        return "", "row_number"
    if isinstance(value, datetime | date):
        return (value.strftime("%Y-%m-%d"), "") if kind == DATE else ("", "row_turned_date")
    if isinstance(value, int | float):
        return _number(kind, value)
    return "", "row_error"


def shown(value: Any) -> str:
    """A cell as its sheet shows it, to be given back with what is wrong with it; "" for a formula or an error."""
    if value is None or isinstance(value, Unreadable):
        return ""
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _typed(kind: str, value: str) -> tuple[str, str]:
    typed = tidy(value)
    if UNDECODED in typed:
        return "", "row_characters"
    if not typed or kind == WORDS:
        return typed, ""
    if kind == DATE:
        day = dates.parse(typed)
        return (day.isoformat(), "") if day else ("", "bad_date")
    if _EXPONENT.fullmatch(typed) or document_numbers.is_rounded(typed):
        return "", "row_digits_lost"
    if kind == NUMBER and not _WHOLE.fullmatch(typed):
        return "", "row_whole_number"
    return typed, ""


def _number(kind: str, value: float) -> tuple[str, str]:
    if not math.isfinite(value) or abs(value) >= DIGITS_KEPT:
        return "", "row_digits_lost"
    if kind == TEXT:
        return "", "row_number"
    if kind == DATE:
        return "", "bad_date"
    if value == int(value):
        return _typed(kind, str(int(value)))
    return (repr(value), "") if kind == WORDS else ("", "row_whole_number")

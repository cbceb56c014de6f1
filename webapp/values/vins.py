"""Vehicle identification numbers (GB 16735, ISO 3779) and other chassis numbers."""

import re

from .findings import Checked, Finding, checked, error, warn
from .normalising import compact, odd_ones, tidy, unreadable

_LENGTH = 17
_SHORTEST_CHASSIS = 6
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", (int(v) for v in "12345678123457923456789" + "0123456789"), strict=True)
)


def check(text: str | None) -> Checked:
    """Check a VIN, or the shorter chassis number of a car made for the Japanese market.

    Cars made for Europe or Japan need no check digit, so a wrong one is only a warning.
    """
    display = tidy(text)
    if refusal := unreadable(display):
        return refusal
    number = compact(display)
    return checked(number, display, (_full(number) if len(number) == _LENGTH else _other(number)))


def check_digit(number: str) -> str:
    """What position 9 of a 17-character number would be if it is a check digit."""
    rest = sum(weight * _VALUES[sign] for weight, sign in zip(_WEIGHTS, number, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


def _full(number: str) -> list[Finding]:
    strange = _strange(number)
    if strange:
        return strange
    if set(number) & set("IOQ"):
        return [error("vin_letters")]
    return [] if check_digit(number) == number[8] else [warn("odd_vin")]


def _other(number: str) -> list[Finding]:
    strange = _strange(number)
    if strange:
        return strange
    if len(number) > _LENGTH:
        return [error("too_long", maximum=_LENGTH)]
    if len(number) < _SHORTEST_CHASSIS:
        return [error("too_short", minimum=_SHORTEST_CHASSIS)]
    return [warn("other_chassis_number")] if re.search("[0-9]", number) else [error("bad_format")]


def _strange(number: str) -> list[Finding]:
    strange = odd_ones(re.sub("[A-Z0-9]", "", number))
    return [error("bad_characters", characters=strange)] if strange else []

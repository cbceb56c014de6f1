"""Registration numbers of units, by the place of registration: ``cn``, ``mo``, ``hk``.

Sources: GB 32100-2015 (unified social credit code), Hong Kong's business registration and unique business identifier.
Macao's commercial and association numbers have no common layout: free text, proved by the uploaded file.
"""

import re

from stdnum.cn import uscc

from .findings import Checked, Finding, checked, error
from .normalising import compact, odd_ones, tidy, unreadable

PLACES = ("cn", "mo", "hk")

_SIGNS = "0-9A-HJ-NPQRTUWXY"
# Letters stand in the first two places too: A, G, N, Y departments exist.
_CREDIT_CODE = re.compile(f"[{_SIGNS}]{{2}}[0-9]{{6}}[{_SIGNS}]{{10}}")
_MACAO_SHORTEST, _MACAO_LONGEST = 2, 30
_CLASS_HINTS = {
    "11": "organ",
    "12": "organ",
    "13": "organ",
    "51": "social",
    "52": "social",
    "53": "social",
    "54": "resident",
    "91": "enterprise",
    "92": "enterprise",
    "93": "enterprise",
    "N2": "enterprise",
}


def check(place: str, text: str | None) -> Checked:
    """Check a registration number against the rules of its place."""
    display = tidy(text)
    if place not in PLACES:
        return Checked("", display, (error("unknown_place"),))
    if refusal := unreadable(display):
        return refusal
    number = compact(display)
    if place == "cn":
        return checked(number, display, _credit_code(number))
    if place == "mo":
        return checked(number, display, _macao(number))
    return checked(_hong_kong_value(number), display, _hong_kong(number))


def identity_key(place: str, normalised: str) -> str:
    """What makes two numbers the same unit. Hong Kong's business number is its identifier's main branch 000."""
    if place == "hk" and len(normalised) == 8:
        normalised += "000"
    return f"{place}:{normalised}"


def class_hint(credit_code: str) -> str | None:
    """The applicant class a unified social credit code suggests, never decides; None where it says nothing."""
    return _CLASS_HINTS.get(credit_code[:2])


def _credit_code(number: str) -> list[Finding]:
    if len(number) != 18:
        return [error("wrong_length", expected="18", given=len(number))]
    strange = odd_ones(re.sub(f"[{_SIGNS}]", "", number))
    if strange:
        return [error("bad_characters", characters=strange)]
    if not _CREDIT_CODE.fullmatch(number):
        return [error("bad_format")]
    return [] if uscc.calc_check_digit(number[:17]) == number[17] else [error("check_digit")]


def _macao(number: str) -> list[Finding]:
    strange = odd_ones("".join(sign for sign in number if not sign.isalnum() and sign not in "º°ª#&,;:'+_"))
    if strange:
        return [error("bad_characters", characters=strange)]
    if len(number) < _MACAO_SHORTEST:
        return [error("too_short", minimum=_MACAO_SHORTEST)]
    if len(number) > _MACAO_LONGEST:
        return [error("too_long", maximum=_MACAO_LONGEST)]
    return [] if any(sign.isalnum() for sign in number) else [error("bad_format")]


def _hong_kong(number: str) -> list[Finding]:
    if re.fullmatch(r"[0-9]{7,8}|[0-9]{11}|[0-9]{15}[0-9A-Z]", number):
        return []
    if len(number) not in (7, 8, 11, 16):
        return [error("wrong_length", expected="7,8,11,16", given=len(number))]
    return [error("bad_format")]


def _hong_kong_value(number: str) -> str:
    # A company number of 7 digits is the same as 8 with a zero; a certificate number of 16 begins with the identifier.
    return number.zfill(8) if len(number) == 7 else number[:11]

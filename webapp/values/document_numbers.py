"""The layout and check digits of each document type (tables and rules; the public functions are in ``documents``).

Sources: GB 11643 and ISO 7064 MOD 11-2 (18-digit numbers), notice of the Ministry of Public Security of 10 March 2010
(home-return permits), National Immigration Administration 2023 and 2024 (permanent residence card, permits of
non-Chinese residents), ICAO 9303 (passports). The check digit of the Macao card is not published: never tested.
"""

import re
from collections.abc import Callable
from datetime import date

from stdnum import numdb
from stdnum.iso7064 import mod_11_2

from . import countries
from .findings import Finding, error, warn
from .people import OLDEST

# GB/T 2260, first two digits; 71 Taiwan, 81 Hong Kong, 82 Macao.
_PROVINCES = frozenset(
    str(code)
    for codes in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 83))
    for code in range(*codes)
)
_RESIDENCE_DIVISIONS = frozenset(("810000", "820000", "830000"))
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_ROUNDED = re.compile(r"[0-9]{15}000")
_OLD_RESIDENCE_CARD = re.compile(r"[A-Z]{3}[0-9]{12}")
_HOME_RETURN = re.compile(r"[HM](?:[0-9]{8}(?:[0-9]{2})?|A[0-9]{7})")
_TAIWAN = re.compile(r"[0-9]{8}(?:[0-9]{2}[A-Z0-9]?)?")
_HONG_KONG = re.compile(r"([A-Z]{1,2})([0-9]{6})([0-9A])")
_HONG_KONG_UNCHECKED = re.compile(r"[A-Z]{1,2}[0-9]{6}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
_USUAL_PASSPORTS = {
    "CN": re.compile(
        r"E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|[DSP][A-Z]?[0-9]{7,8}|[HK][A-Z0-9][0-9]{7}|M[AB][0-9]{7}"
    ),
    "HK": re.compile(r"[HK][A-Z0-9][0-9]{7}"),
    "MO": re.compile(r"M[AB][0-9]{7}"),
}
_USUAL_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{6,9}")


def cn_id(number: str, country: str, today: date) -> list[Finding]:
    if re.fullmatch(r"[0-9]{15}", number):
        return [error("old_cn_id")]
    return _eighteen("cn_id", number, today) or _division(number[:6])


def hmt_residence(number: str, country: str, today: date) -> list[Finding]:
    return _eighteen("hmt_residence", number, today)


def foreign_pr(number: str, country: str, today: date) -> list[Finding]:
    if len(number) == 15:
        if not _OLD_RESIDENCE_CARD.fullmatch(number):
            return [error("bad_format")]
        return _carried_country(number[:3])
    faults = _eighteen("foreign_pr", number, today, lengths="15,18")
    if faults:
        return faults
    province = [] if number[1:3] in _PROVINCES else [warn("unknown_division", division=number[1:3])]
    return province + _carried_country(number[3:6])


def home_return(number: str, country: str, today: date) -> list[Finding]:
    return _layout(number, _HOME_RETURN, "9,11")


def tw_permit(number: str, country: str, today: date) -> list[Finding]:
    return _layout(number, _TAIWAN, "8,10,11")


def mo_bir(number: str, country: str, today: date) -> list[Finding]:
    faults = _layout(number, re.compile(r"[0-9]{8}"), "8")
    if not faults and number[0] not in "157":
        faults = [error("bad_first_digit", allowed="1,5,7")]
    return faults


def hk_id(number: str, country: str, today: date) -> list[Finding]:
    parts = _HONG_KONG.fullmatch(number)
    if parts is None:
        if _HONG_KONG_UNCHECKED.fullmatch(number):
            return [error("check_digit_missing")]
        return _layout(number, _HONG_KONG, "8,9")
    letters, digits, check = parts.groups()
    return [] if check == hk_check_digit(letters + digits) else [error("check_digit")]


def passport(number: str, country: str, today: date) -> list[Finding]:
    issuer = countries.canonical(country)
    faults: list[Finding] = []
    if not (country or "").strip():
        faults.append(error("country_missing"))
    elif not issuer:
        faults.append(error("unknown_country", country=country.strip()[:20]))
    if not _PASSPORT.fullmatch(number):
        faults.append(_length_or_format(number, 5, 17))
    elif not faults and not _USUAL_PASSPORTS.get(issuer, _USUAL_PASSPORT).fullmatch(number):
        faults.append(warn("unusual_passport"))
    return faults


RULES: dict[str, Callable[[str, str, date], list[Finding]]] = {
    "cn_id": cn_id,
    "hmt_residence": hmt_residence,
    "home_return": home_return,
    "tw_permit": tw_permit,
    "mo_bir": mo_bir,
    "hk_id": hk_id,
    "foreign_pr": foreign_pr,
    "passport": passport,
}


def hk_check_digit(body: str) -> str:
    """The check digit of one or two letters and six digits: weights 9 to 2, a missing letter counts 36."""
    values = [36] * (8 - len(body)) + [int(sign, 36) for sign in body]
    rest = -sum(weight * value for weight, value in zip(range(9, 1, -1), values, strict=True)) % 11
    return "A" if rest == 10 else str(rest)


def eighteen_birth_date(number: str) -> date | None:
    """The birth date inside any 18-digit number, or None where there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_eighteen(number: str) -> bool:
    """Whether the number has the 18-digit layout that citizens, residents and foreigners share."""
    return _EIGHTEEN.fullmatch(number) is not None


def is_rounded(number: str) -> bool:
    """Whether an 18-digit number went through a spreadsheet program that kept 15 digits and wrote zeros for the rest:
    so its check digit does not agree. One in eleven cannot be told."""
    return _ROUNDED.fullmatch(number) is not None and not mod_11_2.is_valid(number)


def _eighteen(id_type: str, number: str, today: date, lengths: str = "18") -> list[Finding]:
    faults = _layout(number, _EIGHTEEN, lengths)
    if faults:
        return faults
    owner = _type_of_eighteen(number)
    if owner != id_type:
        return [error("wrong_type", id_type=owner)]
    if mod_11_2.calc_check_digit(number[:17]) != number[17]:
        faults.append(error("check_digit"))
    birth = eighteen_birth_date(number)
    if birth is None or birth.year < today.year - OLDEST:
        faults.append(error("birth_date_impossible"))
    elif birth > today:
        faults.append(error("birth_date_future"))
    if id_type == "cn_id" and number[:2] not in _PROVINCES:
        faults.append(error("unknown_province", division=number[:2]))
    return faults


def _type_of_eighteen(number: str) -> str:
    if number[0] == "9":
        return "foreign_pr"
    return "hmt_residence" if number[:6] in _RESIDENCE_DIVISIONS else "cn_id"


def _division(division: str) -> list[Finding]:
    # Numbers keep the county code of the day they were given out, so any code that ever was is known.
    known = any("county" in properties for _, properties in numdb.get("cn/loc").info(division))
    return [] if known else [warn("unknown_division", division=division)]


def _carried_country(code: str) -> list[Finding]:
    return [] if countries.canonical(code) else [warn("unknown_country", country=code)]


def _layout(number: str, pattern: re.Pattern[str], lengths: str) -> list[Finding]:
    if pattern.fullmatch(number):
        return []
    if str(len(number)) not in lengths.split(","):
        return [error("wrong_length", expected=lengths, given=len(number))]
    return [error("bad_format")]


def _length_or_format(number: str, minimum: int, maximum: int) -> Finding:
    if len(number) < minimum:
        return error("too_short", minimum=minimum)
    if len(number) > maximum:
        return error("too_long", maximum=maximum)
    return error("bad_format")

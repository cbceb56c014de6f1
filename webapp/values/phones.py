"""Mobile telephones of the mainland (86), Macao (853) and Hong Kong (852), stored as E.164.

What the numbering plans allow is accepted; the library's tables of ranges in use lag behind and only warn.
"""

import re

from .findings import Checked, Finding, error, warn
from .normalising import compact, odd_ones, tidy, unreadable

REGIONS = ("86", "853", "852")

# National numbers: lengths, and the mobile part of each plan. Macao gives the whole of 6 to mobiles.
_LENGTHS = {"86": 11, "853": 8, "852": 8}
_MOBILE = {
    "86": re.compile(r"1[3-9][0-9]{9}"),
    "853": re.compile(r"6[0-9]{7}"),
    "852": re.compile(r"[4-9][0-9]{7}"),
}


def check(region: str, text: str | None) -> Checked:
    """Check a mobile number; its own country code may be typed in front. The value is E.164."""
    display = tidy(text)
    if region not in REGIONS:
        return Checked("", display, (error("unknown_region"),))
    if refusal := unreadable(display):
        return refusal
    digits, fault = _national(region, display)
    if fault:
        return Checked("", display, (fault,))
    e164 = f"+{region}{digits}"
    import phonenumbers  # late: tables of the whole world, and a web process starts without

    known = phonenumbers.is_valid_number(phonenumbers.parse(e164))
    return Checked(e164, display, () if known else (warn("unknown_range"),))


def split(e164: str) -> tuple[str, str]:
    """Region and national number, two empty texts for anything else than a stored number."""
    for region in REGIONS:
        national = e164.removeprefix(f"+{region}")
        if national != e164 and _MOBILE[region].fullmatch(national):
            return region, national
    return "", ""


def mask(e164: str) -> str:
    """The number for lists: 138****8000, +853 66****34; empty for anything else than a stored number."""
    region, national = split(e164)
    if not region:
        return ""
    if region == "86":
        return f"{national[:3]}****{national[-4:]}"
    return f"+{region} {national[:2]}****{national[-2:]}"


def display(e164: str) -> str:
    """The number in groups: +86 138 0013 8000, +853 6612 3456; empty for anything else than a stored number."""
    region, national = split(e164)
    if not region:
        return ""
    groups = (national[:-8], national[-8:-4], national[-4:])
    return " ".join(group for group in (f"+{region}", *groups) if group)


def _national(region: str, typed: str) -> tuple[str, Finding | None]:
    plain = compact(typed)
    international = plain.startswith(("+", "00"))
    digits = plain.removeprefix("+")
    if international and digits.startswith("00"):
        digits = digits[2:]
    if not re.fullmatch(r"[0-9]+", digits):
        return "", error("bad_characters", characters=odd_ones(re.sub("[0-9]", "", plain)))
    length = _LENGTHS[region]
    if digits.startswith(region) and len(digits) == len(region) + length:
        digits = digits[len(region) :]
    elif international:
        other = next((code for code in REGIONS if code != region and digits.startswith(code)), "")
        if other:
            return "", error("other_region", region=other)
    if len(digits) != length:
        return "", error("wrong_length", expected=str(length), given=len(digits))
    return digits, None if _MOBILE[region].fullmatch(digits) else error("not_mobile")

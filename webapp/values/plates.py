"""Number plates of the mainland, Macao and Hong Kong.

Sources: GA 36-2018 (mainland layouts), the Macao transport bureau's series (MV never issued, AA onwards since 2023),
Hong Kong's Road Traffic (Registration and Licensing of Vehicles) Regulations. A Macao and a Hong Kong plate can be the
same letters and digits; then it is read as Macao's where that series has been reached.
"""

import re
from collections.abc import Iterable

from .findings import Checked, Finding, checked, error, warn
from .normalising import compact, odd_ones, tidy, unreadable

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_SIMPLIFIED = str.maketrans("粵滬遼雲魯蘇贛晉陝閩貴寧瓊領學掛臨應試", "粤沪辽云鲁苏赣晋陕闽贵宁琼领学挂临应试")
_SUFFIXES = "港澳警学挂领使临试超应急"
_HAN = frozenset(PROVINCES + _SUFFIXES)

_P = f"[{PROVINCES}]"
_L = "[A-HJ-NP-Z]"
_S = "[A-HJ-NP-Z0-9]"
# Kind and layout of the normalised plate; the first that fits names the kind.
_LAYOUTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(layout))
    for kind, layout in (
        ("hong_kong_cross_border", f"粤Z{_S}{{4}}港"),
        ("macao_cross_border", f"粤Z{_S}{{4}}澳"),
        ("ordinary", f"(?!粤Z){_P}[A-HJ-Z]{_S}{{5}}"),
        ("new_energy_small", f"(?!粤Z){_P}{_L}[A-HJK]{_S}[0-9]{{4}}"),
        ("new_energy_large", f"(?!粤Z){_P}{_L}[0-9]{{5}}[A-HJK]"),
        ("police", f"{_P}[A-HJ-Z]{_S}{{4}}警"),
        ("learner", f"{_P}{_L}{_S}{{4}}学"),
        ("trailer", f"{_P}{_L}{_S}{{4}}挂"),
        ("embassy", "[0-9]{6}使|使[0-9]{6}"),
        ("consulate", f"{_P}[0-9]{{5}}领|{_P}{_L}{_S}{{4}}领"),
        ("emergency", f"{_P}{_L}{_S}{{4}}应急"),
        ("temporary", f"{_P}{_L}{_S}{{4,5}}临"),
        ("test", f"{_P}{_L}{_S}{{4,5}}试"),
        ("oversize", f"{_P}{_L}{_S}{{4,5}}超"),
        ("armed_police", f"WJ{_P}?[0-9]{{4}}[0-9A-HJ-NP-Z]"),
        ("macao_moped", "CM[0-9]{1,5}"),
        ("macao_government", "0[0-9]{3}"),
        ("macao_trade", "E[SX][0-9]{4}"),
        ("macao", "(?!MV)M[A-Z]?[0-9]{4}|(?!AM)A[A-Z][0-9]{4}"),
        ("hong_kong", "(?:[A-HJ-NPR-Z]{2}|[AFT])?[1-9][0-9]{0,3}"),
        ("macao", "(?!MV)[A-Z]{2}[0-9]{4}"),
        ("military", "[A-Z]{2}[0-9]{5}"),
        ("hong_kong_personal", "(?!MV0)(?=.*[A-Z])[A-HJ-NPR-Z0-9]{1,8}"),
    )
)
_RARE = frozenset(
    (
        "learner",
        "trailer",
        "temporary",
        "test",
        "oversize",
        "military",
        "macao_moped",
        "macao_trade",
        "hong_kong_personal",
    )
)
_WITHOUT_PROVINCE = re.compile(f"{_L}{_S}{{5,6}}")
_MACAO_MV = re.compile(r"MV[\s·.-]?[0-9]{2}[\s·.-][0-9]{2}", re.IGNORECASE)


def check(text: str | None, *, others: Iterable[str] = ()) -> Checked:
    """Check one plate of a vehicle; ``others`` are its other plates as typed.

    A Macao or Hong Kong plate alone is a warning: beside a mainland plate it is not.
    """
    display = tidy(text)
    if refusal := unreadable(display):
        return refusal
    plate = fold(display)
    found = kind(plate)
    if not found:
        return Checked("", display, (_fault(plate),))
    if _MACAO_MV.fullmatch(display):
        return Checked("", display, (error("mv_not_issued"),))
    beside_mainland = any(is_mainland(fold(other)) for other in others)
    return checked(plate, display, _warnings(plate, found, beside_mainland))


def fold(text: str | None) -> str:
    """The searchable form of a plate or a part of one: capitals, 粤 for 粵, no dots, spaces or dashes."""
    return compact(text).translate(_SIMPLIFIED)


def kind(normalised: str) -> str:
    """Which kind of plate this is, ``''`` when none: the names in the table above."""
    return next((name for name, layout in _LAYOUTS if layout.fullmatch(normalised)), "")


def is_mainland(normalised: str) -> bool:
    """Whether this is a mainland plate, cross-border ones included."""
    found = kind(normalised)
    return found.endswith("cross_border") or (bool(found) and not found.startswith(("macao", "hong_kong")))


def display(normalised: str) -> str:
    """The plate as it is printed: 粤C·D12345, 粤Z·8K26澳, MX-12-34, AB 1234."""
    found = kind(normalised)
    if found == "macao" or found == "macao_trade":
        return f"{normalised[:-4]}-{normalised[-4:-2]}-{normalised[-2:]}"
    if found == "macao_government":
        return f"{normalised[:2]}-{normalised[2:]}"
    if found == "macao_moped":
        return f"CM-{normalised[2:]}"
    if found == "hong_kong":
        letters = normalised.rstrip("0123456789")
        return f"{letters} {normalised[len(letters) :]}".strip()
    if normalised[:1] in PROVINCES and normalised[1:2].isascii() and normalised[1:2].isalpha():
        return f"{normalised[:2]}·{normalised[2:]}"
    return normalised


def mask(normalised: str) -> str:
    """The plate for lists: 粤C***45, MX***4, M***4; the number of hidden characters does not show."""
    if not normalised:
        return ""
    head, end = (2, 2) if len(normalised) > 6 else (2, 1) if len(normalised) == 6 else (1, 1)
    if len(normalised) < 4:
        head = end = 0
    return normalised[:head] + "***" + normalised[len(normalised) - end :]


def _warnings(plate: str, found: str, beside_mainland: bool) -> list[Finding]:
    warnings: list[Finding] = []
    if found in ("hong_kong_personal", "military") and _WITHOUT_PROVINCE.fullmatch(plate):
        warnings.append(warn("province_missing"))
    elif found in _RARE or (found == "ordinary" and _is_rare_ordinary(plate)):
        warnings.append(warn("unusual_plate"))
    if not is_mainland(plate) and not beside_mainland:
        warnings.append(warn("macao_only" if found.startswith("macao") else "hong_kong_only"))
    return warnings


def _is_rare_ordinary(plate: str) -> bool:
    return plate[1] == "O" or sum(sign.isalpha() for sign in plate[2:]) > 2


def _fault(plate: str) -> Finding:
    strange = odd_ones("".join(s for s in plate if s not in _HAN and not (s.isascii() and s.isalnum())))
    if strange:
        return error("bad_characters", characters=strange)
    if plate.startswith("粤Z"):
        return error("cross_border_form")
    if plate[:1] and plate[0] in PROVINCES:
        return _mainland_fault(plate)
    if re.fullmatch(r"MV[0-9]{4}", plate):
        return error("mv_not_issued")
    if set(plate) & _HAN:
        return error("bad_format")
    if len(plate) > 8:
        return error("too_long", maximum=8)
    return error("letter_i_or_o") if set(plate) & set("IOQ") else error("bad_format")


def _mainland_fault(plate: str) -> Finding:
    letter, serial = plate[1:2], plate[2:]
    if letter == "I" or set(serial) & set("IO"):
        return error("letter_i_or_o")
    if not (letter.isascii() and letter.isalpha()) and not plate.endswith("领"):
        return error("province_letter")
    if len(plate) not in (7, 8):
        return error("wrong_length", expected="7,8", given=len(plate))
    return error("bad_format")

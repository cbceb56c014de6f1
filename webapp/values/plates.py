"""Number plates of the mainland, Macao and Hong Kong.

Sources: GA 36-2018 (mainland layouts), the Macao transport bureau's series (MV never issued, AA onwards since 2023),
Hong Kong's Road Traffic (Registration and Licensing of Vehicles) Regulations. A Macao and a Hong Kong plate can be the
same letters and digits: two cars, so two normalised forms. Read as Macao's where that series has been reached, else
as Hong Kong's, it is written plainly (MX1234); the other reading carries its place in front (港MX1234). How it was
typed or the 粤Z plate beside it tells which (docs/decisions/0007-same-plate-two-places.md).
"""

import re
import unicodedata
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
        ("hong_kong_personal", "(?!MV0)(?![A-Z]{2}0[0-9]{3}$)(?=.*[A-Z])[A-HJ-NPR-Z0-9]{1,8}"),
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
MACAO, HONG_KONG = "macao", "hong_kong"
_MARKS = {MACAO: "澳", HONG_KONG: "港"}
_MARKED = re.compile("([澳港])([A-Z0-9]{1,8})")
#: Only Macao parts its digits in pairs, and a moped's letters from its digits by a dash.
_AS_IN_MACAO = re.compile(r"[A-Z]{1,2}[\s·.–-]?[0-9]{2}[\s·.–-][0-9]{2}|CM[·.–-][0-9]{1,5}")
_WITHOUT_PROVINCE = re.compile(f"{_L}{_S}{{5,6}}")
_MACAO_MV = re.compile(r"MV[\s·.-]?[0-9]{2}[\s·.-][0-9]{2}", re.IGNORECASE)


def check(text: str | None, *, others: Iterable[str] = ()) -> Checked:
    """Check one plate of a vehicle; ``others`` are its other plates as typed.

    A Macao or Hong Kong plate alone is a warning: beside a mainland plate it is not.
    """
    display = tidy(text)
    if refusal := unreadable(display):
        return refusal
    beside = [fold(other) for other in others]
    plate, told = _read(display, beside)
    found = kind(plate)
    if not found:
        return Checked("", display, (_fault(plate),))
    if _MACAO_MV.fullmatch(display):
        return Checked("", display, (error("mv_not_issued"),))
    return checked(plate, display, _warnings(plate, found, told, any(is_mainland(other) for other in beside)))


def fold(text: str | None) -> str:
    """The searchable form of a plate or a part of one: capitals, 粤 for 粵, no dots, spaces or dashes."""
    return compact(text).translate(_SIMPLIFIED)


def normalise(text: str | None, *, others: Iterable[str] = ()) -> str:
    """The form a plate is known by, its identity; of a text that is no plate, the folded text."""
    return _read(tidy(text), [fold(other) for other in others])[0]


def of_vehicle(texts: Iterable[str]) -> list[str]:
    """The normalised plates of one vehicle, each read beside the others; what is empty is left out."""
    typed = [text for text in texts if fold(text)]
    return [normalise(text, others=typed[:place] + typed[place + 1 :]) for place, text in enumerate(typed)]


def candidates(text: str | None) -> tuple[str, ...]:
    """Every normalised plate that a plate read off a car may be, the likelier first: a camera reads MX1234 and knows no
    place. More than one only where the way it is written does not tell."""
    plate, told = _read(tidy(text), [])
    if told or _MARKED.fullmatch(plate):
        return (plate,)
    return (plate, *(_in_place(plate, place) for place in _places(plate) if not kind(plate).startswith(place)))


def kind(normalised: str) -> str:
    """Which kind of plate this is, ``''`` when none: the names in the table above."""
    mark, plain = _parted(normalised)
    place = next((place for place, sign in _MARKS.items() if sign == mark), "")
    return next((name for name, layout in _LAYOUTS if _is_of(name, place) and layout.fullmatch(plain)), "")


def is_mainland(normalised: str) -> bool:
    """Whether this is a mainland plate, cross-border ones included."""
    found = kind(normalised)
    return found.endswith("cross_border") or (bool(found) and not found.startswith(("macao", "hong_kong")))


def display(normalised: str) -> str:
    """The plate as it is printed: 粤C·D12345, 粤Z·8K26澳, MX-12-34, AB 1234, 港 MX 1234."""
    mark, plain = _parted(normalised)
    return f"{mark} {_printed(plain, kind(normalised))}" if mark else _printed(plain, kind(plain))


def _printed(normalised: str, found: str) -> str:
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
    """The plate for lists: 粤C***45, MX***4, 港MX***4; the number of hidden characters does not show."""
    mark, plain = _parted(normalised)
    return mark + _masked(plain) if plain else ""


def _masked(normalised: str) -> str:
    head, end = (2, 2) if len(normalised) > 6 else (2, 1) if len(normalised) == 6 else (1, 1)
    if len(normalised) < 4:
        head = end = 0
    return normalised[:head] + "***" + normalised[len(normalised) - end :]


def _read(display: str, beside: Iterable[str]) -> tuple[str, bool]:
    """The normalised form of a tidied text beside folded plates, and whether anything tells which place's it is."""
    mark, plain = _parted(fold(display))
    if mark:
        place = next(place for place, sign in _MARKS.items() if sign == mark)
        return _in_place(plain, place), True
    places = _places(plain)
    if len(places) < 2:
        return plain, True
    if _AS_IN_MACAO.fullmatch(unicodedata.normalize("NFKC", display).upper()):
        return _in_place(plain, MACAO), True
    around = {found.removesuffix("_cross_border") for found in map(kind, beside) if found.endswith("_cross_border")}
    if len(around) == 1:
        return _in_place(plain, around.pop()), True
    return plain, False


def _places(plain: str) -> list[str]:
    """The places, Macao and Hong Kong, whose plate these letters and digits can be."""
    return [
        place
        for place in (MACAO, HONG_KONG)
        if any(_is_of(name, place) and layout.fullmatch(plain) for name, layout in _LAYOUTS)
    ]


def _is_of(name: str, place: str) -> bool:
    return name.startswith(place) and not (place and name.endswith("cross_border"))


def _in_place(plain: str, place: str) -> str:
    """The normalised form of this place's plate: plain where that is how it is read anyhow."""
    usual = kind(plain)
    return plain if _is_of(usual, place) else _MARKS[place] + plain


def _parted(normalised: str) -> tuple[str, str]:
    """The mark of the place, '' where there is none, and the rest."""
    marked = _MARKED.fullmatch(normalised)
    return (marked[1], marked[2]) if marked else ("", normalised)


def _warnings(plate: str, found: str, told: bool, beside_mainland: bool) -> list[Finding]:
    # Macao has not come to the letters that are read as Hong Kong's: only the other way is a guess.
    warnings = [] if told or not found.startswith(MACAO) else [warn("read_as_macao", plate=_printed(plate, found))]
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
    if letter == "I" or (not (letter.isascii() and letter.isalpha()) and not plate.endswith("领")):
        return error("province_letter")
    if set(serial) & set("IO"):
        return error("letter_i_or_o")
    if len(plate) not in (7, 8):
        return error("wrong_length", expected="7,8", given=len(plate))
    return error("bad_format")

"""Personal documents: check, identity key, tail, mask, birth date."""

from datetime import date

from . import countries
from .document_numbers import RULES, eighteen_birth_date, is_eighteen
from .findings import Checked, checked, error
from .normalising import compact, tidy, unreadable

ID_TYPES: tuple[str, ...] = tuple(RULES)

_KEY_KINDS = {
    "home_return": "home-return",
    "tw_permit": "taiwan",
    "mo_bir": "macao",
    "hk_id": "hong-kong",
    "passport": "passport",
}
# Characters that stay the same for life, whatever is added at each renewal.
_LIFELONG = {"home_return": 9, "tw_permit": 8}
_BRACKETED = frozenset(("mo_bir", "hk_id"))


def check(id_type: str, text: str | None, *, country: str | None = "", today: date) -> Checked:
    """Check a number against its document type; ``country`` matters for passports only.

    Age is not judged here, see ``people.check_birth_date``.
    """
    display = tidy(text)
    rule = RULES.get(id_type)
    if rule is None:
        return Checked("", display, (error("unknown_type"),))
    if refusal := unreadable(display):
        return refusal
    number = compact(display)
    return checked(number, display, rule(number, country or "", today))


def identity_key(id_type: str, normalised: str, country: str | None = "") -> str:
    """What makes two numbers the same document: the lifelong part, apart for each space of numbers.

    All 18-digit numbers are one space (1-8 citizens and residents, 9 foreigners), so one number is one person
    whatever type it is called. A passport needs its country.
    """
    number = normalised[: _LIFELONG.get(id_type)]
    if id_type == "passport":
        return f"passport:{countries.canonical(country)}:{number}"
    if id_type in _KEY_KINDS:
        return f"{_KEY_KINDS[id_type]}:{number}"
    return f"mainland:{number}"


def tail(normalised: str) -> str:
    """The last four characters of the normalised number."""
    return normalised[-4:]


def tail_matches(id_type: str, normalised: str, typed: str | None) -> bool:
    """Whether somebody knows the number's end: its last four characters, or all of it.

    A bracketed check digit and the count of renewals may be left out.
    """
    said = compact(typed)
    wholes = {normalised}
    if id_type in _BRACKETED:
        wholes.add(normalised[:-1])
    if id_type in _LIFELONG:
        wholes.add(normalised[: _LIFELONG[id_type]])
    if id_type == "tw_permit":
        wholes.add(normalised[:10])
    return any(len(whole) > 4 and said in (whole, whole[-4:]) for whole in wholes)


def mask(id_type: str, normalised: str) -> str:
    """The number for lists: 4404**********09X, A*****63, M******78."""
    head, end = (4, 3) if len(normalised) >= 15 else (1, 2)
    hidden = len(normalised) - head - end
    if hidden < 2:
        return "*" * len(normalised)
    return normalised[:head] + "*" * hidden + normalised[-end:]


def birth_date(id_type: str, normalised: str) -> date | None:
    """The birth date inside the number, None where there is none."""
    return eighteen_birth_date(normalised) if carries_birth_date(id_type, normalised) else None


def carries_birth_date(id_type: str, normalised: str = "") -> bool:
    """Whether the birth date need not be asked. Permanent residence cards carry it since the 18-digit series."""
    if id_type == "foreign_pr":
        return is_eighteen(normalised)
    return id_type in ("cn_id", "hmt_residence") and (not normalised or is_eighteen(normalised))


def display_number(id_type: str, normalised: str) -> str:
    """The number as the document prints it: A123456(3), 1234567(8), H12345678 01, 0123456701(B)."""
    if id_type in _BRACKETED and len(normalised) > 1:
        return f"{normalised[:-1]}({normalised[-1]})"
    if id_type == "home_return" and len(normalised) == 11:
        return f"{normalised[:9]} {normalised[9:]}"
    if id_type == "tw_permit" and len(normalised) == 11:
        return f"{normalised[:10]}({normalised[10]})"
    return normalised

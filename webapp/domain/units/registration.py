"""What a unit says of itself: checked all at once (design 5, unit registration)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.domain.accounts.rules import faults
from webapp.domain.units.models import CLASSES, PLACES
from webapp.errors import Fault
from webapp.values import organisations, people, phones
from webapp.values.findings import Checked, error
from webapp.values.folding import fold
from webapp.values.normalising import compact, tidy

NAME_LONGEST = 120
ADDRESS_LONGEST = 200
HOURS_LONGEST = 60

FIELDS = (
    "unit_name",
    "unit_class",
    "registration_place",
    "registration_number",
    "branch_name",
    "address",
    "public_phone",
    "public_hours",
    "legal_representative",
    "manager_name",
    "manager_phone",
)


@dataclass(frozen=True)
class Particulars:
    """Checked and normalised; a fault that is a warning may be confirmed."""

    values: dict[str, str]
    faults: tuple[Fault, ...]


def check(typed: Mapping[str, str]) -> Particulars:
    """Every fault of the registration fields at once; values are empty where a field is wrong."""
    values: dict[str, str] = {}
    found: list[Fault] = []

    def take(name: str, checked: Checked) -> None:
        values[name] = checked.value
        found.extend(faults(name, checked.findings))

    take("unit_name", _text(typed.get("unit_name"), shortest=2, longest=NAME_LONGEST))
    take("unit_class", _choice(typed.get("unit_class"), CLASSES))
    place = _choice(typed.get("registration_place"), PLACES)
    take("registration_place", place)
    take("registration_number", _number(place.value, typed.get("registration_number")))
    take("branch_name", _text(typed.get("branch_name"), longest=NAME_LONGEST, needed=False))
    take("address", _address(typed.get("address")))
    take("public_phone", _public_phone(typed.get("public_phone"), needed=False))
    take("public_hours", _text(typed.get("public_hours"), longest=HOURS_LONGEST, needed=False))
    take("legal_representative", people.check_name(typed.get("legal_representative")))
    take("manager_name", people.check_name(typed.get("manager_name")))
    take("manager_phone", mobile(typed.get("manager_phone")))
    if values["unit_class"] and place.value == "cn" and values["registration_number"]:
        hint = organisations.class_hint(values["registration_number"])
        # Staff of an enterprise may register it as a duty unit; a committee's code never belongs to an enterprise.
        if hint and hint != values["unit_class"] and values["unit_class"] not in ("duty", "other"):
            found.append(Fault("unit_class", "class_differs", {"hint": hint}, warning=True))
    return Particulars(values, tuple(found))


def check_contact(
    public_phone: str,
    public_hours: str,
    *,
    needed: bool,
    address: str | None = None,
    manager_phone: str | None = None,
) -> Particulars:
    """What a unit changes at once: the telephone and hours residents and the poster are told; where given, its address
    and its manager's mobile phone."""
    checked = {
        "public_phone": _public_phone(public_phone, needed=needed),
        "public_hours": _text(public_hours, longest=HOURS_LONGEST, needed=False),
    }
    if address is not None:
        checked["address"] = _address(address)
    if manager_phone is not None:
        checked["manager_phone"] = mobile(manager_phone)
    found = [fault for name, one in checked.items() for fault in faults(name, one.findings)]
    return Particulars({name: one.value for name, one in checked.items()}, tuple(found))


def needs_authorisation(values: Mapping[str, str]) -> bool:
    """Whether a letter is needed: the manager is not himself the unit's legal representative."""
    return fold(values["manager_name"]) != fold(values["legal_representative"])


def mobile(text: str | None) -> Checked:
    """A mobile phone without a region field beside it: by its country code, else by its length and first figure."""
    figures = compact(text).removeprefix("+").removeprefix("00")
    region = next((one for one in phones.REGIONS if figures.startswith(one) and len(figures) > 10), "")
    if not region or (region == "86" and len(figures) == 11):
        region = "86" if len(figures) > 9 else "853" if figures.startswith("6") else "852"
    checked = phones.check(region, text)
    wrong_length = any(one.code == "wrong_length" for one in checked.errors)
    return Checked("", checked.display, (error("any_mobile"),)) if wrong_length else checked


def _number(place: str, text: str | None) -> Checked:
    if not place:
        display = tidy(text)
        return Checked("", display, () if display else (error("missing"),))
    checked = organisations.check(place, text)
    if not checked.ok:
        return checked
    key = organisations.identity_key(place, checked.value).partition(":")[2]
    return Checked(key, checked.display, checked.findings)


def _text(text: str | None, *, shortest: int = 0, longest: int, needed: bool = True) -> Checked:
    display = tidy(text)
    if not display:
        return Checked("", "", (error("missing"),) if needed else ())
    if len(display) < shortest:
        return Checked("", display, (error("too_short", minimum=shortest),))
    if len(display) > longest:
        return Checked("", display, (error("too_long", maximum=longest),))
    return Checked(display, display)


def _address(text: str | None) -> Checked:
    # A code of its own: "missing" beside `address` asks a person where he lives.
    checked = _text(text, shortest=4, longest=ADDRESS_LONGEST, needed=False)
    return checked if checked.display else Checked("", "", (error("no_unit_address"),))


def _choice(text: str | None, choices: tuple[str, ...]) -> Checked:
    value = text or ""
    return Checked(value, value) if value in choices else Checked("", value, (error("choose"),))


def _public_phone(text: str | None, *, needed: bool) -> Checked:
    """A telephone as people dial it, landlines too: digits in groups, a plus or extension."""
    checked = _text(text, longest=40, needed=needed)
    plain = compact(checked.value).removeprefix("+")
    if checked.value and not (plain.replace("#", "").isdecimal() and 7 <= len(plain) <= 20):
        return Checked("", checked.display, (error("phone_figures"),))
    return checked

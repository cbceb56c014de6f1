"""Checks of what a person typed about a vehicle: its use, plates, number, size, and whose it is. Pure."""

from __future__ import annotations

from typing import Any

from webapp.domain.filings import answering, eligibility
from webapp.domain.filings.answering import Answers
from webapp.domain.filings.checking import TAIL, Page, free_text
from webapp.domain.filings.items import BELONGING, MAX_VEHICLES, PLATES
from webapp.domain.registry.models import OWN, UNIT
from webapp.domain.units.models import SIZE_CLASSES
from webapp.values import people, plates, vins
from webapp.values.normalising import compact, tidy

#: Warnings that ask which plates stand beside each other.
BESIDE = ("read_as_macao", "macao_only", "hong_kong_only")


def check(page: Page, number: int) -> None:
    """Put what is wrong or unusual with one vehicle, the number-th of the draft, among the faults of its page."""
    relation = answering.page_of(page.answers, BELONGING).get("unit_relation", "")
    uses = eligibility.uses_open(page.unit_class, relation)
    use = use_of(page.typed, uses)
    if use not in uses:
        page.fault("vehicle_use", "not_open" if use else "missing")
    if leaves_to_unit(page.answers, page.typed, relation, use):
        again = any(vehicle.get("unit_assigns") for vehicle in _before(page, number))
        if again and answering.CHANGES not in page.answers:
            page.fault("unit_assigns", "repeated_vehicle")
    else:
        _plates(page, number)
        _about_vehicle(page, use)
        _vin(page, number, use)
        if use == OWN:
            _owner(page, relation)
    if page.typed.get("add_another") == "yes" and number >= MAX_VEHICLES:
        page.fault("add_another", "too_many_vehicles", maximum=MAX_VEHICLES)


def leaves_to_unit(answers: Answers, typed: dict[str, Any], relation: str, use: str) -> bool:
    """Whether the vehicle is whichever the unit assigns: as drivers of unit vehicles may say; and of a change, what the
    unit has assigned to anybody of its people already."""
    may = eligibility.may_be_assigned(relation, use) or (answering.CHANGES in answers and use == UNIT)
    return bool(typed.get("unit_assigns")) and may


def use_of(typed: dict[str, Any], uses: tuple[str, ...]) -> str:
    """The use chosen; where only one is open nobody is asked."""
    return str(typed.get("vehicle_use") or (uses[0] if len(uses) == 1 else ""))


def _before(page: Page, number: int) -> list[dict[str, Any]]:
    return page.answers.get("vehicles", [])[: number - 1]


def _plates(page: Page, number: int) -> None:
    typed = {item: page.text(item) for item in PLATES}
    use = page.text("vehicle_use") or None
    elsewhere = {
        plate
        for vehicle in _before(page, number)
        for plate in plates.of_vehicle(str(vehicle.get(item) or "") for item in PLATES)
    }
    seen: set[str] = set()
    for item in PLATES:
        if item != "plate" and not page.wanted(item, use):
            continue
        others = [text for name, text in typed.items() if name != item and tidy(text)]
        checked = plates.check(typed[item], others=others)
        page.take(item, checked.findings)
        if checked.value and checked.value in seen:
            page.fault(item, "same_plate")
        elif checked.value and checked.value in elsewhere:
            page.fault(item, "repeated_vehicle")
        seen.add(checked.value)
    if any(not fault.warning for fault in page.faults if fault.field in PLATES):
        # Which plates stand beside each other shows once all of them can be read.
        page.faults = [fault for fault in page.faults if fault.code not in BESIDE]


def _about_vehicle(page: Page, use: str) -> None:
    if page.text("size_class") not in SIZE_CLASSES:
        page.fault("size_class", "missing")
    elif page.text("size_class") == "lorry":
        page.warning("size_class", "lorry")
    free_text(page, "brand_model", use or None)
    free_text(page, "colour", use or None)


def _vin(page: Page, number: int, use: str) -> None:
    if not page.wanted("vin", use or None):
        return
    checked = vins.check(page.text("vin"))
    page.take("vin", checked.findings)
    if checked.value and any(compact(vehicle.get("vin", "")) == checked.value for vehicle in _before(page, number)):
        page.fault("vin", "repeated_vehicle")


def _owner(page: Page, relation: str) -> None:
    if page.typed.get("invitation"):
        return  # the owner invited him: his yes is there, and his number nobody's affair
    is_owner = page.text("is_owner")
    if is_owner not in ("yes", "no"):
        page.fault("is_owner", "missing")
    elif is_owner == "yes" and relation == eligibility.HOUSEHOLD:
        page.fault("is_owner", "household_second")
    if is_owner != "no":
        return
    page.take("owner_name", people.check_name(page.text("owner_name")).findings)
    tail = compact(page.text("owner_id_tail"))
    if not tail:
        page.fault("owner_id_tail", "missing")
    elif len(tail) != TAIL or not (tail.isascii() and tail.isalnum()):
        page.fault("owner_id_tail", "tail_format", length=TAIL)

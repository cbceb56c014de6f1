"""Checks of what a person typed: page by page, every fault at once. Pure; the caller gives policy, unit and day.

Faults name the item they stand beside. A warning may be confirmed and then stops nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from webapp.domain.filings import answering, eligibility
from webapp.domain.filings.answering import Answers
from webapp.domain.filings.items import (
    BELONGING,
    BY_NAME,
    CONTACT,
    LICENCE,
    MAX_VEHICLES,
    PERSON,
    PHONE,
    PLATES,
    WITHOUT_EXPIRY,
)
from webapp.domain.pledges.policy import NOT_ASKED, REQUIRED, Policy
from webapp.domain.registry.models import OWN, UNIT
from webapp.domain.units.models import SIZE_CLASSES, Unit
from webapp.errors import Fault
from webapp.values import dates, documents, emails, licences, people, phones, plates, vins
from webapp.values.findings import Checked, Finding
from webapp.values.normalising import compact, tidy

#: Given a text, the characters of it that our paper cannot print (documents.fonts; the domain does not know paper).
Unprintable = Callable[[str], list[str]]
#: Warnings that ask which plates stand beside each other.
BESIDE = ("read_as_macao", "macao_only", "hong_kong_only")
TAIL = 4


@dataclass
class _Page:
    """One page under check: what was typed, the rules it is read by, and the faults found so far."""

    typed: dict[str, Any]
    answers: Answers
    policy: Policy
    unit_class: str
    today: date
    unprintable: Unprintable
    faults: list[Fault] = field(default_factory=list)

    def text(self, item: str) -> str:
        return str(self.typed.get(item) or "")

    def fault(self, item: str, code: str, /, **params: Any) -> None:
        self.faults.append(Fault(item, code, params))

    def warning(self, item: str, code: str, /, **params: Any) -> None:
        self.faults.append(Fault(item, code, params, warning=True))

    def take(self, item: str, findings: Iterable[Finding]) -> None:
        self.faults += [Fault(item, found.code, dict(found.params), found.warning) for found in findings]

    def asks(self, item: str, use: str | None = None) -> str:
        return self.policy.level(item, self.unit_class, use)

    def wanted(self, item: str, use: str | None = None) -> bool:
        """Whether the item is to be checked: required, or optional and given."""
        level = self.asks(item, use)
        return level == REQUIRED or (level != NOT_ASKED and bool(tidy(self.text(item))))


def check_page(
    page: str,
    answers: Answers,
    policy: Policy,
    unit: Unit,
    today: date,
    unprintable: Unprintable = lambda text: [],
) -> list[Fault]:
    """Everything wrong or unusual on one page, in the order of its fields. Confirmed warnings are among it."""
    under_check = _Page(answering.page_of(answers, page), answers, policy, unit.unit_class, today, unprintable)
    number = answering.vehicle_number(page)
    if number:
        _vehicle(under_check, number)
    else:
        _CHECKS[page](under_check)
    return under_check.faults


def open_faults(
    page: str,
    answers: Answers,
    policy: Policy,
    unit: Unit,
    today: date,
    unprintable: Unprintable = lambda text: [],
) -> list[Fault]:
    """What still stops the person on this page: errors, and warnings not confirmed."""
    typed = answering.page_of(answers, page)
    return [
        fault
        for fault in check_page(page, answers, policy, unit, today, unprintable)
        if not (fault.warning and answering.is_confirmed(typed, fault.field))
    ]


def all_pages(answers: Answers) -> list[str]:
    """The pages of this draft in their order."""
    return [PERSON, CONTACT, PHONE, BELONGING, LICENCE, *answering.vehicle_pages(answers)]


def asked(answers: Answers) -> list[str]:
    """The pages this draft shows: all of them, or those it was begun for, and the code page of a phone that is given
    anew. Where another vehicle may be added, so do the pages of all."""
    wanted = answers.get(answering.ASKED)
    if wanted is None:
        return all_pages(answers)
    shown = {*wanted, *([PHONE] if CONTACT in wanted else [])}
    if answering.CHANGES not in answers and any(map(answering.vehicle_number, wanted)):
        shown |= set(answering.vehicle_pages(answers))
    return [page for page in all_pages(answers) if page in shown]


def check_all(
    answers: Answers,
    policy: Policy,
    unit: Unit,
    today: date,
    unprintable: Unprintable = lambda text: [],
) -> dict[str, list[Fault]]:
    """Page → what still stops the person there; {} when everything may be signed."""
    found = {page: open_faults(page, answers, policy, unit, today, unprintable) for page in all_pages(answers)}
    return {page: faults for page, faults in found.items() if faults}


def warnings_of(page: str, answers: Answers, policy: Policy, unit: Unit, today: date) -> list[str]:
    """The warnings of a page as `item:code`: what the person confirmed, for whoever verifies."""
    return [f"{f.field}:{f.code}" for f in check_page(page, answers, policy, unit, today) if f.warning]


def warnings_about_person(answers: Answers, policy: Policy, unit: Unit, today: date) -> list[str]:
    """As `warnings_of`, of every page that is not about a vehicle."""
    return [warning for page in _CHECKS for warning in warnings_of(page, answers, policy, unit, today)]


# Person -------------------------------------------------------------------------------------------------------


def _person(page: _Page) -> None:
    id_type = page.text("id_type")
    if id_type not in documents.ID_TYPES:
        page.fault("id_type", "missing")
    _name(page, "full_name", people.check_name(page.text("full_name")))
    if page.wanted("latin_name"):
        _name(page, "latin_name", people.check_latin_name(page.text("latin_name")))
    _id_number(page, id_type)
    if id_type not in WITHOUT_EXPIRY:
        _expiry(page, "id_expiry", "id_long_term")


def _name(page: _Page, item: str, checked: Checked) -> None:
    page.take(item, checked.findings)
    missing = page.unprintable(checked.value)
    if missing and not any(found.code == "private_use_character" for found in checked.findings):
        page.warning(item, "no_glyph", characters="".join(missing[:5]))


def _id_number(page: _Page, id_type: str) -> None:
    typed = page.text("id_number")
    if id_type not in documents.ID_TYPES:
        if not tidy(typed):
            page.fault("id_number", "missing")
        return
    checked = documents.check(id_type, typed, country=page.text("id_country"), today=page.today)
    for found in checked.findings:
        of_country = id_type == "passport" and found.code in ("country_missing", "unknown_country")
        page.take("id_country" if of_country else "id_number", [found])
    if checked.ok and documents.carries_birth_date(id_type, checked.value):
        birth = documents.birth_date(id_type, checked.value)
        page.take("id_number", people.check_birth_date(birth, page.today))
    elif not documents.carries_birth_date(id_type) and (id_type != "foreign_pr" or checked.ok):
        _date(page, "birth_date", lambda day: people.check_birth_date(day, page.today))


def _date(page: _Page, item: str, judge: Callable[[date | None], Iterable[Finding]]) -> None:
    checked = dates.check(page.text(item))
    page.take(item, checked.findings if checked.errors else judge(dates.parse(checked.value)))


def _expiry(page: _Page, item: str, long_term: str = "", use: str | None = None) -> None:
    if long_term and page.typed.get(long_term):
        return
    if page.wanted(item, use):
        _date(page, item, lambda day: dates.check_expiry(day, page.today))


# Contact, belonging, licence ----------------------------------------------------------------------------------


def _contact(page: _Page) -> None:
    region = page.text("phone_region")
    if answering.without_phone(page.answers):
        pass
    elif region not in phones.REGIONS:
        page.fault("phone_region", "missing")
        if not tidy(page.text("phone")):
            page.fault("phone", "missing")
    else:
        page.take("phone", phones.check(region, page.text("phone")).findings)
    if page.wanted("email"):
        page.take("email", emails.check(page.text("email")).findings)


def _phone(page: _Page) -> None:
    if not answering.phone_is_settled(page.answers):
        page.fault("phone_code", "missing")


def _belonging(page: _Page) -> None:
    relation = page.text("unit_relation")
    if relation not in relations_open(page.answers, page.policy, page.unit_class):
        page.fault("unit_relation", "not_open" if relation in eligibility.RELATIONS else "missing")
        return
    if relation in (eligibility.STAFF, eligibility.UNIT_DRIVER, eligibility.COMMITTEE_STAFF):
        _free_text(page, "staff_number")
        return
    _free_text(page, "address")
    if relation == eligibility.RESIDENT_PERMIT:
        _number(page, "residence_permit_number")
        _expiry(page, "residence_permit_expiry")


def relations_open(answers: Answers, policy: Policy, unit_class: str) -> tuple[str, ...]:
    """The relations open to whoever fills this draft."""
    household = policy.household_driver or bool(answers.get(answering.OF_HOUSEHOLD))
    return eligibility.relations_open(unit_class, household=household)


def _free_text(page: _Page, item: str, use: str | None = None) -> None:
    if not page.wanted(item, use):
        return
    text, longest = tidy(page.text(item)), BY_NAME[item].longest
    if not text:
        page.fault(item, "missing")
    elif len(text) > longest:
        page.fault(item, "too_long", maximum=longest)
    elif page.unprintable(text):
        page.warning(item, "no_glyph", characters="".join(page.unprintable(text)[:5]))


def _number(page: _Page, item: str) -> None:
    """A number without a public layout: letters and digits, at least four."""
    if not page.wanted(item):
        return
    number, longest = compact(page.text(item)), BY_NAME[item].longest
    strange = "".join(dict.fromkeys(sign for sign in number if not (sign.isascii() and sign.isalnum())))
    if not number:
        page.fault(item, "missing")
    elif strange:
        page.fault(item, "bad_characters", characters=strange[:5])
    elif len(number) < TAIL:
        page.fault(item, "too_short", minimum=TAIL)
    elif len(number) > longest:
        page.fault(item, "too_long", maximum=longest)


def _licence(page: _Page) -> None:
    _number(page, "licence_number")
    if page.wanted("licence_class"):
        classes, longest = licences.check(page.text("licence_class")), BY_NAME["licence_class"].longest
        page.take("licence_class", classes.findings)
        if len(classes.value) > longest:
            page.fault("licence_class", "too_long", maximum=longest)
    _expiry(page, "licence_expiry", "licence_long_term")


# Vehicle ------------------------------------------------------------------------------------------------------


def _vehicle(page: _Page, number: int) -> None:
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


def _before(page: _Page, number: int) -> list[dict[str, Any]]:
    return page.answers.get("vehicles", [])[: number - 1]


def _plates(page: _Page, number: int) -> None:
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


def _about_vehicle(page: _Page, use: str) -> None:
    if page.text("size_class") not in SIZE_CLASSES:
        page.fault("size_class", "missing")
    elif page.text("size_class") == "lorry":
        page.warning("size_class", "lorry")
    _free_text(page, "brand_model", use or None)
    _free_text(page, "colour", use or None)


def _vin(page: _Page, number: int, use: str) -> None:
    if not page.wanted("vin", use or None):
        return
    checked = vins.check(page.text("vin"))
    page.take("vin", checked.findings)
    if checked.value and any(compact(vehicle.get("vin", "")) == checked.value for vehicle in _before(page, number)):
        page.fault("vin", "repeated_vehicle")


def _owner(page: _Page, relation: str) -> None:
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


_CHECKS: dict[str, Callable[[_Page], None]] = {
    PERSON: _person,
    CONTACT: _contact,
    PHONE: _phone,
    BELONGING: _belonging,
    LICENCE: _licence,
}

"""Checks of what a person typed: page by page, every fault at once. Pure; the caller gives policy, unit and day.

Faults name the item they stand beside. A warning may be confirmed and then stops nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from webapp.domain.filings import answering, eligibility, vehicle_checks
from webapp.domain.filings.answering import Answers
from webapp.domain.filings.checking import TAIL, Page, Unprintable, free_text
from webapp.domain.filings.items import BELONGING, BY_NAME, CONTACT, LICENCE, PERSON, PHONE, WITHOUT_EXPIRY
from webapp.domain.pledges.policy import Policy
from webapp.domain.units.models import Unit
from webapp.errors import Fault
from webapp.values import dates, documents, emails, licences, people, phones
from webapp.values.findings import Checked, Finding
from webapp.values.normalising import compact, tidy


def check_page(
    page: str,
    answers: Answers,
    policy: Policy,
    unit: Unit,
    today: date,
    unprintable: Unprintable = lambda text: [],
) -> list[Fault]:
    """Everything wrong or unusual on one page, in the order of its fields. Confirmed warnings are among it."""
    under_check = Page(answering.page_of(answers, page), answers, policy, unit.unit_class, today, unprintable)
    number = answering.vehicle_number(page)
    if number:
        vehicle_checks.check(under_check, number)
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


def _person(page: Page) -> None:
    id_type = page.text("id_type")
    if id_type not in documents.ID_TYPES:
        page.fault("id_type", "missing")
    _name(page, "full_name", people.check_name(page.text("full_name")))
    if page.wanted("latin_name"):
        _name(page, "latin_name", people.check_latin_name(page.text("latin_name")))
    _id_number(page, id_type)
    if id_type not in WITHOUT_EXPIRY:
        _expiry(page, "id_expiry", "id_long_term")


def _name(page: Page, item: str, checked: Checked) -> None:
    page.take(item, checked.findings)
    missing = page.unprintable(checked.value)
    if missing and not any(found.code == "private_use_character" for found in checked.findings):
        page.warning(item, "no_glyph", characters="".join(missing[:5]))


def _id_number(page: Page, id_type: str) -> None:
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


def _date(page: Page, item: str, judge: Callable[[date | None], Iterable[Finding]]) -> None:
    checked = dates.check(page.text(item))
    page.take(item, checked.findings if checked.errors else judge(dates.parse(checked.value)))


def _expiry(page: Page, item: str, long_term: str = "", use: str | None = None) -> None:
    if long_term and page.typed.get(long_term):
        return
    if page.wanted(item, use):
        _date(page, item, lambda day: dates.check_expiry(day, page.today))


# Contact, belonging, licence ----------------------------------------------------------------------------------


def _contact(page: Page) -> None:
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


def _phone(page: Page) -> None:
    if not answering.phone_is_settled(page.answers):
        page.fault("phone_code", "missing")


def _belonging(page: Page) -> None:
    relation = page.text("unit_relation")
    if relation not in relations_open(page.answers, page.policy, page.unit_class):
        page.fault("unit_relation", "not_open" if relation in eligibility.RELATIONS else "missing")
        return
    if relation in (eligibility.STAFF, eligibility.UNIT_DRIVER, eligibility.COMMITTEE_STAFF):
        free_text(page, "staff_number")
        return
    free_text(page, "address")
    if relation == eligibility.RESIDENT_PERMIT:
        _number(page, "residence_permit_number")
        _expiry(page, "residence_permit_expiry")


def relations_open(answers: Answers, policy: Policy, unit_class: str) -> tuple[str, ...]:
    """The relations open to whoever fills this draft."""
    household = policy.household_driver or bool(answers.get(answering.OF_HOUSEHOLD))
    return eligibility.relations_open(unit_class, household=household)


def _number(page: Page, item: str) -> None:
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


def _licence(page: Page) -> None:
    _number(page, "licence_number")
    if page.wanted("licence_class"):
        classes, longest = licences.check(page.text("licence_class")), BY_NAME["licence_class"].longest
        page.take("licence_class", classes.findings)
        if len(classes.value) > longest:
            page.fault("licence_class", "too_long", maximum=longest)
    _expiry(page, "licence_expiry", "licence_long_term")


_CHECKS: dict[str, Callable[[Page], None]] = {
    PERSON: _person,
    CONTACT: _contact,
    PHONE: _phone,
    BELONGING: _belonging,
    LICENCE: _licence,
}

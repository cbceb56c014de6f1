"""The answers of a draft: plain texts as typed, by page, and what is confirmed and proved. Pure functions over a dict.

{"person": {item: typed, …, "confirmed": {item: typed value}}, "contact": {…}, "belonging": {…}, "licence": {…},
 "vehicles": [{…}, …], "phone_code": {"ref": …, "phone": E.164}, "phone_proof": {"phone": E.164, "at": ISO}}

A draft begun on a status page holds everything already: "asked" names the pages it shows, "changes" the entries it
changes, "moves" those it takes to another unit (refs, in the order of its vehicles). "of_household": what is changed or
corrected was filed by a member of the owner's household, which he stays whatever the policy says by now.
"""

from __future__ import annotations

from typing import Any

from webapp.domain.filings.items import CONTACT, VEHICLE
from webapp.values import phones

Answers = dict[str, Any]
CONFIRMED = "confirmed"
NO_PHONE = "no_phone"  # on the contact page; asked only at a counter
ASKED, CHANGES, MOVES, OF_HOUSEHOLD = "asked", "changes", "moves", "of_household"


def vehicle_page(number: int) -> str:
    """Name of the page of the n-th vehicle, counted from 1."""
    return f"{VEHICLE}-{number}"


def vehicle_number(page: str) -> int:
    """The number in the name of a vehicle page, 0 for any other page."""
    name, _, number = page.partition("-")
    return int(number) if name == VEHICLE and number.isdecimal() else 0


def page_of(answers: Answers, page: str) -> dict[str, Any]:
    """What was typed on a page, {} where nothing was."""
    number = vehicle_number(page)
    if number:
        vehicles = answers.get("vehicles", [])
        return vehicles[number - 1] if number <= len(vehicles) else {}
    return answers.get(page, {})


def with_page(answers: Answers, page: str, typed: dict[str, Any]) -> Answers:
    """The answers with this page's. The page of a vehicle one past the last adds it."""
    number = vehicle_number(page)
    if not number:
        return {**answers, page: typed}
    vehicles = list(answers.get("vehicles", []))
    if number > len(vehicles):
        return {**answers, "vehicles": [*vehicles, typed]}
    vehicles[number - 1] = typed
    return {**answers, "vehicles": vehicles}


def without_vehicle(answers: Answers, number: int) -> Answers:
    """The answers without the n-th vehicle; nor does the one before it ask for another."""
    vehicles = [dict(vehicle) for vehicle in answers.get("vehicles", [])]
    del vehicles[number - 1 : number]
    if vehicles:
        vehicles[-1]["add_another"] = "no"
    return {**answers, "vehicles": vehicles}


def vehicle_pages(answers: Answers) -> list[str]:
    """The pages of all vehicles there are or that were asked for, at least one."""
    vehicles = answers.get("vehicles", [])
    more = bool(vehicles) and vehicles[-1].get("add_another") == "yes"
    return [vehicle_page(number) for number in range(1, max(1, len(vehicles) + more) + 1)]


def without_phone(answers: Answers) -> bool:
    """Whether somebody who is helped at a counter has no phone at all (design 3)."""
    return bool(page_of(answers, CONTACT).get(NO_PHONE))


def phone(answers: Answers) -> str:
    """The phone as E.164, '' while it cannot be one, or there is none."""
    if without_phone(answers):
        return ""
    typed = page_of(answers, CONTACT)
    return phones.check(typed.get("phone_region", ""), typed.get("phone", "")).value


def phone_is_proved(answers: Answers) -> bool:
    """Whether the phone given is the one a code was proved for."""
    given = phone(answers)
    return bool(given) and answers.get("phone_proof", {}).get("phone") == given


def phone_is_settled(answers: Answers) -> bool:
    """Whether no code is to be asked for: the phone is proved, or there is none."""
    return without_phone(answers) or phone_is_proved(answers)


def is_confirmed(typed: dict[str, Any], item: str) -> bool:
    """Whether a warning about this very value was confirmed."""
    confirmed = typed.get(CONFIRMED, {})
    return item in confirmed and confirmed[item] == typed.get(item, "")

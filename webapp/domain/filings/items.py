"""The catalogue of filing items (guideline, attachment 1; design 5). Field names are contract.

Which of them are required, optional or not asked is the policy's (pledges.policy); how each is checked is in `checks`.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Pages of the questionnaire, in their order; a vehicle page stands for each vehicle.
PERSON, CONTACT, PHONE, BELONGING, LICENCE, VEHICLE = "person", "contact", "phone", "belonging", "licence", "vehicle"
PAGES = (PERSON, CONTACT, PHONE, BELONGING, LICENCE, VEHICLE)

TEXT, CHOICE, DATE, YES = "text", "choice", "date", "yes"
#: How much harm a value can do: sensitive personal information (PIPL article 28), personal, or neither.
SENSITIVE, PERSONAL, PLAIN = "sensitive", "personal", "plain"

#: The plates of one vehicle; a cross-border car has two or three.
PLATES = ("plate", "second_plate", "third_plate")
LANGUAGES = ("zh_Hant_MO", "zh_Hans_CN", "pt", "en")
MAX_VEHICLES = 5


@dataclass(frozen=True)
class Item:
    name: str
    page: str
    kind: str
    data_class: str
    longest: int = 0  # characters of a free text; numbers and names have their own rules


ITEMS = (
    Item("id_type", PERSON, CHOICE, PERSONAL),
    Item("full_name", PERSON, TEXT, PERSONAL),
    Item("latin_name", PERSON, TEXT, PERSONAL),
    Item("id_country", PERSON, CHOICE, PERSONAL),
    Item("id_number", PERSON, TEXT, SENSITIVE),
    Item("id_expiry", PERSON, DATE, PERSONAL),
    Item("id_long_term", PERSON, YES, PERSONAL),
    Item("birth_date", PERSON, DATE, PERSONAL),
    Item("phone_region", CONTACT, CHOICE, PERSONAL),
    Item("phone", CONTACT, TEXT, PERSONAL),
    Item("email", CONTACT, TEXT, PERSONAL),
    Item("language", CONTACT, CHOICE, PLAIN),
    Item("phone_code", PHONE, TEXT, PLAIN),
    Item("unit_relation", BELONGING, CHOICE, PERSONAL),
    Item("staff_number", BELONGING, TEXT, PERSONAL, 40),
    Item("address", BELONGING, TEXT, PERSONAL, 200),
    Item("residence_permit_number", BELONGING, TEXT, SENSITIVE, 30),
    Item("residence_permit_expiry", BELONGING, DATE, PERSONAL),
    Item("licence_number", LICENCE, TEXT, SENSITIVE, 30),
    Item("licence_class", LICENCE, TEXT, PERSONAL, 20),
    Item("licence_expiry", LICENCE, DATE, PERSONAL),
    Item("licence_long_term", LICENCE, YES, PERSONAL),
    Item("vehicle_use", VEHICLE, CHOICE, PERSONAL),
    Item("unit_assigns", VEHICLE, YES, PLAIN),
    Item("plate", VEHICLE, TEXT, PERSONAL),
    Item("second_plate", VEHICLE, TEXT, PERSONAL),
    Item("third_plate", VEHICLE, TEXT, PERSONAL),
    Item("size_class", VEHICLE, CHOICE, PLAIN),
    Item("brand_model", VEHICLE, TEXT, PLAIN, 60),
    Item("colour", VEHICLE, TEXT, PLAIN, 20),
    Item("vin", VEHICLE, TEXT, PERSONAL),
    Item("is_owner", VEHICLE, CHOICE, PERSONAL),
    Item("owner_name", VEHICLE, TEXT, PERSONAL),
    Item("owner_id_tail", VEHICLE, TEXT, PERSONAL),
    Item("joint_owner", VEHICLE, YES, PERSONAL),
    Item("add_another", VEHICLE, CHOICE, PLAIN),
)
BY_NAME = {item.name: item for item in ITEMS}

#: Documents that carry no last valid day (a Hong Kong identity card).
WITHOUT_EXPIRY = ("hk_id",)


def of_page(page: str) -> tuple[str, ...]:
    """Names of the items asked on a page, in their order."""
    return tuple(item.name for item in ITEMS if item.page == page)

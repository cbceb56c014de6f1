"""What a change needs (design 7, rule 8): one table over the items, and what differs between two declarations. Pure.

A declaration here is that of one vehicle: {"person", "contact", "belonging", "licence", "vehicle"}, each as
`declaring` freezes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from webapp.domain.filings.declaring import Declared, identity_key
from webapp.domain.filings.items import BELONGING, CONTACT, LICENCE, PERSON, VEHICLE
from webapp.domain.registry.cards import Card

#: A new pledge, verification and upload; verification and upload under the pledge that stands; neither.
PLEDGE, VERIFY, AT_ONCE = "pledge", "verify", "at_once"
WEIGHT = {AT_ONCE: 0, VERIFY: 1, PLEDGE: 2}

#: Block of the declaration → item → what its change needs.
NEEDS: dict[str, dict[str, str]] = {
    PERSON: {
        "id_type": PLEDGE,
        "id_country": PLEDGE,
        "id_number": PLEDGE,
        "full_name": PLEDGE,
        "latin_name": PLEDGE,
        "id_expiry": VERIFY,
        "id_long_term": VERIFY,
        "birth_date": VERIFY,
    },
    CONTACT: {"phone": AT_ONCE, "email": AT_ONCE, "language": AT_ONCE},
    BELONGING: {
        "unit_relation": PLEDGE,  # it decides which use is open
        "staff_number": VERIFY,
        "address": VERIFY,
        "residence_permit_number": VERIFY,
        "residence_permit_expiry": VERIFY,
    },
    LICENCE: {
        "licence_number": VERIFY,
        "licence_class": VERIFY,
        "licence_expiry": VERIFY,
        "licence_long_term": VERIFY,
    },
    VEHICLE: {
        "vehicle_use": PLEDGE,
        "unit_assigns": PLEDGE,
        "plates": PLEDGE,
        "size_class": VERIFY,
        "brand_model": VERIFY,
        "colour": AT_ONCE,
        "vin": VERIFY,
        "is_owner": PLEDGE,
        "owner_name": PLEDGE,
        "owner_id_tail": PLEDGE,
        "joint_owner": PLEDGE,
    },
}
#: Items of the identity key: with the same key they are a renewal of the document.
IDENTITY = ("id_type", "id_country", "id_number")


def of_vehicle(declared: Declared, position: int) -> Declared:
    """The declaration of the vehicle at this position (from 1) alone."""
    blocks = {block: declared[block] for block in NEEDS if block != VEHICLE}
    return {**blocks, VEHICLE: declared["vehicles"][position - 1]}


def as_it_is(vehicle: dict[str, Any], card: Card) -> dict[str, Any]:
    """A declared vehicle with the plates it has by now: whoever drives it goes along when its owner or its unit changes
    them (filings.carrying, closings.fleet). What the unit assigns was declared without any."""
    return vehicle | {"plates": card.plates} if vehicle["plates"] else vehicle


def changed(before: Declared, after: Declared) -> dict[str, str]:
    """Every item that differs → what its change needs, in the order of the pages."""
    same_key = identity_key(before[PERSON]) == identity_key(after[PERSON])
    return {
        item: VERIFY if item in IDENTITY and same_key else needs
        for block, table in NEEDS.items()
        for item, needs in table.items()
        if _value(before, block, item) != _value(after, block, item)
    }


def need(needs: Iterable[str]) -> str:
    """What several changes need together, "" for none."""
    return max(needs, key=WEIGHT.__getitem__, default="")


def block_of(item: str) -> str:
    """The block in which an item is declared."""
    return next(block for block, table in NEEDS.items() if item in table)


def _value(declared: Declared, block: str, item: str) -> Any:
    """Absent, empty and "not asked" are one."""
    return declared[block].get(item) or None

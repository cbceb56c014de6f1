"""Rows of the items of a filing (filings.items): they lie sealed in answers, drafts, pledges, cards and lines.

Whether the policy asks for an item is an edition officers publish; `needed` are those without which nobody can be told
from others, reached, or checked at a channel.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.filings import items
from webapp.domain.filings.items import Item
from webapp.domain.privacy.register.words import (
    BY_POLICY,
    EMPTIED,
    INTERNAL,
    NEEDED,
    NOTHING,
    OPTIONAL,
    PERSONAL,
    SENSITIVE,
)

CLASS_OF = {items.SENSITIVE: SENSITIVE, items.PERSONAL: PERSONAL, items.PLAIN: INTERNAL}


@dataclass(frozen=True)
class ItemRow:
    name: str
    page: str
    data_class: str
    purpose: str
    necessity: str
    retention: str
    erasure: str


def _rows(purpose: str, necessity: str, names: str, erasure: str = EMPTIED) -> list[ItemRow]:
    return [_row(items.BY_NAME[name], purpose, necessity, erasure) for name in names.split()]


def _row(item: Item, purpose: str, necessity: str, erasure: str) -> ItemRow:
    return ItemRow(item.name, item.page, CLASS_OF[item.data_class], purpose, necessity, "person", erasure)


ITEMS: dict[str, ItemRow] = {
    row.name: row
    for row in (
        *_rows("identify", NEEDED, "full_name id_number birth_date"),
        *_rows("identify", NEEDED, "id_type id_country", NOTHING),
        *_rows("identify", BY_POLICY, "latin_name id_expiry id_long_term"),
        *_rows("reach", NEEDED, "phone"),
        *_rows("reach", NEEDED, "phone_region phone_code language", NOTHING),
        *_rows("reach", OPTIONAL, "email"),
        *_rows("belong", NEEDED, "unit_relation", NOTHING),
        *_rows("belong", BY_POLICY, "staff_number address residence_permit_number residence_permit_expiry"),
        *_rows("drive", BY_POLICY, "licence_number licence_class licence_expiry licence_long_term"),
        *_rows("vehicle", NEEDED, "plate second_plate third_plate"),
        *_rows("vehicle", NEEDED, "vehicle_use unit_assigns size_class add_another", NOTHING),
        *_rows("vehicle", BY_POLICY, "brand_model colour vin"),
        *_rows("vehicle", NEEDED, "is_owner joint_owner owner_name owner_id_tail"),
    )
}

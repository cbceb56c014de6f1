"""The register of data: every column of every table and every item of a filing, with why it is kept, whether it is
needed, how much harm it can do, how long it stays, and what erasing a person does to it (PIPL 19, 47, 51; control 12).

A column or an item without a row fails the suite. A row is no comment: rotation of keys finds what is sealed by it
(`Column.place`), the documentation and the officers' page are made from it (`flask privacy register`).
"""

from __future__ import annotations

from webapp.domain.privacy.register import filed, matters, rights, staff, system
from webapp.domain.privacy.register.items import ITEMS, ItemRow
from webapp.domain.privacy.register.words import Column, Table

TABLES: dict[str, Table] = {
    table.name: table
    for part in (filed.TABLES, staff.TABLES, matters.TABLES, rights.TABLES, system.TABLES)
    for table in part
}

__all__ = ["ITEMS", "TABLES", "Column", "ItemRow", "Table", "column", "sealed"]


def column(table: str, name: str) -> Column | None:
    """The row of one column."""
    return TABLES[table].columns.get(name) if table in TABLES else None


def sealed() -> list[Column]:
    """Every column that is sealed, in the order of the register."""
    return [one for table in TABLES.values() for one in table.columns.values() if one.place]

"""Before and after: what differs between two declarations, as rows of one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.domain.filings.standing import Standing
from webapp.ui import items
from webapp.ui.items import Group, Row


@dataclass(frozen=True)
class Difference:
    """One item with both of its values; None where there was or is none."""

    page: str
    name: str
    before: Row | None
    after: Row | None


def of_person(befores: Sequence[Standing], contact: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """What changes about the person, for every vehicle; of contact alone where nothing is in force."""
    known = befores[0].declared if befores else after
    before = {block: known[block] for block in ("person", "belonging", "licence")} | {"contact": contact}
    return differences(_without_vehicles(before), _without_vehicles(after))


def of_vehicle(before: dict[str, Any], after: dict[str, Any], place: int) -> list[Difference]:
    """What changes about the vehicle at this place (from 1) of `after`."""
    groups = [
        [group for group in items.groups(one | {"vehicles": [vehicle]}) if group.page.startswith("vehicle")]
        for one, vehicle in ((after, before["vehicle"]), (after, after["vehicles"][place - 1]))
    ]
    return [
        Difference(f"vehicle-{place}", one.name, one.before, one.after) for one in differences(groups[0], groups[1])
    ]


def differences(before: Sequence[Group], after: Sequence[Group]) -> list[Difference]:
    """Rows that are not the same in both, in the order of the pages."""
    found = []
    for old, new in zip(before, after, strict=True):
        had, has = {row.item: row for row in old.rows}, {row.item: row for row in new.rows}
        for item in dict.fromkeys([*has, *had]):
            if had.get(item) != has.get(item):
                name = (has.get(item) or had[item]).name
                found.append(Difference(new.page, name, had.get(item), has.get(item)))
    return found


def _without_vehicles(declared: dict[str, Any]) -> list[Group]:
    return items.groups(declared | {"vehicles": []})

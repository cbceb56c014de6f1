"""What a unit's list of filings shows, and filings that stand out on it."""

from __future__ import annotations

from typing import Any

from tests.builders import filings as build
from tests.builders.filings import Filed
from tests.builders.units import BuiltUnit
from webapp.domain.filings import flags, lists
from webapp.domain.filings.filters import Filter
from webapp.domain.filings.flags import Viewer
from webapp.domain.filings.lists import Row


def who(unit: BuiltUnit) -> Viewer:
    """The unit's manager as the list sees him."""
    return flags.viewer(unit.unit.id, unit.manager.id)


def names(unit: BuiltUnit, q: str = "", state: str = "all", **more: Any) -> list[str]:
    """The names on the first page of the list."""
    return [row.name for row in lists.page(unit.unit, Filter(state, q, **more), who(unit)).rows]


def row(unit: BuiltUnit, sent: Filed) -> Row:
    return lists.row(unit.unit, sent.filing.ref, who(unit))


def codes(unit: BuiltUnit, sent: Filed) -> list[str]:
    """The flags of a filing."""
    return [flag.code for flag in row(unit, sent).flags]


def assigned() -> dict[str, Any]:
    """A unit vehicle that the unit is to assign."""
    return build.vehicle("unit", plate="", unit_assigns=True, size_class="")


def second_driver(unit: BuiltUnit, of: Filed) -> Filed:
    """Somebody of the unit who files as second driver of that car."""
    plate = of.answers["vehicles"][0]["plate"]
    car = build.vehicle(plate=plate, is_owner="no", owner_name="某人", owner_id_tail="0000")
    return build.filed(unit, vehicles=[car])

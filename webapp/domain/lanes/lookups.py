"""What the list says of a vehicle, by one statement: the only place that ranks entries for a channel (design 9).

Any listed entry makes the vehicle listed; else any suspended one suspended; else it was removed if it ever had one.
Plain SQL: building it through the ORM costs many times what the database needs to answer (docs/decisions/0008).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webapp.database import database, is_sqlite
from webapp.domain.lanes.models import LISTED, NOT_LISTED, REMOVED, SUSPENDED

_RANK = "CASE e.state WHEN 'listed' THEN 0 WHEN 'suspended' THEN 1 WHEN 'removed' THEN 2 ELSE 3 END"

#: The entry that speaks for a vehicle, and what is said of it.
_BEST = f"""
SELECT b.vehicle_id, b.vehicle_use, b.state, b.cause, b.size_class, b.lead,
       (SELECT count(DISTINCT d.person_id) FROM entry d WHERE d.vehicle_id = b.vehicle_id AND d.state = 'listed'),
       (SELECT h.kind FROM entry_hold h WHERE h.entry_id = b.entry_id AND h.released_at IS NULL
        ORDER BY h.id LIMIT 1)
FROM (SELECT v.id AS vehicle_id, v.vehicle_use, e.id AS entry_id, e.state, e.cause, e.size_class, {{lead}} AS lead,
             row_number() OVER (PARTITION BY {{group}} ORDER BY {{first}}{_RANK}, e.id DESC) AS place
      FROM {{source}} LEFT JOIN entry e ON e.vehicle_id = v.id WHERE {{which}}) b
WHERE b.place = 1
"""
#: One plate: an active one first, else the last vehicle that bore it.
_BY_PLATE = _BEST.format(
    lead="CASE WHEN p.ended_at IS NULL THEN 1 ELSE 0 END",
    group="1",
    first="CASE WHEN p.ended_at IS NULL THEN 0 ELSE 1 END, ",
    source="plate p JOIN vehicle v ON v.id = p.vehicle_id",
    which="p.plate_index IN ({marks})",
)
_BY_VEHICLE = _BEST.format(lead="v.ref", group="v.id", first="", source="vehicle v", which="v.id IN ({ids})")

_SET = "SELECT value FROM json_each(?)"
_POSTGRES_SET = "SELECT value::bigint FROM jsonb_array_elements_text(%s::jsonb)"


@dataclass(frozen=True)
class Found:
    """What the list says of one vehicle. `reason` is one code; `vehicle_id` is None where nobody bears the plate."""

    result: str
    reason: str
    vehicle_id: int | None = None
    vehicle_ref: str = ""
    vehicle_use: str = ""
    size_class: str = ""
    drivers: int = 0


NOTHING = Found(NOT_LISTED, "unknown_plate")


def by_plate(indexes: Sequence[bytes]) -> Found:
    """The vehicle that one plate leads to; `indexes` are the blind indexes of every way it can be read."""
    mark = "?" if is_sqlite() else "%s"
    sql = _BY_PLATE.format(marks=", ".join([mark] * len(indexes)))
    row = database.execute_sql(sql, tuple(indexes)).fetchone()
    if row is None:
        return NOTHING
    found = _found(row)
    if row[5]:
        return found
    # The vehicle bears another plate today; what is true of it is not true of this one.
    return Found(REMOVED if row[2] else NOT_LISTED, "plate_ended")


def by_vehicles(vehicle_ids: Iterable[int]) -> list[Found]:
    """The same for any number of vehicles, in the order of their references."""
    wanted = json.dumps(sorted(set(vehicle_ids)))
    sql = _BY_VEHICLE.format(ids=_SET if is_sqlite() else _POSTGRES_SET) + " ORDER BY b.lead"
    return [_found(row, ref=row[5]) for row in database.execute_sql(sql, (wanted,)).fetchall()]


def _found(row: Sequence[object], ref: str = "") -> Found:
    vehicle_id, use, state, cause, size_class, _lead, drivers, hold = row
    if state is None:
        return Found(NOT_LISTED, "never_listed", int(vehicle_id), ref, str(use))  # type: ignore[call-overload]
    reason = {LISTED: "in_force", SUSPENDED: str(hold), REMOVED: str(cause)}[str(state)]
    return Found(str(state), reason, int(vehicle_id), ref, str(use), str(size_class), int(drivers))  # type: ignore[call-overload]

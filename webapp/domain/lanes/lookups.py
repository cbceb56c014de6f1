"""What the list says of a vehicle, by one statement: the only place that ranks entries for a channel (design 9).

Any listed entry makes the vehicle listed; else any suspended one suspended; else it was removed if it ever had one.
Plain SQL: building it through the ORM costs many times what the database needs to answer (docs/decisions/0008).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from webapp.database import database, is_sqlite
from webapp.domain.lanes.models import LISTED, NOT_LISTED, REMOVED, SUSPENDED

_RANK = "CASE e.state WHEN 'listed' THEN 0 WHEN 'suspended' THEN 1 WHEN 'removed' THEN 2 ELSE 3 END"

#: What is said of a vehicle by the entry that speaks for it; `best` finds that entry.
_SAID = """
SELECT b.vehicle_id, b.vehicle_use, b.state, b.cause, b.size_class, b.lead,
       (SELECT count(DISTINCT d.person_id) FROM entry d WHERE d.vehicle_id = b.vehicle_id AND d.state = 'listed'),
       (SELECT h.kind FROM entry_hold h WHERE h.entry_id = b.entry_id AND h.released_at IS NULL
        ORDER BY h.id LIMIT 1)
FROM ({best}) b
"""
_ENTRY = "v.id AS vehicle_id, v.vehicle_use, e.id AS entry_id, e.state, e.cause, e.size_class"
#: One plate: an active one first, else a declared one, else the last vehicle that bore it. No window function:
#: this is asked all day.
_BY_PLATE = _SAID.format(
    best=f"""SELECT {_ENTRY}, CASE WHEN p.ended_at IS NOT NULL THEN 0 WHEN p.declared THEN 1 ELSE 2 END AS lead
FROM plate p JOIN vehicle v ON v.id = p.vehicle_id LEFT JOIN entry e ON e.vehicle_id = v.id
WHERE p.plate_index IN ({{marks}}) ORDER BY lead DESC, {_RANK}, p.id DESC, e.id DESC LIMIT 1"""
)
_BY_VEHICLE = _SAID.format(
    best=f"""SELECT n.* FROM (SELECT {_ENTRY}, v.ref AS lead,
       row_number() OVER (PARTITION BY v.id ORDER BY {_RANK}, e.id DESC) AS place
FROM vehicle v LEFT JOIN entry e ON e.vehicle_id = v.id WHERE v.id IN ({{ids}})) n WHERE n.place = 1"""
)

#: How a plate leads to its vehicle.
DECLARED, BORNE = 1, 2

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
    row = _one_row(_by_plate("?" if is_sqlite() else "%s", len(indexes)), tuple(indexes))
    if row is None:
        return NOTHING
    if row[5] == DECLARED:
        # Whoever files may name any plate beside that of a listed car: before an upload it is nobody's.
        return Found(NOT_LISTED, "never_listed")
    found = _found(row)
    if row[5] == BORNE:
        return found
    # The vehicle bears another plate today; what is true of it is not true of this one.
    return Found(REMOVED if row[2] else NOT_LISTED, "plate_ended")


@functools.cache
def _by_plate(mark: str, readings: int) -> str:
    return _BY_PLATE.format(marks=", ".join([mark] * readings))


def _one_row(sql: str, values: tuple[bytes, ...]) -> Sequence[object] | None:
    """The first row. PostgreSQL keeps this one statement prepared: planning it takes longer than running it."""
    if is_sqlite():
        return database.execute_sql(sql, values).fetchone()
    return database.connection().execute(sql, values, prepare=True).fetchone()


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

"""What the list says of a vehicle, by one statement: the only place that ranks entries for a channel (design 9).

Any listed entry makes the vehicle listed; else any suspended one suspended; else it was removed if it ever had one.
Plain SQL: building it through the ORM costs many times what the database needs to answer (docs/decisions/0008). The
rows of a vehicle are few, and ranked here: a database asked for the best of them takes twice as long.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import peewee

from webapp.database import database, is_sqlite
from webapp.domain.lanes.models import LISTED, NOT_LISTED, REMOVED, SUSPENDED

_RANKS = {LISTED: 3, SUSPENDED: 2, REMOVED: 1}

#: One row for each entry of a vehicle, or one without; the columns of `_Row`.
_ROWS = """
SELECT v.id, v.vehicle_use, e.id, e.state, e.cause, e.size_class, e.person_id,
       CASE e.state WHEN 'suspended' THEN
       (SELECT h.kind FROM entry_hold h WHERE h.entry_id = e.id AND h.released_at IS NULL ORDER BY h.id LIMIT 1) END,
       {way}
"""
#: One plate: an active one first, else a declared one, else the last vehicle that bore it.
_BY_PLATE = (
    _ROWS.format(way="p.id, CASE WHEN p.ended_at IS NOT NULL THEN 0 WHEN p.declared THEN 1 ELSE 2 END, ''")
    + """FROM plate p JOIN vehicle v ON v.id = p.vehicle_id LEFT JOIN entry e ON e.vehicle_id = v.id
WHERE p.plate_index IN ({marks})"""
)
_BY_VEHICLE = (
    _ROWS.format(way="0, 0, v.ref")
    + "FROM vehicle v LEFT JOIN entry e ON e.vehicle_id = v.id WHERE v.id IN ({ids}) ORDER BY v.ref"
)

#: How a plate leads to its vehicle.
DECLARED, BORNE = 1, 2

_SET = "SELECT value FROM json_each(?)"
_POSTGRES_SET = "SELECT value::bigint FROM jsonb_array_elements_text(%s::jsonb)"


class Found(NamedTuple):
    """What the list says of one vehicle. `reason` is one code; `vehicle_id` is None where nobody bears the plate."""

    result: str
    reason: str
    vehicle_id: int | None = None
    vehicle_ref: str = ""
    vehicle_use: str = ""
    size_class: str = ""
    drivers: int = 0


NOTHING = Found(NOT_LISTED, "unknown_plate")


class _Row(NamedTuple):
    vehicle_id: int
    vehicle_use: str
    entry_id: int | None
    state: str | None
    cause: str | None
    size_class: str | None
    person_id: int | None
    hold: str | None
    plate_id: int
    lead: int
    vehicle_ref: str

    @property
    def precedence(self) -> tuple[int, int, int, int]:
        """The row that speaks for a plate has the greatest."""
        return self.lead, _RANKS.get(self.state or "", 0), self.plate_id, self.entry_id or 0


def by_plate(indexes: Sequence[bytes]) -> Found:
    """The vehicle that one plate leads to; `indexes` are the blind indexes of every way it can be read."""
    rows = _of_plate(_by_plate("?" if is_sqlite() else "%s", len(indexes)), tuple(indexes))
    if not rows:
        return NOTHING
    best = max(rows, key=_PRECEDENCE)
    if best.lead == DECLARED:
        # Whoever files may name any plate beside that of a listed car: before an upload it is nobody's.
        return Found(NOT_LISTED, "never_listed")
    if best.lead == BORNE:
        return _found(best, rows)
    # The vehicle bears another plate today; what is true of it is not true of this one.
    return Found(REMOVED if best.state else NOT_LISTED, "plate_ended")


_PRECEDENCE = attrgetter("precedence")


@functools.cache
def _by_plate(mark: str, readings: int) -> str:
    return _BY_PLATE.format(marks=", ".join([mark] * readings))


def by_vehicles(vehicle_ids: Iterable[int]) -> list[Found]:
    """The same for any number of vehicles, in the order of their references."""
    wanted = json.dumps(sorted(set(vehicle_ids)))
    sql = _BY_VEHICLE.format(ids=_SET if is_sqlite() else _POSTGRES_SET)
    rows = map(_Row._make, database.execute_sql(sql, (wanted,)).fetchall())
    grouped = (list(group) for _, group in groupby(rows, key=attrgetter("vehicle_id")))
    return [_found(max(group, key=_PRECEDENCE), group) for group in grouped]


def _of_plate(sql: str, indexes: tuple[bytes, ...]) -> list[_Row]:
    """PostgreSQL keeps this one statement prepared: planning it takes longer than running it."""
    connection = database.connection()
    with peewee.__exception_wrapper__:
        found = connection.execute(sql, indexes) if is_sqlite() else connection.execute(sql, indexes, prepare=True)
        return [_Row._make(row) for row in found.fetchall()]


def _found(best: _Row, rows: Iterable[_Row]) -> Found:
    """What the list says of the vehicle of `best`, the entry that speaks for it."""
    vehicle, use = best.vehicle_id, best.vehicle_use
    if best.state is None:
        return Found(NOT_LISTED, "never_listed", vehicle, best.vehicle_ref, use)
    reason = {LISTED: "in_force", SUSPENDED: best.hold, REMOVED: best.cause}[best.state]
    drivers = {row.person_id for row in rows if row.state == LISTED and row.vehicle_id == vehicle}
    return Found(best.state, str(reason), vehicle, best.vehicle_ref, use, str(best.size_class), len(drivers))

"""Kept counts: how many filings, entries and vehicles a unit has in each state, and how many units there are
(`webapp.kept_counts`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from peewee import fn

from webapp.domain.units.models import ENDED, ENTRY, FILING, REGISTERED, VEHICLE, Tally, Unit, UnitTally
from webapp.kept_counts import KeptCounts, Share, Watched

#: (state, whether the owner's yes is missing) → how many.
Counts = dict[tuple[str, bool], int]

_STANDING = f"CASE WHEN {{row}}.ended_at IS NULL THEN '{REGISTERED}' ELSE '{ENDED}' END"

KEPT = KeptCounts(
    table="tally",
    keys=("unit_id", "noun", "state", "waiting"),
    watched=(
        Watched(
            table=FILING,
            shares=(Share(("{row}.unit_id", f"'{FILING}'", "{row}.state", "{row}.waiting")),),
            matters=("{row}.unit_id", "{row}.state", "{row}.waiting"),
        ),
        Watched(
            table=ENTRY,
            shares=(Share(("{row}.unit_id", f"'{ENTRY}'", "{row}.state", "(1 = 0)")),),
            matters=("{row}.unit_id", "{row}.state"),
        ),
        Watched(
            table="register_vehicle",
            shares=(Share(("{row}.unit_id", f"'{VEHICLE}'", _STANDING, "(1 = 0)")),),
            matters=("{row}.unit_id", "({row}.ended_at IS NULL)"),
        ),
    ),
    said="unit {unit_id}: {number:+} {noun} {state}",
)

UNITS = KeptCounts(
    table="unit_tally",
    keys=("unit_class", "state"),
    watched=(
        Watched(
            table="unit",
            shares=(Share(("{row}.unit_class", "{row}.state")),),
            matters=("{row}.unit_class", "{row}.state"),
        ),
    ),
    said="units: {number:+} {unit_class} {state}",
)


def of_units(unit_class: str = "") -> dict[str, int]:
    """How many units of one class or all are in each state."""
    rows: Any = UnitTally.select(UnitTally.state, fn.SUM(UnitTally.number))
    if unit_class:
        rows = rows.where(UnitTally.unit_class == unit_class)
    return {state: int(number) for state, number in rows.group_by(UnitTally.state).tuples()}


def of_filings(unit_id: int) -> Counts:
    return _of(unit_id, FILING)


def of_filings_in(unit_id: int, state: str) -> int:
    return sum(number for (one, _waiting), number in of_filings(unit_id).items() if one == state)


def of_entries(unit_id: int) -> dict[str, int]:
    return {state: number for (state, _waiting), number in _of(unit_id, ENTRY).items()}


def of_vehicles(unit_id: int) -> int:
    """How many stand in the unit's register."""
    return _of(unit_id, VEHICLE).get((REGISTERED, False), 0)


def entries_by_unit(states: Iterable[str], unit_class: str | None = None) -> dict[int, int]:
    """How many entries each unit has in these states together, of one class or all; without those that have none."""
    number = fn.SUM(Tally.number)
    rows: Any = Tally.select(Tally.unit, number).where(Tally.noun == ENTRY, Tally.state << list(states))
    if unit_class is not None:
        rows = rows.where(Tally.unit << Unit.select(Unit.id).where(Unit.unit_class == unit_class))
    return {unit_id: int(count) for unit_id, count in rows.group_by(Tally.unit).having(number > 0).tuples()}


def _of(unit_id: int, noun: str) -> Counts:
    rows: Any = Tally.select(Tally.state, Tally.waiting, fn.SUM(Tally.number)).where(
        Tally.unit == unit_id, Tally.noun == noun
    )
    return {
        (state, bool(waiting)): int(number)
        for state, waiting, number in rows.group_by(Tally.state, Tally.waiting).tuples()
    }

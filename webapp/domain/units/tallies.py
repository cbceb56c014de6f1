"""Kept counts: how many filings and entries a unit has in each state, as triggers keep them in whatever transaction
changes one (docs/decisions/0023-kept-counts.md).

A count is read as a sum. On SQLite, which has one writer anyway, each change goes into the one row of its state. On
PostgreSQL each statement adds rows of its own, `pending`, so that whoever files in a unit never waits for another who
does; `fold` brings them into the row that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from peewee import fn

from webapp.database import database, is_sqlite, transaction
from webapp.domain.units.models import ENTRY, FILING, Tally, Unit

#: So many pending rows are folded at a time.
SLICE = 5000
#: (state, whether the owner's yes is missing) → how many.
Counts = dict[tuple[str, bool], int]

#: What rows of each table are counted by, beside their unit and state.
_WAITING = {FILING: "{row}waiting", ENTRY: "(1 = 0)"}
#: When a count changes.
_CHANGED = {
    FILING: "OLD.unit_id <> NEW.unit_id OR OLD.state <> NEW.state OR OLD.waiting <> NEW.waiting",
    ENTRY: "OLD.unit_id <> NEW.unit_id OR OLD.state <> NEW.state",
}
_INTO = "INSERT INTO tally (unit_id, noun, state, waiting, number, pending)"
_ADDED = (
    " ON CONFLICT (unit_id, noun, state, waiting) WHERE NOT pending DO UPDATE SET number = tally.number"
    " + excluded.number"
)


def of_filings(unit_id: int) -> Counts:
    return _of(unit_id, FILING)


def of_filings_in(unit_id: int, state: str) -> int:
    return sum(number for (one, _waiting), number in of_filings(unit_id).items() if one == state)


def of_entries(unit_id: int) -> dict[str, int]:
    return {state: number for (state, _waiting), number in _of(unit_id, ENTRY).items()}


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


def fold() -> None:
    """Bring what is pending into the rows that are kept; by any number of workers at once. One statement a slice, so
    that whoever reads meanwhile sees each change once."""
    if is_sqlite():
        return
    while True:
        with transaction():
            folded = database.execute_sql(
                "WITH gone AS (DELETE FROM tally WHERE id IN (SELECT id FROM tally WHERE pending ORDER BY id LIMIT %s"
                f" FOR UPDATE SKIP LOCKED) RETURNING *), added AS ({_INTO}"
                " SELECT unit_id, noun, state, waiting, sum(number), false FROM gone GROUP BY 1, 2, 3, 4"
                f" ORDER BY 1, 2, 3, 4{_ADDED}) SELECT count(*) FROM gone",
                (SLICE,),
            ).fetchone()[0]
        if folded < SLICE:
            return


# Counting anew ------------------------------------------------------------------------------------------------------

_COUNTED = " UNION ALL ".join(
    f"SELECT unit_id, '{noun}' AS noun, state, {waiting.format(row='')} AS waiting, count(*) AS number"
    f" FROM {noun} GROUP BY 1, 2, 3, 4"
    for noun, waiting in _WAITING.items()
)
#: What is there and not counted (or counted and not there: below zero).
_DIFFERENCES = (
    f"SELECT unit_id, noun, state, waiting, sum(number) AS number FROM ({_COUNTED}"
    " UNION ALL SELECT unit_id, noun, state, waiting, -number FROM tally) AS everything"
    " GROUP BY unit_id, noun, state, waiting HAVING sum(number) <> 0"
)


def differences() -> list[tuple[int, str, str, int]]:
    """Whatever is not as it is kept: (unit, noun, state, how many more there are). Reads everything."""
    rows = database.execute_sql(_DIFFERENCES).fetchall()
    return [(unit_id, noun, state, int(number)) for unit_id, noun, state, _waiting, number in rows]


def mend() -> None:
    """Count everything and add what is missing, by one statement: whatever changes meanwhile is in what it reads with
    its count, or neither is."""
    never = "0" if is_sqlite() else "false"
    with transaction():
        database.execute_sql(
            f"{_INTO} SELECT unit_id, noun, state, waiting, number, {never} FROM ({_DIFFERENCES}) AS missing"
            f" WHERE 1 = 1{_ADDED}"
        )


# Triggers -----------------------------------------------------------------------------------------------------------


def trigger_statements() -> Iterator[list[str]]:
    """SQL that drops and makes what keeps the counts, in the dialect of the database in use: of each table together."""
    for noun in _WAITING:
        yield list(_sqlite(noun) if is_sqlite() else _postgres(noun))


def _sqlite(noun: str) -> Iterator[str]:
    def said(row: str, number: int) -> str:
        waiting = _WAITING[noun].format(row=f"{row}.")
        return f"{_INTO} VALUES ({row}.unit_id, '{noun}', {row}.state, {waiting}, {number}, 0){_ADDED}; "

    moments = {
        "insert": ("INSERT", "", said("NEW", 1)),
        "delete": ("DELETE", "", said("OLD", -1)),
        "update": ("UPDATE", f" WHEN {_CHANGED[noun]}", said("OLD", -1) + said("NEW", 1)),
    }
    for name, (moment, when, deed) in moments.items():
        yield f"DROP TRIGGER IF EXISTS {noun}_tallied_{name}"
        yield f"CREATE TRIGGER {noun}_tallied_{name} AFTER {moment} ON {noun}{when} BEGIN {deed}END"


def _postgres(noun: str) -> Iterator[str]:
    """By statement, however many rows. As its owner, so that the serving role needs no right to alter a count."""
    waiting = _WAITING[noun].format(row="")
    gone, come = (
        f"SELECT unit_id, state, {waiting} AS waiting, {number} AS number FROM {rows}"
        for rows, number in (("gone", -1), ("come", 1))
    )
    moments = {
        "insert": ("INSERT", "NEW TABLE AS come", come),
        "delete": ("DELETE", "OLD TABLE AS gone", gone),
        "update": ("UPDATE", "OLD TABLE AS gone NEW TABLE AS come", f"{gone} UNION ALL {come}"),
    }
    for name, (moment, tables, changes) in moments.items():
        trigger = f"{noun}_tallied_{name}"
        yield (
            f"CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path = public, pg_temp AS $$ BEGIN {_INTO} SELECT unit_id, '{noun}', state, waiting,"
            f" sum(number), true FROM ({changes}) AS changes GROUP BY unit_id, state, waiting"
            " HAVING sum(number) <> 0; RETURN NULL; END $$"
        )
        yield f"DROP TRIGGER IF EXISTS {trigger} ON {noun}"
        yield (
            f"CREATE TRIGGER {trigger} AFTER {moment} ON {noun} REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()"
        )

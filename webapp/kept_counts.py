"""Counts that triggers keep in whatever transaction changes what is counted (docs/decisions/0023-kept-counts.md).

A table of counts has some key columns, then `number` and `pending`. A count is read as the sum of its rows. On SQLite,
which has one writer anyway, each change goes into the one row of its key. On PostgreSQL each statement adds rows of its
own, `pending`, so that whoever changes what is counted never waits for another who does; `fold` brings them into the
row that is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.database import database, is_sqlite, transaction

#: So many pending rows are folded at a time.
SLICE = 5000


@dataclass(frozen=True)
class Share:
    """SQL: what each row of a table, {row}, counts for: one for these values of the key columns, in their order; only
    where a condition holds, with the tables it needs beside the row."""

    values: tuple[str, ...]
    where: str = "1 = 1"
    beside: str = ""

    def of(self, row: str, number: str, rows: str = "") -> str:
        """SELECT of values and number, from the rows that are called {row}, or of one row that a trigger holds."""
        tables = ", ".join(filter(None, (rows and f"{rows} AS {row}", self.beside)))
        values = ", ".join((*self.values, number)).format(row=row)
        return f"SELECT {values}{f' FROM {tables}' if tables else ''} WHERE {self.where.format(row=row)}"


@dataclass(frozen=True)
class Watched:
    """A table whose rows count, and the SQL by which an update is seen to matter. Where its shares are those of another
    table, which change with it, only updates are watched and it is not counted itself."""

    table: str
    shares: tuple[Share, ...]
    matters: tuple[str, ...]
    leads: str = ""  # name of its trigger on updates, where another table's rows are what counts

    @property
    def triggers(self) -> Mapping[str, str]:
        """Moment → name."""
        if self.leads:
            return {"UPDATE": self.leads}
        return {moment: f"{self.table}_tallied_{moment.lower()}" for moment in ("INSERT", "DELETE", "UPDATE")}


@dataclass(frozen=True)
class KeptCounts:
    table: str
    keys: tuple[str, ...]
    watched: tuple[Watched, ...]
    said: str  # how one that differs is told: the keys, and {number}

    def fold(self) -> None:
        """Bring what is pending into the rows that are kept; by any number of workers at once. One statement a slice,
        so that whoever reads meanwhile sees each change once."""
        if is_sqlite():
            return
        keys, places = ", ".join(self.keys), _places(self.keys)
        while True:
            with transaction():
                folded = database.execute_sql(
                    f"WITH gone AS (DELETE FROM {self.table} WHERE id IN (SELECT id FROM {self.table} WHERE pending"
                    f" ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING *), added AS ({self._into}"
                    f" SELECT {keys}, sum(number), false FROM gone GROUP BY {places} ORDER BY {places}{self._added})"
                    " SELECT count(*) FROM gone",
                    (SLICE,),
                ).fetchone()[0]
            if folded < SLICE:
                return

    def differences(self) -> list[dict[str, Any]]:
        """Whatever is not as it is kept: its keys, and as `number` how many more there are. Reads everything."""
        rows = database.execute_sql(self._missing()).fetchall()
        return [dict(zip(self.keys, row[:-1], strict=True)) | {"number": int(row[-1])} for row in rows]

    def mend(self) -> None:
        """Count everything and add what is missing, by one statement: whatever changes meanwhile is in what it reads
        with its count, or neither is."""
        kept = "0" if is_sqlite() else "false"
        rows = f"SELECT {', '.join(self.keys)}, number, {kept} FROM ({self._missing()}) AS missing WHERE 1 = 1"
        with transaction():
            database.execute_sql(f"{self._into} {rows}{self._added}")

    def trigger_statements(self) -> Iterator[list[str]]:
        """SQL that drops and makes what keeps the counts, in the dialect of the database in use: of each table
        together."""
        for watched in self.watched:
            yield list(self._sqlite(watched) if is_sqlite() else self._postgres(watched))

    @property
    def _into(self) -> str:
        return f"INSERT INTO {self.table} ({', '.join(self.keys)}, number, pending)"

    @property
    def _added(self) -> str:
        return (
            f" ON CONFLICT ({', '.join(self.keys)}) WHERE NOT pending"
            f" DO UPDATE SET number = {self.table}.number + excluded.number"
        )

    def _missing(self) -> str:
        """SQL: what is there and not counted (or counted and not there: below zero)."""
        keys = ", ".join(self.keys)
        there = " UNION ALL ".join(
            f"{share.of('r', 'count(*)', watched.table)} GROUP BY {_places(self.keys)}"
            for watched in self.watched
            if not watched.leads
            for share in watched.shares
        )
        # Named by the first part of the union: SQLite and PostgreSQL alike.
        kept = f"SELECT {keys}, -number AS number FROM {self.table}"
        return (
            f"SELECT {keys}, sum(number) AS number FROM ({kept} UNION ALL {there}) AS everything"
            f" GROUP BY {keys} HAVING sum(number) <> 0"
        )

    def _sqlite(self, watched: Watched) -> Iterator[str]:
        gone, come = (
            "".join(self._counted(share, row, number) for share in watched.shares)
            for row, number in (("OLD", -1), ("NEW", 1))
        )
        matters = " OR ".join(f"{one.format(row='OLD')} IS NOT {one.format(row='NEW')}" for one in watched.matters)
        deeds = {"INSERT": come, "DELETE": gone, "UPDATE": gone + come}
        for moment, trigger in watched.triggers.items():
            when = f" WHEN {matters}" if moment == "UPDATE" else ""
            yield f"DROP TRIGGER IF EXISTS {trigger}"
            yield f"CREATE TRIGGER {trigger} AFTER {moment} ON {watched.table}{when} BEGIN {deeds[moment]}END"

    def _counted(self, share: Share, row: str, number: int) -> str:
        """SQLite: count what one row counts for, mostly into what is there: half of what an upsert takes."""
        added = f"{self._into} {share.of(row, f'{number}, 0')}"
        if share.beside:
            return f"{added}{self._added}; "
        keys = " AND ".join(f"{key} = {value}" for key, value in zip(self.keys, share.values, strict=True))
        known = f"UPDATE {self.table} SET number = number + {number} WHERE {keys} AND NOT pending AND {share.where}"
        return f"{known.format(row=row)}; {added} AND changes() = 0; "

    def _postgres(self, watched: Watched) -> Iterator[str]:
        """By statement, however many rows. As its owner, so that the serving role needs no right to alter a count.
        What was and what is are never joined: plpgsql keeps the plan that was right for one row."""
        gone, come = (
            " UNION ALL ".join(share.of("r", f"{number} AS number", rows) for share in watched.shares)
            for rows, number in (("gone", -1), ("come", 1))
        )
        deeds = {
            "INSERT": ("NEW TABLE AS come", come),
            "DELETE": ("OLD TABLE AS gone", gone),
            "UPDATE": ("OLD TABLE AS gone NEW TABLE AS come", f"{gone} UNION ALL {come}"),
        }
        keys = ", ".join(self.keys)
        for moment, trigger in watched.triggers.items():
            tables, changes = deeds[moment]
            yield (
                f"CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
                f" SET search_path = public, pg_temp AS $$ BEGIN {self._into} SELECT {keys}, sum(number), true"
                f" FROM ({changes}) AS changes ({keys}, number) GROUP BY {_places(self.keys)}"
                " HAVING sum(number) <> 0; RETURN NULL; END $$"
            )
            yield f"DROP TRIGGER IF EXISTS {trigger} ON {watched.table}"
            yield (
                f"CREATE TRIGGER {trigger} AFTER {moment} ON {watched.table} REFERENCING {tables}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()"
            )


def _places(keys: tuple[str, ...]) -> str:
    return ", ".join(str(place) for place in range(1, len(keys) + 1))

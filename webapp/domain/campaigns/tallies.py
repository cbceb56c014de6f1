"""Kept counts of campaigns: of each unit in each campaign how many entries there were, how many are confirmed, and how
many are missing, as triggers keep them (docs/decisions/0023-kept-counts.md, `units.tallies`).

Missing is who is in force and not confirmed, so it changes with entries too.
"""

from __future__ import annotations

from collections.abc import Iterator

from webapp.database import database, is_sqlite, transaction

TOTAL, CONFIRMED, MISSING = WORDS = ("total", "confirmed", "missing")
#: So many pending rows are folded at a time.
SLICE = 5000

_INTO = "INSERT INTO campaign_tally (campaign_id, unit_id, word, number, pending)"
_ADDED = (
    " ON CONFLICT (campaign_id, unit_id, word) WHERE NOT pending DO UPDATE SET number = campaign_tally.number"
    " + excluded.number"
)
#: What a row of a campaign counts for; {row} is it, {entry} the state of its entry.
_COUNTS_FOR = {
    TOTAL: "1 = 1",
    CONFIRMED: "{row}.confirmed_at IS NOT NULL",
    MISSING: "{row}.confirmed_at IS NULL AND {entry} <> 'removed'",
}
_LEFT = "(gone.state = 'removed') <> (come.state = 'removed')"


def fold() -> None:
    """Bring what is pending into the rows that are kept (units.tallies.fold)."""
    if is_sqlite():
        return
    while True:
        with transaction():
            folded = database.execute_sql(
                "WITH gone AS (DELETE FROM campaign_tally WHERE id IN (SELECT id FROM campaign_tally WHERE pending"
                f" ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING *), added AS ({_INTO}"
                " SELECT campaign_id, unit_id, word, sum(number), false FROM gone GROUP BY 1, 2, 3"
                f" ORDER BY 1, 2, 3{_ADDED}) SELECT count(*) FROM gone",
                (SLICE,),
            ).fetchone()[0]
        if folded < SLICE:
            return


# Counting anew ------------------------------------------------------------------------------------------------------

_COUNTED = " UNION ALL ".join(
    f"SELECT c.campaign_id, c.unit_id, '{word}' AS word, count(*) AS number FROM campaign_entry AS c"
    f" JOIN entry AS e ON e.id = c.entry_id WHERE {meant.format(row='c', entry='e.state')} GROUP BY 1, 2"
    for word, meant in _COUNTS_FOR.items()
)
_DIFFERENCES = (
    f"SELECT campaign_id, unit_id, word, sum(number) AS number FROM ({_COUNTED}"
    " UNION ALL SELECT campaign_id, unit_id, word, -number FROM campaign_tally) AS everything"
    " GROUP BY campaign_id, unit_id, word HAVING sum(number) <> 0"
)


def differences() -> list[tuple[int, int, str, int]]:
    """Whatever is not as it is kept: (campaign, unit, word, how many more there are). Reads everything."""
    rows = database.execute_sql(_DIFFERENCES).fetchall()
    return [(campaign, unit, word, int(number)) for campaign, unit, word, number in rows]


def mend() -> None:
    """Count everything and add what is missing, by one statement (units.tallies.mend)."""
    never = "0" if is_sqlite() else "false"
    with transaction():
        database.execute_sql(
            f"{_INTO} SELECT campaign_id, unit_id, word, number, {never} FROM ({_DIFFERENCES}) AS missing"
            f" WHERE 1 = 1{_ADDED}"
        )


# Triggers -----------------------------------------------------------------------------------------------------------


def trigger_statements() -> Iterator[list[str]]:
    """SQL that drops and makes what keeps the counts, in the dialect of the database in use: of each table together."""
    yield list(_sqlite() if is_sqlite() else _postgres())
    yield list(_sqlite_left() if is_sqlite() else _postgres_left())


def _sqlite() -> Iterator[str]:
    def said(row: str, number: int) -> str:
        state = f"(SELECT state FROM entry WHERE id = {row}.entry_id)"
        return "".join(
            f"{_INTO} SELECT {row}.campaign_id, {row}.unit_id, '{word}', {number}, 0"
            f" WHERE {meant.format(row=row, entry=state)}{_ADDED}; "
            for word, meant in _COUNTS_FOR.items()
        )

    moments = {"insert": said("NEW", 1), "delete": said("OLD", -1), "update": said("OLD", -1) + said("NEW", 1)}
    for moment, deed in moments.items():
        trigger = f"campaign_entry_tallied_{moment}"
        yield f"DROP TRIGGER IF EXISTS {trigger}"
        yield f"CREATE TRIGGER {trigger} AFTER {moment.upper()} ON campaign_entry BEGIN {deed}END"


def _sqlite_left() -> Iterator[str]:
    yield "DROP TRIGGER IF EXISTS entry_left_campaigns"
    yield (
        "CREATE TRIGGER entry_left_campaigns AFTER UPDATE ON entry"
        " WHEN (OLD.state = 'removed') <> (NEW.state = 'removed') BEGIN"
        f" {_INTO} SELECT campaign_id, unit_id, '{MISSING}', CASE NEW.state WHEN 'removed' THEN -1 ELSE 1 END, 0"
        f" FROM campaign_entry WHERE entry_id = NEW.id AND confirmed_at IS NULL{_ADDED}; END"
    )


def _postgres() -> Iterator[str]:
    def changes(rows: str, number: int) -> str:
        return " UNION ALL ".join(
            f"SELECT r.campaign_id, r.unit_id, '{word}' AS word, {number} AS number FROM {rows} AS r"
            f" JOIN entry AS e ON e.id = r.entry_id WHERE {meant.format(row='r', entry='e.state')}"
            for word, meant in _COUNTS_FOR.items()
        )

    gone, come = changes("gone", -1), changes("come", 1)
    moments = {
        "insert": ("NEW TABLE AS come", come),
        "delete": ("OLD TABLE AS gone", gone),
        "update": ("OLD TABLE AS gone NEW TABLE AS come", f"{gone} UNION ALL {come}"),
    }
    for moment, (tables, changed) in moments.items():
        yield from _by_statement(f"campaign_entry_tallied_{moment}", moment, "campaign_entry", tables, changed)


def _postgres_left() -> Iterator[str]:
    changed = (
        f"SELECT c.campaign_id, c.unit_id, '{MISSING}' AS word, CASE come.state WHEN 'removed' THEN -1 ELSE 1 END"
        " AS number FROM gone JOIN come ON come.id = gone.id JOIN campaign_entry AS c ON c.entry_id = come.id"
        f" WHERE c.confirmed_at IS NULL AND {_LEFT}"
    )
    tables = "OLD TABLE AS gone NEW TABLE AS come"
    yield from _by_statement("entry_left_campaigns", "update", "entry", tables, changed)


def _by_statement(trigger: str, moment: str, table: str, tables: str, changed: str) -> Iterator[str]:
    """As its owner, so that the serving role needs no right to alter a count."""
    yield (
        f"CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $$ BEGIN {_INTO} SELECT campaign_id, unit_id, word, sum(number), true"
        f" FROM ({changed}) AS changes GROUP BY 1, 2, 3 HAVING sum(number) <> 0; RETURN NULL; END $$"
    )
    yield f"DROP TRIGGER IF EXISTS {trigger} ON {table}"
    yield (
        f"CREATE TRIGGER {trigger} AFTER {moment.upper()} ON {table} REFERENCING {tables}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {trigger}()"
    )

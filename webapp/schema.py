"""The shape of the database: every table, the triggers that guard it, upgrading and checking it.

Migrations (`migrations/`, frozen models, peewee's runner) make the tables; triggers are made anew after every
migration, so that no table rebuild can lose one. `check()` compares what the models describe with what is there.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from playhouse.migrations import Runner

import webapp.domain
from webapp import giving_way, references
from webapp.database import Row, database, is_sqlite, transaction
from webapp.domain.audit import purging
from webapp.domain.campaigns import tallies as campaign_tallies
from webapp.domain.units import tallies

MIGRATIONS = Path(__file__).parent.parent / "migrations"
#: Key of the PostgreSQL advisory lock that lets one host migrate at a time.
ADVISORY_LOCK = 7_205_002

#: What triggers count.
KEPT_COUNTS = (tallies.KEPT, tallies.UNITS, campaign_tallies.KEPT)

#: Rows of these tables are written once. The application has no path that changes them; neither has the database.
FROZEN = (
    "pledge",
    "answers",
    "unit_step",
    "filing_step",
    "entry_step",
    "case_step",
    "sanction_step",
    "rights_step",
    "incident_step",
    "assessment",
)
#: Columns of theirs whose bytes may change while their content does not, or goes as a whole: sealed
#: values, by a rotation of keys and by an erasure.
SEALED = {
    "pledge": ("content", "strokes"),
    "answers": ("sealed",),
    "unit_step": ("note",),
    "filing_step": ("note",),
    "sanction_step": ("note",),
}
#: And those that only an erasure takes away.
ERASED = {"pledge": ("drawing_id",)}
#: Whose rows go over to another record of the same person once the one they were made under has no document any more
#: (filings.identities).
FOLLOWING = {
    "answers": ("person_id", "NOT EXISTS (SELECT 1 FROM person_document AS d WHERE d.person_id = OLD.person_id)")
}
#: Where sealed columns go by a term too, no person of the registry standing behind them: the condition under which they
#: may become NULL. Notes on a sanction go once it is over and keeps nobody whom it named.
BY_TERM = {
    "sanction_step": "NOT EXISTS (SELECT 1 FROM sanction_subject AS s WHERE s.sanction_id = OLD.sanction_id)"
    " AND EXISTS (SELECT 1 FROM sanction AS s WHERE s.id = OLD.sanction_id"
    " AND s.state IN ('rejected', 'retracted', 'ended'))",
}

#: The record: what the serving role may add to and never change. `act` alone is finished once, by its own act.
RECORD = ("act", "audit_line", "sequence", "seal")

#: name: (table, moment, condition under which the database refuses). NEW and OLD as in both dialects.
REFUSALS = {
    # The record. Whatever is younger than a year stays; the number of an act goes after the act.
    "act_frozen": ("act", "UPDATE", "OLD.mac IS NOT NULL"),
    "act_kept": ("act", "DELETE", "OLD.at > {year_ago}"),
    "audit_line_frozen": ("audit_line", "UPDATE", "OLD.mac IS NOT NULL"),
    "audit_line_kept": ("audit_line", "DELETE", "OLD.at > {year_ago}"),
    "sequence_frozen": ("sequence", "UPDATE", "1 = 1"),
    "sequence_kept": ("sequence", "DELETE", "OLD.stream <> 'audit' OR {act_there}"),
    "seal_frozen": ("seal", "UPDATE", "1 = 1"),
    "seal_kept": ("seal", "DELETE", "1 = 1"),
    **{f"{table}_frozen": (table, "UPDATE", f"{{{table}_altered}}") for table in FROZEN},
    **{f"{table}_kept": (table, "DELETE", "1 = 1") for table in FROZEN},
    # Rule 2: no second driver in force without an owner in force.
    "second_needs_owner": (
        "driver_slot",
        "INSERT OR UPDATE",
        "NEW.slot = 'second' AND NEW.in_force AND {no_owner}",
    ),
    "owner_stays_for_second": (
        "driver_slot",
        "UPDATE",
        "OLD.slot = 'owner' AND OLD.in_force AND NOT NEW.in_force AND {second_in_force}",
    ),
    "owner_kept_for_second": (
        "driver_slot",
        "DELETE",
        "OLD.slot = 'owner' AND OLD.in_force AND {second_in_force}",
    ),
    # Rules 1 and 4: an own-use entry in force stands on its person's slot of that vehicle; use as the vehicle's.
    "entry_needs_slot": (
        "entry",
        "INSERT OR UPDATE",
        "NEW.vehicle_use = 'own' AND NEW.state <> 'removed' AND {no_slot}",
    ),
    "entry_follows_use": (
        "entry",
        "INSERT OR UPDATE",
        "NEW.state <> 'removed' AND {other_use}",
    ),
    "vehicle_use_in_force": (
        "vehicle",
        "UPDATE",
        "NEW.vehicle_use <> OLD.vehicle_use AND {entries_in_force}",
    ),
    # An edition that was looked at and confirmed is the one that holds.
    "edition_as_drafted": (
        "edition",
        "UPDATE",
        "NEW.content <> OLD.content OR NEW.subject <> OLD.subject OR NEW.number <> OLD.number"
        " OR NEW.proposed_by_id <> OLD.proposed_by_id",
    ),
    # Two people: who proposed a sanction, and whom it is about, stays as it was proposed.
    "sanction_as_proposed": (
        "sanction",
        "UPDATE",
        "OLD.proposed_by_id IS NOT NULL AND (NEW.proposed_by_id IS NULL OR NEW.proposed_by_id <> OLD.proposed_by_id"
        " OR (NEW.identity <> OLD.identity AND NOT {erasing}))",
    ),
    # Nobody is erased while something of his is in force, on its way, or held for an authority.
    "erasure_of_nothing_open": (
        "erasure",
        "INSERT OR UPDATE",
        "NEW.state = 'confirmed' AND {something_open}",
    ),
    "erasure_as_proposed": (
        "erasure",
        "UPDATE",
        "OLD.state IN ('done', 'rejected') OR NEW.person_id <> OLD.person_id OR NEW.cause <> OLD.cause"
        " OR (OLD.proposed_by IS NOT NULL AND COALESCE(NEW.proposed_by <> OLD.proposed_by, 1 = 1))",
    ),
    "erasure_kept": ("erasure", "DELETE", "1 = 1"),
    # Their history refers to them (webapp.references).
    "entry_kept": ("entry", "DELETE", "1 = 1"),
    "filing_kept": ("filing", "DELETE", "1 = 1"),
    "legal_hold_kept": ("legal_hold", "DELETE", "1 = 1"),
}

CONDITIONS = {
    # FOR SHARE: a concurrent end of the owner waits for us, or we see it.
    "no_owner": "NOT EXISTS (SELECT 1 FROM driver_slot AS o WHERE o.vehicle_id = NEW.vehicle_id"
    " AND o.slot = 'owner' AND o.in_force {share})",
    "second_in_force": "EXISTS (SELECT 1 FROM driver_slot AS s WHERE s.vehicle_id = OLD.vehicle_id"
    " AND s.slot = 'second' AND s.in_force)",
    "no_slot": "NOT EXISTS (SELECT 1 FROM driver_slot AS s WHERE s.id = NEW.slot_id"
    " AND s.vehicle_id = NEW.vehicle_id AND s.person_id = NEW.person_id {each})",
    "other_use": "NOT EXISTS (SELECT 1 FROM vehicle AS v WHERE v.id = NEW.vehicle_id"
    " AND v.vehicle_use = NEW.vehicle_use {each})",
    "act_there": "EXISTS (SELECT 1 FROM act AS a WHERE a.id = OLD.source_id)",
    "year_ago": "{now} - 31536000000000",
    "entries_in_force": "EXISTS (SELECT 1 FROM entry AS e WHERE e.vehicle_id = NEW.id AND e.state <> 'removed')",
    # Seen by its own transaction alone: an erasure is confirmed and done in one.
    "erasing": "EXISTS (SELECT 1 FROM erasure AS x WHERE x.state = 'confirmed')",
    "something_open": "(EXISTS (SELECT 1 FROM entry AS e WHERE e.person_id = NEW.person_id AND e.state <> 'removed')"
    " OR EXISTS (SELECT 1 FROM filing AS f WHERE f.person_id = NEW.person_id"
    " AND f.state IN ('submitted', 'returned', 'verified'))"
    " OR EXISTS (SELECT 1 FROM legal_hold AS h WHERE h.person_id = NEW.person_id AND h.lifted_at IS NULL"
    " AND h.until >= NEW.ended_on))",
}


#: PostgreSQL looks at all rows of a statement together where thousands come at a time: called for each of them, these
#: took an eighth of what an upload takes there.
TOGETHER = ("second_needs_owner", "entry_needs_slot", "entry_follows_use")

_SOME = "EXISTS (SELECT 1 FROM come WHERE {refused})"

#: What the two dialects say differently: a lock on what was read, and this moment in microseconds. And what keeps
#: PostgreSQL to looking each row up: it would keep a plan that joins whole tables from the one time that was right.
_SQLITE_SAYS = {"share": "", "each": "", "now": "CAST(strftime('%s', 'now') AS INTEGER) * 1000000"}
_POSTGRES_SAYS = {
    "share": "FOR SHARE",
    "each": "OFFSET 0",
    "now": "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
}


def models() -> list[type[Row]]:
    """Every table of the system, those others refer to first."""
    for package in pkgutil.iter_modules(webapp.domain.__path__):
        if (Path(webapp.domain.__path__[0]) / package.name / "models.py").exists():
            importlib.import_module(f"webapp.domain.{package.name}.models")
    return Row.__subclasses__()


def runner() -> Runner:
    return Runner(database.obj, str(MIGRATIONS))


def upgrade() -> list[str]:
    """Apply what is pending, one host at a time, and make the triggers anew, while others serve. Returns the names
    applied."""
    with _one_at_a_time(), giving_way.short_waits():
        due = pending()
        giving_way.patiently(runner().up)
        if is_sqlite():
            with transaction():
                make_triggers()
        else:
            for statements in _triggers():
                giving_way.patiently(partial(_run, statements))
    return due


def _run(statements: Iterable[str]) -> None:
    with transaction():
        for statement in statements:
            database.execute_sql(statement)


def pending() -> list[str]:
    return [migration.name for migration in runner().status() if not migration.applied]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if is_sqlite():
        yield  # BEGIN IMMEDIATE of each migration keeps others out
        return
    database.execute_sql("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
    try:
        yield
    finally:
        database.execute_sql("SELECT pg_advisory_unlock(%s)", (ADVISORY_LOCK,))


def make_triggers() -> None:
    for statements in _triggers():
        _run(statements)


def _triggers() -> Iterator[list[str]]:
    """SQL that makes each trigger anew in the dialect of the database in use. The statements of one belong together: so
    no more than one table is locked at a time, and none is ever without its trigger."""
    words = _SQLITE_SAYS if is_sqlite() else _POSTGRES_SAYS
    conditions = {name: text.format(**words) for name, text in CONDITIONS.items()}
    conditions |= {f"{table}_altered": _altered(table, conditions["erasing"]) for table in FROZEN}
    for name, (table, moments, condition) in REFUSALS.items():
        refused = condition.format(**conditions)
        if is_sqlite():
            for moment in moments.split(" OR "):
                trigger = f"{name}_{moment.lower()}"
                yield [
                    f"DROP TRIGGER IF EXISTS {trigger}",
                    f"CREATE TRIGGER {trigger} BEFORE {moment} ON {table} WHEN {refused}"
                    f" BEGIN SELECT RAISE(ABORT, '{name}'); END",
                ]
        elif name in TOGETHER:
            yield list(_together(name, table, moments, refused))
        else:
            answer = "OLD" if moments == "DELETE" else "NEW"
            yield [
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF {refused} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF;"
                f" RETURN {answer}; END $$",
                f"CREATE OR REPLACE TRIGGER {name} BEFORE {moments} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            ]
    for kept in KEPT_COUNTS:
        yield from kept.trigger_statements()
    if not is_sqlite():
        for table in references.TOGETHER:
            nowhere = references.nowhere(table, words["each"])
            made = _together(f"{table}_refers", table, "INSERT OR UPDATE", nowhere)
            yield [*made, *references.unbinding(table)]
        yield from _whole_tables()


def _together(name: str, table: str, moments: str, refused: str) -> Iterator[str]:
    """PostgreSQL: one trigger for each moment, over what the statement made of its rows."""
    some = _SOME.format(refused=refused.replace("NEW.", "come."))
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {some} THEN RAISE EXCEPTION '{name}' USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END $$"
    )
    yield f"DROP TRIGGER IF EXISTS {name} ON {table}"  # of the version before: row by row
    for moment in moments.split(" OR "):
        trigger = f"{name}_{moment.lower()}"
        yield (
            f"CREATE OR REPLACE TRIGGER {trigger} AFTER {moment} ON {table} REFERENCING NEW TABLE AS come"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )


def _whole_tables() -> Iterator[list[str]]:
    """PostgreSQL: the record is not emptied either, and forgets what is old enough by one function of its owner."""
    yield [
        "CREATE OR REPLACE FUNCTION record_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'record_kept' USING ERRCODE = 'check_violation'; END $$"
    ]
    for table in RECORD:
        emptying = f"{table}_not_emptied BEFORE TRUNCATE ON {table}"
        yield [f"CREATE OR REPLACE TRIGGER {emptying} EXECUTE FUNCTION record_kept()"]
    forget = "; ".join(statement.format(upto="$1") for statement in purging.STATEMENTS)
    yield [
        f"CREATE OR REPLACE FUNCTION {purging.FUNCTION}(bigint) RETURNS void LANGUAGE sql SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $$ {forget} $$",
        f"REVOKE ALL ON FUNCTION {purging.FUNCTION}(bigint) FROM PUBLIC",
    ]


def _altered(table: str, erasing: str) -> str:
    """SQL: whether an update of a frozen row changes more than a rotation of keys, an erasure or a term may."""
    if table not in SEALED:
        return "1 = 1"
    same, key_of = ("IS", "hex(substr({}, 2, 1))") if is_sqlite() else _POSTGRES_WORDS
    model = next(model for model in models() if model._meta.table_name == table)
    free = SEALED[table] + ERASED.get(table, ())
    fixed = [field.column_name for field in model._meta.sorted_fields if field.column_name not in free]
    kept = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in fixed)
    keys = "(SELECT r.to_key FROM key_rotation AS r WHERE r.ended_at IS NULL)"
    resealed = [
        f"(NEW.{column} {same} OLD.{column} OR (length(NEW.{column}) = length(OLD.{column})"
        f" AND {key_of.format('NEW.' + column)} IN {keys}))"
        for column in SEALED[table]
    ]
    resealed += [f"NEW.{column} {same} OLD.{column}" for column in ERASED.get(table, ())]
    ways = [erasing, f"({' AND '.join(resealed)})"]
    if table in FOLLOWING:
        whose, linked = FOLLOWING[table]
        fixed.remove(whose)
        kept = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in fixed)
        untouched = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in free)
        ways = [f"(NEW.{whose} = OLD.{whose} AND ({' OR '.join(ways)}))", f"({untouched} AND {linked})"]
    if table in BY_TERM:
        ways.append(f"({' AND '.join(f'NEW.{column} IS NULL' for column in SEALED[table])} AND {BY_TERM[table]})")
    return f"NOT COALESCE({kept} AND ({' OR '.join(ways)}), 1 = 0)"


_POSTGRES_WORDS = ("IS NOT DISTINCT FROM", "upper(encode(substr({}, 2, 1), 'hex'))")


def catalogue() -> dict[str, list[str]]:
    """What the database says of itself, comparable between two databases of one kind: columns with types and
    nulls, checks, foreign keys, indexes with their conditions, triggers."""
    if is_sqlite():
        rows = database.execute_sql(
            "SELECT tbl_name, type || ' ' || sql FROM sqlite_master"
            " WHERE sql IS NOT NULL AND tbl_name <> 'schema_migration' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
    else:
        rows = database.execute_sql(_POSTGRES_CATALOGUE).fetchall()
    described: dict[str, list[str]] = {}
    for table, fact in rows:
        described.setdefault(table, []).append(fact)
    return {table: sorted(facts) for table, facts in sorted(described.items())}


_POSTGRES_CATALOGUE = """
SELECT table_name::text, 'column ' || column_name || ' ' || data_type || ' ' || is_nullable
       || ' ' || coalesce(column_default, '') FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name <> 'schema_migration'
UNION ALL SELECT tablename::text, 'index ' || indexdef FROM pg_indexes
       WHERE schemaname = 'public' AND tablename <> 'schema_migration'
UNION ALL SELECT conrelid::regclass::text, 'constraint ' || pg_get_constraintdef(oid) FROM pg_constraint
       WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
       AND conrelid::regclass::text <> 'schema_migration'
UNION ALL SELECT tgrelid::regclass::text, 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""

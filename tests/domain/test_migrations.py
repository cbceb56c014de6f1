"""A migration from 0030 on only widens, so that hosts of the version before go on serving while it runs and after
(decision 24): what was there keeps its name, its type and its rules, and nothing rewrites a table under its locks.

`CONTRACTS` names what narrows after all: with what no version in use reads or writes any more (docs/operations.md).
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from webapp import schema
from webapp.database import database as db_proxy

#: Migrations before this one are of versions that were upgraded standing still.
FIRST = 30
#: Migration → the words below that it may hold, because the version before does without what goes.
CONTRACTS: dict[str, tuple[str, ...]] = {
    # Of 0.2.0, the first version that more than one host may serve: nobody comes to it while hosts serve.
    "0031_replaced_papers": ("drop_index", "UPDATE issued_document"),
    "0032_lists": ("UPDATE entry_expiry",),
    # These widen, in words of a database's own: a column that may be empty, a check that knows one word more.
    "0036_sanction_files": ("UPDATE sqlite_master", "drop_not_null"),
    "0037_declared_plates": ("UPDATE sqlite_master", "DROP", "ADD CONSTRAINT"),
    "0039_vehicle_tallies": ("UPDATE sqlite_master", "DROP", "ADD CONSTRAINT"),
    # Indexes that find nothing: no version names one.
    "0040_fewer_indexes": ("DROP",),
    # A handful of rows, and an end of a key is nothing new to the version before.
    "0041_lane_key_ends": ("UPDATE lane_key",),
    # The version before finds by others what it found by these, or by a slower way while it still serves.
    "0046_rare_columns": ("DROP",),
    "0047_entry_number": ("DROP",),
}
#: What takes away, renames, narrows, or rewrites a table row by row under its locks.
NARROWING = re.compile(
    r"\b(drop_column|rename_column|rename_table|drop_table|drop_index|drop_constraint|drop_not_null|add_not_null"
    r"|add_constraint|add_unique|alter_column_type|alter_add_column|change_column_type"
    r"|(?:DROP|RENAME|TRUNCATE|VACUUM FULL|CLUSTER|LOCK TABLE|SET NOT NULL|ADD CONSTRAINT|ALTER COLUMN)\b"
    r"|(?:UPDATE|DELETE FROM) (?!SET|ON)\w+)"
)


def widened() -> list[Path]:
    return [path for path in sorted(schema.MIGRATIONS.glob("[0-9]*.py")) if int(path.name[:4]) >= FIRST]


def words_of(source: str) -> list[str]:
    """What a migration's way up, and all it calls, says that may narrow."""
    tree = ast.parse(source)
    kept = [node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name == "down")]
    said: list[str] = []
    for node in (inner for outer in kept for inner in ast.walk(outer)):
        if isinstance(node, ast.Attribute):
            said += NARROWING.findall(node.attr)
        elif isinstance(node, ast.JoinedStr):
            parts = (part.value for part in node.values if isinstance(part, ast.Constant))
            said += NARROWING.findall("{}".join(str(part) for part in parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            said += NARROWING.findall(node.value)
    return said


@pytest.mark.parametrize("path", widened(), ids=lambda path: path.stem)
def test_way_up_takes_nothing_away(path):
    narrowing = words_of(path.read_text("utf-8"))

    assert sorted(set(narrowing) - set(CONTRACTS.get(path.stem, ()))) == []


@pytest.mark.parametrize(
    ("way", "word"),
    [
        ("migrator.migrate(migrator.drop_column('unit', 'name'))", "drop_column"),
        ("migrator.migrate(migrator.rename_table('unit', 'units'))", "rename_table"),
        ("db.execute_sql('ALTER TABLE unit DROP COLUMN name')", "DROP"),
        ("db.execute_sql('ALTER TABLE unit ALTER COLUMN name SET NOT NULL')", "ALTER COLUMN"),
        ("db.execute_sql(f'UPDATE entry SET note = {1}')", "UPDATE entry"),
        ("db.execute_sql('LOCK TABLE entry')", "LOCK TABLE"),
    ],
)
def test_what_narrows_is_seen(way, word):
    assert word in words_of(f"def up(migrator, db):\n    {way}\n")
    assert words_of(f"def down(migrator, db):\n    {way}\n") == []


Shape = dict[tuple[str, str], tuple[str, bool, bool]]


def shape() -> Shape:
    """(table, column) → its type, whether it may be empty, whether the database fills it by itself."""
    return {
        (table, column.name): (column.data_type, column.null, column.default is not None or column.primary_key)
        for table in db_proxy.get_tables()
        for column in db_proxy.get_columns(table)
    }


def refused() -> set[str]:
    """Unique indexes: what they refuse, old code has to know."""
    uniques = {
        f"{index.table}({', '.join(index.columns)}) {index.sql.partition(' WHERE ')[2]}"
        for table in db_proxy.get_tables()
        for index in db_proxy.get_indexes(table)
        if index.unique and index.sql
    }
    return {unique for unique in uniques if "schema_migration" not in unique}


def test_each_step_leaves_what_was_there_as_it_was(db):
    runner = schema.runner()
    names = [path.stem for path in widened()]
    runner.down(names[0])
    for name in names:
        before, rules = shape(), refused()
        runner.up(name)
        after = shape()
        tables = {table for table, _column in before}
        grown = {place: fact for place, fact in after.items() if place not in before and place[0] in tables}

        if name not in CONTRACTS:
            assert {place: after.get(place) for place in before} == before, name
            assert {one for one in refused() - rules if one.partition("(")[0] in tables} == set(), name
        assert [place for place, (_, null, filled) in grown.items() if not (null or filled)] == [], name


def test_names_that_may_narrow_are_migrations_of_ours():
    assert set(CONTRACTS) <= {path.stem for path in widened()}

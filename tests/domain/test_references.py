"""What thousands of rows refer to is there, whoever looks: SQLite row by row, PostgreSQL at all of them together."""

from __future__ import annotations

import peewee
import pytest

from tests.builders import units, uploads
from webapp import references
from webapp.database import database, is_sqlite, transaction

NOBODY = 10**15
REFERENCES = [(table, column) for table, columns in references.TOGETHER.items() for column in columns]


@pytest.fixture
def listed(db):
    return uploads.listed(units.certified_unit("resident", email="manager@committee.example"))


def said(table: str) -> str:
    return "FOREIGN KEY" if is_sqlite() else f"{table}_refers"


@pytest.mark.parametrize(("table", "column"), REFERENCES)
def test_a_row_that_refers_to_nothing_is_refused(listed, table, column):
    columns = [found.name for found in database.get_columns(table) if found.name != "id"]
    # Another ref, and an entry that is over: it would be there twice.
    other = {column: str(NOBODY), "ref": "'elsewhere'"} | ({"state": "'removed'"} if table == "entry" else {})
    values = ", ".join(other.get(name, name) for name in columns)

    with pytest.raises(peewee.IntegrityError, match=said(table)), transaction():
        database.execute_sql(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} LIMIT 1")


@pytest.mark.parametrize("column", ["answers_id", "pledge_id"])
def test_an_entry_is_not_led_to_nothing(listed, column):
    with pytest.raises(peewee.IntegrityError, match=said("entry")), transaction():
        database.execute_sql(f"UPDATE entry SET {column} = {NOBODY}")


@pytest.mark.parametrize("table", ["entry", "filing"])
def test_what_history_refers_to_stays(listed, table):
    with pytest.raises(peewee.IntegrityError, match=f"{table}_kept"), transaction():
        database.execute_sql(f"DELETE FROM {table}")


@pytest.mark.parametrize(("table", "column"), REFERENCES)
def test_what_is_looked_up_together_is_no_foreign_key_too(db, table, column):
    keys = {key.column for key in database.get_foreign_keys(table)}

    assert (column in keys) == is_sqlite()
    assert "person_id" in {key.column for key in database.get_foreign_keys("entry")}

"""References of tables that grow by thousands of rows in a statement, to rows that are never deleted.

As foreign keys PostgreSQL looks them up, and locks the other row, one by one: a quarter of an upload. Here it looks at
all rows of a statement together and refuses the same; triggers see to it that the other rows stay (schema.REFUSALS).
The models say foreign key, and SQLite, which looks within this process, has it (decision 2).
"""

from __future__ import annotations

from collections.abc import Iterator

from webapp.database import database

#: Table → its columns and the tables they refer to.
TOGETHER = {
    "audit_line": {"act_id": "act"},
    "entry": {"answers_id": "answers", "pledge_id": "pledge"},
    "entry_expiry": {"entry_id": "entry"},
    "entry_step": {"entry_id": "entry"},
    "filing_step": {"filing_id": "filing"},
}

#: OFFSET 0 keeps PostgreSQL to looking each row up: it would keep a plan that joins whole tables.
_NOWHERE = "(come.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {other} AS o WHERE o.id = come.{column} OFFSET 0))"
_BONDS = """
SELECT bond.conname FROM pg_constraint AS bond
JOIN pg_attribute AS own ON own.attrelid = bond.conrelid AND bond.conkey = ARRAY[own.attnum]
WHERE bond.contype = 'f' AND bond.conrelid = %s::regclass AND own.attname = ANY(%s)
"""


def trigger_statements() -> Iterator[list[str]]:
    """PostgreSQL: the statements for each table, in the place of its foreign keys."""
    for table, columns in TOGETHER.items():
        name = f"{table}_refers"
        nowhere = " OR ".join(_NOWHERE.format(column=column, other=other) for column, other in columns.items())
        bonds = database.execute_sql(_BONDS, (table, list(columns))).fetchall()
        yield [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF EXISTS (SELECT 1 FROM come WHERE {nowhere}) THEN"
            f" RAISE EXCEPTION '{name}' USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NULL; END $$",
            *(
                f"CREATE OR REPLACE TRIGGER {name}_{moment.lower()} AFTER {moment} ON {table}"
                f" REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
                for moment in ("INSERT", "UPDATE")
            ),
            *(f'ALTER TABLE {table} DROP CONSTRAINT "{bond}"' for (bond,) in bonds),
        ]

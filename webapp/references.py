"""References of tables that grow by thousands of rows in a statement, to rows that are never deleted.

As foreign keys PostgreSQL looks them up, and locks the other row, one by one: a quarter of an upload. Here it looks at
all rows of a statement together and refuses the same; triggers see to it that the other rows stay (schema.REFUSALS).
The models say foreign key, and SQLite, which looks within this process, has it (decision 2).
"""

from __future__ import annotations

from webapp.database import database

#: Table → its columns and the tables they refer to.
TOGETHER = {
    "audit_line": {"act_id": "act"},
    "entry": {"answers_id": "answers", "pledge_id": "pledge"},
    "entry_expiry": {"entry_id": "entry"},
    "entry_step": {"entry_id": "entry"},
    "filing_step": {"filing_id": "filing"},
}

_NOWHERE = "(NEW.{column} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {other} AS o WHERE o.id = NEW.{column} {each}))"
_BONDS = """
SELECT bond.conname FROM pg_constraint AS bond
JOIN pg_attribute AS own ON own.attrelid = bond.conrelid AND bond.conkey = ARRAY[own.attnum]
WHERE bond.contype = 'f' AND bond.conrelid = %s::regclass AND own.attname = ANY(%s)
"""


def nowhere(table: str, each: str) -> str:
    """SQL: whether a row (NEW) refers to one that is not there. `each`: as in schema.CONDITIONS."""
    columns = TOGETHER[table].items()
    return " OR ".join(_NOWHERE.format(column=column, other=other, each=each) for column, other in columns)


def unbinding(table: str) -> list[str]:
    """PostgreSQL: what takes away the foreign keys in whose place this stands."""
    bonds = database.execute_sql(_BONDS, (table, list(TOGETHER[table]))).fetchall()
    return [f'ALTER TABLE {table} DROP CONSTRAINT "{bond}"' for (bond,) in bonds]

"""PostgreSQL: the role that serves, apart from the one that migrates and owns (docs/operations.md)."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.database import database, is_sqlite, transaction
from webapp.domain.audit import purging
from webapp.schema import RECORD

#: Columns an act gets at its end.
FINISHED = ("result", "lines", "mac")


def grants(role: str) -> Iterator[str]:
    """PostgreSQL: SQL that gives the serving role what it needs and takes what it does not: of the record it may add
    rows and finish its own act, never change or delete one; it owns nothing, so no trigger is its to disable."""
    yield f'GRANT USAGE ON SCHEMA public TO "{role}"'
    yield f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"'
    yield f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}"'
    for table in (*RECORD, "schema_migration"):
        yield f'REVOKE ALL ON "{table}" FROM "{role}"'
        yield f'GRANT SELECT ON "{table}" TO "{role}"'
    for table in RECORD:
        yield f'GRANT INSERT ON "{table}" TO "{role}"'
    yield f'GRANT UPDATE ({", ".join(FINISHED)}) ON act TO "{role}"'
    # An open rotation lets what is frozen be sealed anew (schema.SEALED): opening one is the owner's.
    yield f'REVOKE INSERT, UPDATE, DELETE ON key_rotation FROM "{role}"'
    yield f'GRANT EXECUTE ON FUNCTION {purging.FUNCTION}(bigint) TO "{role}"'


def grant(role: str) -> None:
    """After every upgrade, by the migrating role."""
    with transaction():
        for statement in grants(role):
            database.execute_sql(statement)


def owns() -> bool:
    """Whether the role of DATABASE_URL owns the tables, so that it may rotate keys and make tables anew."""
    if is_sqlite():
        return True
    asked = "SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = 'act'::regclass"
    return bool(database.execute_sql(asked).fetchone()[0])


def excessive_rights() -> list[str]:
    """PostgreSQL: what the role of DATABASE_URL may do to the record that a serving role may not."""
    found = []
    for table in RECORD:
        asked = "SELECT has_table_privilege(%s, 'DELETE'), has_table_privilege(%s, 'TRUNCATE'), pg_has_role(c.relowner,"
        row = database.execute_sql(
            f"{asked} 'MEMBER') FROM pg_class AS c WHERE c.oid = %s::regclass", (table, table, table)
        ).fetchone()
        found += [f"{right} {table}" for right, has in zip(("delete", "truncate", "own"), row, strict=True) if has]
    return found

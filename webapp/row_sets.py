"""Very many rows written at once: as one statement, whatever their number.

PostgreSQL is sent them column by column, and reads them as a table; `meanwhile` we go on. SQLite runs in this process:
they are laid down in a table without indexes and triggers first, and taken from there. Out of JSON they cost as much
again as the whole rest; put in one by one, it prepares for each that a trigger may refuse it, which costs more.
"""

from __future__ import annotations

import json
import select
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

import peewee

from webapp.columns import InstantField, JsonField
from webapp.database import Row, Rows, database, is_sqlite

#: From so many rows on they are written in parts.
MANY = 1000
#: So few are written out in the statement.
FEW = 30

Value = TypeVar("Value")


def parts(rows: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Very many rows in four parts: PostgreSQL begins with the first `meanwhile` the others are made."""
    size = len(rows) if is_sqlite() or len(rows) < MANY else -(-len(rows) // 4)
    return (rows[begin : begin + size] for begin in range(0, len(rows), size or 1))


def insert_rows(model: type[Row], rows: Sequence[dict[str, Any]]) -> None:
    """Insert any number of rows by one statement. Every row has the same keys: field names of the model."""
    if not rows:
        return
    meta = model._meta
    fields = {name: meta.fields[name] if name in meta.fields else meta.combined[name] for name in rows[0]}
    values = {name: _plain(field, [row[name] for row in rows]) for name, field in fields.items()}
    into = f'INSERT INTO "{meta.table_name}" ({", ".join(_column(field) for field in fields.values())})'
    if is_sqlite() and len(rows) <= FEW:
        said = ", ".join([f"({', '.join('?' for _ in fields)})"] * len(rows))
        database.execute_sql(f"{into} VALUES {said}", [*chain.from_iterable(zip(*values.values(), strict=True))])
        return
    if is_sqlite():
        laid = ", ".join(_laid(place) for place in range(len(fields)))
        database.execute_sql(f"{into} SELECT {laid} FROM laid ORDER BY rowid", Rows(zip(*values.values(), strict=True)))
        return
    alike = _alike(values)
    apart = {name: field for name, field in fields.items() if name not in alike}
    own = {name: _element(place) for place, name in enumerate(apart)}
    said = ", ".join(_typed(field, own.get(name, "%s")) for name, field in fields.items())
    database.execute_sql(
        f"{into} SELECT {said} FROM {_source(apart.values())}",
        (*alike.values(), *_payload([(field, values[name]) for name, field in apart.items()])),
    )
    _send_whole()


def update_rows(model: type[Row], rows: Sequence[dict[str, Any]]) -> None:
    """Give any number of rows values of their own, by one statement. Each names its `id` and the same fields."""
    if not rows:
        return
    meta, table = model._meta, model._meta.table_name
    # The id stands last.
    fields = {name: meta.combined[name] for name in rows[0] if name != "id"} | {"id": meta.primary_key}
    values = [_plain(field, [row[name] for row in rows]) for name, field in fields.items()]
    if is_sqlite():
        *said, key = (_laid(place) for place in range(len(fields)))
        changes = _changes(fields.values(), said)
        database.execute_sql(
            f'UPDATE "{table}" SET {changes} FROM laid WHERE "{table}".id = {key}', Rows(zip(*values, strict=True))
        )
        return
    *said, key = (_typed(field, _element(place)) for place, field in enumerate(fields.values()))
    changes, source = _changes(fields.values(), said), _source(fields.values())
    database.execute_sql(
        f'UPDATE "{table}" SET {changes} FROM {source} WHERE "{table}".id = {key}',
        _payload(list(zip(fields.values(), values, strict=True))),
    )


def _changes(fields: Iterable[peewee.Field], said: Iterable[str]) -> str:
    return ", ".join(f"{_column(field)} = {value}" for field, value in zip(fields, said, strict=False))


def _column(field: peewee.Field) -> str:
    return f'"{field.column_name}"'


def _plain(field: peewee.Field, values: list[Any]) -> list[Any]:
    """A field's values as the database has them; dates as ISO text, and for PostgreSQL bytes in its own way of writing
    them, which is never empty."""
    if field.field_type == "BLOB" and not is_sqlite():
        return [None if value is None else f"\\x{bytes(value).hex()}" for value in values]
    if isinstance(field, peewee.DateField):
        return [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
    if isinstance(field, InstantField):
        # Most rows of an act have its moment.
        known = {value: field.db_value(value) for value in set(values)}
        return [known[value] for value in values]
    if isinstance(field, JsonField):
        return [field.db_value(value) for value in values]
    if isinstance(field, peewee.ForeignKeyField):
        return [value.id if isinstance(value, Row) else value for value in values]
    return values


def _laid(place: int) -> str:
    """SQLite: a column of the rows that a statement is given (database.Rows)."""
    return f"laid.c{place}"


# PostgreSQL ------------------------------------------------------------------------------------------------------


def _alike(values: dict[str, list[Any]]) -> dict[str, Any]:
    """What very many rows have in common, which needs no saying for each; one column at least is each row's own."""
    return {
        name: column[0]
        for name, column in list(values.items())[1:]
        if len(column) >= MANY and column[0] == column[-1] and column.count(column[0]) == len(column)
    }


def _send_whole() -> None:
    """Within `meanwhile` a large statement is with the server before we go on: only then it begins."""
    server, way = database.connection().pgconn, select.poll()
    way.register(server.socket, select.POLLOUT)
    while server.flush():
        way.poll()


def _payload(columns: Sequence[tuple[peewee.Field, list[Any]]]) -> tuple[str, ...]:
    """The parameters of `_source`, made column by column, which spares half a million calls in ten thousand rows."""
    return tuple(
        json.dumps(values, ensure_ascii=False)
        if _is_text(field)
        else ",".join(NOTHING if value is None else str(value) for value in values)
        for field, values in columns
    )


def _source(fields: Iterable[peewee.Field]) -> str:
    """What rows of many columns are read from, column by column; only words, which may hold anything, are JSON: of
    JSON row by row it would look for each value anew."""
    sets = ["jsonb_array_elements_text(%s::jsonb)" if _is_text(field) else _SPLIT for field in fields]
    return f"ROWS FROM ({', '.join(sets)}) AS source ({', '.join(f'c{place}' for place in range(len(sets)))})"


def _element(place: int) -> str:
    return f"source.c{place}"


#: Stands for NULL among numbers, dates and hexadecimal, none of which has this letter.
NOTHING = "n"
_SPLIT = f"string_to_table(%s, ',', '{NOTHING}')"
_TYPES = {
    "BIGINT": "bigint",
    "BIGAUTO": "bigint",
    "INT": "int",
    "BOOL": "boolean",
    "DATE": "date",
    "SMALLINT": "smallint",
    "BLOB": "bytea",
}


def _is_text(field: peewee.Field) -> bool:
    return field.field_type not in _TYPES


def _typed(field: peewee.Field, said: str) -> str:
    return f"{said}::{_TYPES.get(field.field_type, 'text')}"


def literal(value: Any, field: peewee.Field) -> peewee.Node:
    """A constant as a typed column of an INSERT … SELECT (PostgreSQL would take a bare parameter for text)."""
    value = field.db_value(value)
    node = peewee.Value(value, converter=False)
    return node if is_sqlite() else peewee.Cast(node, _TYPES.get(field.field_type, "text"))

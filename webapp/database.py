"""One database for the whole process: SQLite (embedded default) or PostgreSQL through psycopg 3, by DATABASE_URL.

Connections are plain, one per thread, opened by whoever begins the work (request, job, command) and kept for the
thread's next one. Nothing writes outside `transaction()`; reads never open one. On SQLite whoever writes stands in a
queue (`webapp.writers_queue`).
"""

from __future__ import annotations

import json
import select
import time
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import peewee
from peewee import SQL, BigAutoField, DatabaseProxy, Model

from webapp import writers_queue
from webapp.columns import InstantField, JsonField

RETRIES = 3
#: How long PostgreSQL is waited for where its machine or the way to it is gone: until it answers at all (s), between
#: looks whether it is there while nothing is said (s), and until what was sent is acknowledged (ms).
PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
#: Nothing that is asked here is worth a second process of the server's: starting it takes longer than a whole page.
#: What a statement over ten thousand rows hands to its triggers stays in memory.
SERVING = {"options": "-c max_parallel_workers_per_gather=0 -c work_mem=32MB -c jit=off"}
#: From so many rows on they are written in parts.
MANY = 1000
#: Of so many executions psycopg would prepare a statement by itself.
NEVER = 10**9
#: PostgreSQL: values as it has them, not in words.
BINARY = 1
#: PostgreSQL: serialization_failure, deadlock_detected.
RETRYABLE_STATES = ("40001", "40P01")

database = DatabaseProxy()

Answer = TypeVar("Answer")
Value = TypeVar("Value")


class EmbeddedDatabase(peewee.SqliteDatabase):
    """SQLite with the pragmas and functions this system relies on."""

    def __init__(self, path: str) -> None:
        super().__init__(
            path,
            pragmas=(
                ("journal_mode", "wal"),
                ("synchronous", "full"),
                ("foreign_keys", 1),
                ("busy_timeout", writers_queue.BUSY_SECONDS * 1000),
                ("secure_delete", 1),
                ("cache_size", -16000),
            ),
            lock_type="IMMEDIATE",
            timeout=writers_queue.BUSY_SECONDS,
            autoconnect=False,
        )
        self.register_function(_unhex, "unhex", 1)


def _unhex(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


def configure(url: str) -> None:
    """Point the process at a database: `sqlite:///path` or `postgresql://user@host/name`."""
    if database.obj is not None:
        disconnect()
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        writers_queue.stand_at(path.with_name(path.name + ".writers"))
        database.initialize(EmbeddedDatabase(str(path)))
    else:
        # Late: both load what other databases need.
        from playhouse.db_url import parse
        from playhouse.postgres_ext import Psycopg3Database

        writers_queue.stand_at(None)
        settings = PATIENCE | SERVING | parse(url)
        # Prepared statements kept by the server made plans worse and break behind poolers: only who asks for one
        # (`prepare=True`: the lane check) has it.
        database.initialize(Psycopg3Database(**settings, autoconnect=False, prepare_threshold=NEVER))


def is_sqlite() -> bool:
    return isinstance(database.obj, peewee.SqliteDatabase)


def connect() -> None:
    """Give this thread its connection; one that died meanwhile is replaced."""
    if not database.is_closed() and not is_sqlite() and database.connection().closed:
        database.close()
    if database.is_closed():
        database.connect()


def disconnect() -> None:
    if not database.is_closed():
        database.close()


@contextmanager
def transaction() -> Iterator[None]:
    """All or nothing. Inside another one it is a savepoint."""
    if database.in_transaction():
        with database.atomic():
            yield
        return
    with writers_queue.turn(database.connection), database.atomic():
        yield


def retrying(work: Callable[[], Answer]) -> Answer:
    """Run `work` (which opens its own transaction) again after a deadlock, a serialisation failure or a unique
    key that somebody else took first: the second run sees the other's rows and can say precisely what collides."""
    for attempt in range(RETRIES):
        try:
            return work()
        except (peewee.IntegrityError, peewee.OperationalError) as error:
            if attempt == RETRIES - 1 or not worth_retrying(error):
                raise
            time.sleep(0.02 * (attempt + 1))
    raise AssertionError("unreachable")


def worth_retrying(error: peewee.DatabaseError) -> bool:
    """Whether running again may end otherwise: somebody else took a key, or the database broke a tie against us."""
    if isinstance(error, peewee.IntegrityError):
        return True
    return getattr(getattr(error, "orig", None), "sqlstate", None) in RETRYABLE_STATES


def lock(model: type[Row], ids: Iterable[int]) -> None:
    """Hold these rows until the transaction ends, in ascending order. Callers go unit → person → vehicle.
    Rows that only refer to them may come meanwhile. SQLite has one writer anyway."""
    wanted = sorted(set(ids))
    if wanted and not is_sqlite():
        rows = model.select(model.id).where(model.id << among(wanted)).order_by(model.id)
        held = rows.for_update("FOR NO KEY UPDATE").alias("held")
        # Counted where they are: nobody wants ten thousand ids back.
        list(peewee.Select([held], [peewee.fn.COUNT(held.c.id)]).bind(database.obj).tuples())


def locked(query: peewee.ModelSelect) -> peewee.ModelSelect:
    """The same rows, held as by `lock` while they are read: the query says in which order."""
    return query if is_sqlite() else query.for_update("FOR NO KEY UPDATE")


def pass_gate(number: int, *, alone: bool = False) -> None:
    """Until the transaction ends, nobody is `alone` behind this gate while others are: what one transaction decides by
    rows that do not exist yet, no other can overlook. Before any lock. SQLite has one writer anyway."""
    if not is_sqlite():
        call = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        database.execute_sql(f"SELECT {call}(%s)", (number,))


class Row(Model):
    """A row of any table. Their columns: webapp.columns."""

    id = BigAutoField()

    class Meta:
        database = database
        legacy_table_names = False
        only_save_dirty = True


# Counting ------------------------------------------------------------------------------------------------------


def counts(queries: Sequence[peewee.ModelSelect]) -> list[int]:
    """How many rows each of these queries finds, by one statement."""
    if not queries:
        return []
    numbers = [query.select(peewee.fn.COUNT(SQL("1"))) for query in queries]
    (found,) = peewee.Select(columns=numbers).bind(database.obj).tuples()
    return [int(number) for number in found]


def plainly(query: peewee.Select) -> Iterable[tuple[Any, ...]]:
    """The rows as the driver gives them, moments as microseconds: for reading very many, of which few are wanted. They
    are asked for now and taken from the driver by the thousand: one by one costs a microsecond each, and on SQLite all
    at once their memory."""
    cursor = database.execute(query) if is_sqlite() else _executed_for_bytes(query)
    return chain.from_iterable(iter(partial(cursor.fetchmany, MANY), []))


def _executed_for_bytes(query: peewee.Select) -> Any:
    """PostgreSQL hands values over as it has them: in words, sealed ones take twice as long on both sides."""
    connection = database.connection()
    in_words = connection.cursor_factory

    def in_bytes(*args: Any, **kwargs: Any) -> Any:
        cursor = in_words(*args, **kwargs)
        cursor.format = BINARY
        return cursor

    connection.cursor_factory = in_bytes
    try:
        return database.execute(query)
    finally:
        connection.cursor_factory = in_words


def kept(query: peewee.ModelSelect) -> list[Any]:
    """The rows of a whole table as the driver gives them, values by the names of their columns: for reading very many,
    at a tenth of what models cost. Moments are microseconds, references `…_id`, JSON is text."""
    made = _shape(query.model)._make
    return [made(row) for row in plainly(query)]


@cache
def _shape(model: type[Row]) -> Any:
    return namedtuple(model.__name__, [field.column_name for field in model._meta.sorted_fields])


# Sets ---------------------------------------------------------------------------------------------------------


def among(ids: Iterable[int]) -> peewee.Node:
    """A set of row ids as one parameter, however many: `where(Model.id << among(ids))`. PostgreSQL sees how many they
    are: of JSON it would suppose a hundred, and rather read a table of some thousand rows than look for three."""
    value = peewee.Value(ids_text(ids))
    if is_sqlite():
        return peewee.NodeList((SQL("(SELECT value FROM json_each("), value, SQL("))")), glue="")
    return peewee.NodeList((SQL("(SELECT value FROM unnest("), value, SQL("::bigint[]) AS ids(value))")), glue="")


def ids_text(ids: Iterable[int]) -> str:
    """The parameter of `among`."""
    text = str([*map(int, ids)])
    return text if is_sqlite() else f"{{{text[1:-1]}}}"


def sorted_by(field: peewee.Field) -> peewee.Node:
    """ORDER BY a column for few rows found another way. SQLite, which knows nothing of how many there are, would rather
    walk the whole table in the order of its ids than sort them."""
    return field + 0


def compared(field: peewee.Field) -> peewee.Node:
    """A column that rows found another way are compared by, and never found by: SQLite, which knows nothing of how many
    there are, would rather go through all filings of a unit than the one or two of a person."""
    return field + 0


@contextmanager
def meanwhile() -> Iterator[None]:
    """PostgreSQL works on what is sent in here while we go on; at the end it is done, or has failed. For statements
    over thousands of rows whose answer nobody needs at once, beside work of ours. SQLite works in this process."""
    if is_sqlite():
        yield
        return
    try:
        with database.connection().pipeline():
            yield
    except peewee.PeeweeException:
        raise
    except Exception:
        with peewee.__exception_wrapper__:
            raise


def parts(rows: Sequence[Value]) -> Iterator[Sequence[Value]]:
    """Very many rows in four parts: PostgreSQL begins with the first `meanwhile` the others are made."""
    size = len(rows) if is_sqlite() or len(rows) < MANY else -(-len(rows) // 4)
    return (rows[begin : begin + size] for begin in range(0, len(rows), size or 1))


def _send_whole() -> None:
    """Within `meanwhile` a large statement is with the server before we go on: only then it begins."""
    if not is_sqlite():
        server, way = database.connection().pgconn, select.poll()
        way.register(server.socket, select.POLLOUT)
        while server.flush():
            way.poll()


def insert_rows(model: type[Row], rows: Sequence[dict[str, Any]]) -> None:
    """Insert any number of rows by one statement. Every row has the same keys: field names of the model."""
    if not rows:
        return
    meta = model._meta
    fields = {name: meta.fields[name] if name in meta.fields else meta.combined[name] for name in rows[0]}
    values = {name: _plain(field, [row[name] for row in rows]) for name, field in fields.items()}
    alike = _alike(values)
    apart = {name: field for name, field in fields.items() if name not in alike}
    own = {name: _element(place) for place, name in enumerate(apart)}
    columns = ", ".join(f'"{field.column_name}"' for field in fields.values())
    said = ", ".join(_typed(field, own.get(name, _parameter())) for name, field in fields.items())
    database.execute_sql(
        f'INSERT INTO "{meta.table_name}" ({columns}) SELECT {said} FROM {_source(apart.values())}',
        (*alike.values(), *_payload([(field, values[name]) for name, field in apart.items()])),
    )
    _send_whole()


def _alike(values: dict[str, list[Any]]) -> dict[str, Any]:
    """What very many rows have in common, which needs no saying for each; one column at least is each row's own."""
    return {
        name: column[0]
        for name, column in list(values.items())[1:]
        if len(column) >= MANY and column[0] == column[-1] and column.count(column[0]) == len(column)
    }


def update_rows(model: type[Row], rows: Sequence[dict[str, Any]]) -> None:
    """Give any number of rows values of their own, by one statement. Each names its `id` and the same fields."""
    if not rows:
        return
    meta, table = model._meta, model._meta.table_name
    fields = {"id": meta.primary_key} | {name: meta.combined[name] for name in rows[0] if name != "id"}
    key, *said = (_typed(field, _element(place)) for place, field in enumerate(fields.values()))
    changes = ", ".join(
        f'"{field.column_name}" = {value}' for field, value in zip(list(fields.values())[1:], said, strict=True)
    )
    database.execute_sql(
        f'UPDATE "{table}" SET {changes} FROM {_source(fields.values())} WHERE "{table}".id = {key}',
        _payload([(field, _plain(field, [row[name] for row in rows])) for name, field in fields.items()]),
    )


def _payload(columns: Sequence[tuple[peewee.Field, list[Any]]]) -> tuple[str, ...]:
    """The parameters of `_source`, made column by column, which spares half a million calls in ten thousand rows."""
    if is_sqlite():
        return (json.dumps(list(zip(*(values for _, values in columns), strict=True)), ensure_ascii=False),)
    return tuple(
        json.dumps(values, ensure_ascii=False)
        if _is_text(field)
        else ",".join(NOTHING if value is None else str(value) for value in values)
        for field, values in columns
    )


def _plain(field: peewee.Field, values: list[Any]) -> list[Any]:
    """A field's values as JSON may have them: bytes as hexadecimal (on PostgreSQL in its own way of writing them, which
    is never empty), dates as ISO text."""
    if field.field_type == "BLOB":
        mark = "" if is_sqlite() else "\\x"
        return [None if value is None else mark + bytes(value).hex() for value in values]
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


def _source(fields: Iterable[peewee.Field]) -> str:
    """What rows of many columns are read from: JSON row by row; on PostgreSQL column by column, where only words, which
    may hold anything, are JSON: of rows it would look for each value anew."""
    if is_sqlite():
        return "json_each(?) AS source"
    sets = ["jsonb_array_elements_text(%s::jsonb)" if _is_text(field) else _SPLIT for field in fields]
    return f"ROWS FROM ({', '.join(sets)}) AS source ({', '.join(f'c{place}' for place in range(len(sets)))})"


def _element(place: int) -> str:
    return f"json_extract(source.value, '$[{place}]')" if is_sqlite() else f"source.c{place}"


def _parameter() -> str:
    return "?" if is_sqlite() else "%s"


#: Stands for NULL among numbers, dates and hexadecimal, none of which has this letter.
NOTHING = "n"
_SPLIT = f"string_to_table(%s, ',', '{NOTHING}')"
_POSTGRES_TYPES = {
    "BIGINT": "bigint",
    "BIGAUTO": "bigint",
    "INT": "int",
    "BOOL": "boolean",
    "DATE": "date",
    "SMALLINT": "smallint",
    "BLOB": "bytea",
}


def _is_text(field: peewee.Field) -> bool:
    return field.field_type not in _POSTGRES_TYPES


def _typed(field: peewee.Field, said: str) -> str:
    """A column's value, of what JSON says of it."""
    if is_sqlite() and field.field_type == "BLOB":
        return f"unhex({said})"
    return said if is_sqlite() else f"{said}::{_POSTGRES_TYPES.get(field.field_type, 'text')}"


def literal(value: Any, field: peewee.Field) -> peewee.Node:
    """A constant as a typed column of an INSERT … SELECT (PostgreSQL would take a bare parameter for text)."""
    value = field.db_value(value)
    node = peewee.Value(value, converter=False)
    cast = _POSTGRES_TYPES.get(field.field_type, "text")
    return node if is_sqlite() else peewee.Cast(node, cast)

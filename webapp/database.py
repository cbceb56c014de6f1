"""One database for the whole process: SQLite (embedded default) or PostgreSQL through psycopg 3, by DATABASE_URL.

Connections are plain, one per thread, opened by whoever begins the work (request, job, command) and kept for the
thread's next one. Nothing writes outside `transaction()`; reads never open one. On SQLite whoever writes stands in a
queue (`webapp.writers_queue`).
"""

from __future__ import annotations

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
#: So many rows are taken from the driver at a time.
MANY = 1000
#: Of so many executions psycopg would prepare a statement by itself.
NEVER = 10**9
#: PostgreSQL: values as it has them, not in words.
BINARY = 1
#: PostgreSQL: serialization_failure, deadlock_detected.
RETRYABLE_STATES = ("40001", "40P01")

database = DatabaseProxy()

Answer = TypeVar("Answer")


#: Of the table `laid`; no set of rows has more.
_COLUMNS = [f"c{place}" for place in range(40)]


class Rows(list[tuple[Any, ...]]):
    """Very many rows as the parameters of one statement: SQLite has them in a table `laid` of this connection, columns
    c0, c1, …, while it runs."""


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

    def execute_sql(self, sql: str, params: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(params, Rows):
            return super().execute_sql(sql, params, *args, **kwargs)
        names, marks = ", ".join(_COLUMNS[: len(params[0])]), ", ".join("?" for _ in params[0])
        peewee.logger.debug((sql, len(params)))
        with peewee.__exception_wrapper__:
            cursor = self.cursor()
            cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS laid ({', '.join(_COLUMNS)})")
            cursor.execute("DELETE FROM laid")  # of a statement that failed
            cursor.executemany(f"INSERT INTO laid ({names}) VALUES ({marks})", params)
            cursor.execute(sql)
            return cursor.execute("DELETE FROM laid")


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

"""Changing the index key: every blind index made anew from what is sealed, in one transaction, with the system stopped.

An index says nothing of the value it was made from, so the values are opened and both indexes computed: a table of old
to new. Where no sealed value is left (a channel's question after its term, a former document whose answers are gone) an
index is carried: its new value is made from its old one, so rows that had the same value still have, and nothing typed
finds them any more; how many is told. Tokens of names and counters of attempts are made anew or begin anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import peewee

from webapp import actors, crypto, schema
from webapp.crypto import Indexer
from webapp.database import database, is_sqlite
from webapp.domain.accounts.models import OneTimeCode
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.filings import declaring
from webapp.domain.limits.models import Bucket
from webapp.domain.privacy import keys, register, rotating
from webapp.domain.privacy.register.words import Column
from webapp.domain.registry import tokens
from webapp.domain.registry.models import NameToken, PersonPhone, PersonToken
from webapp.domain.sanctions import particulars
from webapp.domain.sanctions.models import Sanction, SanctionSubject
from webapp.row_sets import insert_rows, update_rows
from webapp.values import emails, plates
from webapp.values.folding import fold

SLICE = 2000
#: Indexes of these are rebuilt from what is sealed, or begin anew; not translated.
_ANEW = ("person_token", "name_token", "sanction_subject", "one_time_code", "bucket")
#: The trigger that keeps a sanction as it was proposed, in either dialect; `schema.make_triggers` brings it back.
_TRIGGER = "sanction_as_proposed"

Pair = tuple[str, str]  # kind, value


class NotStopped(Exception):
    """Somebody else is connected to the database."""


@dataclass(frozen=True)
class Reindexed:
    """`translated` and `carried`: "table.column" → how many."""

    translated: dict[str, int]
    carried: dict[str, int]


def reindex(before: Indexer) -> Reindexed:
    """From the key of `before` to the one in use. Raises NotStopped, crypto.Unreadable, ValueError where `before` is
    not the key the indexes were made with."""
    kept = keys.index_mark()
    if kept is not None and kept != before.mark:
        raise ValueError("the key given is not the one the indexes here were made with")
    _alone()
    done = _reindex(actors.system("keys"), before)
    return Reindexed(done["translated"], done["carried"])


@action("keys:reindex")
def _reindex(act: Act, before: Indexer) -> dict[str, Any]:
    table = {before.index(kind, value): crypto.index(kind, value) for kind, value in _said()}
    known = {old.hex(): new.hex() for old, new in table.items()}
    translated: dict[str, int] = {}
    carried: dict[str, int] = {}
    _let_sanctions_change()
    for column in rotating.indexes():
        if column.table not in _ANEW:
            name = f"{column.table}.{column.name}"
            translated[name], carried[name] = _translate(column, table, known)
    _rebuild()
    schema.make_triggers()
    keys.renew_index()
    record(act, "keys:reindexed", keys.INDEX)
    return {"translated": _some(translated), "carried": _some(carried)}


def _some(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


# What was said ----------------------------------------------------------------------------------------------------


def _said() -> Iterator[Pair]:
    """Every value of which there may be an index, opened."""
    for (table, name), read in _READERS.items():
        column = register.column(table, name)
        assert column is not None
        for _row, sealed, place in rotating.values(column):
            yield from read(crypto.unseal(sealed, table, name, place))


def _of_answers(declared: dict[str, Any]) -> Iterator[Pair]:
    contact = declared["contact"]
    if declared["person"]["id_number"]:
        key = declaring.identity_key(declared["person"])
        yield "document", key
        yield "phone", f"none:{key}"
    if contact["phone"]:
        yield "phone", contact["phone"]
    if contact["email"]:
        yield "email", emails.key(contact["email"])
    for car in declared["vehicles"]:
        yield from (("plate", plate) for plate in car["plates"])
        if car["vin"]:
            yield "vin", car["vin"]


def _of_sanction(details: dict[str, Any]) -> Iterator[Pair]:
    yield from particulars.said(details)


def _of_address(kind: str) -> Callable[[str], Iterator[Pair]]:
    def read(said: str) -> Iterator[Pair]:
        yield kind, emails.key(said) if kind == "email" else said

    return read


def _of_plate(said: str) -> Iterator[Pair]:
    yield "plate", plates.normalise(said)
    yield "plate", plates.fold(said)


def _of_line(line: dict[str, Any]) -> Iterator[Pair]:
    yield "roster-name", fold(line["name"])


_READERS: dict[Pair, Callable[[Any], Iterator[Pair]]] = {
    ("answers", "sealed"): _of_answers,
    ("person_phone", "phone"): _of_address("phone"),
    ("account", "email"): _of_address("email"),
    ("single_use_link", "email"): _of_address("email"),
    ("register_vehicle", "plate"): _of_plate,
    ("lane_check", "plate"): _of_plate,
    ("roster_row", "line"): _of_line,
    ("sanction", "details"): _of_sanction,
}


# Writing ----------------------------------------------------------------------------------------------------------


def _translate(column: Column, table: dict[bytes, bytes], known: dict[str, str]) -> tuple[int, int]:
    """(how many were in the table, how many are carried)."""
    model, field = rotating.located(column)
    text = not isinstance(field, peewee.BlobField)
    translated = carried = after = 0
    while rows := list(_held(model, field, after)):
        after = rows[-1][0]
        fresh = []
        for row, old in rows:
            if text:
                if old in known:
                    fresh.append({"id": row, field.name: known[old]})
                    translated += 1
                continue
            new = table.get(bytes(old))
            translated, carried = translated + (new is not None), carried + (new is None)
            fresh.append({"id": row, field.name: new or crypto.index("carried", bytes(old).hex())})
        if column.table == "person_phone":
            _move_phones(fresh)
        update_rows(model, fresh)
    return translated, carried


def _held(model: Any, field: Any, after: int) -> Any:
    rows = model.select(model.id, field).where(model.id > after, peewee.fn.LENGTH(field) > 0)
    return rows.order_by(model.id).limit(SLICE).tuples()


def _move_phones(fresh: list[dict[str, Any]]) -> None:
    """A phone is sealed for the place that its index names."""
    for one in fresh:
        row = PersonPhone.get_by_id(one["id"])
        phone = crypto.unseal(row.phone, "person_phone", "phone", bytes(row.phone_index).hex())
        sealed = crypto.seal(phone, "person_phone", "phone", one["phone_index"].hex())
        PersonPhone.update(phone=sealed).where(PersonPhone.id == row.id).execute()


def _rebuild() -> None:
    for model in (PersonToken, NameToken, OneTimeCode, Bucket, SanctionSubject):
        model.delete().execute()
    after = 0
    while True:
        after, looked_at = tokens.refill(after)
        if not looked_at:
            break
    for row in Sanction.select().order_by(Sanction.id).iterator():
        details = crypto.unseal(row.details, "sanction", "details", row.ref)
        named = particulars.subjects_of(details)
        insert_rows(SanctionSubject, [{"sanction": row.id, "kind": kind, "key_index": index} for kind, index in named])


def _let_sanctions_change() -> None:
    trigger = f"{_TRIGGER}_update" if is_sqlite() else f"{_TRIGGER} ON sanction"
    database.execute_sql(f"DROP TRIGGER IF EXISTS {trigger}")


def _alone() -> None:
    """Raises NotStopped while another process is connected."""
    if is_sqlite():
        try:
            # SQLite leaves the write-ahead log only when nobody else has the file open.
            (mode,) = database.execute_sql("PRAGMA journal_mode = DELETE").fetchone()
        except peewee.OperationalError:
            mode = "wal"
        database.execute_sql("PRAGMA journal_mode = WAL")
        others = mode != "delete"
    else:
        others = bool(
            database.execute_sql(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            ).fetchone()[0]
        )
    if others:
        raise NotStopped("stop servers and workers first: somebody else is connected to the database")

"""Sealing everything anew under the newest field key, slice by slice, while the system runs.

What is sealed where is the register's (`Column.place`). A value is replaced only while it is still the one that was
read, so that whoever writes meanwhile loses nothing; a run that was broken off goes on with what is left. Servers and
workers have the newest key before this begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import peewee
from peewee import fn

from webapp import actors, clock, crypto, schema
from webapp.database import Row, is_sqlite, transaction
from webapp.domain.audit.acts import Act, action, record
from webapp.domain.files import actions as files
from webapp.domain.files.models import StoredFile
from webapp.domain.lanes import journal
from webapp.domain.privacy import keys, register
from webapp.domain.privacy.models import KeyRotation
from webapp.domain.privacy.register.words import INDEX, Column

SLICE = 200
#: Where in a table a sealed value may be kept that is no column: files.
FILES = "files"


@dataclass(frozen=True)
class Rotated:
    """`resealed`: values and files sealed anew; `unreadable`: (table, column or "files", id) of what did not open;
    `unused`: ids of keys that seal nothing any more; `in_use`: id → how many values and files."""

    resealed: int
    unreadable: tuple[tuple[str, str, int], ...]
    unused: tuple[int, ...]
    in_use: dict[int, int]


def rotate(say: Callable[[str, int], None] = lambda _what, _done: None) -> Rotated:
    """Seal anew whatever is not under the newest key. `say` is told what was looked through and how many were done."""
    newest = crypto.newest_key()
    rotation = _begin(newest)
    journal.take_in()
    unreadable: list[tuple[str, str, int]] = []
    for column in register.sealed():
        done = _reseal(rotation, column, newest, unreadable)
        say(f"{column.table}.{column.name}", done)
    say(FILES, _reseal_files(rotation, newest, unreadable))
    in_use = counts()
    unused = tuple(sorted(_known_ids() - set(in_use) - {newest}))
    _ended(actors.system("keys"), rotation, list(unused))
    return Rotated(KeyRotation.get_by_id(rotation).resealed, tuple(unreadable), unused, in_use)


def counts() -> dict[int, int]:
    """How many values and files need each key, by its id."""
    found: Counter[int] = Counter()
    for column in register.sealed():
        model, field = located(column)
        rows = model.select(key_of(field), fn.COUNT(model.id)).where(fn.LENGTH(field) > 0).group_by(peewee.SQL("1"))
        for number, count in rows.tuples():
            found[int(number, 16)] += count
    for row in StoredFile.select(StoredFile.ref).iterator():
        number = files.key_id(row.ref)
        if number is not None:
            found[number] += 1
    return dict(found)


# Values -----------------------------------------------------------------------------------------------------------


def located(column: Column) -> tuple[type[Row], peewee.Field]:
    """The model and the field of a column."""
    model = next(one for one in schema.models() if one._meta.table_name == column.table)
    return model, model._meta.columns[column.name]


def key_of(field: Any) -> Any:
    """SQL: the id of the key that a sealed value needs, two hexadecimal figures."""
    byte = fn.SUBSTR(field, 2, 1)
    return fn.HEX(byte) if is_sqlite() else fn.UPPER(fn.ENCODE(byte, "hex"))


def placed(column: Column, *more: Any) -> Any:
    """A query of (id, the sealed value, what its place is made of…) over the rows that hold one; `more` conditions."""
    model, field = located(column)
    selected, joined, query = [model.id, field], {}, model.select()
    for part in column.place.split(":"):
        name, _, other = part.partition(".")
        if not other:
            selected.append(model._meta.columns[name])
            continue
        reference = next(one for one in model._meta.sorted_fields if one.column_name == f"{name}_id")
        if name not in joined:
            joined[name] = reference.rel_model.alias()
            query = query.join(joined[name], on=(reference == joined[name].id))
        selected.append(getattr(joined[name], other))
    return query.select(*selected).where(fn.LENGTH(field) > 0, *more).order_by(model.id)


def place_of(parts: tuple[Any, ...]) -> str:
    """The last part of the context of a value whose row said these."""
    return ":".join(part.hex() if isinstance(part, bytes | memoryview) else str(part) for part in parts)


def values(column: Column) -> Iterator[tuple[int, bytes, str]]:
    """(id, sealed value, place) of everything that is sealed in a column."""
    for row, sealed, *parts in placed(column).tuples().iterator():
        yield row, bytes(sealed), place_of(tuple(parts))


def _reseal(rotation: int, column: Column, newest: int, unreadable: list[tuple[str, str, int]]) -> int:
    model, field = located(column)
    done, after = 0, 0
    while True:
        old = (key_of(field) != f"{newest:02X}", model.id > after)
        rows = list(placed(column, *old).limit(SLICE).tuples())
        if not rows:
            return done
        after = rows[-1][0]
        with transaction():
            changed = 0
            for row, sealed, *parts in rows:
                try:
                    fresh = _anew(bytes(sealed), column.table, column.name, place_of(tuple(parts)))
                except crypto.Unreadable:
                    unreadable.append((column.table, column.name, row))
                    continue
                same = (model.id == row) & (field == sealed)
                changed += model.update({field: fresh}).where(same).execute()
            _count(rotation, changed)
        done += changed


def _anew(sealed: bytes, table: str, column: str, place: str) -> bytes:
    return crypto.seal_bytes(crypto.unseal_bytes(sealed, table, column, place), table, column, place)


def _reseal_files(rotation: int, newest: int, unreadable: list[tuple[str, str, int]]) -> int:
    done = 0
    for row in StoredFile.select(StoredFile.id, StoredFile.ref).order_by(StoredFile.id).iterator():
        if files.key_id(row.ref) in (newest, None):
            continue
        try:
            files.reseal(row.ref)
        except crypto.Unreadable:
            unreadable.append((FILES, "content", row.id))
            continue
        if not StoredFile.select().where(StoredFile.id == row.id).exists():
            files.erase([row.ref])  # erased while it was sealed anew
        done += 1
        with transaction():
            _count(rotation, 1)
    return done


# On record --------------------------------------------------------------------------------------------------------


def _begin(newest: int) -> int:
    standing = KeyRotation.get_or_none(KeyRotation.to_key == f"{newest:02X}", KeyRotation.ended_at.is_null())
    return int(standing.id) if standing else int(_began(actors.system("keys"), newest)["rotation"])


@action("keys:rotate")
def _began(act: Act, newest: int) -> dict[str, int]:
    # One that was begun for an older key is over: everything goes to the newest one.
    KeyRotation.update(ended_at=act.now).where(KeyRotation.ended_at.is_null()).execute()
    row = KeyRotation.create(to_key=f"{newest:02X}", began_at=act.now)
    record(act, "keys:rotation-begun", f"field:{newest}")
    return {"rotation": row.id, "key": newest}


@action("keys:rotated")
def _ended(act: Act, rotation: int, unused: list[int]) -> dict[str, Any]:
    for number in unused:
        keys.forget(number)
    keys.record()
    KeyRotation.update(ended_at=clock.now()).where(KeyRotation.id == rotation).execute()
    record(act, "keys:rotation-ended", f"field:{crypto.newest_key()}")
    return {"rotation": rotation, "unused": unused}


def _count(rotation: int, number: int) -> None:
    KeyRotation.update(resealed=KeyRotation.resealed + number).where(KeyRotation.id == rotation).execute()


def _known_ids() -> set[int]:
    return {int(name.removeprefix(keys.FIELD)) for name in crypto.marks() if name.startswith(keys.FIELD)}


def indexes() -> list[Column]:
    """Every column that holds a blind index."""
    return [one for table in register.TABLES.values() for one in table.columns.values() if one.form == INDEX]

"""The kinds of columns that tables have, beside peewee's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import peewee
from peewee import BigIntegerField, Check, ForeignKeyField, Model

_EPOCH = datetime.fromtimestamp(0, UTC)


class Typed:
    """A field is one thing on the model and its value on a row; type checkers are told neither."""

    if TYPE_CHECKING:

        def __get__(self, row: Any, model: Any) -> Any: ...

        def __set__(self, row: Any, value: Any) -> None: ...


class InstantField(Typed, BigIntegerField):
    """An aware UTC datetime, kept as microseconds since 1970."""

    def db_value(self, value: datetime | int | None) -> int | None:
        return value if value is None or isinstance(value, int) else to_micros(value)

    def python_value(self, value: int | None) -> datetime | None:
        return None if value is None else from_micros(value)


def to_micros(instant: datetime) -> int:
    return round(instant.timestamp() * 1_000_000)


def from_micros(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


class JsonField(Typed, peewee.TextField):
    """Plain JSON that is never personal; personal data is sealed bytes."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


class WordField(Typed, peewee.TextField):
    """One of a closed set of words; the database refuses any other."""

    def __init__(self, words: Sequence[str] = (), **kwargs: Any) -> None:
        self.words = tuple(words)
        super().__init__(**kwargs)

    def bind(self, model: type[Model], name: str, set_attribute: bool = True) -> None:
        super().bind(model, name, set_attribute)
        listed = ", ".join(f"'{word}'" for word in self.words)
        self.constraints = [Check(f"{self.column_name} IN ({listed})")]


class Reference(Typed, ForeignKeyField):
    """A foreign key that never queries behind your back: read `row.thing_id`, join when you want the thing. On a table
    that grows, `index=False` where another index begins with it or nothing is found by it."""

    def __init__(self, model: type[Model] | str, **kwargs: Any) -> None:
        kwargs.setdefault("on_delete", "RESTRICT")
        kwargs.setdefault("backref", "+")
        super().__init__(model, lazy_load=False, **kwargs)

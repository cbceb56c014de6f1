"""Everything that is kept, opened with all keys: what whoever runs the system can still read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from webapp import crypto
from webapp.domain.files import actions as files
from webapp.domain.files.models import StoredFile
from webapp.domain.privacy import register, rotating


def everything() -> Iterator[tuple[str, str]]:
    """(column or kind of file, text) of each sealed value and each file."""
    for column in register.sealed():
        for _row, sealed, place in rotating.values(column):
            yield f"{column.table}.{column.name}", _text(crypto.unseal_bytes(sealed, column.table, column.name, place))
    for row in StoredFile.select():
        yield f"file:{row.kind}", files.read(row).decode("utf-8", "replace")


def _text(plain: bytes) -> str:
    text = plain.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


def found(values: Iterable[str]) -> set[str]:
    """Where one of these words can be read."""
    wanted = list(values)
    return {place for place, text in everything() if any(value in text for value in wanted)}

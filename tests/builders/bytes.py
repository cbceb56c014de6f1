"""Searching the bytes of a database and of files, as somebody with a copy of both would."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy
import psycopg

from tests import postgres
from webapp import database
from webapp.settings import Settings

#: In DATA_DIR, but standing for what has left: the mail server and the gateway of a desk.
OUTSIDE = {"mail", "sms"}
#: Where so many bytes agree, the whole word is compared.
HEAD = 6


def spellings(value: str) -> set[bytes]:
    """The ways a value may lie in a file: plain, UTF-16, hexadecimal, base64 at each of three offsets, escaped JSON."""
    found = set()
    for plain in (value.encode(), value.encode("utf-16-le"), value.encode("utf-16-be")):
        found |= {plain, plain.hex().encode(), plain.hex().upper().encode()}
        for offset in range(3):
            # Whole groups only: what stands before and after changes the characters at the edges.
            whole = base64.b64encode(b"\0" * offset + plain)
            found.add(whole[4 if offset else 0 : len(whole) - 4 if (len(plain) + offset) % 3 else len(whole)])
    found.add(json.dumps(value)[1:-1].encode())
    return {one for one in found if len(one) >= 6}


def places(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Every table as its server gives it out (PostgreSQL) or the file and its log (SQLite), and all else in DATA_DIR:
    files, journals, queue, record, figures, copies."""
    if database.is_sqlite():
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        for one in (path, path.with_name(path.name + "-wal")):
            if one.exists():
                yield one.name, one.read_bytes()
    else:
        yield from tables(settings.database_url)
    for one in sorted(settings.data_dir.rglob("*")):
        place = one.relative_to(settings.data_dir)
        if one.is_file() and place.parts[0] not in OUTSIDE and not place.name.startswith("passlist.db"):
            yield str(place), one.read_bytes()


def on_disk(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """The files in which the database keeps its rows, after what is in memory was written to them."""
    if database.is_sqlite():
        yield from places(settings)
        return
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        asked = "SELECT oid FROM pg_database WHERE datname = current_database()"
        (number,) = connection.execute(asked).fetchone() or (0,)
    for one in sorted((Path(postgres.data_folder(settings.database_url)) / "base" / str(number)).iterdir()):
        if one.is_file():
            yield one.name, one.read_bytes()


def tables(url: str) -> Iterator[tuple[str, bytes]]:
    """Each table's rows as text, and the bytes of its columns themselves."""
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT') as copy:
                yield name, b"".join(bytes(block) for block in copy)
            with connection.cursor().copy(f'COPY "{name}" TO STDOUT (FORMAT binary)') as copy:
                yield f"{name} (binary)", b"".join(bytes(block) for block in copy)


def found(values: Iterable[str | bytes], where: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """(value, place) of everything that is there."""
    wanted = {
        value: {value, value.hex().encode()} if isinstance(value, bytes) else spellings(value) for value in values
    }
    there = _Finder(way for ways in wanted.values() for way in ways)
    return [
        (str(value), place)
        for place, content in where
        for present in (there.among(content),)
        for value, ways in wanted.items()
        if ways & present
    ]


class _Finder:
    """Looks for thousands of words at once: one after another takes minutes in a whole world."""

    def __init__(self, words: Iterable[bytes]) -> None:
        self._short: set[bytes] = set()
        self._by_head: dict[bytes, list[bytes]] = defaultdict(list)
        self._pairs = [numpy.zeros(1 << 16, bool) for _ in range(HEAD // 2)]
        for word in set(words):
            if len(word) < HEAD:
                self._short.add(word)
                continue
            self._by_head[word[:HEAD]].append(word)
            for place, pairs in enumerate(self._pairs):
                pairs[int.from_bytes(word[2 * place : 2 * place + 2], "big")] = True

    def among(self, content: bytes) -> set[bytes]:
        """Which of the words are in there."""
        present = {word for word in self._short if word in content}
        signs = numpy.frombuffer(content, numpy.uint8).astype(numpy.uint16)
        twos = signs[:-1] << 8 | signs[1:]
        width = max(0, len(content) - HEAD + 1)
        may_begin = numpy.ones(width, bool)
        for place, pairs in enumerate(self._pairs):
            may_begin &= pairs[twos[2 * place : 2 * place + width]]
        for start in numpy.flatnonzero(may_begin).tolist():
            for word in self._by_head.get(content[start : start + HEAD], ()):
                if content.startswith(word, start):
                    present.add(word)
        return present

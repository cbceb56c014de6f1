"""A gate's own copy of the list: one SQLite file, readable by its owner alone. Plates stand in it as keyed hashes."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

_SHAPE = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS vehicle (generation INTEGER, ref TEXT, told TEXT, PRIMARY KEY (generation, ref));
CREATE TABLE IF NOT EXISTS plate (generation INTEGER, hash TEXT, ref TEXT, PRIMARY KEY (generation, hash));
CREATE INDEX IF NOT EXISTS plate_of ON plate (generation, ref);
CREATE TABLE IF NOT EXISTS question (key TEXT PRIMARY KEY, asked TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refused (key TEXT PRIMARY KEY, asked TEXT NOT NULL, error TEXT NOT NULL);
"""


class Store:
    """Vehicles are kept by generation: a new snapshot is built beside the one that answers; whole, it takes over."""

    def __init__(self, path: Path) -> None:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.close(handle)
        self._base = sqlite3.connect(path)
        self._base.execute("PRAGMA journal_mode=WAL")
        self._base.execute("PRAGMA secure_delete=ON")
        self._base.executescript(_SHAPE)

    def close(self) -> None:
        self._base.close()

    def together(self) -> AbstractContextManager[Any]:
        """All or nothing."""
        return self._base

    def fact(self, name: str, default: str = "") -> str:
        row = self._base.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return row[0] if row else default

    def keep(self, **facts: str) -> None:
        self._base.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?)", list(facts.items()))

    @property
    def generation(self) -> int:
        """The one that answers; 0 before the first snapshot is whole."""
        return int(self.fact("generation", "0"))

    def put(self, generation: int, vehicles: Iterable[Mapping[str, Any]]) -> None:
        """What was told of these vehicles replaces what was known of them."""
        for one in vehicles:
            self._base.execute("DELETE FROM plate WHERE generation = ? AND ref = ?", (generation, one["vehicle"]))
            self._base.execute(
                "INSERT OR REPLACE INTO vehicle VALUES (?, ?, ?)", (generation, one["vehicle"], json.dumps(one))
            )
            self._base.executemany(
                "INSERT OR REPLACE INTO plate VALUES (?, ?, ?)",
                [(generation, plate, one["vehicle"]) for plate in one["plates"]],
            )

    def drop(self, generation: int) -> None:
        for table in ("vehicle", "plate"):
            self._base.execute(f"DELETE FROM {table} WHERE generation = ?", (generation,))

    def vehicle(self, hashes: Iterable[str]) -> dict[str, Any] | None:
        """What is known of the vehicle with one of these plates."""
        for plate in hashes:
            row = self._base.execute(
                "SELECT v.told FROM plate p JOIN vehicle v ON v.generation = p.generation AND v.ref = p.ref"
                " WHERE p.generation = ? AND p.hash = ?",
                (self.generation, plate),
            ).fetchone()
            if row:
                return json.loads(row[0])
        return None

    def count(self, generation: int) -> int:
        return self._base.execute("SELECT count(*) FROM vehicle WHERE generation = ?", (generation,)).fetchone()[0]

    # Questions answered without the service, until it was told of them

    def remember(self, key: str, asked: Mapping[str, Any]) -> None:
        with self._base:
            self._base.execute("INSERT INTO question VALUES (?, ?)", (key, json.dumps(asked)))

    def remembered(self, limit: int) -> list[tuple[str, dict[str, Any]]]:
        rows = self._base.execute("SELECT key, asked FROM question ORDER BY rowid LIMIT ?", (limit,)).fetchall()
        return [(key, json.loads(asked)) for key, asked in rows]

    def told(self, keys: Iterable[str], refused: Mapping[str, str]) -> None:
        """The service was told of these. What it refused, by key with the reason, is kept aside for a human."""
        with self._base:
            self._base.executemany(
                "INSERT OR REPLACE INTO refused SELECT key, asked, ? FROM question WHERE key = ?",
                [(error, key) for key, error in refused.items()],
            )
            self._base.executemany("DELETE FROM question WHERE key = ?", [(key,) for key in keys])

    def refused(self) -> dict[str, int]:
        """How many questions the service refused to take, by its reason."""
        return dict(self._base.execute("SELECT error, count(*) FROM refused GROUP BY error ORDER BY error"))

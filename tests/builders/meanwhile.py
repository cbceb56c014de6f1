"""Somebody else's act between two reads of ours, as on a busy day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from webapp import database


def after_read(monkeypatch: pytest.MonkeyPatch, table: str, act: Callable[[], Any]) -> None:
    """Once, right after the next query that reads this table, `act` is done."""
    run, waiting = database.database.obj.execute_sql, [act]

    def heard(sql: str, *args: Any, **kwargs: Any) -> Any:
        rows = run(sql, *args, **kwargs)
        if sql.startswith("SELECT") and f'"{table}"' in sql and waiting:
            waiting.pop()()
        return rows

    monkeypatch.setattr(database.database.obj, "execute_sql", heard)

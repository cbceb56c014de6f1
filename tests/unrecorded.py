"""Control 14: a request that changes a fact writes an act."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask, request

from webapp.database import database

_WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.I)
#: What no fact stands in: whether somebody is still there, attempts counted before they are checked, answers on their
#: way and how many were begun (sealed, gone after days; what is sent is an act), and that a message was seen.
NO_FACTS = {
    "session", "bucket", "one_time_code", "account", "draft", "registration_draft", "code_use", "notice",
}  # fmt: skip


class Watch:
    def __init__(self, app: Flask) -> None:
        self.unrecorded: list[str] = []
        self._tables: set[str] = set()
        real: Callable[..., Any] = database.obj.execute_sql

        def execute_sql(sql: str, *args: Any, **kwargs: Any) -> Any:
            written = _WRITES.match(sql)
            if written:
                self._tables.add(written[1].lower())
            return real(sql, *args, **kwargs)

        database.obj.execute_sql = execute_sql
        app.before_request_funcs.setdefault(None, []).insert(0, self._begin)
        app.after_request_funcs.setdefault(None, []).append(self._end)

    def _begin(self) -> None:
        self._tables = set()

    def _end(self, response: Any) -> Any:
        facts = self._tables - NO_FACTS
        if facts and "act" not in facts:
            self.unrecorded.append(f"{request.method} {request.endpoint}: {', '.join(sorted(facts))}")
        return response

"""Every statement that goes to the database while somebody looks on, and what the database would do for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import peewee

from webapp.database import Rows, database, is_sqlite

#: Tables that grow with the list. Whatever reads one of them from end to end becomes slower day by day.
BIG = frozenset(
    (
        "act",
        "answers",
        "audit_line",
        "bucket",
        "campaign_entry",
        "consent",
        "delivery",
        "draft",
        "driver_slot",
        "entry",
        "entry_expiry",
        "entry_hold",
        "entry_step",
        "filing",
        "filing_step",
        "invitation",
        "issued_document",
        "job",
        "joint_owner",
        "lane_check",
        "name_token",
        "notice",
        "one_time_code",
        "person",
        "person_document",
        "person_phone",
        "person_token",
        "plate",
        "pledge",
        "register_vehicle",
        "roster_row",
        "sequence",
        "stored_file",
        "submission",
        "unreached",
        "upload",
        "upload_line",
        "vehicle",
    )
)
Heard = dict[str, tuple[Any, ...]]


@contextmanager
def listening() -> Iterator[Heard]:
    """Collects each different statement once, with the values of its first time."""
    heard: Heard = {}
    real = database.obj.execute_sql

    def hearing(sql: str, params: Any = None, *args: Any, **kwargs: Any) -> Any:
        heard.setdefault(sql, () if isinstance(params, Rows) else tuple(params or ()))
        return real(sql, params, *args, **kwargs)

    database.obj.execute_sql = hearing
    try:
        yield heard
    finally:
        database.obj.execute_sql = real


def _reads_a_page(sql: str) -> bool:
    """No condition, the order of the ids, and a limit: it stops after the first rows. Or a condition that is never
    true, which the database sees."""
    return "(0 = 1)" in sql or ("WHERE" not in sql and "LIMIT" in sql)


def full_scans(heard: Heard) -> dict[str, str]:
    """Statement → what of it reads a big table from end to end, in the database's words."""
    found = {}
    for sql, params in heard.items():
        if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE|INSERT)\b", sql, re.I) and not _reads_a_page(sql):
            told = _sqlite(sql, params) if is_sqlite() else _postgres(sql, params)
            if told:
                found[sql] = "; ".join(told)
    return found


def _sqlite(sql: str, params: tuple[Any, ...]) -> list[str]:
    names = {alias: table for table, alias in re.findall(r'"?(\w+)"?\s+(?:AS\s+)?"?(\w+)"?', sql)}
    told = []
    for *_, detail in database.execute_sql("EXPLAIN QUERY PLAN " + sql, params).fetchall():
        scan = re.match(r"SCAN (\w+)", detail)
        if scan and (scan[1] in BIG or names.get(scan[1]) in BIG):
            told.append(f"{detail} ({names.get(scan[1], scan[1])})")
    return told


def _postgres(sql: str, params: tuple[Any, ...]) -> list[str]:
    """With scans forbidden, and joins that read both sides whole: a scan that is left has no index to go by."""
    try:
        with database.atomic():
            for way in ("seqscan", "mergejoin", "hashjoin"):
                database.execute_sql(f"SET LOCAL enable_{way} = off")
            (plan,) = database.execute_sql("EXPLAIN (FORMAT JSON) " + sql, params).fetchone()
    except peewee.ProgrammingError as error:
        return [f"cannot be explained: {error}"]
    return list(_nodes(plan[0]["Plan"] if not isinstance(plan, str) else json.loads(plan)[0]["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[str]:
    if node.get("Relation Name") in BIG and node["Node Type"] == "Seq Scan":
        yield f"Seq Scan ({node['Relation Name']})"
    for below in node.get("Plans", ()):
        yield from _nodes(below)

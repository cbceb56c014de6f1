"""Rows by table, and how they get into the database: executemany on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

import functools
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from webapp import crypto, schema
from webapp.database import database, is_sqlite
from webapp.domain.audit import proof, sequencer
from webapp.domain.pledges.actions import canonical

#: What is given for each row; whatever else a table has is null or the default of its model.
COLUMNS = {
    "account": "id ref email_index email name password_hash state failures created_at version password_at",
    "account_role": "account_id role act_id",
    "act": "id actor_kind actor_ref account_id unit_id verb key outcome result request_id session_ref address at"
    " lines mac",
    "unit": "id ref unit_class name name_fold registration_place registration_number branch_name branch_key address"
    " public_phone public_hours details proof_id state daily_ceiling registered_at certified_at act_id version",
    "unit_step": "unit_id act_id at action state",
    "membership": "unit_id account_id role act_id started_at",
    "enrolment_code": "unit_id code version state act_id created_at",
    "register_vehicle": "ref unit_id plate_index plate size_class brand_model entered_on act_id",
    "person": "id ref created_at",
    "person_document": "person_id id_type key_index created_at",
    "person_phone": "person_id phone_index phone proved_at",
    "person_token": "person_id kind token",
    "name_token": "person_id token",
    "vehicle": "id ref vehicle_use created_at",
    "plate": "vehicle_id plate_index created_at",
    "answers": "id ref person_id policy_version sealed act_id created_at",
    "pledge": "id ref kind text_id subject content digest method unit_id act_id signed_at",
    "consent": "ref person_id submission_ref purpose edition digest language given_at act_id",
    "submission": "id ref number unit_id person_id phone_index language link_version answers_id pledge_id filed_at"
    " act_id",
    "driver_slot": "id vehicle_id slot person_id in_force",
    "entry": "id ref unit_id person_id vehicle_id slot_id vehicle_use size_class answers_id position pledge_id"
    " submission_ref number upload_ref card state cause listed_at removed_at act_id version",
    "entry_hold": "entry_id kind act_id since until",
    "entry_expiry": "entry_id unit_id item last_day",
    "entry_step": "id entry_id act_id at change reason",
    "filing": "id ref submission_id unit_id person_id vehicle_id position vehicle_use size_class slot answers_id"
    " pledge_id card warnings waiting disputed state reasons submitted_at act_id version",
    "filing_step": "filing_id act_id at action state reasons",
    "invitation": "ref token_hash made_by submission_id vehicle_id owner_id second_id filing_id joint state made_at"
    " until ended_at act_id",
    "upload": "id ref number unit_id state digest covered fallen pledge_id prepared_at uploaded_at act_id",
    "upload_line": "upload_id position filing_id filing_version line line_digest",
    "audit_line": "act_id at tag object_ref unit_id fields position mac",
    "notice": "ref kind audience audience_ref subject params dedupe_key act_id created_at read_at",
}

#: Tables whose rows get their ids here, one after the other in the order they come: their numbers follow these ids.
NUMBERED = {"entry_step": "list"}
SIGNS = b"abcdefghijklmnopqrstuvwxyz234567" * 8

Of = TypeVar("Of")
Rows = dict[str, list[tuple[Any, ...]]]


def no_rows() -> Rows:
    return defaultdict(list)


def pick(chance: random.Random, among: Sequence[Of]) -> Of:
    """One of them by chance."""
    return among[int(chance.random() * len(among))]


def shape(value: Any, *plain: str) -> str:
    """Canonical JSON with `%(name)s` where `value` says so; the places in `plain` are no texts."""
    text = canonical(value)
    for name in plain:
        text = text.replace(f'"%({name})s"', f"%({name})s")
    return text


def new_refs(chance: random.Random, count: int) -> list[str]:
    """So many references like crypto.new_ref's, by chance that can be repeated."""
    text = chance.randbytes(20 * count).translate(SIGNS).decode()
    return [text[20 * place : 20 * place + 20] for place in range(count)]


class Writer:
    """Writes proved stories in the order they come, into tables that are bare. Inside the caller's transactions."""

    def __init__(self) -> None:
        self._last = {table: _highest(table) for table in NUMBERED}
        self._before = dict(self._last)

    def write(self, rows: Rows) -> None:
        for table, columns in COLUMNS.items():
            told: Iterable[tuple[Any, ...]] = rows.get(table, ())
            if table in NUMBERED:
                first = self._last[table] + 1
                self._last[table] += len(rows.get(table, ()))
                told = ((number, *row) for number, row in enumerate(told, start=first))
            _write(table, columns.split(), told)

    def number(self) -> None:
        """Gapless numbers for what was written, as the worker's sequencer gives them; all before have theirs."""
        for table, stream in NUMBERED.items():
            shift = sequencer.last_number(stream) - self._before[table]
            database.execute_sql(
                f"INSERT INTO sequence (stream, number, source_id) SELECT '{stream}', id + ({shift}), id"
                f" FROM {table} WHERE id > {self._before[table]} ORDER BY id"
            )


def _highest(table: str) -> int:
    (highest,) = database.execute_sql(f'SELECT coalesce(max(id), 0) FROM "{table}"').fetchone()
    return int(highest)


def proved(rows: Rows) -> Rows:
    """The same, acts and their lines with the proofs that they have in life. An act comes with all its lines."""
    counted = dict.fromkeys((act[0] for act in rows.get("act", ())), 0)
    lines = []
    for act_id, at, tag, ref, unit_id, fields in rows.get("audit_line", ()):
        counted[act_id] += 1
        line = (act_id, counted[act_id], at, tag, ref, unit_id, fields)
        lines.append((act_id, at, tag, ref, unit_id, fields, counted[act_id], crypto.mac(proof.line(line))))
    rows["audit_line"] = lines
    rows["act"] = [_proved_act(act, counted[act[0]]) for act in rows.get("act", ())]
    return rows


def _proved_act(act: tuple[Any, ...], lines: int) -> tuple[Any, ...]:
    given = dict(zip(COLUMNS["act"].split(), act, strict=False)) | {"lines": lines, "codes": None}
    return (*act, lines, crypto.mac(proof.act([given[column] for column in proof.ACT_COLUMNS])))


@functools.cache
def _defaults(table: str) -> dict[str, Any]:
    """What the model gives a row in the columns that no story speaks of."""
    model = next(model for model in schema.models() if model._meta.table_name == table)
    spoken = COLUMNS[table].split()
    plain = {field.column_name: field.default for field in model._meta.sorted_fields if field.default is not None}
    return {column: value for column, value in plain.items() if column not in spoken}


def _write(table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    if more := _defaults(table):
        columns, values = [*columns, *more], tuple(more.values())
        rows = ((*row, *values) for row in rows)
    named = ", ".join(f'"{column}"' for column in columns)
    if is_sqlite():
        marks = ", ".join("?" * len(columns))
        database.connection().executemany(f'INSERT INTO "{table}" ({named}) VALUES ({marks})', rows)
        return
    with database.cursor() as cursor, cursor.copy(f'COPY "{table}" ({named}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def settle_numbers() -> None:
    """PostgreSQL: what comes next gets ids above ours."""
    if is_sqlite():
        return
    for table, columns in COLUMNS.items():
        if columns.startswith("id "):
            database.execute_sql(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))"
            )

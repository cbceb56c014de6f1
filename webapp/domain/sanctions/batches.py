"""A file of sanctions: kept, read in the background, every row staged or named with what is wrong with it.

The same file twice is the same batch (digest of its bytes); the same row of another file is the same sanction
(particulars.identity). Reading resumes in slices.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from peewee import fn

from webapp import clock, crypto
from webapp.actors import Actor
from webapp.database import lock
from webapp.domain.audit.acts import Act, Result, action, record
from webapp.domain.files import actions as files
from webapp.domain.files import sheets
from webapp.domain.files.models import StoredFile
from webapp.domain.files.sheets import DATE, TEXT, WORDS, Column, Sheet
from webapp.domain.jobs import actions as jobs
from webapp.domain.sanctions import matching, particulars, proposing
from webapp.domain.sanctions.models import (
    CONFIRMED,
    ENDED,
    PROPOSED,
    READING,
    READY,
    UNREADABLE,
    Sanction,
    SanctionBatch,
    SanctionFault,
)
from webapp.domain.sanctions.particulars import Particulars
from webapp.errors import Fault, Invalid, NotFound
from webapp.row_sets import insert_rows
from webapp.values.folding import fold

#: Job: a file is read (delivery.sanctions).
READ = "read-sanctions"
SLICE = 500

COLUMNS = (
    Column("authority", "列入機關", WORDS, required=True),
    Column("decision_number", "決定編號", WORDS, required=True),
    Column("decided_on", "決定日期", DATE, required=True),
    Column("ground", "列入原因", WORDS, required=True),
    Column("until", "期限至", DATE),
    Column("appeal_route", "申訴途徑", WORDS, required=True),
    Column("contact", "聯絡方法", WORDS, required=True, words=("聯繫方法",)),
    Column("subject_name", "姓名或名稱", WORDS),
    Column("birth_date", "出生日期", DATE),
    Column("id_type", "證件類別", WORDS),
    Column("id_number", "證件號碼", TEXT),
    Column("id_country", "護照簽發地", WORDS),
    Column("second_id_type", "另一證件類別", WORDS),
    Column("second_id_number", "另一證件號碼", TEXT),
    Column("second_id_country", "另一護照簽發地", WORDS),
    Column("licence_number", "駕駛證號碼", TEXT),
    Column("plates", "車牌號碼", TEXT, words=("車牌",)),
    Column("registration_place", "登記地", WORDS),
    Column("registration_number", "單位登記號碼", TEXT, words=("統一社會信用代碼",)),
)
#: What people write in the columns that hold a code.
ID_TYPE_WORDS = {
    "cn_id": ("居民身份證", "身份證", "二代身份證"),
    "mo_bir": ("澳門居民身份證", "澳門身份證"),
    "hk_id": ("香港身份證", "香港居民身份證", "香港永久性居民身份證"),
    "home_return": ("回鄉證", "港澳居民來往內地通行證"),
    "hmt_residence": ("港澳台居民居住證", "港澳臺居民居住證"),
    "tw_permit": ("台胞證", "台灣居民來往大陸通行證"),
    "foreign_pr": ("外國人永久居留身份證", "永久居留身份證"),
    "passport": ("護照",),
}
PLACE_WORDS = {"cn": ("內地", "中國內地"), "mo": ("澳門",), "hk": ("香港",)}


@action("sanctions:send-file")
def send_file(act: Act, content: bytes, name: str) -> dict[str, object]:
    """Keep a file and have it read. Returns {"batch": ref, "known": bool}: a file sent before is the same batch.
    Raises Invalid beside `file` where it is no sheet at all by its size."""
    account = proposing.officer(act)
    if not content:
        raise Invalid("file_empty", field="file")
    if len(content) > sheets.limits().size:
        raise Invalid("file_too_large", field="file", megabytes=sheets.limits().megabytes)
    digest = hashlib.sha256(content).hexdigest()
    before = SanctionBatch.get_or_none(SanctionBatch.file_digest == digest, SanctionBatch.state != "dropped")
    if before is not None:
        return {"batch": before.ref, "known": True}
    kind = sheets_type(content)
    kept = files.keep(act, "import", kind, content, name=name[:120])
    batch = SanctionBatch.create(
        ref=crypto.new_ref(),
        file=kept.id,
        file_digest=digest,
        state=READING,
        created_by=account,
        created_at=act.now,
        act_id=act.id,
    )
    record(act, "sanction-batch:sent", batch.ref)
    jobs.enqueue(act, READ, batch.ref)
    return {"batch": batch.ref, "known": False}


def sheets_type(content: bytes) -> str:
    if content.startswith(b"PK"):
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return "text/csv"


@dataclass(frozen=True)
class Row:
    """One row as it was read: what it says, or what is wrong with it."""

    number: int
    found: Particulars | None
    faults: tuple[Fault, ...]


def read(batch: SanctionBatch) -> list[Row]:
    """Every filled row of the batch's file, checked. Raises Invalid where it is no sheet that can be read, NotFound
    where it is no longer kept."""
    sheet = _sheet(batch)
    today = clock.today()
    wrong = _faults_by_row(sheet)
    seen: dict[bytes, int] = {}
    rows = []
    for row in sheet.rows:
        faults = wrong.get(row.number, [])
        found = None
        if not faults:
            found, faults = particulars.read(_coded(row.values), today)
        if found is not None and found.identity in seen:
            faults = [Fault("decision_number", "row_repeats", {"before": seen[found.identity]})]
            found = None
        if found is not None:
            seen[found.identity] = row.number
        rows.append(Row(row.number, found, tuple(faults)))
    return rows


def as_sent(batch: SanctionBatch) -> dict[int, dict[str, str]]:
    """What stands in the file, by row and column. Raises Invalid where it cannot be read, NotFound as `read`."""
    return {row.number: row.shown for row in _sheet(batch).rows}


def _sheet(batch: SanctionBatch) -> Sheet:
    kept = StoredFile.get_or_none(StoredFile.id == batch.file_id) if batch.file_id is not None else None
    if kept is None:  # dropped, or dropped by now
        raise NotFound("not_found")
    return sheets.read(files.read(kept), COLUMNS)


def _faults_by_row(sheet: Sheet) -> dict[int, list[Fault]]:
    wrong: dict[int, list[Fault]] = {}
    for fault in sheet.faults:
        params = {name: value for name, value in fault.params.items() if name != "row"}
        wrong.setdefault(fault.params["row"], []).append(Fault(fault.field, fault.code, params))
    return wrong


def _coded(values: Mapping[str, str]) -> dict[str, str]:
    """The row with its words turned into codes; a registration number without a place is the mainland's."""
    coded = dict(values)
    for name in ("id_type", "second_id_type", "registration_place"):
        coded[name] = _codes(name != "registration_place").get(fold(values[name]), values[name])
    if coded["registration_number"] and not coded["registration_place"]:
        coded["registration_place"] = "cn"
    return coded


@cache
def _codes(of_documents: bool) -> dict[str, str]:
    words = ID_TYPE_WORDS if of_documents else PLACE_WORDS
    return {fold(word): code for code, said in words.items() for word in (code, *said)}


def read_all(actor: Actor, batch_ref: str) -> None:
    """Read the file at once, as the worker would; a slice that either of them did is not done again."""
    batch = SanctionBatch.get(SanctionBatch.ref == batch_ref)
    if batch.state != READING:
        return
    try:
        rows = read(batch)
    except Invalid as refused:
        finish(actor, batch_ref, (refused.code, dict(refused.params)))
        return
    done: Result = {"last": 0, "count": 1}
    while done["count"]:
        done = take_slice(actor, batch_ref, rows, int(done["last"]))
    finish(actor, batch_ref)


@action("sanctions:read-rows")
def take_slice(act: Act, batch_ref: str, rows: Sequence[Row], after: int) -> dict[str, int]:
    """Stage the next SLICE rows beyond the file's row `after`. Returns {"last": row, "count": n}, 0 at the end or when
    the file was dropped meanwhile. Known decisions are counted and left as they are."""
    batch = _reading(batch_ref)
    taken = _last_row(batch) if batch is not None else 0
    part = [row for row in rows if row.number > max(after, taken)][:SLICE]
    if batch is None or not part:
        return {"last": after, "count": 0}
    good = [(row.number, found) for row in part if (found := row.found) is not None]
    known = _known(found.identity for _, found in good)
    proposing.keep(act, [(number, found) for number, found in good if found.identity not in known], batch)
    lines = [
        {"batch": batch.id, "row": row.number, "field": fault.field, "code": fault.code, "params": dict(fault.params)}
        for row in part
        for fault in row.faults
    ]
    insert_rows(SanctionFault, lines)
    SanctionBatch.update(rows=SanctionBatch.rows + len(part), known=SanctionBatch.known + len(known)).where(
        SanctionBatch.id == batch.id
    ).execute()
    return {"last": part[-1].number, "count": len(part)}


@action("sanctions:finish-reading")
def finish(act: Act, batch_ref: str, problem: tuple[str, dict[str, object]] | None = None) -> dict[str, int]:
    """The file is read, or cannot be: whoever sent it looks at what was found. Returns {"near": n}."""
    batch = _reading(batch_ref)
    if batch is None:
        return {"near": 0}
    near = 0 if problem else matching.find_near(Sanction.batch == batch.id)
    SanctionBatch.update(
        state=UNREADABLE if problem else READY,
        problem=list(problem) if problem else None,
        act_id=act.id,
        version=SanctionBatch.version + 1,
    ).where(SanctionBatch.id == batch.id).execute()
    record(act, "sanction-batch:unreadable" if problem else "sanction-batch:read", batch.ref)
    return {"near": near}


def _reading(batch_ref: str) -> SanctionBatch | None:
    batch = SanctionBatch.get_or_none(SanctionBatch.ref == batch_ref)
    if batch is not None:
        lock(SanctionBatch, [batch.id])
        batch = SanctionBatch.get_by_id(batch.id)
    return batch if batch is not None and batch.state == READING else None


def _last_row(batch: SanctionBatch) -> int:
    """The last row of the file that was staged or found faulty, by whoever read it."""
    staged = Sanction.select(fn.MAX(Sanction.row)).where(Sanction.batch == batch.id).scalar() or 0
    faulty = SanctionFault.select(fn.MAX(SanctionFault.row)).where(SanctionFault.batch == batch.id).scalar() or 0
    return max(staged, faulty)


def _known(identities: Iterable[bytes]) -> set[bytes]:
    wanted = list(identities)
    rows = Sanction.select(Sanction.identity).where(
        Sanction.identity << wanted, Sanction.state << (PROPOSED, CONFIRMED, ENDED)
    )
    return {bytes(index) for (index,) in rows.tuples()} if wanted else set()

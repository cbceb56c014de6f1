"""Recording what was asked without making the gate wait: each process appends to a journal of its own, the worker
takes it in (docs/decisions/0008).

A line is written before the answer leaves, by one call of the operating system: it survives the end of the process,
SIGKILL included. A loss of power can cost what the system had not yet written back, a few seconds of questions; nothing
of the list depends on them. Plates are sealed in the journal as they are in the table.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from webapp import clock, crypto
from webapp.columns import from_micros, to_micros
from webapp.database import lock, transaction
from webapp.domain.lanes.models import KINDS, RESULTS, LaneCheck, LaneJournal
from webapp.row_sets import insert_rows

#: A process begins another file after so many bytes, so that the worker can delete what it has taken in.
LONGEST = 8 * 1024 * 1024
#: Bytes taken in by one transaction.
SLICE = 512 * 1024
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode

log = structlog.get_logger()

_folder: Path | None = None
_writing = threading.Lock()
_current: _Journal | None = None


class _Journal:
    """The file this process appends to. Its lock tells the worker that somebody may still write."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.process = os.getpid()
        self.folder = folder
        self.size = 0
        while True:
            self.path = folder / f"{to_micros(clock.now())}-{os.getpid()}-{secrets.token_hex(4)}.journal"
            self.handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(self.handle, fcntl.LOCK_EX)
            # A worker that looked before the lock was taken held it for one of a dead process, and deleted it.
            if os.fstat(self.handle).st_nlink:
                return
            os.close(self.handle)

    def append(self, line: bytes) -> None:
        written = os.write(self.handle, line)
        if written != len(line):
            # The disk is full. Half a line would spoil the next one, which is told to somebody as kept.
            os.ftruncate(self.handle, self.size)
            raise OSError("the journal of lane checks could not be written whole")
        self.size += written

    def close(self) -> None:
        os.close(self.handle)


def configure(folder: Path) -> None:
    """Where the journals lie. A process that has one open goes on in the new place."""
    global _folder, _current
    with _writing:
        if _current is not None and _current.process == os.getpid():
            _current.close()
        _folder, _current = folder, None


def write(row: dict[str, Any]) -> str:
    """Keep one question with its answer; returns its key. `row`: kind, asked_at, client_id, account_id, channel, plate
    (normalised), plate_index, result, reason; `key` and `offline` where a gate tells of it later.

    Raises OSError where it cannot be kept: then nothing is answered, because every question is recorded.
    """
    key = row.get("key") or os.urandom(12).hex()
    sealed = crypto.seal(row["plate"], "lane_check", "plate", key)
    fields = [
        key,
        row["kind"],
        to_micros(row["asked_at"]),
        row.get("client_id"),
        row.get("account_id"),
        row["channel"],
        row["plate_index"].hex(),
        base64.b64encode(sealed).decode(),
        row["result"],
        row["reason"],
        bool(row.get("offline")),
    ]
    line = _ENCODE(fields).encode() + b"\n"
    with _writing:
        _open().append(line)
    return key


def _open() -> _Journal:
    """This process's journal. A process that was forked from one with a journal begins its own."""
    global _current
    if _folder is None:
        raise RuntimeError("journal.configure(folder) comes first")
    if _current is not None and (_current.process != os.getpid() or _current.size >= LONGEST):
        if _current.process == os.getpid():
            _current.close()
        _current = None
    if _current is None:
        _current = _Journal(_folder)
    return _current


def backlog() -> int:
    """Bytes of questions that wait in the journals to be taken in."""
    if _folder is None or not _folder.exists():
        return 0
    taken = dict(list(LaneJournal.select(LaneJournal.name, LaneJournal.taken).tuples()))
    waiting = 0
    for path in _folder.glob("*.journal"):
        with suppress(FileNotFoundError):
            waiting += max(0, path.stat().st_size - taken.get(path.name, 0))
    return waiting


# What the worker does -----------------------------------------------------------------------------------------


def take_in() -> int:
    """Bring what the journals hold into the table; returns how many questions were new. Any number of workers may try:
    a question is taken in once, and how far a journal was read is kept in the same transaction."""
    if _folder is None or not _folder.exists():
        return 0
    done = 0
    for path in sorted(_folder.glob("*.journal")):
        try:
            done += _take_in(path)
        except OSError as error:
            # A disk that cannot be read now is read at the next beat; the other journals need not wait for it.
            log.error("journal not read", kind=type(error).__name__)
    return done


def _take_in(path: Path) -> int:
    done = 0
    with _to_read(path) as (handle, finished):
        if handle is None:
            return 0
        while True:
            fresh, more = _slice(path.name, handle)
            done += fresh
            if not more:
                break
        if finished:
            path.unlink(missing_ok=True)
            with transaction():
                LaneJournal.delete().where(LaneJournal.name == path.name).execute()
    return done


@contextmanager
def _to_read(path: Path) -> Iterator[tuple[int | None, bool]]:
    """The journal, and whether nobody writes to it any more. Another worker may have deleted it meanwhile."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield None, False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            finished = True
        except BlockingIOError:
            finished = False
        yield handle, finished
    finally:
        os.close(handle)


def _slice(name: str, handle: int) -> tuple[int, bool]:
    with transaction():
        LaneJournal.insert(name=name).on_conflict_ignore().execute()
        row = LaneJournal.get(LaneJournal.name == name)
        lock(LaneJournal, [row.id])
        taken = LaneJournal.get_by_id(row.id).taken
        read = os.pread(handle, SLICE, taken)
        whole = read[: read.rfind(b"\n") + 1]
        if not whole:
            return 0, False
        fresh = _keep(list(_lines(whole, clock.now())))
        LaneJournal.update(taken=taken + len(whole)).where(LaneJournal.id == row.id).execute()
    return fresh, len(read) == SLICE


def _lines(whole: bytes, now: datetime) -> Iterator[dict[str, Any]]:
    """The questions of a piece of journal, as rows. After a loss of power a line may be left half written; one that
    nothing can be made of must not keep the others out."""
    for line in whole.splitlines():
        try:
            yield _row(json.loads(line), now)
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            log.error("journal line unreadable", size=len(line))


def _keep(rows: list[dict[str, Any]]) -> int:
    """Insert the questions nobody told of before."""
    by_key = {row["key"]: row for row in rows}
    known = {key for (key,) in LaneCheck.select(LaneCheck.key).where(LaneCheck.key << list(by_key)).tuples()}
    new = [row for key, row in by_key.items() if key not in known]
    insert_rows(LaneCheck, new)
    return len(new)


def _row(line: list[Any], now: datetime) -> dict[str, Any]:
    """Raises ValueError, TypeError or AttributeError where this is no question as `write` keeps them."""
    key, kind, asked, client, account, channel, index, sealed, result, reason, offline = line
    for text in (key, channel, reason):
        text.encode()  # half a character of a pair would be refused by the database, and with it the whole slice
    if kind not in KINDS or result not in RESULTS or "\0" in key + channel + reason:
        raise ValueError
    if not all(number is None or isinstance(number, int) for number in (client, account)):
        raise TypeError
    return {
        "key": key,
        "kind": kind,
        "asked_at": from_micros(asked),
        "client_id": client,
        "account_id": account,
        "channel": channel,
        "plate_index": bytes.fromhex(index),
        "plate": base64.b64decode(sealed),
        "result": result,
        "reason": reason,
        "offline": offline,
        "taken_in_at": now,
    }

"""Making a copy while the system runs: the moment of the database first, then journals and files.

A file is written before the row that names it, and a journal is kept until its questions are in a table: so what is
copied after the database's moment holds at least what that moment refers to.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from webapp import actors, clock
from webapp.backups import places, record, verifying
from webapp.backups.archive import PIECE, Writer
from webapp.domain.privacy import erasure_list
from webapp.settings import Settings, SettingsError

ENDING = ".backup"
#: What is under way: the copy, and beside the journals a folder with what goes into it and who is at it.
_DRAFT, _STAGING, _HELD = ".part", "copying-", "held"
_JUST_BEGUN = 60  # seconds
_NAME = re.compile(r"passlist-(\d{8}T\d{6})Z" + re.escape(ENDING))


@dataclass(frozen=True)
class Made:
    path: Path
    facts: dict[str, Any]


def create(settings: Settings, folder: Path | None = None, breathe: Callable[[], None] = lambda: None) -> Made:
    """Make a copy in `folder` (default: the setting) and put it on record; `make` names the errors."""
    made = make(settings, folder or settings.backup_dir, breathe)
    record.created(actors.system("backup"), made.path.name, made.facts, key=made.path.name)
    return made


def make(settings: Settings, folder: Path, breathe: Callable[[], None] = lambda: None) -> Made:
    """Make a copy in `folder` and read it again; nothing of it is on record. The database is connected.
    Raises SettingsError without a key, archive.BadArchive where what was written does not read back."""
    if not settings.backup_keys:
        raise SettingsError("BACKUP_KEY is not set: `id:base64` of 32 bytes, kept apart from the copies")
    began, now = time.monotonic(), clock.now()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"passlist-{now:%Y%m%dT%H%M%S}Z{ENDING}"
    _clear_away(settings, folder)
    draft = path.with_name(f"{path.name}.{os.getpid()}{_DRAFT}")
    try:
        with _held(draft):
            counts = _write(settings, draft, now, breathe)
            checked = verifying.verify(draft, dict(settings.backup_keys), breathe)
            os.rename(draft, path)
        erasure_list.write(folder, erasure_list.known(folder))
    finally:
        draft.unlink(missing_ok=True)
    facts = {
        **counts,
        "digest": checked.digest,
        "size": path.stat().st_size,
        "seconds": round(time.monotonic() - began, 1),
    }
    return Made(path, facts)


def _write(settings: Settings, draft: Path, now: datetime, breathe: Callable[[], None]) -> dict[str, int]:
    key_id, key = settings.backup_keys[-1]
    settings.journals_dir.mkdir(parents=True, exist_ok=True)
    # Beside the journals: they are held by links, which need one file system.
    staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=settings.data_dir))
    try:
        with (
            _held(staging / _HELD),
            open(draft, "wb") as handle,
            places.source(settings.database_url, staging) as source,
        ):
            os.chmod(draft, 0o600)
            journals = _hold_journals(settings.journals_dir, staging)
            writer = Writer(handle, key_id, key)
            writer.begin(
                {
                    "engine": places.engine(settings.database_url),
                    "created_at": now.isoformat(),
                    "migrations": source.migrations(),
                }
            )
            tables = source.write(writer)
            for name in journals:
                writer.member(f"journals/{name}", _pieces(staging / name, breathe), packed=True)
            files = _write_files(writer, settings.files_dir, breathe)
            writer.end(tables)
            handle.flush()
            os.fsync(handle.fileno())
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return {"rows": sum(table["rows"] for table in tables.values()), "files": files, "journals": len(journals)}


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Whoever finds this file sees that somebody is at it; the lock ends with the process, however that ends."""
    with open(path, "ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _clear_away(settings: Settings, folder: Path) -> None:
    """What copies left that were killed: as large as the database, and the first part of it not even sealed."""
    left = [(path, path) for path in folder.glob(f"*{ENDING}.*{_DRAFT}")]
    left += [(path, path / _HELD) for path in settings.data_dir.glob(f"{_STAGING}*")]
    for path, lock in left:
        # Who has just begun may not hold his lock yet; what began earlier and holds none is nobody's any more.
        with contextlib.suppress(FileNotFoundError):
            if clock.now().timestamp() - path.stat().st_mtime < _JUST_BEGUN or not _is_free(lock):
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _is_free(lock: Path) -> bool:
    if not lock.exists():
        return True
    with open(lock, "ab") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _hold_journals(folder: Path, staging: Path) -> list[str]:
    """Link the journals, so that the worker's taking them in and deleting them does not take them from us."""
    held = []
    for path in sorted(folder.glob("*.journal")):
        with contextlib.suppress(FileNotFoundError):
            os.link(path, staging / path.name)
            held.append(path.name)
    return held


def _write_files(writer: Writer, root: Path, breathe: Callable[[], None]) -> int:
    count = 0
    for folder in sorted(root.iterdir()):
        for path in sorted(folder.iterdir()):
            if path.suffix == ".part":
                continue
            try:
                size = path.stat().st_size
            except FileNotFoundError:
                continue  # swept this moment
            if size:
                with contextlib.suppress(FileNotFoundError):
                    pieces = _pieces(path, breathe)
                    writer.member(f"files/{folder.name}/{path.name}", pieces)
                    count += 1
    return count


def _pieces(path: Path, breathe: Callable[[], None]) -> Iterator[bytes]:
    with open(path, "rb") as handle:
        while piece := handle.read(PIECE):
            breathe()
            yield piece


# The schedule -------------------------------------------------------------------------------------------------


def is_due(settings: Settings, now: datetime) -> bool:
    """Whether the copy of the day is owed: none was begun since the hour of the setting came last."""
    if not settings.backup_keys:
        return False
    last = record.last_made()
    return last is None or last < _hour_before(now, settings.backup_hour)


def _hour_before(now: datetime, hour: int) -> datetime:
    today = clock.start_of_day(clock.local_date(now)) + timedelta(hours=hour)
    return today if today <= now else today - timedelta(days=1)


def forget_old(settings: Settings, now: datetime) -> int:
    """Delete copies older than the setting, never the newest one. Returns how many."""
    found = sorted(path for path in settings.backup_dir.glob(f"*{ENDING}") if _NAME.fullmatch(path.name))
    eldest = now - timedelta(days=settings.backup_days)
    old = [path for path in found[:-1] if _moment(path) < eldest]
    for path in old:
        path.unlink()
    return len(old)


def _moment(path: Path) -> datetime:
    found = _NAME.fullmatch(path.name)
    return (
        datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else datetime.max.replace(tzinfo=UTC)
    )

"""Putting a copy back into an empty place. It is read through first: nothing is written where a byte is damaged."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from webapp import actors, database, schema, serving
from webapp.backups import places, record, settling, verifying
from webapp.backups.archive import BadArchive, Member, Reader
from webapp.domain.files.models import StoredFile
from webapp.domain.lanes import feed
from webapp.domain.privacy import erasure_list
from webapp.settings import Settings

_FILE = re.compile(r"files/[a-z2-7]{2}/[a-z2-7]{20}")
_JOURNAL = re.compile(r"journals/[\w-]+\.journal")


class NotEmpty(BadArchive):
    """Something is there already."""


@dataclass(frozen=True)
class Restored:
    rows: int
    tables: int
    files: int
    journals: int
    missing_files: int  # rows without their file: it was deleted while the copy was made
    settled: settling.Settled
    seconds: float


def restore(settings: Settings, path: Path, erasures: Path | None = None) -> Restored:
    """Put a copy back, compare every table with the manifest, make the triggers anew, end what was open, erase again
    whom the list of erasures names (`erasures`, or the one beside the copy), tell gates that another history begins,
    and put it on record. Raises BadArchive; NotEmpty where database, files or journals are there already."""
    began = time.monotonic()
    checked = verifying.verify(path, dict(settings.backup_keys))
    if checked.facts["engine"] != places.engine(settings.database_url):
        raise BadArchive(f"the copy is one of {checked.facts['engine']}; DATABASE_URL names another kind of database")
    lines = settling.list_of(path.parent, erasures, settings.backup_dir)
    target = places.target(settings.database_url)
    _refuse_what_is_there(settings, target)
    try:
        target.prepare(checked.facts["migrations"])
        counts = _write(settings, path, target)
        found = target.finish()
    except BaseException:
        target.abandon()
        raise
    different = sorted(name for name in checked.tables.keys() | found if checked.tables.get(name) != found.get(name))
    if different:
        raise BadArchive("these tables are not what was copied: " + ", ".join(different))
    database.connect()
    schema.upgrade()  # what a newer version added, and every trigger
    if settings.serving_role and not database.is_sqlite():
        serving.grant(settings.serving_role)
    settled = settling.settle(lines)
    erasure_list.write(settings.backup_dir, lines)
    feed.begin_anew()
    done = Restored(
        rows=sum(table["rows"] for table in found.values()),
        tables=len(found),
        missing_files=_missing_files(settings),
        settled=settled,
        seconds=round(time.monotonic() - began, 1),
        **counts,
    )
    record.restored(actors.system("backup"), path.name, {"rows": done.rows, "files": done.files})
    return done


def begin_anew(settings: Settings, erasures: Path | None = None) -> settling.Settled:
    """What a restore does besides, for a database that was brought back by other means: the same ends, the same are
    erased again, gates are told. Raises BadArchive."""
    settled = settling.settle(settling.list_of(settings.backup_dir, erasures, settings.backup_dir))
    feed.begin_anew()
    return settled


def _refuse_what_is_there(settings: Settings, target: places.Target) -> None:
    if not target.is_empty():
        raise NotEmpty("the database is not empty; a copy is put back into an empty one only")
    for folder in (settings.files_dir, settings.journals_dir, settings.record_dir):
        if folder.exists() and any(path.is_file() for path in folder.rglob("*")):
            raise NotEmpty(f"{folder.name} under DATA_DIR is not empty; a copy is put back into an empty place only")


def _write(settings: Settings, path: Path, target: places.Target) -> dict[str, int]:
    counts = {"files": 0, "journals": 0}
    folders: set[Path] = set()
    for member in Reader(path, dict(settings.backup_keys)).members():
        if member.name.startswith("database/"):
            target.take(member)
        elif _FILE.fullmatch(member.name) or _JOURNAL.fullmatch(member.name):
            kind = member.name.partition("/")[0]
            folders.add(_keep(settings.data_dir / member.name, member))
            counts[kind] += 1
    for folder in folders:
        _flush(folder)
    return counts


def _keep(path: Path, member: Member) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as handle:
        for piece in member.pieces:
            handle.write(piece)
        handle.flush()
        os.fsync(handle.fileno())
    return path.parent


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _missing_files(settings: Settings) -> int:
    refs = StoredFile.select(StoredFile.ref).tuples().iterator()
    return sum(not (settings.files_dir / ref[:2] / ref).exists() for (ref,) in refs)

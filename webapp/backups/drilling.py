"""The drill: a copy nobody has put back is a hope. The command puts it back into a place beside, as after a loss."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from webapp import actors, crypto
from webapp.backups import creating, places, record
from webapp.backups.archive import BadArchive
from webapp.settings import Settings

#: A drill that was killed leaves what it put back; nothing is dropped that this drill did not make.
EMPTYING = "if no other drill runs, one was cut short: run DROP OWNED BY CURRENT_USER CASCADE there"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Drilled:
    rows: int
    files: int
    size: int
    copying: float
    restoring: float
    said: str


def drill(settings: Settings) -> Drilled:
    """Copy, restore by the command itself in a process of its own, clear away. Raises BadArchive with what it said."""
    settings.backup_dir.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="drill-", dir=settings.backup_dir))
    try:
        made = creating.make(settings, folder / "copies")
        began = time.monotonic()
        with _empty_place(settings, folder) as environment:
            said = _restored(environment, made.path)
        facts, spent = made.facts, round(time.monotonic() - began, 1)
        record.drilled(actors.system("backup"), made.path.name, {**facts, "restore_seconds": spent})
        return Drilled(facts["rows"], facts["files"], facts["size"], facts["seconds"], spent, said)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _empty_place(settings: Settings, folder: Path) -> Iterator[dict[str, str]]:
    data = folder / "data"
    data.mkdir()
    # Outside production keys lie beside the data; what is put back is sealed under them.
    local = settings.data_dir / "local-keys.json"
    if local.exists():
        shutil.copyfile(local, data / local.name)
    # What a restore writes beside the copies is not for those of life: an erasure of these minutes stands there.
    environment = {**os.environ, "DATA_DIR": str(data), "BACKUP_DIR": str(folder / "copies"), "SERVING_ROLE": ""}
    if places.engine(settings.database_url) == "sqlite":
        yield {**environment, "DATABASE_URL": f"sqlite:///{data / 'passlist.db'}"}
        return
    with _database_beside(settings) as url:
        yield {**environment, "DATABASE_URL": url}


@contextmanager
def _database_beside(settings: Settings) -> Iterator[str]:
    """An empty database: the one that is kept for drills, else a new one on the same server. Raises BadArchive."""
    if settings.drill_database_url:
        if not places.target(settings.drill_database_url).is_empty():
            raise BadArchive(f"the database of DRILL_DATABASE_URL is not empty; {EMPTYING}")
        try:
            yield settings.drill_database_url
        finally:
            with psycopg.connect(settings.drill_database_url, autocommit=True) as connection:
                connection.execute("DROP OWNED BY CURRENT_USER CASCADE")
        return
    name = f"drill_{crypto.new_ref()[:10]}"
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        try:
            connection.execute(f"CREATE DATABASE {name}")
        except psycopg.errors.InsufficientPrivilege:
            raise BadArchive(
                "the role of DATABASE_URL may make no database: name an empty one as DRILL_DATABASE_URL"
                " (docs/operations.md, copies)"
            ) from None
        try:
            yield urlunsplit(urlsplit(settings.database_url)._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _restored(environment: dict[str, str], path: Path) -> str:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "backup", "restore", str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BadArchive(f"the copy could not be put back: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()

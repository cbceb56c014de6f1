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
    environment = {**os.environ, "DATA_DIR": str(data)}
    if places.engine(settings.database_url) == "sqlite":
        yield {**environment, "DATABASE_URL": f"sqlite:///{data / 'passlist.db'}"}
        return
    name = f"drill_{crypto.new_ref()[:10]}"
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            url = urlunsplit(urlsplit(settings.database_url)._replace(path=f"/{name}"))
            yield {**environment, "DATABASE_URL": url}
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _restored(environment: dict[str, str], path: Path) -> str:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "backup", "restore", str(path)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BadArchive(f"the copy could not be put back: {done.stderr.strip()[-500:]}")
    return done.stdout.strip()
